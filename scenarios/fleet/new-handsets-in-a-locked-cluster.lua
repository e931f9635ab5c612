-- New handsets in a cluster whose phones are all locked out: they work at once, and say nothing about the rest
-- why: A phone out of its box holds no list and takes the one that it is offered. Whoever tries a spare phone after a
--   renewal went wrong finds that everything works. Migration of settings to another handset carries no trust either.
-- expected: CallManager and TVS regenerated at once on 9.1: the phones that were there refuse lists and configuration.
--   New ones take the list by first trust, and lose nothing; so does one whose lists somebody deleted, or that had a
--   factory reset. A 7940 notices nothing.
-- versions: 8.0 to 9.1 (later ones have ITLRecovery)
-- source: Cisco technote 116232 (first trust; deleted lists)
-- confidence: documented
-- live = true
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub" } }
local there = hq:phones { count = n, model = "7965" }
local spare = hq:phones { count = n, model = "7965" }
local other = hq:phones { count = n, model = "8945" }
local old = hq:phones { count = n, model = "7940" }
spare:power("off")
other:power("off")
settle()
step("CallManager and TVS at once, reset", function()
  hq.pub:regenerate("CallManager", "TVS")
  hq.pub:restart("TVS", "TFTP")
  settle()
  hq:reset()
end)
settle()
expect(there:count { registered = true, lost = "trust list", needs_hands = true }):equals(n)
expect(old:count { lost = false }):equals(n)
step("new handsets", function() spare:power("on") other:power("on") end)
settle()
for _, phones in ipairs { spare, other } do
  expect(phones:count { registered = true, itl_by = "first trust", lost = false }):equals(n)
end
local half = there:first(0.5)
step("hands at half of the others", function() half:delete_trust_list() end)
settle()
expect(half:count { itl_by = "first trust", lost = false }):equals(half:count())
expect(there:except(half):count { needs_hands = true }):equals(n - half:count())
