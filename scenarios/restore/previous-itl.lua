-- CSCts01319: Cisco TAC puts back the ITL that the server kept, and what that is good for
-- why: From some 8.x on the server keeps the ITL before the one of now, and Cisco TAC can have TFTP
--   serve it again. The list comes back, the key that signs configurations does not.
-- expected: On 9.1, where one key signs both, phones that were locked out hold the list that is
--   served and still refuse every configuration: they need hands. On 12.5, with ITLRecovery and TVS
--   renewed and CallManager as it was, they take list and configuration again, but no HTTPS page,
--   for the TVS in the list is no more. At the next start of TFTP all is as before.
-- versions: 8.6 on (the documents name no version)
-- source: Cisco technote 116232 (CSCts01319: in certain cases, where the ITL before is there)
-- confidence: documented that TAC can; that keys are not put back is inferred
-- live = true
local n = param("phones", 100)
local old = cluster { name = "Old", version = "9.1", nodes = { "pub" } }
local new = cluster { name = "New", version = "12.5", nodes = { "first" } }
local of_old = old:phones { count = n, model = "7965" }
local of_new = new:phones { count = n, model = "8845" }
settle()

step("lists that no phone believes", function()
  old.pub:regenerate("CallManager", "TVS")
  old.pub:restart("Cisco Trust Verification Service", "Cisco Tftp", "Cisco CallManager")
  new.first:regenerate("ITLRecovery", "TVS")
  new.first:restart("Cisco Trust Verification Service", "Cisco Tftp")
end)
settle()
step("reset", function() old:reset() new:reset() end)
settle()
expect(of_old:count { lost = "configuration", itl_status = "Mismatch" }):equals(n)
expect(of_new:count { lost = "trust list", itl_status = "Mismatch" }):equals(n)
expect(of_new:count { lost = "configuration" }, "CallManager signs it, and is known"):equals(0)

step("the ITL before", function()
  old.pub:previous_itl()
  new.first:previous_itl()
end)
step("reset again", function() old:reset() new:reset() end)
settle()
expect(of_old:count { lost = "trust list" }):equals(0)
expect(of_old:count { lost = "configuration", itl_status = "Match" }, "the key is another"):equals(n)
expect(of_old:count { needs_hands = true }):equals(n)
expect(of_new:count { lost = "trust list" }):equals(0)
expect(of_new:count { lost = "configuration" }):equals(0)
expect(of_new:count { lost = "secure services", itl_status = "Match" }, "the TVS of the list"):equals(n)

step("TFTP starts again", function() old.pub:restart("Cisco Tftp") new.first:restart("Cisco Tftp") end)
settle()
step("the last reset", function() old:reset() new:reset() end)
settle()
expect(of_old:count { lost = "trust list" }):equals(n)
expect(of_new:count { lost = "trust list" }):equals(n)
