-- 12.5, one node renamed unprepared: the outcome hangs on whether ITLRecovery goes with the rest
-- why: ITLRecovery signs the ITL from 12.0 on. If a new hostname regenerates it too, a cluster of one node
--   loses its phones as in 8.x; if it stays, they take the new ITL from their own. The guide says "all
--   certificates" and still asks for the rollback parameter; no text names ITLRecovery.
-- expected: With the parameter on, every phone needs hands (the documented warning); off, nobody does.
-- versions: 12.0 on
-- source: guide on changing IP address, hostname and domain 12.5
-- confidence: inferred, both values run
local phones = param("phones", 200)
local function run(renews, name)
  local hq = cluster { name = name, version = "12.5", nodes = { "old" } }
  local fleet = hq:phones { count = phones, model = "8845" }
  hq:set("rename_renews_itlrecovery", renews)
  settle()
  step(name .. ": hostname", function() hq.old:hostname("new") end)
  settle()
  step(name .. ": reset", function() hq:reset() end)
  settle()
  return fleet
end
local lost = run(true, "Renewed")
expect(lost:count { needs_hands = true }):equals(lost:count())
local kept = run(false, "Kept")
expect(kept:count { needs_hands = true }):equals(0)
expect(kept:count { itl_by = "ITL" }):equals(kept:count())
