-- A restore from a backup that is older than the new CAPF: LSCs issued since belong to nobody
-- why: The guides ask for a new backup after CallManager, TVS and CAPF alike. CAPF is the one whose absence
--   shows at the next registration.
-- expected: Secure phones with an LSC of the CAPF that the backup does not know cannot register; those that kept an
--   LSC of the CAPF before (left in CAPF-trust: capf_trust_keeps_old=1) can. A new LSC by null
--   string brings the first ones back, for lists and files they trust as before.
-- versions: all with a CTL (run on 12.5)
-- source: Security Guide 14, Certificates (back up after CAPF is regenerated); technote 214231
-- confidence: inferred
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:set("capf_trust_keeps_old", true)
hq:ctl("mixed-mode")
hq.pub:restart("TFTP", "Cisco CallManager")
settle()
local renewed = hq:phones { count = n, model = "8845", security = "authenticated", lsc = true }
local kept = hq:phones { count = n, model = "7965", security = "authenticated", lsc = true }
settle()
hq:backup()

step("regenerate CAPF, update the CTL, new LSCs for a part", function()
  hq.pub:regenerate("CAPF")
  hq.pub:restart("Cisco Certificate Authority Proxy Function")
  hq:ctl("update")
  hq.pub:restart("TVS", "TFTP", "Cisco CallManager")
  settle()
  hq:reset()
  settle()
  renewed:install_lsc {}
  renewed:reset()
end)
settle()
expect(renewed:count { lost = false, certificate_operation = "Upgrade Success" }):equals(n)
expect(kept:count { lost = false }):equals(n)

step("restore", function() hq.pub:restore() end)
settle()
expect(renewed:count { lost = "registration" }):equals(n)
expect(renewed:count { lost = "trust list" } + renewed:count { lost = "configuration" }):equals(0)
expect(kept:count { registered = true, lost = false }):equals(n)

step("new LSCs", function()
  renewed:install_lsc {}
  renewed:unplug()
end)
settle()
expect(renewed:count { registered = true, lost = false, certificate = "LSC" }):equals(n)
