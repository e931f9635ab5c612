-- HQ: a small cluster as it was found, made by tests/unit/site_maker.h
start("2025-01-06 06:00")

local hq = cluster { name = "HQ", version = "12.5(1)SU4", domain = "example.com",
                     nodes = { "cucm-pub", "cucm-sub1" } }
found {
  cluster = hq,
  files = "cluster",
  mixed_mode = false,
  parameters = { rollback = false },
  backup = "none",
  nodes = {
    ["cucm-pub"] = {
      address = "10.1.1.10",
      own = {
        ["CallManager"] = "1423a5b1c29692c5f6f3dd115204b4b286f09b30714b2c1f0825ab52a718c7ad",
        ["CallManager-ECDSA"] = "95fdf757086e1d6fddf5cf69b0b2d3ab4ea28e45c230d11bbb7db0a9660b0cef",
        ["TVS"] = "b1533c5e90e73da64311beb6acbd0f9e6daa303231f5f18fcf09c97ba177b36b",
        ["CAPF"] = "c5d9410080ffcdfa6e475934a854d2ed027f5acce83516e7f76547d86af0e6ea",
        ["tomcat"] = "7f47164ba269f03e52ba76fc2fa96c6e31faf66638d978da73c65f3d05aacbca",
        ["tomcat-ECDSA"] = "183072333614bc7ad4a978cbe3c84cc1b11c950a53c5aa7d4eb75a9a3f296190",
        ["ITLRecovery"] = "67553349bf3568a275779c700c37681c0f6c069d04c6e9f696aa521c725576c0",
        ["ipsec"] = "719a7e6a66690fec42aabe749bfacb18e15737487b5ba8e33d09f7c5627fdb21",
      },
      itl = "0e0b2a00b210bc1a02559436be98dc6b11d397018b850085e7acd5ddc38f34d0",
      replication = 2,
    },
    ["cucm-sub1"] = {
      address = "10.1.1.11",
      own = {
        ["CallManager"] = "b8557110e1c3fa192839b0d658de4fa5c5ade97395a810d38ac3146a3b90a275",
        ["CallManager-ECDSA"] = "83848af61fc0c2d7234d4d8ce794a41dabb8c2ae8eb143a3e44584267de66e9e",
        ["TVS"] = "02be919c60939802b35d3467429b7e51abe11541e61cb668bd3e5d298538e9db",
        ["CAPF"] = "fde2ff484c22cc0e6cd61a598f300aa5eccd67e3616c0a7276fd6a139a3df7d6",
        ["tomcat"] = "d24980d70ae0e45babd8f571875d044e22de1f8f3772f2f22b40f04dd3ee9faf",
        ["tomcat-ECDSA"] = "b0befadfa7680ee3eafcb541e8bb92a72371f91b66eddd3b9365802a1146be5f",
        ["ipsec"] = "3901e60bf89f6f66d1820944ff07952bee8bec519c33b24119e7590e9ec5a683",
      },
      itl = "156366a43511f1cfdc74dfc9648237e43753e0b7aa2accf7590983d843d388f9",
      replication = 2,
      runs = { TVS = "11229a33bbf992f3812f6f8b02ad084234cb78678a79f85c73222ca2e6dec092" },
      services = { ["Cisco CTIManager"] = "stopped" },
      since = { ["Cisco CTIManager"] = "2026-09-01 10:00" },
    },
  },
}
hq:group("CMG-1", { "cucm-sub1", "cucm-pub" })
hq:pool("DP-HQ", "CMG-1")
list { cluster = hq, name = "itl-1", file = "ITL",
       sha1 = "0123456789abcdef0123456789abcdef01234567",
       records = { "TVS cucm-pub.example.com", "TVS cucm-sub1.example.com",
                   "CCM+TFTP cucm-pub.example.com" } }
hq:phones { file = "cluster.phones.csv" }
