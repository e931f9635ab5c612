-- The old CAPF uploaded to CAPF-trust on one node: phones that moved with their LSC register there and nowhere else
-- why: Most trust stores are the database's, and what is uploaded on one node comes to all. CAPF-trust is not: what is
--   uploaded there lies on that node alone. Whoever uploads on the publisher and sees the phones come back has
--   forgotten the other nodes of their CallManager group until the first one is restarted.
-- expected: With the old CAPF on the first server of the group everybody registers there. When its CallManager stops,
--   phones with an LSC are refused by the other one, those with a MIC alone go there. Uploaded on that node too,
--   nobody loses anything. Deleted on one node it is gone from both. With capf_trust_stays_local=0 one upload does.
-- versions: all with CAPF; mixed mode; deletion on all nodes from 11.0 on (run on 11.5 to 12.5)
-- source: Cisco technote 214231 (what is imported into CAPF-trust stays local, deletions are cluster-wide); Security
--   Guide 12.5 (old CAPF into CAPF-trust of the destination)
-- confidence: documented; that CallManager takes LSCs by CAPF-trust documented in part (accept_capf_trust_lsc)
local n = param("phones", 30)
for _, stays in ipairs { true, false } do
  local name = stays and "A" or "B"
  local old = cluster { name = "Old" .. name, version = "11.5", nodes = { "oldpub" } }
  local new = cluster { name = "New" .. name, version = "12.5", nodes = { "newpub", "newsub" } }
  for _, cluster in ipairs { old, new } do
    cluster:ctl("mixed-mode")
    for _, node in ipairs(cluster.nodes) do node:restart("TFTP", "Cisco CallManager") end
    cluster:bulk("sftp", "sftp:/move" .. name)
  end
  new:set("capf_trust_stays_local", stays)
  settle()
  local lsc = old:phones { count = n, model = "8861", security = "encrypted", lsc = true }
  local mic = old:phones { count = n, model = "8861", security = "encrypted" }
  settle()
  local capf = old.oldpub:certificate("CAPF")

  step("exchanged, CAPF uploaded on newpub, " .. name, function()
    old:bulk("export") new:bulk("export") new:bulk("consolidate") old:bulk("import") new:bulk("import")
    old.oldpub:restart("TVS")
    new.newpub:upload("CAPF-trust", capf)
    settle()
  end)
  step("moved, " .. name, function()
    for _, phones in ipairs { lsc, mic } do
      phones:insert { cluster = new, security = "encrypted" }
      phones:move { tftp = { new.newpub, new.newsub } }
      phones:reset()
    end
    settle()
  end)
  for _, phones in ipairs { lsc, mic } do
    expect(phones:count { registered = true, lost = false, server = "newpub" }):equals(n)
  end

  step("CallManager of newpub stops, " .. name, function() new.newpub:stop("Cisco CallManager") settle() end)
  expect(mic:count { registered = true, lost = false, server = "newsub" }):equals(n)
  expect(lsc:count { registered = true, server = "newsub" }):equals(stays and 0 or n)
  expect(lsc:count { lost = "registration" }):equals(stays and n or 0)

  if stays then
    step("CAPF uploaded on newsub too", function() new.newsub:upload("CAPF-trust", capf) settle() end)
    expect(lsc:count { registered = true, lost = false, server = "newsub" }):equals(n)
  else
    expect(refused(function() new.newsub:upload("CAPF-trust", capf) end)):contains("already holds this certificate")
  end
  step("deleted on newsub, " .. name, function()
    new.newsub:delete("CAPF-trust", capf)
    new.newpub:start("Cisco CallManager")
    settle()
    new:reset()
    settle()
  end)
  expect(lsc:count { lost = "registration" }, "gone from both"):equals(n)
  expect(mic:count { registered = true, lost = false }):equals(n)
end
