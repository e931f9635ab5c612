-- CAPF is regenerated: LSCs of the old one, with and without it in CAPF-trust, with and without a new CTL
-- why: A new CAPF does not know the LSCs of the old one. Technote 214231 says not to delete the old one
--   from CAPF-trust before all LSCs are renewed; technote 225746 shows secure phones that stay at "Phone
--   is registering".
-- expected: While the old CAPF lies in CAPF-trust (capf_trust_keeps_old=1) nobody loses anything, with a
--   new CTL or without: the phone's LSC is judged by CallManager, not by its list. Deleted too early, or
--   never kept (0), secure phones with an LSC do not register at their next connection, those with
--   their MIC and those that are not secure do. What brings them back is a new LSC; the new CAPF is in
--   the ITL, so that even a phone with the old CTL gets one.
-- versions: all with a CTL (run on 12.5)
-- source: Cisco technotes 214231 and 225746, cases 4; table of situations, row 58
-- confidence: documented that they fail until they have a new LSC; which of both values is right is not:
--   1 gives "do not delete it before", 0 gives "until CTL and new LSC"
local n = param("phones", 40)
for i, keeps in ipairs { true, false } do
  local hq = cluster { name = "C" .. i, version = "12.5", nodes = { "pub", "sub" } }
  hq:set("capf_trust_keeps_old", keeps)
  hq:ctl("mixed-mode")
  local lsc = hq:phones { count = n, model = "7965", security = "encrypted", lsc = true }
  local mic = hq:phones { count = n, model = "8845", security = "authenticated" }
  local plain = hq:phones { count = n, model = "8861", lsc = true }
  hq:reset()
  settle()
  local old = hq.pub:certificate("CAPF")
  local said = keeps and "the old CAPF is kept" or "the old CAPF is gone"

  step(said .. ": regenerate CAPF, no CTL update", function()
    hq.pub:regenerate("CAPF")
    hq.pub:restart("Cisco Certificate Authority Proxy Function")
    hq.pub:restart("Cisco Tftp")
    hq.sub:restart("Cisco Tftp")
    wait("1m")
    hq:reset()
  end)
  settle()
  expect(lsc:count { registered = true }):equals(keeps and n or 0)
  expect(mic:count { registered = true, lost = false }):equals(n)
  expect(plain:count { registered = true, lost = false }):equals(n)

  step(said .. ": CTL update", function() hq:ctl("update") hq:reset() end)
  settle()
  expect(lsc:count { registered = true }, "the list is not what is wrong"):equals(keeps and n or 0)

  if keeps then
    step("deleted too early", function() hq.pub:delete("CAPF-trust", old) hq:reset() end)
    settle()
    expect(lsc:count { lost = "registration" }):equals(n)
  end
  expect(lsc:count { needs_hands = true }):equals(0)

  step(said .. ": install LSCs anew", function() lsc:install_lsc {} end)
  settle()
  expect(lsc:count { registered = true, lost = false, certificate_operation = "Upgrade Success" }):equals(n)
end
