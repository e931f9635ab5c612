-- The TFTP servers of a remote cluster get other addresses, and nobody tells the central TFTP
-- why: Cluster View names addresses. Where those are gone the central TFTP waits for each of them with every file,
--   for the phones of that cluster and for those of the clusters behind it.
-- expected: The phones of that cluster get no file and keep what they hold; so do those behind it that ask by HTTP
--   first (tftp/central-remote-down). With the old addresses deleted those behind it are well at their
--   next boot, and with the new ones added the phones of the cluster itself: they
--   take its new ITL through the TVS of the node that was not touched.
-- versions: 8.6 on
-- source: System Configuration Guide 15, Proxy TFTP; guide on changing IP address, hostname and domain
-- confidence: inferred; how long the central TFTP waits is assumed: parameter remote_timeout_us
local hq = cluster { name = "Central", version = "11.5", nodes = { "hq" } }
local east = cluster { name = "East", version = "11.5", nodes = { "east", "east2", "east3" } }
local west = cluster { name = "West", version = "11.5", nodes = { "west" } }
local n = param("phones", 30)
east:group("third", { "east", "east3" })
east:pool("third", "third")
hq:add_remote_tftp { tftp = { east.east, east.east2 } }
hq:add_remote_tftp { tftp = west.west }
-- so that phones take its ring list and locale: tftp/central-common-files
for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
  west.west:upload(store, hq.hq:certificate("CallManager"))
end
local of_east = east:phones { count = n, model = "7965", pool = "third" }
local of_west = west:phones { count = n, model = "8845" }
local late = west:phones { count = n, model = "8845" }
for _, fleet in ipairs { of_east, of_west, late } do
  fleet:power("off")
  fleet:move { tftp = hq.hq }
  fleet:power("on")
end
settle()

step("other addresses, one node after the other", function()
  east.east:address("127.0.1.91")
  settle()
  east.east2:address("127.0.1.92")
  settle()
  wait("31m")
  of_east:reset()
  of_west:reset()
end)
settle()
expect(of_east:count { registered = true, lost = "configuration" }):equals(n)
expect(of_west:count { registered = true, lost = "trust list" }):equals(n)
expect(of_west:count { needs_hands = true }):equals(0)

step("the old addresses are deleted, reset", function()
  hq:delete_remote_tftp(1)
  of_west:reset()
end)
settle()
for _, what in ipairs { "registration", "configuration", "trust list" } do
  expect(of_west:count { lost = what }):equals(0)
end
step("the new ones are added, reset", function()
  hq:add_remote_tftp { tftp = { east.east, east.east2 } }
  of_east:reset()
end)
settle()
expect(of_east:count { registered = true, itl_by = "TVS" }):equals(n)
for _, what in ipairs { "registration", "configuration", "trust list" } do
  expect(of_east:count { lost = what }):equals(0)
end

step("other addresses once more", function()
  east.east:address("127.0.1.93")
  settle()
  east.east2:address("127.0.1.94")
  settle()
  wait("31m")
  late:reset()
end)
settle()
expect(late:count { registered = true, lost = "trust list", needs_hands = false }):equals(n)
expect(late:count { remedy = "delete-remote-cluster" }):equals(n)
