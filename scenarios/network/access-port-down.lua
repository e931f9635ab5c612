-- Access ports of some phones go down while certificates change: who only needs the port
-- why: A switch of one floor fails. Its phones lose registration at once, for a reason that no certificate has
--   anything to do with; whoever is away while both CallManager and TVS change needs more than the switch.
-- expected: With the port alone down a phone is registered nowhere, and the port mended brings it back by itself,
--   with the lists that it holds. Those whose port came back before the change follow it. On 9.1 with a publisher
--   alone, both certificates regenerated meanwhile: the port and hands.
-- versions: 8.0 to 9.1
-- source: Cisco technote 214231 (phones that are off meanwhile); phone guides (keepalive)
-- confidence: documented for phones that are off; that a port that is down is no other matter, inferred
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub" } }
local floor = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
local others = hq:phones { count = n, model = "8845" }
settle()
step("the ports of one floor are down", function()
  for _, fleet in ipairs(floor) do fleet:link { down = true } end
  wait("1h")
end)
for _, fleet in ipairs(floor) do
  expect(fleet:count { lost = "registration", remedy = "mend-phone-network" }):equals(n)
end
expect(others:count { registered = true, lost = false }):equals(n)
step("the ports of the 8845 are up", function() floor[2]:link {} wait("1h") end)
expect(floor[2]:count { registered = true, lost = false }):equals(n)
for _, own in ipairs { "CallManager", "TVS" } do
  step("regenerate " .. own, function()
    hq.pub:regenerate(own)
    hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
    settle()
    hq:reset()
    settle()
  end)
end
expect(floor[1]:count { needs_hands = true }):equals(n)
step("all ports are up", function() floor[1]:link {} wait("1h") end)
expect(floor[1]:count { registered = true, needs_hands = true }):equals(n)
for _, fleet in ipairs { floor[2], others } do
  expect(fleet:count { registered = true, lost = false, itl_status = "Match" }):equals(n)
end
