-- One certificate in each trust store, and out again: what TVS makes of it, store by store
-- why: There are six trust stores, and a certificate in the wrong one does nothing without a word. What a store is
--   good for is what TVS says of a certificate there: lists, files, HTTPS servers.
-- expected: The signer of another cluster's lists and files: in Phone-SAST-trust its list is taken, and the files by
--   that list; in CallManager-trust files alone; in CAPF-trust, tomcat-trust, TVS-trust and ipsec-trust nothing is.
--   Deleted again, phones that come later are refused; those that have moved stay. What is not there cannot be deleted.
-- versions: 8.0 on; to 8.0 to 11.5
-- source: Cisco technote 213407 (roles in the trace of TVS); 215539 (which store an import fills)
-- confidence: observed for Phone-SAST-trust and CallManager-trust, the others assumed
local n = param("phones", 20)
local old = cluster { name = "Old", version = "11.5", nodes = { "old" } }
local new = cluster { name = "New", version = "11.5", nodes = { "new" } }
local signer = new.new:certificate("CallManager")
local stores = { "Phone-SAST-trust", "CallManager-trust", "CAPF-trust", "tomcat-trust", "TVS-trust", "ipsec-trust" }
local fleets, late = {}, {}
for _, store in ipairs(stores) do
  fleets[store] = old:phones { count = n, model = "8845" }
  late[store] = old:phones { count = n, model = "8845" }
end
settle()
local function moved(phones)
  phones:insert { cluster = new }
  phones:move { tftp = new.new }
  phones:reset()
  settle()
end
for _, store in ipairs(stores) do
  local list, files = store == "Phone-SAST-trust", store == "Phone-SAST-trust" or store == "CallManager-trust"
  step(store, function()
    old.old:upload(store, signer)
    settle()
    moved(fleets[store])
  end)
  expect(fleets[store]:count { lost = "trust list" }, store .. ", lists"):equals(list and 0 or n)
  expect(fleets[store]:count { lost = "configuration" }, store .. ", files"):equals(files and 0 or n)
  step("deleted from " .. store, function()
    old.old:delete(store, signer)
    settle()
    moved(late[store])
  end)
  expect(late[store]:count { lost = "trust list" }, store .. ", deleted"):equals(n)
  expect(late[store]:count { lost = "configuration" }, store .. ", deleted"):equals(n)
  expect(refused(function() old.old:delete(store, signer) end)):contains(store .. " does not hold this certificate")
end
expect(fleets["Phone-SAST-trust"]:count { lost = false }, "moved before"):equals(n)
