-- TVS regenerated, TFTP restarted and phones reset, TVS itself not restarted: the list is ahead of the server
-- why: The new ITL names the new certificate, and the service goes on showing the old one until it is restarted.
--   Each side is right, and no phone talks to it any more.
-- expected: Phones take the new ITL, for its signer is the same, and stay registered. A group of that node alone:
--   nobody vouches any more, Directories says "Host Not Found"; CallManager regenerated on top of it locks them
--   out. That looks like both regenerated at once and is not: a restart of TVS and a reset bring everything
--   back, without hands. A group of two asks the other TVS and notices nothing of it at all.
-- versions: 8.0 to 11.5 (from 12.0 on CallManager signs no list, from 14 on TVS restarts by itself); here 8.6
-- source: technotes 116232 (what TVS shows against what the ITL holds) and 214231 (TVS, then TFTP)
-- confidence: documented rules; the outcome is inferred
-- live = true
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub", "sub" } }
hq:group("pub alone", { hq.pub })
hq:pool("Branch", "pub alone")
local alone = { hq:phones { count = n, model = "7965", pool = "Branch" },
                hq:phones { count = n, model = "8845", pool = "Branch" } }
local both = hq:phones { count = n, model = "8845" }
settle()
local function tftp_then_reset()
  settle()
  for _, node in ipairs(hq.nodes) do node:restart("TFTP") end
  settle()
  hq:reset()
  settle()
end

step("TVS regenerated, TFTP restarted alone", function() hq.pub:regenerate("TVS") tftp_then_reset() end)
for _, fleet in ipairs { alone[1], alone[2], both } do
  fleet:press("Directories")
  settle()
  expect(fleet:count { registered = true, itl_status = "Match", itl_by = "ITL" }):equals(n)
end
for _, fleet in ipairs(alone) do expect(fleet:count { lost = "secure services", remedy = "restart-services" }):equals(n) end
expect(both:count { lost = false }):equals(n)

step("CallManager too, TFTP restarted alone", function() hq.pub:regenerate("CallManager") tftp_then_reset() end)
for _, fleet in ipairs(alone) do
  expect(fleet:count { registered = true, lost = "trust list", itl_status = "Mismatch" }):equals(n)
  expect(fleet:count { lost = "configuration", remedy = "restart-services" }, "no hands"):equals(n)
end
expect(both:count { lost = false, itl_by = "TVS", itl_status = "Match" }):equals(n)

step("TVS restarted", function()
  hq.pub:restart("TVS")
  settle()
  hq:reset()
  settle()
end)
for _, fleet in ipairs(alone) do expect(fleet:count { lost = false, itl_by = "TVS", itl_status = "Match" }):equals(n) end
