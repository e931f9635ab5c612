-- CTLFile.tlv deleted while the cluster is in mixed mode: who holds the CTL goes on, who does not stays out
-- why: The file is what a phone without a CTL learns CallManager from. Deleted on the servers it is deleted
--   nowhere else: phones keep theirs, and CallManager goes on asking secure phones for TLS.
-- expected: Phones with the CTL stay and come back from a reset. A secure phone that is new, or whose lists
--   somebody deletes, asks for a CTL again and again and does not register; one that is not secure does. What
--   helps is `utils ctl update CTLFile`, which puts the file on every node again.
-- versions: 10.0 on (the command); the rule is the same with the CTL client
-- source: guides of 7906 to 7945 (loops asking for a CTL); Cisco technotes 118892, 118893
-- confidence: documented that such a phone does not register; the rest is inferred
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = param("version", "11.5"), nodes = { "pub", "sub" } }
local function restart(...)
  for _, node in ipairs(hq.nodes) do node:restart(...) end
  settle()
end
hq:ctl("mixed-mode")
local secure = hq:phones { count = n, model = "8845", security = "encrypted" }
local erased = hq:phones { count = n, model = "7965", security = "authenticated" }
local plain = hq:phones { count = n, model = "8845" }
restart("TFTP", "CallManager")
hq:reset()
settle()
step("CTLFile.tlv deleted on every node", function()
  for _, node in ipairs(hq.nodes) do node:delete_ctl() end
  restart("TFTP")
  hq:reset()
  settle()
end)
for _, fleet in ipairs { secure, erased, plain } do
  expect(fleet:count { registered = true, lost = false }, "who has it"):equals(n)
end
step("somebody deletes the lists of some phones", function()
  erased:delete_trust_list()
  plain:delete_trust_list()
  settle()
end)
expect(erased:count { registered = false, ctl_by = "none", lost = "registration" }):equals(n)
expect(erased:count { remedy = "ctl-update" }):equals(n)
expect(plain:count { registered = true, lost = false, ctl_by = "none", itl_by = "first trust" }):equals(n)
step("utils ctl update CTLFile", function() hq:ctl("update") restart("TFTP") restart("CallManager") end)
for _, fleet in ipairs { secure, erased, plain } do
  expect(fleet:count { registered = true }, "the file is there again"):equals(n)
end
expect(erased:count { lost = false }):equals(n)
