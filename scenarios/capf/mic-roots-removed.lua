-- The CAs of MICs are removed from CallManager-trust, and from CAPF-trust
-- why: A MIC proves a Cisco phone, not one of yours. The guide recommends to use it for the first
--   enrolment alone and to delete CAP-RTP-001, CAP-RTP-002, Cisco_Manufacturing_CA and
--   Cisco_Root_CA_2048 from the trust store of CallManager. CAPF needs them for enrolment by MIC.
-- expected: Out of CallManager-trust: secure phones without an LSC do not register any more at their next
--   connection, each model by its own CA; those with an LSC, and those that are not secure, do. What
--   brings them back is an LSC: by null string, or by existing certificate as long as CAPF-trust still has the CA. Out of CAPF-trust
--   too: enrolment by MIC fails ("Upgrade Failed"), by null string it does not; 802.1X by MIC goes on.
-- versions: all with a CTL (run on 12.5)
-- source: Security Guide 15, "Cisco Unified IP Phones 6900, 7900, 8900, and 9900 series"; 14, MICs
-- confidence: documented; which model has whose MIC is inferred by its age
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local MIC = "By Existing Certificate (Precedence to MIC)"
hq:ctl("mixed-mode")
local old = hq:phones { count = n, model = "7965", security = "encrypted" }
local new = hq:phones { count = n, model = "8845", security = "encrypted" }
local lsc = hq:phones { count = n, model = "7975", security = "encrypted", lsc = true }
local plain = hq:phones { count = n, model = "7945" }
hq:reset()
settle()
for _, fleet in ipairs { old, new, lsc, plain } do expect(fleet:count { registered = true, lost = false }):equals(n) end

expect(refused(function() hq:delete_mic_ca("tomcat-trust", "CAP-RTP-001") end)):contains("does not hold the CAs of MICs")
step("the four of the guide, out of CallManager-trust", function()
  for _, ca in ipairs { "CAP-RTP-001", "CAP-RTP-002", "Cisco_Manufacturing_CA" } do
    hq:delete_mic_ca("CallManager-trust", ca)
  end
  hq:reset()
end)
settle()
expect(old:count { lost = "registration" }):equals(n)
for _, fleet in ipairs { new, lsc, plain } do expect(fleet:count { registered = true, lost = false }):equals(n) end
expect(refused(function() hq:delete_mic_ca("CallManager-trust", "CAP-RTP-001") end)):contains("does not hold CAP-RTP-001")
expect(old:count { needs_hands = true }):equals(0)

step("LSCs by MIC", function() old:install_lsc { by = MIC } end)
settle()
expect(old:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)

step("the newer one too, and out of CAPF-trust", function()
  hq:delete_mic_ca("CallManager-trust", "Cisco_Manufacturing_CA_SHA2")
  hq:delete_mic_ca("CAPF-trust", "Cisco_Manufacturing_CA_SHA2")
  hq:reset()
end)
settle()
expect(new:count { lost = "registration" }):equals(n)
step("LSCs by MIC, where CAPF does not know it", function() new:install_lsc { by = MIC } end)
settle()
expect(new:count { lost = "registration", certificate_operation = "Upgrade Failed" }):equals(n)
expect(new:count { remedy = "upload-mic-ca" }):equals(n)

step("LSCs by null string", function() new:install_lsc {} end)
settle()
for _, fleet in ipairs { old, new, lsc, plain } do expect(fleet:count { registered = true, lost = false }):equals(n) end
