-- All security tokens are lost: two new ones, and who believes them
-- why: No CTL of a phone names the new tokens. The file has to be deleted on every server before the client makes
--   another one. TVS answers from the CTL file too; the Security Guide of 9.1 has the CTL deleted on every phone.
-- expected: The client updates nothing without a file. Where TVS did not answer from the file (parameter
--   tvs_ctl_cache) every phone refuses the new one and goes on with the old, until CallManager is another. With
--   it phones that hold an ITL take it through TVS. 7960 and Jabber ask no TVS: behind a new CallManager they do
--   not register, and need hands.
-- versions: 8.0 to 14SU2; here 9.1 (Jabber and 7960 with an LSC)
-- source: Security Guide 9.1, CTL client (lost tokens); technote 118893 (TVS and tokens)
-- confidence: both readings documented: parameter tvs_ctl_cache
local n = param("phones", 60)
local models = { "8945", "7965", "7960", "Jabber" }
local hq = cluster { name = "HQ", version = param("version", "9.1"), nodes = { "pub", "sub" } }
local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
local third, fourth = token { name = "SAST-ADN00d4e5f6" }, token { name = "SAST-ADN00f7a8b9" }
hq:set("tvs_ctl_cache", false)
local function restart()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
  settle()
  hq:reset()
  settle()
end
hq:ctl_client("mixed-mode", first, second)
local fleets = {}
for i, model in ipairs(models) do
  fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
end
restart()
step("all are lost, two new ones", function()
  hq:lose_token(first)
  hq:lose_token(second)
  for _, node in ipairs(hq.nodes) do node:delete_ctl() end
  expect(refused(function() hq:ctl_client("update", third, fourth) end), "no file")
    :contains("No CTL File exists on the server")
  hq:ctl_client("mixed-mode", third, fourth)
  restart()
end)
for i, fleet in ipairs(fleets) do
  expect(fleet:count { registered = true, lost = "trust list", ctl_by = "first trust" }, models[i]):equals(n)
end
step("TVS answers from the CTL file", function() hq:set("tvs_ctl_cache", true) hq:reset() settle() end)
for i = 1, 2 do
  expect(fleets[i]:count { registered = true, lost = false, ctl_by = "TVS" }, models[i]):equals(n)
end
for i = 3, 4 do expect(fleets[i]:count { registered = true, lost = "trust list" }, models[i]):equals(n) end
step("CallManager regenerated, the client run again", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
  hq:ctl_client("update", third)
  restart()
end)
for i = 1, 2 do expect(fleets[i]:count { registered = true, lost = false }, models[i]):equals(n) end
for i = 3, 4 do expect(fleets[i]:count { registered = false, needs_hands = true }, models[i]):equals(n) end
