-- Field notice 70613: the documented repair of the CTL, step by step
-- why: The upgrade to 12.5 made a new ITLRecovery. The CTL on servers and phones still names the old one, and
--   CallManager is the only good root that is left.
-- expected: `utils ctl reset localkey`, restarts and a reset: phones take the CTL by their CTL, for CallManager
--   signs it; `utils ctl update CTLFile`, the same again: by their CTL, for ITLRecovery of now is in it. Nobody
--   needs hands, 7960 and Jabber neither. CallManager may be regenerated after that. A cluster whose CTL is by
--   tokens, and one that is not in mixed mode, notice nothing of the upgrade.
-- versions: refresh upgrade from below 12.5 to 12.5(1) before SU3
-- source: Cisco field notice FN70613 (CSCvv13565)
-- confidence: documented
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }
local function build(name)
  local hq = cluster { name = name, version = "12.0", nodes = { name .. "-pub", name .. "-sub" } }
  hq:set("fn70613", true)
  return hq
end
local function fleets_of(hq, security)
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = security, lsc = true }
  end
  return fleets
end
local function restart(hq, ...)
  for _, node in ipairs(hq.nodes) do node:restart(...) end
  settle()
  hq:reset()
  settle()
end
local function all(fleets, what, filters)
  for i, fleet in ipairs(fleets) do expect(fleet:count(filters), what .. ": " .. models[i]):equals(n) end
end

local hq, byTokens, plain = build("hq"), build("tokens"), build("plain")
hq:ctl("mixed-mode")
byTokens:ctl_client("mixed-mode", token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" })
local secure, withTokens, others = fleets_of(hq, "authenticated"), fleets_of(byTokens, "authenticated"),
                                   fleets_of(plain, "non-secure")
for _, cluster in ipairs { hq, byTokens, plain } do restart(cluster, "TFTP", "CallManager") end
all(secure, "before", { registered = true, lost = false })
step("upgrade", function()
  for _, cluster in ipairs { hq, byTokens, plain } do
    cluster:upgrade("12.5")
    settle()
    cluster:reset()
    settle()
  end
end)
all(secure, "behind the upgrade", { registered = true, lost = false })
all(withTokens, "tokens", { registered = true, lost = false })
all(others, "not in mixed mode", { registered = true, lost = false })

step("utils ctl reset localkey", function() hq:ctl("reset localkey") restart(hq, "CallManager", "CTIManager") end)
all(secure, "localkey", { registered = true, lost = false, ctl_by = "CTL" })
step("utils ctl update CTLFile", function() hq:ctl("update") restart(hq, "CallManager", "CTIManager") end)
all(secure, "update", { registered = true, lost = false, ctl_by = "CTL" })
step("CallManager, now that the CTL is whole", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
  settle()
  hq:ctl("update")
  restart(hq, "TFTP", "CallManager")
end)
all(secure, "CallManager", { registered = true, lost = false, ctl_by = "CTL" })
