-- Cisco CallManager deactivated on one node: the groups lose it, and do not get it back by themselves
-- why: Deactivated is more than stopped. The server leaves the database, and with that every CallManager
--   group; activating the service again makes a server that no group names.
-- expected: Phones with another server in their group go there at once. Phones of a group of that node alone
--   are out of service until Cisco CallManager is active again; after a reset they have a configuration
--   without servers and register where they get their files, if that node runs CallManager, else nowhere.
--   Two acts bring those back: activate it, and put it into the group again.
-- versions: all
-- source: Serviceability guide, Service Activation; technote "Migrating IP Phones Between Clusters with CUCM
--   8" (the TFTP server as the last resort)
-- confidence: inferred
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub", "tftp" } }
hq.tftp:deactivate("Cisco CallManager")
hq:group("both", { "sub", "pub" })
hq:group("alone", { "sub" })
hq:pool("both", "both")
hq:pool("alone", "alone")
local both = hq:phones { count = n, model = "8845", pool = "both" }
local alone = hq:phones { count = n, model = "8845", pool = "alone" }
both:move { tftp = hq.tftp }
alone:move { tftp = hq.tftp }
settle()
expect(both:count { server = "sub" } + alone:count { server = "sub" }):equals(2 * n)

step("deactivate Cisco CallManager on sub", function() hq.sub:deactivate("Cisco CallManager") end)
settle()
expect(both:count { registered = true, server = "pub" }):equals(n)
expect(alone:count { lost = "registration" }):equals(n)

step("reset", function()
  hq:reset()
  alone:power("off")
  alone:power("on")
end)
settle()
expect(both:count { lost = false, server = "pub" }, "its group is the publisher alone"):equals(n)
expect(alone:count { lost = "registration" }):equals(n)
expect(alone:count { needs_hands = true }):equals(0)
expect(alone:count { remedy = "change-group" }, "any CallManager in the group does it"):equals(n)

step("activate it again", function() hq.sub:activate("Cisco CallManager") end)
settle()
expect(alone:count { lost = "registration" }, "no group names it"):equals(n)
step("into the group", function() hq:change_group { group = "alone", members = hq.sub } end)
settle()
expect(alone:count { lost = false, server = "sub" }):equals(n)
