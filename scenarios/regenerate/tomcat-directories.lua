-- Tomcat regenerated and Directories pressed, with TVS and without
-- why: No list names the Tomcat certificate: a phone that opens an HTTPS service asks TVS about it.
--   Nobody notices a stopped TVS until somebody presses the key.
-- expected: With TVS the new certificate is vouched for and the page opens. With TVS stopped, a
--   phone that asked before has the answer for a day; after that, and on every other phone, the
--   display says "Host Not Found". Calls go on all the time.
-- versions: 8.0 and later
-- source: Cisco technote 116232; field reports of "Host Not Found"
-- confidence: documented; the day is the observed time to live of an answer
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965" }
settle()
local curious = fleet:part(0.5)
local others = fleet:except(curious)

step("regenerate tomcat", function()
  hq.pub:regenerate("tomcat")
  hq.pub:restart("Cisco Tomcat")
end)
settle()
expect(fleet:count { registered = true }):equals(fleet:count())

step("half of the users press Directories", function() curious:press("Directories", "10m") end)
settle()
expect(curious:count { lost = "secure services" }, "TVS vouches for Tomcat"):equals(0)

step("stop TVS", function() hq.pub:stop("Cisco Trust Verification Service") end)
wait("1h")

step("all users press Directories", function() fleet:press("Directories", "10m") end)
settle()
expect(curious:count { lost = "secure services" }, "the answer of TVS is remembered"):equals(0)
expect(others:count { lost = "secure services" }):equals(#others)

wait("1d")
step("all users press Directories a day later", function() fleet:press("Directories", "10m") end)
settle()
expect(fleet:count { lost = "secure services" }):equals(fleet:count())
expect(fleet:count { registered = true }, "calls are not affected"):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(0)

step("start TVS", function() hq.pub:start("Cisco Trust Verification Service") end)
settle()
step("all users press Directories again", function() fleet:press("Directories", "10m") end)
settle()
expect(fleet:count { lost = "secure services" }):equals(0)
expect(fleet:count { lost = false }):equals(fleet:count())
