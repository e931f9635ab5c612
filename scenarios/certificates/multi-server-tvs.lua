-- One multi-server TVS certificate for all nodes: the ITL holds it once
-- why: From 14 on TVS may share one certificate as tomcat does. Of a cluster of many nodes each ITL becomes
--   smaller, and one renewal is enough. It is a change of every TVS at once, and whoever renews
--   CallManager with it takes the phones their second opinion everywhere.
-- expected: The ITL is signed by ITLRecovery, which phones know: they take the new list from their own, by
--   themselves, and ask the shared TVS about a new page then. On 12.5 there is no such certificate.
-- versions: 14 on
-- source: Security Guide 14, Simplified Certificate Management (a table of key usages there leaves TVS out)
-- confidence: documented; what phones do follows
-- live = true
local hq = cluster { name = "HQ", version = "14", domain = "example.com", nodes = { "pub", "sub1", "sub2" } }
local old = cluster { name = "OLD", version = "12.5", nodes = { "pub2" } }
local phones = hq:phones { count = param("phones", 200), model = "8845" }
settle()
expect(refused(function() old.pub2:csr("TVS", "multi-server") end)):contains("has no multi-server certificate TVS")
local ca = authority { name = "Example CA" }
step("install", function()
  hq.pub:upload("TVS-trust", ca)
  hq.pub:csr("TVS", "multi-server")
  hq.pub:install("TVS", ca:sign { node = hq.pub, certificate = "TVS" })
end)
settle()
expect(hq.sub2:certificate("TVS")):equals(hq.pub:certificate("TVS"))
expect(phones:count { itl_by = "ITL", itl_status = "Match" }):equals(phones:count())
expect(phones:count { lost = true }):equals(0)

step("a new page", function()
  for _, node in ipairs(hq.nodes) do node:regenerate("tomcat") node:restart("Cisco Tomcat") end
end)
settle()
phones:press("Directories")
settle()
expect(phones:count { lost = true }):equals(0)
