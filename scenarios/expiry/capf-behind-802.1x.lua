-- CAPF and all LSCs expire where the switch ports want 802.1X
-- why: Phones prove themselves at the switch with an LSC. When it is over the port stays closed, so they reach
--   no CAPF that could give them another one.
-- expected: At their next boot all phones are without network. No act on the cluster reaches them: the ports are let
--   open, then CAPF is regenerated, the RADIUS server told of it, and new LSCs issued. Ports can be closed again then.
-- versions: all (run on 12.5)
-- source: Cisco technotes 225746, cases 4, and 214231 (expired CAPF); Cisco IOS, "authentication open"
-- confidence: documented that 802.1X fails; the way out inferred
start("2025-01-06 06:00")
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:set("gates_take_mic", false)
local fleet = hq:phones { count = n, model = "8845" }
fleet:install_lsc {}
fleet:set("dot1x", "enabled")
settle()
hq:reset()
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)

step("CAPF has expired", function()
  wait("1900d")
  hq:reset()
  settle()
end)
expect(fleet:count { lost = "802.1X" }):equals(n)
expect(fleet:count { lost = "registration" }):equals(n)

step("open ports", function()
  hq:dot1x("open")
  settle()
end)
expect(fleet:count { registered = true, lost = "802.1X" }):equals(n)

step("new CAPF, new LSCs", function()
  hq.pub:regenerate("CAPF", "CallManager", "TVS", "tomcat")
  hq.pub:restart("CAPF", "TVS", "TFTP", "CallManager", "Tomcat")
  settle()
  hq:radius_add(hq.pub:certificate("CAPF"))
  hq:reset()
  settle()
  fleet:install_lsc {}
  hq:reset()
  settle()
  hq:reset()
  settle()
end)
step("closed ports", function()
  hq:dot1x("closed")
  hq:reset()
  settle()
end)
expect(fleet:count { registered = true, certificate_operation = "Upgrade Success" }):equals(n)
expect(fleet:count { lost = "802.1X" }):equals(0)
