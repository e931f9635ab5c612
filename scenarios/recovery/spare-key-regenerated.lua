-- ITLRecovery regenerated on 11.5 while some phones are off: they lose the spare key without noticing
-- why: Up to 11.5 it signs nothing, so that a new one seems to be for free. It is what `utils itl reset localkey`
--   signs with on the day that CallManager and TVS are gone.
-- expected: Everybody takes the list with the new ITLRecovery by CallManager, also whoever comes on later,
--   before the next change. CallManager and TVS regenerated at once then lock all out. The
--   command brings back those that hold the new ITLRecovery; those that were off all the time need hands.
-- versions: 10.0 to 11.5
-- source: Cisco technote 117598; technote 214231 (phones that are off)
-- confidence: inferred from what the command signs with
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub" } }
local on = hq:phones { count = n, model = "7965" }
local back = hq:phones { count = n, model = "8845" }
local off = hq:phones { count = n, model = "7965" }
settle()
off:power("off")
back:power("off")

step("regenerate ITLRecovery, restart TFTP, reset", function()
  hq.pub:regenerate("ITLRecovery")
  hq.pub:restart("TFTP")
  settle()
  hq:reset()
  settle()
  back:power("on")
end)
settle()
for _, fleet in ipairs { on, back } do expect(fleet:count { itl_by = "ITL", lost = false }):equals(n) end

step("CallManager and TVS at once", function()
  hq.pub:regenerate("CallManager", "TVS")
  hq.pub:restart("TVS", "TFTP")
  settle()
  hq:reset()
  off:power("on")
end)
settle()
for _, fleet in ipairs { on, back, off } do
  expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
end
for _, fleet in ipairs { on, back } do expect(fleet:count { remedy = "reset-localkey" }):equals(n) end

step("utils itl reset localkey", function()
  hq:itl("reset localkey")
  hq:reset()
end)
settle()
for _, fleet in ipairs { on, back } do expect(fleet:count { itl_by = "ITL", lost = false }):equals(n) end
expect(off:count { lost = "trust list", needs_hands = true }):equals(n)
