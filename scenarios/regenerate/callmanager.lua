-- Regenerate CallManager on one node: TVS vouches for the new signer
-- why: Up to 11.5 the CallManager key signs the ITL and every configuration. Phones hold the old
--   certificate only, and ask TVS whether the new one may be believed.
-- expected: After the reset every phone accepts the new ITL through TVS, takes its configuration
--   with it and registers. Nobody has to touch a phone.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965" }
settle()

step("regenerate CallManager", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("Cisco Trust Verification Service", "Cisco Tftp")
end)
settle()
expect(fleet:count { itl_status = "Mismatch" }, "the list on the server is a new one")
  :equals(fleet:count())

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { itl_by = "TVS" }):equals(fleet:count())
expect(fleet:count { itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { registered = true, config = "signed" }):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(0)
expect(fleet:count { lost = "configuration" }):equals(0)
expect(fleet:count { needs_hands = true }):equals(0)
