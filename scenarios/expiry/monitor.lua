-- What the Certificate Expiry Monitor says, and how little four hundred days cost
-- why: The monitor runs once in 24 hours, and every hour while a certificate has expired or will
--   within a day. It begins "Notification Start Time" days before, and says it again as often as
--   "Notification Frequency" says. The trace has each step nearer once; what is said again every
--   hour is not.
-- expected: Alarms for Tomcat of both nodes at 30, 23, 16 and 9 days (of 30 and 7), at a week, in the
--   last day, and when it has expired; none for what was regenerated in time. All phones are
--   registered all the time. The report lists what expires up to a year behind the end.
-- versions: all
-- source: Cisco Security Guide 12.5, certificate monitoring; syslog of an expired tomcat
-- confidence: the runs documented, the text of an expired one observed, other texts and the standard
--   numbers assumed
start("2030-11-01 06:00")
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" }, installed = "2026-01-06 06:00" }
local fleet = hq:phones { count = param("phones", 100), model = "8845" }
hq:set("Notification Start Time", 30)
hq:set("Notification Frequency", 7)
settle()
step("regenerate all but tomcat in time", function()
  for _, node in ipairs(hq.nodes) do
    node:regenerate("CallManager", "CallManager-ECDSA", "TVS", "CAPF", "ipsec")
    node:restart("Cisco Trust Verification Service")
    node:restart("Cisco CallManager")
  end
  wait("1m")
  for _, node in ipairs(hq.nodes) do node:restart("Cisco Tftp") end
  wait("1m")
  hq:reset()
end)
settle()
step("400 days", function() wait("400d") end)
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { lost = "secure services" }, "tomcat, by the knob dates_of_https"):equals(fleet:count())
expect(now()):at_least(400 * 86400)
