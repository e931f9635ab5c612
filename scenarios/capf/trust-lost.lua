-- Phones that no longer trust CAPF get no LSC
-- why: A phone looks for CAPF's certificate in its CTL and ITL, then asks TVS. One whose lists are those of
--   another time, and whose TVS it does not know either, cannot be helped by an LSC.
-- expected: CallManager, TVS and CAPF of 8.6 are all regenerated at once: the lists are frozen, and what the
--   lists do not know no TVS vouches for. The phones are registered, not secure, break off with CAPF, and
--   have no LSC; the operation stays pending. Phones whose lists were deleted have theirs.
--   Where CAPF alone is regenerated, the new list is taken, and nothing is lost.
-- versions: 8.0 to 9.x, and all whose phones trust nobody any more
-- source: Cisco technote 116232: what an untrusted phone cannot do (CAPF)
-- confidence: inferred: the roles in which a certificate is looked for
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local n = param("phones", 50)
local lost = hq:phones { count = n, model = "7965" }
local deleted = hq:phones { count = n, model = "7965" }
hq:reset()
settle()

local function renew(...)
  hq.pub:regenerate(...)
  for _, service in ipairs { "Trust Verification Service", "Tftp", "Certificate Authority Proxy Function" } do
    hq.pub:restart("Cisco " .. service)
  end
  wait("1m")
  for _, fleet in ipairs { lost, deleted } do fleet:install_lsc {} end
  hq:reset()
end

step("CAPF alone", function() renew("CAPF") end)
settle()
for _, fleet in ipairs { lost, deleted } do
  expect(fleet:count { lost = false, certificate_operation = "Upgrade Success", certificate = "LSC" }):equals(n)
end

step("CallManager, TVS and CAPF", function() renew("CallManager", "TVS", "CAPF") deleted:delete_trust_list("10m") end)
settle()
hq:reset()
settle()
expect(lost:count { registered = true, needs_hands = true }):equals(n)
expect(lost:count { certificate_operation = "Operation Pending" }):equals(n)
expect(deleted:count { lost = false, certificate_operation = "Upgrade Success" }):equals(n)
