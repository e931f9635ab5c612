-- Move from 10.5 to 11.5 with a bulk exchange of certificates first: nobody needs hands
-- why: The phone holds the old cluster's lists, and its configuration names the old TVS. That has
--   learnt the new cluster's CallManager by the exchange, as one that may sign lists
--   (Phone-SAST-trust) and files (CallManager-trust), and vouches for it.
-- expected: Import is refused before somebody consolidates, consolidate before both have exported.
--   After export on both, consolidate on one and import on both every phone that has TVS takes the
--   new ITL through the old TVS and registers at the new cluster; a 7960, which has no lists, moves
--   as it always did. Nobody loses anything. The phones come back the same way.
-- versions: 8.0 on, both clusters
-- source: Cisco technotes 215539 and 213407; CLI reference (set cert bulk)
-- confidence: documented; the way back too (technote 213407: import on both makes it work both ways)
-- live = true
local old = cluster { name = "Old", version = "10.5(2)", nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = "11.5", nodes = { "newpub", "newsub" } }
local n = param("phones", 150)
local fleet = old:phones { count = n, model = "8845" }
local sccp = old:phones { count = n, model = "7965" }
local plain = old:phones { count = n, model = "7960" }
local all = { fleet, sccp, plain }
settle()

step("bulk exchange", function()
  expect(refused(function() old:bulk("export", "all") end))
    :contains("no SFTP server is configured for Bulk Certificate Management")
  for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp.example.com:/certificates") end
  new:bulk("export", "all")
  expect(refused(function() new:bulk("consolidate", "all") end), "one cluster exported")
    :contains("holds what one cluster exported, there is nothing to consolidate")
  old:bulk("export", "all")
  expect(refused(function() old:bulk("import", "all") end), "not consolidated")
    :contains("holds no consolidated file with any certificates of another cluster")
  new:bulk("consolidate", "all")
  expect(refused(function() old:bulk("consolidate", "all") end), "on one of them")
    :contains("has been consolidated already")
  old:bulk("import", "all")
  new:bulk("import", "all")
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
end)
settle()

step("option 150", function()
  for _, phones in ipairs(all) do
    phones:insert { cluster = new }
    phones:move { tftp = { new.newpub, new.newsub } }
    phones:reset()
  end
end)
settle()
for _, phones in ipairs(all) do
  expect(phones:count { registered = true, lost = false }):equals(n)
end
for _, phones in ipairs { fleet, sccp } do
  expect(phones:count { itl_by = "TVS" }, "the old TVS vouched"):equals(n)
  expect(phones:count { itl_status = "Match" }, "of the new cluster"):equals(n)
end

step("and back", function()
  for _, phones in ipairs(all) do
    phones:move { tftp = { old.oldpub, old.oldsub } }
    phones:reset()
  end
end)
settle()
for _, phones in ipairs(all) do
  expect(phones:count { registered = true, lost = false }):equals(n)
end
for _, phones in ipairs { fleet, sccp } do
  expect(phones:count { itl_by = "TVS" }, "the new TVS vouched"):equals(n)
end
