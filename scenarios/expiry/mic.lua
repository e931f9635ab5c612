-- 14 May 2029: the CA that signed the MICs of older models expires; that of newer ones lasts to 2037
-- why: MICs of 69xx, 79xx, 89xx and 99xx are signed by Cisco Manufacturing CA, which lasts to
--   2029-05-14, those of 78xx and 88xx by Cisco Manufacturing CA SHA2, to 2037-11-12. A secure phone
--   without an LSC shows its MIC.
-- expected: Where CallManager looks at dates (dates_of_phones=1) secure phones without an LSC do not
--   register any more once they connect anew; those with an LSC do, and so do phones that are not
--   secure. With dates_of_phones=0 nothing changes.
-- versions: all with a CTL
-- source: the certificate of Cisco Manufacturing CA; Security Guide: use LSCs, MICs for the first
--   connection alone
-- confidence: the day of the first documented, of the second observed, which model has whose inferred
--   by its age; the refusal assumed: parameter dates_of_phones
start("2029-05-01 06:00")
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" }, installed = "2027-05-01 06:00" }
local n = param("phones", 100)
hq:ctl("mixed-mode")
local mic = { hq:phones { count = n, model = "7965", security = "encrypted" },
              hq:phones { count = n, model = "8945", security = "authenticated" } }
local sha2 = hq:phones { count = n, model = "8845", security = "authenticated" }
local lsc = hq:phones { count = n, model = "7965", security = "encrypted", lsc = true }
local plain = hq:phones { count = n, model = "6921" }
settle()
step("the CA expires", function() wait("20d") end)
for _, fleet in ipairs(mic) do expect(fleet:count { registered = true, lost = false }):equals(n) end
step("reset", function() hq:reset() end)
settle()
for _, fleet in ipairs(mic) do expect(fleet:count { lost = "registration" }):equals(n) end
expect(lsc:count { registered = true, lost = false }):equals(n)
expect(plain:count { registered = true, lost = false }):equals(n)
expect(sha2:count { registered = true, lost = false }, "of the other CA"):equals(n)
step("CallManager does not look at dates", function() hq:set("dates_of_phones", 0) end)
settle()
for _, fleet in ipairs(mic) do expect(fleet:count { registered = true, lost = false }):equals(n) end
