-- One of two security tokens is lost: the other one signs, and a third is added
-- why: The CTL file lists every token that was ever added, and phones hold that list. With one token left
--   nothing is lost.
-- expected: The client refuses a first run with one token, and any token that is not in the file. The token that
--   is left adds a third, and phones of every model take the list by their CTL; so they do when the third signs.
-- versions: 8.0 to 14SU2; here 9.1 (Jabber and 7960 with an LSC)
-- source: Security Guide 9.1, CTL client; technote 118893 (texts of the client)
-- confidence: documented
local n = param("phones", 60)
local models = { "8945", "7965", "7960", "Jabber" }
local hq = cluster { name = "HQ", version = param("version", "9.1"), nodes = { "pub", "sub" } }
local first, second, third = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" },
                             token { name = "SAST-ADN00a1b2c3" }
local function restart()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
  settle()
  hq:reset()
  settle()
end
expect(refused(function() hq:ctl_client("mixed-mode", first) end), "one token"):contains("insert another Security Token")
hq:ctl_client("mixed-mode", first, second)
local fleets = {}
for i, model in ipairs(models) do
  fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
end
restart()
local function all(what, by)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false, ctl_by = by }, models[i] .. ": " .. what):equals(n)
  end
end
all("secure", "first trust")
step("the first token is lost, a third one is added", function()
  hq:lose_token(first)
  expect(refused(function() hq:ctl_client("update", third, second) end), "a stranger")
    :contains("does not exist in the CTL File")
  hq:ctl_client("update", second, third)
  restart()
end)
all("signed by the second", "CTL")
step("the third signs", function() hq:ctl_client("update", third) restart() end)
all("signed by the third", "CTL")
