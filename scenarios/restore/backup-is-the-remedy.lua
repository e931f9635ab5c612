-- CallManager and TVS regenerated at once: a backup from before brings the phones back
-- why: A backup holds certificates with their keys. Restored, the node is again the one that the
--   phones know, whatever was regenerated since. Cisco's list of ways out has it before hands.
-- expected: Every phone is locked out, on a cluster of one node and on one of two whose nodes were
--   both renewed. The report names the restore, not hands; done, every phone holds the list that is
--   served, and has lost nothing. Without a backup the same needs hands.
-- versions: 8.0 to 9.1 (later versions have `utils itl reset localkey`, which is narrower)
-- source: Cisco technotes 214231 and 117598 (restore a backup to put an ITL back that phones trust)
-- confidence: documented
local n = param("phones", 200)

local function locked_out(name, nodes, backup)
  local hq = cluster { name = name, version = "9.1", nodes = nodes }
  local fleet = hq:phones { count = n, model = "7965" }
  settle()
  step("backup and regenerate both, " .. name, function()
    if backup then hq:backup() end
    for _, node in ipairs(hq.nodes) do
      node:regenerate("CallManager", "TVS")
      node:restart("Cisco Trust Verification Service", "Cisco Tftp", "Cisco CallManager")
    end
  end)
  settle()
  step("reset, " .. name, function() fleet:reset() end)
  settle()
  expect(fleet:count { lost = "trust list" }):equals(n)
  return hq, fleet
end

local one, of_one = locked_out("One", { "pub1" }, true)
local two, of_two = locked_out("Two", { "pub2", "sub2" }, true)
local none, of_none = locked_out("None", { "pub3" }, false)
expect(of_one:count { remedy = "restore" }):equals(n)
expect(of_two:count { remedy = "restore" }):equals(n)
expect(of_none:count { needs_hands = true }, "no backup"):equals(n)

step("restore", function()
  for _, hq in ipairs { one, two } do
    for _, node in ipairs(hq.nodes) do node:restore() end
  end
end)
settle()
step("reset", function() one:reset() two:reset() end)
settle()
expect(of_one:count { lost = false, itl_status = "Match" }):equals(n)
expect(of_two:count { lost = false, itl_status = "Match" }):equals(n)
expect(of_none:count { needs_hands = true }):equals(n)
