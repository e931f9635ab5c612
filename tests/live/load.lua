-- A cluster in mixed mode with secure phones that have no LSC, for load over TLS.
local hq = cluster { name = "HQ", version = "15SU2", nodes = { "pub" } }
hq:ctl("mixed-mode")
hq.pub:restart("TFTP", "CallManager")
settle()
hq:phones { count = 6, model = "8861", security = "authenticated" }
settle()
