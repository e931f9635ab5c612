-- A publisher installed anew, then restored from its backup: the same keys, and nobody notices
-- why: DRS holds certificates and keys. An installation of the same name has others for as long as
--   nobody restores the backup, and phones that look in between refuse what they see.
-- expected: While the node is installed no CallManager answers, and phones that cannot register ask
--   for their lists again: all of them meet the keys of the new installation, refuse list and
--   configuration, and go on with what they have. The report names the restore. After it the node is
--   the one that they know: all take its list by the one that they hold, none needs hands.
-- versions: all (8.x without CSCtn50405)
-- source: Security Guide 14 (TFTP certificate and key are in the backup); Cisco technote 116232
-- confidence: documented; what happens in between is inferred
local n = param("phones", 200)
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub" } }
local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
settle()

step("backup", function() hq:backup() end)
step("installed anew", function() hq.pub:rebuild() end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { lost = "trust list", registered = true }):equals(n)
  expect(fleet:count { remedy = "restore" }, "the backup is what helps"):equals(n)
end
step("restore", function() hq.pub:restore() end)
settle()
step("reset", function() hq:reset() end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { lost = false, registered = true, itl_status = "Match" }):equals(n)
  expect(fleet:count { itl_by = "ITL", needs_hands = false }):equals(n)
end
