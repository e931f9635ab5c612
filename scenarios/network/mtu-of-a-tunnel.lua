-- A tunnel that loses large packets: small files pass, certificates do not
-- why: A VPN or a tunnel carries smaller packets, and where ICMP is filtered nobody tells the sender (path MTU
--   discovery fails). TFTP sends blocks of 512 bytes in packets of 544, which pass nearly everywhere. TCP
--   fills its segments: a list by HTTP, or a server's certificate in TLS, is lost for good, while a
--   SYN, a small page or a registration passes. The tunnel looks healthy.
-- expected: With 1,000 bytes: all phones register and load their files (78xx and 88xx ask by TFTP after
--   HTTP was silent). CallManager regenerated on 11.5: TVS shows a certificate that never arrives, so the
--   new ITL is refused at that site alone, and so are HTTPS services. With 1,400 bytes the
--   certificate of a TVS passes, and what it answers does too, as long as the signer has 2048 bits: with
--   4096 bits it does not. The search mends the network, or what is asked is small again.
-- versions: 8.0 to 11.5
-- source: RFC 1350 (blocks of 512), RFC 2923 (path MTU discovery fails); lengths of the certificates
-- confidence: inferred
local n = param("phones", 100)
local cl = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
local hq = cl:phones { count = n, model = "8845" }
local far = { cl:phones { count = n, model = "7965" }, cl:phones { count = n, model = "8845" } }
for _, fleet in ipairs(far) do fleet:site("Home office") end
local function all(what, filter)
  for _, fleet in ipairs(far) do expect(fleet:count(filter), what):equals(n) end
  expect(hq:count { registered = true, lost = false }):equals(n)
end
local function renew(bits)
  for _, node in ipairs { cl.pub, cl.sub } do
    node:generate("CallManager", bits)
    node:restart("Cisco Tftp")
  end
  settle()
  cl:reset()
  settle()
end
settle()

step("a tunnel of 1,000 bytes", function() cl:link { site = "Home office", mtu = 1000 } cl:reset() end)
settle()
all("files pass by TFTP", { registered = true, lost = "secure services" })
step("regenerate CallManager", function() renew("RSA-2048") end)
all("no TVS", { registered = true, lost = "trust list" })
all("nobody has to go there", { remedy = "mend-site-network" })

step("a tunnel of 1,400 bytes", function() cl:link { site = "Home office", mtu = 1400 } cl:reset() end)
settle()
all("2048 bits pass", { registered = true, lost = false })

step("4096 bits", function() renew("RSA-4096") end)
all("4096 bits do not", { registered = true, lost = "trust list" })
all("nobody has to go there", { remedy = "mend-site-network" })

step("no limit", function() cl:link { site = "Home office" } cl:reset() end)
settle()
all("mended", { registered = true, lost = false, itl_status = "Match" })
