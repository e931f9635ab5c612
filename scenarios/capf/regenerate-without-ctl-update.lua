-- CAPF is regenerated and the CTL is not updated: who gets a new LSC all the same
-- why: Guides say to update the CTL behind a new CAPF, and technote 225746 shows secure phones that stay
--   at "Phone is registering" where that was forgotten. What the CTL is needed for is the new LSC: a
--   phone takes it from a CAPF that its lists or TVS vouch for.
-- expected: No secure phone registers with an LSC of the old CAPF. Install/Upgrade brings back those with
--   an ITL, which holds the new CAPF without any CTL update. Models without ITL and TVS (7960) know CAPF by
--   the CTL alone: they break off with it and have no LSC until the CTL is updated, then they have.
-- versions: all with a CTL (run on 12.5)
-- source: Cisco technotes 225746 and 214231; table of situations, row 58
-- confidence: documented that CTL and new LSC are needed; that the ITL does instead is inferred from the
--   roles in it
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
hq:ctl("mixed-mode")
local itl = hq:phones { count = n, model = "7965", security = "authenticated", lsc = true }
local ctl = hq:phones { count = n, model = "7960", security = "authenticated", lsc = true }
hq:reset()
settle()
for _, fleet in ipairs { itl, ctl } do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("regenerate CAPF, no CTL update", function()
  hq.pub:regenerate("CAPF")
  hq.pub:restart("Cisco Certificate Authority Proxy Function")
  hq.pub:restart("Cisco Tftp")
  hq.sub:restart("Cisco Tftp")
  wait("1m")
  hq:reset()
end)
settle()
for _, fleet in ipairs { itl, ctl } do expect(fleet:count { lost = "registration" }):equals(n) end
expect(itl:count { remedy = "install-lsc" }):equals(n)
expect(ctl:count { remedy = "ctl-update+install-lsc" }):equals(n)

step("Install/Upgrade", function() itl:install_lsc {} ctl:install_lsc {} end)
settle()
expect(itl:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)
expect(ctl:count { lost = "registration", certificate_operation = "Operation Pending" }):equals(n)

step("update the CTL", function() hq:ctl("update") end)
settle()
expect(ctl:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)
