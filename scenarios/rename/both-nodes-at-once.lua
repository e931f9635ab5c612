-- Publisher and subscriber get other names in one night: nobody's TVS is known any more
-- why: "One server at a time" is the rule for a reason: with every TVS new nothing vouches for the new
--   signer of the lists.
-- expected: Where CallManager signs the ITL every phone needs hands.
-- versions: 8.0 to 11.5; later ones lose ITLRecovery with the publisher's name (a parameter)
-- source: guide on changing IP address, hostname and domain; technote 116232
-- confidence: documented
local hq = cluster { name = "HQ", version = param("version", "8.6"), nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
settle()

step("both hostnames", function()
  hq.pub:hostname("pub2")
  hq.sub:hostname("sub2")
end)
settle()
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { needs_hands = true }):equals(fleet:count())
