-- CAPF signed by a company's authority: a CAPF that is renewed like any other, for phones and for all else
-- why: A CA-signed CAPF has a new key, and LSCs are issued by that key. The company's RADIUS server trusts the
--   company's root, which is why it is done; that does not make CallManager take LSCs of the CAPF before.
-- expected: Refused until the authority lies in CAPF-trust. Behind it lists and LSCs go as after a regeneration: with
--   the old CAPF kept in CAPF-trust nobody loses registration, with it gone secure phones with an LSC do, and a new
--   LSC brings them back. Regenerated it is self-signed again.
-- versions: all with a CTL (run on 12.5)
-- source: Cisco technotes 225746 (texts of the page), 214231 (CAPF renewed); Security Guide 14, Certificates
-- confidence: documented
local n = param("phones", 40)
local ca = authority { name = "Example CA" }
for _, keeps in ipairs { true, false } do
  local name = keeps and "Kept" or "Gone"
  local cl = cluster { name = name, version = "12.5", nodes = { name .. "-pub" } }
  local pub = cl.nodes[1]
  cl:set("capf_trust_keeps_old", keeps)
  cl:ctl("mixed-mode")
  pub:restart("TFTP", "CallManager")
  local lsc = cl:phones { count = n, model = "8845", security = "encrypted", lsc = true }
  local mic = cl:phones { count = n, model = "8845", security = "encrypted" }
  local plain = cl:phones { count = n, model = "7965" }
  settle()
  step(name .. ": install", function()
    pub:csr("CAPF")
    local signed = ca:sign { node = pub, certificate = "CAPF" }
    expect(refused(function() pub:install("CAPF", signed) end), "without the authority")
      :contains("CA Certificate is Not Available in the Trust-Store")
    pub:upload("CAPF-trust", ca)
    pub:install("CAPF", signed)
    cl:ctl("update")
    pub:restart("CAPF", "TVS", "TFTP", "CallManager")
    settle()
    cl:reset()
  end)
  settle()
  expect(pub:certificate("CAPF").issuer):contains("CN=Example CA")
  expect(lsc:count { registered = true, lost = false }, name):equals(keeps and n or 0)
  for _, phones in ipairs { mic, plain } do
    expect(phones:count { registered = true, lost = false }, name):equals(n)
  end
  step(name .. ": new LSCs", function() lsc:install_lsc {} cl:reset() end)
  settle()
  expect(lsc:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }, name):equals(n)
  step(name .. ": regenerate", function() pub:regenerate("CAPF") end)
  expect(pub:certificate("CAPF").issuer):equals(pub:certificate("CAPF").subject)
end
