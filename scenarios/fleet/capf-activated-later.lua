-- CAPF is activated after mixed mode was set: neither list has it until the CTL is updated
-- why: A CTL file that was made while Cisco Certificate Authority Proxy Function was not activated has no CAPF
--   record. Phones verify the CAPF that they enrol with by their lists, so that no LSC can be installed.
--   Security Guides name "CAPF first enabled" among the reasons for `utils ctl update CTLFile`.
-- expected: With the service off an order for an LSC stays without effect. Activated, it is in the ITL once
--   TFTP has started anew, and in the CTL once that is updated; after a reset phones have their LSCs. Nobody
--   loses registration meanwhile.
-- versions: 10.0 and later
-- source: Security Guide 12.5 (when to update the CTL file); Security Guide 14 (an ITL has CAPF where the
--   service runs)
-- confidence: documented; that the order waits is inferred
local n = param("phones", 50)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
hq.pub:deactivate("Cisco Certificate Authority Proxy Function")
for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
settle()
hq:ctl("mixed-mode")
local fleet = hq:phones { count = n, model = "8861", security = "authenticated" }
settle()
hq:reset()
settle()
expect(fleet:count { lost = false, certificate = "MIC" }):equals(n)

step("Install/Upgrade, CAPF is not activated", function()
  fleet:install_lsc { by = "By Null String" }
  fleet:reset()
end)
settle()
expect(fleet:count { registered = true, certificate = "MIC" }):equals(n)

step("activate CAPF, update the CTL, reset", function()
  hq.pub:activate("Cisco Certificate Authority Proxy Function")
  settle()
  hq:ctl("update")
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
  fleet:install_lsc { by = "By Null String" }
  fleet:reset()
end)
settle()
expect(fleet:count { lost = false, certificate = "LSC" }):equals(n)
