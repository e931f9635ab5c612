-- set web-security: the node has another organisation, and Tomcat a new certificate at once
-- why: The command changes what stands behind the common name in the subjects of a node's
--   certificates. It regenerates tomcat there and then; any other certificate has the new
--   organisation when it is made next.
-- expected: Until Tomcat is restarted it shows the old certificate, which the database does not hold
--   any more: TVS does not vouch for it, and who presses Directories reads "Host Not Found". After
--   the restart the page opens. CallManager and TVS are as they were; a phone compares whole names, so that a CallManager that is regenerated later is another one,
--   as after any renewal: TVS vouches for it.
-- versions: all
-- source: Cisco technote 115957 (the command, and that it regenerates tomcat)
-- confidence: documented; that other certificates wait for their next renewal, and what TVS says of
--   the old one, is inferred
local hq = cluster { name = "HQ", version = "11.5", nodes = { "pub", "sub" } }
local fleet = hq:phones { count = param("phones", 200), model = "8845" }
settle()

step("another organisation", function()
  expect(refused(function() hq.pub:web_security("Voice Team") end)):contains("OU=...")
  hq.pub:web_security("OU=Voice Team;O=Example;L=Delft;ST=ZH;C=NL")
end)
settle()
fleet:press("Directories")
settle()
expect(fleet:count { lost = "secure services" }, "Tomcat shows the old one"):equals(fleet:count())

step("restart Tomcat", function() hq.pub:restart("Cisco Tomcat") end)
settle()
fleet:press("Directories")
settle()
expect(fleet:count { lost = true }, "TVS vouches for the new one"):equals(0)
expect(fleet:count { itl_by = "first trust" }, "no list has changed"):equals(fleet:count())

step("regenerate CallManager", function()
  hq.pub:regenerate("CallManager")
  hq.pub:restart("Cisco Tftp", "Cisco CallManager")
end)
settle()
step("reset", function() fleet:reset() end)
settle()
expect(fleet:count { itl_by = "TVS" }, "another signer"):equals(fleet:count())
expect(fleet:count { lost = true }):equals(0)
