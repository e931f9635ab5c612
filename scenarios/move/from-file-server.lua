-- Phones come from a file server that is no CUCM to a cluster, and some go there and back
-- why: A phone that never had a list trusts whoever comes first. One that came from a cluster keeps its lists
--   through whatever it asks meanwhile: a file server offers none, so it replaces none.
-- expected: Phones that were at the file server alone take ITL and configuration of the cluster at once, those
--   without an ITL its plain configuration. Phones that go from the cluster to the file server
--   and back find their lists as they were, verify the next ITL by their own, and lose nothing that a
--   reset does not bring back. Phones whose ITL is of another cluster refuse all, as if they came from there.
-- versions: 8.0 on
-- source: Cisco technote 116232 (first trust, which list verifies what); TFTP log of a phone at a FreePBX
-- confidence: documented for first trust, inferred for the way there and back
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
local other = cluster { name = "Other", version = "12.5", nodes = { "else" } }
local pbx = cluster { name = "PBX", version = "file server", nodes = { "pbx" } }
local n = param("phones", 60)
local fresh = pbx:phones { count = n, model = "8845" }
local fresh_old = pbx:phones { count = n, model = "7940" }
local back = hq:phones { count = n, model = "8861" }
local stranger = other:phones { count = n, model = "8861" }
settle()
expect(fresh:count { server = "PBX/pbx", itl_by = "none", config = "plain" }):equals(n)

step("to the file server", function()
  for _, fleet in ipairs { back, stranger } do
    fleet:insert { cluster = pbx }
    fleet:move { tftp = pbx.pbx }
    fleet:reset()
  end
end)
settle()
expect(back:count { server = "HQ/pub", lost = "configuration" }):equals(n)

step("to the cluster", function()
  for _, fleet in ipairs { fresh, fresh_old, stranger } do fleet:insert { cluster = hq } end
  for _, fleet in ipairs { fresh, fresh_old, back, stranger } do
    fleet:move { tftp = hq.pub }
    fleet:reset()
  end
end)
settle()
expect(fresh:count { server = "HQ/pub", lost = false, itl_by = "first trust", config = "signed" }):equals(n)
expect(fresh_old:count { server = "HQ/pub", lost = false, itl_by = "none", config = "plain" }):equals(n)
expect(back:count { server = "HQ/pub", lost = false, itl_by = "first trust", config = "signed" }):equals(n)
expect(stranger:count { lost = "trust list" }):equals(n)
expect(stranger:count { lost = "configuration" }):equals(n)

step("the cluster regenerates CallManager", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("TVS")
  hq.pub:restart("Cisco Tftp")
  settle()
  hq:reset()
end)
settle()
for _, fleet in ipairs { fresh, back } do
  expect(fleet:count { lost = false, itl_by = "ITL" }):equals(n)
end
