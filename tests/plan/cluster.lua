-- HQ: a typical cluster, CUCM 9.1, 2 subscribers beside the publisher, 300 phones
-- Nothing of it was found anywhere: change what is different with you.
-- A change for it: cucmlab plan cluster.lua --change renew:all -o page.html
local hq = cluster { name = "HQ", version = "9.1", domain = "example.com",
                     nodes = { "cucm-pub", "cucm-sub1", "cucm-sub2" } }

-- Sites: a CallManager group and a device pool each
hq:group("CMG-1", { "cucm-sub1", "cucm-sub2" })
hq:pool("DP-Site1", "CMG-1")
hq:group("CMG-2", { "cucm-sub2", "cucm-sub1" })
hq:pool("DP-Site2", "CMG-2")
hq:group("CMG-3", { "cucm-sub1", "cucm-sub2" })
hq:pool("DP-Site3", "CMG-3")

-- Phones
hq:phones { count = 40, model = "7945", pool = "DP-Site1" }
hq:phones { count = 45, model = "7965", pool = "DP-Site1" }
hq:phones { count = 15, model = "7937", pool = "DP-Site1" }
hq:phones { count = 40, model = "7945", pool = "DP-Site2" }
hq:phones { count = 45, model = "7965", pool = "DP-Site2" }
hq:phones { count = 15, model = "7937", pool = "DP-Site2" }
hq:phones { count = 40, model = "7945", pool = "DP-Site3" }
hq:phones { count = 45, model = "7965", pool = "DP-Site3" }
hq:phones { count = 15, model = "7937", pool = "DP-Site3" }
return hq
