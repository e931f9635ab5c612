-- utils ctl update CTLFile on 12.5 and nothing behind it: served at once, or when TFTP starts; both readings
-- why: The command of 10.x asks for restarts of TFTP and CallManager, that of 12.x for a reset of all phones alone.
--   Who leaves out the restarts and resets the phones finds out which of the two is right.
-- expected: CallManager regenerated, services restarted, and the CTL forgotten: secure phones are out. The update and a
--   reset: with ctl_served_at_once=1 all are back. With 0 they get the CTL of before until TFTP is restarted, which
--   brings them back too. Where a phone looks for CallManager in its ITL as well (knob ccm_in_itl=1, which no document
--   has) they had not been out at all: that secure phones go down without the update speaks for 0.
-- versions: 12.0 and 12.5
-- source: what `utils ctl` of 12.x prints against technote 118893 (10.5); technotes 214231 and 225746
-- confidence: both readings, parameter ctl_served_at_once; ccm_in_itl=0 gives the documented outcome
local n = param("phones", 60)
local function site(name, at_once)
  local cl = cluster { name = name, version = "12.5", nodes = { name .. "-pub" } }
  cl:set("ctl_served_at_once", at_once)
  cl:ctl("mixed-mode")
  cl.nodes[1]:restart("TFTP", "CallManager")
  return cl, cl:phones { count = n, model = "8845", security = "encrypted" }
end
local one, served = site("At-once", true)
local two, later = site("Later", false)
settle()
local function both(act)
  act(one)
  act(two)
  settle()
end
local function reset(cl) cl:reset() end

knob("ccm_in_itl", true)
step("CallManager regenerated and restarted, the CTL forgotten", function()
  both(function(cl)
    cl.nodes[1]:regenerate("CallManager")
    cl.nodes[1]:restart("TFTP")
  end)
  both(reset)
  both(function(cl) cl.nodes[1]:restart("CallManager") end)
end)
for _, phones in ipairs { served, later } do
  expect(phones:count { registered = true }, "CallManager in the ITL"):equals(n)
end
knob("ccm_in_itl", false)
step("reset", function() both(reset) end)
for _, phones in ipairs { served, later } do
  expect(phones:count { lost = "registration" }, "CallManager in the CTL alone"):equals(n)
end
step("utils ctl update CTLFile, and time", function()
  both(function(cl) cl:ctl("update") end)
  wait("30m")
end)
settle()
expect(served:count { registered = true, lost = false }, "1"):equals(n)
expect(later:count { registered = true }, "0, TFTP not restarted"):equals(0)
expect(later:count { needs_hands = true }):equals(0)
step("restart TFTP", function() two.nodes[1]:restart("TFTP") wait("30m") end)
settle()
expect(later:count { registered = true, lost = false }, "0, restarted"):equals(n)
