-- Keys sent over the network: they erase a trust list only where the authentication URL is believed
-- why: CiscoIPPhoneExecute presses keys from a desk, on a phone whose web server is on (it is off since
--   8.x). The phone asks its authentication URL whether that user may. Where the URL is HTTPS it must
--   trust that server through TVS, which is what it has lost.
-- expected: CallManager and TVS regenerated together: every phone that holds an ITL is stuck. Phones with
--   the secured URL need hands, web server or not. Phones that open the plain URL, because their load
--   knows no HTTPS or because the administrator had made the secured URL a plain one before, are brought
--   back from a desk, if their web server is on. A 7940 holds no ITL and loses nothing.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232 (remote key presses fail where the authentication URL is HTTPS);
--   "Security by Default and managing ITL files", Cisco community; usecallmanager.nz, CGI Execute
-- confidence: documented; which models take keys by Cisco's development notes
local n = param("phones", 100)
local secured = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local plain = cluster { name = "BR", version = "8.6", nodes = { "pub2" } }
plain:set("https_services", false)
local function fleets(c)
  return { web = c:phones { count = n, model = "7965" },
           new = c:phones { count = n, model = "8845" },
           old = c:phones { count = n, model = "7965", load = "SCCP45.8-5-2S" },
           off = c:phones { count = n, model = "7965" } }
end
local hq, br = fleets(secured), fleets(plain)
local none = secured:phones { count = n, model = "7940" }
for _, fleet in ipairs { hq.web, hq.new, hq.old, br.web, br.new, br.old, none } do
  fleet:set("web_access", "enabled")
end
settle()

step("regenerate CallManager and TVS", function()
  for _, node in ipairs { secured.pub, plain.pub2 } do
    node:regenerate("CallManager", "TVS")
    node:restart("Cisco Trust Verification Service", "Cisco Tftp")
  end
  settle()
  secured:reset()
  plain:reset()
end)
settle()
for _, f in ipairs { hq, br } do
  for _, fleet in pairs(f) do
    expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
  end
  expect(f.off:count { needs_hands = true }, "its web server is off"):equals(n)
  expect(f.old:count { needs_hands = true }, "the plain URL"):equals(0)
end
expect(hq.web:count { needs_hands = true }, "the secured URL wants TVS"):equals(n)
expect(hq.new:count { needs_hands = true }):equals(n)
expect(br.web:count { remedy = "send-keys" }):equals(n)
expect(br.new:count { remedy = "send-keys" }):equals(n)
expect(none:count { lost = false }):equals(n)

step("send the keys", function()
  for _, f in ipairs { hq, br } do
    for _, fleet in pairs(f) do fleet:send_keys("1m") end
  end
end)
settle()
for _, fleet in ipairs { hq.old, br.old, br.web, br.new } do
  expect(fleet:count { itl_by = "first trust", itl_status = "Match", lost = false }):equals(n)
end
for _, fleet in ipairs { hq.web, hq.new, hq.off, br.off } do
  expect(fleet:count { lost = "trust list" }, "nothing happened"):equals(n)
end
