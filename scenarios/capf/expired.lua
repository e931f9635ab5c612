-- CAPF's certificate has expired: no new LSCs, no 802.1X, no phone VPN; registration goes on
-- why: Technote 214231 lists what an expired CAPF certificate breaks: phone VPN, 802.1X, new LSCs and
--   encrypted configurations; not registration. Whether CallManager still takes LSCs of an expired CAPF
--   is the matter of expiry/capf.
-- expected: Install/Upgrade fails ("Upgrade Failed"). Phones that show LSCs of that CAPF at the switch or
--   at the VPN gateway are refused there, though each LSC itself lasts longer. Secure phones register.
--   A new CAPF alone helps nobody: it takes the new CAPF in RADIUS server and gateway, and new LSCs.
--   Encrypted configurations are still read: by the rules they need the key of the LSC and no date. The
--   technote says that they break.
-- versions: all (run on 12.5)
-- source: Cisco technote 214231, impact by certificate store (CAPF.pem)
-- confidence: documented, but for encrypted configurations
start("2030-12-20 06:00")
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" }, installed = "2026-01-06 06:00" }
hq:ctl("mixed-mode")
knob("dot1x_closed", false)
local secure = hq:phones { count = n, model = "8845", security = "encrypted", encrypted = true, lsc = "2029-06-01 00:00" }
local wired = hq:phones { count = n, model = "7841", lsc = "2029-06-01 00:00" }
local outside = hq:phones { count = n, model = "8861", lsc = "2029-06-01 00:00" }
wired:set("dot1x", "enabled")
outside:set("vpn", "enabled")
settle()
hq.pub:regenerate("CallManager", "TVS", "tomcat")
hq.pub:restart("Cisco Trust Verification Service", "Cisco Tomcat", "Cisco CallManager")
hq:ctl("update")
wait("1m")
hq.pub:restart("Cisco Tftp")
settle()
hq:reset()
settle()
for _, fleet in ipairs { secure, wired, outside } do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("CAPF expires", function() wait("30d") hq:reset() end)
settle()
expect(secure:count { registered = true, lost = false, config = "encrypted" }):equals(n)
expect(wired:count { registered = true, lost = "802.1X" }):equals(n)
expect(outside:count { lost = "phone VPN" }):equals(n)
expect(outside:count { registered = true }):equals(0)

step("Install/Upgrade", function() secure:install_lsc {} wired:install_lsc {} hq:reset() end)
settle()
for _, fleet in ipairs { secure, wired } do
  expect(fleet:count { registered = true, certificate_operation = "Upgrade Failed" }):equals(n)
end

step("a new CAPF", function()
  hq.pub:regenerate("CAPF")
  hq.pub:restart("Cisco Certificate Authority Proxy Function")
  hq:ctl("update")
  hq.pub:restart("Cisco Tftp")
  wait("1m")
  hq:radius_add(hq.pub:certificate("CAPF"))
  hq:gateway_add(hq.pub:certificate("CAPF"))
  secure:install_lsc {}
  wired:install_lsc {}
  hq:reset()
end)
settle()
for _, fleet in ipairs { secure, wired } do
  expect(fleet:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)
end
-- Those outside cannot come to fetch a new LSC: somebody has to carry them in.
expect(outside:count { lost = "phone VPN", remedy = "unknown" }):equals(n)
