#include "phones/model.h"

#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* Sources.  Device types: the `typemodel` table of a CUCM 12.5 and Cisco's list of models for
 * RisPort (observed; the two agree).  Protocols: Cisco's matrix of devices for CTI (documented).
 * ITL and 64 KB: Security Guide 14 "Default Security" (documented); 7940 and 7960, Jabber and many
 * TelePresence without ITL and TVS: technote 118893 (documented).  Jabber holds a CTL in mixed
 * mode: technote 118893.  MIC: administration guides of the 69xx, 7906 to 7975 and the Security
 * Guide, which gives 7940 and 7960 an LSC alone (documented).  TLS 1.0 of 79xx and 99xx: they lose
 * their directories where a cluster asks for more (observed); 1.2 of 78xx, 88xx and CE: Cisco's
 * TLS 1.2 guide (documented); 1.3 of PhoneOS: Security Guide 15SU2 (documented).  HTTP first on
 * 78xx and 88xx: technote 214535 (observed on a 7821); TFTP on 79xx: technote 116232 (observed).
 * CTLFile.tlv never asked by a 7942 (observed), others assumed alike.  HTTPS for the directories
 * from 9.3(3) on 79xx: a traced phone (observed).  Keys: technote 116232 for 79xx, a case of an
 * 8945 for the others.  Keys sent over the network: Cisco's "IP Phone Services Application
 * Development Notes" and programs that use them on 79xx, 78xx and 88xx (documented). */

#define KB64 65535u
enum { D = DOCUMENTED, O = OBSERVED, I = INFERRED, A = ASSUMED };

/* In the order of enum model_fact. */
#define SURE(type, itl, ctl, mic, speaks, tls, https, fetch, limit, keys, minutes, remote, reset)  \
    .sure = { type, itl, ctl, mic, speaks, tls, https, fetch, limit, keys, minutes, remote, reset }
#define ANY_PROTOCOL    (SPEAKS(CNF_SCCP) | SPEAKS(CNF_SIP))
#define TRUST_LIST_KEYS "Settings > Security Configuration > Trust List, **# to unlock it, Erase"
#define RESET_KEYS      "Settings > Admin settings > Reset settings > Security settings"

/* A row sets its family's columns first and then its own. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* clang-format off */
#define OF_SIP .family = FAMILY_SIP, .transports = SPEAKS(CNF_SIP), .protocol = CNF_SIP, \
    .order = FETCH_TFTP, .tls = MODEL_TLS_1_2, .dialect = DIALECT_SECUREAPP, .itl_max = KB64, \
    .erase_minutes = 3, .reset_minutes = 6, SURE(O, I, I, I, D, A, A, A, A, A, A, A, A)
#define OF_SCCP OF_SIP, .family = FAMILY_SCCP, .transports = SPEAKS(CNF_SCCP), .protocol = CNF_SCCP, \
    .tls = MODEL_TLS_1_0, .dialect = DIALECT_SECD, SURE(O, A, A, A, D, A, A, A, A, A, A, A, A)
#define OF_3900 OF_SIP, .family = FAMILY_3900, .tls = MODEL_TLS_1_0, \
    SURE(O, A, A, A, D, A, A, A, A, A, A, A, A)
#define OF_7900 .family = FAMILY_7900, .ctl = true, .itl = true, .mic = true, .https = true, \
    .asks_itl_common = true, .transports = ANY_PROTOCOL, .protocol = CNF_SCCP, .order = FETCH_TFTP, \
    .tls = MODEL_TLS_1_0, .dialect = DIALECT_SECD, .itl_max = KB64, .erase_minutes = 3, \
    .reset_minutes = 6, .remote = true, .keys = TRUST_LIST_KEYS, SURE(O, D, D, D, D, O, O, O, D, D, A, D, A)
#define OF_7940 OF_7900, .family = FAMILY_7940, .itl = false, .mic = false, .https = false, \
    .asks_ctl_common = true, .asks_itl_common = false, .erase_minutes = 4, \
    .keys = "Settings > Security Configuration > CTL File, **# to unlock it, Erase", \
    SURE(O, D, D, D, D, A, I, A, A, I, A, D, A)
