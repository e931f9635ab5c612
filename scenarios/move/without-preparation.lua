-- Moved with no preparation: most phones register at the new TFTP server and take nothing from it
-- why: The signer of the new lists is unknown to the phone's own, and the old TVS, which still answers,
--   does not know it either. The phone keeps its lists and its configuration.
-- expected: The phones refuse lists and configuration of the new cluster. While the old CallManagers
--   run they go on there, with what they hold; once those are stopped they register at the TFTP
--   server's address where that runs CallManager (register_at_tftp=1), and nowhere where it does not.
--   A 7960 without lists has moved. The way back is option 150.
-- versions: 8.0 on
-- source: "Migrating IP Phones Between Clusters with CUCM 8 and ITL Files"
-- confidence: documented; that it registers at the TFTP server is "very likely" there: knob
--   register_at_tftp
local old = cluster { name = "Old", version = param("from", "9.1"), nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = param("to", "11.5"), nodes = { "newpub" } }
local n = param("phones", 150)
local fleet = old:phones { count = n, model = "7965" }
local plain = old:phones { count = n, model = "7960" }
settle()

step("option 150 of the new cluster", function()
  for _, phones in ipairs { fleet, plain } do
    phones:insert { cluster = new }
    phones:move { tftp = new.newpub }
    phones:reset()
  end
end)
settle()
expect(fleet:count { lost = "configuration" }):equals(n)
expect(fleet:count { lost = "trust list" }):equals(n)
expect(fleet:count { registered = true }, "at the old cluster"):equals(n)
expect(plain:count { registered = true, lost = false }):equals(n)

step("the old CallManagers are stopped", function()
  for _, node in ipairs(old.nodes) do node:stop("Cisco CallManager") end
end)
settle()
expect(fleet:count { registered = true }, "at the address of the TFTP server"):equals(n)
expect(fleet:count { needs_hands = true }):equals(0)

step("the TFTP server runs no CallManager", function() new.newpub:stop("Cisco CallManager") end)
settle()
expect(fleet:count { registered = true }):equals(0)

step("back: option 150 and the old CallManagers", function()
  for _, node in ipairs(old.nodes) do node:start("Cisco CallManager") end
  new.newpub:start("Cisco CallManager")
  fleet:move { tftp = old.oldpub }
  settle()
  fleet:reset()
end)
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)
