-- Phones are reset by device pool behind each certificate, and one pool is forgotten; or by CallManager group
-- why: Large clusters are reset in batches. A pool that is passed over between two certificates holds the ITL from
--   before both, and nothing says so: its phones are registered, and lose nothing until their next boot.
-- expected: Pools that were reset behind each certificate lose nothing. Phones of the forgotten one take neither list
--   nor configuration when they are reset at last, and need hands (9.1 has no recovery key). Reset on the page of the
--   CallManager group reaches all its device pools: where the groups are gone through, nobody is forgotten.
-- versions: 8.0 to 11.5; here 9.1
-- source: technote 214231 and Security Guides (reset all phones, in batches, before the next certificate); pages
--   Device Pool and Cisco Unified CM Group
-- confidence: documented; what the forgotten pool loses follows from the rules of trust
local n = param("phones", 40)
local pools = { "First", "Second", "Forgotten" }

local function site(name)
  local cluster = cluster { name = name, version = "9.1", nodes = { name .. "-pub", name .. "-sub" } }
  local fleets = {}
  cluster:group("main", cluster.nodes)
  for i, pool in ipairs(pools) do
    cluster:pool(pool, "main")
    fleets[i] = cluster:phones { count = n, model = "8845", pool = pool }
  end
  return cluster, fleets
end

local function renew(cluster, own)
  for _, node in ipairs(cluster.nodes) do
    node:regenerate(own)
    node:restart("TVS", "CallManager")
  end
  settle()
  for _, node in ipairs(cluster.nodes) do node:restart("TFTP") end
  settle()
end

local batches, by_pool = site("Pools")
local groups, by_group = site("Groups")
settle()

step("CallManager", function()
  renew(batches, "CallManager")
  renew(groups, "CallManager")
  for i = 1, 2 do batches:reset_pool { pool = pools[i] } end
  groups:reset_group { group = "main" }
  settle()
end)
for i = 1, 2 do expect(by_pool[i]:count { itl_status = "Match", lost = false }, pools[i]):equals(n) end
expect(by_pool[3]:count { registered = true, lost = false }, "forgotten, and nobody notices"):equals(n)
expect(by_pool[3]:count { itl_status = "Match" }):equals(0)

step("TVS", function()
  renew(batches, "TVS")
  renew(groups, "TVS")
  for _, name in ipairs(pools) do batches:reset_pool { pool = name } end
  groups:reset_group { group = "main" }
  settle()
end)
for i = 1, 2 do expect(by_pool[i]:count { itl_status = "Match", lost = false }, pools[i]):equals(n) end
expect(by_pool[3]:count { registered = true, lost = "configuration", needs_hands = true }):equals(n)
for i = 1, 3 do expect(by_group[i]:count { itl_status = "Match", lost = false }, "by group"):equals(n) end
