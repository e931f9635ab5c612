-- Phone VPN by LSC: CAPF is regenerated, and the gateway trusts the old one
-- why: A phone outside comes through a VPN gateway, which takes its LSC where it trusts the CAPF. As with
--   802.1X nobody tells the gateway of a new one; but a phone outside has no other way to get help.
-- expected: New LSCs of the new CAPF cost phone VPN at once. The next boot ends at the gateway: the
--   phones are gone (vpn_only=1), or lack VPN alone where they stand inside (0). No act on the cluster
--   reaches them; the gateway that trusts the new CAPF brings them back. Gateway first, LSCs then, costs
--   nothing at all.
-- versions: all (run on 14SU1)
-- source: Cisco technote 214231: phone VPN among what a CAPF that is renewed or expired breaks
-- confidence: documented; that a phone outside has no other network is assumed
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "14SU1", nodes = { "pub", "sub" } }
local unprepared = hq:phones { count = n, model = "8845", lsc = true }
local inside = hq:phones { count = n, model = "7841", lsc = true }
hq:reset()
settle()
unprepared:set("vpn", "enabled")
hq:reset()
settle()
hq:reset()
settle()
expect(unprepared:count { vpn = "enabled", registered = true, lost = false }):equals(n)

local function renew()
  hq.pub:regenerate("CAPF")
  wait("5m")
end
step("CAPF is regenerated; phones are reset", renew)
settle()
for _, fleet in ipairs { unprepared, inside } do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("new LSCs", function() unprepared:install_lsc {} inside:install_lsc {} hq:reset() end)
settle()
expect(unprepared:count { certificate_operation = "Upgrade Success", lost = "phone VPN", registered = true }):equals(n)
expect(inside:count { certificate_operation = "Upgrade Success", lost = false }):equals(n)
step("the next boot", function() hq:reset() end)
settle()
expect(unprepared:count { lost = "registration" }):equals(n)
expect(unprepared:count { remedy = "gateway-add" }):equals(n)
expect(inside:count { registered = true, lost = false }):equals(n)

step("the gateway trusts the new CAPF", function() hq:gateway_add(hq.pub:certificate("CAPF")) end)
settle()
expect(unprepared:count { registered = true, lost = false }):equals(n)

step("the same in the other order", function()
  renew()
  hq:gateway_add(hq.pub:certificate("CAPF"))
  unprepared:install_lsc {}
  hq:reset()
end)
settle()
hq:reset()
settle()
expect(unprepared:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)
