-- Phones of a mixed-mode cluster moved to a cluster that is not: directly, with and without an exchange
-- why: The new cluster has no CTL to put in place of the phone's own, so that the old one stays and is
--   asked first, for ever. The ITL is vouched for by the old TVS, where that knows the new signer.
-- expected: With certificates exchanged the phones take the new ITL through TVS, the configuration by that
--   ITL, and register without TLS, with the old CTL still there. Without, they refuse everything: their
--   configuration still asks for TLS, at the old cluster, and that is where they stay.
-- versions: 10.0 on
-- source: Cisco technotes 213407 and 221657 (which prepares the phones first)
-- confidence: inferred: technote 221657 says only what is done with preparation
local n = param("phones", 60)
for _, exchanged in ipairs { true, false } do
  local name = exchanged and "A" or "B"
  local old = cluster { name = "Old" .. name, version = "12.5", nodes = { "oldpub", "oldsub" } }
  local new = cluster { name = "New" .. name, version = "12.5", nodes = { "newpub" } }
  old:ctl("mixed-mode")
  for _, node in ipairs(old.nodes) do node:restart("TFTP", "Cisco CallManager") end
  settle()
  local fleet = old:phones { count = n, model = "8865", security = "encrypted", lsc = true }
  for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/" .. name) end
  settle()
  step("exchange, " .. name, function()
    for _, cluster in ipairs { old, new } do cluster:bulk("export") end
    new:bulk("consolidate")
    if exchanged then old:bulk("import") end
    for _, node in ipairs(old.nodes) do node:restart("TVS") end
  end)
  settle()
  step("option 150, " .. name, function()
    fleet:insert { cluster = new }
    fleet:move { tftp = new.newpub }
    fleet:reset()
  end)
  settle()
  if exchanged then
    expect(fleet:count { registered = true, lost = false }):equals(n)
    expect(fleet:count { itl_by = "TVS" }):equals(n)
  else
    expect(fleet:count { lost = "trust list" }):equals(n)
    expect(fleet:count { lost = "configuration" }):equals(n)
    expect(fleet:count { registered = true }, "at the old cluster, by TLS"):equals(n)
  end
end
