-- A wrong NTP server at one site: its phones take certificates for not valid yet
-- why: Phones of a site have one NTP reference. One that is years behind makes every certificate that was made
--   since one of the future. What phones look at is the certificate of a TVS and of an HTTPS server.
-- expected: Phones elsewhere follow CallManager's renewal through TVS. At the branch the TVS shows a
--   certificate that is not valid yet by the phone's clock: the new ITL is refused, registration stays.
--   The clock set right, and a reset, brings them back. With the knob dates_of_tvs=0 nobody is hit.
-- versions: 8.0 to 11.5
-- source: Cisco technote 214231 (an expired TVS certificate); that phones look at the beginning alike inferred
-- confidence: inferred
local n = param("phones", 100)
local cl = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
local hq = cl:phones { count = n, model = "8845" }
local branch = { cl:phones { count = n, model = "7965" }, cl:phones { count = n, model = "8845" } }
for _, fleet in ipairs(branch) do fleet:site("Branch") end
settle()
step("the clock of the branch is two years behind", function()
  for _, fleet in ipairs(branch) do fleet:clock { behind = "730d" } end
end)
step("regenerate CallManager", function()
  for _, node in ipairs { cl.pub, cl.sub } do node:regenerate("CallManager") node:restart("Cisco Tftp") end
  settle()
  cl:reset()
end)
settle()
expect(hq:count { itl_by = "TVS", itl_status = "Match", lost = false }):equals(n)
for _, fleet in ipairs(branch) do
  expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
  expect(fleet:count { remedy = "phone-clock" }):equals(n)
end
step("set the clock right", function()
  for _, fleet in ipairs(branch) do fleet:clock {} end
  cl:reset()
end)
settle()
for _, fleet in ipairs(branch) do
  expect(fleet:count { itl_by = "TVS", itl_status = "Match", lost = false }):equals(n)
end
