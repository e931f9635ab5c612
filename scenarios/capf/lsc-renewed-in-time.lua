-- LSCs are renewed before they expire, or when it is too late
-- why: Nothing renews an LSC by itself. Install/Upgrade does, as long as the phone can still prove itself:
--   by existing certificate an expired LSC proves nothing.
-- expected: Renewed in time, nobody notices the day. Too late, secure phones do not register at their next
--   connection; "By Existing Certificate (Precedence to LSC)" fails, with precedence to MIC or by null
--   string it works, and each comes back without being touched. Where CAPF's own certificate has expired too it
--   issues nothing: that is capf/expired.
-- versions: all with a CTL (run on 14SU1)
-- source: Security Guide 15, "CAPF Settings"; Cisco technote 214231, impact by certificate store
-- confidence: inferred; that CallManager and CAPF look at the date of an LSC is parameter dates_of_phones
start("2028-12-20 06:00")
local n = param("phones", 40)
local LSC, MIC = "By Existing Certificate (Precedence to LSC)", "By Existing Certificate (Precedence to MIC)"
local hq = cluster { name = "HQ", version = "14SU1", nodes = { "pub", "sub" }, installed = "2028-06-01 06:00" }
hq:set("lsc_days", 1825)
hq:ctl("mixed-mode")
local since = "2024-01-01 06:00"
local early = hq:phones { count = n, model = "8845", security = "encrypted", lsc = since }
local late = hq:phones { count = n, model = "7965", security = "encrypted", lsc = since }
hq:reset()
settle()

step("renewed in time", function() early:install_lsc { by = LSC } early:reset() end)
settle()
expect(early:count { registered = true, certificate_operation = "Upgrade Success" }):equals(n)

step("the day", function() wait("20d") hq:reset() end)
settle()
expect(early:count { registered = true, lost = false }):equals(n)
expect(late:count { lost = "registration" }):equals(n)
expect(late:count { remedy = "install-lsc" }):equals(n)

step("too late, by the expired one", function() late:install_lsc { by = LSC } end)
settle()
expect(late:count { lost = "registration", certificate_operation = "Upgrade Failed" }):equals(n)
step("by MIC", function() late:first(0.5):install_lsc { by = MIC } late:except(late:first(0.5)):install_lsc {} end)
settle()
expect(late:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)
