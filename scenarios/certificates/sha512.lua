-- TFTP File Signature Algorithm set to SHA-512: every list and file is another one, the keys are the same
-- why: The enterprise parameter says with which digest TFTP signs. TFTP takes it up when it starts, so that
--   nothing happens on the day on which somebody sets it.
-- expected: Nothing until Cisco Tftp is restarted. Then the ITL of each node is another file with the same
--   signer: phones take it by their own, and their configuration likewise. Back to SHA-1 it is the same.
--   Nobody loses anything. Which models cannot verify SHA-512 no source says, and so none is told apart.
-- versions: all
-- source: Security Guide 14, Default Security (the parameter); Cisco technote 116232 (how a list is verified)
-- confidence: the parameter documented, that every model follows assumed
-- live = true
local hq = cluster { name = "HQ", version = param("version", "12.5"), nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 100), model = "8845" }
local older = hq:phones { count = fleet:count(), model = "7965" }
local n = fleet:count()
settle()
local function all(filters, what)
  for _, phones in ipairs { fleet, older } do expect(phones:count(filters), what):equals(n) end
end
for _, on in ipairs { true, false } do
  step("TFTP File Signature Algorithm " .. (on and "SHA-512" or "SHA-1"), function()
    hq:set("sha512", on)
    hq:reset()
  end)
  settle()
  all({ itl_status = "Match", lost = false }, "not before TFTP starts")
  step("restart TFTP", function()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  end)
  settle()
  all({ itl_status = "Mismatch" }, "another file")
  step("reset", function() hq:reset() end)
  settle()
  all({ itl_status = "Match", itl_by = "ITL", config = "signed", lost = false })
end
