-- Regenerate CallManager on 12.5: ITLRecovery signs the ITL, TVS is not needed
-- why: From 12.0 the ITL is signed by ITLRecovery. The new CallManager certificate is only one of
--   its records, and the phones know the signer.
-- expected: After the reset every phone accepts the new ITL by the ITL that it holds, without
--   asking TVS, and the new configuration by the new ITL.
-- versions: 12.0 and later
-- source: Cisco technote 214231; Security Guide for CUCM 14, Default Security
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub1" } }
local fleet = hq:phones { count = param("phones", 1000), model = "8845" }
settle()

step("regenerate CallManager", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("Cisco Trust Verification Service", "Cisco Tftp")
end)
settle()

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { itl_by = "ITL", itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { registered = true, config = "signed" }):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(0)
expect(fleet:count { lost = "configuration" }):equals(0)
expect(fleet:count { needs_hands = true }):equals(0)
