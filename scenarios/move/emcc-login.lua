-- Extension mobility across clusters: a user logs in at a phone of the other cluster and out again
-- why: At login the phone gets its lists and configuration from the home cluster's TFTP. Its own lists do
--   not know that cluster: the TVS of the visited one vouches for its signer, and at logout the TVS of
--   the home cluster for that of the visited one. So the exchange goes both ways.
-- expected: Before the exchange the login is unavailable. After it the phones take the home cluster's ITL
--   through the visited TVS and register there; the others stay. At logout they come back through the
--   home TVS. A phone that the home cluster has in its database cannot log in.
-- versions: 8.0 on
-- source: Cisco technote 214535 (7821, 11.5); Security Guide 14 (import on both); Feature Configuration
--   Guide 15 (error 37)
-- confidence: observed for the login; the logout inferred; which tomcat certificates a login needs assumed
-- live = true
local home = cluster { name = "Home", version = param("home", "11.5"), nodes = { "homepub", "homesub" } }
local visited = cluster { name = "Visited", version = param("visited", "11.5"), nodes = { "vispub", "vissub" } }
local n = param("phones", 60)
local fleet = visited:phones { count = n, model = "7821" }
local stay = visited:phones { count = n, model = "7821" }
local both = visited:phones { count = n, model = "7821" }
both:insert { cluster = home }
settle()

step("no exchange yet", function()
  expect(refused(function() fleet:emcc("login", { cluster = home }) end)):contains("Login is unavailable")
end)
step("exchange", function()
  for _, cluster in ipairs { home, visited } do cluster:bulk("sftp", "sftp:/emcc") cluster:bulk("export") end
  home:bulk("consolidate")
  for _, cluster in ipairs { home, visited } do
    cluster:bulk("import")
    for _, node in ipairs(cluster.nodes) do node:restart("TVS") end
  end
end)
settle()
step("login", function()
  expect(refused(function() both:emcc("login", { cluster = home }) end)):contains("login fails (37)")
  fleet:emcc("login", { cluster = home })
  expect(refused(function() fleet:emcc("login", { cluster = home }) end)):contains("logged in there already")
end)
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)
expect(fleet:count { itl_by = "TVS" }, "the visited TVS vouched"):equals(n)
expect(fleet:count { server = home.homepub }):equals(n)
expect(stay:count { server = visited.vispub, lost = false }):equals(n)

step("power off and on: the user is still logged in", function() fleet:power("off") fleet:power("on") end)
settle()
expect(fleet:count { server = home.homepub, lost = false }):equals(n)

step("logout", function() fleet:emcc("logout") end)
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)
expect(fleet:count { itl_by = "TVS" }, "the home TVS vouched"):equals(n)
expect(fleet:count { server = visited.vispub }):equals(n)
