-- Trust Verification Service stopped on every node as "not used": nobody notices, until a certificate changes
-- why: Phones ask TVS about what their lists do not name, and about nothing else. Calls and resets go on without it.
-- expected: 8.6: with TVS stopped everything but secured services goes on; CallManager regenerated on the publisher:
--   phones refuse list and configuration. The services started, and a reset: all is back, without hands, for the
--   certificate of TVS is the one that phones have. On 12.5 the list is by ITLRecovery, which phones know; the
--   configuration by the new CallManager, which that list names: secured services are all that is lost.
-- versions: 8.0 on; run on 8.6 and 12.5
-- source: technotes 116232, 118699 and 214231
-- confidence: documented rules
local n = param("phones", 40)
for i, version in ipairs { "8.6", "12.5" } do
  local hq = cluster { name = "C" .. i, version = version, nodes = { "pub" .. i, "sub" .. i } }
  local fleets = { hq:phones { count = n, model = "8845" }, hq:phones { count = n, model = "7965" } }
  local pub = hq.nodes[1]
  settle()
  local function reset()
    settle()
    hq:reset()
    settle()
  end
  step(version .. ": TVS stopped", function()
    for _, node in ipairs(hq.nodes) do node:stop("TVS") end
    reset()
  end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, itl_status = "Match", lost = "secure services" }):equals(n)
    expect(fleet:count { lost = "configuration" } + fleet:count { lost = "trust list" }):equals(0)
  end
  step(version .. ": CallManager regenerated", function()
    pub:regenerate("CallManager")
    settle()
    pub:restart("TFTP")
    reset()
  end)
  local stuck = version == "8.6" and n or 0
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { lost = "trust list" }, version):equals(stuck)
    expect(fleet:count { lost = "configuration" }, version):equals(stuck)
    expect(fleet:count { registered = true, remedy = "start-services" }, version):equals(n)
  end
  step(version .. ": TVS started", function()
    for _, node in ipairs(hq.nodes) do node:start("TVS") end
    reset()
  end)
  for _, fleet in ipairs(fleets) do
    expect(fleet:count { lost = false, itl_status = "Match", itl_by = stuck > 0 and "TVS" or "ITL" }, version):equals(n)
  end
end
