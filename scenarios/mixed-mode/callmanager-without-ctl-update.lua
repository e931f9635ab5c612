-- CallManager regenerated in mixed mode, and the CTL forgotten: secure phones stay away until it is updated
-- why: A secure phone knows CallManager by its CTL, which nobody makes anew but an administrator. A phone
--   that is not secure registers without it; its new ITL is signed by ITLRecovery, which has not changed.
-- expected: Behind the reset no secure phone registers, authenticated or encrypted, with LSC or MIC; those
--   that are not secure do, with the new ITL. `utils ctl update CTLFile`, restarts and a reset: all take the
--   CTL by their CTL, where ITLRecovery is SAST, and are back. That is what the search names.
-- versions: 12.0 on
-- source: Cisco technotes 214231 and 225746; Security Guide 14, Certificates; Security Guide 12.5
-- confidence: documented for TLS phones, inferred for the others
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = param("version", "12.5"), nodes = { "pub", "sub" } }
local function restart()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
  settle()
  hq:reset()
  settle()
end
hq:ctl("mixed-mode")
local secure = {
  hq:phones { count = n, model = "8845", security = "encrypted", lsc = true },
  hq:phones { count = n, model = "7965", security = "authenticated" }, -- MIC
  hq:phones { count = n, model = "7960", security = "authenticated", lsc = true },
  hq:phones { count = n, model = "Jabber", security = "encrypted", lsc = true },
}
local plain = hq:phones { count = n, model = "8845" }
restart()
for _, fleet in ipairs(secure) do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("CallManager regenerated, no CTL update", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
  restart()
end)
for i, fleet in ipairs(secure) do
  expect(fleet:count { lost = "registration" }, "secure " .. i):equals(n)
  expect(fleet:count { needs_hands = true }, "secure " .. i):equals(0)
  expect(fleet:count { remedy = "ctl-update" }, "secure " .. i):equals(n)
end
expect(plain:count { registered = true, lost = false, itl_status = "Match" }):equals(n)

step("utils ctl update CTLFile", function() hq:ctl("update") restart() end)
for i, fleet in ipairs(secure) do
  expect(fleet:count { registered = true, lost = false, ctl_by = "CTL" }, "secure " .. i):equals(n)
end
expect(plain:count { registered = true, lost = false }):equals(n)
