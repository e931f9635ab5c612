-- The authority that signed CallManager and tomcat expires: phones do not look at it
-- why: Certificates that a company's authority signed live two years, the authority itself ten or
--   less. A list holds the certificate of CallManager and not its issuer, and TVS answers by issuer
--   and serial number. So nobody on the way checks a chain.
-- expected: With the authority a year over and the certificates that it signed still good, phones
--   boot, take lists and open Directories as before. A page takes no expired authority, so that a
--   certificate of another one is taken once that one was uploaded; phones follow through TVS.
-- versions: all
-- source: Cisco technotes 116232 and 213407 (records and queries by issuer and serial number);
--   Administration Guide 14, Manage Certificates (expired certificates are refused at the upload)
-- confidence: inferred from what is documented; that the page takes no expired one is documented
start("2026-01-10 06:00")
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" }, installed = "2025-06-01 06:00" }
local n = param("phones", 200)
local fleets = { hq:phones { count = n, model = "8845" }, hq:phones { count = n, model = "7965" } }
settle()

local root = authority { name = "Old Root CA", years = 1 }
local kinds = { CallManager = "CallManager-trust", tomcat = "tomcat-trust" }
step("certificates of an authority with a year to go", function()
  for kind, store in pairs(kinds) do
    hq.pub:csr(kind)
    hq.pub:upload(store, root)
    hq.pub:install(kind, root:sign { node = hq.pub, certificate = kind, years = 5 })
  end
  hq.pub:restart("Cisco CallManager", "Cisco Tomcat")
  wait("1m")
  hq.pub:restart("Cisco Tftp")
end)
settle()
step("reset", function() hq:reset() end)
settle()
for _, fleet in ipairs(fleets) do expect(fleet:count { itl_by = "TVS", lost = false }):equals(n) end

step("the authority is over", function() wait("400d") end)
step("reset a year later", function()
  hq:reset()
  settle()
  for _, fleet in ipairs(fleets) do fleet:press("Directories") end
end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = false, itl_status = "Match" }):equals(n)
end

step("a new authority", function()
  local new = authority { name = "New Root CA" }
  expect(refused(function() hq.pub:upload("CAPF-trust", root) end), "who is over is taken nowhere")
    :contains("the certificate has expired")
  hq.pub:csr("CallManager")
  expect(refused(function() hq.pub:install("CallManager", new:sign { node = hq.pub, certificate = "CallManager" }) end))
    :contains("CA Certificate is Not Available in the Trust-Store")
  hq.pub:upload("CallManager-trust", new)
  hq.pub:install("CallManager", new:sign { node = hq.pub, certificate = "CallManager" })
  hq.pub:restart("Cisco CallManager", "Cisco Tftp")
end)
settle()
step("reset once more", function() hq:reset() end)
settle()
for _, fleet in ipairs(fleets) do expect(fleet:count { itl_by = "TVS", lost = false }):equals(n) end
