-- TVS everywhere, then CallManager, with every phone updated in between: the other safe order
-- why: The security guides want TVS first and CallManager last, technote 214231 wants TVS last. Both
--   hold to the rule that counts: between a new signer and new TVS certificates every phone takes a
--   list.
-- expected: The first new ITL has the same signer and is accepted by the phone's own; the second has
--   another, and the TVS certificates that the phone knows by now vouch for it. Nobody loses a list.
-- versions: 8.0 to 11.5
-- source: Security Guide for CUCM 14, Certificates (TVS first, CallManager last); technote 214231
-- confidence: documented
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub", "sub" } }
pool { name = "Both", group = { "pub", "sub" } }
pool { name = "Publisher only", group = { "pub" } }
local n = param("phones", 300)
local both = hq:phones { count = n, model = "7965", pool = "Both" }
local alone = hq:phones { count = n, model = "8845", pool = "Publisher only" }
settle()

local function renew(certificate, service)
  for _, node in ipairs(hq.nodes) do
    node:regenerate(certificate)
    node:restart(service)
  end
  wait("1m")
  for _, node in ipairs(hq.nodes) do node:restart("Cisco Tftp") end
end

step("TVS on every node", function() renew("TVS", "Cisco Trust Verification Service") end)
settle()
step("reset", function() hq:reset() end)
settle()
for _, fleet in ipairs { both, alone } do
  expect(fleet:count { itl_by = "ITL", itl_status = "Match", lost = false }, "the same signer"):equals(n)
end

step("CallManager on every node", function() renew("CallManager", "Cisco CallManager") end)
settle()
step("reset again", function() hq:reset() end)
settle()
for _, fleet in ipairs { both, alone } do
  expect(fleet:count { itl_by = "TVS", itl_status = "Match", lost = false }, "known TVS"):equals(n)
end
expect(both:count { needs_hands = true } + alone:count { needs_hands = true }):equals(0)
