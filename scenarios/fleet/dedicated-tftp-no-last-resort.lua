-- Phones moved without preparation to a cluster whose TFTP nodes run no CallManager: nobody registers
-- why: A phone that refuses the new configuration still has the old servers. When those are gone it goes to
--   the server that gave it its files, which helps only where that runs Cisco CallManager.
-- expected: TFTP on a node with Cisco CallManager: phones register there, with the old configuration.
--   Dedicated TFTP: they register nowhere. Where the node of the files refuses phones outside their group they
--   register nowhere either.
-- versions: 8.0 on
-- source: technote "Migrating IP Phones Between Clusters with CUCM 8" (TAC): most likely registers to the
--   TFTP server, not where that has no CallManager service; a reply there speaks of rejected registrations
--   (parameter register_outside_group)
-- confidence: documented by TAC, the other reading is run too
local n = param("phones", 100)
local function arrives(name, dedicated, inside)
  local old = cluster { name = name .. "Old", version = "11.5", nodes = { "pub" } }
  local new = cluster { name = name .. "New", version = "12.5", nodes = { "pub", "sub", "tftp" } }
  new.pub:deactivate("Cisco Tftp")
  new.sub:deactivate("Cisco Tftp")
  new:group("servers", { new.pub, new.sub })
  new:pool("servers", "servers")
  if dedicated then new.tftp:deactivate("Cisco CallManager") end
  if inside then new:set("register_outside_group", false) end
  local fleet = old:phones { count = n, model = "8845" }
  settle()
  step(name .. ": option 150, the old cluster is switched off", function()
    fleet:insert { cluster = new, pool = "servers" }
    fleet:move { tftp = new.tftp }
    fleet:power("off")
    old.pub:link { down = true }
    fleet:power("on")
  end)
  settle()
  return fleet
end
local taken = arrives("A", false)
expect(taken:count { server = "ANew/tftp", lost = "configuration" }, "at the TFTP node"):equals(n)
expect(taken:count { lost = "trust list" }):equals(n)
local nowhere = arrives("B", true)
expect(nowhere:count { lost = "registration" }, "it runs no CallManager"):equals(n)
local rejected = arrives("C", false, true)
expect(rejected:count { lost = "registration" }, "rejected: the group does not name it"):equals(n)
