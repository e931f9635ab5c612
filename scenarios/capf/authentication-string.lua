-- LSCs are installed by authentication string: somebody enters it on the phone, or the wrong one, or nobody
-- why: The mode in which CAPF believes a phone because somebody stands before it. The phone does not go
--   to CAPF by itself, so that a secure phone without a valid LSC stays out meanwhile.
-- expected: Only phones on which the right string was entered have an LSC. The wrong string fails the
--   operation ("Upgrade Failed"), and the right one behind it finds nothing to be done; ordered anew, it
--   works. Where nobody enters anything the operation stays pending, and past Operation Completes By the
--   right string is too late.
-- versions: all (run on 12.5)
-- source: Security Guide 15, "CAPF Settings", "CAPF Examples with 7942 and 7962 Phones"
-- confidence: documented; that a wrong string ends the operation is assumed
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local n = param("phones", 50)
hq:ctl("mixed-mode")
local right = hq:phones { count = n, model = "7965" }
local wrong = hq:phones { count = n, model = "8845", security = "authenticated" }
local nobody = hq:phones { count = n, model = "8861" }
hq:reset()
settle()

expect(refused(function() right:install_lsc { by = "By Authentication String" } end)):contains("4 to 10 digits")
expect(refused(function() right:install_lsc { by = "By Authentication String", string = "12x4" } end))
  :contains("4 to 10 digits")

step("Install/Upgrade, By Authentication String", function()
  for _, fleet in ipairs { right, wrong, nobody } do
    fleet:install_lsc { by = "By Authentication String", string = "4711" }
  end
  hq:reset()
end)
settle()
for _, fleet in ipairs { right, wrong, nobody } do
  expect(fleet:count { registered = true, certificate_operation = "Operation Pending", certificate = "MIC" }):equals(n)
end

step("somebody enters it", function() right:enter_string("4711", "10m") wrong:enter_string("4712", "10m") end)
settle()
expect(right:count { certificate_operation = "Upgrade Success", certificate = "LSC" }):equals(n)
expect(wrong:count { certificate_operation = "Upgrade Failed", certificate = "MIC", registered = true }):equals(n)
expect(nobody:count { certificate_operation = "Operation Pending", certificate = "MIC" }):equals(n)

step("the right one at last", function() wrong:enter_string("4711") end)
settle()
expect(wrong:count { certificate_operation = "Upgrade Failed", certificate = "MIC" }):equals(n)
step("ordered anew", function()
  wrong:install_lsc { by = "By Authentication String", string = "4711" }
  wrong:enter_string("4711")
end)
settle()
expect(wrong:count { certificate_operation = "Upgrade Success", certificate = "LSC" }):equals(n)

step("too late", function() wait("11d") nobody:enter_string("4711") end)
settle()
expect(nobody:count { certificate_operation = "Upgrade Failed", certificate = "MIC", lost = false }):equals(n)
