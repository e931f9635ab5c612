-- A restore from a backup that is older than the new CallManager certificate, TVS unchanged
-- why: The restored node signs with a key that the phones' lists no longer hold. One text says every phone
--   must be unlocked by hand then; the rules say that TVS, which is still the one that the phones know,
--   has the old certificate in its database again.
-- expected: 8.x to 11.5: every phone takes the restored ITL through TVS. 12.0 on: from its own, for
--   ITLRecovery is the same.
-- versions: all
-- source: Security Guide 14 ("manually unlock each phone") against the rules of technote 116232
-- confidence: inferred, against one document
local phones = param("phones", 200)
local function run(version, by)
  local hq = cluster { name = "V" .. version:gsub("[^%d]", ""), version = version,
                       nodes = { "pub", "sub" } }
  local fleet = hq:phones { count = phones, model = "8845" }
  settle()
  step(version .. ": backup", function() hq:backup() end)
  step(version .. ": CallManager of the publisher", function()
    hq.pub:regenerate("CallManager")
    hq.pub:restart("TVS", "TFTP", "CallManager")
    settle()
    hq:reset()
  end)
  settle()
  expect(fleet:count { lost = true }):equals(0)
  step(version .. ": restore", function() hq.pub:restore() end)
  settle()
  step(version .. ": reset", function() hq:reset() end)
  settle()
  expect(fleet:count { itl_by = by }, version):equals(fleet:count())
  expect(fleet:count { lost = true }):equals(0)
end
run("8.6", "TVS")
run("12.5", "ITL")
