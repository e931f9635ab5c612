-- A tomcat certificate that CallManager reuses is renewed: in mixed mode that is a change of CallManager
-- why: Who renews tomcat expects no more than new certificates on web pages. Once it is reused
--   it is CallManager's certificate too, and the page has no other that could be renewed for it.
-- expected: Where CallManager follows (reuse_follows_tomcat=1), phones take the new ITL from their own
--   and lose nothing unless they are secure: those know no such CallManager until the CTL is
--   updated. Where it does not follow (0), nobody notices, and CallManager's certificate
--   expires with the old tomcat until it is reused again.
-- versions: 14 on
-- source: Cisco technotes 221070 (reuse; CTL update after it) and 214231 (CallManager renewed in mixed mode)
-- confidence: documented that a reused certificate is CallManager's and what another CallManager does; that it
--   follows a renewed tomcat is assumed, both values are run
local n = param("phones", 60)
local ca = authority { name = "Example CA" }
local function renew(hq)
  local pub = hq.nodes[1]
  pub:csr("tomcat", "multi-server")
  pub:install("tomcat", ca:sign { node = pub, certificate = "tomcat" })
  settle()
  for _, node in ipairs(hq.nodes) do node:restart("Tomcat", "HAProxy") end
  settle()
end

for i, follows in ipairs { true, false } do
  local hq = cluster { name = "HQ" .. i, version = "14SU3", nodes = { "pub" .. i, "sub" .. i } }
  hq:set("reuse_follows_tomcat", follows)
  hq:ctl("mixed-mode")
  local secure = hq:phones { count = n, model = "8865", security = "encrypted" }
  local plain = hq:phones { count = n, model = "8845" }
  settle()
  local pub, sub = hq.nodes[1], hq.nodes[2]
  step("reuse " .. i, function()
    pub:upload("tomcat-trust", ca)
    renew(hq)
    hq:reuse_certificate()
    settle()
    hq:ctl("update")
  end)
  settle()
  hq:reset()
  settle()
  for _, fleet in ipairs { secure, plain } do
    expect(fleet:count { registered = true, lost = false }, "reused"):equals(n)
  end
  local before = sub:certificate("CallManager")

  step("tomcat renewed " .. i, function() renew(hq) hq:reset() end)
  settle()
  expect(sub:certificate("CallManager") == sub:certificate("tomcat"), "CallManager has it"):equals(follows)
  expect(sub:certificate("CallManager") == before, "CallManager has the one before"):equals(not follows)
  expect(secure:count { lost = "registration" }):equals(follows and n or 0)
  expect(secure:count { needs_hands = true }):equals(0)
  expect(plain:count { registered = true, lost = false, itl_status = "Match" }):equals(n)

  step(follows and "CTL update" or "reused again", function()
    if not follows then hq:reuse_certificate() settle() end
    hq:ctl("update")
  end)
  settle()
  secure:where { registered = false }:unplug()
  hq:reset()
  settle()
  for _, fleet in ipairs { secure, plain } do
    expect(fleet:count { registered = true, lost = false }, "in the end"):equals(n)
  end
end
