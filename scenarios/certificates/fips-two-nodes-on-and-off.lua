-- FIPS mode on two nodes, one after the other, and off again: four changes of all certificates, nobody lost
-- why: Enabling and disabling both make a node regenerate all its keys and reboot. With a second node in
--   the group of the phones its TVS vouches each time, as after another hostname.
-- expected: One node, a reset, the other node, a reset: phones take each new list through the TVS that was not
--   touched. Out of FIPS mode by the same steps likewise, and all certificates are new once more. Both nodes in
--   one evening is the case of one node: hands. A 7960 notices nothing.
-- versions: 8.6 to 11.5; 12.0 on ITLRecovery of the publisher goes with the rest
-- source: Security Guides 9.1 and 14SU2, FIPS mode (one node at a time; keys are regenerated, the node reboots)
-- confidence: documented; that all kinds are regenerated is inferred
local n, version = param("phones", 100), param("version", "9.1")
local hq = cluster { name = "HQ", version = version, nodes = { "pub", "sub" } }
local hasty = cluster { name = "Hasty", version = version, nodes = { "pub2", "sub2" } }
local fleet = hq:phones { count = n, model = "7965" }
local old = hq:phones { count = n, model = "7960" }
local at_once = hasty:phones { count = n, model = "7965" }
settle()
local first = hq.pub:certificate("CallManager")
for _, act in ipairs { "enable", "disable" } do
  for _, node in ipairs(hq.nodes) do
    step("utils fips " .. act .. " on " .. node.name, function()
      node:fips(act)
      settle()
      for _, each in ipairs(hq.nodes) do each:restart("TFTP") end
      settle()
      hq:reset()
    end)
    settle()
    expect(fleet:count { itl_status = "Match", lost = false }, act .. " " .. node.name):equals(n)
    expect(old:count { lost = false }):equals(n)
  end
end
expect(hq.pub:certificate("CallManager")):differs(first)
expect(refused(function() hq.pub:fips("disable") end)):contains("FIPS mode")
expect(fleet:count { needs_hands = true }):equals(0)

step("both nodes in one evening", function()
  for _, node in ipairs(hasty.nodes) do node:fips("enable") end
  settle()
  hasty:reset()
end)
settle()
expect(at_once:count { registered = true, lost = "trust list", needs_hands = true }):equals(n)
