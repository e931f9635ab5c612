-- Out of mixed mode with the CTL client: tokens and CAPF stay in the CTL, the servers' records are emptied
-- why: The client writes the file anew and leaves a name where a certificate was. What signs stays listed, so
--   that phones go on following the tokens, in mixed mode and out of it.
-- expected: Phones take the emptied CTL by the one that they hold, register without TLS, and ask for signed
--   files only where they have an ITL. Into mixed mode again they come by their CTL, 7960 and Jabber by first
--   trust, for theirs is empty. A file deleted on the servers meanwhile is deleted on no phone; two new tokens
--   make another one, which 7960 and Jabber take as well: their CTL trusts whoever comes.
-- versions: 8.0 to 14SU2; here 10.0, as the technote has it
-- source: Cisco technote 118892 (10.0: `show ctl` with emptied records)
-- confidence: what the file holds observed, what phones do inferred from how lists are verified
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = param("version", "10.0"), nodes = { "pub", "sub" } }
local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
local models = { "8845", "7965", "7960", "Jabber" }
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
local function all(what, filters)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false }, models[i] .. ", " .. what):equals(n)
    expect(fleet:count(type(filters) == "function" and filters(i) or filters), models[i] .. ", " .. what):equals(n)
  end
end
all("mixed mode", { ctl_by = "first trust" })
step("Set Call Manager Cluster to Non-Secure Mode", function() hq:ctl_client("non-secure-mode", second) restart() end)
all("out of it", { ctl_by = "CTL" })
all("files", function(i) return { config = i <= 2 and "signed" or "plain" } end)
step("mixed mode again", function() hq:ctl_client("mixed-mode", first) restart() end)
all("again", function(i) return { ctl_by = i <= 2 and "CTL" or "first trust" } end)
step("out again, and the file deleted", function()
  hq:ctl_client("non-secure-mode", first)
  restart()
  for _, node in ipairs(hq.nodes) do node:delete_ctl() end
  restart()
end)
all("they keep it", function(i) return { ctl_by = "CTL" } end)
step("mixed mode with two other tokens", function()
  hq:ctl_client("mixed-mode", token { name = "SAST-ADN00d4e5f6" }, token { name = "SAST-ADN00f7a8b9" })
  restart()
end)
all("other tokens", function(i) return { ctl_by = i <= 2 and "TVS" or "first trust" } end)
