-- A node is shut down while another regenerates CallManager and TVS: what its phones have when it is back
-- why: A node without power answers nothing at all, so phones wait for it instead of being refused. Phones ask the
--   TVS of their CallManager group alone, and resets reach those that are registered.
-- expected: Phones of both nodes lose nothing: each reset finds the other certificate as it was. Those whose group
--   has the subscriber alone register at the publisher as their last resort, which resets them too: the new
--   signer is in no list, and their only TVS is without power. They keep list and configuration of before until the
--   node is switched on, which is the way that is found.
-- versions: 8.0 on; here 11.5
-- source: CLI reference, utils system shutdown; the rest follows from the rules of trust
-- confidence: inferred
local n = param("phones", 60)
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
hq:group("sub alone", { hq.sub })
hq:pool("Branch", "sub alone")
local both = hq:phones { count = n, model = "8845" }
local alone = hq:phones { count = n, model = "8845", pool = "Branch" }
settle()
step("shut down sub", function()
  hq.sub:shut_down()
  settle()
end)
expect(both:count { registered = true, server = hq.pub }):equals(n)
expect(alone:count { lost = "registration", remedy = "switch-on" }):equals(n)
step("regenerate on pub", function()
  for _, own in ipairs { "CallManager", "TVS" } do
    hq.pub:regenerate(own)
    hq.pub:restart("TVS", "TFTP", "CallManager")
    settle()
    hq:reset()
    settle()
  end
end)
expect(both:count { registered = true, itl_status = "Match", lost = false }):equals(n)
expect(alone:count { registered = true, lost = "trust list", remedy = "switch-on" }):equals(n)
step("switch on sub", function()
  hq.sub:switch_on()
  settle()
  hq:reset()
  settle()
end)
expect(both:count { registered = true, itl_status = "Match", lost = false }):equals(n)
expect(alone:count { registered = true, itl_status = "Match", lost = false }):equals(n)
