-- First boot: phones without any trust list take the ITL that they find
-- why: Where trust begins. A phone that holds neither CTL nor ITL installs the first list it is
--   offered without a check; whoever serves it is trusted from then on.
-- expected: Every phone installs the ITL by first trust, is configured and registers. From then on
--   it asks for the signed configuration, and at its next boot its own ITL vouches for every file.
-- versions: 8.0 and later
-- source: Cisco technote 116232 (Security By Default and ITL Operation and Troubleshooting)
-- confidence: documented
-- live = true
local hq = cluster { name = "HQ", version = "8.6", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 1000), model = "7965" }

expect(fleet:count { itl_by = "none" }):equals(fleet:count())

step("first boot")
settle()
expect(fleet:count { registered = true }):equals(fleet:count())
expect(fleet:count { itl_by = "first trust" }):equals(fleet:count())
expect(fleet:count { itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { ctl_by = "none" }, "non-secure mode: there is no CTL"):equals(fleet:count())

step("reset the phones", function() fleet:reset() end)
settle()
expect(fleet:count { config = "signed" }):equals(fleet:count())
expect(fleet:count { registered = true, lost = false }):equals(fleet:count())
expect(fleet:count { itl_by = "first trust" }, "the ITL is the first one still")
  :equals(fleet:count())
