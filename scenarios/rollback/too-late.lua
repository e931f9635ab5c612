-- The rollback parameter for phones that have lost trust already: no help, for the empty ITL is signed too
-- why: The empty ITL has the signer that any ITL has. Phones that refuse that signer refuse it as well.
-- expected: CallManager and TVS regenerated at once, one node: phones refuse the new ITL. With the parameter
--   on they refuse the empty one likewise, and need hands as before. A phone whose lists somebody deletes
--   meanwhile takes the empty one, and the real one when the parameter is off again.
-- versions: 8.0 to 11.5 for the way into it, all for the rule
-- source: Cisco technote 116232; Security Guide 14
-- confidence: documented
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = n, model = "7965" }
local walked = hq:phones { count = n, model = "7965" }
settle()
local function restart()
  hq.pub:restart("TVS", "TFTP")
  settle()
  hq:reset()
  settle()
end
step("CallManager and TVS at once", function() hq.pub:regenerate("CallManager", "TVS") restart() end)
expect(fleet:count { lost = "trust list", needs_hands = true }):equals(n)
step("rollback on, too late", function() hq:set("rollback", true) restart() end)
expect(fleet:count { registered = true, lost = "trust list", needs_hands = true }):equals(n)
expect(fleet:count { itl_status = "Mismatch" }):equals(n)
step("somebody deletes the lists of a half", function() walked:delete_trust_list() settle() end)
expect(walked:count { registered = true, itl_by = "first trust", itl_status = "Match", config = "plain" }):equals(n)
step("rollback off", function() hq:set("rollback", false) restart() end)
expect(walked:count { lost = false, itl_by = "first trust", config = "signed" }):equals(n)
expect(fleet:count { lost = "trust list", needs_hands = true }):equals(n)
