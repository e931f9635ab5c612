-- CAPF does not answer: three attempts, 30 seconds apart, and what becomes of the phones meanwhile
-- why: CAPF runs on the publisher alone. Where it is stopped, or the publisher is away, nobody gets an LSC,
--   and a secure phone does not register before its session with CAPF has ended.
-- expected: Each phone tries three times, 30 seconds apart. Phones that are not secure are in service all
--   the while; secure ones a minute longer out of it, and then register with what they have. The operation
--   stays pending, and is done at the next reset after CAPF has come back.
-- versions: all (run on 12.5)
-- source: Security Guide 15: "three times in 30-second intervals", "can't configure these values"
-- confidence: documented
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local n = param("phones", 50)
hq:ctl("mixed-mode")
local plain = hq:phones { count = n, model = "7965" }
local secure = hq:phones { count = n, model = "8845", security = "encrypted" }
hq:reset()
settle()
for _, fleet in ipairs { plain, secure } do fleet:install_lsc {} end
hq.pub:stop("Cisco Certificate Authority Proxy Function")

step("reset", function() hq:reset() end)
wait("100s")
expect(plain:count { registered = true }):equals(n)
expect(secure:count { registered = true }, "they wait for CAPF"):equals(0)
wait("150s")
for _, fleet in ipairs { plain, secure } do
  expect(fleet:count { registered = true, lost = false, certificate = "MIC" }):equals(n)
  expect(fleet:count { certificate_operation = "Operation Pending" }):equals(n)
end

step("CAPF comes back", function() hq.pub:start("Cisco Certificate Authority Proxy Function") wait("1m") hq:reset() end)
settle()
for _, fleet in ipairs { plain, secure } do
  expect(fleet:count { registered = true, lost = false, certificate = "LSC" }):equals(n)
  expect(fleet:count { certificate_operation = "Upgrade Success" }):equals(n)
end
