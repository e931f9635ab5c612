-- The clock of a single node jumps six years ahead: everything has expired, and nothing has
-- why: The hypervisor gave the node the wrong time and NTP was not reachable. Phones have their time from the
--   CallManager where they register, and certificates of five years are over by that.
-- expected: The phones stay registered: none of them is secure. At the next boot they take the clock of the node, by
--   which the certificates of TVS and Tomcat have expired: TVS is not asked, Directories does not open. CallManager
--   regenerated in that time would be a trap. The clock set right and a reset bring it back: no certificate is
--   regenerated. With the knob dates_of_https=0 nobody loses anything.
-- versions: all; here 11.5
-- source: technote 214231 (expired TVS and tomcat certificates); Administration Guide, NTP
-- confidence: inferred from where phones have their time; knobs dates_of_https, dates_of_tvs
start("2026-03-02 06:00")
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub" }, installed = "2026-01-06 06:00" }
local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
settle()
step("the clock is six years ahead", function()
  hq.pub:clock { ahead = "2192d" }
  hq:reset()
  settle()
  for _, fleet in ipairs(fleets) do fleet:press("Directories") end
  wait("10m")
end)
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = "secure services" }):equals(n)
  expect(fleet:count { remedy = "node-clock" }):equals(n)
end
step("the clock is right", function()
  hq.pub:clock {}
  hq:reset()
  settle()
  for _, fleet in ipairs(fleets) do fleet:press("Directories") end
  wait("10m")
end)
for _, fleet in ipairs(fleets) do expect(fleet:count { registered = true, lost = false }):equals(n) end
