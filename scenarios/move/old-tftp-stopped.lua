-- Moved without preparation, the old TFTP stopped already, the old TVS still up: the exchange is made up for
-- why: There is no way back to the old files, but the old TVS answers, and whatever the trust stores of
--   its cluster get it vouches for at the next boot of a phone.
-- expected: The search finds the bulk exchange with a restart of TVS, and where the page cannot import
--   the consolidated file (CSCuy43181) the upload of each certificate by hand. Doing it brings
--   everybody to the new cluster.
-- versions: 8.0 on
-- source: Cisco technotes 215539 and 213407, defect CSCuy43181; "Migrating IP Phones Between Clusters
--   with CUCM 8 and ITL Files"
-- confidence: documented
local old = cluster { name = "Old", version = "9.1", nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = "12.5", nodes = { "newpub" } }
local n = param("phones", 100)
local fleet = old:phones { count = n, model = "8841" }
settle()
step("option 150, and the old TFTP is stopped", function()
  fleet:insert { cluster = new }
  fleet:move { tftp = new.newpub }
  fleet:reset()
  settle()
  for _, node in ipairs(old.nodes) do node:stop("Cisco Tftp") end
end)
settle()
expect(fleet:count { lost = "trust list" }):equals(n)
expect(fleet:count { needs_hands = true }):equals(0)
expect(fleet:count { remedy = "bulk-exchange" }):equals(n)

step("the page does not import it", function() old:set("cscUy43181", true) end)
expect(fleet:count { remedy = "upload" }):equals(n)
step("by hand", function()
  old:bulk("sftp", "sftp.example.com:/certificates")
  new:bulk("sftp", "sftp.example.com:/certificates")
  old:bulk("export")
  new:bulk("export")
  old:bulk("consolidate")
  expect(refused(function() old:bulk("import") end)):contains("CSCuy43181")
  for _, store in ipairs { "CallManager-trust", "Phone-SAST-trust" } do
    for _, certificate in ipairs { "CallManager", "ITLRecovery" } do
      old.oldpub:upload(store, new.newpub:certificate(certificate))
    end
  end
  old.oldpub:upload("tomcat-trust", new.newpub:certificate("tomcat"))
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
end)
settle()
step("reset", function() fleet:power("off") fleet:power("on") end)
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)
expect(fleet:count { itl_by = "TVS" }):equals(n)
