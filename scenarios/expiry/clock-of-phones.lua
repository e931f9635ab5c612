-- Phones with a wrong clock: everything is expired for them, or not valid yet
-- why: A phone judges dates by its own clock. It has the time from an NTP reference, or from its
--   CallManager when it registers; a wrong reference, or none and a dead battery, is a year too
--   early or too late.
-- expected: Phones whose clock is right lose nothing. Years behind or ahead, a phone that is not
--   secure registers and opens no HTTPS service; a secure one refuses the certificate of CallManager
--   at its next connection. A 7940 looks at no certificate. A clock two hours behind does no harm
--   but to what is newer than two hours: Tomcat, regenerated, is not valid yet for it, and is after
--   those two hours. The clock set right brings everything back, and no hands are needed.
-- versions: all
-- source: Cisco Administration Guide, Phone NTP Reference (a SIP phone has its date from there, else
--   from the answer to its REGISTER); technote 214231 on certificates that are not within their time
-- confidence: where the time is from documented, what a phone does with it by the knobs dates_of_...
start("2027-03-01 06:00")
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" }, installed = "2026-01-06 06:00" }
local n = param("phones", 100)
hq:ctl("mixed-mode")
local function fleets(model, security)
  local of = {}
  for _, clock in ipairs { "right", "early", "late", "hours" } do
    of[clock] = hq:phones { count = n, model = model, security = security, lsc = security ~= nil }
  end
  return of
end
local all = { fleets("8845"), fleets("7965"), fleets("8861", "encrypted") }
local plain = hq:phones { count = n, model = "7940" }
settle()
step("clocks go wrong", function()
  for _, of in ipairs(all) do
    of.early:clock { behind = "3650d" }
    of.late:clock { ahead = "3650d" }
    of.hours:clock { behind = "2h" }
  end
  plain:clock { behind = "3650d" }
end)
settle()
for i, of in ipairs(all) do
  for _, fleet in ipairs { of.early, of.late } do
    expect(fleet:count { registered = true }, "connected already"):equals(n)
    expect(fleet:count { lost = "secure services" }):equals(n)
  end
  expect(of.hours:count { lost = false }):equals(n)
end
step("reset", function() hq:reset() end)
settle()
for i, of in ipairs(all) do
  for _, fleet in ipairs { of.early, of.late } do
    expect(fleet:count { registered = true }):equals(i == 3 and 0 or n)
    expect(fleet:count { lost = "trust list" }, "signatures have no date"):equals(0)
    expect(fleet:count { needs_hands = true }):equals(0)
  end
  for _, fleet in ipairs { of.right, of.hours } do expect(fleet:count { lost = false }):equals(n) end
end
expect(plain:count { lost = false }):equals(n)

step("clocks are set right", function()
  for _, of in ipairs(all) do of.early:clock {} of.late:clock {} end
end)
settle()
for _, of in ipairs(all) do
  for _, fleet in ipairs { of.early, of.late } do expect(fleet:count { lost = false, registered = true }):equals(n) end
end

step("regenerate tomcat", function() hq.pub:regenerate("tomcat") hq.pub:restart("Cisco Tomcat") end)
settle()
for _, of in ipairs(all) do
  expect(of.right:count { lost = false }):equals(n)
  expect(of.hours:count { lost = "secure services" }, "it begins an hour before it was made"):equals(n)
end
step("two hours later", function() wait("2h") end)
for _, of in ipairs(all) do expect(of.hours:count { lost = false }):equals(n) end
