-- ITLRecovery expires: the signer of every list on 12.0 and later, a spare key before
-- why: From 12.0 on ITLRecovery signs ITL and CTL. It lasted five years once and lasts twenty now; an
--   upgrade keeps the one that is there, so that a cluster of today may have one of five years. On
--   11.5 it is the second key of the ITL, for `utils itl reset localkey`.
-- expected: Phones that look at signatures alone notice nothing (dates_of_signers=0). Phones that
--   look at dates keep the lists that they have on 12.5; they are registered, and their
--   configuration, signed by CallManager, is taken still. On 11.5 nobody notices. A new ITLRecovery
--   is known to TVS, and the list that it signs comes back.
-- versions: 10.0 and later; the five years are made by a run that begins twenty years later
-- source: Cisco Security Guide 14 (ITLRecovery: 5 years once, 20 now); technote 214231
-- confidence: the dates documented, what phones do with them assumed: knob dates_of_signers
start("2046-01-10 06:00")
local new = cluster { name = "NEW", version = "12.5", nodes = { "pub" }, installed = "2026-01-20 06:00" }
local old = cluster { name = "OLD", version = "11.5", nodes = { "pub2" }, installed = "2026-01-20 06:00" }
local n = param("phones", 100)
local nodes = { new.pub, old.pub2 }
for _, node in ipairs(nodes) do
  node:regenerate("CallManager", "CallManager-ECDSA", "TVS", "CAPF", "tomcat")
  for _, service in ipairs { "Cisco Trust Verification Service", "Cisco Tomcat", "Cisco CallManager" } do
    node:restart(service)
  end
end
wait("1m")
for _, node in ipairs(nodes) do node:restart("Cisco Tftp") end
wait("1m")
local signed = { new:phones { count = n, model = "8845" }, new:phones { count = n, model = "7965" } }
local spare = old:phones { count = n, model = "7965" }
settle()
step("ITLRecovery expires", function() wait("20d") end)
-- CAPF is regenerated, so that there is a new list to be taken or refused.
local function boot(name, looks)
  step(name, function()
    knob("dates_of_signers", looks)
    for _, node in ipairs(nodes) do node:regenerate("CAPF") node:restart("Cisco Tftp") end
    wait("1m")
    new:reset()
    old:reset()
  end)
  settle()
end
boot("a new ITL: phones look at signatures alone", 0)
for _, fleet in ipairs { signed[1], signed[2], spare } do expect(fleet:count { lost = false }):equals(n) end

boot("a new ITL: phones look at dates", 1)
for _, fleet in ipairs(signed) do
  expect(fleet:count { lost = "trust list" }):equals(n)
  expect(fleet:count { registered = true, config = "signed" }):equals(n)
  expect(fleet:count { lost = "configuration" }):equals(0)
  expect(fleet:count { needs_hands = true }):equals(0)
end
expect(spare:count { lost = false }, "CallManager signs there"):equals(n)

step("regenerate ITLRecovery", function()
  new.pub:regenerate("ITLRecovery")
  new.pub:restart("Cisco Tftp")
end)
wait("1m")
step("reset", function() new:reset() end)
settle()
for _, fleet in ipairs(signed) do expect(fleet:count { lost = false, itl_by = "TVS" }):equals(n) end
