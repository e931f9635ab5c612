-- Old phones with HTTPS URLs of their own behind `set tls min-version 1.2`
-- why: A phone's page can have its own Secure Directory, Services, Authentication and Information URL. Those win over
--   the enterprise parameters, which administrators look at first.
-- expected: A 7965 speaks TLS 1.0 alone, and has no secured pages behind the change. Plain URLs in the enterprise
--   parameters ("Secured Phone URL Parameters") bring Directories back to those that follow them, and not to those
--   with HTTPS URLs of their own: there these are set to HTTP, which hits no other phone. The way back that is named
--   for each is plain URLs in the one place or the other, before the minimum for everybody is lowered. A reset takes both to the
--   phones. An 8861 notices nothing of the minimum.
-- versions: `set tls min-version` is there from 11.5(1)SU3 on; here 14
-- source: Security Guide 14 (minimum TLS version, old phones); System Configuration Guides (secure URLs of a phone)
-- confidence: documented; that a 7965 ends at TLS 1.0 is observed
local n = param("phones", 100)
local hq = cluster { name = "HQ", version = "14", nodes = { "pub" } }
local own = hq:phones { count = n, model = "7965" }
local follow = hq:phones { count = n, model = "7965" }
local young = hq:phones { count = n, model = "8861" }
own:set("urls", "https")
settle()
local function press()
  settle()
  hq:reset()
  settle()
  for _, fleet in ipairs { own, follow, young } do fleet:press("Directories") end
  settle()
end
step("set tls min-version 1.2", function()
  hq:set("tls_min", "1.2")
  press()
end)
for _, fleet in ipairs { own, follow } do
  expect(fleet:count { registered = true, lost = "secure services" }):equals(n)
end
expect(own:count { remedy = "set-phones" }, "its own URLs"):equals(n)
expect(follow:count { remedy = "set-parameter" }, "those of the cluster"):equals(n)
step("plain URLs in the enterprise parameters", function()
  hq:set("https_services", false)
  press()
end)
expect(follow:count { registered = true, lost = false, urls = "http" }):equals(n)
expect(own:count { lost = "secure services", urls = "https" }, "they have URLs of their own"):equals(n)
step("plain URLs of the phones", function()
  own:set("urls", "http")
  press()
end)
for _, fleet in ipairs { own, follow, young } do
  expect(fleet:count { registered = true, lost = false }):equals(n)
end
