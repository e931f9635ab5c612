-- TVS regenerated on 14: it takes the certificate up and phones are reset by themselves, or by hand
-- why: From 14 on TVS restarts when its certificate was regenerated, TFTP makes the list anew, and "Phone
--   Interaction on Certificate Update" says who resets the phones. The parameter counts for TVS and CAPF as
--   for CallManager.
-- expected: Automatically: every phone has the new list by its own ITL without anybody doing anything, also in a
--   group of one node, and opens Directories. Manually: phones stand at Mismatch, calls go on, but the TVS of
--   the group of one shows a certificate that they do not know, so that Directories fails until they are
--   reset; with a second node in the group its TVS answers. A 7940 opens plain URLs.
-- versions: 14 on
-- source: Security Guide 14, Certificates (TVS restarts by itself; Phone Interaction on Certificate Update)
-- confidence: documented; that HTTPS services fail meanwhile is inferred from how TVS is verified
-- live = true
local n = param("phones", 100)
for _, auto in ipairs { true, false } do
  local name = auto and "Auto" or "Manual"
  local cl = cluster { name = name, version = "14", nodes = { name .. "-pub", name .. "-sub" } }
  cl:set("phone_interaction", auto)
  cl:pool("alone", { cl.nodes[1] })
  local alone = cl:phones { count = n, model = "8845", pool = "alone" }
  local two = cl:phones { count = n, model = "8845" }
  local old = cl:phones { count = n, model = "7940" }
  settle()
  step(name .. ": regenerate TVS on the publisher", function() cl.nodes[1]:regenerate("TVS") end)
  settle()
  step(name .. ": Directories", function()
    for _, phones in ipairs { alone, two, old } do phones:press("Directories") end
  end)
  settle()
  for _, phones in ipairs { alone, two } do
    expect(phones:count { itl_status = auto and "Match" or "Mismatch", registered = true }, name):equals(n)
    expect(phones:count { lost = "trust list" } + phones:count { lost = "configuration" }, name):equals(0)
  end
  expect(alone:count { lost = "secure services" }, name .. ", group of one"):equals(auto and 0 or n)
  expect(two:count { lost = false }, name .. ", group of two"):equals(n)
  expect(old:count { lost = false }, name .. ", plain URLs"):equals(n)
  if auto then
    expect(alone:count { itl_by = "ITL" }):equals(n)
  else
    step(name .. ": reset by hand", function() cl:reset() end)
    settle()
    expect(alone:count { itl_by = "ITL", itl_status = "Match", lost = false }):equals(n)
  end
end
