-- Certificates exported and consolidated, but imported at one of the clusters alone
-- why: The page says Import, not where. It is the old cluster's TVS that phones ask about the new one.
-- expected: Imported at the old cluster alone, phones move by its TVS. Imported at the new one alone the old TVS
--   knows nobody of it: phones refuse list and configuration, register with the one that they
--   have, and come back when the import is made up for.
-- versions: 8.0 on; here 10.5(2) to 11.5
-- source: Cisco technote 215539 (import on both); Migrating IP Phones Between Clusters (the third cause)
-- confidence: documented
local n = param("phones", 60)
for _, at_old in ipairs { true, false } do
  local name = at_old and "A" or "B"
  local old = cluster { name = "Old" .. name, version = "10.5(2)", nodes = { "old" .. name } }
  local new = cluster { name = "New" .. name, version = "11.5", nodes = { "new" .. name } }
  local fleet = old:phones { count = n, model = "7965" }
  settle()
  step(name .. ": export, consolidate, import", function()
    for _, cl in ipairs { old, new } do
      cl:bulk("sftp", name)
      cl:bulk("export")
    end
    new:bulk("consolidate")
    local where = at_old and old or new
    where:bulk("import")
    settle()
    where.nodes[1]:restart("TVS")
  end)
  settle()
  step(name .. ": option 150", function()
    fleet:insert { cluster = new }
    fleet:move { tftp = new.nodes[1] }
    fleet:reset()
  end)
  settle()
  if not at_old then
    expect(fleet:count { lost = "trust list", registered = true }):equals(n)
    expect(fleet:count { lost = "configuration", needs_hands = false }):equals(n)
    step(name .. ": import at the old cluster too", function()
      old:bulk("import")
      settle()
      old.nodes[1]:restart("TVS")
      settle()
      fleet:reset()
    end)
    settle()
  end
  expect(fleet:count { server = new.nodes[1], lost = false, itl_by = "TVS" }):equals(n)
end