#define OF_7920 OF_7900, .family = FAMILY_7920, .transports = SPEAKS(CNF_SCCP), \
    SURE(O, A, I, I, D, A, A, A, A, A, A, A, A)
#define OF_6900 OF_7900, .family = FAMILY_6900, .dialect = DIALECT_89XX, .keys = RESET_KEYS, \
    SURE(O, I, D, D, D, A, I, A, D, A, A, A, A)
#define OF_7800 OF_7900, .family = FAMILY_7800, .transports = SPEAKS(CNF_SIP), .protocol = CNF_SIP, \
    .order = FETCH_HTTP_TFTP, .tls = MODEL_TLS_1_2, .dialect = DIALECT_SECUREAPP, \
    .mic_ca = MIC_CA_SHA2, .keys = RESET_KEYS, SURE(O, D, D, D, D, D, D, O, D, O, A, D, A)
#define OF_8800 OF_7800, .family = FAMILY_8800
#define OF_8821 OF_8800, .family = FAMILY_8821, SURE(O, I, I, I, D, D, I, A, D, A, A, A, A)
#define OF_8900 OF_7800, .family = FAMILY_8900, .tls = MODEL_TLS_1_0, .dialect = DIALECT_89XX, \
    .mic_ca = MIC_CA_1, \
    SURE(O, D, D, D, D, O, I, A, D, O, A, D, A)
#define OF_9800 OF_8800, .family = FAMILY_9800, .tls = MODEL_TLS_1_3, .keys = NULL, .remote = false, \
    SURE(O, I, I, I, D, D, I, A, D, A, A, A, A)
#define OF_840 OF_8821, .family = FAMILY_840, .keys = NULL, .remote = false, SURE(O, A, A, A, D, A, A, A, A, A, A, A, A)
#define OF_DX OF_8800, .family = FAMILY_DX, .tls = MODEL_TLS_1_0, .keys = NULL, .remote = false, \
    SURE(O, O, O, I, D, A, I, A, D, A, A, A, A)
#define OF_JABBER OF_SIP, .family = FAMILY_JABBER, .ctl = true, .order = FETCH_HTTP_TFTP, \
    .erase_minutes = 1, .keys = "Help > Reset Jabber", SURE(O, D, D, I, D, A, I, A, A, A, A, A, A)
#define OF_ROOM OF_8800, .family = FAMILY_ROOM, .by_web = true, .remote = false, \
    .keys = "web page of the device > Security > CUCM Certificates > Delete CTL/ITL", \
    SURE(O, I, I, A, D, D, I, A, D, A, A, A, A)
#define OF_TELEPRESENCE OF_ROOM, .family = FAMILY_TELEPRESENCE, .itl = false, .https = false, \
    .asks_itl_common = false, .tls = MODEL_TLS_1_0, .keys = NULL, \
    SURE(O, D, I, A, D, A, I, A, A, A, A, A, A)
#define OF_ATA OF_8800, .family = FAMILY_ATA, .tls = MODEL_TLS_1_0, .keys = NULL, .remote = false, \
    SURE(O, A, A, A, D, A, A, A, D, A, A, A, A)

#define FAMILY(of, title, products, pattern) [FAMILY_##of] = { OF_##of, .name = title, \
    .product = products, .patterns = pattern, .agent = "Cisco-CP" title }
/* "Cisco 7965", and a product by another name. */
#define PHONE(of, n, type, ...) { OF_##of, .name = n, .product = "Cisco " n, .device_type = type, \
    .agent = "Cisco-CP" n "/" RELEASE_##of, __VA_ARGS__ }
#define OTHER(of, n, title, type, ...) { OF_##of, .name = n, .product = title, \
    .device_type = type, .agent = "Cisco-CP" n "/" RELEASE_##of, __VA_ARGS__ }
/* With loads before 9.3(3) it opens the plain URLs. */
#define PHONE_7900(n, type) PHONE(7900, n, type), \
    PHONE(7900, n, type, .https = false, .before = { 9, 3, 3 })
