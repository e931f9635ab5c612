-- A subscriber is added: phones learn of it at their next list, and use it when their group names it
-- why: Every TVS of the cluster stands in every ITL, so a new node changes all lists, though no phone asks
--   it for anything yet.
-- expected: Nobody loses anything. The ITL is another one as soon as TFTP has made it anew (by hand before
--   14); phones take it from their own list at their next reset. In a CallManager group it takes phones
--   when they have been reset.
-- versions: all
-- source: an ITL holds all TVS certificates of the cluster (Security Guide 14, technote 214231); that a new
--   node's is among them follows from that, no text on adding a node was found
-- confidence: inferred
local n = param("phones", 200)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub1" } }
local fleet = hq:phones { count = n, model = "8845" }
settle()

step("add sub2", function() hq:add_node("sub2") end)
settle()
expect(fleet:count { lost = false, itl_status = "Match" }, "nothing is served anew yet"):equals(n)
expect(refused(function() hq:change_group { members = { hq.sub2 } } end))
  :contains("sub2 does not run Cisco CallManager")
expect(refused(function() hq:add_node("sub1") end)):contains("two nodes named \"sub1\"")

step("activate its services, restart TFTP", function()
  hq.sub2:activate("Cisco CallManager", "Cisco Tftp")
  hq.pub:restart("TFTP")
  hq.sub1:restart("TFTP")
end)
settle()
expect(fleet:count { lost = false, itl_status = "Mismatch" }, "another list lies there"):equals(n)
step("reset", function() fleet:reset() end)
settle()
expect(fleet:count { lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)
expect(fleet:count { server = "sub2" }):equals(0)

step("sub2 first in the group", function() hq:change_group { members = { hq.sub2, hq.pub } } end)
settle()
expect(fleet:count { server = "sub2" }, "until they are reset"):equals(0)
step("reset again", function() fleet:reset() end)
settle()
expect(fleet:count { lost = false, server = "sub2" }):equals(n)
