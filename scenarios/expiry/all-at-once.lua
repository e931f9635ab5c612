-- Everything expires on one day, and is renewed on one day: the second is what hurts
-- why: A cluster that was installed in one go has certificates that end in one second. Cisco's guide
--   to common issues begins with it: CallManager, TVS and ITLRecovery had expired and were renewed
--   at the same time, and all phones were unregistered or did not trust the cluster.
-- expected: On the day all phones stay registered, and HTTPS services stop. All renewed at once, with
--   a reset behind it, on 8.6: no phone knows the new signer, nor the new TVS, and each needs hands,
--   though calls go on. On 14 ITLRecovery lasts longer, is still the signer, and nobody is lost; had
--   it been renewed as well, all would.
-- versions: all
-- source: Cisco technote 225746 (15), scenario 1; technote 214231
-- confidence: documented
start("2031-01-01 06:00")
local day = "2026-01-06 06:00"
local old = cluster { name = "OLD", version = "8.6", nodes = { "pub", "sub" }, installed = day }
local new = cluster { name = "NEW", version = "14", nodes = { "pub2" }, installed = day }
local all = cluster { name = "ALL", version = "14", nodes = { "pub3" }, installed = day }
local n = param("phones", 100)
local f = { old:phones { count = n, model = "7965" }, new:phones { count = n, model = "8845" },
            all:phones { count = n, model = "8845" } }
settle()
step("everything expires", function() wait("10d") end)
for _, fleet in ipairs(f) do
  expect(fleet:count { registered = true }):equals(n)
  expect(fleet:count { lost = "secure services" }):equals(n)
end
step("renew all of it", function()
  for _, node in ipairs { old.pub, old.sub, new.pub2, all.pub3 } do
    node:regenerate("CallManager", "TVS", "tomcat")
    for _, service in ipairs { "Cisco Trust Verification Service", "Cisco Tomcat", "Cisco Tftp" } do
      node:restart(service)
    end
  end
  all.pub3:regenerate("ITLRecovery")
end)
wait("5m")
step("reset", function() for _, c in ipairs { old, new, all } do c:reset() end end)
settle()
for _, fleet in ipairs(f) do expect(fleet:count { registered = true }, "calls go on"):equals(n) end
expect(f[1]:count { needs_hands = true }):equals(n)
expect(f[2]:count { lost = false }):equals(n)
expect(f[3]:count { lost = "trust list" }):equals(n)