#define UNKNOWN 0, .sure[FACT_TYPE] = ASSUMED

#define RELEASE_SIP "1.0"
#define RELEASE_SCCP "8.0"
#define RELEASE_3900 "9.4.1"
#define RELEASE_6900 "9.4.1"
#define RELEASE_7800 "12.1.1"
#define RELEASE_7940 "8.1.2"
#define RELEASE_7900 "9.4.2"
#define RELEASE_7920 "1.4.8"
#define RELEASE_8800 "12.1.1"
#define RELEASE_8821 "11.0.6"
#define RELEASE_8900 "9.4.2"
#define RELEASE_9800 "3.1.1"
#define RELEASE_840 "1.9.0"
#define RELEASE_DX "10.2.5"
#define RELEASE_JABBER "12.5"
#define RELEASE_ROOM "9.15"
#define RELEASE_TELEPRESENCE "7.3"
#define RELEASE_ATA "11.2.4"

const struct model model_table[] = {
    FAMILY(SIP, "SIP device", "SIP device", "Third-party *"),
    FAMILY(SCCP, "SCCP device", "SCCP device", NULL),
    FAMILY(3900, "39xx", "Cisco 3900 series", "Cisco 39##*"),
    FAMILY(6900, "69xx", "Cisco 6900 series", "Cisco 69##*"),
    FAMILY(7800, "78xx", "Cisco 7800 series", "Cisco 78##*|Cisco IP Phone 78##*"),
    FAMILY(7940, "79x0", "Cisco 7940 and 7960", NULL),
    FAMILY(7920, "792x", "Cisco 7920 series", "Cisco 792#*"),
    FAMILY(7900, "79xx", "Cisco 7900 series", "Cisco 79##*"),
    FAMILY(8821, "882x", "Cisco 8820 series", "Cisco 882#*"),
    FAMILY(9800, "98xx", "Cisco 9800 series",
           "Cisco 98##*|Cisco 887#*|Cisco Desk Phone 98##*|Cisco Video Phone 887#*"),
    FAMILY(8800, "88xx", "Cisco 8800 series", "Cisco 88##*|Cisco IP Phone 88##*"),
    FAMILY(8900, "89xx", "Cisco 8900 and 9900 series", "Cisco 89##*|Cisco 99##*"),
    FAMILY(840, "8xx", "Cisco 800 series",
           "Cisco 8##|Cisco 8##S|Cisco Wireless Phone 8##*|Cisco Webex Wireless Phone 8##*"),
    FAMILY(DX, "DX", "Cisco DX series", "Cisco DX*|Cisco Cius*"),
    FAMILY(JABBER, "soft client", "Cisco soft client",
           "Cisco Jabber*|Cisco Dual Mode*|Cisco Unified Client Services*|Cisco Webex VDI*"),
    FAMILY(ROOM, "Room", "Cisco Room series",
           "Cisco Webex *|Cisco Spark *|Cisco Room *|Cisco Board *|Cisco Desk *"),
    FAMILY(TELEPRESENCE, "TelePresence", "Cisco TelePresence series", "Cisco TelePresence *"),
    FAMILY(ATA, "ATA", "Cisco ATA series", "Cisco ATA *"),

    PHONE(3900, "3905", 592),
    PHONE(3900, "3911", 446),
    PHONE(3900, "3951", 412),

    PHONE(6900, "6901", 547),
    PHONE(6900, "6911", 548),
    PHONE(6900, "6921", 495),
    PHONE(6900, "6941", 496),
    PHONE(6900, "6945", 564),
    PHONE(6900, "6961", 497),

    PHONE(7800, "7811", 36213),
    PHONE(7800, "7821", 621),
    PHONE(7800, "7832", 36247),
    PHONE(7800, "7841", 622),
    PHONE(7800, "7861", 623),

    PHONE(7940, "7940", 8),
    PHONE(7940, "7960", 7),
    PHONE_7900("7906", 369),
    PHONE_7900("7911", 307),
    PHONE_7900("7931", 348),
    PHONE_7900("7941", 115),
    PHONE_7900("7941G-GE", 309),
    PHONE_7900("7942", 434),
    PHONE_7900("7945", 435),
    PHONE_7900("7961", 30018),
    PHONE_7900("7961G-GE", 308),
    PHONE_7900("7962", 404),
    PHONE_7900("7965", 436),
    PHONE_7900("7970", 30006),
    PHONE_7900("7971", 119),
    PHONE_7900("7975", 437),
    PHONE(7920, "7921", 365),
    PHONE(7920, "7925", 484),
    PHONE(7920, "7926", 577),

    PHONE(SCCP, "7902", 30008),
    PHONE(SCCP, "7905", 20000, .transports = ANY_PROTOCOL),
    PHONE(SCCP, "7910", 6),
    PHONE(SCCP, "7912", 30007, .transports = ANY_PROTOCOL),
    PHONE(SCCP, "7920", 30002),
    PHONE(SCCP, "7935", 9),
    PHONE(SCCP, "7936", 30019),
    PHONE(SCCP, "7937", 431),
    PHONE(SCCP, "7985", 302),
    PHONE(SCCP, "12 S", 4),
    PHONE(SCCP, "12 SP", 3),
    PHONE(SCCP, "12 SP+", 2),
    PHONE(SCCP, "30 SP+", 1),
    PHONE(SCCP, "30 VIP", 5),
    PHONE(SCCP, "ATA 186", 12, .also = "Cisco ATA 188"),
    OTHER(SCCP, "IP-STE", "IP-STE", 30035),

    PHONE(8800, "8811", 36217),
    PHONE(8800, "8811NS", 36339),
    PHONE(8800, "8841", 683),
    PHONE(8800, "8841NS", 36340),
    PHONE(8800, "8845", 36224),
    PHONE(8800, "8851", 684),
    PHONE(8800, "8851NR", 36232),
    PHONE(8800, "8851NS", 36338),
    PHONE(8800, "8861", 685),
    PHONE(8800, "8865", 36225),
    PHONE(8800, "8865NR", 36248),
    PHONE(8800, "8832", 36258),
    PHONE(8800, "8832NR", 36260),
    PHONE(8800, "8831", 659, .tls = MODEL_TLS_1_0, .sure[FACT_TLS] = ASSUMED),
    PHONE(8821, "8821", 36216),

    PHONE(8900, "8941", 586, .transports = ANY_PROTOCOL, .auto_not_mixed = true),
    PHONE(8900, "8945", 585, .transports = ANY_PROTOCOL, .order = FETCH_TFTP,
          .auto_not_mixed = true),
    PHONE(8900, "8961", 540),
    PHONE(8900, "9951", 537),
    PHONE(8900, "9971", 493),

    PHONE(9800, "9811", UNKNOWN),
    PHONE(9800, "9821", UNKNOWN),
    PHONE(9800, "9841", UNKNOWN),
    PHONE(9800, "9851", UNKNOWN),
    PHONE(9800, "9861", UNKNOWN),
    PHONE(9800, "9861NR", UNKNOWN),
    PHONE(9800, "9871", UNKNOWN),
    PHONE(9800, "9871NR", UNKNOWN),
    PHONE(9800, "8875", 36336),
    PHONE(9800, "8875NR", 36337),
    PHONE(840, "840", 36320, .also = "Cisco Webex Wireless Phone 840"),
    PHONE(840, "860", 36319, .also = "Cisco Webex Wireless Phone 860"),

    PHONE(DX, "DX70", 36043),
    PHONE(DX, "DX80", 36042),
    PHONE(DX, "DX650", 647),
    PHONE(DX, "Cius", 593),
    PHONE(DX, "Cius SP", 632),

    OTHER(JABBER, "Jabber", "Cisco Unified Client Services Framework", 503, .also = "Cisco Jabber"),
    OTHER(JABBER, "Jabber iPhone", "Cisco Dual Mode for iPhone", 562),
    OTHER(JABBER, "Jabber Android", "Cisco Dual Mode for Android", 575),
    OTHER(JABBER, "Jabber Tablet", "Cisco Jabber for Tablet", 652),
    OTHER(JABBER, "Webex VDI", "Cisco Webex VDI Svc Framework", 36302),
    OTHER(JABBER, "CUPC", "Cisco Unified Personal Communicator", 358, .ctl = false, .keys = NULL,
        .sure[FACT_CTL] = ASSUMED),
    OTHER(JABBER, "CUMC", "Cisco Unified Mobile Communicator", 468, .ctl = false, .keys = NULL,
        .sure[FACT_CTL] = ASSUMED),
    OTHER(JABBER, "CUC-RTX", "Cisco Unified Communications for RTX", 648, .ctl = false,
        .keys = NULL, .sure[FACT_CTL] = ASSUMED),
    OTHER(JABBER, "VXC 6215", "Cisco VXC 6215", 634),
    OTHER(JABBER, "CIPC", "Cisco IP Communicator", 30016, .transports = ANY_PROTOCOL,
        .protocol = CNF_SCCP, .order = FETCH_TFTP, .tls = MODEL_TLS_1_0, .dialect = DIALECT_SECD,
        .keys = "Preferences > Security > Trust List, Erase", .sure[FACT_ITL] = INFERRED,
        .sure[FACT_CTL] = OBSERVED),

    PHONE(ROOM, "Webex Room Kit", 36251, .also = "Cisco Spark Room Kit"),
    PHONE(ROOM, "Webex Room Kit Plus", 36255, .also = "Cisco Spark Room Kit Plus"),
    PHONE(ROOM, "Webex Room Kit Pro", 36292),
    PHONE(ROOM, "Webex Room Kit Mini", 36299),
    PHONE(ROOM, "Room Kit EQ", 36341),
    PHONE(ROOM, "Room Kit EQX", 36344),
    PHONE(ROOM, "Webex Room 55", 36254, .also = "Cisco Spark Room 55"),
    PHONE(ROOM, "Webex Room 55 Dual", 36295),
    PHONE(ROOM, "Webex Room 70 Single", 36259, .also = "Cisco Spark Room 70 Single"),
    PHONE(ROOM, "Webex Room 70 Dual", 36265, .also = "Cisco Spark Room 70 Dual"),
    PHONE(ROOM, "Webex Room 70 Single G2", 36296),
    PHONE(ROOM, "Webex Room 70 Dual G2", 36297),
    PHONE(ROOM, "Webex Room Panorama", 36308),
    PHONE(ROOM, "Webex Room 70 Panorama", 36309),
    PHONE(ROOM, "Webex Room Phone", 36312),
    PHONE(ROOM, "Webex Room Bar", 36335),
    PHONE(ROOM, "Room Bar Pro", 36343),
    PHONE(ROOM, "Webex Board 55", 36304),
    PHONE(ROOM, "Webex Board 70", 36305),
    PHONE(ROOM, "Webex Board 85", 36306),
    PHONE(ROOM, "Webex Board Pro 55", 36333),
    PHONE(ROOM, "Webex Board Pro 75", 36334),
    PHONE(ROOM, "Webex Desk Pro", 36307),
    PHONE(ROOM, "Webex Desk LE", 36322),
    PHONE(ROOM, "Webex Desk", 36324),
    PHONE(ROOM, "Webex Desk Mini", 36326),
    PHONE(ROOM, "Webex Desk Hub", 36327),
    PHONE(ROOM, "Webex DX80", 36239, .also = "Cisco TelePresence DX80"),
    PHONE(ROOM, "TelePresence DX70", 36241),
    OTHER(ROOM, "SX10", "Cisco TelePresence SX10", 682),
    OTHER(ROOM, "SX20", "Cisco TelePresence SX20", 626),
    OTHER(ROOM, "SX80", "Cisco TelePresence SX80", 688),
    OTHER(ROOM, "MX200 G2", "Cisco TelePresence MX200 G2", 689),
    OTHER(ROOM, "MX300 G2", "Cisco TelePresence MX300 G2", 690),
    OTHER(ROOM, "MX700", "Cisco TelePresence MX700", 36207),
    OTHER(ROOM, "MX800", "Cisco TelePresence MX800", 36208),
    OTHER(ROOM, "MX800 Dual", "Cisco TelePresence MX800 Dual", 36227),

    OTHER(TELEPRESENCE, "CTS", "Cisco TelePresence", 375),
    OTHER(TELEPRESENCE, "CTS 1000", "Cisco TelePresence 1000", 478),
    OTHER(TELEPRESENCE, "CTS 1100", "Cisco TelePresence 1100", 520),
    OTHER(TELEPRESENCE, "CTS 1300-47", "Cisco TelePresence 1300-47", 591),
    OTHER(TELEPRESENCE, "CTS 1300-65", "Cisco TelePresence 1300-65", 505),
    OTHER(TELEPRESENCE, "CTS 200", "Cisco TelePresence 200", 557),
    OTHER(TELEPRESENCE, "CTS 3000", "Cisco TelePresence 3000", 479),
    OTHER(TELEPRESENCE, "CTS 3200", "Cisco TelePresence 3200", 480),
    OTHER(TELEPRESENCE, "CTS 400", "Cisco TelePresence 400", 558),
    OTHER(TELEPRESENCE, "CTS 500-32", "Cisco TelePresence 500-32", 590),
    OTHER(TELEPRESENCE, "CTS 500-37", "Cisco TelePresence 500-37", 481),
    OTHER(TELEPRESENCE, "TX1310-65", "Cisco TelePresence TX1310-65", 596),
    OTHER(TELEPRESENCE, "TX9000", "Cisco TelePresence TX9000", 619),
    OTHER(TELEPRESENCE, "TX9200", "Cisco TelePresence TX9200", 620),
    OTHER(TELEPRESENCE, "IX5000", "Cisco TelePresence IX5000", 36210),
    OTHER(TELEPRESENCE, "EX60", "Cisco TelePresence EX60", 604),
    OTHER(TELEPRESENCE, "EX90", "Cisco TelePresence EX90", 584),
    OTHER(TELEPRESENCE, "Codec C40", "Cisco TelePresence Codec C40", 608),
    OTHER(TELEPRESENCE, "Codec C60", "Cisco TelePresence Codec C60", 607),
    OTHER(TELEPRESENCE, "Codec C90", "Cisco TelePresence Codec C90", 606),
    OTHER(TELEPRESENCE, "Quick Set C20", "Cisco TelePresence Quick Set C20", 609),
    OTHER(TELEPRESENCE, "Profile 42 (C20)", "Cisco TelePresence Profile 42 (C20)", 610),
    OTHER(TELEPRESENCE, "Profile 42 (C40)", "Cisco TelePresence Profile 42 (C40)", 633),
    OTHER(TELEPRESENCE, "Profile 42 (C60)", "Cisco TelePresence Profile 42 (C60)", 611),
    OTHER(TELEPRESENCE, "Profile 52 (C40)", "Cisco TelePresence Profile 52 (C40)", 612),
    OTHER(TELEPRESENCE, "Profile 52 (C60)", "Cisco TelePresence Profile 52 (C60)", 613),
    OTHER(TELEPRESENCE, "Profile 52 Dual (C60)", "Cisco TelePresence Profile 52 Dual (C60)", 614),
    OTHER(TELEPRESENCE, "Profile 65 (C60)", "Cisco TelePresence Profile 65 (C60)", 615),
    OTHER(TELEPRESENCE, "Profile 65 Dual (C90)", "Cisco TelePresence Profile 65 Dual (C90)", 616),
    OTHER(TELEPRESENCE, "MX200", "Cisco TelePresence MX200", 617),
    OTHER(TELEPRESENCE, "MX300", "Cisco TelePresence MX300", 627),
    PHONE(TELEPRESENCE, "E20", 580),

    PHONE(ATA, "ATA 187", 550),
    PHONE(ATA, "ATA 190", 681),
    PHONE(ATA, "ATA 191", 36262),
    PHONE(ATA, "ATA 192", UNKNOWN),

    OTHER(SIP, "SIP Basic", "Third-party SIP Device (Basic)", 336),
    OTHER(SIP, "SIP Advanced", "Third-party SIP Device (Advanced)", 374),
    OTHER(SIP, "AS-SIP", "Third-party AS-SIP Endpoint", 631),
    OTHER(SIP, "Desktop Video", "Generic Desktop Video Endpoint", 588),
    OTHER(SIP, "Single Screen Room", "Generic Single Screen Room System", 582),
    OTHER(SIP, "Multiple Screen Room", "Generic Multiple Screen Room System", 583),
    OTHER(SIP, "Ascom IP-DECT", "Ascom IP-DECT Device", 598),
    OTHER(SIP, "Nokia S60", "Nokia S60", 376),
    OTHER(SIP, "Motorola CN622", "Motorola CN622", 335),
    OTHER(SIP, "BlackBerry MVS", "BlackBerry MVS VoWifi", 522),
    OTHER(SIP, "Transnova S3", "Transnova S3", 521),
    OTHER(SIP, "SIP Station", "SIP Station", 36298),
    OTHER(SCCP, "SCCP Phone", "SCCP Phone", 20),
    OTHER(SCCP, "SPA8800", "SPA8800", 253),
};
/* clang-format on */
const uint32_t model_count = sizeof model_table / sizeof model_table[0];
_Static_assert(sizeof model_table / sizeof model_table[0] <= 256,
               "a phone keeps its model in 8 bits");

