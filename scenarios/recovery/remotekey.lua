-- The publisher's disk is lost, ITLRecovery.p12 is not: `utils itl reset remotekey` on 10.5 and 12.5
-- why: Installed anew without a backup a node has other keys, of which phones know none. The key of ITLRecovery
--   was saved outside (`file get tftp ITLRecovery.p12`), and phones have its certificate as a SAST: before 12.0
--   the second one, from then on the one that signs every list.
-- expected: One node: phones stay registered and refuse lists and configuration. With the file the command signs
--   the new node's list with the old key: behind a reset phones take it by their ITL, and behind a restart of
--   TFTP the list that the new keys sign. Without the file every phone needs hands; `localkey` is no help on 12.5
--   either: it signs with CallManager, which is new. 7960 holds no list and notices nothing.
-- versions: 10.0 on
-- source: CLI reference 12.5; Security Guide 14, Default Security; technote 116232 (lost keys are another cluster)
-- confidence: documented
local n = param("phones", 100)
local function run(name, version, saved)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub" } }
  local pub = hq.nodes[1]
  local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
  local old = hq:phones { count = n, model = "7960" }
  settle()
  expect(refused(function() hq:itl("reset remotekey") end), "nothing saved"):contains("no ITLRecovery.p12 was saved")
  if saved then pub:save_itlrecovery() end
  step(name .. ": the publisher installed anew", function() pub:rebuild() settle() hq:reset() settle() end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = "trust list" }, name):equals(n)
    expect(fleet:count { remedy = saved and "reset-remotekey" or "hands" }, name):equals(n)
  end
  expect(old:count { registered = true, lost = false }, "no trust list, nothing to lose"):equals(n)
  if not saved then return end
  if version == "12.5" then
    step(name .. ": localkey", function() hq:itl("reset localkey") hq:reset() settle() end)
    for _, fleet in ipairs(fleets) do expect(fleet:count { lost = "trust list" }, name .. " localkey"):equals(n) end
  end
  step(name .. ": utils itl reset remotekey", function() hq:itl("reset remotekey") hq:reset() settle() end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { lost = false, itl_by = "ITL", itl_status = "Match" }, name):equals(n)
  end
  step(name .. ": TFTP restarted, reset again", function() pub:restart("TFTP") settle() hq:reset() settle() end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { lost = false, itl_by = "ITL", itl_status = "Match" }, name):equals(n)
  end
end
run("saved", "10.5(2)", true)
run("lost", "10.5(2)", false)
run("signer", "12.5", true)
