-- Ring lists and locales of a central TFTP are signed by the central cluster
-- why: What is no phone's own the central TFTP serves from its own copy. Phones of other clusters know neither
--   its key nor anybody who vouches for it.
-- expected: Phones of the remote cluster take lists and configuration of their own and refuse ring list and locale;
--   nothing else is lost. With the CallManager certificate of the central TFTP in the trust stores of
--   their own cluster TVS vouches, and they take them at the next boot. In Phone-SAST-trust alone, as the guide
--   has it, by sast_trust_signs_files=1; by 0 in CallManager-trust too. Models that hold no list take the
--   plain names.
-- versions: 8.6 on
-- source: System Configuration Guide 15, Proxy TFTP; Cisco technote 213407 (roles by trust store)
-- confidence: documented; which trust store makes a signer of files is inferred from a trace
-- live = true
local hq = cluster { name = "Central", version = "12.5", nodes = { "hq" } }
local east = cluster { name = "East", version = "12.5", nodes = { "east" } }
local west = cluster { name = "West", version = "12.5", nodes = { "west" } }
local n = param("phones", 60)
hq:add_remote_tftp { tftp = east.east }
hq:add_remote_tftp { tftp = west.west }
local of_hq = hq:phones { count = n, model = "8845" }
local of_east = { east:phones { count = n, model = "8845" }, east:phones { count = n, model = "7965" } }
local without = east:phones { count = n, model = "7940" }
local of_west = west:phones { count = n, model = "8845" }
for _, fleet in ipairs { of_hq, of_east[1], of_east[2], without, of_west } do
  fleet:power("off")
  fleet:move { tftp = hq.hq }
  fleet:power("on")
end
settle()
for _, fleet in ipairs { of_east[1], of_east[2], of_west } do
  expect(fleet:count { registered = true, lost = "common files", itl_by = "first trust", config = "signed" }):equals(n)
  for _, other in ipairs { "configuration", "trust list", "registration" } do
    expect(fleet:count { lost = other }):equals(0)
  end
  expect(fleet:count { needs_hands = true }):equals(0)
end
expect(of_hq:count { registered = true, lost = false }):equals(n)
expect(without:count { registered = true, lost = false }):equals(n)

step("certificate of the central TFTP to Phone-SAST-trust, reset", function()
  east.east:upload("Phone-SAST-trust", hq.hq:certificate("CallManager"))
  east:reset()
end)
settle()
for _, fleet in ipairs(of_east) do expect(fleet:count { lost = "common files" }):equals(n) end
step("as the guide has it, reset", function()
  east:set("sast_trust_signs_files", 1)
  east:reset()
end)
settle()
for _, fleet in ipairs(of_east) do expect(fleet:count { lost = false }):equals(n) end
step("in CallManager-trust too, reset", function()
  east:set("sast_trust_signs_files", 0)
  east.east:upload("CallManager-trust", hq.hq:certificate("CallManager"))
  east:reset()
end)
settle()
for _, fleet in ipairs(of_east) do expect(fleet:count { lost = false }):equals(n) end

-- while West has no TFTP of its own that option 150 could name, what the report names is the upload
step("Cisco Tftp of West stops for a while", function()
  of_west:reset()
  settle()
  west.west:stop("Cisco Tftp")
end)
settle()
expect(of_west:count { lost = "common files", needs_hands = false }):equals(n)
