#include "nodes/params.h"

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
                       0, NULL, "1: lists and files are signed with SHA-512, 0: SHA-1" },
    [PARAM_SIGNER_1_1] = { "signer_version_1_1", "signer version 1.1", 0, 0, 1, UNIT_SWITCH,
                           ASSUMED, 0, NULL, "1: lists say signer version 1.1" },
    [PARAM_MAX_SERVING] = { "max_serving", "Maximum Serving Count", 500, 0, 1000000, UNIT_COUNT,
                            ASSUMED, BEARS_FILES, NULL,
                            "concurrent transfers of one TFTP service" },
    [PARAM_TVS_TTL_S] = { "tvs_ttl_s", "TVS time to live", 86400, 0, 0xffffffff, UNIT_S, OBSERVED,
                          BEARS_TRUST, NULL, "for how long a phone may keep an answer of TVS" },
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
    [PARAM_ACCEPT_FOREIGN_LSC] = { "accept_capf_trust_lsc", "LSC of a CAPF in CAPF-trust", 1, 0, 1,
                                   UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION, NULL,
                                   "1: CallManager takes an LSC whose issuer lies in CAPF-trust" },
    [PARAM_HTTPS_SERVICES] = { "https_services", "Secured Phone URL Parameters", 1, 0, 1,
                               UNIT_SWITCH, DOCUMENTED, 0, NULL,
                               "1: phones open directories and services by HTTPS" },
};

bool param_find(const char *name, enum param *p)
{
    uint32_t i;
    bool found = fact_find(param_table, PARAMS, name, &i);
    if (found)
        *p = (enum param)i;
    return found;
}
