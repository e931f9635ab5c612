-- Services on somebody else's HTTPS server: TVS vouches for what lies in tomcat-trust, and for nothing else
-- why: A phone that opens a secured URL asks TVS about the certificate that the server shows. One from outside
--   the cluster is in no list of it until an administrator uploads it.
-- expected: The phones trust the server when its own certificate lies in tomcat-trust, on the node whose TVS
--   they ask. The certificate of the CA that signed it does not help: TVS looks the certificate itself up by
--   issuer and serial number. When the owner renews it the phones lose it until it is uploaded again, at the
--   latest when their TVS cache is over. Directories, which is the cluster's own, works all the time.
-- versions: all
-- source: technote 118699 and TVS traces (look-up by issuer and serial number); Security Guide 14 (HTTPS
--   services ask TVS)
-- confidence: documented; that a CA certificate is not enough is inferred from the traces
-- live = true
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local web = cluster { name = "Web", version = "12.5", nodes = { "www" } }
local ca = authority { name = "Some CA" }
web.www:upload("tomcat-trust", ca)
web.www:csr("tomcat")
web.www:install("tomcat", ca:sign { node = web.www, certificate = "tomcat" })
web.www:restart("Tomcat")
local fleet = hq:phones { count = n, model = "8845" }
settle()
local function press(key)
  fleet:press(key)
  settle()
end

step("Services at www", function()
  hq:services_url { server = web.www }
  fleet:reset()
  settle()
  press("Services")
end)
expect(fleet:count { lost = "secure services" }, "TVS does not know it"):equals(n)
expect(fleet:count { remedy = "bulk-exchange" }, "www is a cluster here"):equals(n)
press("Directories")
expect(fleet:count { lost = false }, "the cluster's own page"):equals(n)

step("the certificate of the CA in tomcat-trust", function()
  hq.pub:upload("tomcat-trust", ca)
  settle()
  press("Services")
end)
expect(fleet:count { lost = "secure services" }):equals(n)

step("the certificate itself", function()
  hq.pub:upload("tomcat-trust", web.www:certificate("tomcat"))
  settle()
  press("Services")
end)
expect(fleet:count { lost = false }):equals(n)

step("the owner renews it", function()
  web.www:regenerate("tomcat")
  web.www:restart("Tomcat")
  settle()
  press("Services")
end)
expect(fleet:count { lost = "secure services" }):equals(n)
step("uploaded again", function()
  hq.pub:upload("tomcat-trust", web.www:certificate("tomcat"))
  settle()
  press("Services")
end)
expect(fleet:count { lost = false }):equals(n)
