-- LSCs are renewed by existing certificate: the one that takes precedence has to be good
-- why: "By Existing Certificate" believes a phone because of the certificate that it has, and asks for one
--   of the two alone. Guides recommend it for renewals, and it fails where that one is of an unknown CAPF,
--   or where there is none.
-- expected: A phone with a good LSC, or with its MIC alone, gets a new LSC in both modes. One whose LSC is
--   from a CAPF that nobody knows any more fails with precedence to LSC and succeeds with precedence to
--   MIC. A 7960 has no MIC: without an LSC the operation fails.
-- versions: all (run on 12.5)
-- source: Security Guide 15, "CAPF Settings"
-- confidence: documented
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local n = param("phones", 50)
local LSC, MIC = "By Existing Certificate (Precedence to LSC)", "By Existing Certificate (Precedence to MIC)"
hq:ctl("mixed-mode")
local mic = hq:phones { count = n, model = "8845" }
local old = hq:phones { count = n, model = "7965", lsc = true }
local neither = hq:phones { count = n, model = "7960" }
hq:reset()
settle()

step("by what they have", function()
  mic:install_lsc { by = LSC }
  old:install_lsc { by = LSC }
  neither:install_lsc { by = MIC }
  hq:reset()
end)
settle()
for _, fleet in ipairs { mic, old } do
  expect(fleet:count { certificate_operation = "Upgrade Success", certificate = "LSC" }):equals(n)
end
expect(neither:count { certificate_operation = "Upgrade Failed", certificate = "none" }):equals(n)

step("CAPF is regenerated", function()
  hq.pub:regenerate("CAPF")
  hq.pub:restart("Cisco Certificate Authority Proxy Function")
  hq:ctl("update")
  hq.pub:restart("Cisco Tftp")
  hq.sub:restart("Cisco Tftp")
  wait("1m")
  mic:install_lsc { by = LSC }
  old:install_lsc { by = MIC }
  neither:install_lsc {}
  hq:reset()
end)
settle()
expect(mic:count { certificate_operation = "Upgrade Failed" }, "the LSC is of the old CAPF"):equals(n)
expect(old:count { certificate_operation = "Upgrade Success" }, "the MIC is asked for"):equals(n)
expect(neither:count { certificate_operation = "Upgrade Success", certificate = "LSC" }, "by null string"):equals(n)
