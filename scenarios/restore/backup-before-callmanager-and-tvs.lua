-- A restore from a backup that is older than CallManager and TVS: everybody is locked out
-- why: Certificates were renewed, all phones followed, nobody made a new backup. A disk fails, and the
--   restore brings the old keys back: neither signer nor TVS is known to any phone.
-- expected: 8.x, one node: every phone needs hands. The same with a backup made after the renewal loses
--   nobody.
-- versions: 8.0 to 11.5
-- source: Security Guide 14 (make a new backup after each renewal); technote 116232
-- confidence: documented
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 300), model = "7965" }
settle()

local function renew(certificate)
  step("renew " .. certificate, function()
    hq.pub:regenerate(certificate)
    hq.pub:restart("TVS", "TFTP")
  end)
  settle()
  hq:reset()
  settle()
end
hq:backup()
renew("CallManager")
renew("TVS")
expect(fleet:count { lost = true }):equals(0)

step("a new backup, and a restore of it", function()
  hq:backup()
  hq.pub:restore()
end)
settle()
hq:reset()
settle()
expect(fleet:count { lost = true }, "the newest backup"):equals(0)
step("the backup from before is restored", function() hq.pub:restore(2) end)
settle()
step("reset", function() hq:reset() end)
settle()
expect(fleet:count { needs_hands = true }):equals(fleet:count())
expect(fleet:count { registered = true }, "calls still work"):equals(fleet:count())
