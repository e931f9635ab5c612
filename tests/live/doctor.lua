-- States that `cucmlab doctor` tells apart, a cluster each, in two parts (tests/live/doctor.sh)
-- why: The doctor is tried on the real thing: files, handshakes and answers of servers that are in
--   that very state.
-- expected: Each node stands as its row says.
-- versions: 8.6, 11.5 and 12.5
-- source: Cisco technote 116232, its manual check
-- confidence: documented
-- live = true
start("2026-01-01 06:00")
local TFTP, TVS = "Cisco Tftp", "Cisco Trust Verification Service"
local function both(node)
  node:regenerate("CallManager", "TVS")
  node:restart(TFTP, TVS)
end

-- The node is the publisher of a cluster of its own, in this order: 127.0.0.11 is "pubGOOD".
local parts = {
  {
    { "GOOD", "8.6", function() end },
    { "BOTH", "8.6", both },
    { "SPARE", "11.5", both }, -- ITLRecovery is the second SAST
    { "KNOWN", "12.5", both }, -- ITLRecovery signs
    { "SIGNER", "8.6", function(node) node:regenerate("CallManager") node:restart(TFTP, TVS) end },
    { "TVS", "8.6", function(node) node:regenerate("TVS") node:restart(TFTP) end },
    { "STALE", "8.6", function(node) node:regenerate("TVS") node:restart(TVS) end },
    { "UNKNOWN", "8.6", function(node) node:regenerate("CallManager") end },
  },
  {
    { "DOWN", "8.6", function(node) node:stop(TVS) end },
    { "NOTFTP", "8.6", function(node) node:stop(TFTP) end },
    { "SILENT", "8.6", function(node) node:link { down = true } end },
    { "CORRUPT", "8.6", function(node) node:restore() end },
    { "ROLLBACK", "8.6", function(node, cl) cl:set("rollback", true) node:restart(TVS, TFTP) end },
    { "CLOCK", "8.6", function(node)
      node:clock { ahead = "2d" }
      node:regenerate("TVS")
      node:restart(TVS, TFTP)
    end },
    { "EXPIRED", "8.6", function() end },
    { "TWO", "8.6", both }, -- with a second node, whose TVS its phone still knows
  },
}
local function nodes_of(name)
  if name == "TWO" then return { "pubTWO", "subTWO" } end
  return { "pub" .. name }
end
local clusters, nodes = {}, {}
local part = param("part", 1)
local states = parts[part]
for i, s in ipairs(states) do
  local installed = s[1] == "EXPIRED" and "2020-12-31 06:00" or nil
  clusters[i] = cluster { name = s[1], version = s[2], nodes = nodes_of(s[1]), installed = installed }
  clusters[i]:set("node_boot_us", "1s")
  if part == 1 or s[1] == "TWO" then clusters[i]:phones { count = 1, model = "7965" } end -- its ITL is what is compared
  nodes[i] = clusters[i]["pub" .. s[1]]
end
settle()

step("what spoils the backup", function()
  for i, s in ipairs(states) do
    if s[1] == "CORRUPT" then
      clusters[i]:set("cscTn50405", true)
      clusters[i]:backup()
      nodes[i]:rebuild()
    end
  end
end)
settle()
step("each its own way", function()
  for i, s in ipairs(states) do s[3](nodes[i], clusters[i]) end
end)
settle()
