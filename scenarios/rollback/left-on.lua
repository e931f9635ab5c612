-- The rollback parameter left on: calls go on, everything by HTTPS stops, and any configuration is taken
-- why: With *Prepare Cluster for Rollback to pre 8.0* every ITL has empty TVS and TFTP sections. It is signed
--   as before, so phones take it; holding it, they check nothing and ask no TVS.
-- expected: Phones take the empty ITL by their own, stay registered, ask for the plain name of their
--   configuration, and Directories fails. With the secured URLs set to HTTP it opens. Meanwhile any new signer
--   will do: CallManager, TVS and ITLRecovery at once cost nobody anything. With the parameter off they take the
--   real ITL by first trust, and signed files again. 7960 notices none of it.
-- versions: 8.0 on; from 12.5 on lists and resets come by themselves, before that TVS and TFTP are restarted
-- source: Security Guide 14, Default Security; Cisco technote 116232
-- confidence: documented
local n = param("phones", 100)
local function run(name, version)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
  local old = hq:phones { count = n, model = "7960" }
  settle()
  local by_itself = version == "12.5"
  local function phones_get_it()
    for _, node in ipairs(hq.nodes) do
      if not by_itself then node:restart("TVS", "TFTP") end
    end
    settle()
    if not by_itself then hq:reset() settle() end
  end
  local function press()
    for _, fleet in ipairs(fleets) do fleet:press("Directories") end
    settle()
  end
  step(name .. ": rollback on", function() hq:set("rollback", true) phones_get_it() press() end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, itl_by = "ITL", itl_status = "Match", config = "plain" }, name):equals(n)
    expect(fleet:count { lost = "secure services" }, name):equals(n)
    expect(fleet:count { lost = "configuration" }, name):equals(0)
    expect(fleet:count { remedy = "set-parameter" }, name .. ", off again"):equals(n)
  end
  expect(old:count { registered = true, lost = false, config = "plain" }, name):equals(n)

  step(name .. ": secured URLs to HTTP", function()
    hq:set("https_services", false)
    hq:reset()
    settle()
    press()
  end)
  for _, fleet in ipairs(fleets) do expect(fleet:count { lost = false, registered = true }, name):equals(n) end

  step(name .. ": everything regenerated meanwhile", function()
    for _, node in ipairs(hq.nodes) do node:regenerate("CallManager", "TVS") end
    if by_itself then hq.nodes[1]:regenerate("ITLRecovery") end
    settle()
    for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { lost = false, itl_by = "first trust", config = "plain" }, name):equals(n)
  end

  step(name .. ": rollback off, HTTPS again", function()
    hq:set("rollback", false)
    hq:set("https_services", true)
    phones_get_it()
    press()
  end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { lost = false, registered = true, itl_by = "first trust", config = "signed" }, name):equals(n)
    expect(fleet:count { itl_status = "Match" }, name):equals(n)
  end
  expect(old:count { lost = true }, name):equals(0)
end
run("eight", "8.6")
run("twelve", "12.5")
