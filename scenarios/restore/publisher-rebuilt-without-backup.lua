-- The publisher's disk is lost and there is no backup: a new cluster in the phones' eyes
-- why: Name and address are the same, groups and phones are entered again, but every key is new.
-- expected: One node: every phone needs hands. With a subscriber that lived on in the group of the phones
--   its TVS vouches for the new publisher, and nobody does.
-- versions: 8.0 to 11.5; from 12.5 on ITLRecovery is the publisher's and is new as well
-- source: Cisco technote 116232; Security Guide 14
-- confidence: documented for one node, inferred for two
local phones = param("phones", 200)
local function run(name, nodes, hands)
  local hq = cluster { name = name, version = "10.5(2)", nodes = nodes }
  local fleet = hq:phones { count = phones, model = "8845" }
  settle()
  step(name .. ": publisher installed anew", function() hq.nodes[1]:rebuild() end)
  settle()
  step(name .. ": reset", function() hq:reset() end)
  settle()
  expect(fleet:count { needs_hands = true }, name):equals(hands and fleet:count() or 0)
end
run("Alone", { "p1" }, true)
run("Two", { "p2", "s2" }, false)
