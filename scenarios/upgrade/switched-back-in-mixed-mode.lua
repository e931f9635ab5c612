-- A cluster in mixed mode switched back from 12.5 to 11.5 after CallManager was regenerated and the CTL updated
-- why: Each partition has its own certificates, and a CTL file of its own, signed by its own CallManager; the CTL that
--   phones took since names neither.
-- expected: Phones with an ITL ask TVS, which is the same on both partitions, and are back by themselves. 7960 and Jabber
--   know nobody: they refuse CTL and configuration, and no CallManager is in their list, so that they register
--   nowhere. What brings them back is the newer version, and no command of the older one.
-- versions: 11.5, then 12.0 or later; here 12.5(1)SU3
-- source: upgrade guides, "Switch the cluster back to a previous release"; technote 118893
-- confidence: inferred from documented rules
local n = param("phones", 30)
local models = { "8845", "7965", "7960", "Jabber" }
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
hq:ctl("mixed-mode")
local fleets = {}
for i, model in ipairs(models) do
  fleets[i] = hq:phones { count = n, model = model, security = "encrypted", lsc = true }
end
local function restart()
  settle()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
  settle()
  hq:reset()
  settle()
end
restart()
step("upgrade, CTL updated", function()
  hq:upgrade("12.5(1)SU3")
  settle()
  hq:ctl("update")
  restart()
end)
step("CallManager regenerated, CTL updated", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
  settle()
  hq:ctl("update")
  restart()
end)
for i, fleet in ipairs(fleets) do expect(fleet:count { lost = false, ctl_by = "CTL" }, models[i]):equals(n) end
step("switched back", function()
  hq:switch_version()
  settle()
  hq:reset()
  settle()
end)
for i, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = false, ctl_by = "TVS" }, models[i]):equals(i <= 2 and n or 0)
  expect(fleet:count { lost = "registration", remedy = "switch-version" }, models[i]):equals(i <= 2 and 0 or n)
end
step("and forward again", function()
  hq:switch_version()
  settle()
end)
for i, fleet in ipairs(fleets) do expect(fleet:count { registered = true }, models[i]):equals(n) end
