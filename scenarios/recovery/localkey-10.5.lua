-- Both keys gone at once on 10.5, and `utils itl reset localkey`: the spare key that phones have
-- why: On 10.0 to 11.5 each list names ITLRecovery as a second SAST, and nothing but this command signs with
--   it. A 10.x node has an ITLRecovery of its own; the command signs the publisher's list with the
--   publisher's and gives it to every TFTP.
-- expected: CallManager and TVS of every node regenerated: phones stay registered, nothing else goes. Behind
--   the command and a reset those whose ITL is the publisher's are back; those of the subscriber's TFTP are
--   not, unless each node signs its own list (parameter localkey_each_node). Behind a restart of TFTP the
--   lists are CallManager's again, and phones take them.
-- versions: 10.0 to 11.5
-- source: Cisco technote 117598 (ITL enhancements in 10.0); CLI reference; ITLRecovery by node inferred
-- confidence: that it helps documented; what it does for a subscriber's phones no source says
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "10.5(2)", nodes = { "pub", "sub" } }
local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
fleets[2]:move { tftp = { hq.sub, hq.pub } }
settle()
hq:reset()
settle()
local function localkey(what)
  step("utils itl reset localkey, " .. what, function() hq:itl("reset localkey") hq:reset() settle() end)
end
step("CallManager and TVS everywhere", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager", "TVS") end
  settle() -- the database has replicated
  for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP", "CallManager") end
  settle()
  hq:reset()
  settle()
end)
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
  expect(fleet:count { lost = "configuration" }):equals(n)
end
expect(fleets[1]:count { remedy = "reset-localkey" }):equals(n)
localkey("one list for all")
expect(fleets[1]:count { lost = false, itl_by = "ITL" }, "with the publisher's list"):equals(n)
expect(fleets[2]:count { lost = "trust list", needs_hands = true }, "with the subscriber's"):equals(n)
step("TFTP restarted", function()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
  hq:reset()
  settle()
end)
expect(fleets[1]:count { registered = true, lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)

hq:set("localkey_each_node", true)
expect(fleets[2]:count { remedy = "reset-localkey" }, "each its own"):equals(n)
localkey("each its own")
expect(fleets[2]:count { lost = false, itl_by = "ITL" }, "each its own"):equals(n)
step("TFTP restarted again", function()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
  hq:reset()
  settle()
end)
for _, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)
end
