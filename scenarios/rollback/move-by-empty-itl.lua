-- Phones moved by the rollback parameter: the old cluster may go as soon as they hold the empty ITL
-- why: A phone with an empty ITL takes any list and any configuration, whoever signs, so that no certificate
--   needs to be exchanged. Any version will do at the other end.
-- expected: All phones of a cluster that is not in mixed mode hold the empty ITL; the old cluster is switched
--   off; option 150 names another cluster, of 15, of 12.5 or of 8.6: its ITL comes by first trust, its
--   configuration is taken, all register there. Phones that were off when the parameter was set hold the
--   full ITL still: with the old cluster gone they need hands.
-- versions: 8.0 on; a cluster before 8.0 at the other end is not simulated
-- source: Security Guide 15, Default Security; Cisco technotes 215539, "Migrating IP Phones Between Clusters
--   with CUCM 8"
-- confidence: documented
local n = param("phones", 60)
for i, version in ipairs { "15", "12.5", "8.6" } do
  local from = cluster { name = "From" .. i, version = "9.1", nodes = { "p" .. i, "s" .. i } }
  local to = cluster { name = "To" .. i, version = version, nodes = { "np" .. i, "ns" .. i } }
  local fleets = { from:phones { count = n, model = "7965" }, from:phones { count = n, model = "8945" } }
  local away = from:phones { count = n, model = "7965" }
  fleets[3] = away
  for _, fleet in ipairs(fleets) do fleet:insert { cluster = to } end
  settle()
  step(version .. ": rollback on, TVS and TFTP restarted, reset", function()
    away:power("off")
    from:set("rollback", true)
    for _, node in ipairs(from.nodes) do node:restart("TVS", "TFTP") end
    settle()
    from:reset()
    settle()
  end)
  step(version .. ": the old cluster is switched off, option 150", function()
    for _, node in ipairs(from.nodes) do node:link { down = true } end
    for _, fleet in ipairs(fleets) do fleet:move { tftp = { to.nodes[1], to.nodes[2] } } end
    settle()
    away:power("on")
    for k = 1, 2 do
      fleets[k]:power("off")
      fleets[k]:power("on")
    end
    settle()
  end)
  for k = 1, 2 do
    expect(fleets[k]:count { registered = true, lost = false, itl_by = "first trust" }, version):equals(n)
    expect(fleets[k]:count { server = to.nodes[1] }, version):equals(n)
  end
  expect(away:count { lost = "trust list" }, version .. ", off meanwhile"):equals(n)
end
