-- TCP 8443 closed towards one site: secured services stop there, plain ones and calls do not
-- why: Directories and Services are HTTPS on 8443, and plain HTTP on 8080 where the secured URLs are taken away.
--   Nothing else of a phone uses the port, so that only who presses the key sees the firewall.
-- expected: Phones at the branch stay registered with lists and configuration as they were; Directories fails, of
--   a dropped packet after half a minute, of a rejected one at once. A 7940, and phones whose URLs are plain, go
--   on by 8080; that closed stops them too. Open again, the next press opens the page; no reset is needed.
-- versions: all
-- source: TCP and UDP port usage guide; Security Guide 14, Default Security (HTTPS services)
-- confidence: documented; a firewall inferred
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub", "sub" } }
local here = hq:phones { count = n, model = "8845" }
local branch = hq:phones { count = n, model = "8845" }
local plain = hq:phones { count = n, model = "8845" }
local old = hq:phones { count = n, model = "7940" }
for _, phones in ipairs { branch, plain, old } do phones:site("Branch") end
plain:set("urls", "http")
settle()
plain:reset()
settle()
local function press()
  for _, phones in ipairs { here, branch, plain, old } do phones:press("Directories") end
  settle()
end
for _, rejects in ipairs { false, true } do
  step("close 8443, " .. (rejects and "rejected" or "dropped"), function()
    for _, node in ipairs(hq.nodes) do node:block { port = "8443", site = "Branch", rejects = rejects } end
    press()
  end)
  expect(here:count { lost = false }):equals(n)
  expect(branch:count { registered = true, lost = "secure services" }):equals(n)
  expect(branch:count { lost = "trust list" } + branch:count { lost = "configuration" }):equals(0)
  expect(branch:count { remedy = "open-port" }):equals(n)
  expect(plain:count { lost = false }):equals(n)
  expect(old:count { lost = false }):equals(n)
  step("open 8443", function()
    for _, node in ipairs(hq.nodes) do node:open { port = "8443", site = "Branch" } end
    press()
  end)
  expect(branch:count { lost = false }):equals(n)
end
