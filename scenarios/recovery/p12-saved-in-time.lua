-- ITLRecovery.p12 saved before CallManager, TVS and ITLRecovery were regenerated, and saved again behind it
-- why: `utils itl reset remotekey` signs with the key in the file, and phones look for its certificate among their SAST.
-- expected: 12.5, all three at once: with the file from before the command brings every phone back, and the list that it
--   signs names the new keys, so that the restart of TFTP costs nothing. Saved again behind the regeneration the file
--   holds a key that no phone knows: hands.
-- versions: 12.0 on; here 12.5
-- source: CLI reference (file get tftp ITLRecovery.p12); Security Guide 14; technote 225746, case 1
-- confidence: documented
local n = param("phones", 30)
local function regenerated(name, version, owns, before, after)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local first, second = hq:phones { count = n, model = "8845" }, hq:phones { count = n, model = "7965" }
  second:power("off")
  second:move { tftp = hq.nodes[2] }
  second:power("on")
  settle()
  if before then hq.nodes[before]:save_itlrecovery() end
  step(name .. ": regenerate " .. owns[#owns] .. " and all", function()
    for i, node in ipairs(hq.nodes) do
      for _, own in ipairs(owns) do
        if i == 1 or own ~= "ITLRecovery" then node:regenerate(own) end
      end
    end
    settle()
    if after then hq.nodes[after]:save_itlrecovery() end
    for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end)
  for _, fleet in ipairs { first, second } do expect(fleet:count { registered = true, lost = "trust list" }):equals(n) end
  return hq, first, second
end
local all = { "CallManager", "TVS", "ITLRecovery" }
for name, saved in pairs { Before = { 1, nil }, Twice = { 1, 1 } } do
  local way = name == "Before" and "reset-remotekey" or "hands"
  local hq, first, second = regenerated(name, "12.5", all, saved[1], saved[2])
  expect(first:count { remedy = way }, name):equals(n)
  expect(second:count { remedy = way }, name):equals(n)
  if name == "Before" then
    step("utils itl reset remotekey", function() hq:itl("reset remotekey") hq:reset() settle() end)
    for _, fleet in ipairs { first, second } do expect(fleet:count { lost = false, itl_by = "ITL" }):equals(n) end
    step("TFTP restarted " .. name, function()
      for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
      settle()
      hq:reset()
      settle()
    end)
    for _, fleet in ipairs { first, second } do expect(fleet:count { lost = false, itl_status = "Match" }):equals(n) end
  end
end
