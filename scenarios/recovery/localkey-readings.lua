-- What utils itl reset localkey signs: the list as it is, or with the ITLRecovery of now in it; both readings
-- why: The guide has ITLRecovery regenerated, the command, a reset, a restart of TFTP and a reset. If the list that
--   CallManager signs in between names the new ITLRecovery phones know the signer of the last one by
--   themselves; the CLI reference says that the command replaces the signature alone.
-- expected: With localkey_renews_sast=1 (the order of the guide makes sense then) phones take the last list by their ITL,
--   with TVS stopped too. With 0 they need TVS for it: with TVS stopped they keep the list of the command. With TVS
--   running both readings lose nobody, which is why no document had to say it.
-- versions: 12.0 on
-- source: Security Guide 14 (order of steps) against CLI reference 12.5 (the signature is replaced)
-- confidence: both readings, parameter localkey_renews_sast: 1 gives the outcome of the guide without TVS
local n = param("phones", 60)
for _, renews in ipairs { true, false } do
  for _, tvs in ipairs { true, false } do
    local name = (renews and "Renewed" or "As-it-is") .. (tvs and "" or "-no-TVS")
    local cl = cluster { name = name, version = "12.5", nodes = { name .. "-pub" } }
    local pub = cl.nodes[1]
    cl:set("localkey_renews_sast", renews)
    local fleet = cl:phones { count = n, model = "8845" }
    settle()
    step(name .. ": regenerate, localkey, reset", function()
      pub:regenerate("ITLRecovery")
      if not tvs then pub:stop("TVS") end
      cl:itl("reset localkey")
      cl:reset()
    end)
    settle()
    expect(fleet:count { itl_by = "ITL", itl_status = "Match" }, name .. ", signed by CallManager"):equals(n)
    step(name .. ": restart TFTP, reset", function()
      pub:restart("TFTP")
      settle()
      cl:reset()
    end)
    settle()
    local known = renews or tvs
    expect(fleet:count { itl_status = "Match", itl_by = renews and "ITL" or "TVS" }, name):equals(known and n or 0)
    expect(fleet:count { lost = "trust list", registered = true }, name):equals(known and 0 or n)
    expect(fleet:count { needs_hands = true }, name):equals(0)
  end
end
