-- A subscriber gets another name in mixed mode: secure phones go elsewhere until the CTL is updated
-- why: With the name its CallManager certificate is new, and the CTL names the old one.
-- expected: Secure phones whose group has a second server register there, those that are not secure stay with
--   the renamed one. `utils ctl update CTLFile`, restarts and a reset bring everybody back to it.
-- versions: 10.0 on (tokenless CTL), here 12.5
-- source: Changing the IP Address and Hostname 12.5 (tokenless: update the CTL file, restart all nodes)
-- confidence: documented; where phones register meanwhile is inferred
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
hq:ctl("mixed-mode")
for _, node in ipairs(hq.nodes) do node:restart("TFTP", "Cisco CallManager") end
settle()
hq:pool("sub first", { hq.sub, hq.pub })
local lsc = hq:phones { count = n, model = "8845", security = "authenticated", lsc = true, pool = "sub first" }
local mic = hq:phones { count = n, model = "7965", security = "encrypted", pool = "sub first" }
local plain = hq:phones { count = n, model = "8845", pool = "sub first" }
local sub = hq.sub
for _, fleet in ipairs { lsc, mic, plain } do fleet:move { tftp = hq.pub } end
settle()

step("set network hostname on the subscriber", function()
  sub:hostname("sub2")
  settle()
  hq:reset()
end)
settle()
for _, fleet in ipairs { lsc, mic } do expect(fleet:count { server = "pub", lost = false }):equals(n) end
expect(plain:count { server = sub, lost = false }):equals(n)

step("utils ctl update CTLFile", function()
  hq:ctl("update")
  for _, node in ipairs(hq.nodes) do node:restart("TFTP", "Cisco CallManager") end
  settle()
  hq:reset()
end)
settle()
for _, fleet in ipairs { lsc, mic, plain } do expect(fleet:count { server = sub, lost = false }):equals(n) end
