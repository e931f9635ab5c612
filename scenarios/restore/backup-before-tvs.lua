-- A restore from a backup that is older than the new TVS: the signer is the same, only pages fail until a reset
-- why: The one of the three renewals whose missing backup costs least. Lists and files are signed by keys that
--   nobody changed.
-- expected: The restored node serves the list of before: phones take it by their own ITL at the next reset. Until
--   then the TVS of the backup is one that they do not know, so that Directories fails, on 9.1 and on 12.5
--   alike, and a new signer would be refused. Nobody needs hands.
-- versions: all
-- source: Security Guide 14 (make a new backup after TVS is regenerated); rules of Cisco technote 116232
-- confidence: inferred from the rules; the Security Guide speaks of phones that are unlocked by hand
local n = param("phones", 100)
for _, version in ipairs { "9.1", "12.5" } do
  local name = "C" .. version
  local cl = cluster { name = name, version = version, nodes = { name .. "-pub" } }
  local pub = cl.nodes[1]
  local fleet = cl:phones { count = n, model = "8945" }
  settle()
  cl:backup()
  step(version .. ": regenerate TVS, all follow", function()
    pub:regenerate("TVS")
    pub:restart("TVS", "TFTP")
    settle()
    cl:reset()
  end)
  settle()
  step(version .. ": restore", function() pub:restore() end)
  settle()
  expect(fleet:count { registered = true }, version):equals(n)
  step(version .. ": Directories", function() fleet:press("Directories") end)
  settle()
  expect(fleet:count { lost = "secure services" }, version):equals(fleet:count { itl_status = "Mismatch" })
  step(version .. ": reset", function() cl:reset() end)
  settle()
  expect(fleet:count { itl_by = "ITL", itl_status = "Match", lost = false }, version):equals(n)
end
