-- Encrypted configurations: by the phone's own certificate, or by a key that somebody typed in
-- why: TFTP encrypts a configuration to the phone's LSC or MIC. A model that has neither has a symmetric key:
--   one on record on its page, one typed in at the phone, and nobody sees whether they are the same.
-- expected: Phones with a certificate read theirs. 7960 without a key do not, and with one on record alone
--   neither; with the same key at the phone they do. Where the two differ they refuse each new configuration,
--   go on with what they hold, and stay registered; the key on record put right brings it back, which is what
--   the search names. Before there is a key at all it names an LSC from CAPF, which makes one needless
--   (7960 with SCCP take one). A model with a certificate has no symmetric key.
-- versions: all with TFTP Encrypted Config (mixed mode is assumed by the guides)
-- source: Security Guides 7.0 to 12.5, encrypted phone configuration files (manual key distribution)
-- confidence: documented; what a phone does that cannot decrypt is inferred
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = param("version", "10.5(2)"), nodes = { "pub", "sub" } }
hq:ctl("mixed-mode")
local mic = hq:phones { count = n, model = "8845", encrypted = true, security = "encrypted" }
local lsc = hq:phones { count = n, model = "7965", encrypted = true, security = "authenticated", lsc = true }
local same = hq:phones { count = n, model = "7960", encrypted = true }
local other = hq:phones { count = n, model = "7960", encrypted = true }
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
settle()
local function reset(what, action) step(what, function() action() hq:reset() settle() end) end
local right, wrong = "0123456789ABCDEF0123456789ABCDEF", "0123456789ABCDEF0123456789ABCDEE"

expect(mic:count { registered = true, lost = false, config = "encrypted" }):equals(n)
expect(lsc:count { registered = true, lost = false, config = "encrypted" }):equals(n)
for _, fleet in ipairs { same, other } do
  expect(fleet:count { lost = "configuration", remedy = "install-lsc" }, "no key anywhere"):equals(n)
end
expect(refused(function() mic:symmetric_key(right) end)):contains("has a certificate and no symmetric key")
expect(refused(function() same:symmetric_key("0123") end)):contains("32 hex digits")

step("keys on record, typed in the next day", function()
  for _, fleet in ipairs { same, other } do fleet:symmetric_key(right) end
end)
for _, fleet in ipairs { same, other } do
  fleet:power("off")
  fleet:power("on")
end
settle()
for _, fleet in ipairs { same, other } do
  expect(fleet:count { lost = "configuration" }, "on record alone"):equals(n)
end
step("typed in, half of them with a slip", function()
  same:type_key(right)
  other:type_key(wrong)
end)
for _, fleet in ipairs { same, other } do
  fleet:power("off")
  fleet:power("on")
end
settle()
expect(same:count { registered = true, lost = false, config = "encrypted" }, "the same key"):equals(n)
expect(other:count { lost = "configuration", remedy = "symmetric-key" }, "another key"):equals(n)

reset("the key on record put right", function() other:symmetric_key(wrong) end)
for _, fleet in ipairs { other } do
  fleet:power("off")
  fleet:power("on")
end
settle()
expect(other:count { registered = true, lost = false, config = "encrypted" }):equals(n)

reset("a new key on record for those that work", function() same:symmetric_key(wrong) end)
expect(same:count { registered = true, lost = "configuration" }, "they hold the old one"):equals(n)
expect(same:count { remedy = "symmetric-key" }):equals(n)
expect(mic:count { registered = true, lost = false }):equals(n)
