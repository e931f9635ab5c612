-- Where an import puts the old CAPF decides whether LSCs come along
-- why: Technote 215539 says CallManager-trust. CallManager takes LSCs of its own CAPF and of one in CAPF-trust
--   (accept_capf_trust_lsc); whether CallManager-trust is good for that no source says.
-- expected: With bulk_capf_to_capf_trust=0, the better source, phones with an LSC are refused over TLS after the
--   move, which is what the Security Guide says of them. With 1 they register.
-- versions: 10.5(2) on, mixed mode
-- source: Cisco technote 215539; Security Guide 12.5 (CAPF into CAPF-trust by hand); Security Guide 15 (a new
--   LSC after a move)
-- confidence: the refusal documented, the other value assumed: parameter bulk_capf_to_capf_trust
local n = param("phones", 60)
for _, there in ipairs { false, true } do
  local name = there and "1" or "0"
  local old = cluster { name = "Old" .. name, version = "11.5", nodes = { "oldpub" } }
  local new = cluster { name = "New" .. name, version = "12.5", nodes = { "newpub" } }
  for _, cluster in ipairs { old, new } do
    cluster:set("bulk_capf_to_capf_trust", there)
    cluster:ctl("mixed-mode")
    cluster.nodes[1]:restart("TFTP", "Cisco CallManager")
  end
  settle()
  local fleet = old:phones { count = n, model = "8861", security = "encrypted", lsc = true }
  settle()
  step("exchange and move, " .. name, function()
    for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/" .. name) cluster:bulk("export") end
    new:bulk("consolidate")
    for _, cluster in ipairs { old, new } do cluster:bulk("import") end
    old.oldpub:restart("TVS")
    settle()
    fleet:insert { cluster = new, security = "encrypted" }
    fleet:move { tftp = new.newpub }
    fleet:reset()
  end)
  settle()
  expect(fleet:count { lost = "trust list" }):equals(0)
  expect(fleet:count { lost = "configuration" }):equals(0)
  expect(fleet:count { lost = "registration" }, "bulk_capf_to_capf_trust=" .. name):equals(there and 0 or n)
end
