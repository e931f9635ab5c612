-- Uploads by hand, of the publisher's CallManager alone: whoever asks the other TFTP server is refused
-- why: Before 12.0 each TFTP node signs its lists with its own CallManager key. The certificate of one
--   node says nothing of another.
-- expected: Phones whose option 150 names the publisher move. Those that ask the subscriber refuse its
--   lists, until its CallManager certificate is there as well; option 150 that names the publisher
--   does as much. To 12.5 the one ITLRecovery of the cluster does for both.
-- versions: to 8.0 to 11.5; 12.5 beside it
-- source: Cisco technote 213407 (the certificate of every TFTP node); Security Guide 12.5
-- confidence: documented; that 12.5 needs one ITLRecovery only inferred
local n = param("phones", 60)
local old = cluster { name = "Old", version = "10.5(2)", nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = "11.5", nodes = { "newpub", "newsub" } }
local newest = cluster { name = "Newest", version = "12.5", nodes = { "npub", "nsub" } }
local one = old:phones { count = n, model = "8845" }
local two = old:phones { count = n, model = "8845" }
local three = old:phones { count = n, model = "8845" }
settle()
step("uploads", function()
  for _, store in ipairs { "CallManager-trust", "Phone-SAST-trust" } do
    old.oldpub:upload(store, new.newpub:certificate("CallManager"))
    old.oldpub:upload(store, newest.npub:certificate("CallManager"))
    old.oldpub:upload(store, newest.npub:certificate("ITLRecovery"))
  end
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
end)
settle()
step("option 150", function()
  one:insert { cluster = new }
  one:move { tftp = new.newpub }
  two:insert { cluster = new }
  two:move { tftp = new.newsub }
  three:insert { cluster = newest }
  three:move { tftp = newest.nsub }
  for _, phones in ipairs { one, two, three } do phones:reset() end
end)
settle()
expect(one:count { registered = true, lost = "trust list" }):equals(0)
expect(two:count { lost = "trust list" }):equals(n)
expect(two:count { remedy = "option-150" }):equals(n)
expect(three:count { lost = "trust list" }, "12.5"):equals(0)

step("the other certificate", function()
  for _, store in ipairs { "CallManager-trust", "Phone-SAST-trust" } do
    old.oldpub:upload(store, new.newsub:certificate("CallManager"))
  end
  for _, node in ipairs(old.nodes) do node:restart("TVS") end
end)
settle()
step("reset", function() two:power("off") two:power("on") end)
settle()
expect(two:count { registered = true, lost = "trust list" }):equals(0)
expect(two:count { itl_by = "TVS" }):equals(n)
