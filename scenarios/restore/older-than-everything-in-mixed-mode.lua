-- A restore on 10.5 in mixed mode, older than CallManager, TVS and the CTL: one command brings list after list back
-- why: Behind the restore the cluster has the keys of before, and phones the lists of since. What both know is
--   ITLRecovery, which nobody renewed.
-- expected: Secure phones find CallManager in no list and do not register; those that are not secure register and refuse
--   everything; TVS shows a certificate that no phone has. The CTL is the last to come: nothing signs it but the
--   CallManager of before. `utils itl reset localkey` gives an ITL by ITLRecovery, that ITL names that CallManager,
--   and the CTL is taken by it at the next attempt. No hands.
-- versions: 10.5(2) to 11.5
-- source: Security Guide (new backup after each regeneration), technote 117598; rules of trust (a CTL by the ITL)
-- confidence: inferred; the sentence that hands are needed is documented of all versions
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "10.5(2)", nodes = { "pub", "sub" } }
hq:ctl("mixed-mode")
local secure = hq:phones { count = n, model = "8845", security = "encrypted", lsc = true }
local plain = hq:phones { count = n, model = "7965" }
local function restart(...)
  for _, node in ipairs(hq.nodes) do node:restart(...) end
  settle()
  hq:reset()
  settle()
end
restart("TFTP", "CallManager")
hq:backup()
for _, own in ipairs { "CallManager", "TVS" } do
  step(own .. " renewed as it should be", function()
    for _, node in ipairs(hq.nodes) do node:regenerate(own) end
    settle()
    hq:ctl("update")
    restart("TVS", "TFTP", "CallManager")
  end)
  for _, fleet in ipairs { secure, plain } do expect(fleet:count { lost = false, itl_status = "Match" }):equals(n) end
end
step("restore", function()
  for _, node in ipairs(hq.nodes) do
    node:restore()
    settle()
  end
  hq:reset()
  settle()
end)
expect(secure:count { lost = "registration", remedy = "reset-localkey" }):equals(n)
expect(plain:count { registered = true, lost = "trust list", remedy = "reset-localkey" }):equals(n)
step("utils itl reset localkey", function()
  hq:itl("reset localkey")
  hq:reset()
  settle()
  hq:reset()
  settle()
end)
for _, fleet in ipairs { secure, plain } do
  expect(fleet:count { registered = true, lost = false, ctl_by = "ITL", itl_status = "Match" }):equals(n)
end
