-- Cisco Tftp on the publisher alone, moved to a subscriber, and back again: whose list phones hold
-- why: TFTP is taken off the publisher when a cluster grows: the service is deactivated there and activated
--   elsewhere, and DHCP still names the publisher, first or alone. Deactivated, it takes nothing with it: the
--   node's certificates stay in the database, and its TVS goes on.
-- expected: Phones whose option 150 names the publisher alone find nobody and keep what they hold: no list, no
--   configuration, calls as before. Those with the subscriber as the second address go there, and take its list:
--   on 11.5 another signer, which the publisher's TVS vouches for, on 12.5 by their own list. Option 150 pointed to
--   the subscriber brings the others too. Activated again, TFTP signs with the keys that it had: phones that
--   go back there take its list in the same way.
-- versions: 8.0 on; here 11.5 and 12.5
-- source: Serviceability guide, Service Activation; technote 116232 (each TFTP node signs with its own key up to
--   11.5; a file that does not come replaces nothing); technote 214231 (12.0 on: ITLRecovery)
-- confidence: inferred from documented rules
local n = param("phones", 100)

local function run(name, version, by)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local pub, sub = hq.nodes[1], hq.nodes[2]
  sub:deactivate("Cisco Tftp")
  local alone = hq:phones { count = n, model = "8845" }
  local both = hq:phones { count = n, model = "8845" }
  local old = hq:phones { count = n, model = "7960" }
  alone:move { tftp = pub }
  both:move { tftp = { pub, sub } }
  old:move { tftp = { pub, sub } }
  settle()
  expect(alone:count { lost = false } + both:count { lost = false }, name):equals(2 * n)

  step(name .. ": TFTP from the publisher to the subscriber", function()
    sub:activate("Cisco Tftp")
    pub:deactivate("Cisco Tftp")
    settle()
    hq:reset()
    settle()
  end)
  expect(alone:count { registered = true, lost = "configuration" }, name .. ", nobody there"):equals(n)
  expect(alone:count { needs_hands = true }, name):equals(0)
  expect(both:count { lost = false, itl_by = by }, name .. ", at the subscriber"):equals(n)
  expect(old:count { lost = false }, name .. ", 7960"):equals(n)

  step(name .. ": option 150 pointed to the subscriber", function()
    alone:move { tftp = sub }
    hq:reset()
    settle()
  end)
  expect(alone:count { lost = false, itl_by = by }, name .. ", option 150"):equals(n)

  step(name .. ": activated on the publisher again", function()
    pub:activate("Cisco Tftp")
    sub:deactivate("Cisco Tftp")
    settle()
    alone:move { tftp = pub }
    hq:reset()
    settle()
  end)
  for _, fleet in ipairs { alone, both } do
    expect(fleet:count { lost = false, itl_by = by, itl_status = "Match" }, name .. ", back"):equals(n)
  end
end
run("Eleven", "11.5", "TVS")
run("Twelve", "12.5", "ITL")
