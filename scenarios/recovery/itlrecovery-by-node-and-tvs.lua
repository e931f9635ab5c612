-- From 12.0 to 12.5 with TVS regenerated on the same night: phones of the subscriber's TFTP are locked out
-- why: 12.5 gives every node the publisher's ITLRecovery, which signs the lists from then on. Phones of the
--   subscriber's TFTP have the subscriber's in theirs, and TVS, which would vouch, is new as well.
-- expected: Phones of the publisher's TFTP take their list by their ITL. The others are locked out;
--   `utils itl reset localkey` gives them the publisher's list, signed with the publisher's CallManager, which
--   they know no better, unless each node signs its own list (parameter localkey_each_node).
-- versions: 12.0, upgraded to 12.5(1)SU3 (before that field notice 70613 is in the way)
-- source: Cisco technote 214231 (one for the cluster from 12.5 on); CLI reference 12.5
-- confidence: one for the cluster documented, by node before inferred; the outcome follows
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.0", nodes = { "pub", "sub" } }
local of_pub, of_sub = hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" }
of_sub:move { tftp = { hq.sub, hq.pub } }
settle()
hq:reset()
settle()
step("upgrade, and TVS of both nodes", function()
  hq:upgrade("12.5(1)SU3")
  for _, node in ipairs(hq.nodes) do node:regenerate("TVS") end
  settle()
  for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP") end
  settle()
  hq:reset()
  settle()
end)
expect(of_pub:count { lost = false, itl_by = "ITL" }):equals(n)
expect(of_sub:count { registered = true, lost = "trust list", remedy = "hands" }):equals(n)
step("utils itl reset localkey, one list for all", function() hq:itl("reset localkey") hq:reset() settle() end)
expect(of_sub:count { lost = "trust list" }):equals(n)
step("TFTP restarted", function()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
  hq:set("localkey_each_node", true)
end)
expect(of_sub:count { remedy = "reset-localkey" }, "each its own"):equals(n)
step("utils itl reset localkey, each its own", function() hq:itl("reset localkey") hq:reset() settle() end)
expect(of_sub:count { lost = false, registered = true }, "each its own"):equals(n)
