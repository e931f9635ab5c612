-- An upgrade to 12.5 is taken back: at once, and after certificates were regenerated
-- why: Each partition has certificates and keys of its own. Until somebody regenerates any they are the same on
--   both; what was regenerated since is unknown to the version before, and phones trust the new ones.
-- expected: Taken back at once nobody loses anything but registration for a reboot. With CallManager and TVS
--   regenerated meanwhile, one after the other as it should be, phones know neither of the old ones: they keep their lists and
--   old configuration until ITLRecovery signs (`utils itl reset localkey`) or the new version is back.
-- versions: 10.0 to 11.5, then 12.5(1)SU3; here 10.5(2)
-- source: Upgrade guides, "Switch the cluster back to a previous release"; the rest follows from the rules of trust
-- confidence: inferred
local n = param("phones", 60)
local function site(name)
  local cluster = cluster { name = name, version = "10.5(2)", nodes = { name .. "-pub", name .. "-sub" } }
  return cluster, cluster:phones { count = n, model = "8845" }
end
local function reset(cluster)
  settle()
  cluster:reset()
  settle()
end
local quick, first = site("At-once")
local late, second = site("Later")
settle()
step("upgrade", function()
  quick:upgrade("12.5(1)SU3")
  late:upgrade("12.5(1)SU3")
  reset(quick)
  reset(late)
end)
step("back at once", function()
  quick:switch_version()
  reset(quick)
end)
expect(quick.version):equals("10.5(2)")
expect(first:count { registered = true, lost = false, itl_status = "Match" }):equals(n)

step("regenerate on 12.5", function()
  for _, own in ipairs { "CallManager", "TVS" } do
    for _, node in ipairs(late.nodes) do node:regenerate(own) end
    settle()
    for _, node in ipairs(late.nodes) do node:restart("TVS", "TFTP", "CallManager") end
    reset(late)
  end
end)
expect(second:count { registered = true, lost = false, itl_status = "Match" }):equals(n)
step("back later", function()
  late:switch_version()
  reset(late)
end)
expect(second:count { lost = "configuration" }, "neither certificate is in the ITL"):equals(n)
step("localkey", function()
  late:itl("reset localkey")
  reset(late)
end)
expect(second:count { registered = true, lost = false, itl_status = "Match" }, "ITLRecovery signs"):equals(n)
