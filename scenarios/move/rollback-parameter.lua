-- Phones emptied by the rollback parameter move to any cluster, though the old one is gone
-- why: The parameter gives phones an ITL without TVS and TFTP sections, signed as ever. Whoever holds it
--   takes any list and any file from whoever serves them: nobody has to vouch.
-- expected: Phones that were on when the parameter was set move by first trust after the old cluster was
--   switched off, to 8.6 and to 14 alike, no certificates exchanged. One that was off then holds the
--   full ITL and refuses everything: the old cluster back, or hands.
-- versions: 8.0 on, not in mixed mode
-- source: Security Guide 15, moving phones (rollback parameter); "Migrating IP Phones Between Clusters
--   with CUCM 8 and ITL Files"
-- confidence: documented
local n = param("phones", 60)
local old = cluster { name = "Old", version = "8.6", nodes = { "oldpub", "oldsub" } }
local eight = cluster { name = "Eight", version = "8.6", nodes = { "e" } }
local fourteen = cluster { name = "Fourteen", version = "14", nodes = { "f" } }
local a = old:phones { count = n, model = "7965" }
local b = old:phones { count = n, model = "8845" }
local off = old:phones { count = n, model = "7965" }
settle()
step("rollback parameter", function()
  off:power("off")
  old:set("rollback", true)
  for _, node in ipairs(old.nodes) do node:restart("TVS", "TFTP") end
  settle()
  old:reset()
end)
settle()
expect(a:count { registered = true, itl_status = "Match" }, "empty lists"):equals(n)

step("the old cluster is switched off, option 150", function()
  for _, node in ipairs(old.nodes) do node:link { down = true } end
  for _, move in ipairs { { a, eight, eight.e }, { b, fourteen, fourteen.f }, { off, fourteen, fourteen.f } } do
    move[1]:insert { cluster = move[2] }
    move[1]:move { tftp = move[3] }
    move[1]:power("off")
    move[1]:power("on")
  end
end)
settle()
for _, phones in ipairs { a, b } do
  expect(phones:count { registered = true, lost = false }):equals(n)
  expect(phones:count { itl_by = "first trust" }):equals(n)
end
expect(off:count { lost = "trust list" }, "off when it was emptied"):equals(n)
