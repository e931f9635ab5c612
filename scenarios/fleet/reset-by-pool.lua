-- Phones are reset pool by pool behind each certificate, and one pool is forgotten
-- why: Large clusters are reset in batches. A pool that is passed over between two certificates holds the ITL from
--   before both, and nothing says so: its phones are registered, and lose nothing until their next boot.
-- expected: Pools that were reset behind each certificate lose nothing. Phones of the forgotten one take neither list
--   nor configuration when they are reset at last, and need hands (9.1 has no recovery key).
-- versions: 8.0 to 11.5; here 9.1
-- source: technote 214231 and Security Guides (reset all phones, in batches, before the next certificate); Device Pool:
--   Reset
-- confidence: documented; what the forgotten pool loses follows from the rules of trust
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub", "sub" } }
hq:group("main", { hq.pub, hq.sub })
local fleets, pools = {}, { "First", "Second", "Forgotten" }
for i, name in ipairs(pools) do
  hq:pool(name, "main")
  fleets[i] = hq:phones { count = n, model = "8845", pool = name }
end
settle()

local function renew(own)
  for _, node in ipairs(hq.nodes) do
    node:regenerate(own)
    node:restart("TVS", "CallManager")
  end
  settle()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
end

step("CallManager", function()
  renew("CallManager")
  for i = 1, 2 do hq:reset_pool { pool = pools[i] } end
  settle()
end)
for i = 1, 2 do expect(fleets[i]:count { itl_status = "Match", lost = false }, pools[i]):equals(n) end
expect(fleets[3]:count { registered = true, lost = false }, "forgotten, and nobody notices"):equals(n)
expect(fleets[3]:count { itl_status = "Match" }):equals(0)

step("TVS", function()
  renew("TVS")
  for _, name in ipairs(pools) do hq:reset_pool { pool = name } end
  settle()
end)
for i = 1, 2 do expect(fleets[i]:count { itl_status = "Match", lost = false }, pools[i]):equals(n) end
expect(fleets[3]:count { registered = true, lost = "configuration", needs_hands = true }):equals(n)
