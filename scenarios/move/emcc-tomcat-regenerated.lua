-- EMCC, and one of the clusters regenerates tomcat: nobody logs in any more, whoever is logged in stays
-- why: The extension mobility services of the clusters speak HTTPS with each other and know each other by
--   what the exchange put into tomcat-trust.
-- expected: From the restart of Tomcat on the login is unavailable, whichever of the two regenerated. Phones
--   that are logged in lose nothing. A new exchange mends it; of the unit tomcat it is enough.
-- versions: 8.0 on
-- source: Security Guide 14, Certificates (exchange again after CallManager or Tomcat is regenerated)
-- confidence: documented; the words and which node's certificate counts assumed
local home = cluster { name = "Home", version = "12.5", nodes = { "homepub", "homesub" } }
local visited = cluster { name = "Visited", version = "14SU1", nodes = { "vispub" } }
local n = param("phones", 60)
local early = visited:phones { count = n, model = "8845" }
local late = visited:phones { count = n, model = "8845" }
settle()
local function exchange(unit)
  for _, cluster in ipairs { home, visited } do cluster:bulk("sftp", "sftp:/emcc") cluster:bulk("export", unit) end
  home:bulk("consolidate", unit)
  for _, cluster in ipairs { home, visited } do cluster:bulk("import", unit) end
end
step("exchange, login", function()
  exchange("all")
  settle()
  early:emcc("login", { cluster = home })
end)
settle()
expect(early:count { server = home.homepub, lost = false }):equals(n)

for _, node in ipairs { home.homepub, visited.vispub } do
  step("tomcat of " .. node.name, function()
    node:regenerate("tomcat")
    node:restart("Cisco Tomcat")
    settle()
    expect(refused(function() late:emcc("login", { cluster = home }) end)):contains("Login is unavailable")
  end)
  expect(early:count { server = home.homepub, lost = false }, "logged in"):equals(n)
  step("exchange of tomcat after " .. node.name, function() exchange("tomcat") end)
  settle()
end
step("login again", function() late:emcc("login", { cluster = home }) end)
settle()
expect(late:count { server = home.homepub, lost = false }):equals(n)
