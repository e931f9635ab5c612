-- ITLRecovery regenerated on 12.5, Cisco Tftp restarted on one of two nodes: the other one signs with the old key
-- why: TFTP signs with the key that it started with. Phones that took the new list know the old ITLRecovery no more, and
--   neither does the database, so that no TVS vouches for it.
-- expected: Phones of the node that was restarted take the new list through TVS and lose nothing. When that node's TFTP
--   stops, they ask the other one: it has a list by the old key, which they refuse, and files by its own CallManager, for
--   which TVS vouches, so that configuration goes on. They keep the newer list. A restart of the forgotten TFTP and
--   a reset, and they take its list by their own ITL. Phones that always ask the forgotten one notice nothing until then.
-- versions: 12.5 to before 14 (TFTP makes the list by itself then)
-- source: Security Guide 14, ITLRecovery; technote 214231 (restart TFTP on all nodes)
-- confidence: inferred from documented rules
-- live = true
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local first, second = hq:phones { count = n, model = "8845" }, hq:phones { count = n, model = "7965" }
first:move { tftp = { hq.pub, hq.sub } }
second:power("off")
second:move { tftp = { hq.sub, hq.pub } }
second:power("on")
local function reset()
  settle()
  hq:reset()
  settle()
end
settle()
step("ITLRecovery, TFTP of pub", function()
  hq.pub:regenerate("ITLRecovery")
  settle()
  hq.pub:restart("TFTP")
  reset()
end)
expect(first:count { lost = false, itl_by = "TVS", itl_status = "Match" }):equals(n)
expect(second:count { lost = false, itl_by = "first trust", itl_status = "Match" }):equals(n)
step("TFTP of pub stops", function() hq.pub:stop("TFTP") reset() end)
expect(first:count { registered = true, lost = "trust list", itl_status = "Mismatch", config = "signed" }):equals(n)
expect(first:count { lost = "configuration" } + first:count { needs_hands = true }):equals(0)
expect(second:count { lost = false }):equals(n)
step("the forgotten one", function() hq.sub:restart("TFTP") reset() end)
expect(first:count { lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)
expect(second:count { lost = false, itl_by = "TVS", itl_status = "Match" }):equals(n)
