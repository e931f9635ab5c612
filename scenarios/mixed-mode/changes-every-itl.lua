-- Mixed mode on 12.5: every ITL changes with the mode, and nobody loses anything
-- why: CallManager's records in an ITL have the function TFTP while the cluster is not in mixed mode
--   and CCM+TFTP while it is. So a new mode makes every ITL another one when TFTP builds it next;
--   its signer is the same.
-- expected: Until TFTP restarts the phones hold what it serves, as technote 221657 says of this
--   version. After the restart no phone does, and the reset brings all of them the new list, which
--   they accept by the CTL that they got before. With --set role_by_mode=0 the ITL stays as it is.
-- versions: 10.0 and later
-- source: Cisco Collaboration design guide, table of certificate roles (12.5 or later); technote
--   221657 for the other reading
-- confidence: documented from 12.5 on, inferred before
-- live = true
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub1" } }
local fleet = hq:phones { count = param("phones", 1000), model = "8845" }
local by_mode = param("role_by_mode", 1)
hq:set("ccm_role_by_mode", by_mode)
hq.pub:restart("Cisco Tftp")
hq.sub1:restart("Cisco Tftp")
settle()

step("mixed mode, and a reset", function()
  hq:ctl("mixed-mode")
  fleet:reset()
end)
settle()
expect(fleet:count { itl_status = "Match" }):equals(fleet:count())

step("restart TFTP", function()
  hq.pub:restart("Cisco Tftp")
  hq.sub1:restart("Cisco Tftp")
end)
settle()
expect(fleet:count { itl_status = "Mismatch" }):equals(by_mode == 1 and fleet:count() or 0)

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { itl_by = "CTL" }):equals(by_mode == 1 and fleet:count() or 0)
expect(fleet:count { registered = true, config = "signed" }):equals(fleet:count())
expect(fleet:count { lost = true }):equals(0)
expect(fleet:count { needs_hands = true }):equals(0)
