-- The certificate of Tomcat expires: Directories, and nothing else
-- why: The phone judges the certificate of the HTTPS server that it opens. Cisco's list of impacts
--   says that phones cannot open HTTPS services of the node then; a renewal guide in Cisco's
--   community says that it has no functional impact but warnings in browsers.
-- expected: Nobody loses registration or lists. By the first reading Directories ends in "Host Not
--   Found" on phones that open it by HTTPS, not on a 7940 that opens the plain URL; what TVS said
--   before the day does not help, for the date is the server's. By the second (dates_of_https=0)
--   nothing changes. Tomcat regenerated and restarted brings it back without a reset.
-- versions: all
-- source: Cisco technote 214231, impact by certificate store; "CUCM certificates renewal procedures
--   for mixed mode cluster" in Cisco's community
-- confidence: both readings documented: knob dates_of_https
start("2031-01-04 12:00")
local hq = cluster { name = "HQ", version = "14", nodes = { "pub" }, installed = "2026-01-06 06:00" }
local n = param("phones", 100)
local looks = param("dates_of_https", 1)
local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" },
                 hq:phones { count = n, model = "6921" } }
local plain = hq:phones { count = n, model = "7940" }
knob("dates_of_https", looks)
settle()
step("regenerate all but tomcat in time", function()
  hq.pub:regenerate("CallManager", "CallManager-ECDSA", "CAPF")
end)
settle()
step("and TVS", function() hq.pub:regenerate("TVS") end)
settle()
step("users press Directories", function()
  for _, fleet in ipairs(fleets) do fleet:press("Directories", "10m") end
end)
settle()
for _, fleet in ipairs(fleets) do expect(fleet:count { lost = false }):equals(n) end

step("tomcat expires", function() wait("20h") end)
step("users press Directories again", function()
  for _, fleet in ipairs(fleets) do fleet:press("Directories", "10m") end
  plain:press("Directories", "10m")
end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { lost = "secure services" }, "TVS said yes less than a day ago"):equals(looks * n)
  expect(fleet:count { registered = true }):equals(n)
end
expect(plain:count { lost = false }):equals(n)

step("reset", function() hq:reset() end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, itl_status = "Match", config = "signed" }):equals(n)
  expect(fleet:count { lost = "secure services" }):equals(looks * n)
end

step("regenerate tomcat", function()
  hq.pub:regenerate("tomcat")
  hq.pub:restart("Cisco Tomcat")
end)
settle()
for _, fleet in ipairs(fleets) do expect(fleet:count { lost = false }):equals(n) end
