-- The certificate of TVS expires: HTTPS services stop, and so does the next change of the signer
-- why: A phone that needs TVS connects by TLS. Whether it looks at the date of the certificate there
--   no trace shows; Cisco's list of impacts says that phones authenticate neither HTTPS services nor
--   files then. What a phone finds in its own lists needs no TVS.
-- expected: All phones stay registered, and a reset costs nothing: the signer is known. Directories
--   ends in "Host Not Found". CallManager regenerated now, on 9.1, is a trap: the new signer is
--   known to TVS alone, and the TVS that phones have in their list has expired; nothing but hands
--   helps. TVS regenerated first, with a reset behind it, is the way. On 12.5 the ITL has another
--   signer, and both orders work. With the knob dates_of_tvs=0 nothing is lost on either.
-- versions: all
-- source: Cisco technote 214231, impact by certificate store (TVS.pem), and its order of renewal
-- confidence: documented; that no phone looks at the date (0) is the reading of its traces
start("2031-01-01 06:00")
local day = "2026-01-06 06:00"
local old = cluster { name = "OLD", version = "9.1", nodes = { "pub" }, installed = day }
local new = cluster { name = "NEW", version = "12.5", nodes = { "pub2" }, installed = day }
local n = param("phones", 100)
local looks = param("dates_of_tvs", 1)
local trap, safe = old:phones { count = n, model = "7965" }, new:phones { count = n, model = "8845" }
local none = old:phones { count = n, model = "7960" } -- has no ITL, asks no TVS
knob("dates_of_tvs", looks)
local nodes = { old.pub, new.pub2 }
settle()
step("regenerate tomcat in time", function()
  for _, node in ipairs(nodes) do node:regenerate("tomcat") node:restart("Cisco Tomcat") end
end)
settle()

step("TVS expires", function() wait("10d") end)
for _, fleet in ipairs { trap, safe } do
  expect(fleet:count { registered = true }):equals(n)
  expect(fleet:count { lost = "secure services" }):equals(looks * n)
end
expect(none:count { lost = false }):equals(n)

step("reset", function() old:reset() new:reset() end)
settle()
for _, fleet in ipairs { trap, safe } do
  expect(fleet:count { registered = true, itl_status = "Match", config = "signed" }):equals(n)
end

step("regenerate CallManager before TVS", function()
  for _, node in ipairs(nodes) do node:regenerate("CallManager") node:restart("Cisco Tftp") end
  wait("1m")
  old:reset()
  new:reset()
end)
settle()
expect(trap:count { lost = "trust list" }):equals(looks * n)
expect(trap:count { needs_hands = true }):equals(looks * n)
expect(safe:count { itl_status = "Match", config = "signed" }, "its own ITL knows the signer"):equals(n)

step("regenerate TVS", function()
  for _, node in ipairs(nodes) do
    node:regenerate("TVS")
    node:restart("Cisco Trust Verification Service")
  end
  wait("1m")
  for _, node in ipairs(nodes) do node:restart("Cisco Tftp") end
  wait("1m")
  old:reset()
  new:reset()
end)
settle()
expect(safe:count { lost = false }):equals(n)
expect(trap:count { needs_hands = true }, "too late"):equals(looks * n)
expect(none:count { lost = false }):equals(n)
