-- FIPS mode on a cluster of one node: every certificate changes at once
-- why: Enabling FIPS mode makes the node regenerate all its keys and reboot. With one node that is
--   CallManager and TVS together, which no phone survives where CallManager signs the ITL.
-- expected: Every phone keeps calling with what it has and needs hands. With the rollback parameter
--   first (the next scenario) nobody does.
-- versions: 8.6 to 11.5; 12.0 on ITLRecovery goes with them, and the outcome is the same
-- source: Security Guide 9.1 and 14SU2, FIPS mode (keys are regenerated, the node reboots); Security
--   Guide 14, Default Security (rollback parameter first where there is one server)
-- confidence: documented; that all kinds are regenerated is inferred
local hq = cluster { name = "HQ", version = param("version", "9.1"), nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
local old = hq:phones { count = fleet:count(), model = "7960" }
settle()

step("utils fips enable", function() hq.pub:fips("enable") end)
settle()
expect(refused(function() hq.pub:fips("enable") end)):contains("FIPS mode is enabled on pub already")
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { registered = true }, "calls still work"):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(fleet:count())
expect(old:count { lost = true }, "phones without trust lists"):equals(0)
expect(refused(function() hq.pub:generate("tomcat", "RSA-1024") end)):contains("in FIPS mode")
