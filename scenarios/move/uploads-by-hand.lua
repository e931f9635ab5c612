-- Certificates uploaded by hand before a move from 9.1 to 12.5: which one, and into which store
-- why: Phone-SAST-trust is what TVS calls good for signing lists, CallManager-trust for files. From
--   12.0 on ITLRecovery signs the lists, CallManager the files.
-- expected: With CallManager alone, in both stores, the new ITL is refused and the configuration taken.
--   With ITLRecovery in CallManager-trust alone it is the same: that store makes no signer of lists.
--   With ITLRecovery in Phone-SAST-trust the list is taken, and the files with it. Before 12.0
--   (11.5) CallManager in Phone-SAST-trust is all that it takes. By hand it is one way: back, the new
--   TVS knows nobody of the old cluster.
-- versions: from 8.0 on, to 12.0 on; to 11.5 beside it
-- source: Cisco technote 213407 (roles in the trace of TVS); insecurewi.re, a move from 8.6 and 9.1 to
--   12.5, which failed until ITLRecovery was there
-- confidence: roles observed; the outcome documented in part (with it, and without), store by store
--   inferred
local n = param("phones", 60)

-- The phones, moved once what is named lies in the stores.
local function moved(name, version, uploads)
  local old = cluster { name = "Old" .. name, version = "9.1", nodes = { "oldpub", "oldsub" } }
  local new = cluster { name = "New" .. name, version = version, nodes = { "newpub" } }
  local fleet = old:phones { count = n, model = "7965" }
  settle()
  step(name .. ": uploads", function()
    for _, upload in ipairs(uploads) do
      old.oldpub:upload(upload[1], new.newpub:certificate(upload[2]))
    end
    for _, node in ipairs(old.nodes) do node:restart("TVS") end
  end)
  settle()
  step(name .. ": option 150", function()
    fleet:insert { cluster = new }
    fleet:move { tftp = new.newpub }
    fleet:reset()
  end)
  settle()
  return fleet, old
end

local fleet = moved("A", "12.5", { { "CallManager-trust", "CallManager" }, { "Phone-SAST-trust", "CallManager" } })
expect(fleet:count { lost = "trust list" }, "CallManager alone"):equals(n)
expect(fleet:count { lost = "configuration" }):equals(0)
expect(fleet:count { registered = true }):equals(n)

fleet = moved("B", "12.5", { { "CallManager-trust", "CallManager" }, { "CallManager-trust", "ITLRecovery" } })
expect(fleet:count { lost = "trust list" }, "ITLRecovery in CallManager-trust"):equals(n)
expect(fleet:count { lost = "configuration" }):equals(0)

local old
fleet, old = moved("C", "12.5", { { "Phone-SAST-trust", "ITLRecovery" } })
expect(fleet:count { registered = true, lost = false }, "ITLRecovery in Phone-SAST-trust"):equals(n)
expect(fleet:count { itl_by = "TVS" }):equals(n)

step("C: back", function()
  fleet:move { tftp = old.oldpub }
  fleet:reset()
end)
settle()
expect(fleet:count { lost = "trust list" }, "one way"):equals(n)
expect(fleet:count { needs_hands = true }):equals(0)

fleet = moved("D", "11.5", { { "Phone-SAST-trust", "CallManager" } })
expect(fleet:count { registered = true, lost = false }, "to 11.5"):equals(n)
