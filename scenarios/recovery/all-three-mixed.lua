-- CallManager, TVS and ITLRecovery at once in mixed mode: secure phones are unregistered, and no command helps
-- why: No SAST of the CTL or the ITL that phones hold is left, CallManager is not the one in their CTL, and TVS
--   is in no list of theirs.
-- expected: No secure phone registers, of whatever model, and all need hands; `utils ctl reset localkey` and
--   `utils itl reset localkey` sign with CallManager, which is new, and change nothing.
-- versions: 12.0 on
-- source: Cisco technote 225746 (15: mixed mode or not), Security Guide 14
-- confidence: documented that they are unregistered; that localkey is no help is inferred
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
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
local function all(from, to, what, filters)
  for i = from, to do expect(fleets[i]:count(filters), what .. ": " .. models[i]):equals(n) end
end

step("CallManager, TVS and ITLRecovery", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager", "TVS") end
  hq.pub:regenerate("ITLRecovery")
  settle()
  hq:ctl("update")
  restart("TVS", "TFTP", "CallManager")
end)
all(1, 4, "all three", { lost = "registration", needs_hands = true })
step("ctl and itl reset localkey", function()
  hq:ctl("reset localkey")
  hq:itl("reset localkey")
  hq:reset()
  settle()
end)
all(1, 4, "localkey", { lost = "registration", needs_hands = true })
