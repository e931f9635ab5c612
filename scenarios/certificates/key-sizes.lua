-- CallManager with 4096 bits, and why not with 3072
-- why: Longer keys make longer lists and signatures; some phones fail to register where CallManager
--   has more than 2048 bits. No source has the modulus code that a list signed with 3072 bits would
--   have, so that certificate is refused, unless a parameter names a code.
-- expected: 4096 bits: phones take the new ITL through TVS on 11.5, and again when it is regenerated, which keeps
--   the length, unless the node is installed anew. 3072 bits: refused, with the reason;
--   with the parameter it is done. TVS and CAPF sign no list: 3072 bits are taken there, and CallManager-ECDSA
--   has its three lengths; each is another record of the ITL, which phones take by their own.
-- versions: 8.0 on
-- source: Security Guide 14, Certificates (key lengths; Regenerate: "the same key length"); wire format: modulus codes 0 to 3
-- confidence: documented; that old phones fail with 4096 bits is not simulated, no list of models exists
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub" } }
local fleet = hq:phones { count = param("phones", 300), model = "8845" }
settle()

step("3072 bits", function()
  expect(refused(function() hq.pub:generate("CallManager", "RSA-3072") end))
    :contains("no source has the modulus code of 3072 bits")
  expect(refused(function() hq.pub:generate("CallManager", "EC-384") end))
    :contains("CallManager has no key of type EC-384")
end)
step("4096 bits for ten years", function()
  hq.pub:generate("CallManager", "RSA-4096", 10)
  hq.pub:restart("TFTP", "TVS")
end)
settle()
step("reset", function() fleet:reset() end)
settle()
expect(fleet:count { itl_by = "TVS", itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { lost = true }):equals(0)

step("regenerated", function()
  hq.pub:regenerate("CallManager")
  expect(hq.pub:certificate("CallManager").key, "the same length"):equals("RSA-4096")
  expect(hq.pub:certificate("TVS").key):equals("RSA-2048")
  hq.pub:restart("TFTP", "TVS")
end)
settle()
step("reset after it", function() fleet:reset() end)
settle()
expect(fleet:count { itl_by = "TVS", itl_status = "Match", lost = false }):equals(fleet:count())

step("3072 bits with an assumed code", function()
  hq:set("modulus_code_3072", 4)
  hq.pub:generate("CallManager", "RSA-3072")
  hq.pub:restart("TFTP", "TVS")
end)
settle()
step("reset again", function() fleet:reset() end)
settle()
expect(fleet:count { itl_status = "Match" }):equals(fleet:count())
expect(fleet:count { lost = true }):equals(0)

step("what signs no list", function()
  for _, type in ipairs { "EC-256", "EC-384", "EC-521" } do hq.pub:generate("CallManager-ECDSA", type) end
  expect(refused(function() hq.pub:generate("CallManager-ECDSA", "RSA-2048") end))
    :contains("CallManager-ECDSA has no key of type RSA-2048")
  hq.pub:generate("CAPF", "RSA-3072", 20)
  hq.pub:generate("TVS", "RSA-3072", 1)
  for kind, years in pairs { CAPF = 20, TVS = 1 } do
    local own = hq.pub:certificate(kind)
    expect(tonumber(own.to:sub(1, 4)) - tonumber(own.from:sub(1, 4)), kind):equals(years)
  end
  hq.pub:restart("TFTP", "TVS")
end)
settle()
step("reset once more", function() fleet:reset() end)
settle()
expect(fleet:count { itl_by = "ITL", itl_status = "Match", lost = false }):equals(fleet:count())
