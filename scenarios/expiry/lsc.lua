-- LSCs expire: by the day on which each was issued, not all on one
-- why: CAPF issues an LSC for 1825 days (Duration Of Certificate Validity). Nothing renews it by
--   itself. A secure phone shows it when it connects, and never its MIC instead.
-- expected: A phone that is registered stays so. At its next connection CallManager refuses one whose
--   LSC has expired (dates_of_phones=1, as TLS does); those of a later issue, those with their MIC,
--   and those that are not secure register. With dates_of_phones=0 all do.
-- versions: all with a CTL
-- source: CAPF service parameters; Cisco technote 214231
-- confidence: the time documented, the refusal assumed (as TLS does): parameter dates_of_phones
start("2028-12-20 06:00")
local hq = cluster { name = "HQ", version = "14SU1", nodes = { "pub", "sub" }, installed = "2028-06-01 06:00" }
local n = param("phones", 100)
hq:ctl("mixed-mode")
local early = hq:phones { count = n, model = "7965", security = "encrypted", lsc = "2024-01-01 06:00" }
local late = hq:phones { count = n, model = "8845", security = "authenticated", lsc = "2024-03-01 06:00" }
local mic = hq:phones { count = n, model = "7841", security = "encrypted" }
local plain = hq:phones { count = n, model = "8861" }
hq:set("lsc_days", 1825)
hq:reset()
settle()
for _, fleet in ipairs { early, late, mic, plain } do expect(fleet:count { registered = true }):equals(n) end

step("the first LSCs expire", function() wait("20d") end)
expect(early:count { registered = true, lost = false }, "connected already"):equals(n)
step("reset", function() hq:reset() end)
settle()
expect(early:count { lost = "registration" }):equals(n)
for _, fleet in ipairs { late, mic, plain } do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("the others expire", function() wait("60d") hq:reset() end)
settle()
expect(late:count { lost = "registration" }):equals(n)
for _, fleet in ipairs { mic, plain } do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("CallManager does not look at dates", function() hq:set("dates_of_phones", 0) end)
settle()
for _, fleet in ipairs { early, late, mic, plain } do expect(fleet:count { registered = true }):equals(n) end
