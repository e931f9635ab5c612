-- Dedicated TFTP nodes: files from nodes that run no CallManager
-- why: Larger clusters have two nodes for TFTP alone. Each signs with a CallManager certificate of its own,
--   though it runs no CallManager, and no phone ever asks their TVS, for CallManager groups cannot name them.
-- expected: When the first TFTP node fails phones take the other one's list: 11.5 through the TVS of a
--   CallManager node, 12.5 from their own list, which ITLRecovery signs. CallManager regenerated on a TFTP
--   node is the same case. Nobody needs hands, whatever happens to both TFTP nodes.
-- versions: 8.0 on
-- source: technotes 116232, 214231 (rules); System Configuration Guide, Configure TFTP Servers
-- confidence: inferred from documented rules
local n = param("phones", 100)
local function site(name, version)
  local cl = cluster {
    name = name, version = version,
    nodes = { name .. "-pub", name .. "-sub", name .. "-tftp1", name .. "-tftp2" },
  }
  for i, node in ipairs(cl.nodes) do
    node:deactivate(i <= 2 and "Cisco Tftp" or "Cisco CallManager")
  end
  return cl, cl:phones { count = n, model = "8845" }
end

local function story(name, version, by)
  local cl, fleet = site(name, version)
  local tftp1, tftp2 = cl.nodes[3], cl.nodes[4]
  settle()
  expect(fleet:count { server = cl.nodes[1], lost = false }):equals(n)
  expect(refused(function() cl:change_group { members = tftp1 } end))
    :contains("does not run Cisco CallManager")
  step(name .. ": the first TFTP node is cut off", function()
    tftp1:link { down = true }
    cl:reset()
  end)
  settle()
  expect(fleet:count { lost = false, itl_by = by, itl_status = "Match" }, name):equals(n)
  step(name .. ": it is back, with another CallManager certificate", function()
    tftp1:link {}
    tftp1:regenerate("CallManager")
    tftp1:restart("TFTP")
    settle()
    cl:reset()
  end)
  settle()
  expect(fleet:count { lost = false, itl_by = by, itl_status = "Match" }, name):equals(n)
  step(name .. ": both TFTP nodes installed anew", function()
    tftp1:rebuild()
    tftp2:rebuild()
    settle()
    cl:reset()
  end)
  settle()
  expect(fleet:count { lost = false, itl_by = by, itl_status = "Match" }, name):equals(n)
end
story("Old", "11.5", "TVS")
story("New", "12.5", "ITL")
