-- Out of mixed mode: the CTL stays on servers and phones, and all go on without TLS
-- why: `utils ctl set-cluster non-secure-mode` makes one more CTL and takes none away. What it still
--   holds three sources tell in three ways.
-- expected: In each of the three the new CTL is signed by a SAST of the old one, so that every phone
--   takes it by its CTL, 7960 and Jabber too, and registers without TLS. Phones with an ITL go on asking
--   for signed files, 7960 and Jabber for plain ones. Back in mixed mode all are secure again.
-- versions: 10.0 on
-- source: Cisco technotes 118892 (records of servers emptied), 221657 (CAPF alone), Security Guide
--   12.5(1)SU1 (all entries lose their certificates): parameter ctl_non_secure
-- confidence: documented that they register; that it goes alike in all three is inferred
local n = param("phones", 60)
local version = param("version", "12.5")
local models = { "8845", "7965", "7960", "Jabber" }

local function run(name, left)
  local hq = cluster { name = name, version = version, nodes = { "pub-" .. left, "sub-" .. left } }
  local function restart()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end
  hq:set("ctl_non_secure", left)
  hq:ctl("mixed-mode")
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = i % 2 == 1 and "encrypted" or "authenticated",
                            lsc = true }
  end
  restart()
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false }, models[i] .. " secure, " .. name):equals(n)
  end

  step(name .. ": utils ctl set-cluster non-secure-mode", function()
    hq:ctl("non-secure-mode")
    restart()
  end)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false, ctl_by = "CTL" }, models[i] .. ", " .. name):equals(n)
    expect(fleet:count { config = i <= 2 and "signed" or "plain" }, models[i] .. ", " .. name):equals(n)
  end

  step(name .. ": mixed mode again", function()
    hq:ctl("mixed-mode")
    restart()
  end)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false }, models[i] .. " back, " .. name):equals(n)
    expect(fleet:count { config = "signed" }, models[i] .. " back, " .. name):equals(n)
  end
end
run("CAPF-alone", 0)
run("Servers-emptied", 1)
run("All-emptied", 2)
