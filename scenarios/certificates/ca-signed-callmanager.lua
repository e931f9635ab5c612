-- CallManager signed by a company's authority: root and intermediate first, refused without them
-- why: A CA-signed CallManager certificate is a new key like any other: phones judge it by the trust
--   lists, the authority is nothing to them. What differs is what the page refuses.
-- expected: The page refuses the certificate until root and intermediate lie in CallManager-trust.
--   Behind it everything goes as after a regeneration: TVS vouches for the new signer of the lists.
--   Regenerating afterwards makes it self-signed again.
-- versions: 8.0 to 11.5 (later ones sign lists with ITLRecovery)
-- source: Cisco technotes 225746 (texts of the page) and 214231; Security Guide 14, Certificates
-- confidence: documented
local hq = cluster { name = "HQ", version = "10.5(2)", domain = "example.com",
                     nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 500), model = "8845" }
local old = hq:phones { count = fleet:count(), model = "7960" }
settle()

local root = authority { name = "Example Root CA" }
local issuing = authority { name = "Example Issuing CA", issuer = root }

step("a CSR and a certificate for it", function()
  hq.pub:csr("CallManager")
  local signed = issuing:sign { node = hq.pub, certificate = "CallManager" }
  expect(refused(function() hq.pub:install("CallManager", signed) end), "without the authority")
    :contains("CA Certificate is Not Available in the Trust-Store")
  hq.pub:upload("CallManager-trust", root)
  expect(refused(function() hq.pub:install("CallManager", signed) end), "without the intermediate")
    :contains("Example Issuing CA")
  hq.pub:upload("CallManager-trust", issuing)
  hq.pub:install("CallManager", signed)
  hq.pub:restart("TVS", "TFTP", "CallManager", "CTIManager")
end)
settle()
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { itl_by = "TVS" }):equals(fleet:count())
expect(fleet:count { lost = true }):equals(0)
expect(old:count { lost = true }, "phones without trust lists notice nothing"):equals(0)
expect(hq.pub:certificate("CallManager").issuer):contains("CN=Example Issuing CA")

step("regenerate: self-signed again", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("TVS", "TFTP", "CallManager", "CTIManager")
end)
settle()
step("reset again", function() hq:reset() end)
settle()
expect(hq.pub:certificate("CallManager").issuer):equals(hq.pub:certificate("CallManager").subject)
expect(fleet:count { lost = true }):equals(0)
