-- Old and new publisher have one hostname: 15 does not import what 14 takes
-- why: A new cluster is often built with the names of the old one. CallManager and tomcat certificates
--   then have one subject in both, and 15 takes none into a trust store whose subject is that of a
--   node's own. Import is all or nothing.
-- expected: On 15 as the old cluster the import is refused, the exchange cannot be made, and the phones are
--   not moved by it. Between two clusters on 14 it goes, and TVS tells the two certificates apart by
--   their serial numbers.
-- versions: 15 refuses; before it is taken
-- source: Security Guide 15, Certificates
-- confidence: the rule documented in part; that a bulk import stops at it inferred
-- live = true
local n = param("phones", 60)
local function pair(version)
  local old = cluster { name = "Old" .. version, version = version, nodes = { "cucm" } }
  local new = cluster { name = "New" .. version, version = version, nodes = { "cucm" } }
  local fleet = old:phones { count = n, model = "8845" }
  settle()
  for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/" .. version) cluster:bulk("export") end
  new:bulk("consolidate")
  return old, new, fleet
end

local old, new, fleet = pair("15")
step("15", function()
  for _, cluster in ipairs { old, new } do
    expect(refused(function() cluster:bulk("import") end)):contains("whose subject is that of a node's own")
  end
  fleet:insert { cluster = new }
  fleet:move { tftp = new.cucm }
  fleet:reset()
end)
settle()
expect(fleet:count { lost = "trust list" }):equals(n)
expect(fleet:count { remedy = "option-150" }):equals(n)

old, new, fleet = pair("14")
step("14", function()
  old:bulk("import")
  new:bulk("import")
  old.cucm:restart("TVS")
  settle()
  fleet:insert { cluster = new }
  fleet:move { tftp = new.cucm }
  fleet:reset()
end)
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)
expect(fleet:count { itl_by = "TVS" }):equals(n)
