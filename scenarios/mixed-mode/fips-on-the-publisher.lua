-- FIPS mode on the publisher of a cluster in mixed mode: CallManager, CAPF, TVS and ITLRecovery are all new at once
-- why: Both signers of the CTL are the publisher's. The other node's TVS is the last that phones know, CAPF's LSCs belong to
--   nobody, and models without TVS have no one to ask.
-- expected: With a group of both nodes and the CTL updated, phones that show their MIC and those that are not secure have
--   taken everything through the subscriber's TVS. Those with an LSC have the lists and register nowhere until
--   they have a new one, which the new CAPF, in the list, issues. 7960 takes no list: a new LSC and hands. With a group of
--   the publisher alone nobody vouches: secure phones register nowhere, and all of them need hands.
-- versions: 12.0 on (before, ITLRecovery signs no list); here 12.5
-- source: Security Guide, FIPS mode (all certificates); technotes 118893 (7960), 225746, case 4 (LSCs)
-- confidence: documented what is regenerated; the outcome is inferred
local n = param("phones", 30)
local function run(name, alone)
  local hq = cluster { name = name, version = "12.5", nodes = { name .. "-pub", name .. "-sub" } }
  local pub = hq.nodes[1]
  hq:ctl("mixed-mode")
  if alone then hq:change_group { members = { pub } } end
  local lsc = hq:phones { count = n, model = "8845", security = "encrypted", lsc = true }
  local mic = hq:phones { count = n, model = "8845", security = "encrypted" }
  local old = hq:phones { count = n, model = "7960", security = "authenticated", lsc = true }
  local plain = hq:phones { count = n, model = "8845" }
  local function restart()
    settle()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end
  restart()
  step(name .. ": FIPS mode on the publisher", function() pub:fips("enable") settle() end)
  step(name .. ": utils ctl update CTLFile", function() hq:ctl("update") restart() end)
  return lsc, mic, old, plain, hq
end
local lsc, mic, old, plain, hq = run("Both", false)
for _, fleet in ipairs { mic, plain } do expect(fleet:count { lost = false, ctl_by = "TVS" }):equals(n) end
expect(lsc:count { lost = "registration", itl_status = "Match", remedy = "install-lsc" }):equals(n)
expect(old:count { lost = "registration", remedy = "hands" }):equals(n)
step("Both: new LSCs", function() lsc:install_lsc {} settle() hq:reset() settle() end)
expect(lsc:count { registered = true, lost = false, certificate = "LSC" }):equals(n)
step("Both: 7960", function()
  old:install_lsc {}
  old:delete_trust_list()
  settle()
end)
expect(old:count { registered = true, lost = false }):equals(n)

lsc, mic, old, plain = run("Alone", true)
for _, fleet in ipairs { lsc, mic, old } do
  expect(fleet:count { lost = "registration", remedy = "hands" }):equals(n)
end
expect(plain:count { registered = true, lost = "trust list", remedy = "hands" }):equals(n)
