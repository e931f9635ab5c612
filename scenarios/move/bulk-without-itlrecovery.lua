-- A bulk exchange without ITLRecovery before a move to 12.5: files are taken, the list is not
-- why: From 12.0 on ITLRecovery signs the lists. Technote 215539 has it among what an import brings; a
--   migration from 8.6 and 9.1 found it missing and uploaded it by hand. The unit tftp alone never has it.
-- expected: With ITLRecovery in the exchange (bulk_itlrecovery=1) the phones move whole. Without (0), and with
--   the unit tftp, they take the configuration, register, and show "Trust List update failed" until
--   somebody uploads ITLRecovery to Phone-SAST-trust. To 11.5 it makes no difference.
-- versions: 8.0 on, to 12.0 on
-- source: Cisco technote 215539 against insecurewi.re (a move to 12.5)
-- confidence: both told by somebody who did it: parameter bulk_itlrecovery
local n = param("phones", 60)
local nth = 0
local function moved(version, with, unit)
  nth = nth + 1
  local old = cluster { name = "Old" .. nth, version = "9.1", nodes = { "oldpub", "oldsub" } }
  local new = cluster { name = "New" .. nth, version = version, nodes = { "newpub" } }
  new:set("bulk_itlrecovery", with)
  local fleet = old:phones { count = n, model = "7965" }
  settle()
  step("exchange " .. nth, function()
    for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/" .. nth) cluster:bulk("export", unit) end
    new:bulk("consolidate", unit)
    for _, cluster in ipairs { old, new } do cluster:bulk("import", unit) end
    for _, node in ipairs(old.nodes) do node:restart("TVS") end
  end)
  settle()
  step("option 150 " .. nth, function()
    fleet:insert { cluster = new }
    fleet:move { tftp = new.newpub }
    fleet:reset()
  end)
  settle()
  expect(fleet:count { server = new.newpub }, "registered " .. nth):equals(n)
  expect(fleet:count { lost = "configuration" }):equals(0)
  return fleet, old, new
end
local fleet, old, new = moved("12.5", true, "all")
expect(fleet:count { lost = false }, "with ITLRecovery"):equals(n)
fleet = moved("12.5", true, "tftp")
expect(fleet:count { lost = "trust list" }, "the unit tftp"):equals(n)
fleet = moved("11.5", false, "all")
expect(fleet:count { lost = false }, "to 11.5"):equals(n)
fleet, old, new = moved("12.5", false, "all")
expect(fleet:count { lost = "trust list" }, "without ITLRecovery"):equals(n)
expect(fleet:count { needs_hands = true }):equals(0)
