-- EMCC between clusters from 12.0 on: without ITLRecovery in the exchange the list is refused, the rest goes
-- why: From 12.0 on ITLRecovery signs the lists, CallManager the files. The unit tftp is CallManager alone.
-- expected: With tomcat and tftp exchanged the phone takes the home cluster's configuration through the
--   visited TVS, registers there, and refuses the list ("Trust List update failed"). With ITLRecovery
--   imported as well it takes both at the next login.
-- versions: 12.0 on
-- source: Security Guide 14 (ITLRecovery is imported for EMCC into both clusters)
-- confidence: documented; what happens without it inferred
local home = cluster { name = "Home", version = "12.5", nodes = { "homepub" } }
local visited = cluster { name = "Visited", version = "12.5", nodes = { "vispub" } }
local n = param("phones", 60)
local fleet = visited:phones { count = n, model = "7821" }
settle()
local function exchange(unit)
  for _, cluster in ipairs { home, visited } do cluster:bulk("sftp", "sftp:/emcc") cluster:bulk("export", unit) end
  home:bulk("consolidate", unit)
  for _, cluster in ipairs { home, visited } do cluster:bulk("import", unit) end
end
step("tomcat and tftp", function()
  exchange("tomcat")
  exchange("tftp")
  settle()
  fleet:emcc("login", { cluster = home })
end)
settle()
expect(fleet:count { server = home.homepub }):equals(n)
expect(fleet:count { lost = "trust list" }):equals(n)
expect(fleet:count { lost = "configuration" }):equals(0)

step("out, ITLRecovery, in", function()
  fleet:emcc("logout")
  settle()
  exchange("ITLRecovery")
  settle()
  fleet:emcc("login", { cluster = home })
end)
settle()
expect(fleet:count { server = home.homepub, lost = false }):equals(n)
expect(fleet:count { itl_by = "TVS" }):equals(n)
