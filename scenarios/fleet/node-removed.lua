-- A subscriber is deleted from the cluster while phones are registered there
-- why: Old servers are switched off at the end of a migration. What a group still names cannot be deleted;
--   whoever gets round that leaves phones with addresses at which nobody answers.
-- expected: Deleting is refused until no CallManager group names the node. Done in that order nobody loses
--   anything. Where it is not refused (groups_lose_nodes), phones with a second server go there at once,
--   but ask the deleted node for Directories until they are reset; the group that had nobody else is empty,
--   and its phones are out of service until another node is put into it. With the knob
--   register_at_tftp_valid they register at their TFTP server as a last resort.
-- versions: all
-- source: Administration Guide, dependency records; technote 118699 (Directories at the first server)
-- confidence: inferred: no source read says what becomes of groups, and none has phones with a valid
--   configuration register at their TFTP server
local n = param("phones", 100)
local function site(name)
  local cl = cluster { name = name, version = "12.5", nodes = { "pub", "old" } }
  cl:group("both", { "old", "pub" })
  cl:group("alone", { "old" })
  cl:pool("both", "both")
  cl:pool("alone", "alone")
  return cl, cl:phones { count = n, model = "8845", pool = "both" },
    cl:phones { count = n, model = "8845", pool = "alone" }
end

local hq, both, alone = site("HQ")
settle()
expect(both:count { server = hq.old }):equals(n)
step("HQ: in order", function()
  expect(refused(function() hq.old:remove() end))
    :contains("old cannot be deleted, the CallManager group \"Default\" names it")
  for _, group in ipairs { "Default", "both", "alone" } do
    hq:change_group { group = group, members = hq.pub }
  end
  both:move { tftp = hq.pub }
  alone:move { tftp = hq.pub }
  hq:reset()
  settle()
  hq.old:remove()
end)
settle()
expect(both:count { lost = false, server = hq.pub }):equals(n)
expect(alone:count { lost = false, server = hq.pub }):equals(n)
step("HQ: the next ITL, without its TVS", function()
  hq.pub:restart("TFTP")
  settle()
  hq:reset()
end)
settle()
expect(both:count { lost = false, itl_by = "ITL", itl_status = "Match" }):equals(n)

local lab, two, one = site("Lab")
settle()
step("Lab: deleted all the same", function()
  lab:set("groups_lose_nodes", true)
  lab.old:remove()
end)
settle()
expect(two:count { registered = true, server = lab.pub }, "failed over"):equals(n)
expect(two:count { lost = "secure services" }, "Directories at the node that is gone"):equals(n)
expect(two:count { remedy = "boot" }):equals(n)
expect(one:count { lost = "registration" }):equals(n)
step("Lab: reset", function()
  two:reset()
  one:power("off")
  one:power("on")
end)
settle()
expect(two:count { lost = false, server = lab.pub }):equals(n)
expect(one:count { registered = true }, "an empty group"):equals(0)
expect(one:count { remedy = "change-group" }):equals(n)
step("Lab: the last resort of phones with a configuration too", function()
  knob("register_at_tftp_valid", true)
end)
settle()
expect(one:count { server = lab.pub }, "its TFTP server"):equals(n)
