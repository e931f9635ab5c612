-- Another hostname for a cluster of one node that has tokens: broken for a while, then mended by the client
-- why: With the name CallManager, TVS and the rest are new, so that ITL and configuration come from strangers.
--   But the tokens have not changed, and the CTL that they sign vouches for everything.
-- expected: Behind the change phones refuse ITL and configuration, and secure ones do not register. No
--   rollback parameter was needed: the CTL client, run again, mends all of it, by the CTL. The search names
--   that. The same cluster without tokens and without mixed mode needs hands.
-- versions: 8.0 to 9.1 (tokens), the rule is the same later
-- source: Cisco technote 116232; guide on changing IP address and hostname
-- confidence: documented
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "9.1", nodes = { "old" } }
local bare = cluster { name = "Bare", version = "9.1", nodes = { "single" } }
local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
hq:ctl_client("mixed-mode", first, second)
local secure = hq:phones { count = n, model = "7965", security = "encrypted" } -- MIC: CAPF is new too
local plain = hq:phones { count = n, model = "8945" }
local old = hq:phones { count = n, model = "7960" }
local lonely = bare:phones { count = n, model = "7965" }
local function restart()
  hq.nodes[1]:restart("TFTP", "CallManager")
  settle()
  hq:reset()
  settle()
end
restart()
for _, fleet in ipairs { secure, plain, old } do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("set network hostname new", function()
  hq.old:hostname("new")
  bare.single:hostname("alone")
  settle()
  hq:reset()
  bare:reset()
  settle()
end)
expect(secure:count { lost = "registration" }):equals(n)
expect(plain:count { registered = true, lost = "trust list" }):equals(n)
expect(plain:count { lost = "configuration" }):equals(n)
expect(old:count { registered = true, lost = "configuration" }, "asks for a signed one, by its CTL"):equals(n)
expect(lonely:count { needs_hands = true }):equals(n)
for _, fleet in ipairs { secure, plain, old } do
  expect(fleet:count { needs_hands = true }):equals(0)
  expect(fleet:count { remedy = "ctl-client" }):equals(n)
end

step("the CTL client again", function() hq:ctl_client("update", first) restart() end)
for _, fleet in ipairs { secure, plain, old } do
  expect(fleet:count { registered = true, lost = false, ctl_by = "CTL" }):equals(n)
end
expect(plain:count { itl_by = "CTL" }):equals(n)
expect(lonely:count { needs_hands = true }):equals(n)
