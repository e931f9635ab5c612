-- An upgrade to 14SU2 leaves expired trust certificates behind: phones that move later are refused
-- why: Before a move the certificates of the new cluster were uploaded to the old one. They expire while
--   the move drags on, which TVS does not mind: it goes by issuer and serial number. Then the old
--   cluster is upgraded. Before 14SU2 the expired ones stay, from then on they are not imported.
-- expected: Phones of the cluster that went to 14SU1 take the list of the new cluster by TVS. Those of
--   the one that went to 14SU2 refuse it, and none that is expired can be uploaded again.
-- versions: 12.5(1)SU6, 14SU2 and later leave them behind; 14 and 14SU1 do not
-- source: Security Guide 14, chapter Certificates, note on upgrades
-- confidence: documented what is left behind; that TVS vouches for expired ones is the parameter tvs_vouches_expired
start("2031-01-01 06:00")
local n = param("phones", 100)
local new = cluster { name = "New", version = "11.5", nodes = { "new" }, installed = "2026-01-06 06:00" }
local old = {}
for _, to in ipairs { "14SU1", "14SU2" } do
  local from = cluster { name = "To" .. to, version = "12.5(1)SU3", nodes = { "pub" .. to } }
  old[#old + 1] = { cluster = from, pub = from.nodes[1], to = to, fleet = from:phones { count = n, model = "8845" } }
end
settle()
local signer = new.new:certificate("CallManager")
step("upload what signs in the new cluster", function()
  for _, o in ipairs(old) do
    o.pub:upload("Phone-SAST-trust", signer)
    o.pub:upload("CallManager-trust", signer)
    o.pub:restart("TVS")
  end
end)
settle()
step("it expires", function() wait("10d") end)
step("upgrade", function()
  for _, o in ipairs(old) do o.cluster:upgrade(o.to) end
end)
settle()
step("reset", function()
  for _, o in ipairs(old) do o.cluster:reset() end
end)
settle()
for _, o in ipairs(old) do
  expect(o.fleet:count { lost = true }, "nobody has moved yet"):equals(0)
end
expect(refused(function() old[2].pub:upload("Phone-SAST-trust", signer) end)):contains("has expired")

step("move", function()
  for _, o in ipairs(old) do
    o.fleet:insert { cluster = new }
    o.fleet:move { tftp = new.new }
    o.fleet:reset()
  end
end)
settle()
expect(old[1].fleet:count { itl_by = "TVS", itl_status = "Match" }, "14SU1 kept it"):equals(n)
expect(old[2].fleet:count { lost = "trust list" }, "14SU2 did not"):equals(n)
