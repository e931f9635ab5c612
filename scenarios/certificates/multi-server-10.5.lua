-- One multi-server CallManager certificate on 10.5, where it signs the lists: TVS vouches once, and never again
-- why: Before 12.0 CallManager of the TFTP node signs its ITL, each node with a key of its own. With one
--   certificate for all nodes every list and file has one signer. Installing it is a new signer everywhere.
-- expected: Behind the installation every phone with an ITL takes the new one through TVS, which was not touched.
--   When the first TFTP node fails phones ask the second one: a cluster with a certificate a node has
--   TVS vouch for that one's signer, one with a multi-server certificate needs nobody, the phone's own list
--   has it. With TVS stopped as well that is the difference: phones of the first refuse list and
--   configuration, those of the second notice nothing. 7960 holds no list.
-- versions: 10.5 to 11.5
-- source: Cisco technotes 118731 (multi-server certificates from 10.5 on) and 116232 (who signs, TVS)
-- confidence: documented; what phones do at the second TFTP node follows
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "10.5(2)", domain = "example.com", nodes = { "pub", "sub" } }
local each = cluster { name = "Each", version = "10.5(2)", domain = "example.com", nodes = { "pub2", "sub2" } }
local fleet = hq:phones { count = n, model = "8845" }
local old = hq:phones { count = n, model = "7960" }
local of_each = each:phones { count = n, model = "8845" }
for _, phones in ipairs { fleet, old } do phones:move { tftp = { hq.pub, hq.sub } } end
of_each:move { tftp = { each.pub2, each.sub2 } }
settle()
local ca = authority { name = "Example CA" }

step("install", function()
  hq.pub:upload("CallManager-trust", ca)
  hq.pub:csr("CallManager", "multi-server")
  hq.pub:install("CallManager", ca:sign { node = hq.pub, certificate = "CallManager" })
  for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP", "CallManager", "CTIManager") end
  settle()
  hq:reset()
end)
settle()
expect(hq.sub:certificate("CallManager")):equals(hq.pub:certificate("CallManager"))
expect(hq.sub:certificate("CallManager").subject):contains("CN=pub-ms.example.com")
expect(each.sub2:certificate("CallManager")):differs(each.pub2:certificate("CallManager"))
expect(fleet:count { itl_by = "TVS", itl_status = "Match", lost = false }):equals(n)
expect(old:count { lost = false }):equals(n)

step("the first TFTP node fails, and TVS", function()
  for _, cl in ipairs { hq, each } do
    cl.nodes[1]:stop("TFTP")
    for _, node in ipairs(cl.nodes) do node:stop("TVS") end
    cl:reset()
  end
end)
settle()
expect(fleet:count { registered = true, itl_by = "ITL" }, "one signer for all nodes"):equals(n)
expect(fleet:count { lost = "trust list" } + fleet:count { lost = "configuration" }):equals(0)
expect(of_each:count { registered = true, lost = "trust list" }, "each its own"):equals(n)
expect(of_each:count { lost = "configuration" }):equals(n)
expect(old:count { lost = false }):equals(n)

step("TVS again", function()
  for _, cl in ipairs { hq, each } do
    for _, node in ipairs(cl.nodes) do node:start("TVS") end
  end
  settle()
  each:reset()
end)
settle()
expect(of_each:count { itl_by = "TVS", lost = false }):equals(n)
