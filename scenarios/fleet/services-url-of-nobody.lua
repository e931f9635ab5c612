-- The URLs of Services name a server that has no pages for phones any more
-- why: The URL of Services is an enterprise parameter. It was pointed at a server for phone applications, which does
--   something else by now (here a plain file server); nobody remembers that phones ask it.
-- expected: Phones stay registered and open Directories, which is the cluster's own. Services is lost. No
--   certificate helps, for no HTTPS server answers: the URL names a server of the cluster again, and phones know it behind
--   a reset. What that server had is given up by that, so that it is named only where nothing else helps.
-- versions: all; here 12.5
-- source: System Configuration Guides, "Phone services", enterprise parameters; technote 118699
-- confidence: documented that the URL is a parameter; the rest inferred
-- live = true
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local web = cluster { name = "Web", version = "file server", nodes = { "old" } }
local fleets = { hq:phones { count = n, model = "8845" }, hq:phones { count = n, model = "7965" } }
settle()
step("Services at a server that has none", function()
  hq:services_url { server = web.old }
  hq:reset()
  settle()
  for _, fleet in ipairs(fleets) do fleet:press("Services") end
end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = "secure services" }):equals(n)
  expect(fleet:count { remedy = "services-url" }):equals(n)
end
step("at the publisher again", function()
  hq:services_url { server = hq.pub }
  hq:reset()
  settle()
  for _, fleet in ipairs(fleets) do fleet:press("Services") end
end)
settle()
for _, fleet in ipairs(fleets) do expect(fleet:count { registered = true, lost = false }):equals(n) end
