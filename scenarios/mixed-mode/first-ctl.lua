-- The first CTL for phones that hold an ITL already: by tokens, without, and by version
-- why: A phone with an ITL takes nothing blindly, its first CTL neither. Without tokens the signer is a SAST of
--   the ITL, or one that TVS knows. A token is known to nobody; TVS answers for it from the CTL file.
-- expected: 9.1 with tokens: through TVS. 10.5 without tokens: by the ITL of the publisher's TFTP, which CallManager of the publisher
--   signs, through TVS for phones of the subscriber's. 12.5 without: by the ITL, for ITLRecovery signs both.
--   7960, which holds no list, takes it by first trust everywhere. Nobody
--   loses anything.
-- versions: 8.0 on
-- source: Cisco technotes 116232 (how a list is verified), 118893 (TVS and the CTL file)
-- confidence: the rules documented, the outcome by version inferred from them
local n = param("phones", 60)
local function run(name, version, tokens, by)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local fleets = { hq:phones { count = n, model = "7965" }, hq:phones { count = n, model = "8945" },
                   hq:phones { count = n, model = "7960" } }
  settle()
  fleets[2]:move { tftp = { hq.nodes[2], hq.nodes[1] } }
  hq:reset()
  settle()
  step(name .. ": mixed mode", function()
    if tokens then
      hq:ctl_client("mixed-mode", token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" })
    else
      hq:ctl("mixed-mode")
    end
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false, ctl_by = by[i] }, name .. " " .. i):equals(n)
  end
end
run("tokens", "9.1", true, { "TVS", "TVS", "first trust" })
run("ten", "10.5(2)", false, { "ITL", "TVS", "first trust" })
run("twelve", "12.5", false, { "ITL", "ITL", "first trust" })
