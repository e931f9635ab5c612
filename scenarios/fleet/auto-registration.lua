-- Auto-registration: phones that nobody entered, by XMLDefault.cnf.xml, until the numbers are used up
-- why: A new phone finds no file of its own and takes XMLDefault.cnf.xml. CallManager makes a row in the
--   database for it and a directory number, and it comes again for the configuration that it has now. In mixed
--   mode that did not work before 11.5.
-- expected: Off, which is the standard: the phones hold the ITL by first trust and XMLDefault.cnf.xml, and
--   register nowhere. On: as many as there are numbers register, and have a configuration of their own after
--   the reset that follows. In mixed mode 10.5(2) registers none of them, 11.5 all but 8941 and 8945.
-- versions: all
-- source: System Guide 9.1 (off by default, the range, off in mixed mode); technote 200716 (11.5 in mixed mode,
--   which models); 79xx guides (XMLDefault.cnf.xml)
-- confidence: documented; that the phone is reset at once is inferred
local n = param("phones", 100)
local function site(name, version)
  local cl = cluster { name = name, version = version, nodes = { "pub", "sub" } }
  return cl, cl:phones { count = n, model = "8861", database = false }
end

local hq, fleet = site("HQ", "9.1")
settle()
expect(fleet:count { registered = true }):equals(0)
expect(fleet:count { itl_by = "first trust", config = "signed", lost = "registration" }):equals(n)
expect(fleet:count { pool = "Default" }, "in no database"):equals(0)
step("HQ: on, one number too few", function()
  hq:set("auto_registration_first", 2000)
  hq:set("auto_registration_last", 2000 + n - 2)
  hq:set("auto_registration", true)
end)
settle()
expect(fleet:count { registered = true, lost = false, pool = "Default" }):equals(n - 1)
expect(fleet:count { registered = false }, "no number is left"):equals(1)
step("HQ: one number more", function() hq:set("auto_registration_last", 2000 + n - 1) end)
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)
step("HQ: off again", function()
  hq:set("auto_registration", false)
  hq:reset()
end)
settle()
expect(fleet:count { registered = true, lost = false }, "they are in the database now"):equals(n)

for _, row in ipairs { { "Old", "10.5(2)", 0 }, { "New", "11.5", n } } do
  local cl, phones = site(row[1], row[2])
  local others = cl:phones { count = n, model = "8945", database = false }
  step(row[1] .. ": mixed mode, then auto-registration", function()
    cl:ctl("mixed-mode")
    for _, node in ipairs(cl.nodes) do node:restart("TFTP", "CallManager") end
    cl:set("auto_registration", true)
  end)
  settle()
  expect(phones:count { registered = true }, row[2]):equals(row[3])
  expect(others:count { registered = true }, "8945"):equals(0)
  expect(others:count { remedy = "insert-phones" }, "8945"):equals(n)
  cl:set("auto_registration", false)
end
