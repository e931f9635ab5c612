-- From 10.5(2) to 12.5(1)SU3: the signer of the ITL changes to ITLRecovery, which phones know already
-- why: The old ITL has ITLRecovery as its second SAST, so the list that the upgraded cluster signs with it
--   verifies without TVS. Subscribers get the publisher's ITLRecovery: phones that took theirs from the
--   subscriber know another one, and need TVS.
-- expected: Nobody loses anything. Phones of the publisher's TFTP take the new list from their own.
-- versions: 10.0 to 11.5 and then 12.5(1)SU3; before it the upgrade makes ITLRecovery anew (FN70613)
-- source: Cisco technote 214231; Security Guide 12.5
-- confidence: documented who signs; one ITLRecovery a node before 12.5 inferred
local hq = cluster { name = "HQ", version = "10.5(2)", nodes = { "pub", "sub" } }
local first = hq:phones { count = param("phones", 200), model = "8845" }
local second = hq:phones { count = first:count(), model = "8845" }
second:move { tftp = hq.sub }
settle()
second:reset()
settle()
step("upgrade", function() hq:upgrade("12.5(1)SU3") end)
settle()
step("reset", function() hq:reset() end)
settle()
expect(hq.version):equals("12.5(1)SU3")
expect(first:count { itl_by = "ITL", itl_status = "Match" }):equals(first:count())
expect(second:count { itl_status = "Match" }):equals(second:count())
expect(first:count { lost = true } + second:count { lost = true }):equals(0)