const struct model_bystander model_bystanders[] = {
    { "CTI Port|CTI Route Point|CTI Remote Device|Cisco Spark Remote Device",
      "an application, no device" },
    { "Remote Destination Profile|Carrier-integrated Mobile|IMS-integrated Mobile (Basic)|"
      "Cisco Collaboration Mobile Convergence",
      "somebody's mobile number, no device" },
    { "Analog Phone|ISDN BRI Phone|Cisco VGC Phone|Cisco VGC Virtual Phone|"
      "SCCP gateway virtual phone|Cisco VG*",
      "a port of a gateway, which holds no trust list" },
    { "H.323 Phone|H.323 Client", "H.323, which takes no file from the cluster" },
    { "7914 *|7915 *|7916 *|CKEM *|VKEM *|BEKEM *|CP-8800-*", "an expansion module of a phone" },
    { "EMCC Base Phone|Universal Device Template|Usage Profile|Interactive Voice Response",
      "a template, no device" },
};
const uint32_t model_bystander_count = sizeof model_bystanders / sizeof model_bystanders[0];

/* ---- names ---- */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool fits(struct view pattern, const char *product)
{
    size_t i = 0;
    for (; i < pattern.n && pattern.p[i] != '*'; i++) {
        uint8_t c = (uint8_t)product[i];
        if (c == '\0' || (pattern.p[i] == '#' ? !digit(c) : lower(pattern.p[i]) != lower(c)))
            return false;
    }
    return i < pattern.n || product[i] == '\0';
}

