-- The first TFTP server stopped for an hour, at a site that does not reach TVS: the second one is a stranger
-- why: Up to 11.5 each TFTP server signs with its own CallManager, and an ITL holds that of the server that it came from.
--   Who boots from the other server needs TVS for everything, there and back.
-- expected: Phones that reach TVS take the other server's list, and the first one's when it is back. At the site where
--   2445 is blocked they refuse its list and its configuration, stay registered with what they have, and have all back
--   at the next reset once the first server is there. On 12.5, where ITLRecovery signs all lists, nobody loses any.
-- versions: 8.0 to 11.5, and from 12.5 on otherwise; run on 8.6 and 12.5
-- source: technotes 116232 (an ITL is of one TFTP server) and 214231
-- confidence: inferred from documented rules
local n = param("phones", 40)
for i, version in ipairs { "8.6", "12.5" } do
  local hq = cluster { name = "C" .. i, version = version, nodes = { "pub" .. i, "sub" .. i } }
  local first, second = hq.nodes[1], hq.nodes[2]
  local near = hq:phones { count = n, model = "8845" }
  local far = hq:phones { count = n, model = "7965" }
  for _, fleet in ipairs { near, far } do fleet:move { tftp = { first, second } } end
  far:site("far " .. version)
  for _, node in ipairs(hq.nodes) do node:block { port = "TVS", site = "far " .. version } end
  settle()
  step(version .. ": Cisco Tftp of the first stopped", function()
    first:stop("TFTP")
    settle()
    hq:reset()
    settle()
  end)
  expect(near:count { lost = false, itl_status = "Match" }, version):equals(n)
  local strange = version == "8.6" and n or 0
  expect(far:count { lost = "trust list" }, version):equals(strange)
  expect(far:count { lost = "configuration" }, version):equals(strange)
  expect(far:count { registered = true, needs_hands = false }, version):equals(n)
  step(version .. ": and started", function()
    first:start("TFTP")
    settle()
    hq:reset()
    settle()
  end)
  expect(near:count { lost = false, itl_status = "Match" }, version):equals(n)
  expect(far:count { itl_status = "Match" }, version):equals(n)
  expect(far:count { lost = "trust list" } + far:count { lost = "configuration" }, version):equals(0)
end
