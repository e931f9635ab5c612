-- ITLRecovery regenerated on 15 where SSO uses the system certificate: phones follow, the login page does not
-- why: From 14 on TFTP makes the new list by itself and phones are reset by themselves, so that the short form
--   of the procedure is all that happens. SAML SSO with the system-wide certificate is bound to ITLRecovery.
-- expected: Phones take the list that the new ITLRecovery signs through TVS, which was not touched, and lose
--   nothing; a second reset they take by their own ITL. By the guide's way (phones reset by hand, `utils itl
--   reset localkey` between) they take the list that CallManager signs by their ITL, and then the new
--   ITLRecovery's by that. That SSO fails until the IdP has the new metadata the report says under *Besides phones*.
-- versions: 14 on
-- source: Security Guides 14 and 15, Certificates (SSO; two rounds by localkey); Cisco technote 214231 (short form)
-- confidence: documented; that TVS makes the short form work is inferred
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "15", nodes = { "pub", "sub" } }
local guide = cluster { name = "Guide", version = "15", nodes = { "pub2", "sub2" } }
local fleet = hq:phones { count = n, model = "8845" }
local by_hand = guide:phones { count = n, model = "8845" }
guide:set("phone_interaction", false)
settle()
step("regenerate ITLRecovery", function() hq.pub:regenerate("ITLRecovery") end)
settle()
expect(fleet:count { itl_by = "TVS", itl_status = "Match", lost = false }):equals(n)
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { itl_status = "Match", lost = false }):equals(n)

step("the guide: regenerate, utils itl reset localkey, reset", function()
  guide.pub2:regenerate("ITLRecovery")
  guide:itl("reset localkey")
  guide:reset()
end)
settle()
expect(by_hand:count { itl_by = "ITL", lost = false }, "signed by CallManager"):equals(n)
step("restart TFTP, reset again", function()
  for _, node in ipairs(guide.nodes) do node:restart("TFTP") end
  settle()
  guide:reset()
end)
settle()
expect(by_hand:count { itl_by = "ITL", itl_status = "Match", lost = false }, "signed by ITLRecovery"):equals(n)
