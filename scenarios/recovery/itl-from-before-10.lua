-- A phone that was off during the upgrade to 10.5 holds an ITL without ITLRecovery: localkey is no help
-- why: `utils itl reset localkey` of 10.0 to 11.5 signs with ITLRecovery. A list of 9.1 does not name it.
-- expected: CallManager and TVS are regenerated at once some time after the upgrade. Phones that took a list
--   of 10.5 before that come back by the command. Those that were off all the time hold the list of 9.1, know
--   neither the signer nor TVS nor ITLRecovery, and need hands. Before CallManager and TVS went they could
--   have come back at any boot: CallManager was the same.
-- versions: 10.0 to 11.5, upgraded from 8.x or 9.x
-- source: Cisco technote 117598; that a list from before 10.0 has no such record is documented
-- confidence: inferred from what the list holds
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub" } }
local here = hq:phones { count = n, model = "7965" }
local away = hq:phones { count = n, model = "7965" }
local home = hq:phones { count = n, model = "7965" }
settle()
step("upgrade to 10.5(2), some are off", function()
  away:power("off")
  home:power("off")
  hq:upgrade("10.5(2)")
  settle()
  hq:reset()
  settle()
end)
expect(here:count { registered = true, lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)
step("some come back in time", function() home:power("on") settle() end)
expect(home:count { registered = true, lost = false, itl_by = "ITL" }):equals(n)
step("CallManager and TVS at once", function()
  hq.pub:regenerate("CallManager", "TVS")
  hq.pub:restart("TVS", "TFTP", "CallManager")
  settle()
  hq:reset()
  away:power("on")
  settle()
end)
for _, fleet in ipairs { here, home } do expect(fleet:count { remedy = "reset-localkey" }):equals(n) end
expect(away:count { registered = true, lost = "trust list", needs_hands = true }):equals(n)
step("utils itl reset localkey", function() hq:itl("reset localkey") hq:reset() settle() end)
for _, fleet in ipairs { here, home } do expect(fleet:count { registered = true, lost = false }):equals(n) end
expect(away:count { lost = "trust list", needs_hands = true }):equals(n)
