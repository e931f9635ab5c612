-- Device security profiles: authenticated and encrypted, in mixed mode and out of it, by model
-- why: A profile says that a phone registers over TLS. It counts while the cluster is in mixed mode alone, and
--   a phone can follow it where its model holds a CTL and shows a certificate. ITL and CTL do not change with it.
-- expected: Not in mixed mode every phone registers without TLS, whatever its profile. In mixed mode phones
--   with a secure profile need the CTL: they have it after a reset, and register over TLS with LSC or MIC,
--   authenticated and encrypted alike. A model without MIC and LSC, and one that holds no CTL, do not. Out of
--   mixed mode all are back.
-- versions: 8.0 on; here by `utils ctl`, 12.5
-- source: Security Guide 12.5; Cisco technote 221657 (a profile changes neither list)
-- confidence: documented; which models show a certificate: docs/MODELS.md
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = param("version", "12.5"), nodes = { "pub", "sub" } }
local able = {
  hq:phones { count = n, model = "8845", security = "authenticated" },
  hq:phones { count = n, model = "8845", security = "encrypted", lsc = true },
  hq:phones { count = n, model = "7965", security = "encrypted" },
  hq:phones { count = n, model = "Jabber", security = "encrypted", lsc = true },
}
local unable = {
  hq:phones { count = n, model = "7960", security = "authenticated" }, -- no certificate at all
  hq:phones { count = n, model = "Jabber", security = "encrypted" },
}
local plain = hq:phones { count = n, model = "8845" }
local function restart()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
  settle()
  hq:reset()
  settle()
end
local function all(what, filters)
  for i, fleet in ipairs(able) do expect(fleet:count(filters), what .. " " .. i):equals(n) end
  expect(plain:count { registered = true, lost = false }, what):equals(n)
end
settle()
all("not in mixed mode", { registered = true, lost = false, ctl_by = "none" })
for _, fleet in ipairs(unable) do expect(fleet:count { registered = true, lost = false }):equals(n) end

step("mixed mode", function() hq:ctl("mixed-mode") restart() end)
all("mixed mode", { registered = true, lost = false })
for _, fleet in ipairs(able) do expect(fleet:count { ctl_by = "none" }, "all have the CTL"):equals(0) end
for i, fleet in ipairs(unable) do
  expect(fleet:count { registered = false, lost = "registration" }, "no certificate " .. i):equals(n)
end

step("out of mixed mode", function() hq:ctl("non-secure-mode") restart() end)
all("out of it", { registered = true, lost = false })
for i, fleet in ipairs(unable) do expect(fleet:count { registered = true, lost = false }, "back " .. i):equals(n) end
