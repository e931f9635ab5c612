-- From a cluster in mixed mode to another one: out of mixed mode, the rollback parameter, option 150
-- why: The parameter empties the ITL and leaves the CTL as it is, and a phone with a full CTL takes nothing
--   blindly. Its TVS is in no list any more. Out of mixed mode first, the CTL is empty too (CAPF alone).
-- expected: Out of mixed mode, restarts and a reset, then the parameter and a reset, then option 150: the ITL
--   comes by first trust, and they register there. So in each of the three readings of what is left of the CTL.
--   The parameter alone does not do it (move/rollback-in-mixed-mode).
-- versions: 10.0 on; here 12.5 to 12.5
-- source: Cisco technotes 213407 (the CTL is not blanked), 221657 (the whole way, 12.5)
-- confidence: documented
local n = param("phones", 60)
local models = { "8865", "7965" }
local function build(name, left)
  local from = cluster { name = name, version = "12.5", nodes = { name .. "-p", name .. "-s" } }
  local to = cluster { name = name .. "-new", version = "12.5", nodes = { name .. "-np" } }
  from:set("ctl_non_secure", left)
  from:ctl("mixed-mode")
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = from:phones { count = n, model = model, security = "encrypted" } -- MIC
    fleets[i]:insert { cluster = to }
  end
  settle()
  for _, node in ipairs(from.nodes) do node:restart("TFTP", "CallManager", "CTIManager") end
  settle()
  from:reset()
  settle()
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false }, models[i] .. " at home, " .. name):equals(n)
  end
  return from, to, fleets
end
local function rollback(from)
  from:set("rollback", true)
  settle() -- lists and a reset come by themselves
end
local function go(from, to, fleets)
  for _, fleet in ipairs(fleets) do
    fleet:move { tftp = to.nodes[1] }
    fleet:reset()
  end
  settle()
end

local from, to, fleets
for left = 0, 2 do
  local name = "left" .. left
  from, to, fleets = build(name, left)
  step(name .. ": out of mixed mode", function()
    from:ctl("non-secure-mode")
    for _, node in ipairs(from.nodes) do node:restart("TFTP", "CallManager", "CTIManager") end
    settle()
    from:reset()
    settle()
  end)
  step(name .. ": rollback", function() rollback(from) end)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, config = "plain", lost = "secure services" }, models[i] .. ", " .. name)
      :equals(n)
  end
  step(name .. ": option 150", function() go(from, to, fleets) end)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false, itl_by = "first trust", server = to.nodes[1] },
           models[i] .. ", " .. name):equals(n)
  end
end
