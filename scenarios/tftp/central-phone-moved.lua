-- A phone moves from one remote cluster to another, both behind one central TFTP
-- why: Option 150 stays as it is: whose files the phone gets is decided by whose database it is in. The
--   central TFTP has the answers of the old cluster still, for half an hour.
-- expected: The phones are added to the new cluster and deleted from the old one, which rejects them from then
--   on; what they are given is its configuration still. A restart of Cisco Tftp on the central
--   cluster forgets it, or time: at the next boot they get the files of the new cluster, whose ITL the old
--   TVS vouches for, and register there.
-- versions: 8.6 on
-- source: System Configuration Guide 15, Proxy TFTP (moving a phone between remote clusters; cache of 30 minutes)
-- confidence: documented; that a deleted phone is reset assumed
local hq = cluster { name = "Central", version = "11.5", nodes = { "hq" } }
local east = cluster { name = "East", version = "11.5", nodes = { "east" } }
local west = cluster { name = "West", version = "11.5", nodes = { "west" } }
local n = param("phones", 60)
hq:add_remote_tftp { tftp = east.east }
hq:add_remote_tftp { tftp = west.west }
-- so that phones take its ring list and locale: tftp/central-common-files
for _, node in ipairs { east.east, west.west } do
  for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
    node:upload(store, hq.hq:certificate("CallManager"))
  end
end
local fleets = {}
for i = 1, 3 do
  fleets[i] = east:phones { count = n, model = "8845" }
  fleets[i]:power("off")
  fleets[i]:move { tftp = hq.hq }
  fleets[i]:power("on")
end
local by_restart, by_time, left = fleets[1], fleets[2], fleets[3]
step("certificates of the new cluster to the old one", function()
  for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
    east.east:upload(store, west.west:certificate("CallManager"))
  end
end)
settle()
expect(by_restart:count { server = "East/east", lost = false }):equals(n)

step("added to West, deleted from East", function()
  by_restart:insert { cluster = west }
  by_restart:delete { cluster = east }
end)
settle()
expect(by_restart:count { registered = false }):equals(n)
expect(by_restart:count { needs_hands = true }):equals(0)
expect(by_restart:count { remedy = "restart-services" }):equals(n)
step("restart of the central Cisco Tftp", function() hq.hq:restart("Cisco Tftp") end)
settle()
step("power off and on", function()
  by_restart:power("off")
  by_restart:power("on")
end)
settle()
expect(by_restart:count { server = "West/west", lost = false, itl_by = "TVS" }):equals(n)

step("the others boot, and are moved likewise", function()
  by_time:reset()
  settle()
  by_time:insert { cluster = west }
  by_time:delete { cluster = east }
end)
settle()
expect(by_time:count { registered = false }):equals(n)
step("half an hour", function() wait("45m") end)
expect(by_time:count { server = "West/west", lost = false, itl_by = "TVS" }):equals(n)

-- what the report names for these is the restart
step("more of them boot, and are moved", function()
  left:reset()
  settle()
  left:insert { cluster = west }
  left:delete { cluster = east }
end)
settle()
expect(left:count { registered = false }):equals(n)
expect(left:count { needs_hands = true }):equals(0)
