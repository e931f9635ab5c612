-- A backup cannot be restored on a node of another name or address
-- why: Hence the rule to make a backup right after a rename.
-- expected: The restore is refused, and so is that of a backup of another version.
-- versions: all
-- source: guide on changing IP address, hostname and domain; Disaster Recovery System guide
-- confidence: documented
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 100), model = "8845" }
settle()
expect(refused(function() hq.pub:restore() end)):contains("there is no such backup")
step("backup, then another name", function()
  hq:backup()
  hq.sub:hostname("branch")
end)
settle()
expect(refused(function() hq.branch:restore() end)):contains("of the same name and address")
step("upgrade", function() hq:upgrade("12.5") end)
settle()
expect(refused(function() hq.pub:restore() end)):contains("the backup is of version 11.5")
step("reset", function()
  hq:backup()
  hq.pub:restore()
  settle()
  hq:reset()
end)
settle()
expect(fleet:count { needs_hands = true }):equals(0)
