-- A self-signed multi-server certificate on 14: one certificate for all nodes, and no authority
-- why: Multi-server certificates came with authorities. From 14 on the page generates a self-signed one as well, for
--   tomcat, CallManager, TVS and their EC twins: one act, and every node has another certificate of that kind.
-- expected: tomcat: TVS vouches for it, pages open, and CallManager can have it (Reuse Certificate) without any root
--   in a trust store. CallManager, TVS: the ITL is another one on every node, signed by ITLRecovery, which phones
--   know: they take it from their own. With CallManager, TVS and ITLRecovery in one go everybody needs hands, as where
--   each node has its own. Regenerate on one node gives that node a certificate of its own again. ITLRecovery, CAPF
--   and ipsec are for one node each, and 12.5 has no such certificate.
-- versions: 14 on
-- source: Cisco technote 221070 (a self-signed multi-server tomcat certificate, and no chain to upload); Security
--   Guide 14, Self-Signed Certificate Fields (the kinds whose host names one certificate protects)
-- confidence: that there are such certificates documented, their common name and what Regenerate makes of one
--   assumed, what phones do follows
local n = param("phones", 150)
local hq = cluster { name = "HQ", version = "14SU3", domain = "example.com", nodes = { "pub", "sub" } }
local bad = cluster { name = "Bad", version = "14SU3", domain = "example.com", nodes = { "pub2", "sub2" } }
local old = cluster { name = "Old", version = "12.5", nodes = { "pub3" } }
local fleet = hq:phones { count = n, model = "8865" }
local lost = bad:phones { count = n, model = "8865" }
settle()
local function share(node, kind) node:generate(kind, nil, nil, "multi-server") end
expect(refused(function() share(old.pub3, "tomcat") end)):contains("no multi-server certificates that are self-signed")
for _, kind in ipairs { "ITLRecovery", "CAPF", "ipsec" } do
  expect(refused(function() share(hq.pub, kind) end)):contains("has no multi-server certificate " .. kind)
end

step("tomcat", function()
  share(hq.pub, "tomcat")
  for _, node in ipairs(hq.nodes) do node:restart("Tomcat") end
end)
settle()
local tomcat = hq.sub:certificate("tomcat")
expect(tomcat):equals(hq.pub:certificate("tomcat"))
expect(tomcat.subject):contains("CN=pub-ms.example.com;")
expect(tomcat.issuer):equals(tomcat.subject)
expect(tomcat.names):equals("pub.example.com,sub.example.com")
fleet:press("Directories")
settle()
expect(fleet:count { lost = false }, "pages open"):equals(n)
step("reuse", function() hq:reuse_certificate() end)
settle()
expect(hq.sub:certificate("CallManager")):equals(tomcat)
expect(fleet:count { itl_by = "ITL", itl_status = "Match", lost = false }):equals(n)

step("TVS", function() share(hq.sub, "TVS") end)
settle()
expect(hq.pub:certificate("TVS").subject):contains("CN=sub-ms.example.com;")
expect(fleet:count { itl_by = "ITL", itl_status = "Match", lost = false }):equals(n)
step("a key of its own for CallManager", function() hq.sub:regenerate("CallManager") end)
settle()
expect(hq.sub:certificate("CallManager").subject):contains("CN=sub.example.com;")
expect(hq.pub:certificate("CallManager"), "the publisher keeps it"):equals(tomcat)
expect(fleet:count { itl_by = "ITL", itl_status = "Match", lost = false }):equals(n)

step("Bad: all three in one go", function()
  bad:set("phone_interaction", 0)
  share(bad.pub2, "CallManager")
  share(bad.pub2, "TVS")
  bad.pub2:regenerate("ITLRecovery")
  settle()
  bad:reset()
end)
settle()
expect(lost:count { lost = "trust list", needs_hands = true }):equals(n)
