-- ITLRecovery and TVS regenerated at once on 12.5: CallManager is left, and localkey signs with it
-- why: From 12.0 on `utils itl reset localkey` signs with CallManager, the second SAST of each list. It is of
--   use where the signer is unknown and no TVS can vouch, while CallManager is the same.
-- expected: Phones refuse the new ITL and stay registered. The search names the command; behind it and a reset
--   they take the list by their ITL, and behind a restart of TFTP the one that the new ITLRecovery signs.
--   With a rest between the two regenerations nobody would have lost anything.
-- versions: 12.0 on
-- source: Security Guide 14, Default Security; CLI reference 12.5
-- confidence: documented what the command signs with, the outcome is inferred
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = param("version", "12.5"), nodes = { "pub" } }
local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8865" } }
settle()
local function restart(...)
  hq.pub:restart(...)
  settle()
  hq:reset()
  settle()
end
step("ITLRecovery, then TVS with a rest between", function()
  hq.pub:regenerate("ITLRecovery")
  restart("TFTP")
  hq.pub:regenerate("TVS")
  restart("TVS", "TFTP")
end)
for _, fleet in ipairs(fleets) do expect(fleet:count { registered = true, lost = false }, "with a rest"):equals(n) end
step("both at once", function()
  hq.pub:regenerate("ITLRecovery", "TVS")
  restart("TVS", "TFTP")
end)
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
  expect(fleet:count { remedy = "reset-localkey" }):equals(n)
end
step("utils itl reset localkey", function() hq:itl("reset localkey") hq:reset() settle() end)
for _, fleet in ipairs(fleets) do expect(fleet:count { lost = false, itl_by = "ITL" }):equals(n) end
step("TFTP restarted, reset", function() restart("TFTP") end)
for _, fleet in ipairs(fleets) do
  expect(fleet:count { lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)
end
