-- What Cluster View of a central TFTP must not name: a loop, a second level
-- why: A peer that asks back would ask for ever. Peers are hierarchical, one level deep.
-- expected: Refused: a node of its own, the same address twice, a cluster that asks this one, one that has
--   remote clusters itself, and remote clusters of one that is itself remote. Phones of the second level
--   would have to be moved to a TFTP server of the first.
-- versions: 8.6 on
-- source: System Configuration Guide 12.5 and 15, Proxy TFTP; the Features and Services Guides 9.0 and
--   10.0 draw a second level for central TFTP servers of 8.6(1) or earlier, which is not carried out here
-- confidence: documented as advice; that the page refuses it is assumed
-- live = true
local a = cluster { name = "A", version = "12.5", nodes = { "a", "a2" } }
local b = cluster { name = "B", version = "12.5", nodes = { "b" } }
local c = cluster { name = "C", version = "12.5", nodes = { "c" } }
local function says(cluster, node, text)
  expect(refused(function() cluster:add_remote_tftp { tftp = node } end)):contains(text)
end
a:phones { count = param("phones", 3), model = "8845" }
settle()
says(a, { b.b, a.a2 }, "is a node of this cluster, a loop")
a:add_remote_tftp { tftp = b.b }
says(a, b.b, "has that TFTP address already")
says(b, a.a, "asks this cluster for files, a loop")
says(b, c.c, "it is a remote cluster of A, a single level is possible")
says(c, a.a, "A has remote clusters itself, a single level is possible")
expect(refused(function() a:delete_remote_tftp(2) end)):contains("there is no remote cluster 2")
a:delete_remote_tftp(1)
c:add_remote_tftp { tftp = a.a }
