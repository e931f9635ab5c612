/* Knobs of the phone's model: what no source settles is a named number with a default.  One table
 * of facts (knobs.c); scenarios set them with `knob(name, value)`, the report names the assumed
 * ones that a result rests on. */
#ifndef CUCMLAB_PHONES_KNOBS_H
#define CUCMLAB_PHONES_KNOBS_H

#include "phones/trust.h"
#include "sim/core/fact.h"

enum knob {
    KNOB_BOOT_MIN_US, /* from power or reset to the first request */
    KNOB_BOOT_MAX_US,
    KNOB_FETCH_TIMEOUT_US, /* a whole file */
    KNOB_TVS_TIMEOUT_US,   /* one TVS server */
    KNOB_REGISTER_TIMEOUT_US,
    KNOB_HTTPS_TIMEOUT_US,
    KNOB_KEEPALIVE_US, /* SIP */
    KNOB_KEEPALIVE_SCCP_US,
    KNOB_KEEPALIVE_SCCP_MISSED, /* so many without an answer: the server is gone */
    KNOB_FAILBACK_US,           /* from the instant at which a better server answers again */
    KNOB_RETRY_US,              /* first wait of a phone that could not register */
    KNOB_RETRY_MAX_US,          /* it doubles up to this */
    KNOB_NEXT_TVS_ON_UNKNOWN,
    KNOB_CCM_IN_ITL,
    KNOB_CTL_BY_CTL_ALONE,
    KNOB_REGISTER_AT_TFTP,       /* last resort of a non-secure phone: the TFTP server's address */
    KNOB_REGISTER_AT_TFTP_VALID, /* also with the configuration that its server has now */
    KNOB_ASKS_CTL_FILE,          /* CTLFile.tlv where CTLSEP<MAC>.tlv is missing */
    KNOB_REGISTER_TOO_LARGE,     /* with a list on the server that is more than the phone loads */
    KNOB_DATES_OF_SIGNERS,       /* whose certificates it takes within their time alone: ... */
    KNOB_DATES_OF_TVS,
    KNOB_DATES_OF_HTTPS,
    KNOB_DATES_OF_CCM,
    KNOB_CAPF_TIMEOUT_US, /* a session with CAPF */
    KNOB_CAPF_RETRY_US,   /* until the next attempt */
    KNOB_DOT1X_CLOSED,    /* a port at which 802.1X fails lets nothing through */
    KNOB_VPN_ONLY,        /* a phone with VPN has no other network */
    KNOB_RESTART_LISTS,   /* a restart begins with the lists */
    KNOBS
};

extern const struct fact knob_table[KNOBS];

struct knobs {
    uint64_t value[KNOBS];
};

struct knobs knobs_default(void);
bool knob_find(const char *name, enum knob *knob);
bool knob_is_of_dates(enum knob knob); /* counts where a certificate is not within its time alone */
void knobs_set(struct knobs *k, enum knob knob, uint64_t value); /* of a value that is allowed */

#endif
