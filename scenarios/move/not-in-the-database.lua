-- Certificates exchanged, option 150 changed, and the phones forgotten in the new cluster's database
-- why: Trust is one half of a move, the row in the database the other. TFTP has no files for a device that it
--   does not know but those for everybody, and CallManager takes no such device.
-- expected: A phone that asks for the common list (ITLFile.tlv) takes that through the old TVS. It gets no
--   configuration of its own, and no CallManager of the new cluster takes it. Put into the database,
--   it registers at its next reset. Option 150 back to the old cluster brings it home, for the
--   exchange went both ways.
-- versions: 8.0 on
-- source: Cisco technote 215539 (the phones have to be in the destination); phone guides (XMLDefault.cnf.xml)
-- confidence: inferred
local old = cluster { name = "Old", version = "10.5(2)", nodes = { "oldpub" } }
local new = cluster { name = "New", version = "12.5", nodes = { "newpub" } }
local n = param("phones", 60)
local fleet = old:phones { count = n, model = "8861" }
local sccp = old:phones { count = n, model = "7965" }
settle()
step("exchange", function()
  for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/move") cluster:bulk("export") end
  new:bulk("consolidate")
  for _, cluster in ipairs { old, new } do cluster:bulk("import") end
  old.oldpub:restart("TVS")
end)
settle()
step("option 150", function()
  for _, phones in ipairs { fleet, sccp } do phones:move { tftp = new.newpub } phones:reset() end
end)
wait("1h")
for _, phones in ipairs { fleet, sccp } do
  expect(phones:count { server = new.newpub }):equals(0)
end
step("put into the database", function()
  for _, phones in ipairs { fleet, sccp } do
    phones:insert { cluster = new }
    phones:power("off")
    phones:power("on")
  end
end)
settle()
for _, phones in ipairs { fleet, sccp } do
  expect(phones:count { server = new.newpub, lost = false }):equals(n)
end
