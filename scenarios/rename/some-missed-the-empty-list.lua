-- A rename prepared by the rollback parameter while some phones are off, and some were forgotten at the reset
-- why: The empty list has to lie on the phone before the name changes. It is signed like any other, so that the new
--   name's empty list is as much a stranger as its full one.
-- expected: 8.6, one node. Phones that took the empty list follow. Those without power, and those of a pool that nobody
--   reset, hold the list of before: they refuse the empty one of the new name and, when the parameter is off
--   again, the full one; they need hands, whether they come while it is on or after.
-- versions: 8.0 on; here 8.6 (a reset by hand)
-- source: guide on changing hostname ("all phones must be online"); technote 116232 (the empty ITL is signed)
-- confidence: documented
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local pub = hq.pub
hq:pool("Forgotten", { pub })
local ready = hq:phones { count = n, model = "8845" }
local early = hq:phones { count = n, model = "7965" }
local late = hq:phones { count = n, model = "7965" }
local forgotten = hq:phones { count = n, model = "8845", pool = "Forgotten" }
settle()
local function restart()
  pub:restart("TVS", "TFTP")
  settle()
end
early:power("off")
late:power("off")
step("rollback on, one pool reset", function()
  hq:set("rollback", true)
  restart()
  hq:reset_pool { pool = "Default" }
  settle()
end)
expect(ready:count { config = "plain", itl_status = "Match" }):equals(n)
expect(forgotten:count { lost = false, itl_status = "Mismatch" }):equals(n)
step("another name", function()
  pub:hostname("new")
  settle()
  hq:reset()
  settle()
end)
early:power("on")
settle()
expect(ready:count { registered = true, itl_by = "first trust", itl_status = "Match" }):equals(n)
for _, fleet in ipairs { early, forgotten } do
  expect(fleet:count { lost = "trust list", remedy = "hands" }):equals(n)
end
step("rollback off", function()
  hq:set("rollback", false)
  restart()
  hq:reset()
  settle()
end)
late:power("on")
settle()
expect(ready:count { lost = false, itl_by = "first trust", config = "signed" }):equals(n)
for _, fleet in ipairs { early, late, forgotten } do
  expect(fleet:count { registered = true, lost = "trust list", remedy = "hands" }):equals(n)
end
