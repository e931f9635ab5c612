-- A central TFTP and a cluster in mixed mode with tokens: its certificate comes into the CTL by the CTL client
-- why: What is no phone's own the central TFTP signs itself. In mixed mode phones have a second list to look into,
--   and the CTL client adds TFTP servers of other clusters to it. 7960 and Jabber ask no TVS, so that a certificate in a
--   trust store is of no use to them.
-- expected: Secure phones behind the central TFTP take lists and configuration of their own cluster and refuse ring list
--   and locale. With the central CallManager certificate in CallManager-trust models that ask TVS take them; 7960
--   and Jabber, which have nothing but the CTL, do when the CTL client has added the TFTP server, and others too,
--   whatever TVS says: not before the central TFTP has forgotten the CTL that it gave, after half an hour or when
--   it is restarted. The entry stays when the client is run again.
-- versions: 8.0 to 14SU2; here 9.1
-- source: Security Guide 9.1, CTL client (the CTL file has entries for TFTP servers); System Configuration Guide 15,
--   Proxy TFTP (what it gave is kept for 30 minutes; remote clusters in mixed mode have the proxy's certificate in their CTL)
-- confidence: documented; who takes what by which list follows from the rules
local n = param("phones", 60)
local models = { "8945", "7965", "7960", "Jabber" }
local version = param("version", "9.1")
local central = cluster { name = "Central", version = version, nodes = { "hq" } }
local east = cluster { name = "East", version = version, nodes = { "east" } }
local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
central:add_remote_tftp { tftp = east.east }
expect(refused(function() east:add_ctl_tftp(first, central.hq:certificate("CallManager")) end))
  :contains("there is no CTL file to add a TFTP server to")
east:ctl_client("mixed-mode", first, second)
local function restart()
  east.east:restart("TFTP", "CallManager")
  settle()
  east:reset()
  settle()
end
local fleets = {}
for i, model in ipairs(models) do
  fleets[i] = east:phones { count = n, model = model, security = "authenticated", lsc = true }
  fleets[i]:power("off")
  fleets[i]:move { tftp = central.hq }
  fleets[i]:power("on")
end
restart()
local function all(what, lost)
  for i, fleet in ipairs(fleets) do
    expect(fleet:count { registered = true, lost = "registration" }, models[i] .. ", " .. what):equals(0)
    expect(fleet:count { registered = true, lost = "common files" }, models[i] .. ", " .. what):equals(lost[i] and n or 0)
    expect(fleet:count { lost = "trust list" } + fleet:count { lost = "configuration" }, models[i]):equals(0)
  end
end
all("the central certificate nowhere", { true, true, true, true })

step("into CallManager-trust", function()
  east.east:upload("CallManager-trust", central.hq:certificate("CallManager"))
  restart()
end)
all("in CallManager-trust", { false, false, true, true })

step("a firewall between phones and the TFTP of East", function()
  for _, port in ipairs { "TFTP", "HTTP-files" } do east.east:block { port = port } end
  wait("31m")
end)
for i = 3, 4 do expect(fleets[i]:count { remedy = "add-ctl-tftp" }, "no option 150 helps " .. models[i]):equals(n) end
step("it is open again", function()
  for _, port in ipairs { "TFTP", "HTTP-files" } do east.east:open { port = port } end
  east:reset()
  settle()
end)

step("Cisco CTL Client: Add TFTP Server", function()
  east:add_ctl_tftp(second, central.hq:certificate("CallManager"))
  expect(refused(function() east:add_ctl_tftp(first, central.hq:certificate("CallManager")) end))
    :contains("has this TFTP server already")
  restart()
end)
all("in the CTL, but the central TFTP gives the one before", { false, false, true, true })
for i = 3, 4 do expect(fleets[i]:count { remedy = "restart-services" }, models[i]):equals(n) end
step("half an hour later", function()
  wait("31m")
  restart()
end)
all("in the CTL", {})
step("out of the trust store, and the client once more", function()
  east.east:delete("CallManager-trust", central.hq:certificate("CallManager"))
  east:ctl_client("update", first)
  wait("31m")
  restart()
end)
all("by the CTL alone", {})
