-- `utils itl reset localkey` at the new cluster, for phones that were moved there unprepared: no help
-- why: The command signs with one of the cluster's own keys. Phones of another cluster know none of them.
-- expected: Phones moved without an exchange of certificates refuse lists and configuration of the new
--   cluster, before and behind the command. What brings them back is option 150 pointed to the old cluster,
--   or the certificates of the new one uploaded to the old one, whose TVS they still ask.
-- versions: 10.0 on
-- source: Cisco technote 117598 ("not intended to move phones between clusters")
-- confidence: documented
local n = param("phones", 100)
for _, version in ipairs { "10.5(2)", "12.5" } do
  local tag = version == "12.5" and "b" or "a"
  local old = cluster { name = "Old-" .. tag, version = version, nodes = { "o" .. tag } }
  local new = cluster { name = "New-" .. tag, version = version, nodes = { "n" .. tag } }
  local fleet = old:phones { count = n, model = "8845" }
  settle()
  step(version .. ": moved unprepared", function()
    fleet:insert { cluster = new }
    fleet:move { tftp = new.nodes[1] }
    fleet:reset()
    settle()
  end)
  expect(fleet:count { lost = "trust list" }, version):equals(n)
  expect(fleet:count { lost = "configuration" }, version):equals(n)
  step(version .. ": localkey at the new cluster", function()
    new:itl("reset localkey")
    fleet:power("off")
    fleet:power("on")
    settle()
  end)
  expect(fleet:count { lost = "trust list" }, version .. ", localkey"):equals(n)
  expect(fleet:count { needs_hands = true }, version):equals(0)
  step(version .. ": option 150 back", function()
    fleet:move { tftp = old.nodes[1] }
    fleet:power("off")
    fleet:power("on")
    settle()
  end)
  expect(fleet:count { registered = true, lost = false, server = old.nodes[1] }, version):equals(n)
end
