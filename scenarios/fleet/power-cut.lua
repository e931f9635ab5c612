-- A power cut: all phones boot at once, and Maximum Serving Count says who is served
-- why: Cisco Tftp serves so many transfers at a time (Maximum Serving Count, 500 by default) and refuses whoever
--   comes beyond that. The day on which a campus has its power back is the one on which that number counts;
--   the guides recommend 1500 and more for dedicated servers.
-- expected: Everybody is back without hands, whatever the number: a phone that is not served goes on with what it
--   holds, and registers. With the standard of 500 nobody loses anything. With a number far too small (1, so that
--   it shows with a thousand phones) a part boots without new lists and configuration; power given back site by
--   site, spread over an hour, they have them again.
-- versions: all
-- source: upgrade guides (Maximum Serving Count: 500; 1500, 3000 and more recommended)
-- confidence: the parameter documented, what a phone does that is not served assumed
local n = param("phones", 1000)
local function site(name, serving)
  local cl = cluster { name = name, version = "11.5", nodes = { name .. "-pub" } }
  cl:set("max_serving", serving)
  return cl:phones { count = n, model = "7965" }
end
local few, many = site("Small", 1), site("Standard", 500)
few:power("off")
settle()
few:power("on", "1h")
settle()
for _, phones in ipairs { few, many } do expect(phones:count { registered = true, lost = false }):equals(n) end
step("power cut, and power again for all at once", function()
  for _, phones in ipairs { few, many } do phones:power("off") end
  wait("10m")
  for _, phones in ipairs { few, many } do phones:power("on") end
end)
settle()
for _, phones in ipairs { few, many } do
  expect(phones:count { registered = true }):equals(n)
  expect(phones:count { needs_hands = true }):equals(0)
end
expect(many:count { lost = false }, "500"):equals(n)
expect(few:count { lost = "trust list" }, "1"):at_least(n >= 500 and n // 20 or 0)
step("another one, and power again spread over an hour", function()
  few:power("off")
  wait("10m")
  few:power("on", "1h")
end)
settle()
expect(few:count { registered = true, lost = false }):equals(n)
