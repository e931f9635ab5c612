-- Time to live of what TVS said: of each certificate in the database, and what a short one costs
-- why: A phone keeps an answer of TVS for as long as the certificate's row says (a day where nobody said
--   otherwise). Meanwhile it asks nobody, so that TVS may be down; and what was withdrawn is believed.
-- expected: With the standard of a day phones that opened Directories open it an hour after TVS stopped. With ten
--   minutes for the tomcat certificate they do not: "Host Not Found"; registration, list and configuration are
--   as they were. Started again, TVS vouches at the next press. Another certificate, that of CallManager, keeps its day.
-- versions: 8.0 on
-- source: AXL schema (timeToLive of a TVS certificate); Cisco technotes 116232 and 213407 (86,400 seconds)
-- confidence: documented that it is a field of each certificate; the rest observed
local n = param("phones", 100)
local function site(name, ttl)
  local cl = cluster { name = name, version = "11.5", nodes = { name .. "-pub" } }
  if ttl then cl:tvs_ttl(cl.nodes[1]:certificate("tomcat"), ttl) end
  return cl, cl:phones { count = n, model = "8845" }
end
local day, long = site("Day")
local short, brief = site("Short", "10m")
settle()
step("Directories", function() long:press("Directories") brief:press("Directories") end)
settle()
step("TVS stopped, an hour later", function()
  day.nodes[1]:stop("TVS")
  short.nodes[1]:stop("TVS")
  wait("1h")
  long:press("Directories")
  brief:press("Directories")
end)
settle()
expect(long:count { registered = true, lost = false }, "a day"):equals(n)
expect(brief:count { registered = true, lost = "secure services" }, "ten minutes"):equals(n)
expect(brief:count { lost = "trust list" } + brief:count { lost = "configuration" }):equals(0)
step("TVS started", function() short.nodes[1]:start("TVS") wait("1m") brief:press("Directories") end)
settle()
expect(brief:count { lost = false }):equals(n)
expect(long:count { lost = false }):equals(n)
step("the day is over too", function() wait("1d") long:press("Directories") end)
settle()
expect(long:count { lost = "secure services" }):equals(n)
