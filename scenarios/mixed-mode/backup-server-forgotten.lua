-- CallManager regenerated on the backup server alone, the CTL forgotten: nothing is lost until the first one fails
-- why: Secure phones judge each server when they register there. Nobody registers at the second one of the group while
--   the first one answers.
-- expected: Behind the regeneration and a reset everybody is registered at the first server and has lost nothing. The
--   first server's CallManager stopped: phones that are not secure go to the second, secure ones register nowhere.
--   Started again they come back by themselves. `utils ctl update CTLFile` meanwhile brings them to the second
--   server without it. The other way about, CallManager of the first server regenerated: secure phones go to the
--   second and stay there, for no failback takes them where they would be refused.
-- versions: 12.0 on
-- source: technote 214231 (CTL after CallManager); Security Guide 14, Certificates
-- confidence: documented that they do not register without a new CTL; that it waits for a failover is inferred
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
hq:ctl("mixed-mode")
local secure = {
  hq:phones { count = n, model = "8845", security = "encrypted", lsc = true },
  hq:phones { count = n, model = "7965", security = "authenticated" }, -- MIC
}
local plain = hq:phones { count = n, model = "8845" }
local function regenerate(node)
  node:regenerate("CallManager")
  settle()
  node:restart("CallManager", "TFTP")
  settle()
end
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
settle()
hq:reset()
settle()

step("CallManager of sub", function()
  regenerate(hq.sub)
  hq:reset()
  settle()
end)
for _, fleet in ipairs { secure[1], secure[2], plain } do
  expect(fleet:count { lost = false, server = hq.pub }):equals(n)
end
step("pub fails", function() hq.pub:stop("CallManager") settle() end)
expect(plain:count { lost = false, server = hq.sub }):equals(n)
for _, fleet in ipairs(secure) do expect(fleet:count { lost = "registration", needs_hands = false }):equals(n) end
step("pub is back", function() hq.pub:start("CallManager") settle() end)
for _, fleet in ipairs(secure) do expect(fleet:count { lost = false, server = hq.pub }):equals(n) end

step("pub fails again, and the CTL is updated", function()
  hq.pub:stop("CallManager")
  settle()
  hq:ctl("update")
  settle()
end)
for _, fleet in ipairs(secure) do expect(fleet:count { lost = false, server = hq.sub, ctl_by = "CTL" }):equals(n) end

step("CallManager of pub", function()
  hq.pub:start("CallManager")
  settle()
  regenerate(hq.pub)
  wait("1d")
end)
for _, fleet in ipairs(secure) do expect(fleet:count { lost = false, server = hq.sub }):equals(n) end
expect(plain:count { lost = false, server = hq.pub }):equals(n)
step("the CTL again", function() hq:ctl("update") hq:reset() settle() end)
for _, fleet in ipairs(secure) do expect(fleet:count { lost = false, server = hq.pub, ctl_by = "CTL" }):equals(n) end
