-- The publisher gets another name in mixed mode without tokens: both signers of the CTL may be gone at once
-- why: From 12.0 on the CTL has two SAST, ITLRecovery and the publisher's CallManager. A new name regenerates
--   CallManager, and by the guide's "all certificates" ITLRecovery too.
-- expected: With ITLRecovery kept (rename_renews_itlrecovery=0) phones of every model take the new CTL by the one
--   that they hold, behind `utils ctl update CTLFile`, restarts and a reset. With it renewed (1, the standard) phones
--   with an ITL take it through the subscriber's TVS, which was not touched; 7960 and Jabber ask no TVS: they
--   stay registered at the subscriber, whose CallManager is in the CTL that they hold, with the old list, and need hands.
-- versions: 12.0 on
-- source: Changing the IP Address and Hostname 12.5 (tokenless: update the CTL file, restart all nodes); technote
--   118893 (who asks no TVS)
-- confidence: inferred, both values run
local n = param("phones", 60)
for _, renews in ipairs { false, true } do
  local name = renews and "Renewed" or "Kept"
  local cl = cluster { name = name, version = "12.5", nodes = { name .. "-pub", name .. "-sub" } }
  cl:set("rename_renews_itlrecovery", renews)
  cl:set("capf_trust_keeps_old", true) -- CAPF is new as well: LSCs go on, and are another matter
  cl:ctl("mixed-mode")
  local function restart_and_reset()
    for _, node in ipairs(cl.nodes) do node:restart("TVS", "TFTP", "CallManager") end
    settle()
    cl:reset()
    settle()
  end
  local secure = cl:phones { count = n, model = "8845", security = "encrypted" }
  local plain = cl:phones { count = n, model = "8845" }
  local old = cl:phones { count = n, model = "7960", security = "authenticated", lsc = true }
  local jabber = cl:phones { count = n, model = "Jabber", security = "authenticated", lsc = true }
  restart_and_reset()
  for _, phones in ipairs { secure, plain, old, jabber } do
    expect(phones:count { registered = true, lost = false }, name):equals(n)
  end
  step(name .. ": set network hostname", function() cl.nodes[1]:hostname(name .. "-new") end)
  settle()
  step(name .. ": utils ctl update CTLFile, restarts, reset", function()
    cl:ctl("update")
    restart_and_reset()
  end)
  for _, phones in ipairs { secure, plain } do
    expect(phones:count { registered = true, lost = false }, name .. ", asks TVS"):equals(n)
    expect(phones:count { ctl_by = renews and "TVS" or "CTL" }, name):equals(n)
  end
  for _, phones in ipairs { old, jabber } do
    expect(phones:count { registered = true }, name .. ", asks no TVS"):equals(n)
    expect(phones:count { ctl_by = "CTL", lost = false }, name):equals(renews and 0 or n)
    expect(phones:count { needs_hands = true }, name):equals(renews and n or 0)
  end
end
