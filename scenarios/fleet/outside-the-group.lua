-- A phone asks a CallManager that its group does not name: two readings, and where the phones are then
-- why: A phone with an old configuration still has the servers of its old group. Whether their CallManagers
--   take it is what "stuck but registered" rests on.
-- expected: Taken (1, the standard): phones that do not hear of their new pool stay registered at their old
--   server. Rejected (0): they are out of service as soon as they have to register anew, and only there.
--   Phones with trust have the new servers either way.
-- versions: all
-- source: technote "Migrating IP Phones Between Clusters with CUCM 8": registers at the TFTP server (1); a TAC
--   engineer's reply there speaks of "Registration Rejected" (0)
-- confidence: both readings, parameter register_outside_group; with 1 the documented outcome comes out
local n = param("phones", 100)
local function story(name, taken)
  local cl = cluster { name = name, version = "9.1", nodes = { "pub", "new" } }
  cl:group("old", { "pub" })
  cl:group("new", { "new" })
  cl:pool("old", "old")
  cl:pool("new", "new")
  if not taken then cl:set("register_outside_group", false) end
  local fleet = cl:phones { count = n, model = "8845", pool = "old" }
  local stuck = cl:phones { count = n, model = "8845", pool = "old" }
  for _, phones in ipairs { fleet, stuck } do phones:move { tftp = cl.pub } end
  settle()
  step(name .. ": half of them miss a change of CallManager and TVS", function()
    stuck:power("off")
    cl.pub:regenerate("TVS")
    cl.pub:restart("TVS")
    cl.pub:restart("TFTP")
    settle()
    fleet:reset()
    settle()
    cl.pub:regenerate("CallManager")
    cl.pub:restart("TFTP")
    settle()
    fleet:reset()
    settle()
    stuck:power("on")
  end)
  settle()
  expect(stuck:count { lost = "configuration", server = cl.pub }):equals(n)
  step(name .. ": another pool", function()
    fleet:set("pool", "new")
    stuck:set("pool", "new")
    cl:reset()
  end)
  settle()
  expect(fleet:count { lost = false, server = cl.new }):equals(n)
  return cl, stuck
end
local a, registered = story("Taken", true)
expect(registered:count { server = a.pub, lost = "configuration" }):equals(n)
local _, rejected = story("Rejected", false)
expect(rejected:count { lost = "registration", server = "" }):equals(n)
expect(rejected:count { needs_hands = true }):equals(n)
