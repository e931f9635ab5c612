-- What bench_ways searches: four nodes, and a thousand slices of a fleet that differ in the lists
-- they hold or in what they have lost.  A tenth of them need hands: their lists know no key that is
-- left.
local phones = param("phones", 100000)
local slices = param("slices", 1000)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "n1", "n2", "n3", "n4" } }
local nodes = { hq.n1, hq.n2, hq.n3, hq.n4 }
hq:set("phone_interaction", false)
for i = 1, 4 do
  pool { name = "P" .. i, group = { "n" .. i, "n" .. i % 4 + 1 } }
end

-- Each slice takes the list of its time.
local function slice(k)
  local n = nodes[k % 4 + 1]
  n:regenerate(k % 3 == 0 and "CallManager" or "TVS")
  for _, node in ipairs(nodes) do
    node:restart("Cisco Tftp", "Cisco Trust Verification Service")
  end
  settle()
  local fleet = hq:phones { count = math.max(phones // slices, 1), model = "8861", pool = "P" .. k % 4 + 1 }
  fleet:power("on")
  settle()
  return fleet
end

local stuck = {}
for k = 1, slices // 10 do
  stuck[k] = slice(k)
end
for _ = 1, 2 do
  hq.n1:regenerate("ITLRecovery")
  for _, node in ipairs(nodes) do
    node:regenerate("CallManager", "TVS")
    node:restart("Cisco Tftp", "Cisco Trust Verification Service", "Cisco CallManager")
  end
  settle()
end
for k = slices // 10 + 1, slices do
  slice(k)
end

step("what is lost", function()
  for i = 1, 4 do
    nodes[i]:regenerate("CallManager", "TVS")
  end
  hq.n1:restart("Cisco Trust Verification Service")
  hq.n2:restart("Cisco Tftp")
  hq.n3:stop("Cisco CallManager")
  hq.n4:stop("Cisco Trust Verification Service")
  hq.n1:regenerate("tomcat")
  settle()
  for _, fleet in ipairs(stuck) do
    fleet:reset()
  end
end)
settle()
