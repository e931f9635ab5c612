-- The rollback parameter before a move out of mixed mode: the CTL stays, and nobody vouches any more
-- why: The parameter empties the ITL and not the CTL. A phone with a CTL judges by it; the new CTL is not
--   signed by anybody that it names, and the TVS that could vouch is no longer in the ITL.
-- expected: The phones refuse the lists of the new cluster although certificates were exchanged and the old
--   cluster is up. Without the parameter the same move works. Non-secure phones of the cluster hold the
--   CTL too.
-- versions: 8.0 on, mixed mode
-- source: Cisco technote 213407 (rollback is no method for secure clusters)
-- confidence: documented
local n = param("phones", 60)
local function mixed(name, version, nodes)
  local it = cluster { name = name, version = version, nodes = nodes }
  it:ctl("mixed-mode")
  for _, node in ipairs(it.nodes) do node:restart("TFTP", "Cisco CallManager") end
  it:bulk("sftp", "sftp:/move")
  return it
end
local new = mixed("New", "11.0", { "newpub" })
for _, rollback in ipairs { false, true } do
  local name = rollback and "B" or "A"
  local old = mixed("Old" .. name, "10.5(2)", { "oldpub", "oldsub" })
  settle()
  local fleet = old:phones { count = n, model = "8861" }
  settle()
  step("exchange, " .. name, function()
    for _, cluster in ipairs { old, new } do cluster:bulk("export") end
    new:bulk("consolidate")
    for _, cluster in ipairs { old, new } do cluster:bulk("import") end
    old:set("rollback", rollback)
    for _, node in ipairs(old.nodes) do node:restart("TVS", "TFTP") end
    settle()
    old:reset()
  end)
  settle()
  step("option 150, " .. name, function()
    fleet:insert { cluster = new }
    fleet:move { tftp = new.newpub }
    fleet:reset()
  end)
  settle()
  expect(fleet:count { lost = "trust list" }, "rollback " .. tostring(rollback)):equals(rollback and n or 0)
  expect(fleet:count { registered = true }):equals(n)
end
