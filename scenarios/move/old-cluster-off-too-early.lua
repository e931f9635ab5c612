-- Bulk exchange done, and the old cluster switched off before the phones are reset: stuck
-- why: The exchange taught the old TVS, not the phone. Nobody is there to vouch when the phone meets
--   the new signer. Phones that were moved before it was switched off are on the new cluster's lists.
-- expected: Those that moved first are fine. The others refuse lists and configuration and register at
--   the address of the TFTP server at best. The network of the old cluster back is enough; without it
--   hands are needed on each.
-- versions: 8.0 on
-- source: "Migrating IP Phones Between Clusters with CUCM 8 and ITL Files"; Security Guide 15
-- confidence: documented
local old = cluster { name = "Old", version = param("from", "10.5(2)"), nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = param("to", "11.5"), nodes = { "newpub", "newsub" } }
local n = param("phones", 150)
local first = old:phones { count = n, model = "8861" }
local late = old:phones { count = n, model = "7965" }
settle()

step("bulk exchange", function()
  for _, cluster in ipairs { old, new } do
    cluster:bulk("sftp", "sftp.example.com:/certificates")
    cluster:bulk("export")
  end
  old:bulk("consolidate")
  for _, cluster in ipairs { old, new } do cluster:bulk("import") end
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
  for _, phones in ipairs { first, late } do phones:insert { cluster = new } end
end)
settle()
local function move(phones)
  phones:move { tftp = { new.newpub, new.newsub } }
  phones:reset()
end
step("half of the phones", function() move(first) end)
settle()
expect(first:count { registered = true, lost = false }):equals(n)

step("the old cluster is switched off", function()
  for _, node in ipairs(old.nodes) do node:link { down = true } end
  late:move { tftp = { new.newpub, new.newsub } }
end)
wait("1h")
settle()
expect(first:count { registered = true, lost = false }, "they need it no more"):equals(n)
expect(late:count { lost = "trust list" }):equals(n)
expect(late:count { lost = "configuration" }):equals(n)

step("the old cluster is there again", function()
  for _, node in ipairs(old.nodes) do node:link {} end
end)
settle()
step("reset", function() late:power("off") late:power("on") end)
settle()
expect(late:count { registered = true, lost = false }):equals(n)
expect(late:count { itl_by = "TVS" }):equals(n)
