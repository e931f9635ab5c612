-- TCP 2445 is blocked at one site: CallManager is regenerated, and that site alone is stuck
-- why: TVS is needed on the day of a change and on no other, so a firewall that drops 2445 is seen by
--   nobody until then. Files (69, 6970) and registration (2000, 5060) go through.
-- expected: Phones at HQ take the new ITL through TVS. Phones at the branch wait for each TVS of their
--   group in vain, keep the ITL that they hold, refuse the new configuration, and stay registered with
--   what they have. Nobody has to touch them: with the port open a reset is enough.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232 (TVS on TCP 2445 is who vouches for a new signer); "Migrating IP Phones
--   Between Clusters with CUCM 8" (what a phone that trusts nothing new does)
-- confidence: documented in its parts; a firewall inferred from them
local hq = cluster { name = "HQ", version = "10.5(2)", nodes = { "pub", "sub" } }
local n = param("phones", 200)
local at_hq = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
local branch = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
local old = hq:phones { count = n, model = "7940" } -- holds no ITL, asks no TVS
for _, fleet in ipairs { branch[1], branch[2], old } do fleet:site("Branch") end
for _, node in ipairs { hq.pub, hq.sub } do node:block { port = "TVS", site = "Branch" } end
settle()

step("regenerate CallManager", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("Cisco Tftp")
  settle()
  hq:reset()
end)
settle()
for i = 1, 2 do
  expect(at_hq[i]:count { itl_by = "TVS", itl_status = "Match", lost = false }):equals(n)
  expect(branch[i]:count { registered = true, lost = "trust list" }):equals(n)
  expect(branch[i]:count { lost = "configuration" }):equals(n)
  expect(branch[i]:count { remedy = "open-port" }):equals(n)
end
expect(old:count { registered = true, lost = false }):equals(n)

step("open the port", function()
  for _, node in ipairs { hq.pub, hq.sub } do node:open { port = 2445, site = "Branch" } end
  hq:reset()
end)
settle()
for i = 1, 2 do
  expect(branch[i]:count { itl_by = "TVS", itl_status = "Match", lost = false }):equals(n)
end
