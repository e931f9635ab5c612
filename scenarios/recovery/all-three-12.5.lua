-- CallManager, TVS and ITLRecovery at once on 12.5: nothing is left that phones know
-- why: Both SAST of the phones' ITL have gone, and no TVS shows the certificate that they hold. `utils itl reset
--   localkey` signs with CallManager, which is new.
-- expected: CallManager and ITLRecovery alone: TVS vouches. With TVS too every phone refuses lists and
--   configuration and needs hands, behind localkey as before. Phones that are not secure stay registered by the
--   rules; technote 225746 says that all are unregistered, and names localkey as a way.
-- versions: 12.0 on
-- source: Cisco technote 225746 (15), Security Guide 14
-- confidence: documented that phones are lost; that localkey is no help is inferred from what it signs with
local n = param("phones", 100)
local function build(name)
  local hq = cluster { name = name, version = "12.5", nodes = { name .. "-pub", name .. "-sub" } }
  local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" },
                   hq:phones { count = n, model = "8865" } }
  settle()
  fleets[3]:move { tftp = { hq.nodes[2], hq.nodes[1] } }
  hq:reset()
  settle()
  return hq, fleets
end
local function each(hq, ...)
  for _, node in ipairs(hq.nodes) do node:restart(...) end
  settle()
end
local function all(fleets, what, filters)
  for i, fleet in ipairs(fleets) do expect(fleet:count(filters), what .. " " .. i):equals(n) end
end

local hq, fleets = build("three")
step("CallManager and ITLRecovery", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
  hq.nodes[1]:regenerate("ITLRecovery")
  settle()
  each(hq, "TVS", "TFTP", "CallManager")
  hq:reset()
  settle()
end)
all(fleets, "TVS is the same", { lost = false, registered = true, itl_by = "TVS" })
step("CallManager, TVS and ITLRecovery", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager", "TVS") end
  hq.nodes[1]:regenerate("ITLRecovery")
  settle()
  each(hq, "TVS", "TFTP", "CallManager")
  hq:reset()
  settle()
end)
all(fleets, "all three", { registered = true, lost = "trust list", needs_hands = true })
step("utils itl reset localkey", function() hq:itl("reset localkey") hq:reset() settle() end)
all(fleets, "localkey", { lost = "trust list", needs_hands = true })
