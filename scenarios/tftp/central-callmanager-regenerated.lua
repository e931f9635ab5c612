-- The central cluster regenerates CallManager: phones of remote clusters lose ring list and locale, and nothing else
-- why: Common files are the central cluster's own, signed with its CallManager. Remote clusters know that one as
--   somebody uploaded it, and hear nothing of the next; lists and configuration are of the remote cluster.
-- expected: With the certificate uploaded phones of the remote cluster lose nothing. Behind the regeneration they
--   refuse ring list and locale at their next boot; their ITL is the one of their own cluster all the while, and
--   its status "Match", until that cluster makes another. The new certificate uploaded: all is back at the next
--   boot. Phones of the central cluster follow by their own ITL.
-- versions: 8.6 on; here 14
-- source: System Configuration Guide 15, Proxy TFTP; Security Guide 14, ITL File Status (goes by the server of the ITL)
-- confidence: documented; that nobody tells the remote cluster follows
-- live = true
local n = param("phones", 40)
local hub = cluster { name = "Hub", version = "14", nodes = { "hub" } }
local east = cluster { name = "East", version = "14", nodes = { "east", "esub" } }
hub:add_remote_tftp { tftp = { east.east, east.esub } }
local own = hub:phones { count = n, model = "8845" }
local fleets = { east:phones { count = n, model = "8845" }, east:phones { count = n, model = "7965" } }
for _, fleet in ipairs(fleets) do
  fleet:power("off")
  fleet:move { tftp = hub.hub }
  fleet:power("on")
end
local function upload()
  for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
    east.east:upload(store, hub.hub:certificate("CallManager"))
  end
  settle()
  east:reset()
  settle()
end
settle()
step("the certificate of the central TFTP is uploaded", upload)
for _, fleet in ipairs(fleets) do
  expect(fleet:count { lost = false, itl_status = "Match", itl_by = "first trust" }):equals(n)
end

step("CallManager of the central cluster", function()
  hub.hub:regenerate("CallManager")
  settle()
  east:reset()
  settle()
end)
expect(own:count { lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = "common files", itl_status = "Match" }):equals(n)
  expect(fleet:count { lost = "configuration" } + fleet:count { lost = "trust list" }):equals(0)
  expect(fleet:count { needs_hands = true }):equals(0)
end

step("the new one is uploaded", upload)
for _, fleet in ipairs(fleets) do expect(fleet:count { lost = false, itl_status = "Match" }):equals(n) end

step("the remote cluster makes another ITL, nobody is reset", function()
  east:set("phone_interaction", false)
  east.esub:regenerate("TVS")
  settle()
end)
for _, fleet in ipairs(fleets) do expect(fleet:count { lost = false, itl_status = "Mismatch" }):equals(n) end
