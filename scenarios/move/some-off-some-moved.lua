-- A move over days: some phones are off, one site has the new option 150, the rest stay
-- why: DHCP is changed site by site. Whoever is off moves when it is switched on, if the old cluster is
--   still there then.
-- expected: The site that was changed moves; the other stays at the old cluster, untouched. A phone that was
--   off moves days later by the old TVS. One that is switched on when the old cluster is gone is
--   stuck until that is back: keep it until the last phone has booted.
-- versions: 8.0 on
-- source: Security Guide 15, moving phones (keep the old cluster up); Cisco technote 215539
-- confidence: documented
local old = cluster { name = "Old", version = "11.5", nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = "14SU1", nodes = { "newpub", "newsub" } }
local n = param("phones", 60)
local site = old:phones { count = n, model = "8845" }
local stays = old:phones { count = n, model = "8845" }
local desk, holiday = old:phones { count = n, model = "8865" }, old:phones { count = n, model = "8865" }
settle()
step("exchange", function()
  for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/move") cluster:bulk("export") end
  new:bulk("consolidate")
  for _, cluster in ipairs { old, new } do cluster:bulk("import") end
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
  for _, phones in ipairs { site, stays, desk, holiday } do phones:insert { cluster = new } end
end)
settle()
step("option 150 at one site", function()
  for _, phones in ipairs { desk, holiday } do phones:power("off") end
  for _, phones in ipairs { site, desk, holiday } do phones:move { tftp = { new.newpub, new.newsub } } end
  old:reset()
end)
settle()
expect(site:count { registered = true, lost = false }):equals(n)
expect(site:count { itl_by = "TVS" }):equals(n)
expect(stays:count { registered = true, lost = false }):equals(n)
expect(stays:count { itl_by = "TVS" }, "their own cluster's lists"):equals(0)

step("three days later", function() wait("3d") desk:power("on") end)
settle()
expect(desk:count { registered = true, lost = false }):equals(n)

step("the old cluster is switched off", function()
  for _, node in ipairs(old.nodes) do node:link { down = true } end
  holiday:power("on")
end)
wait("1h")
settle()
expect(holiday:count { lost = "trust list" }):equals(n)
expect(desk:count { registered = true, lost = false }):equals(n)
step("and on again", function() for _, node in ipairs(old.nodes) do node:link {} end end)
settle()
step("reset", function() holiday:power("off") holiday:power("on") end)
settle()
expect(holiday:count { registered = true, lost = false }):equals(n)
