-- TVS and CallManager regenerated on the publisher while database replication is stopped on the subscriber
-- why: A subscriber that does not hear of new certificates goes on with the database of before: its TVS vouches for
--   none of them, and its TFTP lists the old ones. It looks healthy, and its phones lose nothing meanwhile.
-- expected: Phones that get their files from the publisher and ask both TVS lose nothing, for the publisher's TVS
--   answers. Phones that ask the subscriber's alone, behind a group of one, and get their files from the publisher
--   are told by it that the new signer is unknown: they keep their old lists and configuration. In the cluster where
--   replication runs the same steps cost nobody anything. Replication reset and a reset of the phones bring
--   everything back.
-- versions: 8.0 to 11.5; here 9.1
-- source: CLI reference, utils dbreplication stop and reset; technote 200396 (replication stopped until it is reset)
-- confidence: documented that nothing replicates; what TVS and TFTP do with that inferred
local n = param("phones", 60)
local function site(name)
  local cluster = cluster { name = name, version = "9.1", nodes = { name .. "-pub", name .. "-sub" } }
  local pub, sub = cluster.nodes[1], cluster.nodes[2]
  cluster:group("both", { pub, sub })
  cluster:group("sub alone", { sub })
  cluster:pool("Main", "both")
  cluster:pool("Branch", "sub alone")
  local main = cluster:phones { count = n, model = "8845", pool = "Main" }
  local branch = cluster:phones { count = n, model = "8845", pool = "Branch" }
  return { cluster = cluster, pub = pub, sub = sub, main = main, branch = branch }
end
local stopped, running = site("Stopped"), site("Running")
settle()

step("stop replication", function()
  stopped.sub:dbreplication("stop")
  settle()
end)
expect(stopped.main:count { lost = true } + stopped.branch:count { lost = true }, "nobody notices"):equals(0)

step("regenerate CallManager on the publisher", function()
  for _, s in ipairs { stopped, running } do
    s.pub:regenerate("CallManager")
    s.pub:restart("CallManager")
  end
  settle()
  for _, s in ipairs { stopped, running } do
    for _, node in ipairs(s.cluster.nodes) do node:restart("TVS", "TFTP") end
  end
  settle()
  for _, s in ipairs { stopped, running } do s.cluster:reset() end
  settle()
end)
expect(running.main:count { itl_status = "Match", lost = false }):equals(n)
expect(running.branch:count { itl_status = "Match", lost = false }):equals(n)
expect(stopped.main:count { itl_status = "Match", lost = false }, "the publisher's TVS knows"):equals(n)
expect(stopped.branch:count { registered = true, lost = "trust list" }, "the subscriber's does not"):equals(n)
expect(stopped.branch:count { lost = "configuration" }):equals(n)
expect(stopped.branch:count { remedy = "reset-replication" }):equals(n)

step("reset replication", function()
  stopped.sub:dbreplication("reset")
  for _, node in ipairs(stopped.cluster.nodes) do node:restart("TFTP") end
  settle()
  stopped.cluster:reset()
  settle()
end)
expect(stopped.branch:count { itl_status = "Match", lost = false }):equals(n)
expect(stopped.main:count { itl_status = "Match", lost = false }):equals(n)
