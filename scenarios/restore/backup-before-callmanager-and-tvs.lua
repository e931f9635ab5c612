-- A restore from a backup that is older than CallManager and TVS: everybody is locked out
-- why: Certificates were renewed, all phones followed, nobody made a new backup. A disk fails, and the
--   restore brings the old keys back: neither signer nor TVS is known to any phone.
-- expected: 8.x, one node: every phone needs hands. Where a backup was made after the renewal too, it
--   loses nobody; and where somebody restored the older one by mistake, the newer one is the way out.
-- versions: 8.0 to 11.5
-- source: Security Guide 14 (make a new backup after each renewal); technote 116232
-- confidence: documented
local n = param("phones", 300)

-- Renewed in the safe order, with a backup from before, and another one from behind where `twice`.
local function renewed(name, twice)
  local hq = cluster { name = name, version = "8.6", nodes = { name .. "pub" } }
  local fleet = hq:phones { count = n, model = "7965" }
  local pub = hq[name .. "pub"]
  settle()
  hq:backup()
  for _, certificate in ipairs { "CallManager", "TVS" } do
    step("renew " .. certificate .. ", " .. name, function()
      pub:regenerate(certificate)
      pub:restart("TVS", "TFTP")
    end)
    settle()
    hq:reset()
    settle()
  end
  if twice then hq:backup() end
  expect(fleet:count { lost = true }):equals(0)
  return hq, pub, fleet
end

local once, pub, fleet = renewed("Once", false)
local twice, other, of_twice = renewed("Twice", true)

step("the newest backup is restored", function()
  pub:restore()
  other:restore()
end)
settle()
step("reset", function() once:reset() twice:reset() end)
settle()
expect(fleet:count { needs_hands = true }, "it is from before"):equals(n)
expect(fleet:count { registered = true }, "calls still work"):equals(n)
expect(of_twice:count { lost = true }, "it is from behind"):equals(0)

step("the one before that by mistake", function() other:restore(2) end)
settle()
step("reset again", function() twice:reset() end)
settle()
expect(of_twice:count { remedy = "restore" }, "the newer one"):equals(n)
expect(of_twice:count { needs_hands = true }):equals(0)
