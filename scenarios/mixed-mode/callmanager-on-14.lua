-- CallManager regenerated in mixed mode on 14SU1: no restart, the CTL updated, phones reset by themselves
-- why: From 14SU1 on CallManager takes up a new certificate without a restart, TFTP makes the list anew, and
--   phones are reset by themselves behind a regeneration and behind `utils ctl update CTLFile`. What is left
--   to do is that command.
-- expected: Behind the regeneration phones that are not secure have the new list; secure ones do not register,
--   for their CTL has the old CallManager. The command, and nothing else, brings all of them back. Where it
--   is given before anything was reset (Phone Interaction manual) secure phones lose nothing but a reset.
-- versions: 14SU1 on; on 14 CallManager shows the old certificate until it is restarted
-- source: Security Guide 14, Certificates; Cisco technote 221070 (CTL update behind a new CallManager)
-- confidence: documented; what secure phones lose meanwhile follows
local n = param("phones", 60)
for _, auto in ipairs { true, false } do
  local name = auto and "Auto" or "Manual"
  local cl = cluster { name = name, version = "14SU1", nodes = { name .. "-pub", name .. "-sub" } }
  cl:set("phone_interaction", auto)
  cl:ctl("mixed-mode")
  local secure = cl:phones { count = n, model = "8845", security = "encrypted" }
  local plain = cl:phones { count = n, model = "8845" }
  cl:reset()
  settle()
  cl:reset()
  settle()
  for _, phones in ipairs { secure, plain } do
    expect(phones:count { registered = true, lost = false }, name):equals(n)
  end
  step(name .. ": regenerate CallManager on both nodes", function()
    for _, node in ipairs(cl.nodes) do node:regenerate("CallManager") end
    if auto then settle() end
  end)
  expect(secure:count { registered = true }, name .. ", no CTL update"):equals(auto and 0 or n)
  expect(plain:count { registered = true, lost = "trust list" }, name):equals(0)
  step(name .. ": utils ctl update CTLFile", function()
    wait("30s")
    cl:ctl("update")
    settle()
    if not auto then cl:reset() end
  end)
  settle()
  for _, phones in ipairs { secure, plain } do
    expect(phones:count { registered = true, ctl_by = "CTL", itl_status = "Match", lost = false }, name):equals(n)
  end
end
