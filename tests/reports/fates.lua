-- Several fates at once: hands, back already, an act, phones that are off, a time bomb
-- why: A report must keep them apart; no scenario that comes with the program has more than two.
start("2026-03-14 06:00", "+01:00")
local n = param("phones", 3)
knob("register_at_tftp", false)
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub1", "sub2" } }
pool { name = "Pub", group = { "pub" } }
pool { name = "Both", group = { "sub1", "pub" } }
pool { name = "Sub2", group = { "sub2" } }
local alone = hq:phones { count = n + 1, model = "7965", pool = "Pub" }
local both = hq:phones { count = n, model = "8861", pool = "Both" }
local far = hq:phones { count = n, model = "7841", pool = "Sub2" }
settle()

step("a phone loses power", function() alone[1]:power("off") end)
settle()
step("CallManager of pub and sub1 stops", function()
  hq.pub:stop("Cisco CallManager")
  hq.sub1:stop("Cisco CallManager")
end)
wait("10m")
step("and starts", function()
  hq.pub:start("Cisco CallManager")
  hq.sub1:start("Cisco CallManager")
end)
settle()
step("both certificates of pub", function()
  hq.pub:regenerate("CallManager")
  hq.pub:regenerate("TVS")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
end)
settle()
step("a reset of those near", function()
  alone:reset()
  both:reset()
end)
settle()
step("CallManager of sub2 stops, new certificates lie there", function()
  hq.sub2:stop("Cisco CallManager")
  hq.sub2:regenerate("TVS")
end)
settle()
step("new certificates of pub and sub1, not in service yet", function()
  hq.pub:regenerate("CallManager", "TVS")
  hq.sub1:regenerate("TVS")
end)
settle()
expect(alone:count { needs_hands = true }):equals(n + 1)
