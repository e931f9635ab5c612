-- A firewall that lets only the first TVS through: the second is missed on the one day that it counts
-- why: Who opens 2445 to the publisher alone has a TVS, and every test passes. A group of two nodes is
--   there for the day on which the publisher's own TVS is new as well.
-- expected: CallManager regenerated on the publisher: its TVS vouches, everybody follows. CallManager and TVS
--   regenerated there together: phones elsewhere ask the subscriber and follow; those behind the firewall
--   know no TVS that they reach, and are stuck until the port to the subscriber is open, and no longer. A
--   firewall that rejects and one that drops end the same, the one at once, the other after ten seconds.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232 (group of two: the second TVS vouches)
-- confidence: documented; the firewall inferred
-- live = true
local n = param("phones", 100)
local cl = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub" } }
local hq = cl:phones { count = n, model = "7965" }
local behind = { drops = cl:phones { count = n, model = "7965" }, rejects = cl:phones { count = n, model = "8845" } }
behind.drops:site("Branch 1")
behind.rejects:site("Branch 2")
cl.sub:block { port = "TVS", site = "Branch 1" }
cl.sub:block { port = "TVS", site = "Branch 2", rejects = true }
settle()
local function renew(...)
  cl.pub:regenerate(...)
  cl.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
  settle()
  cl:reset()
  settle()
end
step("CallManager", function() renew("CallManager") end)
for _, fleet in ipairs { hq, behind.drops, behind.rejects } do
  expect(fleet:count { itl_by = "TVS", itl_status = "Match", lost = false }):equals(n)
end
step("CallManager and TVS", function() renew("CallManager", "TVS") end)
expect(hq:count { itl_by = "TVS", itl_status = "Match", lost = false }, "the subscriber's TVS"):equals(n)
for _, fleet in pairs(behind) do
  expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
  expect(fleet:count { remedy = "open-port" }):equals(n)
end
step("open the port at one of them", function() cl.sub:open { port = "TVS", site = "Branch 1" } cl:reset() end)
settle()
expect(behind.drops:count { itl_status = "Match", lost = false }):equals(n)
expect(behind.rejects:count { lost = "trust list" }):equals(n)
