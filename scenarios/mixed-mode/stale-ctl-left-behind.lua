-- A CTL that mixed mode left behind, met by phones that come from elsewhere
-- why: Out of mixed mode CTLFile.tlv stays on every node, signed by what signed it then. Nobody updates
--   it any more. Phones of the cluster hold it and notice nothing; whoever comes later is offered it too.
-- expected: Once CallManager is another, no TVS vouches for the signer of the old file: phones that come
--   from another cluster, with all certificates exchanged, refuse the CTL at every boot and take ITL and
--   configuration. `file delete tftp CTLFile.tlv` on each node ends it: that is what the search names.
-- versions: 10.0 on
-- source: Cisco technotes 118893 and 118892 (delete CTLFile.tlv on each node), 213407
-- confidence: documented that it stays and is deleted by node; who notices is inferred
local n = param("phones", 100)
local version = param("version", "10.5(2)")
local old = cluster { name = "Old", version = version, nodes = { "op" } }
local new = cluster { name = "New", version = version, nodes = { "np", "ns" } }
local function restart(...)
  for _, node in ipairs(new.nodes) do node:restart(...) end
  settle()
end
local home = new:phones { count = n, model = "8845" }
local guests = old:phones { count = n, model = "8845" }
new:ctl("mixed-mode")
restart("TFTP", "CallManager")
new:reset()
settle()
step("out of mixed mode", function() new:ctl("non-secure-mode") restart("TFTP", "CallManager") new:reset() settle() end)
step("CallManager regenerated", function()
  new.np:regenerate("CallManager")
  restart("TFTP", "CallManager")
  new:reset()
  settle()
end)
expect(home:count { lost = false, ctl_by = "none" }, "home with a CTL"):equals(0)
expect(home:count { lost = false }, "phones that hold it"):equals(n)

step("phones of the other cluster come, certificates exchanged", function()
  for _, node in ipairs(new.nodes) do
    for _, store in ipairs { "CallManager-trust", "Phone-SAST-trust" } do
      old.op:upload(store, node:certificate("CallManager"))
    end
  end
  guests:insert { cluster = new }
  guests:move { tftp = { new.np, new.ns } }
  settle()
  guests:reset()
  settle()
end)
expect(guests:count { itl_by = "TVS", ctl_by = "none", registered = true }):equals(n)
expect(guests:count { lost = "trust list" }):equals(n)
expect(guests:count { lost = "configuration" }):equals(0)
expect(guests:count { remedy = "delete-ctl" }):equals(n)

step("file delete tftp CTLFile.tlv on each node", function()
  for _, node in ipairs(new.nodes) do node:delete_ctl() end
  expect(refused(function() new.np:delete_ctl() end), "again"):contains("files: found = 0, deleted = 0")
  restart("TFTP")
  guests:reset()
  home:reset()
  settle()
end)
expect(guests:count { lost = false, registered = true }):equals(n)
expect(home:count { lost = false, registered = true }):equals(n)
expect(home:count { ctl_by = "none" }, "phones keep theirs"):equals(0)
