-- Both keys gone at once on 10.5, and `utils itl reset localkey`: the spare key that phones have
-- why: On 10.0 to 11.5 each list names ITLRecovery as a second SAST, and nothing but this command signs with
--   it. A 10.x node has an ITLRecovery of its own; the command signs the publisher's list with the
--   publisher's and gives it to every TFTP.
-- expected: CallManager and TVS of every node regenerated: phones stay registered, nothing else goes. Behind
--   the command and a reset those whose ITL is the publisher's are back; those of the subscriber's TFTP are
--   not, unless each node signs its own list (parameter localkey_each_node). Behind a restart of TFTP the
--   lists are CallManager's again, and phones take them. 8.6 has no such command: hands.
-- versions: 10.0 to 11.5
-- source: Cisco technote 117598 (ITL enhancements in 10.0); CLI reference; ITLRecovery by node inferred
-- confidence: that it helps documented; what it does for a subscriber's phones no source says
local n = param("phones", 100)
local function lock_out(name, version)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
  fleets[2]:move { tftp = { hq.nodes[2], hq.nodes[1] } }
  settle()
  hq:reset()
  settle()
  step(name .. ": CallManager and TVS everywhere", function()
    for _, node in ipairs(hq.nodes) do node:regenerate("CallManager", "TVS") end
    settle() -- the database has replicated
    for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = "trust list" }, name):equals(n)
    expect(fleet:count { lost = "configuration" }, name):equals(n)
  end
  return hq, fleets
end

local function localkey(hq)
  step(hq.name .. ": utils itl reset localkey", function() hq:itl("reset localkey") hq:reset() settle() end)
end
local function tftp_again(hq, fleets, who)
  step(hq.name .. ": TFTP restarted, reset again", function()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
    settle()
    hq:reset()
    settle()
  end)
  for i = 1, who do
    expect(fleets[i]:count { registered = true, lost = false, itl_by = "ITL", itl_status = "Match" }, hq.name):equals(n)
  end
end

local one, fleets = lock_out("one-list", "10.5(2)")
expect(fleets[1]:count { remedy = "reset-localkey" }):equals(n)
localkey(one)
expect(fleets[1]:count { lost = false, itl_by = "ITL" }, "with the publisher's list"):equals(n)
expect(fleets[2]:count { lost = "trust list", needs_hands = true }, "with the subscriber's"):equals(n)
tftp_again(one, fleets, 1)

local each, all = lock_out("each-its-own", "10.5(2)")
each:set("localkey_each_node", true)
for _, fleet in ipairs(all) do expect(fleet:count { remedy = "reset-localkey" }):equals(n) end
localkey(each)
for _, fleet in ipairs(all) do expect(fleet:count { lost = false, itl_by = "ITL" }, "each its own"):equals(n) end
tftp_again(each, all, 2)

local old, walked = lock_out("before-10", "8.6")
expect(refused(function() old:itl("reset localkey") end)):contains("it is there from 10.0")
for _, fleet in ipairs(walked) do expect(fleet:count { needs_hands = true }):equals(n) end
