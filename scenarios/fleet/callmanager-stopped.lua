-- CallManager stopped on the publisher for twenty minutes: who goes where, and who comes back
-- why: Stopping Cisco CallManager closes its connections, so its phones know at once; a crashed or
--   cut-off server is found by the next keepalive. Restarts of CallManager stand in every renewal of
--   certificates.
-- expected: Phones with a second server in their group go there within a second and lose nothing.
--   When the first answers again they wait two minutes and go back, one after the other: a second
--   interruption. Phones of a group of one are out of service from the stop on, and try again until
--   it answers. A cut-off publisher costs its phones up to a keepalive and the time to try it.
-- versions: all
-- source: Cisco IP Phone guides (restart causes CM-closed-TCP, KeepaliveTO, Failback)
-- confidence: documented; the wait of two minutes, the rate and the times of retries are assumed
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
pool { name = "both", group = { "pub", "sub" } }
pool { name = "alone", group = { "pub" } }
local n = param("phones", 1000)
local both = hq:phones { count = n, model = "8861", pool = "both" }
local alone = hq:phones { count = n, model = "8861", pool = "alone" }
settle()
expect(both:count { registered = true }):equals(n)
expect(alone:count { registered = true }):equals(n)

step("stop CallManager on pub", function() hq.pub:stop("Cisco CallManager") end)
wait("2s")
expect(both:count { server = "sub" }, "at once"):equals(n)
expect(alone:count { registered = true }, "there is no other"):equals(0)
wait("20m")
expect(both:count { lost = false }):equals(n)
expect(alone:count { lost = "registration", remedy = "start-services" }):equals(n)

step("start it again", function() hq.pub:start("Cisco CallManager") end)
settle()
expect(both:count { server = "pub" }, "failback"):equals(n)
expect(alone:count { registered = true }):equals(n)
expect(alone:count { lost = false }):equals(n)

step("cut pub off", function() hq.pub:link { down = true } end)
wait("1s")
expect(both:count { server = "sub" }, "no failover yet"):equals(0)
wait("3m")
expect(both:count { server = "sub" }, "found by keepalive"):equals(n)
expect(both:count { ever_lost = "registration" }):equals(0)

step("mend its network", function() hq.pub:link {} end)
settle()
expect(both:count { server = "pub" }):equals(n)
expect(alone:count { registered = true }):equals(n)