/* One of the patterns in a list with '|' between them. */
static bool one_fits(const char *list, const char *product)
{
    for (const char *p = list; p != NULL;) {
        const char *end = strchr(p, '|');
        if (fits(view_of(p, end == NULL ? strlen(p) : (size_t)(end - p)), product))
            return true;
        p = end == NULL ? NULL : end + 1;
    }
    return false;
}

static bool named(const struct model *m, const char *name)
{
    return text_same(view_str(m->name), name) || text_same(view_str(m->product), name) ||
           one_fits(m->also, name);
}

static bool find_exactly(const char *name, uint8_t *index)
{
    for (uint32_t i = 0; i < model_count; i++) {
        if (named(&model_table[i], name)) {
            *index = (uint8_t)i;
            return true;
        }
    }
    return false;
}

/* Exports name revisions of hardware, too: "Cisco 7965G" is a 7965, "Cisco 8821-EX" an 8821. */
static bool strip_revision(const char *name, char out[64])
{
    static const char *const endings[] = { "G-GE", "G-EX", "-EX", "G" };
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t k = strlen(endings[i]);
        if (n > k && n - k < 64 && digit((uint8_t)name[n - k - 1]) &&
            text_same(view_of(name + n - k, k), endings[i])) {
            memcpy(out, name, n - k);
            out[n - k] = '\0';
            return true;
        }
    }
    return false;
}

