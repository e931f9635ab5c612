-- Both certificates regenerated at a cluster behind a central TFTP: for half an hour nobody notices
-- why: The central TFTP goes on giving what it was given. Phones that are reset at once look well, and whoever
--   stops looking then finds them locked out later.
-- expected: Reset within 30 minutes, phones get list and configuration of before and take them; HTTPS services fail
--   already, for the TVS of now is unknown to them. Reset afterwards they refuse both and need hands,
--   as without a central TFTP. Phones of the central cluster notice nothing.
-- versions: 8.6 to 9.1 (later ones have ITLRecovery)
-- source: System Configuration Guide 15, Proxy TFTP (30 minutes); Cisco technote 116232
-- confidence: documented, put together
local n = param("phones", 60)
local hq = cluster { name = "Central", version = "8.6", nodes = { "hq" } }
local east = cluster { name = "East", version = "8.6", nodes = { "east" } }
hq:add_remote_tftp { tftp = east.east }
local own = hq:phones { count = n, model = "7965" }
local fleet = east:phones { count = n, model = "7965" }
fleet:power("off")
fleet:move { tftp = hq.hq }
fleet:power("on")
settle()

step("CallManager and TVS of East at once, reset", function()
  east.east:regenerate("CallManager", "TVS")
  east.east:restart("TVS", "TFTP")
  settle()
  east:reset()
end)
settle()
expect(fleet:count { registered = true, config = "signed", lost = "secure services" }):equals(n)
expect(fleet:count { lost = "trust list" } + fleet:count { lost = "configuration" }):equals(0)

step("reset half an hour later", function()
  wait("31m")
  hq:reset()
  east:reset()
end)
settle()
expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
expect(fleet:count { needs_hands = true }):equals(n)
expect(own:count { registered = true, lost = false }):equals(n)
