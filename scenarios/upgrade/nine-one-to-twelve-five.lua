-- From 9.1 to 12.5(1)SU3: the signer is a key that no phone has ever heard of, and TVS has to vouch for it
-- why: From 12.0 on ITLRecovery signs the ITL. Lists of 10.0 to 11.5 name it already, those of 9.1 do not.
-- expected: Where phones reach TVS nobody loses anything. At a site whose firewall blocks 2445 phones coming from 9.1 keep
--   their old list; configuration goes on, for CallManager, which signs it, is the same and in that list. The
--   port opened, or `utils itl reset localkey`, for CallManager signs then, brings the list; the restart of TFTP
--   behind it is by their own ITL. Coming from 10.5(2) the blocked site takes the list by its own ITL, at once.
-- versions: 8.0 to 9.1, then 12.0 or later
-- source: technotes 214231 and 117598; Security Guide 14, ITLRecovery
-- confidence: documented who signs and what a list names; that TVS vouches is inferred
local n = param("phones", 40)
local function run(name, version)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local near = hq:phones { count = n, model = "8845" }
  local far = { hq:phones { count = n, model = "8845" }, hq:phones { count = n, model = "7965" } }
  for _, fleet in ipairs(far) do fleet:site(name .. " far") end
  settle()
  for _, node in ipairs(hq.nodes) do node:block { port = "TVS", site = name .. " far" } end
  local function reset()
    settle()
    hq:reset()
    settle()
  end
  step("upgrade " .. name, function() hq:upgrade("12.5(1)SU3") reset() end)
  expect(near:count { lost = false, itl_status = "Match" }, name):equals(n)
  local known = version ~= "9.1"
  for _, fleet in ipairs(far) do
    expect(fleet:count { registered = true, config = "signed" }, name):equals(n)
    expect(fleet:count { lost = "configuration" }, name):equals(0)
    expect(fleet:count { lost = "trust list" }, name):equals(known and 0 or n)
    expect(fleet:count { itl_status = known and "Match" or "Mismatch" }, name):equals(n)
    expect(fleet:count { remedy = "open-port" }, "services too"):equals(n)
  end
  step("localkey " .. name, function() hq:itl("reset localkey") reset() end)
  for _, fleet in ipairs(far) do
    expect(fleet:count { itl_by = "ITL", itl_status = "Match" }, name):equals(n)
    expect(fleet:count { lost = "trust list" }, name):equals(0)
  end
  step("TFTP restarted " .. name, function()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
    reset()
  end)
  for _, fleet in ipairs(far) do expect(fleet:count { itl_by = "ITL", itl_status = "Match" }, name):equals(n) end
  expect(near:count { lost = false, itl_status = "Match" }, name):equals(n)
end
run("Nine", "9.1")
run("Ten", "10.5(2)")
