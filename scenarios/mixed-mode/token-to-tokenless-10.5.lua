-- From security tokens to a CTL without tokens on 10.5, and back: TVS vouches, and who has no TVS is left
-- why: `utils ctl update CTLFile` in a cluster with tokens makes a CTL that CallManager signs. Phones know no
--   signer but the tokens; TVS knows CallManager. The way back needs both tokens in Phone-SAST-trust.
-- expected: Phones with an ITL of the subscriber's TFTP take the new CTL through TVS, those with the publisher's
--   by that, which has the same CallManager as SAST; 7960 and Jabber refuse it, go on with the old one, and stay
--   registered as long as CallManager is the same. Back: the client takes no token while a CTL without it lies
--   there; with CTLFile.tlv deleted phones refuse the token that signs, until both are uploaded and TVS vouches
--   (or answers from the CTL file, parameter tvs_ctl_cache, off here).
-- versions: 10.0 to 11.0
-- source: Cisco technote 118893
-- confidence: documented (the technote names TVS alone); what 7960 and Jabber lose is documented in part
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }
local hq = cluster { name = "HQ", version = param("version", "10.5(2)"), nodes = { "pub", "sub" } }
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
fleets[2]:move { tftp = { hq.sub, hq.pub } }
restart()
local function is(from, to, what, filters)
  for i = from, to do expect(fleets[i]:count(filters), models[i] .. ", " .. what):equals(n) end
end
is(1, 4, "tokens", { registered = true, lost = false, ctl_by = "first trust" })
step("utils ctl update CTLFile", function() hq:ctl("update") restart() end)
is(1, 1, "without tokens", { registered = true, lost = false, ctl_by = "ITL" })
is(2, 2, "without tokens", { registered = true, lost = false, ctl_by = "TVS" })
is(3, 4, "without tokens", { registered = true, lost = "trust list", needs_hands = true })
step("back to tokens", function()
  expect(refused(function() hq:ctl_client("mixed-mode", first, second) end), "with the file there")
    :contains("does not exist in the CTL File")
  for _, node in ipairs(hq.nodes) do node:delete_ctl() end
  hq:ctl_client("mixed-mode", first, second)
  restart()
end)
is(1, 2, "back", { registered = true, lost = "trust list" })
is(3, 4, "they never left", { registered = true, lost = false })
step("both tokens to Phone-SAST-trust", function()
  for _, t in ipairs { first, second } do hq.pub:upload("Phone-SAST-trust", t) end
  settle()
  hq:reset()
  settle()
end)
is(1, 2, "uploaded", { registered = true, lost = false, ctl_by = "TVS" })
