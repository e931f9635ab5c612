-- How long certificates made on 14 last: 5 years or 3, and ITLRecovery 5 or 20: two guides, two calendars
-- why: Release notes 14 have 3 years for TLS servers and 20 for ITLRecovery, the Security Guide of 14 has 5 years for
--   all that is not chosen otherwise. Who renews by the one calendar comes too late by the other.
-- expected: By the release notes (tls_certificate_years=3, itlrecovery_years=20) tomcat and TVS are over when four years
--   have gone: Directories fails, calls go on. By the Security Guide (5 and 5) nothing is. After six years by that one
--   ITLRecovery is over as well: phones that look at signatures alone do not mind (dates_of_signers=0). Renewed in
--   either all is well again.
-- versions: 14 on
-- source: Release notes 14 against Security Guide 14, Certificates
-- confidence: both documented: parameters tls_certificate_years and itlrecovery_years
local n = param("phones", 40)
local sites = {}
for i, years in ipairs { { tls = 3, itl = 20 }, { tls = 5, itl = 5 } } do
  local name = i == 1 and "Notes" or "Guide"
  local cl = cluster { name = name, version = "14", nodes = { name .. "-pub" } }
  cl:set("tls_certificate_years", years.tls)
  cl:set("itlrecovery_years", years.itl)
  local pub = cl.nodes[1]
  for _, own in ipairs { "CallManager", "TVS", "tomcat", "ITLRecovery" } do pub:regenerate(own) wait("1h") end
  pub:restart("Tomcat", "TFTP", "CallManager")
  sites[i] = { cl = cl, pub = pub, fleet = cl:phones { count = n, model = "8845" }, years = years }
end
settle()
local function years_of(certificate)
  return tonumber(certificate.to:sub(1, 4)) - tonumber(certificate.from:sub(1, 4))
end
for _, site in ipairs(sites) do
  expect(years_of(site.pub:certificate("tomcat"))):equals(site.years.tls)
  expect(years_of(site.pub:certificate("ITLRecovery"))):equals(site.years.itl)
end
local function press(when, well)
  step(when, function()
    for _, site in ipairs(sites) do site.cl:reset() end
    settle()
    for _, site in ipairs(sites) do site.fleet:press("Directories") end
  end)
  settle()
  for i, site in ipairs(sites) do
    expect(site.fleet:count { registered = true }, when):equals(n)
    expect(site.fleet:count { lost = "trust list" }, when):equals(0)
    expect(site.fleet:count { lost = "secure services" }, when .. ", " .. site.cl.name):equals(well[i] and 0 or n)
  end
end
press("at first", { true, true })
wait("1461d")
press("four years later", { false, true })
wait("731d")
press("six years later", { false, false })
step("renewed: TVS, all follow, then the others", function()
  for _, site in ipairs(sites) do
    site.pub:regenerate("TVS")
    settle()
    site.pub:regenerate("tomcat", "CallManager")
    site.pub:restart("Tomcat", "CallManager")
  end
end)
settle()
press("after the renewal", { true, true })
