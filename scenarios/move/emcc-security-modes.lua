-- EMCC by the security modes of phone and clusters: the five rows of the guide
-- why: A secure phone needs a home cluster in mixed mode; a phone that is not secure logs in without
--   security anywhere.
-- expected: Secure phone, both clusters mixed: it logs in and registers by TLS, with its MIC. Non-secure
--   phone, both mixed; non-secure phone, home mixed alone; nothing mixed: it logs in and registers
--   without. Secure phone, home not mixed: login fails.
-- versions: 9.x on
-- source: Feature Configuration Guide 15, "Supported Security Modes"
-- confidence: documented; that an LSC of the visited CAPF has to be known at home inferred
local n = param("phones", 40)
local function new(name, node, is_mixed)
  local it = cluster { name = name, version = "12.5", nodes = { node } }
  if is_mixed then
    it:ctl("mixed-mode")
    it.nodes[1]:restart("TFTP", "Cisco CallManager")
  end
  return it
end
local home, plain_home = new("Home", "home", true), new("PlainHome", "phome", false)
local visited, plain_visited = new("Visited", "vis", true), new("PlainVisited", "pvis", false)
local all = { home, plain_home, visited, plain_visited }
settle()
-- Home, visited cluster, security of the phone.
local rows = { { home, visited, "encrypted" }, { home, visited }, { home, plain_visited },
               { plain_home, plain_visited } }
for _, row in ipairs(rows) do row.fleet = row[2]:phones { count = n, model = "8861", security = row[3] } end
local refused_one = visited:phones { count = n, model = "8861", security = "authenticated" }
settle()
step("exchange of all four", function()
  for _, cluster in ipairs(all) do cluster:bulk("sftp", "sftp:/emcc") cluster:bulk("export") end
  home:bulk("consolidate")
  for _, cluster in ipairs(all) do
    cluster:bulk("import")
    cluster.nodes[1]:restart("TVS")
  end
end)
settle()
for i, row in ipairs(rows) do
  step("login " .. i, function() row.fleet:emcc("login", { cluster = row[1] }) end)
  settle()
  expect(row.fleet:count { server = row[1].nodes[1], lost = false }, "row " .. i):equals(n)
end
step("login 5", function()
  expect(refused(function() refused_one:emcc("login", { cluster = plain_home }) end))
    :contains("the phone is secure and the cluster is not in mixed mode")
end)
