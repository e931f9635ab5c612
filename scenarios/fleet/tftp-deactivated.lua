-- Cisco Tftp deactivated on the only node: nobody gets a file until it is activated again
-- why: Service Activation is one click away from Control Center, and a service that is deactivated is
--   not started by a reboot. Phones go on with what they hold, so that nothing seems wrong until somebody
--   wants to change something.
-- expected: Phones that are reset find no TFTP, keep their lists and configuration and register, but take
--   no change. Activating Cisco Tftp and a reset bring everything back; nothing on the phones is wrong.
-- versions: all
-- source: Serviceability guide, Service Activation; technote 116232 (a file that does not come replaces
--   nothing)
-- confidence: inferred
local n = param("phones", 200)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
local fleet = hq:phones { count = n, model = "8845" }
settle()

step("deactivate Cisco Tftp", function() hq.pub:deactivate("Cisco Tftp") end)
settle()
expect(fleet:count { lost = true }, "nobody asks for a file yet"):equals(0)
expect(refused(function() hq.pub:start("Cisco Tftp") end)):contains("Cisco Tftp is not activated on pub")

step("reset", function() fleet:reset() end)
settle()
expect(fleet:count { registered = true, lost = "configuration" }):equals(n)
expect(fleet:count { lost = "trust list" }):equals(n)
expect(fleet:count { needs_hands = true }):equals(0)
expect(fleet:count { remedy = "activate-services" }):equals(n)

step("activate it again", function()
  hq.pub:activate("Cisco Tftp")
  settle()
  fleet:reset()
end)
settle()
expect(fleet:count { lost = true }):equals(0)
expect(fleet:count { registered = true, itl_status = "Match" }):equals(n)
