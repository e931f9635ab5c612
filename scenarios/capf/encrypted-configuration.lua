-- Encrypted configurations are under the key of an LSC, or of a MIC: what becomes of them with the LSC
-- why: TFTP encrypts a configuration to the certificate that the database has on record for the phone.
--   Where the phone has another one it cannot read it. The short signed file beside it, which is in
--   clear, names CAPF for that reason.
-- expected: Phones that get, renew or give up their LSC through CAPF read their configuration behind
--   that in the same boot: row and phone change together. A database that is restored from before the
--   LSCs were installed does not know of them: it encrypts to the MIC, the phone reads with its LSC, and
--   loses its configuration, not its registration. Install/Upgrade, of which the short file tells it,
--   brings it back.
-- versions: all (run on 12.5)
-- source: Security Guide 14, encrypted phone configuration files (documented: MIC or LSC); docs/FORMATS.md
--   section 3 for the short file
-- confidence: documented; that the phone goes to CAPF before it asks for the encrypted file is inferred
--   from what the short one holds
local n = param("phones", 40)
local hq = cluster { name = "HQ", version = "12.5", nodes = { "pub" } }
hq:ctl("mixed-mode")
local own = hq:phones { count = n, model = "8845", security = "encrypted", encrypted = true }
hq:reset()
settle()
expect(own:count { config = "encrypted", certificate = "MIC", lost = false }):equals(n)

for _, what in ipairs { "install", "install again", "delete" } do
  step(what, function()
    if what == "delete" then own:delete_lsc {} else own:install_lsc {} end
    hq:reset()
  end)
  settle()
  expect(own:count { config = "encrypted", lost = false, registered = true }):equals(n)
  expect(own:count { certificate = what == "delete" and "MIC" or "LSC" }):equals(n)
end

step("backup, then LSCs", function() hq:backup() own:install_lsc {} hq:reset() end)
settle()
expect(own:count { config = "encrypted", lost = false, certificate = "LSC" }):equals(n)

step("restore", function() hq.pub:restore() end)
settle()
hq:reset()
settle()
expect(own:count { lost = "configuration", registered = true, certificate = "LSC" }, "it is under the MIC now"):equals(n)
expect(own:count { remedy = "install-lsc" }):equals(n)

step("install the LSC anew", function() own:install_lsc {} hq:reset() end)
settle()
expect(own:count { config = "encrypted", lost = false, registered = true, certificate = "LSC" }):equals(n)
