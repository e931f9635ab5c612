-- A server is replaced by a new one, and the old one is shut down before its phones have met the new one
-- why: Phones ask the TVS of the configuration that they hold. Option 150 and the CallManager group name the new server,
--   and they learn of the group from a file that they do not trust yet.
-- expected: Up to 11.5 the new server's CallManager signs what it serves: phones refuse list and configuration, their
--   only TVS is without power, and they register at the new server as their last resort. Switching the old one on
--   brings them back; `utils itl reset localkey` does not, for on 10.5 ITLRecovery is each node's own and they know
--   the old server's. From 12.5 on ITLRecovery is the cluster's: nobody loses anything. Neither does anybody on 8.6 where both
--   servers are there until phones have been reset behind each change.
-- versions: 8.0 on; run on 8.6, 10.5(2), 12.5
-- source: technotes 116232 and 214231; "Migrating IP Phones Between Clusters with CUCM 8" (last resort)
-- confidence: inferred from documented rules
local n = param("phones", 40)
local function run(name, version, carefully)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-old" } }
  local old = hq.nodes[2]
  hq:change_group { members = { old } }
  local fleet = hq:phones { count = n, model = "8845" }
  fleet:power("off")
  fleet:move { tftp = old }
  fleet:power("on")
  settle()
  local new
  step(name .. ": another server", function()
    hq:add_node(name .. "-new")
    new = hq[name .. "-new"]
    settle()
    new:activate("TFTP", "CallManager")
    settle()
    if carefully then
      for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP") end
      settle()
      hq:reset()
      settle()
      hq:change_group { members = { new, old } }
      hq:reset()
      settle()
      fleet:move { tftp = new }
      hq:reset()
      settle()
    end
    hq:change_group { members = { new } }
    fleet:move { tftp = new }
  end)
  step(name .. ": the old one off", function()
    old:shut_down()
    settle()
    fleet:unplug()
    settle()
  end)
  expect(fleet:count { registered = true, server = new }, name):equals(n)
  return fleet, old
end
for name, version in pairs { Eight = "8.6", Ten = "10.5(2)" } do
  local fleet, old = run(name, version, false)
  expect(fleet:count { lost = "trust list", itl_status = "Mismatch" }, name):equals(n)
  expect(fleet:count { lost = "configuration", remedy = "switch-on" }, name):equals(n)
  step(name .. ": switch it on again", function()
    old:switch_on()
    settle()
    fleet:reset()
    settle()
  end)
  expect(fleet:count { lost = false, itl_by = "TVS", itl_status = "Match" }, name):equals(n)
end
expect(run("Later", "12.5", false):count { lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)
expect(run("Careful", "8.6", true):count { lost = false, itl_status = "Match" }):equals(n)
