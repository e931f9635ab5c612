#include "phones/knobs.h"

#define SECOND 1000000ull
#define MINUTE (60 * SECOND)
#define MOST   (366ull * 24 * 60 * MINUTE)

/* Columns: name, title, initial, min, max, unit, sure, bears_on, source, doc. */
const struct fact knob_table[KNOBS] = {
    [KNOB_BOOT_MIN_US] = { "boot_min_us", NULL, 45 * SECOND, 0, MOST, UNIT_US, ASSUMED, BEARS_ALL,
                           NULL, "shortest time from power or reset to the first request" },
    [KNOB_BOOT_MAX_US] = { "boot_max_us", NULL, 90 * SECOND, 0, MOST, UNIT_US, ASSUMED, BEARS_ALL,
                           NULL, "longest time from power or reset to the first request" },
    [KNOB_FETCH_TIMEOUT_US] = { "fetch_timeout_us", NULL, 20 * SECOND, 1, MOST, UNIT_US, ASSUMED,
                                BEARS_FILES, NULL,
                                "how long a phone waits for one file before \"TFTP timeout\"" },
    [KNOB_TVS_TIMEOUT_US] = { "tvs_timeout_us", NULL, 10 * SECOND, 1, MOST, UNIT_US, ASSUMED,
                              BEARS_TRUST, "usecallmanager.nz daemons use 10 s",
                              "how long a phone waits for one TVS server" },
    [KNOB_REGISTER_TIMEOUT_US] = { "register_timeout_us", NULL, 10 * SECOND, 1, MOST, UNIT_US,
                                   ASSUMED, BEARS_REGISTRATION, NULL,
                                   "how long a phone waits for one CallManager" },
    [KNOB_HTTPS_TIMEOUT_US] = { "https_timeout_us", NULL, 30 * SECOND, 1, MOST, UNIT_US, ASSUMED,
                                BEARS_SERVICES, NULL,
                                "how long a phone waits for an HTTPS service" },
    [KNOB_KEEPALIVE_US] = { "keepalive_us", NULL, 120 * SECOND, 1, MOST, UNIT_US, ASSUMED,
                            BEARS_REGISTRATION, "the interval is observed (technote 214535)",
                            "keepalive of SIP: a registered phone sees at its next one, no sooner, "
                            "that its server crashed or is cut off (one that is stopped closes its "
                            "connections, and is seen gone at once)" },
    [KNOB_KEEPALIVE_SCCP_US] = { "keepalive_sccp_us", NULL, 30 * SECOND, 1, MOST, UNIT_US,
                                 DOCUMENTED, 0, "service parameter Station KeepAlive Interval",
                                 "keepalive of SCCP" },
    [KNOB_KEEPALIVE_SCCP_MISSED] = { "keepalive_sccp_missed", NULL, 3, 1, 100, UNIT_COUNT, ASSUMED,
                                     BEARS_REGISTRATION,
                                     "answers in Cisco's forum: three; measured by two of their "
                                     "readers: one",
                                     "so many keepalives of SCCP in a row without an answer, and "
                                     "the phone goes to its next server" },
    [KNOB_FAILBACK_US] = { "failback_us", NULL, 120 * SECOND, 0, MOST, UNIT_US, ASSUMED,
                           BEARS_REGISTRATION, NULL,
                           "failback: for how long a CallManager that comes before its own in the "
                           "group must answer again before a registered phone goes back to it" },
    [KNOB_RETRY_US] = { "retry_us", NULL, 60 * SECOND, 1, MOST, UNIT_US, ASSUMED,
                        BEARS_REGISTRATION, NULL, "first wait of a phone that could not register" },
    [KNOB_RETRY_MAX_US] = { "retry_max_us", NULL, 10 * MINUTE, 1, MOST, UNIT_US, ASSUMED,
                            BEARS_REGISTRATION, NULL, "longest wait: it doubles up to this" },
    [KNOB_NEXT_TVS_ON_UNKNOWN] = { "next_tvs_on_unknown", NULL, 0, 0, 1, UNIT_SWITCH, ASSUMED,
                                   BEARS_TRUST, NULL,
                                   "1: ask the next TVS after one that does not know the signer" },
    [KNOB_CCM_IN_ITL] = { "ccm_in_itl", NULL, 0, 0, 1, UNIT_SWITCH, ASSUMED, BEARS_REGISTRATION,
                          NULL,
                          "1: a secure phone finds CallManager's certificate in the ITL as well" },
    [KNOB_CTL_BY_CTL_ALONE] = { "ctl_by_ctl_alone", NULL, 0, 0, 1, UNIT_SWITCH, DOCUMENTED, 0,
                                "technote 118893: a phone takes a CTL that its own does not know "
                                "through TVS (0); field notice 70613: one whose CTL has no good "
                                "root needs it deleted by hand (1)",
                                "1: a phone that holds a CTL takes the next one by that CTL alone, "
                                "0: by its ITL and TVS too" },
    [KNOB_REGISTER_AT_TFTP] = { "register_at_tftp", NULL, 1, 0, 1, UNIT_SWITCH, ASSUMED,
                                BEARS_REGISTRATION,
                                "\"Migrating IP Phones Between Clusters with CUCM 8\"",
                                "1: a non-secure phone that refused its new configuration, or got "
                                "none, and whose servers all fail tries the address of its TFTP "
                                "server" },
    [KNOB_REGISTER_AT_TFTP_VALID] = { "register_at_tftp_valid", NULL, 0, 0, 1, UNIT_SWITCH, ASSUMED,
                                      BEARS_REGISTRATION,
                                      "sources speak of phones that refused theirs alone",
                                      "1: so does one that took its configuration" },
    [KNOB_ASKS_CTL_FILE] = { "asks_ctl_file", NULL, 0, 0, 1, UNIT_SWITCH, ASSUMED, BEARS_TRUST,
                             "observed on a 7942 and a 7821, which did not (technote 214535); "
                             "technote 116232 names both common files",
                             "1: a phone that asks for ITLFile.tlv asks for CTLFile.tlv likewise, "
                             "where the server has no CTL file under its own name" },
    [KNOB_REGISTER_TOO_LARGE] = { "register_too_large", NULL, 0, 0, 1, UNIT_SWITCH, DOCUMENTED, 0,
                                  "Security Guide 14: an ITL over 64 KB, registration fails",
                                  "1: a phone registers though its server offers a list that is "
                                  "more than it loads" },
    [KNOB_DATES_OF_SIGNERS] = { "dates_of_signers", NULL, 0, 0, 1, UNIT_SWITCH, ASSUMED,
                                BEARS_FILES,
                                "technote 225746 (15): certificates had expired, and phones were "
                                "lost when all were renewed at once, not before; technote 214231 "
                                "says of an expired CallManager certificate that phones take no "
                                "signed files (1)",
                                "1: a phone refuses a list or file whose signer's certificate is "
                                "not within its time by the phone's clock, 0: it looks at the "
                                "signature alone" },
    [KNOB_DATES_OF_TVS] = { "dates_of_tvs", NULL, 1, 0, 1, UNIT_SWITCH, ASSUMED, BEARS_TRUST,
                            "technote 214231: with an expired TVS certificate phones authenticate "
                            "neither HTTPS services nor files; no source has a trace of it (0)",
                            "1: a phone breaks off with a TVS whose certificate is not within its "
                            "time by the phone's clock" },
    [KNOB_DATES_OF_HTTPS] = { "dates_of_https", NULL, 1, 0, 1, UNIT_SWITCH, ASSUMED, BEARS_SERVICES,
                              "technote 214231: with an expired Tomcat certificate phones do not "
                              "open HTTPS services; a renewal guide in Cisco's community: that has "
                              "no functional impact (0)",
                              "1: so with an HTTPS server" },
    [KNOB_DATES_OF_CCM] = { "dates_of_callmanager", NULL, 1, 0, 1, UNIT_SWITCH, DOCUMENTED, 0,
                            "technote 214231: with an expired CallManager certificate encrypted "
                            "and authenticated phones do not register",
                            "1: so with a CallManager, when a secure phone registers" },
    [KNOB_CAPF_TIMEOUT_US] = { "capf_timeout_us", NULL, 10 * SECOND, 1, MOST, UNIT_US, ASSUMED, 0,
                               "usecallmanager.nz daemons use 10 s",
                               "how long a session with CAPF may last; the time that a phone takes "
                               "to make a key is not counted" },
    [KNOB_CAPF_RETRY_US] = { "capf_retry_us", NULL, 30 * SECOND, 1, MOST, UNIT_US, DOCUMENTED, 0,
                             "Security Guide 15: three attempts in intervals of 30 seconds, which "
                             "cannot be configured",
                             "from an attempt at CAPF that got no answer to the next" },
    [KNOB_DOT1X_CLOSED] = { "dot1x_closed", NULL, 1, 0, 1, UNIT_SWITCH, ASSUMED, 0,
                            "the switch's matter: technote 225746 has phones that show \"802.1x "
                            "Authentication: Failed\" and are not in service (1); an open port or "
                            "another network for those that fail is as common (0)",
                            "1: a port at which 802.1X fails lets nothing through, and the phone "
                            "has no network; 0: it loses 802.1X alone" },
    [KNOB_VPN_ONLY] = { "vpn_only", NULL, 1, 0, 1, UNIT_SWITCH, ASSUMED, 0,
                        "a phone that comes by VPN stands outside",
                        "1: a phone whose VPN fails has no network; 0: it stands inside and needs "
                        "none" },
    [KNOB_RESTART_LISTS] = { "restart_asks_lists", NULL, 1, 0, 1, UNIT_SWITCH, ASSUMED, 0,
                             "no source says what a phone asks for that is restarted and not "
                             "reset; an attempt of one that could not register begins with the "
                             "lists (1)",
                             "1: a phone that CallManager restarts (Restart, not Reset) asks for "
                             "CTL and ITL, 0: for its configuration alone" },
};

struct knobs knobs_default(void)
{
    struct knobs k = { { 0 } };
    facts_initial(knob_table, KNOBS, k.value);
    return k;
}

bool knob_find(const char *name, enum knob *knob)
{
    uint32_t i;
    bool found = fact_find(knob_table, KNOBS, name, &i);
    if (found)
        *knob = (enum knob)i;
    return found;
}

bool knob_is_of_dates(enum knob knob)
{
    return knob >= KNOB_DATES_OF_SIGNERS && knob <= KNOB_DATES_OF_CCM;
}

void knobs_set(struct knobs *k, enum knob knob, uint64_t value)
{
    k->value[knob] = value;
    /* One end of the boot time pulls the other along. */
    if (knob == KNOB_BOOT_MIN_US && k->value[KNOB_BOOT_MAX_US] < value)
        k->value[KNOB_BOOT_MAX_US] = value;
    if (knob == KNOB_BOOT_MAX_US && k->value[KNOB_BOOT_MIN_US] > value)
        k->value[KNOB_BOOT_MIN_US] = value;
}
