-- Phones behind a central TFTP are in the databases of two remote clusters: the one that is asked first has them
-- why: Whoever prepares a move inserts phones into the new cluster and leaves them in the old one for the way back.
--   Behind a central TFTP that is the move itself, or none at all: the order of the remote clusters decides.
-- expected: Inserted into a cluster that is asked later nothing changes. Inserted into one that is asked before, their list
--   is not the one of now any more (Mismatch), and at their next boot they take the list of that cluster, by the
--   old TVS, and register there. Deleted from it they are back.
-- versions: 8.6 on; here 12.5
-- source: System Configuration Guide 15, Proxy TFTP (remote clusters are asked in order); Security Guide 14, ITL File Status
-- confidence: documented, put together
-- live = true
local n = param("phones", 30)
local hq = cluster { name = "Central", version = "12.5", nodes = { "hq" } }
local east = cluster { name = "East", version = "12.5", nodes = { "east" } }
local west = cluster { name = "West", version = "12.5", nodes = { "west" } }
hq:add_remote_tftp { tftp = east.east }
hq:add_remote_tftp { tftp = west.west }
for _, pair in ipairs { { east, west.west }, { west, east.east } } do -- each knows the other
  for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
    for _, own in ipairs { "CallManager", "ITLRecovery" } do
      pair[1].nodes[1]:upload(store, pair[2]:certificate(own))
    end
  end
end
local of_east = east:phones { count = n, model = "8845" }
local of_west = west:phones { count = n, model = "8845" }
for _, fleet in ipairs { of_east, of_west } do
  fleet:power("off")
  fleet:move { tftp = hq.hq }
  fleet:power("on")
end
settle()
local function boot(words)
  step(words, function() hq.hq:restart("TFTP") settle() east:reset() west:reset() settle() end)
end
expect(of_east:count { server = "East/east", itl_status = "Match" }):equals(n)
expect(of_west:count { server = "West/west", itl_status = "Match" }):equals(n)

step("those of East into West, those of West into East", function()
  of_east:insert { cluster = west }
  of_west:insert { cluster = east }
end)
expect(of_east:count { itl_status = "Match" }, "East is asked first"):equals(n)
expect(of_west:count { itl_status = "Mismatch" }, "East is asked first"):equals(n)
boot("they boot")
for _, fleet in ipairs { of_east, of_west } do
  expect(fleet:count { server = "East/east", itl_status = "Match" }):equals(n)
  expect(fleet:count { lost = "trust list" } + fleet:count { lost = "configuration" }):equals(0)
end
expect(of_west:count { itl_by = "TVS" }):equals(n)

step("those of West are deleted from East", function() of_west:delete { cluster = east } end)
boot("they boot again")
expect(of_west:count { server = "West/west", itl_status = "Match" }):equals(n)
expect(of_east:count { server = "East/east", itl_status = "Match" }):equals(n)
