-- Mixed mode without the export-controlled licence: refused, and what that means when CallManager changes
-- why: From 12.0 on the CLI takes a cluster into mixed mode, and updates its CTL, only where it is registered
--   with a token that allows export-controlled functionality.
-- expected: Both commands are refused in the product's words, out of mixed mode is not. A cluster that lost
--   the licence goes on; but behind a CallManager that was regenerated it cannot update its CTL, and its
--   secure phones stay without registration until it is licensed again. `utils ctl reset localkey`, of
--   which no source says that it is refused, would do as well. 11.5 does not ask.
-- versions: 12.0 on
-- source: CLI reference 12.5 (text of the refusal); Security Guide 12.5(1)SU1, CTL chapter
-- confidence: documented what is refused; the outcome for phones is inferred
local n = param("phones", 100)
local function set_licence(cluster, yes) cluster:set("export_controlled", yes) end
local old = cluster { name = "Old", version = "11.5", nodes = { "old" } }
set_licence(old, false)
old:ctl("mixed-mode")

local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
local secure = hq:phones { count = n, model = "8845", security = "encrypted", lsc = true }
local plain = hq:phones { count = n, model = "8845" }
set_licence(hq, false)
expect(refused(function() hq:ctl("mixed-mode") end), "without a licence")
  :contains("not registered to a Smart/Virtual Account with Allow export-controlled functionality")
set_licence(hq, true)
hq:ctl("mixed-mode")
hq.pub:restart("TFTP", "CallManager")
settle()
expect(secure:count { registered = true, lost = false }):equals(n)

step("the licence goes", function() set_licence(hq, false) hq:reset() settle() end)
expect(secure:count { registered = true, lost = false }, "what runs goes on"):equals(n)

step("CallManager regenerated", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("TFTP", "CallManager")
  settle()
  hq:reset()
  settle()
end)
expect(refused(function() hq:ctl("update") end), "update"):contains("export-controlled")
expect(secure:count { lost = "registration" }):equals(n)
expect(secure:count { remedy = "ctl-reset-localkey" }, "which no source says is refused"):equals(n)
expect(plain:count { lost = false, registered = true }):equals(n)

step("registered again, and the CTL updated", function()
  set_licence(hq, true)
  hq:ctl("update")
  hq.pub:restart("TFTP", "CallManager")
  settle()
  hq:reset()
  settle()
end)
expect(secure:count { registered = true, lost = false, ctl_by = "CTL" }):equals(n)
