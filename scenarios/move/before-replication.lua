-- Moved in the moment between import and replication: the subscriber's TVS does not know yet
-- why: An import goes into the publisher's database. A subscriber sees it after replication; phones
--   whose CallManager group begins with the subscriber ask its TVS first, and that one's "unknown" is
--   an answer (next_tvs_on_unknown=0).
-- expected: Phones that are reset at once and ask the subscriber refuse the new lists; those that ask the
--   publisher first move. Once replication is over a reset is enough. With next_tvs_on_unknown=1 the
--   phone would ask the next TVS.
-- versions: 8.0 on
-- source: insecurewi.re, a move from 9.1 to 12.5 (do not rely on it that the subscribers have it); Cisco
--   technote 213407
-- confidence: documented that it may be so; the time that replication takes is assumed
--   (replication_us), whether a phone asks the next TVS too
local old = cluster { name = "Old", version = "9.1", nodes = { "oldpub", "oldsub" } }
local new = cluster { name = "New", version = "11.5", nodes = { "newpub" } }
local n = param("phones", 60)
old:group("sub first", { "oldsub", "oldpub" })
old:group("pub first", { "oldpub", "oldsub" })
old:pool("S", "sub first")
old:pool("P", "pub first")
old:set("replication_us", "10m")
local sub = old:phones { count = n, model = "7965", pool = "S" }
local pub = old:phones { count = n, model = "7965", pool = "P" }
settle()
step("exchange and move in one go", function()
  for _, cluster in ipairs { old, new } do cluster:bulk("sftp", "sftp:/move") cluster:bulk("export") end
  old:bulk("consolidate")
  for _, cluster in ipairs { old, new } do cluster:bulk("import") end
  for _, phones in ipairs { sub, pub } do
    phones:insert { cluster = new }
    phones:move { tftp = new.newpub }
    phones:reset()
  end
end)
wait("5m")
expect(sub:count { lost = "trust list" }, "the subscriber does not know it"):equals(n)
expect(pub:count { registered = true, lost = false }):equals(n)
wait("10m")
settle()
step("reset", function() sub:power("off") sub:power("on") end)
settle()
expect(sub:count { registered = true, lost = false }):equals(n)
expect(sub:count { itl_by = "TVS" }):equals(n)
