-- Settings of phones are changed: who takes them, and who does not
-- why: Everything that stands in a phone's configuration (web access, URLs, security profile, load, pool)
--   reaches it with its next configuration file, after Apply Config or Reset. A phone that lost trust
--   ignores the changes without a word, which is how many administrators notice at all.
-- expected: Nothing changes until the reset. Then phones with trust have the new settings, also in the
--   security profile once the cluster is in mixed mode; phones that lost trust keep the old ones and have
--   lost "configuration".
-- versions: all
-- source: technotes 117598 and 116232 (settings travel in the configuration, a locked phone ignores them);
--   Security Guide 12.5 (security profiles count in mixed mode alone)
-- confidence: documented
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
hq:group("sub first", { hq.sub, hq.pub })
hq:pool("branch", "sub first")
local fleet = hq:phones { count = n, model = "8845" }
local stuck = hq:phones { count = n, model = "8845" }
settle()
step("half of them miss two changes of certificates", function()
  stuck:power("off")
  for _, own in ipairs { "CallManager", "TVS" } do
    for _, node in ipairs(hq.nodes) do
      node:regenerate(own)
      node:restart("TFTP", "TVS")
    end
    settle()
    fleet:reset()
    settle()
  end
  stuck:power("on")
end)
settle()
expect(fleet:count { lost = false, web_access = "disabled", urls = "https" }):equals(n)
expect(stuck:count { lost = "configuration" }):equals(n)

step("Phone Configuration: Save", function()
  for _, phones in ipairs { fleet, stuck } do
    phones:set("web_access", "enabled")
    phones:set("urls", "http")
    phones:set("pool", "branch")
  end
end)
settle()
expect(fleet:count { web_access = "disabled", urls = "https", server = hq.pub }, "not yet"):equals(n)
expect(refused(function() fleet:set("load", "sip8845_65.12-8-1-0001-455") end))
  :contains("nothing is known of what loads of a Cisco 8845 do differently")
expect(refused(function() fleet:set("pool", "none") end)):contains("no device pool \"none\"")
step("Reset", function() hq:reset() end)
settle()
expect(fleet:count { web_access = "enabled", urls = "http", server = hq.sub }):equals(n)
expect(stuck:count { web_access = "disabled", urls = "https", server = hq.pub }):equals(n)
expect(stuck:count { pool = "branch" }, "as the database has it"):equals(n)

step("a secure profile, then mixed mode", function()
  fleet:set("security", "authenticated")
  fleet:reset()
  settle()
  expect(fleet:count { security = "non-secure", registered = true }):equals(n)
  hq:ctl("mixed-mode")
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
  settle()
  fleet:reset()
end)
settle()
expect(fleet:count { security = "authenticated", lost = false }):equals(n)
