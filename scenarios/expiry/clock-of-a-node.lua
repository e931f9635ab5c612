-- A node whose clock is a year ahead makes a certificate that nobody else can use yet
-- why: A certificate begins an hour before the clock of its node when it was made. A node that lost
--   its NTP server and was set by hand makes one that begins next year.
-- expected: Phones that register at that node have the wrong time from it, and find all in order.
--   Phones that registered at the other node have the right time, and open no page of the first one:
--   its Tomcat is not valid yet. The clock set right does not mend the certificate; made once more
--   it does.
-- versions: all
-- source: Cisco Administration Guide, Phone NTP Reference; technote 214231
-- confidence: inferred from where phones have their time; knob dates_of_https
start("2027-03-01 06:00")
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" }, installed = "2026-01-06 06:00" }
local n = param("phones", 100)
pool { name = "of pub", group = { "pub" } }
pool { name = "of both", group = { "pub", "sub" } }
local there = hq:phones { count = n, model = "8845", pool = "of pub" }
local other = hq:phones { count = n, model = "7965", pool = "of both" }
hq.pub:stop("Cisco CallManager")
settle()
expect(other:count { server = "sub" }):equals(n)
knob("failback_us", "30d")

step("the clock of pub is a year ahead", function()
  hq.pub:clock { ahead = "365d" }
  hq.pub:start("Cisco CallManager")
end)
wait("10m")
expect(there:count { registered = true, lost = false }):equals(n)
expect(other:count { server = "sub", lost = false }):equals(n)

step("regenerate tomcat on pub", function() hq.pub:regenerate("tomcat") hq.pub:restart("Cisco Tomcat") end)
wait("10m")
expect(there:count { lost = false }, "the same wrong clock"):equals(n)
expect(other:count { lost = "secure services" }, "Directories is at pub"):equals(n)
expect(other:count { registered = true }):equals(n)

step("the clock of pub is set right", function() hq.pub:clock {} end)
wait("10m")
step("reset", function() there:reset() end)
wait("10m")
expect(there:count { lost = "secure services" }, "not valid yet for anybody"):equals(n)
expect(other:count { lost = "secure services" }):equals(n)
for _, fleet in ipairs { there, other } do expect(fleet:count { remedy = "regenerate" }):equals(n) end

step("regenerate tomcat once more", function() hq.pub:regenerate("tomcat") hq.pub:restart("Cisco Tomcat") end)
wait("10m")
expect(there:count { lost = false }):equals(n)
expect(other:count { lost = false }):equals(n)
expect(there:count { needs_hands = true }):equals(0)
