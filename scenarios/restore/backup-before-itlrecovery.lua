-- A restore from a backup that is older than the new ITLRecovery: who knows the old signer again
-- why: ITLRecovery was regenerated and all phones followed; a disk fails, and the newest backup is from before.
--   From 12.0 on it signs ITL and CTL. CallManager is the second SAST in both, and TVS was not touched.
-- expected: Not in mixed mode: phones take the restored list through TVS, which has the old certificate again, and
--   lose nothing; with TVS regenerated since the backup too they cannot, and `utils itl reset localkey`, which
--   signs with CallManager, is what helps. In mixed mode the CTL of the backup is signed by the old one:
--   8845 take it through TVS and register; 7960 and Jabber refuse it, hold the CTL that they have, and register
--   by that, for CallManager is the same. `utils ctl reset localkey` brings them back too.
-- versions: 12.0 on
-- source: Security Guide 14, Certificates (make a new backup after ITLRecovery is regenerated); Cisco technotes
--   214231 and 116232 (rules)
-- confidence: inferred from the rules; the Security Guide speaks of phones that are unlocked by hand
local n = param("phones", 60)
local function site(name)
  local cl = cluster { name = name, version = "12.5", nodes = { name .. "-pub" } }
  return cl, cl.nodes[1]
end
local hq, pub = site("HQ")
local two, pub2 = site("Two")
local mixed, pub3 = site("Mixed")
mixed:ctl("mixed-mode")
pub3:restart("TFTP", "CallManager")
local plain = hq:phones { count = n, model = "8845" }
local both = two:phones { count = n, model = "8845" }
local secure = mixed:phones { count = n, model = "8845", security = "encrypted" }
local old = mixed:phones { count = n, model = "7960", security = "authenticated", lsc = true }
local jabber = mixed:phones { count = n, model = "Jabber", security = "authenticated", lsc = true }
local clusters = { hq, two, mixed }
local function restart_and_reset()
  for _, cl in ipairs(clusters) do cl.nodes[1]:restart("TVS", "TFTP", "CallManager") end
  settle()
  for _, cl in ipairs(clusters) do cl:reset() end
  settle()
end
settle()
for _, cl in ipairs(clusters) do cl:backup() end

step("regenerate ITLRecovery, by the guide", function()
  for _, cl in ipairs(clusters) do cl.nodes[1]:regenerate("ITLRecovery") end
  mixed:ctl("reset localkey")
  restart_and_reset()
  mixed:ctl("update")
  restart_and_reset()
end)
step("TVS of one of them", function() pub2:regenerate("TVS") restart_and_reset() end)
for _, phones in ipairs { plain, both, secure, old, jabber } do
  expect(phones:count { registered = true, lost = false }, "all followed"):equals(n)
end

step("restore, reset", function()
  for _, cl in ipairs(clusters) do cl.nodes[1]:restore() end
  settle()
  for _, cl in ipairs(clusters) do cl:reset() end
end)
settle()
expect(plain:count { itl_by = "TVS", lost = false }, "TVS as it was"):equals(n)
expect(both:count { registered = true, lost = "trust list" }, "TVS of the backup unknown"):equals(n)
expect(both:count { needs_hands = true }):equals(0)
expect(secure:count { registered = true, ctl_by = "TVS", lost = false }):equals(n)
for _, phones in ipairs { old, jabber } do
  expect(phones:count { registered = true, lost = "trust list" }, "no TVS to ask"):equals(n)
  expect(phones:count { needs_hands = true }):equals(0)
end
step("localkey", function()
  two:itl("reset localkey")
  mixed:ctl("reset localkey")
  pub3:restart("TFTP", "CallManager")
  settle()
  for _, cl in ipairs(clusters) do cl:reset() end
end)
settle()
for _, phones in ipairs { both, secure, old, jabber } do
  expect(phones:count { registered = true, lost = "trust list" }, "signed by CallManager"):equals(0)
end
