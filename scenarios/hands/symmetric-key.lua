-- A symmetric key on record for phones without certificates that nobody typed in at the phone
-- why: TFTP encrypts the configuration with the key on the phone's page. A phone has that key by hands alone, and a
--   configuration that it cannot read is none: no network path brings the key to it.
-- expected: At its next boot a phone that has no such key, or another one, holds no configuration and registers
--   nowhere. No act on the cluster helps where nothing was typed in; somebody types the key in. Where another one was
--   typed in, that one may be put on record instead.
-- versions: 8.0 on; here 12.5, Cisco 7940
-- source: Security Guides, "Encrypted Phone Configuration File Setup", symmetric key
-- confidence: documented that both must be the same; that the phone is left without configuration inferred
-- live = true
local right, wrong = "0123456789ABCDEF0123456789ABCDEF", "FEDCBA9876543210FEDCBA9876543210"
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
local none = hq:phones { count = n, model = "7940", encrypted = true }
local other = hq:phones { count = n, model = "7940", encrypted = true }
local late = hq:phones { count = n, model = "7960", encrypted = true }
settle()
step("a key on record", function()
  for _, fleet in ipairs { none, other } do fleet:symmetric_key(right) end
  other:type_key(wrong)
  for _, fleet in ipairs { none, other } do
    fleet:power("off")
    fleet:power("on")
  end
  settle()
end)
expect(none:count { lost = "configuration", remedy = "hands", needs_hands = true }):equals(n)
expect(other:count { lost = "configuration", remedy = "symmetric-key" }):equals(n)
step("typed in", function()
  for _, fleet in ipairs { none, other } do
    fleet:type_key(right)
    fleet:power("off")
    fleet:power("on")
  end
  settle()
end)
for _, fleet in ipairs { none, other } do
  expect(fleet:count { registered = true, lost = false, config = "encrypted" }):equals(n)
end

-- what the report names for these is to type it in
step("others get a key on record", function()
  late:symmetric_key(right)
  late:power("off")
  late:power("on")
end)
settle()
expect(late:count { lost = "configuration", needs_hands = true }):equals(n)
