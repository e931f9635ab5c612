-- Another hostname for a cluster of one node, nothing prepared: every phone is locked out
-- why: A new name regenerates all certificates of the node at once. The new ITL is signed by a key that
--   no phone knows, and TVS shows a certificate that no phone knows either.
-- expected: Phones keep calling with the configuration that they have and refuse every new ITL: "Trust
--   List Update Failed". Somebody must delete the trust list on each. Phones without trust lists notice
--   nothing.
-- versions: 8.0 on
-- source: guide on changing IP address, hostname and domain; Cisco technote 116232
-- confidence: documented; that ITLRecovery goes with the rest from 10.0 on is a parameter
local hq = cluster { name = "HQ", version = param("version", "8.6"), nodes = { "old" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
local without = hq:phones { count = fleet:count(), model = "7960" }
settle()

step("set network hostname new", function() hq.old:hostname("new") end)
settle()
expect(hq.new.name):equals("new")
expect(hq.new:certificate("TVS").subject):contains("CN=new")
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { lost = "trust list" }):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(fleet:count())
expect(without:count { lost = true }):equals(0)