bool model_find(const char *name, uint8_t *index)
{
    char plain[64];
    return find_exactly(name, index) || (strip_revision(name, plain) && find_exactly(plain, index));
}

bool model_find_family(const char *product, uint8_t *index)
{
    for (uint32_t i = 0; i < FAMILIES; i++) {
        if (one_fits(model_table[i].patterns, product)) {
            *index = (uint8_t)i;
            return true;
        }
    }
    return false;
}

bool model_same(uint8_t a, uint8_t b)
{
    return strcmp(model_table[a].name, model_table[b].name) == 0;
}

const struct model_bystander *model_find_bystander(const char *product)
{
    for (uint32_t i = 0; i < model_bystander_count; i++) {
        if (one_fits(model_bystanders[i].products, product))
            return &model_bystanders[i];
    }
    return NULL;
}

/* ---- loads ---- */

/* Names of loads: "SCCP45.9-4-2SR3-1S", "sip88xx.12-1-1SR1-4", "SIP75.9-3-1SR4-1S": numbers behind
 * the first '.', with '-' between them. */
static bool read_load(const char *load, struct model_load *out)
{
    uint8_t parts[3] = { 0 };
    const char *p = strchr(load, '.');
    if (p == NULL)
        return false;
    for (int i = 0; i < 3; i++) {
        unsigned value = 0, digits = 0;
        for (p++; digit((uint8_t)*p) && digits < 3; p++, digits++)
            value = value * 10 + (unsigned)(*p - '0');
        if (digits == 0 || value > UINT8_MAX)
            return false;
        parts[i] = (uint8_t)value;
        if (*p != '-' && i < 2)
            return false;
    }
    *out = (struct model_load){ parts[0], parts[1], parts[2] };
    return true;
}

