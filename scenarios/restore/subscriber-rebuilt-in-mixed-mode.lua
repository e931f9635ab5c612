-- A subscriber installed anew in mixed mode: its CallManager is a stranger until the CTL is updated
-- why: The CTL names the CallManager of every node. An installation without a backup makes another one, of which the
--   database of the publisher knows and the CTL does not.
-- expected: Secure phones of its group register at the publisher, those of a group of it alone nowhere; phones that are
--   not secure stay with it. The list they take by their own (12.5: ITLRecovery of the cluster). `utils ctl update
--   CTLFile`, restarts and a reset bring all back to it. A restore instead needs no CTL update.
-- versions: 12.5 on
-- source: rules of Cisco technotes 214231 and 118893; Security Guide 12.5 (when to update the CTL file)
-- confidence: inferred
local n = param("phones", 60)
for _, restores in ipairs { false, true } do
  local name = restores and "Restored" or "Anew"
  local cl = cluster { name = name, version = "12.5", nodes = { name .. "-pub", name .. "-sub" } }
  local pub, sub = cl.nodes[1], cl.nodes[2]
  cl:pool("sub first", { sub, pub })
  cl:pool("sub alone", { sub })
  cl:ctl("mixed-mode")
  for _, node in ipairs(cl.nodes) do node:restart("TFTP", "CallManager") end
  local two = cl:phones { count = n, model = "8845", security = "encrypted", pool = "sub first" }
  local alone = cl:phones { count = n, model = "8845", security = "encrypted", pool = "sub alone" }
  local plain = cl:phones { count = n, model = "8845", pool = "sub first" }
  settle()
  cl:backup()
  step(name .. ": subscriber installed anew", function()
    sub:rebuild()
    settle()
    if restores then sub:restore() end
    settle()
    for _, node in ipairs(cl.nodes) do node:restart("TFTP") end
    settle()
    cl:reset()
  end)
  settle()
  expect(two:count { registered = true, server = restores and sub or pub }, name):equals(n)
  expect(alone:count { registered = true }, name):equals(restores and n or 0)
  expect(plain:count { registered = true, server = sub, lost = false }, name):equals(n)
  if not restores then
    step("utils ctl update CTLFile, restarts, reset", function()
      cl:ctl("update")
      for _, node in ipairs(cl.nodes) do node:restart("TFTP", "CallManager") end
      settle()
      cl:reset()
    end)
    settle()
  end
  for _, phones in ipairs { two, alone, plain } do
    expect(phones:count { registered = true, server = sub, lost = false }, name):equals(n)
  end
end
