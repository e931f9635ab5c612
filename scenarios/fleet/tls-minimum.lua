-- The oldest TLS that nodes take is raised to 1.2: what old phones can still do
-- why: `set tls min-version 1.2` closes TLS 1.0 and 1.1 on CallManager, TVS and HTTPS services. The newest TLS
--   of a 79xx is 1.0.
-- expected: 7965: not secure, they stay registered, but Directories fails, and so does everything that needs
--   TVS: after CallManager is regenerated (11.5) they refuse the new list, until the recovery key signs it.
--   Secure ones register nowhere until the minimum is older again. 8845: nothing changes. Plain URLs bring
--   Directories back for single phones.
-- versions: 11.5(1)SU3 and later
-- source: CLI reference (`set tls min-version`), data sheets (TLS of each model)
-- confidence: the setting documented, the newest TLS of each model as docs/MODELS.md says, the rest inferred
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "11.5(1)SU3", nodes = { "pub", "sub" } }
hq:ctl("mixed-mode")
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
settle()
local old = hq:phones { count = n, model = "7965" }
local secure = hq:phones { count = n, model = "7965", security = "authenticated", lsc = true }
local new = hq:phones { count = n, model = "8845", security = "authenticated" }
settle()
expect(old:count { lost = false } + secure:count { lost = false } + new:count { lost = false }):equals(3 * n)

step("set tls min-version 1.2", function()
  hq:set("set tls min-version", "1.2")
  for _, node in ipairs(hq.nodes) do node:restart("CallManager", "TVS", "Tomcat") end
  settle()
  for _, phones in ipairs { old, secure, new } do phones:press("Directories") end
end)
settle()
expect(old:count { registered = true, lost = "secure services" }):equals(n)
expect(secure:count { lost = "registration" }):equals(n)
expect(new:count { lost = false }):equals(n)

step("plain URLs for the old ones", function()
  old:set("urls", "http")
  old:reset()
  settle()
  old:press("Directories")
end)
settle()
expect(old:count { lost = false, urls = "http" }):equals(n)

step("regenerate CallManager and update the CTL", function()
  hq.pub:regenerate("CallManager")
  hq:ctl("update")
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "TVS", "CallManager") end
  settle()
  hq:reset()
end)
settle()
expect(new:count { lost = false }):equals(n)
expect(old:count { lost = "trust list" }, "no TVS for them"):equals(n)
expect(old:count { needs_hands = true }, "ITLRecovery is in their list"):equals(0)
expect(old:count { remedy = "reset-localkey" }):equals(n)
expect(secure:count { remedy = "set-parameter" }, "the older minimum"):equals(n)
