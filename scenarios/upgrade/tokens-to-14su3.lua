-- A cluster with tokens upgraded to 14SU3, which has no CTL client: who takes the next CTL
-- why: The CTL that tokens signed goes on lying there, and phones go on trusting it. Nobody can sign another
--   one with a token any more: the next is ITLRecovery's. From 11.5 on a CTL by tokens names ITLRecovery and
--   CallManager as SAST, before it names nobody but the tokens.
-- expected: Upgrade and reset cost nobody anything. The client is refused. `utils ctl update CTLFile` makes a
--   CTL that every phone of the cluster that was 12.5 takes by the one that it holds, 7960 and Jabber too. Where
--   it was 10.5, phones with an ITL take it, for the ITL of 14SU3 names ITLRecovery; 7960 and Jabber refuse it,
--   stay registered as long as CallManager is the same, and need hands for anything newer.
-- versions: 10.0 to 14SU2, upgraded to 14SU3 or later
-- source: Cisco technote 214231 (no tokens from 14SU3), Security Guide 12.5(1)SU1 (table of SAST roles)
-- confidence: documented in part; the outcome is inferred
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }
local function run(name, version, follows)
  local hq = cluster { name = name, version = version, nodes = { "pub", "sub" } }
  local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
  local function restart()
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
  step(name .. ": upgrade to 14SU3", function()
    hq:upgrade("14SU3")
    settle()
    hq:reset()
    settle()
  end)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false }, models[i] .. ", " .. name):equals(n)
  end
  expect(refused(function() hq:ctl_client("update", first) end)):contains("it is there up to 14SU2")
  step(name .. ": utils ctl update CTLFile", function() hq:ctl("update") restart() end)
  for i, fleet in ipairs(fleets) do
    local takes = i <= 2 or follows
    expect(fleet:count { registered = true, lost = false }, models[i] .. ", " .. name):equals(takes and n or 0)
    expect(fleet:count { registered = true, lost = "trust list", needs_hands = true }, models[i] .. ", " .. name)
      :equals(takes and 0 or n)
  end
end
run("Twelve", "12.5", true)
run("Ten", "10.5(2)", false)
