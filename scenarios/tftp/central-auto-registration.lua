-- Auto-registration on a central TFTP takes in phones of a remote cluster that does not answer
-- why: What the remote cluster does not give, its XMLDefault.cnf.xml among it, is the central cluster's own. With
--   auto-registration that is enough to register there, and what is in its own database it never asks
--   the others for again.
-- expected: Off, as the guide asks: phones of the remote cluster that boot for the first time while its Tftp is
--   stopped register nowhere; models without an ITL come to it by themselves later, those with one
--   hold the central ITL by then and need hands. On: all register at the central cluster, with new numbers,
--   and stay there when the remote one answers again. With auto-registration off and deleted from the
--   central cluster the models without an ITL go home; the others refuse what comes from there.
-- versions: 8.6 on
-- source: System Configuration Guide 15, Proxy TFTP (auto-registration off); Cisco technote 116232
-- confidence: documented as a rule, what follows where it is broken inferred
local off = cluster { name = "Off", version = "11.5", nodes = { "off" } }
local on = cluster { name = "On", version = "11.5", nodes = { "on" } }
local west = cluster { name = "West", version = "11.5", nodes = { "west" } }
local n = param("phones", 20)
on:set("auto_registration", true)
off:add_remote_tftp { tftp = west.west }
on:add_remote_tftp { tftp = west.west }
-- with an ITL, and without
local function behind(central)
  local two = { west:phones { count = n, model = "7965" }, west:phones { count = n, model = "7940" } }
  for _, fleet in ipairs(two) do
    fleet:power("off")
    fleet:move { tftp = central }
  end
  return two
end
local of_off, of_on = behind(off.off), behind(on.on)
settle()

step("they boot while Cisco Tftp of West is stopped", function()
  west.west:stop("Cisco Tftp")
  for i = 1, 2 do
    of_off[i]:power("on")
    of_on[i]:power("on")
  end
end)
settle()
for _, fleet in ipairs(of_off) do expect(fleet:count { registered = false }):equals(n) end
for _, fleet in ipairs(of_on) do expect(fleet:count { server = "On/on" }):equals(n) end

step("it is back", function()
  west.west:start("Cisco Tftp")
  settle()
  wait("15m")
  on:reset()
end)
settle()
expect(of_off[2]:count { server = "West/west", lost = false }):equals(n)
expect(of_off[1]:count { registered = false }):equals(n)
for _, fleet in ipairs(of_on) do
  expect(fleet:count { server = "On/on", lost = "registration" }):equals(0)
  expect(fleet:count { server = "On/on" }):equals(n)
end

step("no more auto-registration, deleted from the central cluster", function()
  on:set("auto_registration", false) -- or the last resort of those who refuse their files brings them back in
  for _, fleet in ipairs(of_on) do fleet:delete { cluster = on } end
end)
settle()
expect(of_on[2]:count { server = "West/west", lost = false }):equals(n)
expect(of_on[1]:count { lost = "trust list" }):equals(n)
expect(of_off[1]:count { registered = false, needs_hands = true }):equals(n)
