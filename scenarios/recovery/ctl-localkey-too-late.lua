-- ITLRecovery regenerated in mixed mode by the short form: who asks no TVS is left, and localkey brings him back
-- why: `utils ctl update CTLFile` at once signs with an ITLRecovery that no CTL of a phone names. TVS knows it;
--   7960 and Jabber ask none. CallManager, the second SAST of the CTL that they hold, is the same.
-- expected: Phones with an ITL take the new CTL through TVS; 7960 and Jabber refuse it and go on with theirs.
--   `utils ctl reset localkey` signs with CallManager: the search names it, and all are back.
-- versions: 12.0 on
-- source: Cisco technote 214231 (short form), CLI reference 12.5; technote 118893 (who asks no TVS)
-- confidence: inferred
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

step("regenerated, ctl update, TVS and TFTP", function()
  hq.pub:regenerate("ITLRecovery")
  settle()
  hq:ctl("update")
  restart("TVS", "TFTP")
end)
all(1, 2, "short form", { registered = true, lost = false, ctl_by = "TVS", itl_by = "CTL" })
all(3, 4, "short form", { registered = true, lost = "trust list", remedy = "ctl-reset-localkey" })
step("ctl reset localkey after all", function() hq:ctl("reset localkey") hq:reset() settle() end)
all(1, 4, "localkey after all", { registered = true, lost = false })
