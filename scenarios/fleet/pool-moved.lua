-- Phones moved to another device pool while their server is down: those that lost trust do not hear of it
-- why: Moving phones to a pool with other servers looks like a way round a node that fails. Phones take it
--   only if they still trust the configuration, and they need a TFTP server that answers.
-- expected: A phone that is out of service asks for its configuration at every attempt, so that phones with
--   trust register at the new servers without a reset. Phones whose lists are signed by keys that are gone
--   ignore the new pool: they register at their TFTP server as a last resort, with the old configuration,
--   and need hands (9.1 has no recovery key).
-- versions: all
-- source: technote 213407 (TVS and CallManager list come with the configuration, by device pool); 117598
-- confidence: documented
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub", "sub1", "sub2" } }
hq:group("one", { hq.sub1 })
hq:group("two", { hq.sub2, hq.pub })
hq:pool("one", "one")
hq:pool("two", "two")
local fleet = hq:phones { count = n, model = "8845", pool = "one" }
local stuck = hq:phones { count = n, model = "8845", pool = "one" }
fleet:move { tftp = hq.pub }
stuck:move { tftp = hq.pub }
settle()
step("sub1 is installed anew, then CallManager regenerated: half of them are off", function()
  stuck:power("off")
  hq.sub1:rebuild()
  hq.pub:restart("TFTP")
  settle()
  fleet:reset()
  settle()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("TFTP", "TVS")
  settle()
  fleet:reset()
  settle()
  stuck:power("on")
end)
settle()
expect(fleet:count { lost = false, server = hq.sub1 }):equals(n)
expect(stuck:count { lost = "configuration", server = hq.sub1 }):equals(n)

step("sub1 is down, everybody is moved to pool two", function()
  hq.sub1:link { down = true }
  fleet:set("pool", "two")
  stuck:set("pool", "two")
end)
settle()
expect(fleet:count { lost = false, server = hq.sub2 }):equals(n)
expect(stuck:count { lost = "configuration", server = hq.pub }, "where it gets its files"):equals(n)
expect(stuck:count { needs_hands = true }):equals(n)
