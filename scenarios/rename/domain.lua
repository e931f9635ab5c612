-- Another domain for the whole cluster: every certificate of every node, one node at a time or prepared
-- why: `set network domain` makes all certificates of a node anew and reboots it, and a domain is of
--   the whole cluster: one node after the other, within one evening. Cisco asks for the rollback
--   parameter first, on a cluster of several nodes too.
-- expected: Without preparation and all nodes at once, every phone is locked out. One node at a time,
--   with a reset and a wait in between, the TVS of the other node vouches each time. With the rollback
--   parameter on before, off after, phones hold an empty list meanwhile and take whatever comes:
--   nobody needs hands, at once or not.
-- versions: 8.0 to 11.5 (12.0 on ITLRecovery is made anew with the domain, and the outcome is the same;
--   that is the parameter rename_renews_itlrecovery)
-- source: Cisco guide Changing IP Address, Hostname and Domain (domain: all certificates, automatic
--   reboot, preparation by the rollback parameter)
-- confidence: documented; one node at a time is documented for names, and inferred for the domain
local n = param("phones", 200)

local function site(name)
  local hq = cluster { name = name, version = "11.5", nodes = { name .. "1", name .. "2" }, domain = "old.example" }
  return hq, hq:phones { count = n, model = "8845" }
end

local function change(hq, wait_for_phones)
  for _, node in ipairs(hq.nodes) do
    node:domain("new.example")
    if wait_for_phones then
      settle()
      hq:reset()
      settle()
    end
  end
end

local sudden, of_sudden = site("S")
local patient, of_patient = site("P")
local prepared, of_prepared = site("R")
settle()

step("all nodes at once", function() change(sudden, false) end)
settle()
step("reset", function() sudden:reset() end)
settle()
expect(of_sudden:count { lost = "trust list", registered = true }):equals(n)

step("one node after the other", function() change(patient, true) end)
settle()
expect(of_patient:count { lost = false, itl_status = "Match" }, "the other TVS vouches"):equals(n)

step("rollback parameter on", function()
  prepared:set("rollback", true)
  for _, node in ipairs(prepared.nodes) do node:restart("Cisco Trust Verification Service", "Cisco Tftp") end
  settle()
  prepared:reset()
end)
settle()
step("all nodes at once, prepared", function() change(prepared, false) end)
settle()
step("rollback parameter off", function()
  prepared:reset()
  settle()
  prepared:set("rollback", false)
  for _, node in ipairs(prepared.nodes) do node:restart("Cisco Trust Verification Service", "Cisco Tftp") end
  settle()
  prepared:reset()
end)
settle()
expect(of_prepared:count { lost = false, registered = true, itl_by = "first trust", itl_status = "Match" }):equals(n)
expect(of_prepared:count { needs_hands = true } + of_patient:count { needs_hands = true }):equals(0)
