-- Clusters in mixed mode, and one that left it, for `cucmlab doctor` (tests/live/doctor.sh)
-- why: A CTL can be behind its cluster, or say little and be right.
-- expected: Each node stands as its step says.
-- versions: 12.5 and 11.5
-- source: Cisco technotes 214231 (update of the CTL) and 221657 (the CTL after mixed mode)
-- confidence: documented
-- live = true
start("2026-01-01 06:00")
local FORGOTTEN, LEFT = 1, 2
local clusters = {
  cluster { name = "FORGOTTEN", version = "12.5", nodes = { "pubF", "subF" } },
  cluster { name = "LEFT", version = "11.5", nodes = { "pubL" } },
}
local function restart(cl)
  for _, node in ipairs(cl.nodes) do node:restart("Cisco Tftp", "Cisco CallManager") end
end
for _, cl in ipairs(clusters) do
  cl:ctl("mixed-mode")
  restart(cl)
  cl:phones { count = 1, model = "8845" }
end
settle()
step("mixed mode left; CallManager renewed, and the CTL not", function()
  clusters[LEFT]:ctl("non-secure-mode")
  restart(clusters[LEFT])
  clusters[FORGOTTEN].pubF:regenerate("CallManager")
  restart(clusters[FORGOTTEN])
end)
settle()
step("the CTL is updated", function()
  clusters[FORGOTTEN]:ctl("update")
  restart(clusters[FORGOTTEN])
end)
settle()
