#include "nodes/params.h"

#include "nodes/acts.h"

#define DAY_US (86400ull * 1000000)

/* Columns: name, title, initial, min, max, unit, sure, bears_on, source, doc. */
const struct fact param_table[PARAMS] = {
    [PARAM_ROLLBACK] = { "rollback", "Prepare Cluster for Rollback to pre 8.0", 0, 0, 1,
                         UNIT_SWITCH, DOCUMENTED, 0, NULL,
                         "1: the ITL has empty TVS and TFTP sections" },
    [PARAM_PHONE_INTERACTION] = { "phone_interaction", "Phone Interaction on Certificate Update", 1,
                                  0, 1, UNIT_SWITCH, DOCUMENTED, 0, NULL,
                                  "1: phones are reset automatically (14 on)" },
    [PARAM_SHA512] = { "sha512", "TFTP File Signature Algorithm", 0, 0, 1, UNIT_SWITCH, DOCUMENTED,
                       0, NULL,
                       "1: lists and files are signed with SHA-512, 0: SHA-1; TFTP takes it up "
                       "when "
                       "it starts" },
    [PARAM_SIGNER_1_1] = { "signer_version_1_1", "signer version 1.1", 0, 0, 1, UNIT_SWITCH,
                           ASSUMED, 0, NULL, "1: lists say signer version 1.1" },
    [PARAM_MAX_SERVING] = { "max_serving", "Maximum Serving Count", 500, 0, 1000000, UNIT_COUNT,
                            ASSUMED, BEARS_FILES, NULL,
                            "concurrent transfers of one TFTP service" },
    [PARAM_TVS_TTL_S] = { "tvs_ttl_s", "TVS time to live", 86400, 0, 0xffffffff, UNIT_S, OBSERVED,
                          BEARS_TRUST, NULL,
                          "for how long a phone may keep an answer of TVS about a certificate "
                          "that has no time of its own (`tvs_ttl`)" },
    [PARAM_TVS_DB_ON_RESTART] = { "tvs_db_on_restart", "TVS reads its database at start only", 0, 0,
                                  1, UNIT_SWITCH, ASSUMED, BEARS_TRUST, NULL,
                                  "1: certificates added later need a TVS restart" },
    [PARAM_TVS_CTL_CACHE] = { "tvs_ctl_cache", "TVS answers from the CTL file", 1, 0, 1,
                              UNIT_SWITCH, OBSERVED, BEARS_TRUST, NULL,
                              "1: a signer found in the CTL file alone is vouched for as SAST" },
    [PARAM_REPLICATION_US] = { "replication_us", "database replication", 5000000, 0, DAY_US,
                               UNIT_US, ASSUMED, BEARS_TRUST, NULL,
                               "until another node sees a new certificate" },
    [PARAM_SERVICE_START_US] = { "service_start_us", "service start", 20000000, 0, DAY_US, UNIT_US,
                                 ASSUMED, BEARS_ALL, NULL,
                                 "from the start of a service until it answers" },
    [PARAM_NODE_BOOT_US] = { "node_boot_us", "node boot", 300 * 1000000ull, 0, DAY_US, UNIT_US,
                             ASSUMED, BEARS_ALL, NULL,
                             "from the reboot of a node until its services start" },
    [PARAM_ACCEPT_FOREIGN_LSC] = { "accept_capf_trust_lsc", "LSC of a CAPF in CAPF-trust", 1, 0, 1,
                                   UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION, NULL,
                                   "1: CallManager takes an LSC whose issuer lies in CAPF-trust" },
    [PARAM_HTTPS_SERVICES] = { "https_services", "Secured Phone URL Parameters", 1, 0, 1,
                               UNIT_SWITCH, DOCUMENTED, 0, NULL,
                               "1: phones open directories and services by HTTPS" },
    [PARAM_ROLE_BY_MODE] = { "ccm_role_by_mode", "CallManager records follow the mode", 1, 0, 1,
                             UNIT_SWITCH, ASSUMED, FSM_BIT(FUNCTION_TRUST_LIST),
                             "12.5 on documented (design guide, table of roles; observed on nine "
                             "phones), before inferred; technote 221657 (12.5): a change of mode "
                             "leaves the ITL as it is",
                             "1: CallManager records of an ITL are TFTP, in mixed mode CCM+TFTP; "
                             "0: CCM+TFTP (RSA) and TFTP (EC) in both" },
    [PARAM_CTL_AT_ONCE] = { "ctl_served_at_once", "a new CTL without restarts", 1, 0, 1,
                            UNIT_SWITCH, ASSUMED, BEARS_FILES | BEARS_REGISTRATION,
                            "what the CLI of 12.x asks for is a reset of the phones; technote "
                            "118893 (10.5): restarts of TFTP and CallManager",
                            "1: in 12.0 and 12.5 TFTP serves a new CTL, and CallManager goes "
                            "by a new mode, at once; 0: when they start" },
    [PARAM_LOCALKEY_RENEWS_SAST] = { "localkey_renews_sast", "localkey renews ITLRecovery", 1, 0, 1,
                                     UNIT_SWITCH, ASSUMED, BEARS_FILES,
                                     "Security Guide 14, order of steps; CLI reference: only the "
                                     "signature is replaced",
                                     "1: `utils itl reset localkey` puts the ITLRecovery of now "
                                     "into the list that it signs; 0: it signs the list as it is" },
    [PARAM_LOCALKEY_EACH_NODE] = { "localkey_each_node", "localkey signs on each node", 0, 0, 1,
                                   UNIT_SWITCH, ASSUMED, BEARS_FILES,
                                   "CLI reference: the publisher's list goes to every TFTP; that "
                                   "each ITL names its own CallManager speaks against it",
                                   "0: `utils itl reset localkey` gives every TFTP the "
                                   "publisher's list; 1: each signs its own with its own key" },
    [PARAM_LOCALKEY_FROM_DISK] = { "localkey_from_disk", "localkey signs with the key on disk", 0,
                                   0, 1, UNIT_SWITCH, ASSUMED, BEARS_FILES,
                                   "no source says what becomes of a CallManager that was "
                                   "regenerated before TFTP was restarted",
                                   "12.0 on, where `utils itl reset localkey` signs with "
                                   "CallManager: 0: the one that TFTP works with, 1: the one on "
                                   "disk, though TFTP has not started since" },
    [PARAM_CAPF_KEEPS_OLD] = { "capf_trust_keeps_old", "the old CAPF stays in CAPF-trust", 0, 0, 1,
                               UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION,
                               "renewal guides: old LSCs fail until they are issued anew; "
                               "technote 214231: do not delete the old CAPF-trust before that",
                               "1: a CAPF that is regenerated leaves the one before in CAPF-trust, "
                               "so that CallManager takes old LSCs (`accept_capf_trust_lsc`)" },
    [PARAM_CAPF_TRUST_HERE] = { "capf_trust_stays_local", "CAPF-trust stays on the node", 1, 0, 1,
                                UNIT_SWITCH, DOCUMENTED, BEARS_REGISTRATION,
                                "technote 214231: what is imported into CAPF-trust stays local; "
                                "that it means every version and Bulk Certificate Management too "
                                "is inferred",
                                "1: a certificate that is uploaded to CAPF-trust lies on that node "
                                "alone, 0: the database takes it to all nodes" },
    [PARAM_TLS_MIN] = { "tls_min", "set tls min-version", 0, 0, 3, UNIT_TLS, DOCUMENTED, 0, NULL,
                        "oldest TLS that the nodes take; a version may begin with another one, and "
                        "takes what its row of the versions says" },
    [PARAM_ONE_PER_NAME] = { "one_per_name", "one certificate of a name in a trust store", 1, 0, 1,
                             UNIT_SWITCH, ASSUMED, BEARS_TRUST,
                             "technote 217138 says it of 14 and 15, of older versions nobody",
                             "1: a trust store holds one certificate of a common name and kind of "
                             "key before 14 too; 0: as many as are uploaded" },
    [PARAM_NEWER_START_WINS] = { "newer_start_wins", "the newer start date stays", 0, 0, 1,
                                 UNIT_SWITCH, ASSUMED, BEARS_TRUST,
                                 "technote 217138: a later upload replaces the one before; "
                                 "Security "
                                 "Guide 15: the one whose validity starts later stays, the other "
                                 "is "
                                 "not uploaded",
                                 "of two certificates of one name in a trust store stays, 0: the "
                                 "one "
                                 "uploaded later, 1: the one whose validity starts later" },
    [PARAM_DELETES_HERE] = { "deletes_on_one_node", "a deleted trust certificate comes back", 0, 0,
                             1, UNIT_SWITCH, ASSUMED, BEARS_TRUST,
                             "technote 211300 (11.5): it goes from every node; technote 214231: up "
                             "to 11.5 stop Certificate Change Notification on all nodes first",
                             "1: in 11.0 and 11.5 a trust certificate is deleted from that node "
                             "alone, and Certificate Change Notification brings it back; 0: from "
                             "every node" },
    [PARAM_MODULUS_3072] = { "modulus_code_3072", "modulus code of 3072 bits", 0, 0, 255,
                             UNIT_COUNT, ASSUMED, 0,
                             "sources name the codes of 512, 1024, 2048 and 4096 bits alone",
                             "the code that signatures of 3072 bits have in lists and signed "
                             "files; "
                             "0: nobody knows it, and such a certificate is refused" },
    [PARAM_OUTSIDE_GROUP] = { "register_outside_group", "registration outside the group", 1, 0, 1,
                              UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION,
                              "\"Migrating IP Phones Between Clusters with CUCM 8\" has phones "
                              "register at their TFTP server; a TAC engineer's reply speaks of "
                              "\"Registration Rejected\" (0)",
                              "1: CallManager takes a phone of its database though the phone's "
                              "CallManager group does not name the node, 0: it rejects it" },
    [PARAM_DIRECTORY_HOST] = { "directory_host", "host of the Directories URL", 0, 0, 1,
                               UNIT_SWITCH, DOCUMENTED, 0, "technote 118699",
                               "0: Directories goes to the first server of the phone's CallManager "
                               "group, 1: its URL names the publisher" },
    [PARAM_RENAME_RENEWS_REC] = { "rename_renews_itlrecovery", "a new name renews ITLRecovery", 1,
                                  0, 1, UNIT_SWITCH, ASSUMED, BEARS_FILES,
                                  "the guide on changing names says \"all certificates\" and asks "
                                  "for "
                                  "the rollback parameter first in 12.x too; nothing names "
                                  "ITLRecovery",
                                  "1: another hostname, domain or address of a node regenerates "
                                  "its "
                                  "ITLRecovery as well" },
    [PARAM_CSCTN50405] = { "cscTn50405", "defect CSCtn50405", 0, 0, 1, UNIT_SWITCH, DOCUMENTED, 0,
                           "technote 116232: 8.x",
                           "1: a backup lacks CallManager.pem, so that behind a restore database "
                           "and "
                           "disk differ" },
    [PARAM_CSCTO60209] = { "cscTo60209", "fix of CSCto60209", 0, 0, 1, UNIT_SWITCH, DOCUMENTED, 0,
                           "technote 116232: 8.x; which release has it stands nowhere",
                           "1: `show itl` and `show ctl` of 8.x print the checksums of the file "
                           "too" },
    [PARAM_REFRESH_US] = { "refresh_upgrade_us", "installation of a refresh upgrade",
                           7200 * 1000000ull, 0, DAY_US, UNIT_US, DOCUMENTED, BEARS_ALL,
                           "Upgrade Guide 12.5: 1 to 2 hours of a subscriber, 3 to 5 of the "
                           "publisher, at least",
                           "for how long a node has no services while a refresh upgrade is "
                           "installed there" },
    [PARAM_FN70613] = { "fn70613", "field notice 70613", 1, 0, 1, UNIT_SWITCH, DOCUMENTED, 0,
                        "refresh upgrades to 12.5(1) before SU3",
                        "1: an upgrade from below 12.5 to a version that has the defect "
                        "regenerates ITLRecovery, 0: it does not, as where new machines are made "
                        "and get the data" },
    [PARAM_ITLRECOVERY_1024] = { "itlrecovery_1024", "ITLRecovery of 1024 bits", 0, 0, 1,
                                 UNIT_SWITCH, DOCUMENTED, 0, "technote 214231",
                                 "1: an upgrade left the publisher's ITLRecovery at 1024 bits and "
                                 "the others have 2048 (11.0, 11.5): `utils itl reset localkey` "
                                 "fails until it is regenerated" },
    [PARAM_RECOVERY_YEARS] = { "itlrecovery_years", "validity of ITLRecovery", 20, 1, 20,
                               UNIT_COUNT, ASSUMED, 0,
                               "release notes 14: 20 years; Security Guide 14: 5 by default, and "
                               "5, 10, 15 or 20 can be chosen",
                               "for how many years a new ITLRecovery lasts from 14 on" },
    [PARAM_TLS_YEARS] = { "tls_certificate_years", "validity of self-signed certificates", 5, 1, 20,
                          UNIT_COUNT, ASSUMED, 0,
                          "Security Guide 14: 5 years; release notes 14: 3 of TLS servers, 5 of "
                          "certificates that sign",
                          "for how many years new certificates of CallManager, TVS, tomcat and "
                          "ipsec last from 14 on" },
    [PARAM_PROXY_COMMON] = { "proxy_asks_common", "a central TFTP asks for common files", 0, 0, 1,
                             UNIT_SWITCH, ASSUMED, BEARS_FILES,
                             "System Configuration Guide 15: common files are the proxy's own; "
                             "technote 116232: it asks the others for whatever it cannot find (1)",
                             "1: a central TFTP asks remote clusters for a common file that it has "
                             "not itself (CTLFile.tlv outside mixed mode), 0: for files of phones "
                             "alone" },
    [PARAM_SAST_SIGNS_FILES] = { "sast_trust_signs_files", "Phone-SAST-trust and files", 0, 0, 1,
                                 UNIT_SWITCH, ASSUMED, BEARS_FILES,
                                 "a trace in technote 213407 has roles 0 and 3 of a certificate in "
                                 "CallManager-trust and Phone-SAST-trust; System Configuration "
                                 "Guide 15 asks for a proxy's certificate in Phone-SAST-trust "
                                 "alone (1)",
                                 "1: TVS vouches for what lies in Phone-SAST-trust as a signer of "
                                 "files too, 0: of lists alone, and CallManager-trust is of "
                                 "files" },
    [PARAM_REMOTE_TIMEOUT_US] = { "remote_timeout_us", "timeout of a remote TFTP", 5000000, 1000,
                                  3600000000u, UNIT_US, ASSUMED, BEARS_FILES, NULL,
                                  "for how long a central TFTP waits for one TFTP address of a "
                                  "remote cluster before it asks the next" },
    [PARAM_LSC_DAYS] = { "lsc_days", "Duration Of Certificate Validity", 1825, 1, 36500, UNIT_COUNT,
                         DOCUMENTED, 0, "CAPF service parameter",
                         "for how many days an LSC is issued" },
    [PARAM_CERT_NOTIFY_DAYS] = { "cert_notify_days", "Notification Start Time", 30, 1, 1825,
                                 UNIT_COUNT, ASSUMED, 0, "the page is documented, the number not",
                                 "days before a certificate expires from which on the certificate "
                                 "monitor says so" },
    [PARAM_CERT_NOTIFY_EVERY] = { "cert_notify_every_days", "Notification Frequency", 7, 1, 1825,
                                  UNIT_COUNT, ASSUMED, 0, "the page is documented, the number not",
                                  "days from one such notification to the next, until a week is "
                                  "left" },
    [PARAM_DATES_OF_PHONES] = { "dates_of_phones", "dates of LSC and MIC", 1, 0, 1, UNIT_SWITCH,
                                ASSUMED, BEARS_REGISTRATION,
                                "as TLS does; no source says what CallManager does with an LSC "
                                "that has expired (0)",
                                "1: CallManager refuses the TLS of a phone whose LSC is not within "
                                "its time, or whose MIC is older than Cisco's CA lasts "
                                "(2029-05-14), 0: it looks at the issuer alone" },
    [PARAM_DATES_OF_CAPF] = { "dates_of_capf", "dates of the CAPF certificate", 0, 0, 1,
                              UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION,
                              "technote 214231: what an expired CAPF certificate breaks are phone "
                              "VPN, 802.1X, new LSCs and encrypted configurations, not "
                              "registration; a whole chain that is checked would fail (1)",
                              "1: CallManager refuses an LSC whose CAPF's certificate is not "
                              "within its time, 0: it does not look" },
    [PARAM_GATES_TAKE_MIC] = { "gates_take_mic", "RADIUS server and VPN gateway: MICs", 1, 0, 1,
                               UNIT_SWITCH, ASSUMED, BEARS_NETWORK,
                               "Cisco's guides add CAPF's and the manufacturing CAs' certificates "
                               "to both (1), and warn that a MIC proves a Cisco phone, not one of "
                               "yours (0)",
                               "1: 802.1X and phone VPN succeed with a MIC where a phone has no "
                               "LSC; 0 on one of several clusters: at none of them, for they stand "
                               "behind the same servers" },
    [PARAM_BULK_ITLRECOVERY] = { "bulk_itlrecovery", "ITLRecovery in a bulk export", 1, 0, 1,
                                 UNIT_SWITCH, ASSUMED, BEARS_TRUST,
                                 "technote 215539 has ITLRecovery among what is imported (11.5); "
                                 "a migration to 12.5 told on insecurewi.re found it missing",
                                 "1: a bulk export of type All holds ITLRecovery where the version "
                                 "has one, 0: it does not" },
    [PARAM_BULK_CAPF_TRUST] = { "bulk_capf_to_capf_trust", "an imported CAPF in CAPF-trust", 0, 0,
                                1, UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION,
                                "technote 215539: CAPF comes into CallManager-trust; the Security "
                                "Guide has it uploaded to CAPF-trust by hand where phones move "
                                "with their LSCs",
                                "1: a bulk import puts CAPF certificates into CAPF-trust too, 0: "
                                "into CallManager-trust alone" },
    [PARAM_CSCUY43181] = { "cscUy43181", "defect CSCuy43181", 0, 0, 1, UNIT_SWITCH, DOCUMENTED, 0,
                           "technote 215539: between 8.x or 9.x and 10.5(2) or later",
                           "1: the page does not import a consolidated file that holds what 8.x or "
                           "9.x and what a later version exported" },
    [PARAM_CCM_TRUST_LSC] = { "accept_callmanager_trust_lsc", "LSC of a CAPF in CallManager-trust",
                              0, 0, 1, UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION,
                              "Security Guide 15: a secure phone that moved needs a new LSC "
                              "though certificates were exchanged (0); a bulk import puts "
                              "CAPF into CallManager-trust, and no source says what else it "
                              "is there for (1)",
                              "1: CallManager takes an LSC whose issuer lies in "
                              "CallManager-trust" },
    [PARAM_CTL_SAST_TRUST] = { "ctl_holds_sast_trust", "Phone-SAST-trust in the CTL", 1, 0, 1,
                               UNIT_SWITCH, ASSUMED, BEARS_FILES,
                               "Security Guide 12.5, moving phones with LSCs: `utils ctl "
                               "update CTLFile` on the source, so that the lists have the "
                               "ITLRecovery of the destination; technote 213407 (10.5) "
                               "relies on TVS",
                               "1: from 12.0 on a CTL has the certificates in "
                               "Phone-SAST-trust as SAST records, 0: it has not" },
    [PARAM_TVS_VOUCHES_EXPIRED] = { "tvs_vouches_expired", "TVS and dates", 1, 0, 1, UNIT_SWITCH,
                                    ASSUMED, BEARS_TRUST,
                                    "traces of TVS show a look-up by issuer and serial number, "
                                    "and no date",
                                    "1: TVS vouches for what lies in its stores, 0: not for a "
                                    "certificate that is not within its time" },
    [PARAM_AUTO_REGISTRATION] = { "auto_registration", "Auto-registration", 0, 0, 1, UNIT_SWITCH,
                                  DOCUMENTED, 0, "System Guide 9.1: off where nobody says",
                                  "1: CallManager makes a row in the database, and gives a "
                                  "directory number, for a phone that it does not know" },
    [PARAM_AUTO_FIRST] = { "auto_registration_first", "Starting Directory Number", 1000, 0,
                           99999999, UNIT_COUNT, ASSUMED, 0,
                           "the page is documented, the number not",
                           "first number that auto-registration gives" },
    [PARAM_AUTO_LAST] = { "auto_registration_last", "Ending Directory Number", 1999, 0, 99999999,
                          UNIT_COUNT, ASSUMED, 0, "the page is documented, the number not",
                          "last number that auto-registration gives; when all are taken no "
                          "further phone registers by itself" },
    [PARAM_ITL_ALL_TFTP] = { "itl_all_tftp", "CallManager of every TFTP node in each ITL", 0, 0, 1,
                             UNIT_SWITCH, OBSERVED, FSM_BIT(FUNCTION_TRUST_LIST),
                             "nine phones' pages show the records of the TFTP node that served the "
                             "list alone; that more than 39 certificates are too many (Security "
                             "Guide 14) is not reached by 21 nodes like that",
                             "0: an ITL has the CallManager records of its own TFTP node, 1: of "
                             "all "
                             "of them" },
    [PARAM_GROUPS_LOSE_NODES] = { "groups_lose_nodes", "groups and deleted nodes", 0, 0, 1,
                                  UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION,
                                  "Administration refuses to delete what others name (Dependency "
                                  "Records); of servers in CallManager groups no source read says "
                                  "it",
                                  "0: a node is not deleted while a CallManager group names it, 1: "
                                  "it is, and the groups lose it" },
    [PARAM_CTL_NON_SECURE] = { "ctl_non_secure", "the CTL without mixed mode", 0, 0, 2, UNIT_COUNT,
                               ASSUMED, BEARS_FILES,
                               "technote 221657 (12.5): the CAPF entry alone is left; technote "
                               "118892 (10.0): CCM+TFTP records are emptied, SAST and CAPF stay; "
                               "Security Guide 12.5: all entries lose their certificates",
                               "behind `utils ctl set-cluster non-secure-mode` the CTL holds 0: "
                               "CAPF alone, 1: SAST and CAPF as before, the servers' records "
                               "emptied, 2: every record emptied" },
    [PARAM_EXPORT_CONTROLLED] = { "export_controlled", "Allow export-controlled functionality", 1,
                                  0, 1, UNIT_SWITCH, DOCUMENTED, 0, "CLI reference 12.5",
                                  "1: the cluster is registered with a token that allows it, as "
                                  "mixed mode asks from 12.0 on" },
    [PARAM_SERVER_NAMES] = { "server_names", "names in System > Server", 0, 0, 1, UNIT_SWITCH,
                             DOCUMENTED, 0, "guide on changing IP address, hostname and domain",
                             "0: configurations name CallManager, TVS, CAPF and URLs by address, "
                             "1: "
                             "by host name, which phones look up in DNS" },
    [PARAM_THIRD_PARTY_KEYS] = { "third_party_keys", "a tool that presses keys", 0, 0, 1,
                                 UNIT_SWITCH, DOCUMENTED, 0,
                                 "there are commercial ones (\"Security by Default and managing "
                                 "ITL "
                                 "files\", Cisco community)",
                                 "1: somebody has a tool that presses keys of phones without their "
                                 "authentication URL" },
    [PARAM_REUSE_FOLLOWS] = { "reuse_follows_tomcat", "CallManager follows a reused tomcat", 1, 0,
                              1, UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION | BEARS_FILES,
                              "technote 221070: the page shows no CallManager any more that could "
                              "be renewed; what a renewed tomcat does it does not say",
                              "1: where CallManager has the certificate of tomcat, the next "
                              "multi-server one of tomcat is CallManager's too; 0: CallManager "
                              "keeps the one that it has until it is reused again" },
};

