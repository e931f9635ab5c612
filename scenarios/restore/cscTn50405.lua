-- CSCtn50405: the backup lacks CallManager.pem, and the restored node serves a corrupt ITL
-- why: Behind the restore the database has the old CallManager certificate, the disk that of the new
--   installation. The list names the one and is signed with the key of the other: `show itl` says that it
--   cannot be verified, and phones refuse it.
-- expected: Every phone refuses the ITL of the single TFTP server. CallManager regenerated, which is what the
--   report names, makes the list good again, and TVS, which came back from the backup, vouches for its
--   signer: nobody needs hands.
-- versions: 8.x before the fix
-- source: Cisco technote 116232
-- confidence: documented
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
hq:set("cscTn50405", true)
settle()
step("backup, new installation, restore", function()
  hq:backup()
  hq.pub:rebuild()
  settle()
  hq.pub:restore()
end)
settle()
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { lost = "trust list" }):equals(fleet:count())
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { remedy = "regenerate" }, "what the technote says"):equals(fleet:count())
step("regenerate CallManager", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("TFTP", "TVS")
end)
settle()
step("reset again", function() hq:reset() end)
settle()
expect(fleet:count { itl_by = "TVS", itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(0)
