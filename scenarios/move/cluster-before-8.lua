-- Phones move between a cluster of 8.0 or later and one from before 8.0
-- why: A cluster before 8.0 has neither ITL nor TVS and signs nothing outside mixed mode, so it is to a phone what
--   any plain file server is. The rollback parameter is named after this move.
-- expected: From the old release to the new one phones trust at first sight. The other way phones with a full
--   ITL refuse what is not signed and stay where they were; with the ITL emptied by the rollback
--   parameter first they go, and models without an ITL go in any case.
-- versions: 8.0 on
-- source: Security Guides, "Prepare Cluster for Rollback to pre 8.0"; document on migrating phones between clusters
-- confidence: documented
local new = cluster { name = "New", version = "9.1", nodes = { "new" } }
local ready = cluster { name = "Ready", version = "12.5", nodes = { "ready" } }
local old = cluster { name = "Old", version = "7.1", nodes = { "old" } }
local n = param("phones", 60)
local up = old:phones { count = n, model = "7965" }
local down = new:phones { count = n, model = "7965" }
local without = new:phones { count = n, model = "7940" }
local emptied = ready:phones { count = n, model = "8845" }
settle()
step("rollback parameter on one cluster", function() ready:set("rollback", 1) end)
settle()

step("move", function()
  up:insert { cluster = new }
  up:move { tftp = new.new }
  for _, fleet in ipairs { down, without, emptied } do
    fleet:insert { cluster = old }
    fleet:move { tftp = old.old }
  end
  for _, fleet in ipairs { up, down, without, emptied } do fleet:reset() end
end)
settle()
expect(up:count { server = "New/new", lost = false, itl_by = "first trust", config = "signed" }):equals(n)
expect(down:count { server = "New/new", lost = "configuration" }):equals(n)
expect(without:count { server = "Old/old", lost = false, config = "plain" }):equals(n)
expect(emptied:count { server = "Old/old", lost = false, config = "plain" }):equals(n)

step("upgrade of the old cluster", function() old:upgrade("8.6") end)
settle()
step("reset", function() old:reset() end)
settle()
expect(emptied:count { server = "Old/old", lost = false, itl_by = "first trust", config = "signed" }):equals(n)
expect(without:count { server = "Old/old", lost = false, config = "plain" }):equals(n)
