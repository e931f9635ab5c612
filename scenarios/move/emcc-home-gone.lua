-- EMCC, and the home cluster goes away while users are logged in: logging out does not bring the phones home
-- why: A phone that somebody is logged in at holds the home cluster's lists and its TVS. At logout it meets
--   the visited cluster's lists, whose signer only the home cluster's TVS could vouch for.
-- expected: The phones lose their registration. Logged out and switched off and on they ask the visited
--   cluster, refuse its lists and configuration, and register there at the TFTP server's address. With
--   the home cluster back a reset is enough. A visited cluster that vouched before is of no use: the
--   phone does not ask it.
-- versions: 8.0 on
-- source: Cisco technote 214535 (whom a phone asks); Feature Configuration Guide 15 (Log Out at the visited
--   cluster is a cleanup of its database)
-- confidence: inferred
local home = cluster { name = "Home", version = "11.5", nodes = { "homepub" } }
local visited = cluster { name = "Visited", version = "11.5", nodes = { "vispub", "vissub" } }
local n = param("phones", 60)
local fleet = visited:phones { count = n, model = "8845" }
settle()
step("exchange, login", function()
  for _, cluster in ipairs { home, visited } do cluster:bulk("sftp", "sftp:/emcc") cluster:bulk("export") end
  home:bulk("consolidate")
  for _, cluster in ipairs { home, visited } do cluster:bulk("import") end
  settle()
  fleet:emcc("login", { cluster = home })
end)
settle()
expect(fleet:count { server = home.homepub, lost = false }):equals(n)
step("the home cluster is cut off", function() home.homepub:link { down = true } end)
wait("1h")
expect(fleet:count { lost = "registration" }):equals(n)
step("logout at the visited cluster, off and on", function()
  fleet:emcc("logout")
  fleet:power("off")
  fleet:power("on")
end)
settle()
expect(fleet:count { lost = "trust list" }):equals(n)
expect(fleet:count { lost = "configuration" }):equals(n)
expect(fleet:count { server = visited.vispub }, "at the address of the TFTP server"):equals(n)
step("the home cluster is back", function() home.homepub:link {} end)
settle()
step("reset", function() fleet:power("off") fleet:power("on") end)
settle()
expect(fleet:count { server = visited.vispub, lost = false }):equals(n)
