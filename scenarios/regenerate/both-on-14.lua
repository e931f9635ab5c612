-- CallManager and TVS at once on 14: two technotes disagree, the rule decides
-- why: Technote 217138 (14 and 15) says that both certificates regenerated at once leave phones to
--   be visited one by one; technote 214231 says so of 8 to 11.5 alone. The rule behind both is that
--   a phone must know the signer of the new ITL or have a TVS that it can still trust. On 14 the
--   signer is ITLRecovery, which nobody touched.
-- expected: TVS and lists renew themselves and the phones are reset. Every phone accepts the new ITL
--   by the one that it holds; nobody needs hands. With ITLRecovery as the third (--set third=true)
--   nobody takes the list, as both technotes say, and `utils itl reset localkey` does not help.
-- versions: 14 and later
-- source: Cisco technotes 217138 and 214231; Security Guide for CUCM 14
-- confidence: documented that they differ; what happens is inferred from the rule
-- live = true
local hq = cluster { name = "HQ", version = "14", nodes = { "pub", "sub1" } }
local fleet = hq:phones { count = param("phones", 1000), model = "8845" }
local third = param("third", false)
settle()

step("regenerate both on every node", function()
  for _, node in ipairs(hq.nodes) do
    node:regenerate("CallManager", "TVS")
  end
  if third then hq.pub:regenerate("ITLRecovery") end
end)
settle()

expect(fleet:count { itl_status = "Match" }):equals(third and 0 or fleet:count())
expect(fleet:count { itl_by = "ITL" }):equals(third and 0 or fleet:count())
expect(fleet:count { needs_hands = true }):equals(third and fleet:count() or 0)
