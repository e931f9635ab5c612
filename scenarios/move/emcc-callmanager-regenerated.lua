-- EMCC, and the home cluster regenerates CallManager: who logs in then is refused its files, until the next exchange
-- why: The visited TVS knows the home cluster's CallManager of the day of the exchange. Phones that are
--   logged in are the home cluster's and learn the new one from it.
-- expected: Phones logged in before keep working. Who logs in after refuses the home cluster's lists and
--   configuration and stays registered at the visited cluster with what it holds; logging out mends it.
--   Exchanged again, and TVS restarted, login works.
-- versions: 8.0 to 11.5 (from 12.0 on ITLRecovery signs the lists; then its regeneration does it)
-- source: Security Guide 14, Certificates (exchange again after CallManager or Tomcat is regenerated)
-- confidence: documented; what the phone does meanwhile inferred
local home = cluster { name = "Home", version = "11.5", nodes = { "homepub" } }
local visited = cluster { name = "Visited", version = param("visited", "10.5(2)"), nodes = { "vispub", "vissub" } }
local n = param("phones", 60)
local early = visited:phones { count = n, model = "8845" }
local late = visited:phones { count = n, model = "7821" }
settle()
local function exchange()
  for _, cluster in ipairs { home, visited } do cluster:bulk("sftp", "sftp:/emcc") cluster:bulk("export") end
  home:bulk("consolidate")
  for _, cluster in ipairs { home, visited } do
    cluster:bulk("import")
    for _, node in ipairs(cluster.nodes) do node:restart("TVS") end
  end
end
step("exchange, login", function()
  exchange()
  settle()
  early:emcc("login", { cluster = home })
end)
settle()
step("the home cluster regenerates CallManager", function()
  home.homepub:regenerate("CallManager")
  home.homepub:restart("TVS", "TFTP", "CallManager")
  settle()
  home:reset()
end)
settle()
expect(early:count { server = home.homepub, lost = false }, "logged in before"):equals(n)
expect(early:count { itl_by = "TVS" }, "its own TVS now"):equals(n)

step("others log in", function() late:emcc("login", { cluster = home }) end)
settle()
expect(late:count { lost = "trust list" }):equals(n)
expect(late:count { lost = "configuration" }):equals(n)
expect(late:count { server = visited.vispub }, "still there"):equals(n)
expect(late:count { remedy = "emcc-logout" }):equals(n)
step("they log out", function() late:emcc("logout") end)
settle()
expect(late:count { server = visited.vispub, lost = false }):equals(n)

step("exchange again, login", function()
  exchange()
  settle()
  late:emcc("login", { cluster = home })
end)
settle()
expect(late:count { server = home.homepub, lost = false }):equals(n)
