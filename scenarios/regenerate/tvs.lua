-- Regenerate TVS on one node: the signer is unchanged, the phone's own ITL is enough
-- why: The TVS certificate signs nothing. The new ITL that names it is signed by the same
--   CallManager key as the one on the phone.
-- expected: After the reset every phone accepts the new ITL by the ITL that it holds, without
--   asking TVS. Until then it knows only the old TVS certificate and cannot open HTTPS services.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232
-- confidence: inferred from the documented way an ITL is verified
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965" }
settle()

step("regenerate TVS", function()
  hq.pub:regenerate("TVS")
  hq.pub:restart("Cisco Trust Verification Service", "Cisco Tftp")
end)
settle()

step("users press Directories", function() fleet:press("Directories", "1m") end)
settle()
expect(fleet:count { lost = "secure services" }):equals(fleet:count())

step("reset the phones", function() fleet:reset() end)
settle()
fleet:press("Directories", "1m")
settle()
expect(fleet:count { lost = "secure services" }):equals(0)
expect(fleet:count { itl_by = "ITL" }):equals(fleet:count())
expect(fleet:count { itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { registered = true, config = "signed" }):equals(fleet:count())
expect(fleet:count { ever_lost = "trust list" }):equals(0)
expect(fleet:count { needs_hands = true }):equals(0)
