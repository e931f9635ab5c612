-- ITL File Status on 14: which phones to look for after a renewal, and what the column does not say
-- why: From 14 on the list of phones has a column that compares the ITL of each phone with that of its TFTP server.
--   It is the first thing to look at behind a change, before anybody walks.
-- expected: Match for all; behind a renewal that nobody followed with a reset Mismatch for all, and calls go on; after the
--   reset Match for those that took the new list. A phone that lost trust stands at Mismatch for good: the column
--   does not tell it from one that was not reset, what it lacks does. One whose lists were deleted and that finds
--   no TFTP stands at Not Installed. A 7960 holds no list: Not Installed, and nothing is wrong with it.
-- versions: the column 14 on; what phones hold is alike before
-- source: Security Guide 14, Default Security (Match, Mismatch, Not Installed, Unknown); release notes 14
-- confidence: documented; SCCP phones are Unknown to CUCM, not to this program
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "14SU1", nodes = { "pub", "sub" } }
hq:set("phone_interaction", false)
local fleet = hq:phones { count = n, model = "8845" }
local stuck = hq:phones { count = n, model = "8845" }
local bare = hq:phones { count = n, model = "8845" }
local old = hq:phones { count = n, model = "7960" }
settle()
for _, phones in ipairs { fleet, stuck, bare } do expect(phones:count { itl_status = "Match" }):equals(n) end
expect(old:count { itl_status = "Not Installed", lost = false }):equals(n)
step("TVS regenerated, nobody resets", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("TVS") end
end)
settle()
for _, phones in ipairs { fleet, stuck, bare } do
  expect(phones:count { itl_status = "Mismatch", registered = true }):equals(n)
end
step("reset a part, then the other two", function()
  fleet:reset()
  settle()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
  hq.pub:regenerate("ITLRecovery")
  settle()
  fleet:reset()
  settle()
  stuck:reset()
end)
settle()
expect(fleet:count { itl_status = "Match", itl_by = "TVS", lost = false }):equals(n)
expect(stuck:count { itl_status = "Mismatch", lost = "trust list", registered = true }):equals(n)
step("lists deleted while TFTP is stopped", function()
  for _, node in ipairs(hq.nodes) do node:stop("TFTP") end
  bare:delete_trust_list()
end)
settle()
expect(bare:count { itl_status = "Not Installed", itl_by = "none" }):equals(n)
step("TFTP again, and a boot", function()
  for _, node in ipairs(hq.nodes) do node:start("TFTP") end
  settle()
  bare:unplug()
end)
settle()
expect(bare:count { itl_status = "Match", itl_by = "first trust", lost = false }):equals(n)
