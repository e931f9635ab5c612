-- FIPS mode on a cluster of one node, with the rollback parameter first
-- why: An ITL without TVS and TFTP sections makes a phone take any next list: the documented way round
--   the change of all certificates at once.
-- expected: Every phone holds the empty ITL before the change and takes the new one by first trust when
--   the parameter is off again. Nobody needs hands.
-- versions: 8.6 on
-- source: Security Guide 14, Default Security; technote 116232
-- confidence: documented
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
settle()

step("rollback parameter on", function()
  hq:set("rollback", true)
  hq.pub:restart("TVS", "TFTP")
end)
settle()
step("reset: phones take the empty ITL", function() hq:reset() end)
settle()
step("utils fips enable", function() hq.pub:fips("enable") end)
settle()
step("reset: phones register again", function() hq:reset() end)
settle()
step("rollback parameter off", function()
  hq:set("rollback", false)
  hq.pub:restart("TVS", "TFTP")
end)
settle()
step("last reset", function() hq:reset() end)
settle()
expect(fleet:count { itl_by = "first trust", itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { lost = true }):equals(0)
