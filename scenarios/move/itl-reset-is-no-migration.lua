-- Stuck after a move, and somebody tries utils itl reset localkey: it is no tool for moves
-- why: The command signs the list of its own cluster with another key of that cluster. The phone knows
--   no key of the new one, whichever signs.
-- expected: The phones refuse the list that the new cluster signs with its other key as they refused the
--   one before.
-- versions: 10.0 on
-- source: Cisco technote 117598 (not meant for moving phones between clusters)
-- confidence: documented
-- live = true
local old = cluster { name = "Old", version = "10.5(2)", nodes = { "oldpub" } }
local new = cluster { name = "New", version = param("to", "12.5"), nodes = { "newpub", "newsub" } }
local n = param("phones", 60)
local fleet = old:phones { count = n, model = "8845" }
settle()
step("moved without preparation", function()
  fleet:insert { cluster = new }
  fleet:move { tftp = new.newpub }
  fleet:reset()
end)
settle()
expect(fleet:count { lost = "trust list" }):equals(n)
step("utils itl reset localkey", function() new:itl("reset localkey") end)
settle()
step("reset", function() fleet:power("off") fleet:power("on") end)
settle()
expect(fleet:count { lost = "trust list" }):equals(n)
expect(fleet:count { lost = "configuration" }):equals(n)
