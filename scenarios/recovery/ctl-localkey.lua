-- ITLRecovery regenerated in mixed mode by the guide: `utils ctl reset localkey`, then an update
-- why: From 12.0 on ITLRecovery signs the CTL, and CallManager is the second SAST in it. The command makes
--   the CTL anew, with the new ITLRecovery in it, and signs with CallManager; the next update signs with
--   ITLRecovery again.
-- expected: All phones take both lists by their own CTL, 7960 and Jabber too.
-- versions: 12.0 on
-- source: Security Guide 14, Certificates
-- confidence: documented
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local function restart(...)
  for _, node in ipairs(hq.nodes) do node:restart(...) end
  settle()
  hq:reset()
  settle()
end
hq:ctl("mixed-mode")
local fleets = {}
for i, model in ipairs(models) do
  fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
end
restart("TFTP", "CallManager")
local function all(from, to, what, filters)
  for i = from, to do expect(fleets[i]:count(filters), what .. ": " .. models[i]):equals(n) end
end

step("regenerated, ctl reset localkey, reset", function()
  hq.pub:regenerate("ITLRecovery")
  settle()
  hq:ctl("reset localkey")
  hq:reset()
  settle()
end)
all(1, 4, "first round", { registered = true, lost = false, ctl_by = "CTL" })
step("ctl update, reset", function() hq:ctl("update") restart("TFTP") end)
all(1, 4, "second round", { registered = true, lost = false, ctl_by = "CTL" })
