-- Field notice 70613: the upgrade to 12.5 regenerates ITLRecovery in a mixed-mode cluster
-- why: The CTL on the phones then has CallManager as its only good root. Whoever regenerates CallManager
--   before the CTL is repaired leaves secure phones without any. The notice says that the CTL has to be
--   deleted by hand then; the rules of other documents say that a phone asks its ITL and TVS as well.
-- expected: Behind the upgrade the lists still verify, CallManager and TVS are as they were, and phones
--   take the new ITLRecovery into their ITL. CallManager regenerated, the CTL updated and a reset: the
--   documented outcome, no registration and hands for every secure phone, comes out where a phone takes a
--   CTL by its own alone (knob ctl_by_ctl_alone=1). With 0, the standard, phones take it by their ITL,
--   where the new ITLRecovery is, and with TVS regenerated too only those that were off meanwhile are lost.
--   An upgrade to 12.5(1)SU3, where it is mended, leaves ITLRecovery as it was; so does fn70613=0, where new
--   machines are made and get the data: then either reading loses nobody.
-- versions: refresh upgrade from below 12.5 to 12.5(1) before SU3
-- source: Cisco field notice FN70613 (CSCvv13565), against technote 118893 (a CTL through TVS)
-- confidence: documented what is regenerated; of the outcome both readings, knob ctl_by_ctl_alone: 1 gives
--   that of the notice
local n = param("phones", 200)
local function mixed(name, version)
  local cl = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  cl:ctl("mixed-mode")
  for _, node in ipairs(cl.nodes) do node:restart("TFTP", "CallManager") end
  return cl
end
local function renewed(cl, ...)
  for _, node in ipairs(cl.nodes) do node:regenerate(...) end
  cl:ctl("update")
  for _, node in ipairs(cl.nodes) do node:restart("TVS", "TFTP", "CallManager") end
end

local hq, made_new = mixed("HQ", "12.0"), mixed("New", "12.0")
made_new:set("fn70613", false)
local secure = hq:phones { count = n, model = "8845", security = "encrypted" }
local away = hq:phones { count = n, model = "8845", security = "encrypted" }
local spared = made_new:phones { count = n, model = "8845", security = "encrypted" }
settle()
expect(secure:count { registered = true }):equals(n)
away:power("off")
local before = hq.nodes[1]:certificate("ITLRecovery")
local kept = made_new.nodes[1]:certificate("ITLRecovery")
step("upgrade", function() hq:upgrade("12.5") made_new:upgrade("12.5") end)
settle()
expect(hq.nodes[1]:certificate("ITLRecovery")):differs(before)
expect(hq.nodes[2]:certificate("ITLRecovery")):equals(hq.nodes[1]:certificate("ITLRecovery"))
expect(made_new.nodes[1]:certificate("ITLRecovery")):equals(kept)
step("reset", function() hq:reset() made_new:reset() end)
settle()
expect(secure:count { registered = true }, "behind the upgrade"):equals(n)

-- As the notice has it: a phone believes the CTL that it holds, and nobody else.
knob("ctl_by_ctl_alone", true)
step("CallManager regenerated before the CTL was repaired", function()
  renewed(hq, "CallManager")
  renewed(made_new, "CallManager")
end)
settle()
step("reset again", function() hq:reset() made_new:reset() end)
settle()
expect(secure:count { lost = "registration" }, "1, the notice: no registration"):equals(n)
expect(secure:count { needs_hands = true }, "1, the notice: the CTL deleted by hand"):equals(n)
expect(spared:count { registered = true, lost = false }, "1, ITLRecovery kept"):equals(n)

-- As the other documents have it: its ITL and TVS as well.
knob("ctl_by_ctl_alone", false)
expect(secure:count { needs_hands = true }, "0: they ask again by themselves"):equals(0)
step("time passes", function() wait("30m") end)
settle()
expect(secure:count { registered = true, lost = false }, "0: by the ITL of the upgrade"):equals(n)
step("TVS regenerated too, the others on", function()
  renewed(hq, "CallManager", "TVS")
  settle()
  hq:reset()
  away:power("on")
end)
settle()
expect(secure:count { registered = true }):equals(n)
expect(away:count { needs_hands = true }, "off during the upgrade"):equals(n)

local mended = mixed("BR", "12.0")
before = mended.nodes[1]:certificate("ITLRecovery")
step("another cluster to 12.5(1)SU3", function() mended:upgrade("12.5(1)SU3") settle() end)
expect(mended.nodes[1]:certificate("ITLRecovery")):equals(before)
