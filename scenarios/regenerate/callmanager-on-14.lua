-- Regenerate CallManager on 14: phones are reset by themselves, or wait for somebody who does it
-- why: From 14 TFTP rebuilds the ITL by itself, and the enterprise parameter "Phone Interaction on
--   Certificate Update" says whether CUCM resets the phones, or an administrator. Until a phone was
--   reset its ITL File Status is Mismatch. From 14SU1 CallManager takes up the new certificate
--   without a restart, too.
-- expected: Automatically: nobody does anything but regenerate, and every phone has booted with the
--   new list, accepted by its own ITL, for ITLRecovery signs it. Manually: calls go on, every phone
--   stands at Mismatch and loses nothing; after a reset by hand it stands at Match. On 14, not on
--   14SU1, the old certificate stays in use by CallManager until that is restarted; phones without
--   encryption do not see it.
-- versions: 14 on
-- source: Security Guide for CUCM 14, Certificates and Default Security (ITL File Status)
-- confidence: documented; that a Mismatch costs nothing is inferred
-- live = true
local n = param("phones", 300)
local fleets = {}
for _, version in ipairs { "14", "14SU1", "15" } do
  for _, interaction in ipairs { "automatic", "manual" } do
    local name = "V" .. version .. interaction
    local hq = cluster { name = name, version = version, nodes = { "pub" .. #fleets, "sub" .. #fleets } }
    hq:set("phone_interaction", interaction == "automatic")
    fleets[#fleets + 1] = { hq = hq, phones = hq:phones { count = n, model = "8845" }, manual = interaction == "manual" }
  end
end
settle()

step("regenerate CallManager", function()
  for _, f in ipairs(fleets) do
    for _, node in ipairs(f.hq.nodes) do node:regenerate("CallManager") end
  end
end)
settle()
for _, f in ipairs(fleets) do
  local status = f.manual and "Mismatch" or "Match"
  expect(f.phones:count { itl_status = status, registered = true, lost = false }):equals(n)
  expect(f.phones:count { itl_by = "ITL" }, "who has taken the new list"):equals(f.manual and 0 or n)
end

step("reset by hand", function()
  for _, f in ipairs(fleets) do
    if f.manual then f.phones:reset() end
  end
end)
settle()
for _, f in ipairs(fleets) do
  expect(f.phones:count { itl_status = "Match", itl_by = "ITL", lost = false }):equals(n)
  expect(f.phones:count { needs_hands = true }):equals(0)
end
