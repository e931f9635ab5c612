-- A commercial tool presses the keys: no web server, no authentication URL, nobody walks
-- why: Tools of others press keys in bulk without asking the phone's authentication URL. Who has one is a
--   switch (parameter third_party_keys), off by default: they cost money, and reports should not count
--   on them.
-- expected: CallManager and TVS regenerated together on 8.6. Without the tool every phone needs hands. With
--   it none does, but the phone that is not registered, which the tool does not reach, and the one whose
--   settings are restricted, where no key erases anything.
-- versions: 8.0 to 11.5
-- source: "Security by Default and managing ITL files", Cisco community; Cisco technote 116232 (restricted
--   settings: factory reset is the only way)
-- confidence: that there are such tools is documented; that they reach registered phones is assumed
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local plain = hq:phones { count = n, model = "7965" }
local sip = hq:phones { count = n, model = "8845" }
local kept = hq:phones { count = n, model = "7965" }
kept:set("settings_access", "restricted")
settle()
step("regenerate CallManager and TVS", function()
  hq.pub:regenerate("CallManager", "TVS")
  hq.pub:restart("Cisco Trust Verification Service", "Cisco Tftp")
  settle()
  hq:reset()
end)
settle()
for _, fleet in ipairs { plain, sip, kept } do
  expect(fleet:count { needs_hands = true }, "without the tool"):equals(n)
end
expect(refused(function() plain:third_party_keys() end)):contains("third_party_keys")

step("somebody buys the tool", function() hq:set("third_party_keys", true) end)
expect(plain:count { remedy = "third-party-keys" }):equals(n)
expect(sip:count { remedy = "third-party-keys" }):equals(n)
expect(kept:count { needs_hands = true }, "its settings are restricted"):equals(n)

step("press the keys", function()
  for _, fleet in ipairs { plain, sip, kept } do fleet:third_party_keys("1m") end
end)
settle()
expect(plain:count { itl_status = "Match", lost = false }):equals(n)
expect(sip:count { itl_status = "Match", lost = false }):equals(n)
expect(kept:count { lost = "trust list" }):equals(n)
