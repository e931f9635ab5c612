-- A trust certificate deleted on one node comes back, until Certificate Change Notification is stopped
-- why: Before 11.0 a trust certificate is deleted from one node alone, and Cisco Certificate Change
--   Notification on the others brings it back. So it is stopped on all nodes first, and the
--   certificate is deleted on each. From 12.0 one deletion is enough.
-- expected: A third of the phones moves to the new cluster after a deletion on the publisher: TVS
--   vouches for the new cluster as before, for the certificates are back within seconds. A third
--   moves after the service was stopped everywhere and they were deleted on both nodes: nobody
--   vouches any more, the phones refuse what the new cluster serves. On 12.5 one deletion on the
--   publisher has that effect. With deletes_on_one_node=1 versions 11.0 and 11.5 are as older ones.
-- versions: 8.0 to 10.5 deleted on one node; 11.0 and 11.5 sources disagree; 12.0 on everywhere
-- source: Cisco technotes 211300 (before 11.0, and 11.5) and 214231 (up to 11.5 stop the service)
-- confidence: documented; for 11.0 and 11.5 the parameter "deletes_on_one_node"
local n = param("phones", 100)

-- Phones of `from` know the certificates of `to` through TVS.
local function exchanged(name, version)
  local from = cluster { name = name, version = version, nodes = { name .. "pub", name .. "sub" } }
  local to = cluster { name = "To" .. name, version = version, nodes = { "to" .. name } }
  local pub = from[name .. "pub"]
  for _, certificate in ipairs { "CallManager", "ITLRecovery" } do
    pub:upload("Phone-SAST-trust", to["to" .. name]:certificate(certificate))
    pub:upload("CallManager-trust", to["to" .. name]:certificate(certificate))
  end
  return from, to
end

local function delete(node, to)
  for _, certificate in ipairs { "CallManager", "ITLRecovery" } do
    node:delete("Phone-SAST-trust", to:certificate(certificate))
    node:delete("CallManager-trust", to:certificate(certificate))
  end
end

-- The same phones in the database of the new cluster, and DHCP option 150 there.
local function move(fleet, from, to, node)
  fleet:insert { cluster = to }
  fleet:move { tftp = node }
  fleet:reset()
end

local old, new = exchanged("A", "10.5(2)")
local early = old:phones { count = n, model = "7965" }
local late = old:phones { count = n, model = "8845" }
local once, other = exchanged("B", "12.5")
local moved = once:phones { count = n, model = "8845" }
local between, there = exchanged("C", "11.5")
local third = between:phones { count = n, model = "8845" }
between:set("deletes_on_one_node", 1)
settle()

step("delete on the publisher alone", function()
  delete(old.Apub, new.toA)
  delete(once.Bpub, other.toB)
  delete(between.Cpub, there.toC)
  expect(refused(function() delete(old.Apub, new.toA) end)):contains("does not hold this certificate")
end)
wait("1m")
step("a part of the phones moves", function()
  move(early, old, new, new.toA)
  move(moved, once, other, other.toB)
  move(third, between, there, there.toC)
end)
settle()
expect(early:count { registered = true, lost = false }, "they were back"):equals(n)
expect(early:count { itl_by = "TVS" }):equals(n)
expect(third:count { itl_by = "TVS" }, "so on 11.5 by that reading"):equals(n)
expect(moved:count { lost = "trust list" }, "one deletion is enough"):equals(n)

step("stop the service everywhere, delete on each node", function()
  for _, node in ipairs { old.Apub, old.Asub } do node:stop("Cisco Certificate Change Notification") end
  delete(old.Apub, new.toA)
  delete(old.Asub, new.toA)
end)
wait("1m")
step("the service again", function()
  for _, node in ipairs { old.Apub, old.Asub } do node:start("Cisco Certificate Change Notification") end
end)
wait("5m")
step("the others move", function() move(late, old, new, new.toA) end)
settle()
expect(late:count { lost = "trust list" }, "no node has them any more"):equals(n)
expect(early:count { lost = false }):equals(n)
