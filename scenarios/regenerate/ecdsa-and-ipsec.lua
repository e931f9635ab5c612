-- CallManager-ECDSA and ipsec regenerated: what phones hear of it
-- why: The EC certificate is a record of every ITL and signs nothing that phones read; ipsec is in no
--   list at all. Both stand in the same page, one beside the other, and get renewed together.
-- expected: ipsec changes no list: phones that are reset hold the one that they have. With
--   CallManager-ECDSA the ITL is another one, signed by whoever signed it before: accepted by the
--   phone's own. Nobody asks TVS, nobody loses anything. What concerns others (backups between
--   nodes) the report tells.
-- versions: 11.0 on
-- source: Cisco technote 214231; Security Guide for CUCM 14, Certificates
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

step("regenerate ipsec", function()
  each_node(function(node) node:regenerate("ipsec") end)
  each_node(function(node) node:restart("Cisco Tftp") end)
end)
settle()
step("reset", function() old:reset() new:reset() end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { itl_by = "first trust", itl_status = "Match", lost = false }, "no new list"):equals(n)
end

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
