-- Both tokens lost after an upgrade from 9.1 to 12.5(1)SU3: whether the client was run once in between
-- why: A CTL by tokens of 9.1 names the tokens and nobody else. Made anew by the client of 11.5 or later it names
--   ITLRecovery and CallManager too.
-- expected: The CTL goes on as it is. Where nobody ran the client, phones with an ITL take the next CTL, without tokens,
--   by their ITL, and 7960 needs hands. Where it was run once with one of the tokens before both were lost, every
--   phone follows by its CTL.
-- versions: 8.0 to 11.0, upgraded to 11.5 to 14SU2
-- source: Security Guide 12.5(1)SU1, table of SAST roles; technote 118893
-- confidence: documented in part; the outcome follows from the table
local n = param("phones", 30)
local models = { "8845", "7965", "7960" }
for _, run in ipairs { false, true } do
  local name = run and "Run" or "Not-run"
  local hq = cluster { name = name, version = "9.1", nodes = { name .. "-pub", name .. "-sub" } }
  local first, second = token { name = name .. "-1" }, token { name = name .. "-2" }
  local function restart()
    settle()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end
  hq:ctl_client("mixed-mode", first, second)
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
  end
  restart()
  step(name .. ": upgrade", function()
    hq:upgrade("12.5(1)SU3")
    settle()
    hq:reset()
    settle()
  end)
  if run then step(name .. ": the client, once", function() hq:ctl_client("update", first) restart() end) end
  step(name .. ": both tokens lost", function()
    hq:lose_token(first)
    hq:lose_token(second)
    settle()
  end)
  for i, fleet in ipairs(fleets) do expect(fleet:count { lost = false }, models[i]):equals(n) end
  step(name .. ": utils ctl update CTLFile", function() hq:ctl("update") restart() end)
  for i, fleet in ipairs(fleets) do
    local follows = run or i <= 2
    expect(fleet:count { registered = true }, models[i]):equals(n)
    expect(fleet:count { lost = false, ctl_by = run and "CTL" or "ITL" }, models[i]):equals(follows and n or 0)
    expect(fleet:count { lost = "trust list", remedy = "hands" }, models[i]):equals(follows and 0 or n)
  end
end
