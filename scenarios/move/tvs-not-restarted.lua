-- Certificates exchanged, TVS of the old cluster not restarted: whether that matters is not settled
-- why: TVS answers from a cache of the database. The guides ask for a restart of TVS on every node of
--   the old cluster; traces show it answer for what was added while it ran.
-- expected: With tvs_db_on_restart=0 the phones move without the restart. With 1 they refuse the new
--   lists, until TVS is restarted: that is the outcome the guides guard against.
-- versions: 8.0 on
-- source: Cisco technote 213407 (restart TVS on all nodes); the trace of TVS in the same technote has no
--   restart between upload and answer
-- confidence: the procedure documented, the need for it not: parameter tvs_db_on_restart
local n = param("phones", 60)
for _, at_start in ipairs { false, true } do
  local name = at_start and "B" or "A"
  local old = cluster { name = "Old" .. name, version = "10.5(2)", nodes = { "oldpub", "oldsub" } }
  local new = cluster { name = "New" .. name, version = "12.5", nodes = { "newpub" } }
  local fleet = old:phones { count = n, model = "8845" }
  old:set("tvs_db_on_restart", at_start)
  settle()
  step("exchange, " .. name, function()
    for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/" .. name) cluster:bulk("export") end
    new:bulk("consolidate")
    old:bulk("import")
    new:bulk("import")
  end)
  settle()
  step("option 150, " .. name, function()
    fleet:insert { cluster = new }
    fleet:move { tftp = new.newpub }
    fleet:reset()
  end)
  settle()
  expect(fleet:count { lost = "trust list" }, "tvs_db_on_restart=" .. (at_start and 1 or 0)):equals(at_start and n or 0)
  if at_start then
    step("TVS restarted", function() for _, node in ipairs(old.nodes) do node:restart("TVS") end end)
    settle()
    step("reset", function() fleet:power("off") fleet:power("on") end)
    settle()
  end
  expect(fleet:count { registered = true, lost = false }):equals(n)
end
