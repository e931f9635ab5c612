-- Another IP address for the TFTP and CallManager node: phones look where it was
-- why: DHCP option 150 and the configuration in the phones name the old address. All certificates are
--   regenerated as well.
-- expected: With a second node in option 150 and in the group phones move over, take the new lists through
--   its TVS and come back when they learn the new address. Phones that know no other server stay where
--   they are until option 150 is changed.
-- versions: 8.0 on
-- source: guide on changing IP address, hostname and domain
-- confidence: documented; what phones do without an answer inferred
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 300), model = "8845" }
settle()
step("set network ip", function() hq.pub:address("127.0.0.99") end)
settle()
step("restart TFTP on the subscriber, reset", function()
  hq.sub:restart("TFTP")
  settle()
  hq:reset()
end)
settle()
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(0)
step("option 150 names the new address", function()
  fleet:move { tftp = { hq.pub, hq.sub } }
  hq:reset()
end)
settle()
expect(fleet:count { lost = true }):equals(0)
expect(fleet:count { registered = true }):equals(fleet:count())
