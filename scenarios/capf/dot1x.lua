-- 802.1X by LSC: CAPF is regenerated, and the RADIUS server trusts the old one
-- why: Phones prove themselves at the switch with their LSC. The RADIUS server is no part of the cluster:
--   it trusts the CAPF that somebody gave it, and neither a new CAPF nor new LSCs tell it anything.
-- expected: A new CAPF alone costs nothing at the switch: the LSCs are still of the old one, which the
--   RADIUS server trusts. With new LSCs all phones that do 802.1X show "802.1x Authentication:
--   Failed" and lose 802.1X; at their next boot they have no network where the port is closed
--   (dot1x_closed=1), and are in service all the same where it is open (0). What brings them back is
--   the new CAPF among the trusted CAs of the RADIUS server; no act on the cluster does. Phones with
--   their MIC, and those that do no 802.1X, notice nothing. The old CAPF taken away too early hits
--   those whose LSC is still of it.
-- versions: all (run on 12.5)
-- source: Cisco technotes 225746, cases 4, and 214231; table of situations, row 58
-- confidence: documented; whether the port is closed is the switch's matter
knob("dot1x_closed", false)
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local lsc = hq:phones { count = n, model = "8845", lsc = true }
local late = hq:phones { count = n, model = "7965", lsc = true }
local mic = hq:phones { count = n, model = "8861" }
local without = hq:phones { count = n, model = "7841", lsc = true }
hq:reset()
settle()
for _, fleet in ipairs { lsc, late, mic } do fleet:set("dot1x", "enabled") end
hq:reset()
settle()
hq:reset()
settle()
expect(lsc:count { dot1x = "enabled", lost = false, registered = true }):equals(n)
local old = hq.pub:certificate("CAPF")

step("regenerate CAPF", function()
  hq.pub:regenerate("CAPF")
  hq.pub:restart("Cisco Certificate Authority Proxy Function")
  hq.pub:restart("Cisco Tftp")
  hq.sub:restart("Cisco Tftp")
  wait("1m")
  hq:reset()
end)
settle()
for _, fleet in ipairs { lsc, late, mic, without } do expect(fleet:count { lost = false, registered = true }):equals(n) end

step("new LSCs", function() lsc:install_lsc {} without:install_lsc {} hq:reset() end)
settle()
expect(lsc:count { certificate_operation = "Upgrade Success", lost = "802.1X", registered = true }):equals(n)
for _, fleet in ipairs { late, mic, without } do expect(fleet:count { lost = false, registered = true }):equals(n) end

step("an open port", function() hq:reset() end)
settle()
expect(lsc:count { lost = "802.1X", registered = true }):equals(n)

knob("dot1x_closed", true)
step("a closed port", function() hq:reset() end)
settle()
expect(lsc:count { lost = "802.1X" }):equals(n)
expect(lsc:count { lost = "registration" }):equals(n)
expect(lsc:count { remedy = "radius-add" }):equals(n)
for _, fleet in ipairs { late, mic, without } do expect(fleet:count { lost = false, registered = true }):equals(n) end

step("the RADIUS server trusts the new CAPF", function() hq:radius_add(hq.pub:certificate("CAPF")) end)
settle()
for _, fleet in ipairs { lsc, late, mic, without } do expect(fleet:count { lost = false, registered = true }):equals(n) end

step("and the old one no more, too early", function() hq:radius_remove(old) hq:reset() end)
settle()
expect(late:count { lost = "registration" }):equals(n)
for _, fleet in ipairs { lsc, mic, without } do expect(fleet:count { lost = false, registered = true }):equals(n) end