static uint32_t load_number(struct model_load l)
{
    return (uint32_t)l.major << 16 | (uint32_t)l.minor << 8 | l.patch;
}

/* A row for older loads stands behind that of the newest. */
uint8_t model_newest(uint8_t index)
{
    while (index > 0 && model_same(index, (uint8_t)(index - 1)))
        index--;
    return index;
}

enum model_load_result model_by_load(uint8_t *index, const char *load)
{
    struct model_load is;
    uint32_t older = *index + 1u;
    if (older == model_count || !model_same(*index, (uint8_t)older))
        return LOAD_NOTHING;
    if (!read_load(load, &is))
        return LOAD_NO_NUMBER;
    if (load_number(is) < load_number(model_table[older].before))
        *index = (uint8_t)older;
    return LOAD_SAYS;
}

const char *model_load_print(struct model_load load, char out[16])
{
    snprintf(out, 16, "%u.%u(%u)", load.major, load.minor, load.patch);
    return out;
}

/* ---- words ---- */

const char *model_fact_name(enum model_fact fact)
{
    static const char *const names[MODEL_FACTS] = {
        [FACT_TYPE] = "type",
        [FACT_ITL] = "ITL",
        [FACT_CTL] = "CTL",
        [FACT_MIC] = "MIC",
        [FACT_SPEAKS] = "speaks",
        [FACT_TLS] = "TLS",
        [FACT_HTTPS] = "HTTPS",
        [FACT_FETCH] = "fetches",
        [FACT_LIMIT] = "largest list",
        [FACT_KEYS] = "keys",
        [FACT_MINUTES] = "minutes",
        [FACT_REMOTE] = "takes keys over the network",
        [FACT_RESET] = "minutes of a factory reset",
    };
    return names[fact];
}

const char *model_tls_name(enum model_tls tls)
{
    static const char *const names[] = { "1.0", "1.1", "1.2", "1.3" };
    return names[tls];
}
