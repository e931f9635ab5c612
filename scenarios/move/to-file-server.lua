-- Phones move from CUCM to a file server that signs nothing: CME, Asterisk
-- why: A phone whose ITL names a TFTP server asks for SEP<MAC>.cnf.xml.sgn, and such a server has the plain
--   name alone. It has no ITL file either that the phone could refuse or take.
-- expected: Phones with an ITL get "file not found", keep the configuration of the old cluster and stay
--   registered there while it is up. When it is gone they have no server but the address of their TFTP
--   server: by register_at_tftp=1 they register there with what they hold, by 0 nowhere, which is
--   what was seen of phones moved to a CME. With the lists deleted by hand they take what they are given.
--   Models without an ITL, and phones whose ITL the rollback parameter emptied before, move at once.
-- versions: 8.0 on; before there is no ITL
-- source: ccnp-v.blogspot.com 2011, "Signed Configuration Files and Moving a Phone From CUCM 8 to CUCME";
--   TFTP log of a phone at a FreePBX; Cisco technote 116232 (which name is asked for)
-- confidence: observed; the way to the TFTP server's address is of the document on migrating phones
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local ready = cluster { name = "Ready", version = "8.6", nodes = { "pub2" } }
local pbx = cluster { name = "PBX", version = "file server", nodes = { "pbx" } }
local n = param("phones", 60)
local with = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
local without = hq:phones { count = n, model = "7940" }
local emptied = ready:phones { count = n, model = "7965" }
settle()
step("rollback parameter on one cluster", function()
  ready:set("rollback", 1)
  ready.pub2:restart("TVS")
  ready.pub2:restart("Cisco Tftp")
  settle()
  ready:reset()
end)
settle()

step("files on the server, option 150, reset", function()
  for _, fleet in ipairs { with[1], with[2], without, emptied } do
    fleet:insert { cluster = pbx }
    fleet:move { tftp = pbx.pbx }
    fleet:reset()
  end
end)
settle()
for _, fleet in ipairs(with) do
  expect(fleet:count { server = "HQ/pub", lost = "configuration", config = "signed" }):equals(n)
  expect(fleet:count { lost = "trust list" }):equals(0)
end
for _, fleet in ipairs { without, emptied } do
  expect(fleet:count { server = "PBX/pbx", lost = false, config = "plain" }):equals(n)
end

for value = 0, 1 do
  step("the old cluster is gone, register_at_tftp=" .. value, function()
    knob("register_at_tftp", value)
    hq.pub:link { down = true }
    for _, fleet in ipairs(with) do
      fleet:power("off")
      fleet:power("on")
    end
  end)
  settle()
  for _, fleet in ipairs(with) do
    expect(fleet:count { server = value == 1 and "PBX/pbx" or "" }, "register_at_tftp=" .. value):equals(n)
    expect(fleet:count { lost = "configuration", config = "signed" }):equals(n)
  end
end

step("lists deleted by hand", function()
  for _, fleet in ipairs(with) do fleet:delete_trust_list() end
end)
settle()
for _, fleet in ipairs(with) do
  expect(fleet:count { server = "PBX/pbx", lost = false, itl_by = "none", config = "plain" }):equals(n)
end
