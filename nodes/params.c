#include "nodes/params.h"

#include <string.h>

const struct param_info param_table[PARAMS] = {
    [PARAM_ROLLBACK] = { "rollback", "Prepare Cluster for Rollback to pre 8.0", 0, 1, "documented",
                         "1: the ITL has empty TVS and TFTP sections" },
    [PARAM_PHONE_INTERACTION] = { "phone_interaction", "Phone Interaction on Certificate Update", 1,
                                  1, "documented", "1: phones are reset automatically (14 on)" },
    [PARAM_SHA512] = { "sha512", "TFTP File Signature Algorithm", 0, 1, "documented",
                       "1: lists and files are signed with SHA-512, 0: SHA-1" },
    [PARAM_SIGNER_1_1] = { "signer_version_1_1", "signer version 1.1", 0, 1, "assumed",
                           "1: lists say signer version 1.1" },
    [PARAM_MAX_SERVING] = { "max_serving", "Maximum Serving Count", 500, 1000000, "assumed",
                            "concurrent transfers of one TFTP service" },
    [PARAM_TVS_TTL_S] = { "tvs_ttl_s", "TVS time to live", 86400, 0xffffffff, "observed",
                          "seconds for which a phone may keep an answer of TVS" },
    [PARAM_TVS_DB_ON_RESTART] = { "tvs_db_on_restart", "TVS reads its database at start only", 0, 1,
                                  "assumed", "1: certificates added later need a TVS restart" },
    [PARAM_TVS_CTL_CACHE] = { "tvs_ctl_cache", "TVS answers from the CTL file", 1, 1, "observed",
                              "1: a signer found in the CTL file alone is vouched for as SAST" },
    [PARAM_REPLICATION_US] = { "replication_us", "database replication", 5000000, 86400000000,
                               "assumed", "until another node sees a new certificate" },
    [PARAM_SERVICE_START_US] = { "service_start_us", "service start", 20000000, 86400000000,
                                 "assumed", "from the start of a service until it answers" },
    [PARAM_ACCEPT_FOREIGN_LSC] = { "accept_capf_trust_lsc", "LSC of a CAPF in CAPF-trust", 1, 1,
                                   "assumed",
                                   "1: CallManager takes an LSC whose issuer lies in CAPF-trust" },
    [PARAM_HTTPS_SERVICES] = { "https_services", "Secured Phone URL Parameters", 1, 1, "documented",
                               "1: phones open directories and services by HTTPS" },
};

bool param_find(const char *name, enum param *p)
{
    for (int i = 0; i < PARAMS; i++) {
        if (strcmp(param_table[i].name, name) == 0 || strcmp(param_table[i].title, name) == 0) {
            *p = (enum param)i;
            return true;
        }
    }
    return false;
}
