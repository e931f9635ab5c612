-- ITLRecovery regenerated in mixed mode: by the guide with `utils ctl reset localkey`, and by the short form
-- why: From 12.0 on ITLRecovery signs the CTL, and CallManager is the second SAST in it. `utils ctl reset
--   localkey` makes the CTL anew, with the new ITLRecovery in it, and signs with CallManager; the next update
--   signs with ITLRecovery again. `utils ctl update CTLFile` at once signs with an ITLRecovery that no CTL of a
--   phone names: TVS knows it, but 7960 and Jabber ask none.
-- expected: By the guide all phones take both lists by their own CTL, 7960 and Jabber too. By the short form
--   phones with an ITL take the new CTL through TVS; 7960 and Jabber refuse it and go on with theirs, until
--   `utils ctl reset localkey` comes after all: the search names it, and all are back.
-- versions: 12.0 on
-- source: Security Guide 14, Certificates (guide); Cisco technote 214231 (short form), CLI reference 12.5;
--   technote 118893 (who asks no TVS)
-- confidence: the guide's way is documented; what the short form leaves is inferred
-- live = true
local n = param("phones", 60)
local models = { "8845", "7965", "7960", "Jabber" }
local function restart(hq, ...)
  for _, node in ipairs(hq.nodes) do node:restart(...) end
  settle()
  hq:reset()
  settle()
end
local function build(name)
  local hq, fleets = cluster { name = name, version = "12.5", nodes = { name .. "-pub", name .. "-sub" } }, {}
  hq:ctl("mixed-mode")
  for i, model in ipairs(models) do
    fleets[i] = hq:phones { count = n, model = model, security = "authenticated", lsc = true }
  end
  restart(hq, "TFTP", "CallManager")
  return hq, fleets
end
local function all(fleets, from, to, what, filters)
  for i = from, to do expect(fleets[i]:count(filters), what .. ": " .. models[i]):equals(n) end
end

local guide, fleets = build("guide")
step("guide: regenerated, ctl reset localkey, reset", function()
  guide.nodes[1]:regenerate("ITLRecovery")
  settle()
  guide:ctl("reset localkey")
  guide:reset()
  settle()
end)
all(fleets, 1, 4, "guide, first round", { registered = true, lost = false, ctl_by = "CTL" })
step("guide: ctl update, reset", function() guide:ctl("update") restart(guide, "TFTP") end)
all(fleets, 1, 4, "guide, second round", { registered = true, lost = false, ctl_by = "CTL" })

local short, phones = build("short")
step("short form: regenerated, ctl update, TVS and TFTP", function()
  short.nodes[1]:regenerate("ITLRecovery")
  settle()
  short:ctl("update")
  restart(short, "TVS", "TFTP")
end)
all(phones, 1, 2, "short form", { registered = true, lost = false, ctl_by = "TVS", itl_by = "CTL" })
all(phones, 3, 4, "short form", { registered = true, lost = "trust list", remedy = "ctl-reset-localkey" })
step("ctl reset localkey after all", function() short:ctl("reset localkey") short:reset() settle() end)
all(phones, 1, 4, "localkey after all", { registered = true, lost = false })
