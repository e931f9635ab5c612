-- Regenerate CallManager and TVS on every node at once: the group of two does not help
-- why: All certificates that a phone could believe are gone at the same time: the signer's, and
--   those of both TVS of its group.
-- expected: Every phone stays registered and refuses every new ITL and configuration; only hands
--   on the phone help.
-- versions: 8.0 to 9.1
-- source: Cisco technote 116232
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub1" } }
pool { name = "Both", group = { "pub", "sub1" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965", pool = "Both" }
settle()

step("regenerate both on every node", function()
  for _, node in ipairs(hq.nodes) do
    node:regenerate("CallManager")
    node:regenerate("TVS")
  end
  for _, node in ipairs(hq.nodes) do
    node:restart("Cisco Tftp", "Cisco Trust Verification Service")
  end
end)
settle()

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(fleet:count())
expect(fleet:count { lost = "configuration" }):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(fleet:count())
