-- CAPF was deactivated once everybody had an LSC, and the LSCs expire
-- why: "We are done with it": Cisco Certificate Authority Proxy Function is deactivated after the roll-out. Years later
--   every LSC is over, and there is nobody who would issue another one.
-- expected: At the next reset CallManager refuses all secure phones. An order for new LSCs stays without effect while
--   the service is off. Activated again (its certificate is the one that lists have), and LSCs ordered by null
--   string, phones enrol before they register; nobody needs hands. Phones that are not secure notice nothing.
-- versions: all with a CTL; here 12.5
-- source: Security Guide 12.5, chapter CAPF (runs on the publisher, must be activated to issue); technote 214231
-- confidence: documented; that a phone enrols before it registers is inferred, that CallManager looks at dates assumed
--   (parameter dates_of_phones)
start("2028-12-20 06:00")
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" }, installed = "2028-06-01 06:00" }
hq:ctl("mixed-mode")
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
settle()
local secure = hq:phones { count = n, model = "7965", security = "encrypted", lsc = "2024-01-01 06:00" }
local plain = hq:phones { count = n, model = "8845" }
hq:set("lsc_days", 1825)
settle()
expect(secure:count { registered = true, lost = false, certificate = "LSC" }):equals(n)

step("CAPF is deactivated", function() hq.pub:deactivate("Cisco Certificate Authority Proxy Function") end)
settle()
expect(secure:count { registered = true, lost = false }):equals(n)
step("the LSCs expire", function() wait("20d") hq:reset() end)
settle()
expect(secure:count { lost = "registration", needs_hands = false }):equals(n)
expect(secure:count { remedy = "activate-services+install-lsc" }):equals(n)
expect(plain:count { registered = true, lost = false }):equals(n)

step("activated, new LSCs", function()
  hq.pub:activate("Cisco Certificate Authority Proxy Function")
  settle()
  secure:install_lsc {}
  secure:power("off")
  secure:power("on")
end)
settle()
expect(secure:count { registered = true, lost = false, certificate = "LSC" }):equals(n)
