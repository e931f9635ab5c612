-- ITLRecovery regenerated in mixed mode: `utils ctl reset localkey`, and what happens without it
-- why: From 12.0 on ITLRecovery signs the CTL, and CallManager is the second SAST in it. The command makes
--   the CTL anew, with the new ITLRecovery in it, and signs with CallManager; the next update signs with
--   ITLRecovery again.
-- expected: By the guide all phones take both lists by their own CTL, 7960 and Jabber too. By the short form
--   (`utils ctl update CTLFile` at once) phones with an ITL take it through TVS; 7960 and Jabber refuse it and
--   go on, and `utils ctl reset localkey` brings them back: the search names it. With CallManager, TVS and
--   ITLRecovery at once no secure phone registers and all need hands.
-- versions: 12.0 on
-- source: Security Guide 14, Certificates; Cisco technotes 214231 (short form), 225746 (all three)
-- confidence: documented; who has no TVS is inferred from technote 118893
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }
local function build(name)
  local hq = cluster { name = name, version = "12.5", nodes = { name .. "-pub", name .. "-sub" } }
  local function restart(...)
    for _, node in ipairs(hq.nodes) do node:restart(...) end
    settle()
    hq:reset()
    settle()
  end
  hq:ctl("mixed-mode")
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
  end
  restart("TFTP", "CallManager")
  return hq, fleets, restart
end
local function all(fleets, from, to, what, filters)
  for i = from, to do expect(fleets[i]:count(filters), what .. ": " .. models[i]):equals(n) end
end

local guide, fleets, restart = build("guide")
step("guide: regenerated, ctl reset localkey, reset", function()
  guide.nodes[1]:regenerate("ITLRecovery")
  settle()
  guide:ctl("reset localkey")
  guide:reset()
  settle()
end)
all(fleets, 1, 4, "first round", { registered = true, lost = false, ctl_by = "CTL" })
step("guide: ctl update, reset", function() guide:ctl("update") restart("TFTP") end)
all(fleets, 1, 4, "second round", { registered = true, lost = false, ctl_by = "CTL" })

local short, phones, again = build("short")
step("short form: regenerated, ctl update, TVS and TFTP", function()
  short.nodes[1]:regenerate("ITLRecovery")
  settle()
  short:ctl("update")
  again("TVS", "TFTP")
end)
all(phones, 1, 2, "short form", { registered = true, lost = false, ctl_by = "TVS", itl_by = "CTL" })
all(phones, 3, 4, "short form", { registered = true, lost = "trust list", remedy = "ctl-reset-localkey" })
step("short form: ctl reset localkey after all", function() short:ctl("reset localkey") short:reset() settle() end)
all(phones, 1, 4, "localkey after all", { registered = true, lost = false })

local three, gone, anew = build("three")
step("three: CallManager, TVS and ITLRecovery", function()
  for _, node in ipairs(three.nodes) do node:regenerate("CallManager", "TVS") end
  three.nodes[1]:regenerate("ITLRecovery")
  settle()
  three:ctl("update")
  anew("TVS", "TFTP", "CallManager")
end)
all(gone, 1, 4, "all three", { lost = "registration", needs_hands = true })
step("three: ctl and itl reset localkey", function()
  three:ctl("reset localkey")
  three:itl("reset localkey")
  three:reset()
  settle()
end)
all(gone, 1, 4, "localkey", { lost = "registration", needs_hands = true })
