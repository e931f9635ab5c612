-- A site is cut off while certificates are regenerated one after the other: it missed the step between
-- why: The safe order (CallManager, all phones updated, then TVS) is safe for phones that are there. A site
--   whose WAN is down registers nowhere, and meets both changes at once when it is back.
-- expected: Phones elsewhere follow. At the branch, phones whose group has a node that was not touched come
--   back through its TVS; those whose group is the publisher alone register again, and need hands. A phone
--   without ITL comes back as it was.
-- versions: 8.0 to 11.5
-- source: Cisco technote 214231 (phones that are off need their ITL deleted by hand); technote 116232
-- confidence: documented for phones that are off; a site that is cut off inferred from it
local n = param("phones", 100)
local cl = cluster { name = "HQ", version = "9.1", nodes = { "pub", "sub" } }
pool { name = "Publisher only", group = { "pub" } }
pool { name = "Both", group = { "pub", "sub" } }
local hq = cl:phones { count = n, model = "7965", pool = "Publisher only" }
local alone = cl:phones { count = n, model = "7965", pool = "Publisher only" }
local paired = cl:phones { count = n, model = "8845", pool = "Both" }
local none = cl:phones { count = n, model = "7940", pool = "Both" }
for _, fleet in ipairs { alone, paired, none } do fleet:site("Branch") end
settle()
step("the WAN of the branch is down", function() cl:link { site = "Branch", down = true } end)
settle()
for _, fleet in ipairs { alone, paired, none } do expect(fleet:count { registered = true }):equals(0) end
for _, own in ipairs { "CallManager", "TVS" } do
  step("regenerate " .. own, function()
    cl.pub:regenerate(own)
    cl.pub:restart("Cisco Tftp", "Cisco Trust Verification Service")
    settle()
    cl:reset()
  end)
  settle()
  wait("1h")
end
expect(hq:count { registered = true, itl_status = "Match", lost = false }):equals(n)
expect(alone:count { needs_hands = true }, "nobody tells yet who will be back by himself"):equals(n)

step("it is back", function() cl:link { site = "Branch" } end)
settle()
expect(paired:count { registered = true, itl_by = "TVS", itl_status = "Match", lost = false }):equals(n)
expect(none:count { registered = true, lost = false }):equals(n)
expect(alone:count { registered = true, lost = "trust list", needs_hands = true }):equals(n)
expect(hq:count { lost = false }):equals(n)
