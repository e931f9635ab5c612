-- A remote cluster that nobody added to the central TFTP
-- why: Option 150 names one TFTP server for the phones of three clusters; of one of them it knows nothing.
-- expected: Its phones get no file of their own. Those that boot for the first time take the central ITLFile.tlv,
--   which is there for everybody, and never register: from then on they trust the central cluster, and
--   the remote cluster added later does not bring them back, hands do. Those that were there before
--   refuse the central ITL, keep what they hold and stay registered; once the remote cluster is added they
--   are well at the next boot.
-- versions: 8.6 on
-- source: Cisco technote 116232, centralised TFTP (ITLFile.tlv of the central server); System Configuration Guide 15
-- confidence: documented for what is asked and served, inferred for a cluster that is missing
-- live = true
local hq = cluster { name = "Central", version = "11.5", nodes = { "hq" } }
local east = cluster { name = "East", version = "11.5", nodes = { "east" } }
local west = cluster { name = "West", version = "11.5", nodes = { "west" } }
local second = cluster { name = "Second", version = "11.5", nodes = { "second" } }
local n = param("phones", 30)
hq:add_remote_tftp { tftp = east.east }
second:add_remote_tftp { tftp = east.east }
local of_east = east:phones { count = n, model = "7965" }
local had = west:phones { count = n, model = "7965" }
local new = west:phones { count = n, model = "7965" }
local late = west:phones { count = n, model = "8845" }
new:power("off")
settle()
step("option 150 names the central TFTP", function()
  for _, fleet in ipairs { of_east, had, new } do fleet:move { tftp = hq.hq } end
  of_east:reset()
  had:reset()
  new:power("on")
end)
settle()
expect(of_east:count { registered = true, lost = "trust list" }):equals(0)
expect(of_east:count { registered = true, lost = "configuration" }):equals(0)
expect(had:count { registered = true, lost = "trust list" }):equals(n)
expect(had:count { needs_hands = true }):equals(0)
expect(new:count { registered = false, itl_by = "first trust" }):equals(n)

step("the remote cluster is added, reset", function()
  hq:add_remote_tftp { tftp = west.west }
  had:reset()
end)
settle()
for _, what in ipairs { "registration", "configuration", "trust list" } do
  expect(had:count { lost = what }):equals(0)
end
expect(new:count { registered = false }):equals(n)
expect(new:count { needs_hands = true }):equals(n)

-- what the report names for these is to add the remote cluster
step("another central TFTP that was not told either", function()
  late:move { tftp = second.second }
  late:reset()
end)
settle()
expect(late:count { registered = true, lost = "trust list", needs_hands = false }):equals(n)
