-- Both certificates regenerated, TVS restarted, TFTP forgotten: fine today, locked out at the next restart
-- why: TVS works with its new certificate at once, TFTP signs with its old key until it starts. In
--   between the phones lose the HTTPS services, and nobody looks at lists. The restart of TFTP,
--   weeks later, is what locks them out.
-- expected: Phones that are reset take list and configuration as before and only lose the HTTPS
--   services, for they know another TVS. The report names the restart of TFTP as what lies ahead.
--   After it every phone of the single node needs hands.
-- versions: 8.0 to 9.1
-- source: Cisco technote 116232 (certificates in use are those of the last start)
-- confidence: inferred
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
local n = fleet:count()
settle()

step("regenerate both, restart TVS alone", function()
  hq.pub:regenerate("CallManager", "TVS")
  hq.pub:restart("Cisco Trust Verification Service")
end)
settle()
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { lost = "trust list" }):equals(0)
expect(fleet:count { lost = "configuration" }):equals(0)
expect(fleet:count { registered = true }):equals(n)
expect(fleet:count { lost = "secure services" }, "another TVS than that of the list"):equals(n)
expect(fleet:count { needs_hands = true }, "not yet"):equals(0)

step("TFTP starts, a month later", function()
  wait("30d")
  hq.pub:restart("Cisco Tftp")
end)
settle()
step("reset again", function() hq:reset() end)
settle()
expect(fleet:count { lost = "trust list" }):equals(n)
expect(fleet:count { lost = "configuration" }):equals(n)
expect(fleet:count { needs_hands = true }):equals(n)
