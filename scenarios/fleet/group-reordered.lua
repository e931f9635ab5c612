-- A CallManager group in another order: registration, TVS and Directories follow at the next reset
-- why: The order of the group is the order of servers and of TVS in each phone's configuration, and
--   Directories goes to the first. A phone knows it when it has taken a new configuration, and a phone
--   without trust never does.
-- expected: Nothing happens until phones are reset; then they register at the new first server. Phones that
--   had lost trust before (their list was signed by keys that are gone) keep the old order: that is the
--   loss "configuration". They register where they did.
-- versions: all
-- source: technotes 118893 and 213407 (the TVS list comes from the CallManager group); 117598 (settings that
--   travel in the configuration are ignored)
-- confidence: documented
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
hq:group("pub alone", { hq.pub })
local fleet = hq:phones { count = n, model = "8845" }
local stuck = hq:phones { count = n, model = "8845" }
settle()
expect(fleet:count { server = "pub" }):equals(n)
step("the second half misses a change of all certificates", function()
  stuck:power("off")
  for _, node in ipairs(hq.nodes) do
    node:regenerate("CallManager")
    node:restart("TFTP", "TVS")
  end
  settle()
  fleet:reset()
  settle()
  for _, node in ipairs(hq.nodes) do
    node:regenerate("TVS")
    node:restart("TFTP", "TVS")
  end
  settle()
  fleet:reset()
  settle()
  stuck:power("on")
end)
settle()
expect(fleet:count { lost = false }):equals(n)
expect(stuck:count { lost = "configuration", server = "pub" }):equals(n)

step("sub first", function() hq:change_group { members = { hq.sub, hq.pub } } end)
settle()
expect(fleet:count { server = "pub" } + stuck:count { server = "pub" }, "nothing yet"):equals(2 * n)
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { server = "sub", lost = false }):equals(n)
expect(stuck:count { server = "pub", lost = "configuration" }, "the old order"):equals(n)

step("the pool gets another group", function()
  hq:change_pool { group = "pub alone" }
  hq:reset()
end)
settle()
expect(fleet:count { server = "pub", lost = false }):equals(n)
