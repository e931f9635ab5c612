-- DHCP option 150 names the wrong server: nobody, somebody else, or the right one second
-- why: A phone learns its TFTP servers at boot and asks the second only where the first does not answer.
--   What it holds already is enough to register, so a wrong address is found by whoever changes a setting.
-- expected: A first address that nobody has costs a wait for each file, no more, where the second is
--   right. Without a second one phones keep lists and configuration and register with them; they have lost both.
--   The TFTP server of another cluster offers lists that are signed by a stranger: refused. Option 150 set
--   right again, and a boot, brings all back; a reset is enough, for all of them are registered.
-- versions: all
-- source: Cisco technote 116232; "Migrating IP Phones Between Clusters with CUCM 8" (moved without preparation)
-- confidence: documented for another cluster; no answer inferred
local n = param("phones", 100)
local cl = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local other = cluster { name = "OTHER", version = "12.5", nodes = { "pub2" } }
local gone = cluster { name = "GONE", version = "12.5", nodes = { "pub3" } }
local second = cl:phones { count = n, model = "8845" }
local nobody = cl:phones { count = n, model = "7965" }
local stranger = cl:phones { count = n, model = "8845" }
local old = cl:phones { count = n, model = "7940" } -- holds no list
gone.pub3:link { down = true } -- an address where nobody answers
settle()
step("option 150 is changed", function()
  second:move { tftp = { gone.pub3, cl.pub } }
  nobody:move { tftp = gone.pub3 }
  old:move { tftp = gone.pub3 }
  stranger:move { tftp = other.pub2 }
  wait("1m")
  expect(nobody:count { lost = false }, "until they boot"):equals(n)
  cl:reset()
end)
settle()
expect(second:count { registered = true, lost = false }):equals(n)
for _, fleet in ipairs { nobody, stranger } do
  expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
  expect(fleet:count { lost = "configuration" }):equals(n)
  expect(fleet:count { remedy = "option-150" }):equals(n)
end
expect(old:count { registered = true, lost = "configuration" }):equals(n)

step("option 150 is right again", function()
  for _, fleet in ipairs { second, nobody, stranger, old } do fleet:move { tftp = { cl.pub, cl.sub } } end
  cl:reset()
end)
settle()
for _, fleet in ipairs { second, nobody, stranger, old } do
  expect(fleet:count { registered = true, lost = false }):equals(n)
end
