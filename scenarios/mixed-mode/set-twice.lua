-- Mixed mode set on a cluster that is in it already, and left twice: each command makes the CTL file anew
-- why: Nobody remembers whether the command was run in the last window, so that it is run again, or it is run in
--   place of `utils ctl update CTLFile`. It asks nothing about the mode that there is: it updates the CTL file and
--   sets the mode.
-- expected: The file says the same with another time, signed by the same key: phones take it by the CTL that they
--   hold, and nobody loses anything. Where CallManager of the subscriber was regenerated before, setting the mode
--   again does what an update would: secure phones register there again. Out of mixed mode twice is like once.
--   The CTL client with tokens, run twice, is the same case; tokens that are in the file are not added twice.
-- versions: 10.0 on without tokens, 8.0 to 14SU2 with them
-- source: CLI reference and Security Guides 12.5 and 14 ("Updates the CTL file and sets the cluster to mixed
--   mode"); no source has other words of the command for a cluster that is in mixed mode already
-- confidence: what the command makes documented, what phones do inferred from how lists are verified
local n = param("phones", 60)
local models = { "8845", "7965", "7960" }

local function run(name, version, tokens)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local pub, sub = hq.nodes[1], hq.nodes[2]
  local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
  local function set(mode)
    if tokens then hq:ctl_client(mode, first, second) else hq:ctl(mode) end
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end
  hq:group("both", { sub, pub })
  hq:pool("both", "both")
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, pool = "both", security = "authenticated", lsc = true }
  end
  settle()
  local function all(what, filters)
    for i, fleet in ipairs(fleets) do
      expect(fleet:count { registered = true, lost = false }, models[i] .. ", " .. name .. ": " .. what):equals(n)
      expect(fleet:count(filters), models[i] .. ", " .. name .. ": " .. what):equals(n)
    end
  end
  set("mixed-mode")
  all("mixed mode", { server = sub })
  step(name .. ": mixed mode again", function() set("mixed-mode") end)
  all("again", { ctl_by = "CTL", server = sub })

  step(name .. ": CallManager of the subscriber", function()
    sub:regenerate("CallManager")
    sub:restart("TFTP", "CallManager")
    settle()
  end)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { server = sub }, models[i] .. ", " .. name .. ": the CTL has the old one"):equals(0)
  end
  step(name .. ": mixed mode once more, as an update", function() set("mixed-mode") end)
  all("in place of an update", { ctl_by = "CTL", server = sub })

  step(name .. ": out of it", function() set("non-secure-mode") end)
  all("out of it", { ctl_by = "CTL", server = sub })
  step(name .. ": out of it again", function() set("non-secure-mode") end)
  all("out of it again", { server = sub })
end
run("Ten", "10.5(2)", false)
run("Twelve", "12.5", false)
run("Tokens", "9.1", true)
