-- CallManager's certificate expires in mixed mode: secure phones stay, until they register anew
-- why: A secure phone judges the certificate of CallManager when it connects. Who is registered has
--   connected already; a reset, a failover or a restart of CallManager is a new connection.
-- expected: On the day itself nobody loses anything. After the reset no secure phone registers, with
--   LSC or MIC, authenticated or encrypted; phones that are not secure do. With the knob
--   dates_of_callmanager=0 all do. A regenerated certificate alone does not help: it is in no CTL.
--   With `utils ctl update CTLFile`, a restart and a reset all are back.
-- versions: 10.0 and later (tokenless CTL)
-- source: Cisco technote 214231, impact by certificate store; Security Guide 12.5
-- confidence: documented that they do not register; that a connection outlives the day is assumed
start("2031-01-01 06:00")
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" }, installed = "2026-01-06 06:00" }
local n = param("phones", 100)
local nodes = { hq.pub, hq.sub }
hq:ctl("mixed-mode")
for _, node in ipairs(nodes) do
  node:regenerate("CallManager-ECDSA", "TVS", "CAPF", "tomcat")
  for _, service in ipairs { "Cisco Trust Verification Service", "Cisco Tomcat" } do node:restart(service) end
end
hq.pub:restart("Cisco Certificate Authority Proxy Function")
hq:ctl("update")
wait("1m")
for _, node in ipairs(nodes) do node:restart("Cisco Tftp") node:restart("Cisco CallManager") end
wait("1m")
local secure = {
  hq:phones { count = n, model = "7965", security = "authenticated", lsc = "2031-01-01 06:00" },
  hq:phones { count = n, model = "8845", security = "encrypted", lsc = "2031-01-01 06:00" },
  hq:phones { count = n, model = "8861", security = "encrypted" }, -- MIC
}
local plain = hq:phones { count = n, model = "8845" }
knob("dates_of_callmanager", 1)
hq:set("dates_of_phones", 0) -- of MICs: that is expiry/mic
settle()
for _, fleet in ipairs(secure) do expect(fleet:count { registered = true }):equals(n) end

step("CallManager expires", function() wait("10d") end)
for _, fleet in ipairs(secure) do
  expect(fleet:count { registered = true, lost = false }, "connected already"):equals(n)
end

step("reset", function() hq:reset() end)
settle()
for _, fleet in ipairs(secure) do expect(fleet:count { lost = "registration" }):equals(n) end
expect(plain:count { registered = true, lost = false }):equals(n)

step("as if phones did not look at dates", function() knob("dates_of_callmanager", 0) end)
settle()
for _, fleet in ipairs(secure) do expect(fleet:count { registered = true, lost = false }):equals(n) end
step("they do", function() knob("dates_of_callmanager", 1) hq:reset() end)
settle()
for _, fleet in ipairs(secure) do expect(fleet:count { registered = true }):equals(0) end

step("regenerate CallManager, and no more", function()
  for _, node in ipairs(nodes) do
    node:regenerate("CallManager")
    node:restart("Cisco CallManager")
    node:restart("Cisco Tftp")
  end
end)
settle()
for _, fleet in ipairs(secure) do expect(fleet:count { registered = true }):equals(0) end

step("ctl update", function()
  hq:ctl("update")
  for _, node in ipairs(nodes) do node:restart("Cisco Tftp") end
end)
settle()
for _, fleet in ipairs(secure) do expect(fleet:count { registered = true, lost = false }):equals(n) end
expect(plain:count { registered = true, lost = false }):equals(n)
