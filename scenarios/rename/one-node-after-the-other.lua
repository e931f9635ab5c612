-- Publisher and subscriber get other names, one after the other, phones in a group of both
-- why: While one node is new to the phones the other's TVS is not: it vouches for the new signer.
-- expected: Every phone takes both new ITLs through TVS and loses nothing in the end. Both at once is the
--   next scenario.
-- versions: 8.0 on
-- source: guide on changing IP address, hostname and domain; technote 116232
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = param("version", "8.6"), nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
settle()

local function rename(node, name)
  step("hostname " .. name, function() node:hostname(name) end)
  settle()
  step("TFTP of the others, reset, " .. name, function()
    for _, other in ipairs(hq.nodes) do other:restart("TFTP") end
    settle()
    hq:reset()
  end)
  settle()
  expect(fleet:count { lost = true }, "after " .. name):equals(0)
  expect(fleet:count { itl_status = "Match" }):equals(fleet:count())
end
rename(hq.pub, "pub2")
expect(fleet:count { itl_by = "TVS" }):equals(fleet:count())
rename(hq.sub, "sub2")
expect(fleet:count { needs_hands = true }):equals(0)
