-- Regenerate CallManager and TVS on the publisher only, phones in a group of one node
-- why: The subscriber's TVS certificate is in every phone's ITL, but a phone finds the addresses
--   of TVS in its configuration: those of its CallManager group, and this group is the publisher
--   alone.
-- expected: Every phone stays registered and refuses every new ITL and configuration; only hands
--   on the phone help. That the cluster has a second node makes no difference.
-- versions: 8.0 to 9.1
-- source: Cisco technote 116232; technote 118893 (TVS servers come from the CallManager group)
-- confidence: inferred from documented rules
-- live = true
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub1" } }
pool { name = "Publisher only", group = { "pub" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965", pool = "Publisher only" }
settle()

step("regenerate both on the publisher", function()
  hq.pub:regenerate("CallManager")
  hq.pub:regenerate("TVS")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
end)
settle()

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(fleet:count())
expect(fleet:count { lost = "configuration" }):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(fleet:count())
