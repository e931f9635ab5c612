-- Two clusters whose nodes have the same name: on 15 the exchange of certificates stops at the first
-- why: A trust store takes no certificate whose subject is that of a node's own, so the usual exchange
--   before a move cannot be done where old and new publisher have one hostname.
-- expected: 15 refuses the upload. 14 takes it, TVS vouches, and the phones move without hands.
-- versions: 15 refuses; before it is taken
-- source: Security Guide 15, Certificates; migration guide
-- confidence: documented in part
-- live = true
local fifteen = cluster { name = "Fifteen", version = "15", nodes = { "cucm" } }
local fourteen = cluster { name = "Fourteen", version = "14", nodes = { "cucm" } }
local to = cluster { name = "New", version = "14", nodes = { "cucm" } }
local fleet = fourteen:phones { count = param("phones", 200), model = "8845" }
settle()
local stranger = to.cucm

step("upload", function()
  expect(refused(function()
    fifteen.cucm:upload("CallManager-trust", stranger:certificate("CallManager"))
  end)):contains("whose subject is that of a node's own")
  for _, store in ipairs { "Phone-SAST-trust", "CallManager-trust" } do
    fourteen.cucm:upload(store, stranger:certificate("CallManager"))
    fourteen.cucm:upload(store, stranger:certificate("ITLRecovery"))
  end
  fourteen.cucm:upload("tomcat-trust", stranger:certificate("tomcat"))
  fourteen.cucm:restart("TVS")
end)
settle()
step("move", function()
  fleet:insert { cluster = to }
  fleet:move { tftp = to.cucm }
  fleet:reset()
end)
settle()
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { itl_by = "TVS" }):equals(fleet:count())
expect(fleet:count { needs_hands = true }):equals(0)
