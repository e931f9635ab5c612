-- ITLRecovery of each node, up to 12.0, and one for the cluster from 12.5 on
-- why: Until 12.0 every node made an ITLRecovery of its own, and each ITL names that of its TFTP. 12.5 has the
--   publisher's for all. On 12.0, where it signs the lists, another one on one node concerns the phones of that
--   node's TFTP alone; the upgrade gives the subscriber's phones a signer that no list of theirs names.
-- expected: 12.0: ITLRecovery of the subscriber regenerated: its phones take the new list through TVS, those of
--   the publisher's TFTP notice nothing. Upgrade to 12.5: phones of the publisher's TFTP take their list by their
--   ITL, those of the subscriber's through TVS, and nobody loses anything.
-- versions: 12.0, upgraded to 12.5(1)SU3 (before that field notice 70613 is in the way)
-- source: Cisco technote 214231 (one for the cluster from 12.5 on); Security Guide 14
-- confidence: one for the cluster documented, by node before inferred; the outcome follows
local n = param("phones", 60)
local function build(name)
  local hq = cluster { name = name, version = "12.0", nodes = { name .. "-pub", name .. "-sub" } }
  local of_pub, of_sub = hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" }
  of_sub:move { tftp = { hq.nodes[2], hq.nodes[1] } }
  settle()
  hq:reset()
  settle()
  return hq, of_pub, of_sub
end
local hq, of_pub, of_sub = build("HQ")
expect(hq.nodes[1]:certificate("ITLRecovery")):differs(hq.nodes[2]:certificate("ITLRecovery"))
step("ITLRecovery of the subscriber", function()
  hq.nodes[2]:regenerate("ITLRecovery")
  hq.nodes[2]:restart("TFTP")
  settle()
  hq:reset()
  settle()
end)
expect(of_pub:count { lost = false, itl_status = "Match", itl_by = "first trust" }, "the very list that they hold"):equals(n)
expect(of_sub:count { lost = false, itl_status = "Match", itl_by = "TVS" }):equals(n)
step("upgrade to 12.5", function() hq:upgrade("12.5(1)SU3") settle() hq:reset() settle() end)
expect(hq.nodes[1]:certificate("ITLRecovery")):equals(hq.nodes[2]:certificate("ITLRecovery"))
expect(of_pub:count { lost = false, registered = true, itl_by = "ITL" }):equals(n)
expect(of_sub:count { lost = false, registered = true, itl_by = "TVS" }):equals(n)

