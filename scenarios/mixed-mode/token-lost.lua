-- One of two security tokens is lost, then the other: what the CTL client can still do
-- why: The CTL file lists every token that was ever added, and phones hold that list. With one token left
--   nothing is lost: it signs, and a new one is added. With none left the next file is by strangers.
-- expected: The client refuses a first run with one token, and any token that is not in the file. The token
--   that is left adds a third, and phones take the list by their CTL; so they do when the third signs. When
--   all are lost the file has to be deleted on the servers and made anew by new tokens: phones that hold an
--   ITL take it through TVS, which answers from the CTL file too; 7960 and Jabber do not, and go on with
--   the old one until CallManager changes.
-- versions: 8.0 to 14SU2; here 9.1 (Jabber and 7960 with an LSC)
-- source: Security Guide 9.1, CTL client; technote 118893 (texts of the client, TVS and tokens)
-- confidence: documented; the Security Guide deletes the CTL on every phone (parameter tvs_ctl_cache = 0)
local n = param("phones", 60)
local version = param("version", "9.1")
local models = { "8945", "7965", "7960", "Jabber" }

local function run(name, tvs_knows)
  local hq = cluster { name = name, version = version, nodes = { "pub-" .. name, "sub-" .. name } }
  local first, second, third = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" },
                               token { name = "SAST-ADN00a1b2c3" }
  hq:set("tvs_ctl_cache", tvs_knows)
  local function restart()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end
  expect(refused(function() hq:ctl_client("mixed-mode", first) end), "one token")
    :contains("insert another Security Token")
  hq:ctl_client("mixed-mode", first, second)
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
  end
  restart()
  local function all(what, ...)
    for i = 1, #models do
      expect(fleets[i]:count { registered = true, lost = false }, models[i] .. ": " .. what):equals(n)
      expect(fleets[i]:count { ctl_by = select(i, ...) }, models[i] .. " CTL, " .. what):equals(n)
    end
  end
  all("secure", "first trust", "first trust", "first trust", "first trust")

  step(name .. ": the first token is lost, a third one is added", function()
    hq:lose_token(first)
    expect(refused(function() hq:ctl_client("update", third, second) end), "a stranger")
      :contains("does not exist in the CTL File")
    hq:ctl_client("update", second, third)
    restart()
  end)
  all("signed by the second", "CTL", "CTL", "CTL", "CTL")
  step(name .. ": the third signs", function() hq:ctl_client("update", third) restart() end)
  all("signed by the third", "CTL", "CTL", "CTL", "CTL")

  step(name .. ": all are lost, two new ones", function()
    hq:lose_token(second)
    hq:lose_token(third)
    local fourth, fifth = token { name = "SAST-ADN00d4e5f6" }, token { name = "SAST-ADN00f7a8b9" }
    for _, node in ipairs(hq.nodes) do node:delete_ctl() end
    expect(refused(function() hq:ctl_client("update", fourth, fifth) end), "no file")
      :contains("No CTL File exists on the server")
    hq:ctl_client("mixed-mode", fourth, fifth)
    restart()
  end)
  local taken = tvs_knows and { lost = false, ctl_by = "TVS" } or { lost = "trust list", ctl_by = "CTL" }
  for i = 1, 2 do expect(fleets[i]:count(taken), models[i] .. ", new tokens"):equals(n) end
  for i = 3, 4 do
    expect(fleets[i]:count { lost = "trust list", registered = true, ctl_by = "CTL" }, models[i]):equals(n)
  end
  -- Who keeps the old list knows CallManager by it, until that is another.
  step(name .. ": CallManager regenerated, the client run again", function()
    for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
    hq:ctl_client("update", token { name = "SAST-ADN00d4e5f6" })
    restart()
  end)
  for i = 1, 2 do
    expect(fleets[i]:count { registered = true }, models[i] .. " with another CallManager"):equals(tvs_knows and n or 0)
  end
  for i = 3, 4 do expect(fleets[i]:count { needs_hands = true, registered = false }, models[i]):equals(n) end
  expect(fleets[1]:count { needs_hands = true }, "with the file of new tokens"):equals(tvs_knows and 0 or n)
end
run("tvs", true)
run("guide", false)
