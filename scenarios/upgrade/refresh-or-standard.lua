-- An upgrade is installed, before anything switches: from 11.5 each node is away for hours, from 12.5 none is
-- why: Between 11.5 and 12.5 the operating system is another one, so that a node cannot install the new version
--   beside the old one that runs: a refresh upgrade. Who plans a window by the half hour of the switch alone
--   has phones out of service for hours.
-- expected: From 11.5 to 12.5(1)SU3 the publisher is away while it installs, then each subscriber. Phones with two
--   servers go to the other one and miss nothing else; phones of one server alone are out of service until it
--   is back. From 12.5(1)SU3 to 14 nobody notices the installation. The switch is alike in both: all nodes reboot, and
--   no phone loses its trust.
-- versions: to 12.5 from 10.0 to 12.0 refresh; from 12.5 on standard, to 14 and 15 as well
-- source: Upgrade Guide 12.5, Sequencing Rules and Time Requirements; Compatibility Matrices 12.5, 14 and 15 (upgrade
--   paths)
-- confidence: documented which upgrades are which and for how long phones are unavailable
local n = param("phones", 100)

local function run(name, from, to, away)
  local hq = cluster { name = name, version = from, nodes = { name .. "-pub", name .. "-sub" } }
  local pub, sub = hq.nodes[1], hq.nodes[2]
  hq:group("both", { sub, pub })
  hq:group("alone", { sub })
  hq:pool("both", "both")
  hq:pool("alone", "alone")
  local both = hq:phones { count = n, model = "8845", pool = "both" }
  local alone = hq:phones { count = n, model = "8845", pool = "alone" }
  for _, fleet in ipairs { both, alone } do fleet:move { tftp = { pub, sub } } end
  settle()

  step(name .. ": installed on the publisher", function() pub:install_upgrade(to) end)
  wait("1h")
  expect(both:count { server = sub, lost = false } + alone:count { server = sub, lost = false }, name):equals(2 * n)
  wait("90m")
  settle()

  step(name .. ": installed on the subscriber", function() sub:install_upgrade(to) end)
  wait("1h")
  expect(both:count { server = away and pub or sub, lost = false }, name .. ", two servers"):equals(n)
  expect(alone:count { lost = "registration" }, name .. ", one server"):equals(away and n or 0)
  expect(alone:count { needs_hands = true }, name):equals(0)
  wait("90m")
  settle()
  expect(both:count { server = sub, lost = false } + alone:count { server = sub, lost = false }, name):equals(2 * n)
  expect(hq.version, "installed, not switched"):equals(from)

  step(name .. ": switched", function() hq:upgrade(to) end)
  settle()
  step(name .. ": reset", function() hq:reset() end)
  settle()
  expect(hq.version):equals(to)
  for _, fleet in ipairs { both, alone } do
    expect(fleet:count { lost = false, server = sub, itl_status = "Match" }, name):equals(n)
  end
end
run("Refresh", "11.5", "12.5(1)SU3", true)
run("Standard", "12.5(1)SU3", "14", false)
