-- ITLRecovery regenerated on 12.5: the guide's two rounds, and the short form
-- why: From 12.0 on ITLRecovery signs every ITL and CTL, from 12.5 on it is one for the cluster. A new one is
--   a signer that no list of a phone has; CallManager is the second SAST, and TVS knows it too.
-- expected: By the guide (`utils itl reset localkey`, reset, TFTP restarted, reset) phones take the first list
--   by their own ITL, for CallManager signs it (through TVS where theirs is the subscriber's), and the second as
--   well. By the short form (TVS and TFTP restarted, reset) TVS vouches for the new signer.
-- versions: 12.0 on (one for the cluster from 12.5 on)
-- source: Security Guide 14, Certificates (order); Cisco technote 214231 (short form)
-- confidence: documented; that TVS makes the short form work is inferred
local n = param("phones", 100)
local function build(name)
  local hq = cluster { name = name, version = "12.5", nodes = { name .. "-pub", name .. "-sub" } }
  local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8845" },
                   hq:phones { count = n, model = "8865" } }
  settle()
  fleets[3]:move { tftp = { hq.nodes[2], hq.nodes[1] } }
  hq:reset()
  settle()
  return hq, fleets
end
local function each(hq, ...)
  for _, node in ipairs(hq.nodes) do node:restart(...) end
  settle()
end
local function all(fleets, what, filters)
  for i, fleet in ipairs(fleets) do expect(fleet:count(filters), what .. " " .. i):equals(n) end
end

local guide, fleets = build("guide")
step("guide: regenerated, localkey, reset", function()
  guide.nodes[1]:regenerate("ITLRecovery")
  settle()
  guide:itl("reset localkey")
  guide:reset()
  settle()
end)
-- One list goes to every TFTP, the publisher's, signed by its CallManager.
all({ fleets[1], fleets[2] }, "guide, first round", { lost = false, registered = true, itl_by = "ITL" })
all({ fleets[3] }, "guide, first round, subscriber's TFTP", { lost = false, registered = true, itl_by = "TVS" })
step("guide: TFTP restarted, reset", function() each(guide, "TFTP") guide:reset() settle() end)
all(fleets, "guide, second round", { lost = false, registered = true, itl_by = "ITL", itl_status = "Match" })

local short, phones = build("short")
step("short form: TVS and TFTP restarted, reset", function()
  short.nodes[1]:regenerate("ITLRecovery")
  settle()
  each(short, "TVS", "TFTP")
  short:reset()
  settle()
end)
all(phones, "short form", { lost = false, registered = true, itl_by = "TVS", itl_status = "Match" })
