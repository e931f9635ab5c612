-- Secure phones take a CTL that names the signer of the next cluster first: they move without the old TVS
-- why: With the destination's ITLRecovery in Phone-SAST-trust `utils ctl update CTLFile` puts it into the
--   old cluster's CTL as one who may sign lists (ctl_holds_sast_trust). Phones that hold that CTL know
--   the signer of the new lists by themselves.
-- expected: With ctl_holds_sast_trust=1 the phones take the new CTL by their own one after the old cluster
--   was switched off, and register. With 0 they need its TVS and are stuck.
-- versions: 12.0 on, both clusters, mixed mode
-- source: Security Guide 12.5, CTL setup (moving phones with LSCs); Cisco technote 213407 relies on TVS
-- confidence: documented; that nothing else is needed inferred
local n = param("phones", 60)
for _, holds in ipairs { true, false } do
  local name = holds and "A" or "B"
  local old = cluster { name = "Old" .. name, version = "12.5", nodes = { "oldpub", "oldsub" } }
  local new = cluster { name = "New" .. name, version = "14SU1", nodes = { "newpub" } }
  for _, cluster in ipairs { old, new } do
    cluster:ctl("mixed-mode")
    for _, node in ipairs(cluster.nodes) do node:restart("TFTP", "Cisco CallManager") end
  end
  old:set("ctl_holds_sast_trust", holds)
  settle()
  local fleet = old:phones { count = n, model = "8861", security = "encrypted", lsc = true }
  settle()
  step("ITLRecovery of the destination, CTL, " .. name, function()
    old.oldpub:upload("Phone-SAST-trust", new.newpub:certificate("ITLRecovery"))
    new.newpub:upload("CAPF-trust", old.oldpub:certificate("CAPF"))
    settle()
    old:ctl("update")
    for _, node in ipairs(old.nodes) do node:restart("TFTP", "Cisco CallManager") end
    settle()
    old:reset()
  end)
  settle()
  expect(fleet:count { registered = true, lost = false }):equals(n)
  step("the old cluster is switched off, " .. name, function()
    for _, node in ipairs(old.nodes) do node:link { down = true } end
    fleet:insert { cluster = new, security = "encrypted" }
    fleet:move { tftp = new.newpub }
    fleet:power("off")
    fleet:power("on")
  end)
  settle()
  if holds then
    expect(fleet:count { registered = true, lost = false }):equals(n)
    expect(fleet:count { ctl_by = "CTL" }):equals(n)
  else
    expect(fleet:count { lost = "trust list" }):equals(n)
  end
end
