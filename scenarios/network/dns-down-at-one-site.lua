-- Servers by name, and DNS is down at one site: phones find neither CallManager nor TVS
-- why: Where System > Server holds names, every configuration does: CallManager, TVS and URLs are names
--   that each phone looks up. The address of the TFTP server comes by DHCP and needs no DNS, so a phone
--   loads its files and then registers nowhere.
-- expected: With addresses (the standard) nobody notices. With names the phones of the branch, which took
--   their configuration, are unregistered after the next reset, and their HTTPS services fail; those at
--   HQ are not. One name that is missing costs the phones nothing but a wait: the next server of the
--   group takes them. DNS mended brings all back, and the search says so.
-- versions: all
-- source: guide on changing IP address, hostname and domain (DNS before the change)
-- confidence: inferred
local n = param("phones", 100)
local names = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" }, domain = "example.com" }
local addresses = cluster { name = "OTHER", version = "12.5", nodes = { "pub2" } }
names:set("server_names", true)
local hq = names:phones { count = n, model = "7965" }
local branch = { names:phones { count = n, model = "7965" }, names:phones { count = n, model = "8845" } }
local other = addresses:phones { count = n, model = "8845" }
for _, fleet in ipairs { branch[1], branch[2], other } do fleet:site("Branch") end
settle()
for _, fleet in ipairs { hq, branch[1], branch[2], other } do
  expect(fleet:count { registered = true, lost = false }):equals(n)
end

step("one name is missing", function() names.pub:dns { missing = true, site = "Branch" } names:reset() end)
settle()
expect(hq:count { server = "HQ/pub", registered = true }):equals(n)
for _, fleet in ipairs(branch) do
  expect(fleet:count { server = "HQ/sub", registered = true }):equals(n)
  expect(fleet:count { lost = "secure services", remedy = "dns-record" }, "their URL is pub's"):equals(n)
end
step("it is there again", function() names.pub:dns { site = "Branch" } end)
settle()
wait("10m") -- failback

step("DNS is down at the branch", function()
  names:dns { down = true, site = "Branch" }
  addresses:dns { down = true, site = "Branch" }
  names:reset()
  addresses:reset()
end)
settle()
expect(hq:count { lost = false }):equals(n)
expect(other:count { lost = false }, "addresses"):equals(n)
for _, fleet in ipairs(branch) do
  expect(fleet:count { lost = "registration" }):equals(n)
  expect(fleet:count { remedy = "mend-dns" }):equals(n)
end

step("mend DNS", function() names:dns { site = "Branch" } end)
settle()
for _, fleet in ipairs(branch) do
  expect(fleet:count { registered = true, lost = false }):equals(n)
end
