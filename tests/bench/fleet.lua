-- A fleet of 60,000 phones, 40 models in 400 pools, behind a change that was not finished.
local hq = cluster { name = "HQ", version = "12.5",
                     nodes = { "pub", "sub1", "sub2", "sub3", "sub4" } }
local models = {
  "7811", "7821", "7832", "7841", "7861", "7902", "7905", "7906", "7910", "7911",
  "7912", "7920", "7921", "7925", "7926", "7931", "7937", "7940", "7941", "7942",
  "7945", "7960", "7961", "7962", "7965", "7970", "7971", "7975", "7985", "8811",
  "8821", "8831", "8832", "8841", "8845", "8851", "8861", "8865", "8941", "8945",
}
for a = 1, 4 do
  for b = 1, 4 do
    hq:group("G" .. a .. b, { "sub" .. a, a == b and "pub" or "sub" .. b })
  end
end
for i = 1, 400 do
  hq:pool("Site " .. i, "G" .. i % 4 + 1 .. (i // 4) % 4 + 1)
end
local per = param("phones", 60000) // 400
for i = 1, 400 do
  for k = 0, 4 do
    hq:phones { count = math.max(per // 5, 1), model = models[(i * 5 + k) % 40 + 1],
                pool = "Site " .. i }:power("on")
  end
end
settle()
step("half of it", function()
  hq.pub:regenerate("ITLRecovery")
  for _, node in ipairs { hq.pub, hq.sub1, hq.sub2 } do
    node:regenerate("CallManager", "TVS", "tomcat")
    node:restart("Cisco Tftp", "Cisco Trust Verification Service", "Cisco Tomcat")
  end
  settle()
  hq:reset()
end)
settle()
