-- Regenerate CallManager and TVS on the publisher only, phones in a group of two nodes
-- why: The second node of the CallManager group is the safety net: its TVS was not touched, and its
--   certificate is in every phone's ITL.
-- expected: The publisher's TVS is refused, the subscriber's vouches for the new signer: every
--   phone accepts the new ITL through TVS.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub1" } }
pool { name = "Both", group = { "pub", "sub1" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965", pool = "Both" }
settle()

step("regenerate both on the publisher", function()
  hq.pub:regenerate("CallManager")
  hq.pub:regenerate("TVS")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
end)
settle()

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { itl_by = "TVS" }):equals(fleet:count())
expect(fleet:count { itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { registered = true, config = "signed" }):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(0)
expect(fleet:count { needs_hands = true }):equals(0)
