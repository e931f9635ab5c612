-- LSCs expire where the switch ports want 802.1X by LSC, and CAPF is in order
-- why: Nobody renewed the LSCs in time. A phone whose LSC is over does not pass its port, and so reaches no CAPF that
--   would give it another one.
-- expected: At their next boot the phones have no network. Neither a new order for an LSC nor any other act on the
--   cluster reaches them. Ports that let them through (open access) and a new LSC bring everything back: the RADIUS
--   server trusts CAPF all the time. Ports can be closed again then.
-- versions: all (run on 12.5)
-- source: Cisco technotes 225746, cases 4, and 214231; Cisco IOS, "authentication open"
-- confidence: documented that 802.1X fails; the way out inferred
start("2025-01-06 06:00")
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:set("gates_take_mic", false)
hq:set("lsc_days", 365)
local fleet = hq:phones { count = n, model = "8845" }
fleet:install_lsc {}
fleet:set("dot1x", "enabled")
settle()
hq:reset()
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)

step("the LSCs have expired", function()
  wait("400d")
  hq:reset()
  settle()
end)
expect(fleet:count { lost = "802.1X" }):equals(n)
expect(fleet:count { lost = "registration", needs_hands = false }):equals(n)
expect(fleet:count { remedy = "dot1x-open+install-lsc" }):equals(n)

step("open ports, new LSCs", function()
  hq:dot1x("open")
  settle()
  fleet:install_lsc {}
  hq:reset()
  settle()
end)
step("closed ports", function()
  hq:dot1x("closed")
  hq:reset()
  settle()
end)
expect(fleet:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)
