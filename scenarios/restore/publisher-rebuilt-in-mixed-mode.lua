-- A publisher in mixed mode installed anew without a backup: tokens are the backup that nobody thinks of
-- why: All keys of the node are new and the cluster is out of mixed mode. What phones hold is a CTL: by tokens
--   it has signers that no disk took along, without tokens those were on the disk.
-- expected: One node, 9.1 by tokens: phones refuse everything; the client run again with a token of before makes
--   a CTL that phones take by their CTL, and all else by that: nobody needs hands, whatever the model. 12.5
--   without tokens: in mixed mode again or not, no list is taken, secure phones do not register, and all need hands;
--   7960 and Jabber as well, for they hold a CTL. The key of ITLRecovery, where it was saved, signs the ITL.
-- versions: tokens 8.0 to 14SU2, without 10.0 on
-- source: Cisco technote 116232 (lost keys are another cluster); Security Guide 9.1, CTL client; technote 118893
-- confidence: inferred from documented rules
local n = param("phones", 40)
local function fleets(cl, sip)
  return { cl:phones { count = n, model = sip, security = "encrypted" }, cl:phones { count = n, model = "7965" },
           cl:phones { count = n, model = "Jabber" } }
end
local first, second = token { name = "SAST-ADN0054f509" }, token { name = "SAST-ADN008580ef" }
local tokens = cluster { name = "Tokens", version = "9.1", nodes = { "t1" } }
local bare = cluster { name = "Bare", version = "12.5", nodes = { "b1" } }
tokens:ctl_client("mixed-mode", first, second)
bare:ctl("mixed-mode")
local function restart_and_reset(cl)
  cl.nodes[1]:restart("TVS", "TFTP", "CallManager")
  settle()
  cl:reset()
  settle()
end
local by_token, without = fleets(tokens, "8945"), fleets(bare, "8845")
restart_and_reset(tokens)
restart_and_reset(bare)
for _, phones in ipairs(by_token) do expect(phones:count { registered = true, lost = false }):equals(n) end
for _, phones in ipairs(without) do expect(phones:count { registered = true, lost = false }):equals(n) end

step("the publisher's disk is lost", function()
  tokens.t1:rebuild()
  bare.b1:rebuild()
  settle()
  tokens:reset()
  bare:reset()
end)
settle()
for _, phones in ipairs { by_token[1], by_token[2], without[1], without[2] } do
  expect(phones:count { lost = "configuration" }):equals(n)
end
for _, phones in ipairs(by_token) do expect(phones:count { needs_hands = true }, "with a token"):equals(0) end

step("mixed mode again: the client with a token, utils ctl without", function()
  tokens:ctl_client("mixed-mode", first, second)
  bare:ctl("mixed-mode")
  restart_and_reset(tokens)
  restart_and_reset(bare)
end)
for i, phones in ipairs(by_token) do
  expect(phones:count { registered = true, lost = false, ctl_by = "CTL" }, "tokens " .. i):equals(n)
end
expect(without[1]:count { lost = "registration", needs_hands = true }, "8845, encrypted"):equals(n)
expect(without[2]:count { registered = true, lost = "trust list", needs_hands = true }, "7965"):equals(n)
expect(without[3]:count { lost = "trust list", needs_hands = true }, "Jabber"):equals(n)
