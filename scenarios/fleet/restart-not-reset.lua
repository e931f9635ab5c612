-- Phones are restarted where a reset was meant: another CallManager group reaches them, another option 150 does not
-- why: Restart has a phone read its configuration and register again without being shut down. What comes with the DHCP
--   lease, such as the TFTP server, it learns when it boots.
-- expected: A TFTP server is about to be retired: option 150 and the group name the other node, and phones are reset or
--   restarted. Both kinds register at the other node. When Cisco Tftp is deactivated on the old one, those that were
--   restarted still ask there and get no more files; a reset brings everything back, though nothing else is wrong.
-- versions: all; here 12.5
-- source: page Device Reset ("to restart a device without shutting it down, click the Restart button"); that a restart
--   asks no DHCP server is said of Unified CME
-- confidence: documented what Restart is; that the lease stays inferred
-- live = true
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
hq:group("main", { hq.pub, hq.sub })
hq:pool("main", "main")
local reset = hq:phones { count = n, model = "8845", pool = "main" }
local restarted = hq:phones { count = n, model = "8845", pool = "main" }
reset:move { tftp = hq.pub }
restarted:move { tftp = hq.pub }
settle()
hq:reset()
settle()

step("option 150 and group name sub", function()
  reset:move { tftp = hq.sub }
  restarted:move { tftp = hq.sub }
  hq:change_group { group = "main", members = { hq.sub, hq.pub } }
  reset:reset()
  restarted:restart()
  settle()
end)
expect(reset:count { registered = true, server = hq.sub, lost = false }):equals(n)
expect(restarted:count { registered = true, server = hq.sub, lost = false }):equals(n)

step("deactivate Cisco Tftp on pub", function()
  hq.pub:deactivate("Cisco Tftp")
  settle()
  reset:restart()
  restarted:restart()
  settle()
end)
expect(reset:count { registered = true, lost = false }):equals(n)
expect(restarted:count { registered = true, lost = "configuration" }):equals(n)
expect(restarted:count { lost = "trust list" }):equals(n)
expect(restarted:count { lost = "configuration", remedy = "boot" }, "a reset is enough"):equals(n)

step("reset", function()
  restarted:reset()
  settle()
end)
expect(restarted:count { registered = true, lost = false }):equals(n)
