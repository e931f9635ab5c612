-- A subscriber installed anew, with and without a restore
-- why: Its CallManager and TVS are new. Phones whose group is that node alone have nobody who vouches.
-- expected: 11.5: phones with the publisher in their group take the new list through its TVS; phones that
--   know the subscriber alone need hands. A restore from the backup brings those back too. 12.5: the list
--   is signed by the publisher's ITLRecovery, so that nobody needs anything.
-- versions: all
-- source: rules of technotes 116232 and 214231
-- confidence: inferred
local phones = param("phones", 100)
local function run(name, version)
  local hq = cluster { name = name, version = version, nodes = { "p" .. name, "s" .. name } }
  local sub = hq.nodes[2]
  hq:group("both", { sub, hq.nodes[1] })
  hq:group("alone", { sub })
  hq:pool("both", "both")
  hq:pool("alone", "alone")
  local both = hq:phones { count = phones, model = "8845", pool = "both" }
  local alone = hq:phones { count = both:count(), model = "8845", pool = "alone" }
  both:move { tftp = sub }
  alone:move { tftp = sub }
  settle()
  both:reset()
  alone:reset()
  settle()
  step(name .. ": installed anew", function()
    hq:backup()
    sub:rebuild()
  end)
  settle()
  step(name .. ": reset", function() hq:reset() end)
  settle()
  return hq, both, alone
end
local hq, both, alone = run("Old", "11.5")
expect(both:count { lost = true }):equals(0)
expect(alone:count { lost = "trust list" }):equals(alone:count())
step("Old: restore", function() hq.nodes[2]:restore() end)
settle()
step("Old: reset again", function() hq:reset() end)
settle()
expect(alone:count { lost = true }, "restored"):equals(0)
expect(both:count { lost = true }):equals(0)
local _, both12, alone12 = run("New", "12.5")
expect(both12:count { lost = true } + alone12:count { lost = true }):equals(0)
expect(alone12:count { itl_by = "ITL" }):equals(alone12:count())
