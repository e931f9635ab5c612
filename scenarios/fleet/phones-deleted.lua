-- Phones are deleted from the database by mistake, and inserted again
-- why: A filter of Bulk Administration matches more than it should. Nothing is wrong with any certificate, and what
--   the phones show ("Registration Rejected") looks like anything else.
-- expected: CallManager takes no device that it does not know: deleted phones are reset and registered nowhere from
--   then on, and TFTP has no configuration of their own for them. No restart and no reset helps, and nobody has to
--   go there: inserted again they register at their next try, with the lists that they hold.
-- versions: all; here 8.6 and 12.5
-- source: Bulk Administration Guides, "Delete Phones", "Insert Phones"; phone guides (Registration Rejected)
-- confidence: documented; that they are reset, and come back by themselves, is inferred
local n = param("phones", 100)
for _, version in ipairs { "8.6", "12.5" } do
  local hq = cluster { name = "HQ-" .. version, version = version, nodes = { version .. "-pub", version .. "-sub" } }
  local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" } }
  local others = hq:phones { count = n, model = "8845" }
  settle()
  step(version .. ": deleted", function()
    for _, fleet in ipairs(fleets) do fleet:delete { cluster = hq } end
  end)
  wait("1h")
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { registered = false, lost = "registration" }, version):equals(n)
    expect(fleet:count { needs_hands = true }, version):equals(0)
    expect(fleet:count { remedy = "insert-phones" }, version):equals(n)
  end
  expect(others:count { registered = true, lost = false }, version):equals(n)
  step(version .. ": inserted again", function()
    for _, fleet in ipairs(fleets) do fleet:insert { cluster = hq } end
    wait("1h")
  end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false, itl_by = "first trust" }, version):equals(n)
  end
end
