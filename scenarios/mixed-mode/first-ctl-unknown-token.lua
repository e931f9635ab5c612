-- The first CTL by tokens, where TVS does not answer from the CTL file: no phone with an ITL takes it
-- why: No list of a phone names a token, and the database does not know it. What is left is TVS's look into the
--   CTL file, which a trace of 10.5 shows (118893) and no document of 8.x and 9.x mentions.
-- expected: With the parameter tvs_ctl_cache off phones refuse the CTL and go on without one, so that no secure
--   profile works; 7960 takes it by first trust. Both tokens in Phone-SAST-trust make TVS vouch, and phones take
--   it. As mixed mode was taken up on clusters of 8.x with phones in use, the standard value is on.
-- versions: 8.0 to 14SU2
-- source: Cisco technote 118893 (TVS trace: token found in the CTL cache; tokens uploaded to Phone-SAST-trust)
-- confidence: observed on 10.5; that 8.x does it is inferred
-- live = true
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = param("version", "9.1"), nodes = { "pub", "sub" } }
local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
hq:set("tvs_ctl_cache", false)
local fleet, old = hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "7960" }
settle()
step("mixed mode", function()
  hq:ctl_client("mixed-mode", first, second)
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
  settle()
  hq:reset()
  settle()
end)
expect(fleet:count { registered = true, ctl_by = "none", lost = "trust list" }):equals(n)
expect(old:count { registered = true, ctl_by = "first trust", lost = false }):equals(n)
step("both tokens to Phone-SAST-trust", function()
  for _, t in ipairs { first, second } do hq.pub:upload("Phone-SAST-trust", t) end
  settle()
  hq:reset()
  settle()
end)
expect(fleet:count { registered = true, ctl_by = "TVS", lost = false }):equals(n)
