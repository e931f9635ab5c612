-- Another hostname for a cluster of one node, with the rollback parameter first
-- why: The documented preparation where there is one node: phones that hold an ITL without TVS and TFTP
--   sections take any list that comes.
-- expected: Nobody needs hands. Phones take the empty ITL, register after the change, and take the new
--   ITL by first trust when the parameter is off again.
-- versions: 8.0 on
-- source: guide on changing IP address, hostname and domain; technote 116232
-- confidence: documented
local hq = cluster { name = "HQ", version = param("version", "8.6"), nodes = { "old" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
settle()

local function settled_reset()
  hq.nodes[1]:restart("TVS", "TFTP")
  settle()
  hq:reset()
  settle()
end
step("rollback parameter on", function() hq:set("rollback", true) settled_reset() end)
step("set network hostname new", function() hq.old:hostname("new") settle() hq:reset() settle() end)
step("rollback parameter off", function() hq:set("rollback", false) settled_reset() end)
expect(fleet:count { itl_by = "first trust", itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { lost = true }):equals(0)
