-- A trust store holds one certificate of a name: the second upload pushes the first one out
-- why: Somebody renews the CallManager of the new cluster after it was uploaded to the old one, and
--   uploads the new one too. The store holds one of that name, so TVS no longer vouches for files
--   that are still signed with the old key. Two texts of Cisco's disagree which of the two stays.
-- expected: With the later upload the older certificate is gone, and phones that move to the other
--   cluster, which signs with it, refuse its files. With the newer start date as the rule the upload
--   of the older one is refused, and the newer one stays.
-- versions: 14 and 15 documented; before, the parameter "one_per_name"
-- source: Cisco technote 217138 (later upload), Security Guide 15 (newer start date)
-- confidence: documented, sources disagree: the parameter "newer_start_wins"
local from = cluster { name = "Old", version = "14", nodes = { "old" } }
local to = cluster { name = "New", version = "14", nodes = { "new" } }
local fleet = from:phones { count = param("phones", 200), model = "8845" }
settle()

local first = to.new:certificate("CallManager")
wait("1d")
step("the other cluster's CallManager, and the one it has after a renewal", function()
  from.old:upload("Phone-SAST-trust", to.new:certificate("ITLRecovery"))
  from.old:upload("CallManager-trust", to.new:certificate("ITLRecovery"))
  from.old:upload("Phone-SAST-trust", first)
  from.old:upload("CallManager-trust", first)
  to.new:regenerate("CallManager")
  local second = to.new:certificate("CallManager")
  from.old:upload("CallManager-trust", second)
  expect(refused(function() from.old:delete("CallManager-trust", first) end), "the first is gone")
    :contains("does not hold this certificate")
  from:set("newer_start_wins", true)
  expect(refused(function() from.old:upload("CallManager-trust", first) end))
    :contains("whose validity starts no earlier")
  from:set("newer_start_wins", false)
  from.old:upload("CallManager-trust", first)
  expect(refused(function() from.old:delete("CallManager-trust", second) end), "now the second is")
    :contains("does not hold this certificate")
end)
settle()
expect(fleet:count { lost = true }, "phones that stay notice nothing"):equals(0)
