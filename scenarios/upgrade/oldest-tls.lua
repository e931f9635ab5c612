-- The oldest TLS that a cluster takes: 1.2 after an installation of 15SU2, as it was after an upgrade to it
-- why: Up to 15SU1 a new cluster takes TLS 1.0. From 15SU2 on it takes 1.2 and later; who upgrades keeps
--   what the cluster had. A 7965 speaks TLS 1.0 alone: on a new cluster it has no TVS and no secured pages.
-- expected: On the new cluster the 7965 cannot open Directories, the 8861 can. On the upgraded one both
--   can. `set tls min-version 1.0` on the new one, and a reset, brings it to the 7965 too. TLS 1.3 as the
--   oldest is refused on 15 and taken on 15SU2.
-- versions: 15SU2 on; `set tls min-version` is there from 11.5(1)SU3 on
-- source: Security Guide 15, chapter TLS 1.3 Setup (From Release 15SU2 Onwards); release notes 15SU2
-- confidence: documented; that the 7965 ends at TLS 1.0 is observed
local n = param("phones", 100)
local new = cluster { name = "NEW", version = "15SU2", nodes = { "pub" } }
local upgraded = cluster { name = "UP", version = "15", nodes = { "pub2" } }
local early = cluster { name = "EARLY", version = "11.5", nodes = { "pub3" } }
cluster { name = "STRICT", version = "15SU2", nodes = { "pub4" } }:set("tls_min", "1.3")
local fleets = {}
for i, hq in ipairs { new, upgraded } do
  fleets[i] = { old = hq:phones { count = n, model = "7965" }, young = hq:phones { count = n, model = "8861" } }
end
settle()
expect(refused(function() upgraded:set("tls_min", "1.3") end)):contains("nothing older than TLS 1.3")
expect(refused(function() early:set("tls_min", "1.2") end))
  :contains("nothing older than TLS 1.2")
expect(refused(function() early:upgrade("15SU2") end)):contains("first to 12.5 or later")
step("upgrade", function() upgraded:upgrade("15SU2") end)
settle()
step("press Directories", function()
  for _, f in ipairs(fleets) do f.old:press("Directories") f.young:press("Directories") end
end)
settle()
expect(fleets[1].old:count { lost = "secure services" }, "installed as 15SU2"):equals(n)
expect(fleets[1].young:count { lost = true }):equals(0)
expect(fleets[2].old:count { lost = true }, "upgraded to it"):equals(0)
expect(fleets[2].young:count { lost = true }):equals(0)
step("set tls min-version 1.0", function()
  new:set("tls_min", "1.0")
  new:reset()
end)
settle()
fleets[1].old:press("Directories")
settle()
expect(fleets[1].old:count { lost = true }):equals(0)
