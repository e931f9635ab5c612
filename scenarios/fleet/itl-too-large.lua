-- The largest cluster with the longest keys: its ITL does not load, and nobody registers
-- why: Every ITL holds the TVS certificates of all nodes. Security Guides warn of an ITL over 64 KB where a
--   cluster has more than 39 certificates; phones do not load it, and do not register.
-- expected: 21 nodes with keys of 2048 bits are well below that. With 4096 bits (66 KB and more) phones that are reset
--   cannot load the list and are out of service; shorter keys again bring them back. Were the CallManager
--   certificates of every TFTP node in each ITL, 21 nodes would have 69 certificates and be over it with
--   2048 bits already.
-- versions: 12.5 and later (TVS records hold whole certificates)
-- source: Security Guides 12.5 and 14 (39 certificates, 64 KB, registration fails); nine phones' pages (the
--   CallManager of one TFTP node in each ITL)
-- confidence: documented that the ITL does not load; which certificates it holds is observed, the parameter
--   itl_all_tftp has the other reading
local n = param("phones", 20)
local names = { "pub" }
for i = 1, 20 do names[#names + 1] = "sub" .. i end
local hq = cluster { name = "HQ", version = "12.5", nodes = names }
local fleet = hq:phones { count = n, model = "8845" }
settle()
expect(fleet:count { lost = false }, "keys of 2048 bits"):equals(n)

local function keys(name, type)
  step(name, function()
    for _, node in ipairs(hq.nodes) do
      node:generate("TVS", type)
      node:generate("CallManager", type)
    end
    hq.pub:generate("CAPF", type)
    settle()
    for _, node in ipairs(hq.nodes) do node:restart("TVS", "TFTP") end
    settle()
    fleet:power("off")
    fleet:power("on")
  end)
  settle()
end
keys("4096 bits for all", "RSA-4096")
expect(fleet:count { lost = "registration", itl_status = "Mismatch" }):equals(n)
expect(fleet:count { remedy = "generate" }, "shorter keys"):equals(n)
keys("2048 bits again", "RSA-2048")
expect(fleet:count { registered = true, lost = false, itl_status = "Match" }):equals(n)

step("CallManager of every TFTP node in each ITL", function()
  hq:set("itl_all_tftp", true)
  for _, node in ipairs { hq.nodes[1], hq.nodes[2] } do node:restart("TFTP") end
  settle()
  fleet:reset()
end)
settle()
expect(fleet:count { lost = "registration" }):equals(n)
step("as it was", function()
  hq:set("itl_all_tftp", false)
  for _, node in ipairs { hq.nodes[1], hq.nodes[2] } do node:restart("TFTP") end
  settle()
  fleet:reset() -- some registered while TFTP was starting, without a list
end)
settle()
expect(fleet:count { registered = true, lost = false }):equals(n)
