-- TVS regenerated in mixed mode: the CTL has no TVS records and need not be updated
-- why: Whoever has learned that a new certificate means `utils ctl update CTLFile` does it here for nothing.
-- expected: Secure phones stay in service, 7960 (which knows no TVS at all) too. The others take the new ITL
--   by their CTL and open Directories by the new TVS.
-- versions: 10.0 on (tokenless CTL), here 12.5
-- source: Cisco technote 214231; Security Guide 14, Certificates
-- confidence: documented
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
hq:ctl("mixed-mode")
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "Cisco CallManager") end
settle()
local fleets = {}
for i, model in ipairs { "8845", "7965", "7960" } do
  fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
end
settle()

step("regenerate TVS on every node, restart, reset", function()
  for _, node in ipairs(hq.nodes) do
    node:regenerate("TVS")
    node:restart("TVS", "TFTP")
  end
  settle()
  hq:reset()
end)
settle()
for i = 1, 3 do expect(fleets[i]:count { registered = true, lost = false }):equals(n) end
for i = 1, 2 do
  expect(fleets[i]:count { itl_by = "CTL", itl_status = "Match" }):equals(n)
  fleets[i]:press("Directories")
end
settle()
for i = 1, 2 do expect(fleets[i]:count { lost = "secure services" }):equals(0) end
