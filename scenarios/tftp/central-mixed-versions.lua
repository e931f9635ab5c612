-- A central TFTP of 8.x serves the phones of a cluster before 8.0 as well
-- why: A cluster before 8.0 has no ITL, so its phones get "file not found" for their own and ask for ITLFile.tlv,
--   which the central TFTP has: its own. From then on they ask for signed files, and nothing that their
--   cluster has is signed.
-- expected: Phones that hold an ITL take the central one, and of their own cluster nothing, for none of it is
--   signed: what they take instead is the central XMLDefault.cnf.xml.sgn, and where auto-registration is
--   off they register nowhere. Models without an ITL are served. With "Prepare Cluster for Rollback
--   to pre 8.0" set on the central cluster the ITL is empty, and all register; its own phones need plain
--   URLs then.
-- versions: 8.0 on beside one before it
-- source: Cisco technote 116232, centralised TFTP; CSCto87262
-- confidence: documented; that they take XMLDefault meanwhile follows from the order of files (79xx guides)
local hq = cluster { name = "Central", version = "8.6", nodes = { "hq" } }
local old = cluster { name = "Old", version = "7.1", nodes = { "old" } }
local n = param("phones", 60)
hq:add_remote_tftp { tftp = old.old }
local new = old:phones { count = n, model = "7965" }     -- boots behind the central TFTP for the first time
local had = old:phones { count = n, model = "7965" }     -- was there before
local without = old:phones { count = n, model = "7940" } -- knows no ITL
local own = hq:phones { count = n, model = "7965" }
for _, fleet in ipairs { new, without } do
  fleet:power("off")
  fleet:move { tftp = hq.hq }
end
settle()
expect(had:count { registered = true, itl_by = "none" }):equals(n)

step("option 150 names the central TFTP", function()
  new:power("on")
  without:power("on")
  had:move { tftp = hq.hq }
  had:reset()
end)
settle()
expect(new:count { registered = false, itl_by = "first trust" }):equals(n)
expect(had:count { registered = false, itl_by = "first trust" }):equals(n)
expect(without:count { registered = true, lost = false, config = "plain" }):equals(n)
expect(own:count { registered = true, lost = false, config = "signed" }):equals(n)
step("rollback parameter on the central cluster", function()
  hq:set("rollback", 1)
  hq:set("Secured Phone URL Parameters", false)
  hq.hq:restart("TVS")
  hq.hq:restart("Cisco Tftp")
end)
settle()
step("power off and on", function()
  for _, fleet in ipairs { new, had } do
    fleet:power("off")
    fleet:power("on")
  end
  hq:reset()
end)
settle()
for _, fleet in ipairs { new, had, without, own } do
  expect(fleet:count { registered = true, lost = false }):equals(n)
end
expect(had:count { server = "Old/old", config = "plain" }):equals(n)
