-- Regenerate CallManager and TVS together on a cluster of one node: every phone is locked out
-- why: The best known way to lose a fleet. The new ITL is signed by a key that no phone knows, and
--   the TVS that could vouch for it shows a certificate that no phone knows either.
-- expected: Every phone stays registered with the configuration that it has, and refuses every new
--   ITL and every new configuration. Only deleting the trust list by hand brings it back.
-- versions: 8.0 to 9.1 (later versions have ITLRecovery)
-- source: Cisco technote 116232
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 5000), model = "7965" }
settle()
expect(fleet:count { registered = true }):equals(fleet:count())

step("regenerate both", function()
  hq.pub:regenerate("CallManager")
  hq.pub:regenerate("TVS")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
end)
settle()

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { registered = true }, "calls still work"):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(fleet:count())
expect(fleet:count { lost = "configuration" }):equals(fleet:count())
expect(fleet:count { itl_by = "first trust", itl_status = "Mismatch" }):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(fleet:count())
