-- CallManager and TVS regenerated, with Apply Config between the two where a reset was meant
-- why: Apply Config has a phone compare its configuration with the one that CallManager has. Certificates and lists are
--   no part of it, so that the phone has nothing to do and does not ask for the new ITL. Only a reset brings that.
-- expected: Those that are reset behind each certificate lose nothing. Those that got Apply Config hold the first ITL
--   when the second certificate is there, and nothing in it vouches for either: they keep their old lists and
--   configuration and need hands (9.1 has no recovery key). Where a setting was changed as well, Apply Config
--   restarts the phones, which take the list on the way (the knob "restart_asks_lists").
-- versions: 8.0 to 11.5; here 9.1
-- source: Administration Guide, "Apply Config" synchronizes a device in the least intrusive manner; Security Guides
--   and technote 214231 say reset
-- confidence: inferred
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "9.1", nodes = { "pub", "sub" } }
local reset = hq:phones { count = n, model = "8845" }
local applied = hq:phones { count = n, model = "8845" }
local changed = hq:phones { count = n, model = "8845" }
settle()

local function renew(own)
  for _, node in ipairs(hq.nodes) do
    node:regenerate(own)
    node:restart("TVS", "CallManager")
  end
  settle()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
end

step("CallManager", function()
  renew("CallManager")
  changed:set("web_access", "enabled")
  reset:reset()
  applied:apply_config()
  changed:apply_config()
  settle()
end)
expect(reset:count { itl_status = "Match", lost = false }):equals(n)
expect(changed:count { itl_status = "Match", lost = false }):equals(n)
expect(applied:count { itl_status = "Match" }, "the list of before"):equals(0)
expect(applied:count { registered = true, lost = false }, "nobody notices"):equals(n)

step("TVS", function()
  renew("TVS")
  reset:reset()
  applied:reset()
  changed:reset()
  settle()
end)
expect(reset:count { registered = true, itl_status = "Match", lost = false }):equals(n)
expect(changed:count { registered = true, itl_status = "Match", lost = false }):equals(n)
expect(applied:count { registered = true, lost = "trust list" }):equals(n)
expect(applied:count { lost = "configuration", needs_hands = true }):equals(n)
