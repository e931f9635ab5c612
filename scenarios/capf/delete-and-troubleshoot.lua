-- LSCs are deleted and looked at through CAPF, and an operation is not completed by its day
-- why: Delete and Troubleshoot are the other operations of the page. An order that nobody fetches by
--   Operation Completes By is over.
-- expected: Troubleshoot shows LSC or MIC and changes nothing; a phone with neither fails. Delete leaves the
--   MIC, with which a secure phone registers; one without a MIC cannot, and does not register. A phone that
--   is off until the day has passed finds nothing to be done: "Upgrade Failed".
-- versions: all (run on 12.5)
-- source: Security Guide 15, "CAPF Settings"
-- confidence: documented; that an order past its day fails when the phone comes is assumed
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:ctl("mixed-mode")
local secure = hq:phones { count = n, model = "8845", security = "encrypted", lsc = true }
local no_mic = hq:phones { count = n, model = "7960", security = "authenticated", lsc = true }
local off = hq:phones { count = n, model = "7841" }
hq:reset()
settle()

step("Troubleshoot", function()
  for _, fleet in ipairs { secure, no_mic, off } do fleet:troubleshoot_lsc {} end
  hq:reset()
end)
settle()
for _, fleet in ipairs { secure, no_mic } do
  expect(fleet:count { certificate_operation = "Troubleshoot Success", certificate = "LSC", registered = true }):equals(n)
end
expect(off:count { certificate_operation = "Troubleshoot Success", certificate = "MIC" }):equals(n)

step("Delete", function() secure:delete_lsc {} no_mic:delete_lsc {} hq:reset() end)
settle()
expect(secure:count { certificate_operation = "Delete Success", certificate = "MIC", registered = true }):equals(n)
expect(no_mic:count { certificate_operation = "Delete Success", certificate = "none", lost = "registration" }):equals(n)
expect(no_mic:count { remedy = "install-lsc" }):equals(n)
step("Install/Upgrade", function() no_mic:install_lsc {} end)
settle()
expect(no_mic:count { certificate = "LSC", registered = true, lost = false }):equals(n)

step("an order of three days, off for a week", function()
  off:install_lsc { days = 3 }
  off:power("off")
  wait("7d")
  off:power("on")
end)
settle()
expect(off:count { certificate_operation = "Upgrade Failed", certificate = "MIC", registered = true }):equals(n)
