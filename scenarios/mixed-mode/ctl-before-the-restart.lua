-- The CTL updated and phones reset before CallManager was restarted: the list is ahead of the server
-- why: `utils ctl update CTLFile` takes the certificates of the database. CallManager shows the one that it started
--   with, until 14; from 14SU1 on it takes up a new one by itself.
-- expected: Up to 14 secure phones take the new CTL and find nobody in it: they register nowhere until CallManager is
--   restarted, and come back then by themselves. On 14 the regeneration resets phones by itself, which costs
--   nothing, for CTL and CallManager are both the old ones still. On 14SU1 it is the other way about: out at the regeneration, back
--   with the CTL. Phones that are not secure lose nothing anywhere.
-- versions: 10.0 on; run on 10.5(2), 12.5, 14 and 14SU1
-- source: release notes and Security Guide 14 (no restart from 14SU1 on); technotes 118893, 214231
-- confidence: documented when CallManager takes a certificate up; the outcome is inferred
local n = param("phones", 30)
for i, version in ipairs { "10.5(2)", "12.5", "14", "14SU1" } do
  local itself = version == "14SU1"
  local hq = cluster { name = "C" .. i, version = version, nodes = { "pub" .. i, "sub" .. i } }
  hq:ctl("mixed-mode")
  local secure = {
    hq:phones { count = n, model = "8845", security = "encrypted", lsc = true },
    hq:phones { count = n, model = "7965", security = "authenticated" },
  }
  local plain = hq:phones { count = n, model = "8845" }
  local function restart(...)
    for _, node in ipairs(hq.nodes) do node:restart(...) end
    settle()
  end
  restart("TFTP", "CallManager")
  hq:reset()
  settle()
  step(version .. ": CallManager regenerated", function()
    for _, node in ipairs(hq.nodes) do node:regenerate("CallManager") end
    settle()
  end)
  for _, fleet in ipairs(secure) do expect(fleet:count { registered = true }, version):equals(itself and 0 or n) end
  step(version .. ": the CTL updated, TFTP restarted, phones reset", function()
    hq:ctl("update")
    settle()
    restart("TFTP")
    hq:reset()
    settle()
  end)
  for _, fleet in ipairs(secure) do
    expect(fleet:count { registered = true, lost = false }, version):equals(itself and n or 0)
    expect(fleet:count { remedy = "restart-services" }, version):equals(itself and 0 or n)
  end
  expect(plain:count { registered = true, lost = false }, version):equals(n)
  step(version .. ": CallManager restarted", function() restart("CallManager") end)
  for _, fleet in ipairs(secure) do
    expect(fleet:count { registered = true, lost = false }, version):equals(n)
  end
end
