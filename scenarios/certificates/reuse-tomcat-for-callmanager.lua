-- Reuse Certificate on 14: the multi-server tomcat certificate becomes CallManager's
-- why: One certificate fewer to renew, and a shorter ITL. It is a change of CallManager on every node
--   all the same.
-- expected: Refused while tomcat has no multi-server certificate. Then phones, reset by the cluster
--   itself, take the new ITL from their own, for ITLRecovery signs it; nobody loses anything.
-- versions: 14 on
-- source: Cisco technote 221070
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = "14SU3", domain = "example.com", nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 300), model = "8865" }
settle()
expect(refused(function() hq:reuse_certificate() end)):contains("no multi-server certificate")

local ca = authority { name = "Example CA" }
step("tomcat", function()
  hq.pub:upload("tomcat-trust", ca)
  hq.pub:csr("tomcat", "multi-server")
  hq.pub:install("tomcat", ca:sign { node = hq.pub, certificate = "tomcat" })
  for _, node in ipairs(hq.nodes) do node:restart("Tomcat") end
end)
settle()
fleet:press("Directories")
settle()
expect(fleet:count { lost = "secure services" }, "TVS vouches for the new tomcat"):equals(0)

step("reuse", function()
  hq:reuse_certificate()
  for _, node in ipairs(hq.nodes) do node:restart("HAProxy") end
end)
settle()
expect(hq.pub:certificate("CallManager")):equals(hq.sub:certificate("tomcat"))
expect(fleet:count { itl_by = "ITL", itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { lost = true }):equals(0)
