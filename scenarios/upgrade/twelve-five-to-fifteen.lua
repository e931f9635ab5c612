-- From 12.5(1)SU6 to 14SU3 and 15: certificates stay, lists are the same, nobody notices more than the reboots
-- why: An upgrade keeps certificates and keys, and from 12.5 on ITLRecovery of the cluster signs the lists on every
--   version, so that nothing changes that a phone looks at. What is different is what happens behind the next change.
-- expected: Behind each upgrade all phones take the list by their own ITL or have it already, secure ones their CTL
--   by its own, 7960 and Jabber too. CallManager regenerated on 15 is followed by resets that nobody ordered. From
--   11.5 an upgrade to 15 is refused: it begins at 12.5.
-- versions: 12.5(1)SU3 on; before it the upgrade from below makes ITLRecovery anew (FN70613)
-- source: Security Guides 12.5 to 15 (who signs); release notes 15 (from which version)
-- confidence: documented who signs and from where; that lists stay as they are inferred
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.5(1)SU6", nodes = { "pub", "sub" } }
local early = cluster { name = "Early", version = "11.5", nodes = { "e" } }
hq:ctl("mixed-mode")
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
local fleets = {
  secure = hq:phones { count = n, model = "8845", security = "encrypted" },
  plain = hq:phones { count = n, model = "8845" },
  old = hq:phones { count = n, model = "7960", security = "authenticated", lsc = true },
  jabber = hq:phones { count = n, model = "Jabber" },
}
settle()
local function well(when)
  for name, phones in pairs(fleets) do
    expect(phones:count { registered = true, lost = false }, when .. ", " .. name):equals(n)
  end
end
well("before")
expect(refused(function() early:upgrade("15") end)):contains("12.5")
local signer, callmanager = hq.pub:certificate("ITLRecovery"), hq.sub:certificate("CallManager")
for _, version in ipairs { "14SU3", "15" } do
  step("upgrade to " .. version, function() hq:upgrade(version) end)
  settle()
  step("reset on " .. version, function() hq:reset() end)
  settle()
  well("on " .. version)
  expect(hq.pub:certificate("ITLRecovery")):equals(signer)
  expect(hq.sub:certificate("CallManager")):equals(callmanager)
end
step("CallManager regenerated on 15, and the CTL updated", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
  wait("30s")
  hq:ctl("update")
end)
settle()
well("renewed by itself")
for _, name in ipairs { "secure", "plain" } do
  expect(fleets[name]:count { ctl_by = "CTL", itl_status = "Match" }, name):equals(n)
end
