-- A subscriber is added to a cluster in mixed mode: TLS phones cannot use it until the CTL is updated
-- why: The CTL file names the CallManager of every node, and nobody updates it by himself. Security Guides
--   name a new node first among the reasons for `utils ctl update CTLFile`.
-- expected: Secure phones do not trust the new CallManager: with a second server in their group they register
--   there, in a group of the new node alone nowhere. Phones that are not secure register at the new node.
--   The CTL update, restarts and a reset bring everybody to it.
-- versions: 10.0 and later
-- source: Security Guide 12.5 (when to update the CTL file); technote 214231
-- confidence: documented that the CTL has to be updated; where phones register meanwhile is inferred
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub1" } }
hq:ctl("mixed-mode")
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "Cisco CallManager") end
settle()
hq:group("both", { hq.pub, hq.sub1 })
hq:group("one", { hq.sub1 })
hq:pool("both", "both")
hq:pool("one", "one")
local both = hq:phones { count = n, model = "8861", pool = "both", security = "authenticated" }
local one = hq:phones { count = n, model = "8861", pool = "one", security = "authenticated" }
local plain = hq:phones { count = n, model = "8861", pool = "one" }
settle()
expect(both:count { lost = false } + one:count { lost = false } + plain:count { lost = false }):equals(3 * n)

step("add sub2, put it into the groups", function()
  hq:add_node("sub2")
  hq.sub2:activate("Cisco CallManager")
  hq.pub:restart("TFTP")
  hq.sub1:restart("TFTP")
  settle()
  hq:change_group { group = "both", members = { hq.sub2, hq.pub } }
  hq:change_group { group = "one", members = { hq.sub2 } }
  hq:reset()
end)
settle()
expect(both:count { server = "pub", lost = false }, "at its second server"):equals(n)
expect(one:count { lost = "registration" }):equals(n)
expect(one:count { needs_hands = true }):equals(0)
expect(one:count { remedy = "ctl-update" }):equals(n)
expect(plain:count { server = "sub2", lost = false }):equals(n)

step("utils ctl update CTLFile", function()
  hq:ctl("update")
  for _, node in ipairs { hq.pub, hq.sub1 } do node:restart("TFTP", "Cisco CallManager") end
  settle()
  hq:reset()
end)
settle()
expect(both:count { server = "sub2", lost = false }):equals(n)
expect(one:count { server = "sub2", lost = false }):equals(n)
