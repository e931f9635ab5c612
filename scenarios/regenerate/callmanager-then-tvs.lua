-- CallManager, then TVS, with every phone updated in between: the safe order
-- why: The rule behind all procedures: never change the signer and all TVS certificates that a
--   phone knows between two ITLs that it takes.
-- expected: The first new ITL is accepted through TVS, the second by the phone's own ITL. Nobody
--   loses a trust list, although the group is the publisher alone.
-- versions: 8.0 to 11.5
-- source: Cisco technote 116232; technote 214231
-- confidence: documented
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub1" } }
pool { name = "Publisher only", group = { "pub" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965", pool = "Publisher only" }
settle()

step("regenerate CallManager", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
  settle()
  fleet:reset()
end)
settle()
expect(fleet:count { itl_by = "TVS", itl_status = "Match" }):equals(fleet:count())
wait("1h")

step("regenerate TVS", function()
  hq.pub:regenerate("TVS")
  hq.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
  settle()
  fleet:reset()
end)
settle()
expect(fleet:count { itl_by = "ITL", itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { registered = true, config = "signed" }):equals(fleet:count())
expect(fleet:count { ever_lost = "trust list" }):equals(0)
expect(fleet:count { ever_lost = "configuration" }):equals(0)
expect(fleet:count { needs_hands = true }):equals(0)
