-- Phones of a remote cluster boot while its Cisco Tftp is stopped: what the certificate of the proxy makes of that
-- why: For what the remote cluster does not give the central TFTP has files of its own: ITLFile.tlv and
--   XMLDefault.cnf.xml.sgn, signed by itself. Whoever has its certificate in Phone-SAST-trust and
--   CallManager-trust, so that ring lists are taken, has TVS vouch for these as well.
-- expected: Without the certificate phones refuse both, keep what they hold and stay registered; when Tftp is back
--   a reset is enough. With it they take the central ITL and the default configuration, and register
--   nowhere; that configuration names no TVS that they ask, so that their own ITL is refused ever
--   after: hands. A model without ITL asks for no signed file, and takes the plain default.
-- versions: 8.6 on
-- source: System Configuration Guide 15, Proxy TFTP (certificate of the proxy in Phone-SAST-trust); CSCuq33297
--   (TVS of XMLDefault); Cisco technote 116232 (ITLFile.tlv of a central TFTP)
-- confidence: inferred from rules that are documented each by itself
local hq = cluster { name = "Central", version = "11.5", nodes = { "hq" } }
local east = cluster { name = "East", version = "11.5", nodes = { "east" } }
local west = cluster { name = "West", version = "11.5", nodes = { "west" } }
local n = param("phones", 60)
hq:add_remote_tftp { tftp = east.east }
hq:add_remote_tftp { tftp = west.west }
for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
  east.east:upload(store, hq.hq:certificate("CallManager"))
end
local trusting = { east:phones { count = n, model = "7965" }, east:phones { count = n, model = "8845" } }
local without = east:phones { count = n, model = "7940" }
local others = { west:phones { count = n, model = "7965" }, west:phones { count = n, model = "8845" } }
for _, fleet in ipairs { trusting[1], trusting[2], without, others[1], others[2] } do
  fleet:power("off")
  fleet:move { tftp = hq.hq }
  fleet:power("on")
end
settle()
for _, fleet in ipairs(trusting) do expect(fleet:count { lost = false }):equals(n) end

step("Cisco Tftp of both is stopped, reset", function()
  east.east:stop("Cisco Tftp")
  west.west:stop("Cisco Tftp")
  wait("31m")
  east:reset()
  west:reset()
end)
settle()
for _, fleet in ipairs(trusting) do
  expect(fleet:count { registered = false, itl_by = "TVS" }):equals(n)
end
expect(without:count { registered = false, itl_by = "none" }):equals(n)
for _, fleet in ipairs(others) do
  expect(fleet:count { registered = true, lost = "configuration", itl_by = "first trust" }):equals(n)
end

step("it is back, reset", function()
  east.east:start("Cisco Tftp")
  west.west:start("Cisco Tftp")
  settle()
  wait("15m")
  west:reset()
end)
settle()
for _, fleet in ipairs(trusting) do
  expect(fleet:count { registered = false, needs_hands = true }):equals(n)
end
expect(without:count { registered = true, lost = false }):equals(n)
for _, fleet in ipairs(others) do
  expect(fleet:count { registered = true, lost = "configuration" }):equals(0)
end
