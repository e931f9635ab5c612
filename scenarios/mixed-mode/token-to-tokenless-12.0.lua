-- From security tokens to a CTL without tokens on 12.0: every phone follows by its CTL
-- why: From 11.5 on a CTL by tokens lists ITLRecovery and CallManager of the publisher as SAST too, and a CTL
--   without tokens is signed by one of them.
-- expected: All take the new CTL by the one that they hold, 7960 and Jabber too. The way back is by TVS, for the
--   CTL without tokens names none: phones with an ITL take it, 7960 and Jabber do not.
-- versions: 11.5 to 14SU2
-- source: Security Guide 12.5(1)SU1 (table of SAST roles, and that phones should have a CTL of 12.0 first)
-- confidence: documented
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }
local hq = cluster { name = "HQ", version = param("version", "12.0"), nodes = { "pub", "sub" } }
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
local function is(from, to, what, filters)
  for i = from, to do expect(fleets[i]:count(filters), models[i] .. ", " .. what):equals(n) end
end
step("utils ctl update CTLFile", function() hq:ctl("update") restart() end)
is(1, 4, "without tokens", { registered = true, lost = false, ctl_by = "CTL" })
step("back to tokens", function()
  for _, node in ipairs(hq.nodes) do node:delete_ctl() end
  hq:ctl_client("mixed-mode", first, second)
  restart()
end)
is(1, 2, "back", { registered = true, lost = false, ctl_by = "TVS" })
is(3, 4, "back", { registered = true, lost = "trust list" })