#define NEW_MODE DO_CTL_MIXED_MODE, DO_CTL_NON_SECURE_MODE
#define NO_ACTS                                                                                    \
    {                                                                                              \
        ACTS, ACTS, ACTS                                                                           \
    }

enum happening { NOTHING, DATED, REBOOTED };

/* Without one of these acts, or one of these certificates regenerated, a value makes no difference;
 * what has no row always may. */
static const struct {
    uint8_t param, acts[3], renewed; /* enum act_kind, ACTS: none; enum own, OWN_NONE: none */
    uint8_t happened;                /* enum happening: this neither */
} after[] = {
    { PARAM_TVS_CTL_CACHE, { NEW_MODE, DO_CTL_CLIENT }, OWN_NONE, NOTHING },
    { PARAM_ROLE_BY_MODE, { NEW_MODE, DO_CTL_CLIENT }, OWN_NONE, NOTHING },
    { PARAM_CTL_AT_ONCE, { NEW_MODE, DO_CTL_CLIENT }, OWN_NONE, NOTHING },
    { PARAM_LOCALKEY_RENEWS_SAST,
      { DO_ITL_RESET_LOCALKEY, DO_ITL_RESET_REMOTEKEY, ACTS },
      OWN_NONE,
      NOTHING },
    { PARAM_LOCALKEY_EACH_NODE,
      { DO_ITL_RESET_LOCALKEY, DO_ITL_RESET_REMOTEKEY, ACTS },
      OWN_NONE,
      NOTHING },
    { PARAM_LOCALKEY_FROM_DISK, { DO_ITL_RESET_LOCALKEY, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_CAPF_KEEPS_OLD, NO_ACTS, OWN_CAPF, NOTHING },
    { PARAM_CAPF_TRUST_HERE, { DO_UPLOAD, DO_BULK_IMPORT, ACTS }, OWN_NONE, NOTHING },
    { PARAM_RENAME_RENEWS_REC, { DO_HOSTNAME, DO_DOMAIN, DO_ADDRESS }, OWN_NONE, NOTHING },
    { PARAM_DELETES_HERE, { DO_DELETE, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_GROUPS_LOSE_NODES, { DO_REMOVE, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_CTL_NON_SECURE, { DO_CTL_NON_SECURE_MODE, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_SAST_SIGNS_FILES, { DO_UPLOAD, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_REUSE_FOLLOWS, { DO_REUSE_CERTIFICATE, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_REMOTE_TIMEOUT_US, { DO_REMOTE_TFTP_ADD, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_PROXY_COMMON, { DO_REMOTE_TFTP_ADD, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_ONE_PER_NAME, { DO_UPLOAD, DO_BULK_IMPORT, ACTS }, OWN_NONE, NOTHING },
    { PARAM_NEWER_START_WINS, { DO_UPLOAD, DO_BULK_IMPORT, ACTS }, OWN_NONE, NOTHING },
    { PARAM_BULK_ITLRECOVERY, { DO_BULK_EXPORT, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_BULK_CAPF_TRUST, { DO_BULK_IMPORT, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_CCM_TRUST_LSC, { DO_UPLOAD, DO_BULK_IMPORT, ACTS }, OWN_NONE, NOTHING },
    { PARAM_CTL_SAST_TRUST, { DO_UPLOAD, DO_BULK_IMPORT, ACTS }, OWN_NONE, NOTHING },
    { PARAM_DATES_OF_PHONES, NO_ACTS, OWN_NONE, DATED },
    { PARAM_DATES_OF_CAPF, NO_ACTS, OWN_NONE, DATED },
    { PARAM_GATES_TAKE_MIC, { DO_SET_PHONES, ACTS, ACTS }, OWN_NONE, NOTHING },
    { PARAM_TVS_VOUCHES_EXPIRED, NO_ACTS, OWN_NONE, DATED },
    { PARAM_NODE_BOOT_US, NO_ACTS, OWN_NONE, REBOOTED },
    { PARAM_REFRESH_US, { DO_INSTALL_UPGRADE, ACTS, ACTS }, OWN_NONE, NOTHING },
};

bool param_matters(enum param p, const struct acts_done *done)
{
    bool matters = true;
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
        if (after[i].param != p)
            continue;
        matters = (after[i].renewed != OWN_NONE && done->renewed[after[i].renewed]) ||
                  (after[i].happened == DATED && done->dated) ||
                  (after[i].happened == REBOOTED && done->rebooted);
        for (int k = 0; k < 3; k++)
            matters = matters || (after[i].acts[k] != ACTS && done->act[after[i].acts[k]]);
    }
    return matters;
}

const char *param_entered(enum param p, uint64_t value)
{
    if (p == PARAM_HTTPS_SERVICES) /* a group of fields, no switch */
        return value != 0 ? "https:// URLs (port 8443)" : "http:// URLs (port 8080)";
    return param_table[p].unit != UNIT_SWITCH ? NULL : value != 0 ? "True" : "False";
}

bool param_is_setting(enum param p)
{
    static const bool settings[PARAMS] = {
        [PARAM_ROLLBACK] = true,
        [PARAM_PHONE_INTERACTION] = true,
        [PARAM_SHA512] = true,
        [PARAM_MAX_SERVING] = true,
        [PARAM_TVS_TTL_S] = true,
        [PARAM_HTTPS_SERVICES] = true,
        [PARAM_TLS_MIN] = true,
        [PARAM_DIRECTORY_HOST] = true,
        [PARAM_LSC_DAYS] = true,
        [PARAM_CERT_NOTIFY_DAYS] = true,
        [PARAM_CERT_NOTIFY_EVERY] = true,
        [PARAM_AUTO_REGISTRATION] = true,
        [PARAM_AUTO_FIRST] = true,
        [PARAM_AUTO_LAST] = true,
        [PARAM_EXPORT_CONTROLLED] = true,
        [PARAM_SERVER_NAMES] = true,
    };
    return settings[p];
}

bool param_find(const char *name, enum param *p)
{
    uint32_t i;
    bool found = fact_find(param_table, PARAMS, name, &i);
    if (found)
        *p = (enum param)i;
    return found;
}
