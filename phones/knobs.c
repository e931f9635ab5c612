#include "phones/knobs.h"

#include <string.h>

#define SECOND 1000000ull
#define MINUTE (60 * SECOND)
#define MOST   (366ull * 24 * 60 * MINUTE)

const struct knob_info knob_table[KNOBS] = {
    [KNOB_BOOT_MIN_US] = { "boot_min_us", 45 * SECOND, MOST, ASSUMED,
                           "shortest time from power or reset to the first request", "" },
    [KNOB_BOOT_MAX_US] = { "boot_max_us", 90 * SECOND, MOST, ASSUMED,
                           "longest time from power or reset to the first request", "" },
    [KNOB_FETCH_TIMEOUT_US] = { "fetch_timeout_us", 20 * SECOND, MOST, ASSUMED,
                                "how long a phone waits for one file before \"TFTP timeout\"", "" },
    [KNOB_TVS_TIMEOUT_US] = { "tvs_timeout_us", 10 * SECOND, MOST, ASSUMED,
                              "how long a phone waits for one TVS server",
                              "usecallmanager.nz daemons use 10 s" },
    [KNOB_REGISTER_TIMEOUT_US] = { "register_timeout_us", 10 * SECOND, MOST, ASSUMED,
                                   "how long a phone waits for one CallManager", "" },
    [KNOB_HTTPS_TIMEOUT_US] = { "https_timeout_us", 30 * SECOND, MOST, ASSUMED,
                                "how long a phone waits for an HTTPS service", "" },
    [KNOB_KEEPALIVE_US] = { "keepalive_us", 120 * SECOND, MOST, ASSUMED,
                            "keepalive: a registered phone sees at its next one, no sooner, that "
                            "its "
                            "server is gone",
                            "the interval is observed (technote 214535)" },
    [KNOB_RETRY_US] = { "retry_us", 60 * SECOND, MOST, ASSUMED,
                        "first wait of a phone that could not register", "" },
    [KNOB_RETRY_MAX_US] = { "retry_max_us", 10 * MINUTE, MOST, ASSUMED,
                            "longest wait: it doubles up to this", "" },
    [KNOB_NEXT_TVS_ON_UNKNOWN] = { "next_tvs_on_unknown", 0, 1, ASSUMED,
                                   "1: ask the next TVS after one that does not know the signer",
                                   "" },
    [KNOB_CCM_IN_ITL] = { "ccm_in_itl", 0, 1, ASSUMED,
                          "1: a secure phone finds CallManager's certificate in the ITL as well",
                          "" },
    [KNOB_REGISTER_AT_TFTP] = { "register_at_tftp", 1, 1, INFERRED,
                                "1: a non-secure phone with a configuration whose servers all fail "
                                "tries "
                                "the address of its TFTP server",
                                "\"Migrating IP Phones Between Clusters with CUCM 8\"" },
    [KNOB_REGISTER_TOO_LARGE] = { "register_too_large", 0, 1, DOCUMENTED,
                                  "1: a phone registers though its server offers a list that is "
                                  "more than it loads",
                                  "Security Guide 14: an ITL over 64 KB, registration fails" },
};

struct knobs knobs_default(void)
{
    struct knobs k;
    for (int i = 0; i < KNOBS; i++)
        k.value[i] = knob_table[i].value;
    return k;
}

bool knob_find(const char *name, enum knob *knob)
{
    for (int i = 0; i < KNOBS; i++) {
        if (strcmp(knob_table[i].name, name) == 0) {
            *knob = (enum knob)i;
            return true;
        }
    }
    return false;
}

const char *sureness_name(enum sureness s)
{
    static const char *const names[] = { "documented", "observed", "inferred", "assumed" };
    return names[s];
}
