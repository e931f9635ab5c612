-- CSCtn50405 where TVS was renewed since the backup: the corrupt ITL, and nobody who vouches for its cure
-- why: The technote has CallManager regenerated, and where there is no other healthy TFTP or TVS all ITLs deleted
--   by hand. TVS that comes back from the backup is healthy; one that phones do not know is not.
-- expected: Alone: phones refuse the corrupt list, and the good one that CallManager regenerated signs as well:
--   hands. With a subscriber that was not restored in their group its TVS vouches, and nobody needs hands.
-- versions: 8.x before the fix
-- source: Cisco technote 116232
-- confidence: documented
local n = param("phones", 100)
for _, nodes in ipairs { { "p1" }, { "p2", "s2" } } do
  local alone = #nodes == 1
  local name = alone and "Alone" or "Two"
  local cl = cluster { name = name, version = "8.6", nodes = nodes }
  local pub = cl.nodes[1]
  local fleet = cl:phones { count = n, model = "7965" }
  cl:set("cscTn50405", true)
  settle()
  cl:backup()
  step(name .. ": TVS regenerated, all follow, no new backup", function()
    pub:regenerate("TVS")
    pub:restart("TVS", "TFTP")
    settle()
    cl:reset()
  end)
  settle()
  expect(fleet:count { itl_by = "ITL", lost = false }, name):equals(n)
  step(name .. ": new installation, restore, reset", function()
    pub:rebuild()
    settle()
    pub:restore()
    settle()
    cl:reset()
  end)
  settle()
  expect(fleet:count { registered = true, lost = "trust list" }, name .. ", corrupt"):equals(n)
  step(name .. ": regenerate CallManager, reset", function()
    pub:regenerate("CallManager")
    pub:restart("TFTP", "TVS")
    settle()
    cl:reset()
  end)
  settle()
  expect(fleet:count { needs_hands = true }, name):equals(alone and n or 0)
  expect(fleet:count { itl_by = "TVS", itl_status = "Match" }, name):equals(alone and 0 or n)
end
