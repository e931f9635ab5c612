-- Settings Access restricted: the keys of the model do nothing, and a factory reset is the only way
-- why: An administrator may close the phone's menu (Settings Access: restricted, disabled). Erasing a trust
--   list is in that menu. A phone that has lost trust takes no configuration that would open it again.
-- expected: CallManager and TVS regenerated together on 8.6: all phones are stuck. Where the menu is open the
--   keys bring a phone back; where it is not they do nothing, and a factory reset does, which takes the
--   LSC and the configuration along with both lists. Settings opened in CUCM afterwards never arrive.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232
-- confidence: documented; what a factory reset erases beside the lists by the administration guides
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local open = hq:phones { count = n, model = "7965" }
local closed = { hq:phones { count = n, model = "7965" },
                 hq:phones { count = n, model = "8845" } }
closed[1]:set("settings_access", "restricted")
closed[2]:set("settings_access", "disabled")
settle()
step("regenerate CallManager and TVS", function()
  hq.pub:regenerate("CallManager", "TVS")
  hq.pub:restart("Cisco Trust Verification Service", "Cisco Tftp")
  settle()
  hq:reset()
end)
settle()
for _, fleet in ipairs { open, closed[1], closed[2] } do
  expect(fleet:count { registered = true, needs_hands = true }):equals(n)
end

step("somebody presses the keys", function()
  for _, fleet in ipairs { open, closed[1], closed[2] } do fleet:delete_trust_list("10m") end
end)
settle()
expect(open:count { itl_by = "first trust", lost = false }):equals(n)
for _, fleet in ipairs(closed) do
  expect(fleet:count { lost = "trust list", registered = true }, "nothing happened"):equals(n)
end

step("factory reset", function()
  for _, fleet in ipairs(closed) do fleet:factory_reset("10m") end
end)
settle()
for _, fleet in ipairs(closed) do
  expect(fleet:count { itl_by = "first trust", itl_status = "Match", lost = false }):equals(n)
end
