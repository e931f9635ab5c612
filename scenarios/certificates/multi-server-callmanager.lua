-- One multi-server CallManager certificate for all nodes, in a cluster in mixed mode
-- why: With one key for all TFTP servers every signed file verifies whichever node served it, and the
--   CTL becomes shorter: it holds that certificate once. Installing it is a change of every node's
--   CallManager at once.
-- expected: On 12.5 the lists are signed by ITLRecovery, so every phone takes the new ITL from its own.
--   Secure phones need the new CTL before CallManager shows the new certificate; with the documented
--   order (install, CTL update, restart, reset) nobody is lost.
-- versions: 10.5 on (118731); here 12.5
-- source: Cisco technotes 118731 and 214231; Security Guide 12.5, Security Modes
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = "12.5", domain = "example.com",
                     nodes = { "pub", "sub1", "sub2" } }
hq:ctl("mixed-mode")
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
local plain = hq:phones { count = param("phones", 300), model = "8845" }
local secure = hq:phones { count = plain:count(), model = "8845", security = "encrypted" }
settle()
expect(secure:count { registered = true }):equals(secure:count())

local ca = authority { name = "Example CA" }
step("install", function()
  hq.pub:upload("CallManager-trust", ca)
  hq.pub:csr("CallManager", "multi-server")
  hq.pub:install("CallManager", ca:sign { node = hq.pub, certificate = "CallManager" })
  hq:ctl("update")
end)
expect(hq.sub2:certificate("CallManager").subject):contains("CN=pub-ms.example.com")
expect(hq.sub2:certificate("CallManager")):equals(hq.pub:certificate("CallManager"))
step("restart", function()
  for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP", "CallManager", "CTIManager") end
end)
settle()
step("reset", function() hq:reset() end)
settle()
expect(plain:count { lost = true }):equals(0)
expect(plain:count { itl_by = "ITL", itl_status = "Match" } +
       plain:count { itl_by = "CTL", itl_status = "Match" }):equals(plain:count())
expect(secure:count { registered = true }, "secure phones"):equals(secure:count())
expect(secure:count { needs_hands = true }):equals(0)

step("one node alone is regenerated: a certificate of its own again", function()
  hq.sub1:regenerate("CallManager")
end)
expect(hq.sub1:certificate("CallManager").subject):contains("CN=sub1.example.com")
expect(hq.sub2:certificate("CallManager").subject):contains("CN=pub-ms.example.com")
