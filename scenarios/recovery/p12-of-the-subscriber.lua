-- ITLRecovery.p12 on 10.5: the file of the publisher is no help for phones of the subscriber's TFTP, its own is
-- why: Up to 12.0 each node has an ITLRecovery of its own, and an ITL names that of its TFTP server.
-- expected: CallManager and TVS regenerated on both nodes. Phones of the publisher's TFTP come back by localkey, with or
--   without a file. Those of the subscriber's know the subscriber's ITLRecovery, which only the file saved there
--   holds: with it remotekey brings them back, without it they need hands. Each list locks the other phones out as long as it is
--   served, so they are reset behind their own command alone; the restart of TFTP ends that.
-- versions: 10.0 to 12.0; here 10.5(2)
-- source: CLI reference (file get tftp ITLRecovery.p12, on any node); technotes 117598 and 214231
-- confidence: inferred from documented rules
local n = param("phones", 30)
local function regenerated(name, version, owns, before, after)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local first, second = hq:phones { count = n, model = "8845" }, hq:phones { count = n, model = "7965" }
  second:power("off")
  second:move { tftp = hq.nodes[2] }
  second:power("on")
  settle()
  if before then hq.nodes[before]:save_itlrecovery() end
  step(name .. ": regenerate " .. owns[#owns] .. " and all", function()
    for i, node in ipairs(hq.nodes) do
      for _, own in ipairs(owns) do
        if i == 1 or own ~= "ITLRecovery" then node:regenerate(own) end
      end
    end
    settle()
    if after then hq.nodes[after]:save_itlrecovery() end
    for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end)
  for _, fleet in ipairs { first, second } do expect(fleet:count { registered = true, lost = "trust list" }):equals(n) end
  return hq, first, second
end
local both = { "CallManager", "TVS" }
for name, node in pairs { Publisher = 1, Subscriber = 2 } do
  local hq, first, second = regenerated(name, "10.5(2)", both, node)
  expect(first:count { remedy = "reset-localkey" }, name):equals(n)
  expect(second:count { remedy = node == 2 and "reset-remotekey" or "hands" }, name):equals(n)
  if node == 2 then
    step("the subscriber's phones", function() hq:itl("reset remotekey") second:reset() settle() end)
    expect(second:count { lost = false, itl_by = "ITL" }):equals(n)
    expect(first:count { lost = "trust list" }, "the publisher's are not reset"):equals(n)
    step("the publisher's phones", function() hq:itl("reset localkey") first:reset() settle() end)
    expect(first:count { lost = false, itl_by = "ITL" }):equals(n)
    step("TFTP restarted", function()
      for _, at in ipairs(hq.nodes) do at:restart("TFTP") end
      settle()
      hq:reset()
      settle()
    end)
    for _, fleet in ipairs { first, second } do expect(fleet:count { lost = false, itl_status = "Match" }):equals(n) end
  end
end
