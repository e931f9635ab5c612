-- Secure phones moved to another cluster by the guide: LSC deleted first, the MIC meanwhile, a new LSC there
-- why: The LSC of the old CAPF is what a secure phone fails with at the new CallManager. Without it the phone
--   shows its MIC, and with that it can be enrolled anew.
-- expected: Certificates exchanged, LSCs deleted through the old CAPF, option 150: every phone registers by TLS with
--   its MIC, gets an LSC of the new CAPF by existing certificate, and loses nothing. Phones whose LSC stayed do not
--   register. A 7960 has no MIC, and asks no TVS about the new CTL: it refuses it, and all that is signed, and
--   stays at the old cluster.
-- versions: 10.5(2) on
-- source: Security Guide 15, CAPF (delete the LSC before a secure phone moves, or use the MIC); technote 215539
-- confidence: documented; the 7960 follows (technote 118893: it asks no TVS)
local n = param("phones", 40)
local old = cluster { name = "Old", version = "11.5", nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = "12.5", nodes = { "newpub", "newsub" } }
for _, cl in ipairs { old, new } do
  cl:ctl("mixed-mode")
  for _, node in ipairs(cl.nodes) do node:restart("TFTP", "CallManager") end
end
settle()
local deleted = old:phones { count = n, model = "8861", security = "encrypted", lsc = true }
local kept = old:phones { count = n, model = "8861", security = "encrypted", lsc = true }
local bare = old:phones { count = n, model = "7960", security = "authenticated", lsc = true }
settle()
step("bulk exchange", function()
  for _, cl in ipairs { old, new } do cl:bulk("sftp", "sftp:/move") cl:bulk("export") end
  new:bulk("consolidate")
  for _, cl in ipairs { old, new } do cl:bulk("import") end
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
end)
settle()
step("delete the LSCs, 7960 not secure", function()
  deleted:delete_lsc {}
  bare:set("security", "non-secure")
  deleted:reset()
  bare:reset()
end)
settle()
expect(deleted:count { registered = true, certificate = "MIC", certificate_operation = "Delete Success" }):equals(n)
step("option 150", function()
  for _, phones in ipairs { deleted, kept } do phones:insert { cluster = new, security = "encrypted" } end
  bare:insert { cluster = new }
  for _, phones in ipairs { deleted, kept, bare } do
    phones:move { tftp = { new.newpub, new.newsub } }
    phones:reset()
  end
end)
settle()
expect(deleted:count { registered = true, certificate = "MIC", lost = false }):equals(n)
expect(kept:count { lost = "registration" }, "LSC of the old CAPF"):equals(n)
expect(bare:count { server = old.oldpub, lost = "trust list" }, "7960"):equals(n)
step("LSCs of the new CAPF", function()
  deleted:install_lsc { cluster = new, by = "By Existing Certificate (Precedence to MIC)" }
  kept:install_lsc { cluster = new }
  deleted:reset()
end)
settle()
expect(deleted:count { registered = true, certificate = "LSC", lost = false }):equals(n)
expect(kept:count { registered = true, certificate = "LSC", lost = false }, "by null string"):equals(n)
