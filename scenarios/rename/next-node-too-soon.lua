-- Publisher and subscriber renamed one after the other, but too fast: phones had not taken the first new list
-- why: "One server at a time" means until all phones have the new list, not until the node is up. Who renames the
--   second while phones still hold the list of before both has renamed both at once.
-- expected: Phones that were reset in between follow through the TVS of the other node each time. Those that were
--   not, because nobody reset them or because they were off, meet two new TVS and a new signer: hands.
-- versions: 8.0 to 11.5; later ones lose ITLRecovery with the publisher's name (a parameter)
-- source: guide on changing IP address, hostname and domain; Cisco technote 116232 (one node, all phones, the next)
-- confidence: documented
-- live = true
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = param("version", "8.6"), nodes = { "pub", "sub" } }
local patient = hq:phones { count = n, model = "7965" }
local hasty = hq:phones { count = n, model = "7965" }
local away = hq:phones { count = n, model = "7965" }
local old = hq:phones { count = n, model = "7940" }
settle()
away:power("off")
step("rename the publisher, reset a part of the phones", function()
  hq.pub:hostname("pub2")
  settle()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
  patient:reset()
end)
settle()
expect(patient:count { itl_by = "TVS", lost = false }):equals(n)
expect(hasty:count { itl_status = "Mismatch", registered = true }, "nobody reset them"):equals(n)
step("rename the subscriber, reset all", function()
  hq.sub:hostname("sub2")
  settle()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
  away:power("on")
  hq:reset()
end)
settle()
expect(patient:count { itl_status = "Match", lost = false }):equals(n)
for _, phones in ipairs { hasty, away } do
  expect(phones:count { registered = true, lost = "trust list", needs_hands = true }):equals(n)
end
expect(old:count { lost = false }, "7940 holds no list"):equals(n)
