-- Renew CallManager and TVS in one night
local hq = cluster "HQ"
step("Backup", function() hq:backup() end)
step("Regenerate CallManager and TVS", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager", "TVS") end
end)
wait("5m")
step("Restart TVS and TFTP", function()
  for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP") end
  settle()
end)
step("Reset the phones", function() hq:reset() settle() end)
