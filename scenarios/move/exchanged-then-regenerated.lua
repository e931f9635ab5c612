-- Certificates exchanged, then CallManager and ITLRecovery regenerated at the new cluster: exchange again
-- why: What was exchanged are certificates, not clusters. A certificate made since is unknown to the old
--   TVS; an export of before is no use, and a consolidated file stays as it is until somebody
--   consolidates again.
-- expected: Phones that moved before are of the new cluster and take its new list by their own. Those that
--   move after refuse it. Import of the old consolidated file changes nothing; export, consolidate and
--   import again do, and the search says so.
-- versions: 8.0 on; here to 11.5, where CallManager signs the lists
-- source: Security Guide 14 (repeat the exchange after a regeneration); Cisco technote 215539
-- confidence: documented
local old = cluster { name = "Old", version = "10.5(2)", nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = "11.5", nodes = { "newpub", "newsub" } }
local n = param("phones", 60)
local first = old:phones { count = n, model = "8845" }
local late = old:phones { count = n, model = "7965" }
settle()
local function export_and_import()
  for _, cluster in ipairs { old, new } do cluster:bulk("export") end
  old:bulk("consolidate")
  for _, cluster in ipairs { old, new } do cluster:bulk("import") end
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
end
local function move(phones)
  phones:insert { cluster = new }
  phones:move { tftp = { new.newpub, new.newsub } }
  phones:reset()
end
step("exchange, the first phones move", function()
  for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/move") end
  export_and_import()
  settle()
  move(first)
end)
settle()
step("the new cluster regenerates", function()
  for _, node in ipairs(new.nodes) do
    node:regenerate("CallManager", "ITLRecovery")
    node:restart("TFTP", "TVS", "CallManager")
  end
  settle()
  new:reset()
end)
settle()
expect(first:count { registered = true, lost = false }):equals(n)

step("the others move", function() move(late) end)
settle()
expect(late:count { lost = "trust list" }):equals(n)
step("import of the file of before", function()
  old:bulk("import")
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
  settle()
  late:power("off")
  late:power("on")
end)
settle()
expect(late:count { lost = "trust list" }, "the same file again"):equals(n)
step("exchange again", export_and_import)
settle()
step("reset", function() late:power("off") late:power("on") end)
settle()
expect(late:count { registered = true, lost = false }):equals(n)
