-- The ports of CallManager, one by one: who speaks what, and who was registered already
-- why: SCCP phones register at TCP 2000, by TLS at 2443; SIP phones at 5060, by TLS at 5061. A firewall that
--   was written for the one kind of phone stops the other, and not before the next boot.
-- expected: The rule itself costs nobody anything. After a reset the phones whose port is closed on every node
--   of their group are out of service, all others are not. Where one node is open they register there.
-- versions: 10.0 on (tokenless CTL)
-- source: TCP and UDP port usage guide
-- confidence: documented; that open connections go on is assumed
local n = param("phones", 100)
local cl = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local nodes = { cl.pub, cl.sub }
cl:ctl("mixed-mode")
for _, node in ipairs(nodes) do node:restart("Cisco Tftp") node:restart("Cisco CallManager") end
wait("1m")
local by = {
  SCCP = cl:phones { count = n, model = "7965" },
  ["SCCP-TLS"] = cl:phones { count = n, model = "7965", security = "authenticated" },
  SIP = cl:phones { count = n, model = "8845" },
  ["SIP-TLS"] = cl:phones { count = n, model = "8845", security = "encrypted" },
}
for _, fleet in pairs(by) do fleet:site("Branch") end
settle()
for port, fleet in pairs(by) do
  step("close " .. port, function()
    for _, node in ipairs(nodes) do node:block { port = port, site = "Branch" } end
  end)
  settle()
  expect(fleet:count { registered = true }, "connected already"):equals(n)
  step("reset", function() cl:reset() end)
  settle()
  for other, phones in pairs(by) do
    expect(phones:count { registered = other ~= port }, port .. " closed, " .. other):equals(n)
  end
  expect(fleet:count { remedy = "open-port" }):equals(n)
  step("open it on one node", function() cl.sub:open { port = port, site = "Branch" } end)
  settle()
  expect(fleet:count { server = "HQ/sub" }):equals(n)
  step("and on the other", function() cl.pub:open { port = port, site = "Branch" } wait("10m") end)
  settle()
  expect(fleet:count { server = "HQ/pub", lost = false }):equals(n)
end
