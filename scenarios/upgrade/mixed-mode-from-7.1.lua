-- A cluster in mixed mode upgraded from 7.1 to 8.6: phones that hold a CTL and no ITL
-- why: Security By Default comes with 8.0. Phones of a secure cluster have a CTL by then, so that their first
--   ITL is no first trust: the CTL has to vouch for it, by SAST or by the server's own record (CCM+TFTP).
-- expected: The upgrade keeps CallManager, and every phone takes its first ITL by the CTL that it holds, and signed
--   files as before. With CallManager regenerated before any phone had booted the CTL does not know the signer,
--   and there is no TVS to ask, for no list names one: phones stay without ITL and secure ones without
--   registration, until the CTL client is run again. A 7940 holds no ITL.
-- versions: 7.x to 8.0 and later
-- source: Cisco technote 116232 (CTL there, no ITL: the CTL verifies it); Security Guide 8.6
-- confidence: documented for the first ITL; the rest follows
local n = param("phones", 60)
local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
for _, hasty in ipairs { false, true } do
  local name = hasty and "Hasty" or "Calm"
  local cl = cluster { name = name, version = "7.1", nodes = { name .. "-pub" } }
  local pub = cl.nodes[1]
  cl:ctl_client("mixed-mode", first, second)
  local secure = cl:phones { count = n, model = "7965", security = "encrypted" }
  local plain = cl:phones { count = n, model = "7965" }
  local old = cl:phones { count = n, model = "7940" }
  pub:restart("TFTP", "CallManager")
  settle()
  cl:reset()
  settle()
  for _, phones in ipairs { secure, plain, old } do
    expect(phones:count { registered = true, lost = false, ctl_by = "first trust" }, name):equals(n)
  end
  expect(secure:count { itl_by = "none" }):equals(n)
  step(name .. ": upgrade to 8.6", function()
    cl:upgrade("8.6")
    if hasty then pub:regenerate("CallManager") end
  end)
  settle()
  step(name .. ": reset", function() cl:reset() end)
  settle()
  if not hasty then
    for _, phones in ipairs { secure, plain } do
      expect(phones:count { registered = true, itl_by = "CTL", lost = false }, name):equals(n)
    end
    expect(old:count { registered = true, lost = false, itl_by = "none" }, name):equals(n)
  else
    expect(secure:count { lost = "registration", itl_by = "none" }, name):equals(n)
    expect(plain:count { registered = true, lost = "configuration", itl_by = "none" }, name):equals(n)
    expect(old:count { registered = true, lost = "configuration" }, name):equals(n)
    for _, phones in ipairs { secure, plain, old } do
      expect(phones:count { remedy = "ctl-client" }, name):equals(n)
    end
    step(name .. ": the CTL client again", function()
      cl:ctl_client("update", first)
      pub:restart("TFTP", "CallManager")
      settle()
      cl:reset()
    end)
    settle()
    for _, phones in ipairs { secure, plain } do
      expect(phones:count { registered = true, ctl_by = "CTL", itl_by = "CTL", lost = false }, name):equals(n)
    end
    expect(old:count { registered = true, ctl_by = "CTL", lost = false }, name):equals(n)
  end
end
