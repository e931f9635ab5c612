-- Phones that no reset reaches: option 150 is right again, and somebody must unplug them
-- why: A reset comes from the CallManager where a phone is registered. One that is registered nowhere tries
--   again by itself, but learns a new option 150 at its next boot alone.
-- expected: All phones lose both their TFTP server's address and, with factory settings, what they held: they
--   are unregistered. With option 150 set right nothing changes, and a reset reaches nobody. Unplugged, or with
--   the switch's port off and on, all are back.
-- versions: all
-- source: administration guides of the phones (DHCP at start-up)
-- confidence: inferred
local n = param("phones", 100)
local cl = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
local gone = cluster { name = "GONE", version = "12.5", nodes = { "pub3" } }
gone.pub3:link { down = true }
local fleets = { cl:phones { count = n, model = "7965" }, cl:phones { count = n, model = "8845" } }
settle()
step("option 150 is wrong, phones are reset to their factory settings", function()
  for _, fleet in ipairs(fleets) do
    fleet:move { tftp = gone.pub3 }
    fleet:factory_reset()
  end
end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true }):equals(0)
  expect(fleet:count { needs_hands = true }, "a boot is enough"):equals(0)
end
step("option 150 is right", function()
  for _, fleet in ipairs(fleets) do fleet:move { tftp = cl.pub } end
  cl:reset()
  wait("1h")
end)
for _, fleet in ipairs(fleets) do expect(fleet:count { registered = true }):equals(0) end
for _, fleet in ipairs(fleets) do expect(fleet:count { remedy = "boot" }, "which no reset gives them"):equals(n) end
step("unplug them", function() for _, fleet in ipairs(fleets) do fleet:unplug("5m") end end)
settle()
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = false, itl_by = "first trust" }):equals(n)
end
