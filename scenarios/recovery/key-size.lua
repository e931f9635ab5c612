-- ITLRecovery still has 1024 bits on 11.5, the others 2048: the recovery command fails
-- why: An upgrade keeps ITLRecovery as it was. Nobody notices, until CallManager and TVS were regenerated
--   together and `utils itl reset localkey` is the only way back.
-- expected: The command is refused, and every phone with an ITL needs hands. A cluster in which ITLRecovery
--   was regenerated beforehand, with the new one in the phones' lists, comes back by the command. Once it is
--   too late regenerating it helps nobody: the command works then, and signs with a key that no phone knows.
-- versions: 11.0, 11.5
-- source: Cisco technote 214231 (the command fails); what follows for phones is inferred
-- confidence: documented that it fails, inferred that hands are left
local n = param("phones", 100)
local function run(name, before)
  local hq = cluster { name = name, version = "11.5", nodes = { name .. "-pub" } }
  local pub = hq.nodes[1]
  hq:set("itlrecovery_1024", true)
  local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
  settle()
  local function restart_and_reset()
    pub:restart("TVS", "TFTP", "CallManager")
    settle()
    hq:reset()
    settle()
  end
  if before then
    step(name .. ": ITLRecovery regenerated in time", function() pub:regenerate("ITLRecovery") restart_and_reset() end)
    for _, fleet in ipairs(fleets) do expect(fleet:count { lost = false, itl_by = "ITL" }, name):equals(n) end
  end
  step(name .. ": CallManager and TVS at once", function() pub:regenerate("CallManager", "TVS") restart_and_reset() end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = "trust list" }, name):equals(n)
    expect(fleet:count { remedy = before and "reset-localkey" or "hands" }, name):equals(n)
  end
  if before then
    step(name .. ": utils itl reset localkey", function() hq:itl("reset localkey") hq:reset() settle() end)
    for _, fleet in ipairs(fleets) do expect(fleet:count { lost = false, itl_by = "ITL" }, name):equals(n) end
    return
  end
  expect(refused(function() hq:itl("reset localkey") end)):contains("ITLRecovery of " .. name .. "-pub has 1024 bits still")
  step(name .. ": ITLRecovery regenerated, too late", function()
    pub:regenerate("ITLRecovery")
    hq:itl("reset localkey")
    hq:reset()
    settle()
  end)
  for _, fleet in ipairs(fleets) do expect(fleet:count { needs_hands = true }, name .. ", too late"):equals(n) end
end
run("unprepared", false)
run("prepared", true)
