-- 6970 and 69: phones that ask by HTTP go on by TFTP, and with both closed keep what they have
-- why: 78xx and 88xx ask for files at TCP 6970 and then at UDP 69; 79xx know 69 alone. A firewall that
--   drops 6970 makes boots slow, and one that drops 69 too is noticed when a setting never arrives.
-- expected: 6970 closed: nobody loses anything, dropped or rejected. 69 closed: 79xx lose configuration and
--   trust list at the next boot and register with what they hold. 88xx have both by 6970; but what
--   HTTP does not have they ask by TFTP, and in a cluster that is not in mixed mode that is the CTL: no
--   answer, and "Trust List update failed". Both closed: 88xx lose the configuration as well. A phone
--   that never booted before holds nothing, and does not register.
-- versions: all
-- source: Cisco technote 214535 (HTTP, then TFTP; observed on a 7821); TCP and UDP port usage guide
-- confidence: observed; a firewall inferred
local n = param("phones", 100)
local cl = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
local tftp = cl:phones { count = n, model = "7965" }
local http = cl:phones { count = n, model = "8845" }
settle()
local function boot(what) step(what, function() cl:reset() end) settle() end
for _, rejects in ipairs { false, true } do
  cl.pub:block { port = 6970, rejects = rejects }
  boot(rejects and "6970 rejected" or "6970 dropped")
  for _, fleet in ipairs { tftp, http } do
    expect(fleet:count { registered = true, lost = false, config = "signed" }):equals(n)
  end
end
cl.pub:open { port = 6970 }
cl.pub:block { port = 69 }
boot("69 dropped")
expect(http:count { registered = true, itl_status = "Match", config = "signed" }):equals(n)
expect(http:count { lost = "configuration" }):equals(0)
expect(http:count { lost = "trust list" }, "the CTL that there is none of"):equals(n)
expect(tftp:count { registered = true, lost = "configuration" }):equals(n)
cl.pub:block { port = 6970 }
boot("both dropped")
for _, fleet in ipairs { tftp, http } do
  expect(fleet:count { registered = true, lost = "trust list" }):equals(n)
  expect(fleet:count { remedy = "open-port" }):equals(n)
end
local new = cl:phones { count = n, model = "8845" }
settle()
expect(new:count { registered = false }, "out of the box"):equals(n)
expect(new:count { remedy = "open-port" }):equals(n)
step("open both", function() for _, port in ipairs { 69, 6970 } do cl.pub:open { port = port } end cl:reset() end)
settle()
for _, fleet in ipairs { tftp, http, new } do
  expect(fleet:count { registered = true, lost = false }):equals(n)
end
