-- Secure phones move between two clusters in mixed mode, certificates exchanged: the lists go, the LSC does not
-- why: The old TVS vouches for the signer of the new CTL; by that CTL the phone takes the new ITL and
--   configuration. Then it shows CallManager the LSC that the old CAPF issued. An import puts the old
--   CAPF into CallManager-trust, not into CAPF-trust.
-- expected: Everybody takes CTL (by TVS), ITL (by the CTL) and configuration. Phones with an LSC are refused
--   by CallManager; those with a MIC alone register. With the old CAPF in CAPF-trust of each node of
--   the new cluster too (accept_capf_trust_lsc) LSCs are taken; where there is no way back the search says a new LSC. A
--   CallManager that looks in CallManager-trust (accept_callmanager_trust_lsc=1) does without.
-- versions: 10.5(2) on
-- source: Cisco technotes 213407 (lists) and 215539 (where an import puts CAPF); Security Guide 15 (a phone
--   that moved with its LSC needs a new one); Security Guide 12.5 (old CAPF into CAPF-trust)
-- confidence: lists observed, that TLS fails until a new LSC documented; that CAPF-trust is enough
--   documented in part
local n = param("phones", 60)
local old = cluster { name = "Old", version = param("from", "11.5"), nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = param("to", "12.5"), nodes = { "newpub", "newsub" } }
local function mixed(cluster)
  cluster:ctl("mixed-mode")
  for _, node in ipairs(cluster.nodes) do node:restart("TFTP", "Cisco CallManager") end
end
mixed(old)
mixed(new)
settle()
local lsc = old:phones { count = n, model = "8861", security = "encrypted", lsc = true }
local mic = old:phones { count = n, model = "8861", security = "authenticated" }
settle()
expect(lsc:count { registered = true, lost = false }):equals(n)

step("bulk exchange", function()
  for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/move") cluster:bulk("export") end
  new:bulk("consolidate")
  for _, cluster in ipairs { old, new } do cluster:bulk("import") end
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
end)
settle()
step("option 150", function()
  lsc:insert { cluster = new, security = "encrypted" }
  mic:insert { cluster = new, security = "authenticated" }
  for _, phones in ipairs { lsc, mic } do
    phones:move { tftp = { new.newpub, new.newsub } }
    phones:reset()
  end
end)
settle()
for _, phones in ipairs { lsc, mic } do
  expect(phones:count { ctl_by = "TVS" }):equals(n)
  expect(phones:count { itl_by = "CTL" }):equals(n)
  expect(phones:count { lost = "configuration" }):equals(0)
  expect(phones:count { lost = "trust list" }):equals(0)
end
expect(mic:count { registered = true, lost = false }):equals(n)
expect(lsc:count { lost = "registration" }, "LSC of the other CAPF"):equals(n)
expect(lsc:count { needs_hands = true }):equals(0)

step("CallManager looks in CallManager-trust", function() new:set("accept_callmanager_trust_lsc", true) end)
settle()
expect(lsc:count { registered = true, lost = false }):equals(n)
step("it does not", function() new:set("accept_callmanager_trust_lsc", false) lsc:reset() end)
settle()
expect(lsc:count { lost = "registration" }):equals(n)
expect(lsc:count { remedy = "option-150" }, "back to the old cluster"):equals(n)
step("there is no way back", function() for _, node in ipairs(old.nodes) do node:stop("TFTP") end end)
expect(lsc:count { remedy = "install-lsc" }, "a new LSC"):equals(n)

step("the old CAPF into CAPF-trust, node by node", function()
  for _, node in ipairs(new.nodes) do node:upload("CAPF-trust", old.oldpub:certificate("CAPF")) end
end)
settle()
expect(lsc:count { registered = true, lost = false }):equals(n)
