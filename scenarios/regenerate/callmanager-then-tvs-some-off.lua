-- CallManager, then TVS, while a part of the phones is without power
-- why: The safe order is safe only for phones that are there. Who misses the first ITL meets both
--   changes at once, like a phone whose administrator did not wait.
-- expected: Phones that were on follow, as in the safe order. Of those that were off, the ones
--   whose group has a second node come back through its TVS; the ones whose group is the publisher
--   alone need hands.
-- versions: 8.0 to 9.1
-- source: Cisco technote 214231 (phones powered off later need their ITL deleted by hand);
--   technote 116232
-- confidence: documented for the group of one, inferred for the group of two
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub1" } }
pool { name = "Publisher only", group = { "pub" } }
pool { name = "Both", group = { "pub", "sub1" } }
local phones = param("phones", 1000)
local away = param("away", 0.2)
local alone = hq:phones { count = math.max(phones // 2, 1), model = "7965",
                          pool = "Publisher only" }
local paired = hq:phones { count = math.max(phones - phones // 2, 1), model = "7965",
                           pool = "Both" }
settle()

local alone_off, paired_off = alone:part(away), paired:part(away)
step("some phones lose power", function()
  alone_off:power("off")
  paired_off:power("off")
end)
settle()

for _, certificate in ipairs { "CallManager", "TVS" } do
  step("regenerate " .. certificate, function()
    hq.pub:regenerate(certificate)
    hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
    settle()
    hq:reset()
  end)
  settle()
  wait("1h")
end
local alone_on, paired_on = alone:except(alone_off), paired:except(paired_off)
expect(alone_on:count { itl_by = "ITL", itl_status = "Match" }):equals(#alone_on)
expect(paired_on:count { itl_by = "ITL", itl_status = "Match" }):equals(#paired_on)

step("power comes back", function()
  alone_off:power("on")
  paired_off:power("on")
end)
settle()
expect(alone:count { registered = true }):equals(#alone)
expect(paired:count { registered = true }):equals(#paired)
expect(paired:count { lost = "trust list" }, "the subscriber's TVS vouches"):equals(0)
expect(paired_off:count { itl_by = "TVS", itl_status = "Match" }):equals(#paired_off)
expect(alone:count { lost = "trust list" }):equals(#alone_off)
expect(alone_off:count { needs_hands = true }):equals(#alone_off)
expect(alone_on:count { needs_hands = true }):equals(0)
