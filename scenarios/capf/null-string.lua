-- LSCs are installed by null string: what nobody has to be there for
-- why: Install/Upgrade with Authentication Mode "By Null String" is how LSCs are rolled out. The phone
--   learns of it with its configuration, and the guide has an example for each security mode.
-- expected: A phone that is not secure registers first and goes to CAPF then, and is never out of
--   service for it. A secure one goes to CAPF before it registers. Both have their LSC afterwards, the page
--   says "Upgrade Success", and nothing more happens at the next reset. Phones that are not reset do
--   not know of it: "Operation Pending".
-- versions: all (run on 8.6, 12.5 and 14SU1)
-- source: Security Guide 15, "CAPF Examples with 7942 and 7962 Phones", "CAPF Settings"
-- confidence: documented
local n = param("phones", 50)
for i, version in ipairs { "8.6", "12.5", "14SU1" } do
  local hq = cluster { name = "C" .. i, version = version, nodes = { "pub", "sub" } }
  local secure_too = version ~= "8.6"
  if secure_too then hq:ctl("mixed-mode") end
  local plain = hq:phones { count = n, model = "7965" }
  local secure = hq:phones { count = n, model = "8845", security = secure_too and "encrypted" or "non-secure" }
  local later = hq:phones { count = n, model = "7841" }
  hq:reset()
  settle()
  local fleets = { plain, secure }

  step(version .. ": Install/Upgrade", function()
    for _, fleet in ipairs(fleets) do fleet:install_lsc {} end
    later:install_lsc { by = "By Null String", days = 5 }
  end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { certificate_operation = "Operation Pending", certificate = "MIC" }):equals(n)
  end
  step(version .. ": reset", function() for _, fleet in ipairs(fleets) do fleet:reset() end end)
  settle()
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { certificate_operation = "Upgrade Success", certificate = "LSC" }):equals(n)
    expect(fleet:count { registered = true, lost = false }):equals(n)
  end
  expect(later:count { certificate_operation = "Operation Pending", certificate = "MIC" }):equals(n)

  step(version .. ": reset again", function() hq:reset() end)
  settle()
  expect(later:count { certificate_operation = "Upgrade Success", certificate = "LSC" }):equals(n)
  for _, fleet in ipairs(fleets) do expect(fleet:count { registered = true, ever_lost = false }):equals(n) end
end
