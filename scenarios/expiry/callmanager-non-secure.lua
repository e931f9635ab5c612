-- CallManager's certificate expires, cluster not in mixed mode: do phones still take signed files?
-- why: Two texts of Cisco disagree. A list of impacts says that with an expired CallManager
--   certificate phones accept neither signed configurations nor ITLs; a guide to common issues has
--   clusters whose certificates had expired, and which lost their phones when all of them were
--   renewed at once, not before. No trace shows a phone that looks at the date of a signature.
-- expected: Phones that look at signatures alone (the standard) notice nothing. Phones that look at
--   dates keep the configuration that they have, and on 11.5, where CallManager signs the ITL, their
--   ITL too when there is a new one; they stay registered. On 14 ITLRecovery signs the ITL, and lasts 20 years. A 7940 holds
--   no list and asks for plain files. The certificate regenerated, and TFTP restarted where it does
--   not do so by itself, brings all back.
-- versions: all
-- source: Cisco technote 214231, impact by certificate store; technote 225746 (15), scenario 1
-- confidence: both readings documented in part: knob dates_of_signers
start("2031-01-01 06:00")
local day = "2026-01-06 06:00"
local old = cluster { name = "OLD", version = "11.5", nodes = { "pub" }, installed = day }
local new = cluster { name = "NEW", version = "14", nodes = { "pub2" }, installed = day }
local n = param("phones", 100)
local sees = {
  old:phones { count = n, model = "7965" }, old:phones { count = n, model = "8845" },
  new:phones { count = n, model = "7821" }, new:phones { count = n, model = "8861" },
}
local blind = old:phones { count = n, model = "7940" }
local nodes = { old.pub, new.pub2 }
settle()

step("regenerate all but CallManager in time", function()
  for _, node in ipairs(nodes) do
    node:regenerate("CallManager-ECDSA", "TVS", "CAPF", "tomcat", "ipsec")
    node:restart("Cisco Trust Verification Service")
    node:restart("Cisco Tomcat")
  end
end)
wait("1m")
step("restart TFTP, reset", function()
  for _, node in ipairs(nodes) do node:restart("Cisco Tftp") end
  wait("1m")
  old:reset()
  new:reset()
end)
settle()
for _, fleet in ipairs(sees) do expect(fleet:count { itl_status = "Match" }):equals(n) end

step("CallManager expires", function() wait("10d") end)
-- CAPF is regenerated, so that there is a new ITL to be taken or refused.
local function boot(name, looks)
  step(name, function()
    knob("dates_of_signers", looks)
    for _, node in ipairs(nodes) do node:regenerate("CAPF") node:restart("Cisco Tftp") end
    wait("1m")
    old:reset()
    new:reset()
  end)
  settle()
end

boot("a new ITL: phones look at signatures alone", 0)
for _, fleet in ipairs(sees) do
  expect(fleet:count { registered = true, lost = false, config = "signed" }):equals(n)
  expect(fleet:count { itl_status = "Match" }):equals(n)
end
expect(blind:count { registered = true, lost = false }):equals(n)

boot("a new ITL: phones look at dates", 1)
for i, fleet in ipairs(sees) do
  expect(fleet:count { registered = true }, "calls go on"):equals(n)
  expect(fleet:count { lost = "configuration" }):equals(n)
  expect(fleet:count { lost = "trust list" }, "who signs the ITL"):equals(i <= 2 and n or 0)
  expect(fleet:count { needs_hands = true }):equals(0)
end
expect(blind:count { registered = true, lost = false }, "no list, no signature"):equals(n)

step("regenerate CallManager", function()
  for _, node in ipairs(nodes) do
    node:regenerate("CallManager")
    node:restart("Cisco Tftp")
  end
end)
wait("5m")
step("reset", function() old:reset() new:reset() end)
settle()
for _, fleet in ipairs(sees) do expect(fleet:count { lost = false, config = "signed" }):equals(n) end
