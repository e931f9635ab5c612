-- A cluster that is a TFTP proxy and nothing else: with the rollback parameter it can lock nobody in
-- why: A proxy-only cluster has an ITL of its own, which phones take that find none of theirs: a remote cluster
--   that was not added, or does not answer. The guide recommends the rollback parameter on it.
-- expected: Phones of a remote cluster that is added get their own lists either way. New phones of one that
--   was forgotten take the common ITLFile.tlv of the proxy, by first trust: a full one binds them to the proxy,
--   so that hands are needed when their cluster is added; one with empty sections binds nobody, and they take
--   the ITL of their own cluster at the next boot. Phones that know their cluster keep what they hold. Ring list
--   and locale of the proxy are refused either way (tftp/central-common-files).
-- versions: 8.6 on
-- source: System Configuration Guide 15, Proxy TFTP (rollback on a proxy-only cluster); Cisco technote 116232
-- confidence: documented as advice; what follows is inferred
local n = param("phones", 40)
local function well(phones)
  local lacks = phones:count { lost = "registration" } + phones:count { lost = "configuration" } +
                phones:count { lost = "trust list" }
  return lacks == 0 and phones:count { registered = true } == n
end
for _, rollback in ipairs { false, true } do
  local name = rollback and "Emptied" or "Full"
  local proxy = cluster { name = name, version = "11.5", nodes = { name .. "-proxy" } }
  local east = cluster { name = name .. "-East", version = "11.5", nodes = { name .. "-east" } }
  local west = cluster { name = name .. "-West", version = "11.5", nodes = { name .. "-west" } }
  if rollback then
    proxy:set("rollback", true)
    proxy.nodes[1]:restart("TVS", "TFTP")
  end
  proxy:add_remote_tftp { tftp = east.nodes[1] }
  local of_east = east:phones { count = n, model = "8845" }
  local known = west:phones { count = n, model = "8845" }
  local new = west:phones { count = n, model = "8845" }
  local older = west:phones { count = n, model = "7960" }
  new:power("off")
  older:power("off")
  settle()
  step(name .. ": option 150 names the proxy", function()
    for _, phones in ipairs { of_east, known, new, older } do phones:move { tftp = proxy.nodes[1] } end
    east:reset()
    west:reset()
    new:power("on")
    older:power("on")
  end)
  settle()
  expect(well(of_east), name):is_true()
  expect(known:count { registered = true, lost = "configuration" }, name):equals(n)
  expect(new:count { registered = false, itl_by = "first trust" }, name):equals(n)
  step(name .. ": the forgotten cluster is added, and phones unplugged", function()
    proxy:add_remote_tftp { tftp = west.nodes[1] }
    for _, phones in ipairs { known, new, older } do phones:unplug() end
  end)
  settle()
  expect(well(known), name):is_true()
  expect(well(older), name .. ", no list"):is_true()
  expect(well(new), name .. ", new"):equals(rollback)
  expect(new:count { needs_hands = true }, name .. ", new"):equals(rollback and 0 or n)
end
