-- CallManager regenerated in a cluster with tokens: the signer stays, and everybody follows it
-- why: A token signs the CTL, whatever becomes of CallManager. 7960 and Jabber know it from the CTL they hold.
-- expected: The client is run again, with either token: all take the CTL by their CTL, 7960 and Jabber too, and
--   nobody needs hands. Without tokens the same night locks those two out.
-- versions: 8.0 to 14SU2
-- source: Cisco technote 118893 (what tokens are still good for)
-- confidence: documented
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
run("HQ", "10.5(2)", true)
