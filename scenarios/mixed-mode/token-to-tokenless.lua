-- From security tokens to a CTL without tokens, and back: TVS vouches, and who has no TVS is left
-- why: `utils ctl update CTLFile` in a cluster with tokens makes a CTL that CallManager (12.0: ITLRecovery)
--   signs. Phones know no signer but the tokens; TVS knows CallManager. From 11.5 on the token CTL lists
--   CallManager and ITLRecovery too. The way back needs both tokens in Phone-SAST-trust.
-- expected: 10.5: phones with an ITL of the subscriber's TFTP take the new CTL through TVS, those with the
--   publisher's by that, which has the same CallManager as SAST; 7960 and Jabber refuse it, go on with the
--   old one, and stay registered as long as CallManager is the same. 12.0: all take it by their CTL.
--   Back: the client takes no token while a CTL without it lies there; with CTLFile.tlv deleted and the
--   tokens uploaded TVS vouches for the token that signs. Without the upload it does so from the CTL file,
--   where it answers from that (parameter tvs_ctl_cache).
-- versions: 10.0 to 14SU2
-- source: Cisco technote 118893, Security Guide 12.5(1)SU1 (table of SAST roles)
-- confidence: documented (the technote names TVS alone); what 7960 and Jabber lose is documented in part
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }

local function run(version, name, uploads)
  local hq = cluster { name = name, version = version, nodes = { name .. "-pub", name .. "-sub" } }
  local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
  hq:set("tvs_ctl_cache", false) -- the stores alone
  local function restart()
    for _, node in ipairs(hq.nodes) do node:restart("TFTP", "CallManager") end
    settle()
    hq:reset()
    settle()
  end
  hq:ctl_client("mixed-mode", first, second)
  local fleets = {}
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
  end
  fleets[2]:move { tftp = { hq.nodes[2], hq.nodes[1] } }
  restart()
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = false, ctl_by = "first trust" }, models[i]):equals(n)
  end

  step(name .. ": utils ctl update CTLFile", function() hq:ctl("update") restart() end)
  local beside = version == "12.0"
  for i = 1, 2 do
    local by = beside and "CTL" or i == 1 and "ITL" or "TVS"
    expect(fleets[i]:count { registered = true, lost = false, ctl_by = by }, models[i]):equals(n)
  end
  for i = 3, 4 do
    expect(fleets[i]:count { registered = true }, models[i]):equals(n)
    expect(fleets[i]:count { lost = "trust list", remedy = "ctl-client" }, models[i] .. " does not take it")
      :equals(0) -- no token is in the file any more
    expect(fleets[i]:count { lost = "trust list", needs_hands = true }, models[i]):equals(beside and 0 or n)
  end

  step(name .. ": back to tokens", function()
    expect(refused(function() hq:ctl_client("mixed-mode", first, second) end), "with the file there")
      :contains("does not exist in the CTL File")
    for _, node in ipairs(hq.nodes) do node:delete_ctl() end
    if uploads then
      for _, t in ipairs { first, second } do hq.nodes[1]:upload("Phone-SAST-trust", t) end
      settle()
    end
    hq:ctl_client("mixed-mode", first, second)
    restart()
  end)
  for i = 1, 2 do
    expect(fleets[i]:count { lost = false, ctl_by = "TVS" }, models[i] .. ", back, " .. name):equals(uploads and n or 0)
    expect(fleets[i]:count { lost = "trust list" }, models[i] .. ", back, " .. name):equals(uploads and 0 or n)
  end
  -- 7960 and Jabber never left the tokens on 10.5; on 12.0 they did.
  for i = 3, 4 do
    expect(fleets[i]:count { lost = "trust list" }, models[i] .. ", back, " .. name):equals(beside and n or 0)
  end
  if not uploads then
    step(name .. ": TVS answers from the CTL file", function() hq:set("tvs_ctl_cache", true) hq:reset() settle() end)
    for i = 1, 2 do expect(fleets[i]:count { lost = false, ctl_by = "TVS" }, models[i]):equals(n) end
  end
end
run("10.5(2)", "ten", true)
run("10.5(2)", "ten-no-upload", false)
run("12.0", "twelve", true)
