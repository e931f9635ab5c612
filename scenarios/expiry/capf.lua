-- The certificate of CAPF expires, LSCs that it issued do not: do phones still register?
-- why: An LSC is signed by CAPF and has a time of its own. Cisco's list of what an expired CAPF
--   certificate breaks names phone VPN, 802.1X, new LSCs and encrypted configurations, and not
--   registration; whoever checks a whole chain by the rules of X.509 refuses it.
-- expected: By the list (dates_of_capf=0) nobody loses anything. By the rules of X.509 (1) phones
--   with an LSC do not register any more once they connect anew; phones with their MIC, and those
--   that are not secure, do. A CAPF that is regenerated does not bring them back: their LSC is of
--   the old one, and wants to be issued anew. Issued anew, they register. (What else an expired CAPF
--   breaks is capf/expired.)
-- versions: all with a CTL
-- source: Cisco technote 214231, impact by certificate store (CAPF.pem)
-- confidence: 0 inferred from the list, 1 assumed: parameter dates_of_capf
start("2030-12-20 06:00")
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" }, installed = "2026-01-06 06:00" }
local n = param("phones", 100)
hq:ctl("mixed-mode")
local lsc = { hq:phones { count = n, model = "7965", security = "encrypted", lsc = "2029-06-01 00:00" },
              hq:phones { count = n, model = "8845", security = "authenticated", lsc = "2028-01-01 00:00" } }
local mic = hq:phones { count = n, model = "8861", security = "encrypted" }
local plain = hq:phones { count = n, model = "8845" }
hq:set("dates_of_phones", 0) -- of MICs: that is expiry/mic
settle()
hq.pub:regenerate("CallManager", "TVS", "tomcat")
for _, service in ipairs { "Cisco Trust Verification Service", "Cisco Tomcat", "Cisco CallManager" } do
  hq.pub:restart(service)
end
hq:ctl("update")
wait("1m")
hq.pub:restart("Cisco Tftp")
settle()
hq:reset()
settle()
for _, fleet in ipairs(lsc) do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("CAPF expires", function() wait("30d") end)
step("reset", function() hq:reset() end)
settle()
for _, fleet in ipairs(lsc) do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("CallManager checks the whole chain", function() hq:set("dates_of_capf", 1) hq:reset() end)
settle()
for _, fleet in ipairs(lsc) do expect(fleet:count { lost = "registration" }):equals(n) end
expect(mic:count { registered = true }):equals(n)
expect(plain:count { registered = true, lost = false }):equals(n)

step("regenerate CAPF", function()
  hq.pub:regenerate("CAPF")
  hq.pub:restart("Cisco Certificate Authority Proxy Function")
  hq:ctl("update")
  hq.pub:restart("Cisco Tftp")
end)
settle()
for _, fleet in ipairs(lsc) do expect(fleet:count { lost = "registration" }, "the LSC is of the old one"):equals(n) end
expect(mic:count { registered = true }):equals(n)

step("LSCs are issued anew", function() for _, fleet in ipairs(lsc) do fleet:install_lsc {} end end)
settle()
for _, fleet in ipairs(lsc) do
  expect(fleet:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)
end
