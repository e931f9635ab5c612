-- A central TFTP serves the phones of three clusters, all of them 8.0 or later
-- why: Phones of several clusters share DHCP scopes, and with them one TFTP server. What it has not itself
--   it asks the TFTP servers of the others for.
-- expected: Each phone gets the lists and the configuration of its own cluster and registers there. A
--   remote cluster that regenerates CallManager is heard of when the answers of before are 30 minutes
--   old; then its phones take the new ITL by themselves, as without a proxy.
-- versions: 8.6 on (Cluster View); before by the service parameters of Cisco Tftp
-- source: Cisco technote 116232, centralised TFTP; System Configuration Guide 15, Proxy TFTP
-- confidence: documented
local hq = cluster { name = "Central", version = "11.5", nodes = { "hq" } }
local east = cluster { name = "East", version = "11.5", nodes = { "east", "east2" } }
local west = cluster { name = "West", version = "12.5", nodes = { "west" } }
local n = param("phones", 60)
hq:add_remote_tftp { tftp = { east.east, east.east2 } }
hq:add_remote_tftp { tftp = west.west }
-- so that phones take its ring list and locale: tftp/central-common-files
for _, node in ipairs { east.east, west.west } do
  for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
    node:upload(store, hq.hq:certificate("CallManager"))
  end
end
local of_hq = hq:phones { count = n, model = "8845" }
local of_east = east:phones { count = n, model = "7965" }
local of_west = west:phones { count = n, model = "8861" }
local all = { of_hq, of_east, of_west }
for _, fleet in ipairs(all) do
  fleet:power("off")
  fleet:move { tftp = hq.hq }
  fleet:power("on")
end
local function all_well(when)
  for i, fleet in ipairs(all) do
    expect(fleet:count { registered = true, lost = false }, when .. ", fleet " .. i):equals(n)
  end
end
settle()
all_well("at first")
expect(of_east:count { server = "East/east" }):equals(n)
expect(of_west:count { server = "West/west" }):equals(n)

step("East regenerates CallManager", function()
  east.east:regenerate("CallManager")
  east.east:restart("TVS")
  east.east:restart("Cisco Tftp")
end)
settle()
step("reset at once", function() east:reset() end)
settle()
all_well("with what the proxy kept")
expect(of_east:count { itl_by = "first trust" }, "the ITL of before"):equals(n)
step("reset half an hour later", function()
  wait("31m")
  east:reset()
end)
settle()
all_well("with the new lists")
expect(of_east:count { itl_by = "TVS" }):equals(n)
