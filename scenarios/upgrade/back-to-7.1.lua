-- An upgrade from 7.1 to 8.6 is taken back: with and without the rollback parameter first
-- why: 7.1 signs nothing and has neither ITL nor TVS. Phones that took an ITL from 8.6 refuse files that nobody
--   signed, so the ITL has to be emptied while 8.6 still runs.
-- expected: Unprepared, phones with an ITL keep their old configuration and have no secure services; switching
--   to 8.6 again brings both back. Prepared, nobody loses anything but the reboots. The 7940 has no ITL.
-- versions: 7.1 to 8.0 and later
-- source: Security Guides 8.x to 12.5, "Roll Back Cluster to a Pre-8.0 Release"
-- confidence: documented that the parameter comes first; what happens without it inferred
local n = param("phones", 60)
local function site(name)
  local cluster = cluster { name = name, version = "7.1", nodes = { name .. "-pub", name .. "-sub" } }
  return cluster, cluster:phones { count = n, model = "7965" }, cluster:phones { count = n, model = "7940" }
end
local bare, locked, old = site("Unprepared")
local ready, emptied, also_old = site("Prepared")
settle()

step("upgrade to 8.6", function()
  bare:upgrade("8.6")
  ready:upgrade("8.6")
end)
settle()
step("reset", function()
  bare:reset()
  ready:reset()
end)
settle()
expect(locked:count { registered = true, itl_by = "first trust", lost = false }, "7965 took an ITL"):equals(n)

step("rollback parameter on one cluster", function()
  ready:set("rollback", true)
  for _, node in ipairs(ready.nodes) do node:restart("TVS", "TFTP") end
  settle()
  ready:reset()
  settle()
end)

step("switch back", function()
  bare:switch_version()
  ready:switch_version()
end)
settle()
step("reset once more", function()
  bare:reset()
  ready:reset()
end)
settle()
expect(bare.version):equals("7.1")
expect(locked:count { lost = "configuration" }, "7965, unprepared"):equals(n)
expect(locked:count { remedy = "switch-version" }, "what the guide has come first"):equals(n)
expect(emptied:count { registered = true, lost = false }, "7965, prepared"):equals(n)
expect(old:count { registered = true, lost = false }, "7940, unprepared"):equals(n)
expect(also_old:count { registered = true, lost = false }, "7940, prepared"):equals(n)

step("8.6 again", function() bare:switch_version() end)
settle()
step("and a reset", function() bare:reset() end)
settle()
expect(bare.version):equals("8.6")
expect(locked:count { registered = true, lost = false }, "7965, back on 8.6"):equals(n)
