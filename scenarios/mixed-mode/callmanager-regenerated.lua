-- CallManager of the publisher regenerated in mixed mode before 12.0: by TVS, by a token, or not at all
-- why: On 10.0 and 10.5(1) a CTL without tokens has one SAST, the publisher's CallManager, which signs it:
--   regenerated, it is a signer that no list has. From 10.5(2) on ITLRecovery stands beside it, but no command
--   of 10.x and 11.x signs a CTL with that. A token signs whatever becomes of CallManager.
-- expected: Without tokens phones with an ITL take the new CTL through TVS and the ITL by that CTL, with one SAST
--   or two. 7960 and Jabber, which ask no TVS, need hands: they hold the old CTL, and stay registered at the
--   subscriber, whose CallManager is the one in it, until that is regenerated too. With tokens the client is run
--   again, with either token, and all take the CTL by their CTL: nobody needs hands.
-- versions: 10.0 to 11.5 without tokens, 8.0 to 14SU2 with them
-- source: Cisco technote 118893 (10.5.1: traces, the note on 7940, 7960, Jabber, what tokens are still good
--   for); Security Guide 12.5 (table of SAST roles); CLI reference (reset localkey: 12.x)
-- confidence: documented; with two SAST who signs is documented, the outcome inferred
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
run("OneSAST", "10.5(1)", false)
run("TwoSAST", "10.5(2)", false)
run("Tokens", "10.5(2)", true)
