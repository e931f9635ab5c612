-- Directories while the first server of the group is down, and where the URL names a host
-- why: `Application:Cisco/CorporateDirectory` goes to the first server of the phone's CallManager group, not
--   to the one where the phone is registered. A URL that an administrator wrote names one host for all.
-- expected: The first server is cut off: phones register at the second and call, Directories does not open,
--   and no second server is asked. Where the URL names the publisher phones of every group have Directories as
--   long as that is up, and none when it is down. The group in another order, and a reset, bring it back.
-- versions: all
-- source: technote 118699
-- confidence: documented
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub1", "sub2" } }
hq:group("one", { "sub1", "sub2" })
hq:group("two", { "sub2", "sub1" })
hq:pool("one", "one")
hq:pool("two", "two")
local one = hq:phones { count = n, model = "8845", pool = "one" }
local two = hq:phones { count = n, model = "8845", pool = "two" }
local function press()
  one:press("Directories")
  two:press("Directories")
  settle()
end
for _, phones in ipairs { one, two } do phones:move { tftp = hq.pub } end
settle()
press()
expect(one:count { lost = false } + two:count { lost = false }):equals(2 * n)

step("sub1 is cut off", function() hq.sub1:link { down = true } end)
settle()
press()
expect(one:count { registered = true, server = hq.sub2, lost = "secure services" }):equals(n)
expect(two:count { lost = false, server = hq.sub2 }):equals(n)

step("the group in another order", function()
  hq:change_group { group = "one", members = { hq.sub2, hq.sub1 } }
  one:reset()
end)
settle()
press()
expect(one:count { lost = false }):equals(n)

step("the URL names the publisher", function()
  hq.sub1:link {}
  hq:set("directory_host", true)
  hq:reset()
end)
settle()
step("sub1 is cut off again", function() hq.sub1:link { down = true } end)
settle()
press()
expect(one:count { lost = false } + two:count { lost = false }):equals(2 * n)
step("the publisher is cut off", function() hq.pub:link { down = true } end)
press()
expect(one:count { lost = "secure services" } + two:count { lost = "secure services" }):equals(2 * n)
expect(one:count { remedy = "mend-network" } + two:count { remedy = "mend-network" }):equals(2 * n)
