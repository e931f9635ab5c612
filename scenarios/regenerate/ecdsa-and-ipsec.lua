-- CallManager-ECDSA, tomcat-ECDSA and ipsec regenerated: what phones hear of it
-- why: CallManager-ECDSA is a record of every ITL and signs nothing that phones read; ipsec and tomcat-ECDSA are in no
--   list at all. All stand in the same page, one beside the other, and get renewed together.
-- expected: ipsec changes no list: phones that are reset hold the one that they have. With
--   CallManager-ECDSA the ITL is another one, signed by whoever signed it before: accepted by the
--   phone's own. Nobody asks TVS, nobody loses anything. With tomcat-ECDSA, which is there from 11.5 on, nothing
--   changes for phones either: pages are opened with RSA ciphers, and show the certificate of tomcat, unless
--   somebody allows EC ciphers (the enterprise parameter HTTPS Ciphers, not simulated). What concerns others
--   (backups between nodes, Expressway) the report tells.
-- versions: 11.0 on
-- source: Cisco technotes 214231 and 200930 (EC certificates: CallManager from 11.0, tomcat from 11.5 on); Security
--   Guide for CUCM 14, Certificates; Administration Guide 14SU2 (EC ciphers of Tomcat are off by default)
-- confidence: documented; how the new list is accepted is inferred
local n = param("phones", 300)
local old = cluster { name = "Old", version = "11.5", nodes = { "pub" } }
local new = cluster { name = "New", version = "12.5", nodes = { "first", "second" } }
local fleets = { old:phones { count = n, model = "8845" }, new:phones { count = n, model = "7965" } }
settle()

local function each_node(what)
  for _, hq in ipairs { old, new } do
    for _, node in ipairs(hq.nodes) do what(node) end
  end
end

step("regenerate ipsec and tomcat-ECDSA", function()
  each_node(function(node)
    node:regenerate("ipsec")
    node:regenerate("tomcat-ECDSA")
    expect(node:certificate("tomcat-ECDSA").subject):contains("CN=" .. node.name .. "-EC;")
    expect(node:certificate("tomcat-ECDSA").key):equals("EC-384")
    node:restart("Cisco Tomcat")
  end)
  each_node(function(node) node:restart("Cisco Tftp") end)
end)
settle()
step("reset", function() old:reset() new:reset() end)
settle()
for _, fleet in ipairs(fleets) do
  fleet:press("Directories")
  settle()
  expect(fleet:count { itl_by = "first trust", itl_status = "Match", lost = false }, "no new list"):equals(n)
end
local before = cluster { name = "Before", version = "11.0", nodes = { "b" } }
expect(refused(function() before.b:regenerate("tomcat-ECDSA") end))
  :contains("has no certificate tomcat-ECDSA of its own in version 11.0")

step("regenerate CallManager-ECDSA", function()
  each_node(function(node) node:regenerate("CallManager-ECDSA") end)
  wait("1m")
  each_node(function(node) node:restart("Cisco Tftp") end)
end)
settle()
for _, fleet in ipairs(fleets) do expect(fleet:count { itl_status = "Mismatch" }):equals(n) end
step("reset again", function() old:reset() new:reset() end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { itl_by = "ITL", itl_status = "Match", lost = false }):equals(n)
end
