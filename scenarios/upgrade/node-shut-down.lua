-- A node is shut down when somebody upgrades, backs up or changes the database: what is refused, and what goes on
-- why: The publisher alone writes the database, and an upgrade is for all nodes: one that stays behind speaks
--   another version. Whoever finds a node off in the change window has to know what can wait and what cannot.
-- expected: With a subscriber off the upgrade is refused, parameters and certificates can be changed, and the backup
--   leaves that node out. With the publisher off nothing is written: no parameter, no phone, no service activated,
--   no node removed; nodes that run make certificates, and their phones stay registered. With all of them on the
--   upgrade goes through, the way back is refused while one is off, and in the end nobody has lost anything.
-- versions: all (run on 12.5 to 14SU1)
-- source: System Guide, database (the other nodes only read it); upgrade and backup of nodes that are off are in no source
-- confidence: documented for the database, else assumed
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub1", "sub2" } }
hq:group("subscribers", { hq.sub1, hq.sub2 })
hq:pool("Branch", "subscribers")
local fleet = hq:phones { count = n, model = "8845", pool = "Branch" }
local function off(said, act)
  expect(refused(act)):contains(said .. " is shut down")
end
settle()

step("sub2 is off", function() hq.sub2:shut_down() settle() end)
off("sub2", function() hq:upgrade("14SU1") end)
off("sub2", function() hq.pub:csr("tomcat", "multi-server") end)
hq:backup()
hq:set("tvs_ttl_s", 3600)
hq.pub:regenerate("tomcat")
step("sub2 is on again", function() hq.sub2:switch_on() settle() end)
expect(refused(function() hq.sub2:restore() end)):contains("the backup has no node sub2")

step("pub is off", function() hq.pub:shut_down() settle() end)
off("pub", function() hq:upgrade("14SU1") end)
off("pub", function() hq:backup() end)
off("pub", function() hq:set("tvs_ttl_s", 7200) end)
off("pub", function() fleet:set("web_access", "enabled") end)
off("pub", function() hq.sub2:activate("CTIManager") end)
off("pub", function() hq.sub2:hostname("other") end)
off("pub", function() hq.sub2:remove() end)
hq.sub1:regenerate("tomcat")
expect(fleet:count { registered = true, server = "sub1" }):equals(n)
step("pub is on again", function() hq.pub:switch_on() settle() end)

step("upgrade", function() hq:upgrade("14SU1") settle() hq:reset() settle() end)
expect(fleet:count { registered = true, lost = false }):equals(n)
hq.sub1:shut_down()
off("sub1", function() hq:switch_version() end)
step("sub1 is on again", function() hq.sub1:switch_on() settle() end)
expect(fleet:count { registered = true, lost = false }):equals(n)
