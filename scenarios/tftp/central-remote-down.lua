-- A TFTP server of a remote cluster is down, and all phones ask the central one
-- why: The central TFTP asks the addresses of a remote cluster one after the other. Each that does not
--   answer costs every phone that is not its own the time until the next is asked, for each file.
-- expected: A stopped Cisco Tftp refuses at once and costs nothing. Of one that is cut off the second
--   address is asked, later. With both cut off the phones of that cluster get no files and stay
--   registered with what they hold. Phones of the cluster behind it wait for both addresses, with
--   each file: those that ask by TFTP alone are served; those that ask by HTTP, and by TFTP again for
--   the CTL file that nobody has, run out of patience. With a shorter wait they are served as well.
-- versions: 8.6 on
-- source: System Configuration Guide 15, Proxy TFTP (up to three TFTP addresses of a remote cluster)
-- confidence: the order documented; how long it and the phones wait assumed: remote_timeout_us, fetch_timeout_us
local hq = cluster { name = "Central", version = "11.5", nodes = { "hq" } }
local east = cluster { name = "East", version = "11.5", nodes = { "east", "east2", "east3" } }
local west = cluster { name = "West", version = "11.5", nodes = { "west" } }
local n = param("phones", 60)
east:group("third", { "east3" })
east:pool("third", "third")
hq:add_remote_tftp { tftp = { east.east, east.east2 } }
hq:add_remote_tftp { tftp = { west.west } }
-- so that phones take its ring list and locale: tftp/central-common-files
for _, node in ipairs { east.east, west.west } do
  for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
    node:upload(store, hq.hq:certificate("CallManager"))
  end
end
local of_east = east:phones { count = n, model = "8845", pool = "third" }
local of_west = west:phones { count = n, model = "8845" }
local by_tftp = west:phones { count = n, model = "7965" }
for _, fleet in ipairs { of_east, of_west, by_tftp } do
  fleet:power("off")
  fleet:move { tftp = hq.hq }
  fleet:power("on")
end
settle()

step("Tftp of the first is stopped, reset", function()
  east.east:stop("Cisco Tftp")
  wait("31m")
  east:reset()
  west:reset()
end)
settle()
expect(of_east:count { lost = false }):equals(n)
expect(of_west:count { lost = false }):equals(n)
expect(by_tftp:count { lost = false }):equals(n)

step("the first is cut off, reset", function()
  east.east:link { down = true }
  wait("31m")
  east:reset()
  west:reset()
end)
settle()
expect(of_east:count { lost = false }):equals(n)
expect(of_west:count { lost = false }):equals(n)
expect(by_tftp:count { lost = false }):equals(n)

step("both are cut off, reset", function()
  east.east2:link { down = true }
  wait("31m")
  east:reset()
  west:reset()
end)
settle()
expect(of_east:count { registered = true, lost = "configuration" }):equals(n)
expect(of_west:count { registered = true, lost = "trust list" }):equals(n)
expect(by_tftp:count { registered = true, lost = false }):equals(n)
expect(of_east:count { needs_hands = true }):equals(0)

step("the proxy waits a second, reset", function()
  hq:set("remote_timeout_us", "1s")
  west:reset()
end)
settle()
expect(of_east:count { registered = true, lost = "configuration" }):equals(n)
expect(of_west:count { registered = true, lost = false }):equals(n)

step("they are back, reset", function()
  east.east:link {}
  east.east2:link {}
  east:reset()
end)
settle()
expect(of_east:count { lost = false }):equals(n)
