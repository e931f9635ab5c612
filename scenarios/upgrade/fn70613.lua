-- Field notice 70613: the upgrade to 12.5 regenerates ITLRecovery in a mixed-mode cluster
-- why: The CTL on the phones then has CallManager as its only good root. Whoever regenerates CallManager
--   before the CTL is repaired leaves secure phones without any.
-- expected: Behind the upgrade the lists still verify, CallManager and TVS are as they were, and phones
--   take the new ITLRecovery into their ITL. The notice says that after CallManager the CTL has to be
--   deleted by hand. By the rules it has not: phones that took the new ITL hold the new ITLRecovery
--   there, which signs the new CTL. Those that were off meanwhile know neither. An upgrade to
--   12.5(1)SU3, where it is mended, leaves ITLRecovery as it was; so does fn70613=0, where new
--   machines are made and get the data.
-- versions: refresh upgrade from below 12.5 to 12.5(1) before SU3
-- source: Cisco field notice FN70613 (CSCvv13565)
-- confidence: documented what is regenerated; the outcome is inferred, against the notice
local hq = cluster { name = "HQ", version = "12.0", nodes = { "pub", "sub" } }
local mended = cluster { name = "BR", version = "12.0", nodes = { "pub2", "sub2" } }
hq:ctl("mixed-mode")
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
local secure = hq:phones { count = param("phones", 200), model = "8845", security = "encrypted" }
local away = hq:phones { count = secure:count(), model = "8845", security = "encrypted" }
settle()
expect(secure:count { registered = true }):equals(secure:count())
away:power("off")
local before = hq.pub:certificate("ITLRecovery")
step("upgrade", function() hq:upgrade("12.5") end)
settle()
expect(hq.pub:certificate("ITLRecovery")):differs(before)
expect(hq.sub:certificate("ITLRecovery")):equals(hq.pub:certificate("ITLRecovery"))
step("reset", function() hq:reset() end)
settle()
expect(secure:count { registered = true }, "behind the upgrade"):equals(secure:count())
step("CallManager and TVS regenerated before the CTL was repaired", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager", "TVS") end
  hq:ctl("update")
  for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP", "CallManager") end
end)
settle()
step("reset again, the others on", function()
  secure:reset()
  away:power("on")
end)
settle()
expect(secure:count { needs_hands = true }, "the notice says all"):equals(0)
expect(secure:count { registered = true }):equals(secure:count())
expect(away:count { needs_hands = true }, "off during the upgrade"):equals(away:count())

before = mended.pub2:certificate("ITLRecovery")
step("another cluster to 12.5(1)SU3", function() mended:upgrade("12.5(1)SU3") end)
expect(mended.pub2:certificate("ITLRecovery")):equals(before)
