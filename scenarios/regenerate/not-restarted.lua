-- CallManager regenerated, TFTP and TVS not restarted: nothing happens yet
-- why: A certificate on disk is not a certificate in service. TFTP signs with the key that it
--   started with, so a change made on Friday may break the phones at the restart on Monday.
-- expected: Phones that are reset get the old ITL and the old signature, and lose nothing. After
--   the restart the new ITL is there, and TVS vouches for it.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232
-- confidence: inferred
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965" }
settle()

step("regenerate CallManager", function() hq.pub:regenerate("CallManager") end)
settle()

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { itl_by = "first trust", itl_status = "Match" }, "the old list, still served")
  :equals(fleet:count())
expect(fleet:count { registered = true, config = "signed" }):equals(fleet:count())
expect(fleet:count { ever_lost = "trust list" }):equals(0)
expect(fleet:count { ever_lost = "configuration" }):equals(0)

wait("3d")
step("restart, three days later", function()
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
  settle()
  fleet:reset()
end)
settle()
expect(fleet:count { itl_by = "TVS", itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(0)
expect(fleet:count { needs_hands = true }):equals(0)
