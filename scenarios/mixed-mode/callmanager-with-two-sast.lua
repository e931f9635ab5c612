-- CallManager of the publisher regenerated on 10.5(2): the second SAST of the CTL is no help
-- why: From 10.5(2) on ITLRecovery stands in the CTL beside CallManager, but CallManager signs, and no command
--   of 10.x and 11.x signs a CTL with the other.
-- expected: As with one SAST: TVS vouches for phones with an ITL; 7960 and Jabber need hands.
-- versions: 10.5(2) to 11.5
-- source: Security Guide 12.5 (table of SAST roles); Cisco technote 118893; CLI reference (reset localkey: 12.x)
-- confidence: documented who signs; the outcome is inferred
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }

local function run(name, version, tokens)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
  local function restart()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end
  if tokens then hq:ctl_client("mixed-mode", first, second) else hq:ctl("mixed-mode") end
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
  end
  restart()
  step(name .. ": CallManager of the publisher, and the CTL anew", function()
    hq.nodes[1]:regenerate("CallManager")
    if tokens then hq:ctl_client("update", second) else hq:ctl("update") end
    restart()
  end)
  for i = 1, 2 do
    expect(fleets[i]:count { lost = false, registered = true, itl_by = "CTL", ctl_by = tokens and "CTL" or "TVS" },
           models[i] .. ", " .. name):equals(n)
  end
  for i = 3, 4 do
    expect(fleets[i]:count { lost = false, registered = true, ctl_by = "CTL" }, models[i] .. ", " .. name)
      :equals(tokens and n or 0)
    expect(fleets[i]:count { lost = "trust list", needs_hands = true }, models[i] .. ", " .. name)
      :equals(tokens and 0 or n)
  end
  step(name .. ": CallManager of the subscriber too", function()
    hq.nodes[2]:regenerate("CallManager")
    if tokens then hq:ctl_client("update", first) else hq:ctl("update") end
    restart()
  end)
  for i = 1, 2 do expect(fleets[i]:count { lost = false, registered = true }, models[i]):equals(n) end
  for i = 3, 4 do
    expect(fleets[i]:count { lost = "registration", needs_hands = true }, models[i] .. ", " .. name)
      :equals(tokens and 0 or n)
  end
end
run("HQ", "10.5(2)", false)
