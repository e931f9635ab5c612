-- From 10.0 to 12.5(1)SU3 in mixed mode without tokens: 7960 and Jabber hold a CTL with one signer, which changes
-- why: A CTL of 10.0 has CallManager of the publisher as its only SAST, and from 12.0 on ITLRecovery signs the next.
--   Phones with an ITL find ITLRecovery there; 7960 and Jabber have neither ITL nor TVS.
-- expected: The upgrade itself costs nobody anything, for the CTL file is the old one. `utils ctl update CTLFile`: phones
--   with an ITL follow by it, 7960 and Jabber refuse the CTL and stay registered as long as CallManager is the
--   same. `utils ctl reset localkey`, signed by CallManager with ITLRecovery in it, brings them back, and the next
--   update is by their CTL: no hands. In that order from the beginning nobody loses anything. With CallManager of
--   the publisher regenerated in between neither key is known: hands.
-- versions: 10.0 and 10.5(1), then 12.0 or later
-- source: technote 118893; Security Guide 12.5(1)SU1, table of SAST roles, and `utils ctl reset localkey`
-- confidence: documented in part; the outcome follows from the table
local n = param("phones", 30)
local models = { "8845", "7965", "7960", "Jabber" }
local function site(name)
  local hq = cluster { name = name, version = "10.0", nodes = { name .. "-pub", name .. "-sub" } }
  hq:ctl("mixed-mode")
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
  end
  local function restart()
    settle()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end
  restart()
  step(name .. ": upgrade", function()
    hq:upgrade("12.5(1)SU3")
    settle()
    hq:reset()
    settle()
  end)
  for i, fleet in ipairs(fleets) do expect(fleet:count { registered = true, lost = false }, models[i]):equals(n) end
  return hq, fleets, restart
end
local function all_well(fleets, by)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false, ctl_by = by }, models[i]):equals(n)
  end
end

local late, fleets, restart = site("Late")
step("Late: utils ctl update CTLFile", function() late:ctl("update") restart() end)
for i, fleet in ipairs(fleets) do
  if i <= 2 then
    expect(fleet:count { lost = false, ctl_by = "ITL" }, models[i]):equals(n)
  else
    expect(fleet:count { registered = true, lost = "trust list", remedy = "ctl-reset-localkey" }, models[i]):equals(n)
  end
end
step("Late: utils ctl reset localkey", function() late:ctl("reset localkey") restart() end)
all_well(fleets, "CTL")
step("Late: update again", function() late:ctl("update") restart() end)
all_well(fleets, "CTL")

local careful, others, restart_others = site("Careful")
for _, act in ipairs { "reset localkey", "update" } do
  step("Careful: utils ctl " .. act, function() careful:ctl(act) restart_others() end)
  all_well(others, "CTL")
end

local hasty, third, restart_third = site("Hasty")
step("Hasty: CallManager regenerated before", function()
  hasty.nodes[1]:regenerate("CallManager")
  settle()
  hasty:ctl("reset localkey")
  restart_third()
end)
for i, fleet in ipairs(third) do
  expect(fleet:count { needs_hands = true }, models[i]):equals(i <= 2 and 0 or n)
  expect(fleet:count { registered = true }, models[i] .. ", at the subscriber"):equals(n)
end
