/* How CallManager has a registered phone start again, as both sides have it: SCCP's Reset, SIP's
 * NOTIFY with `Event: service-control` (docs/FORMATS.md, section 8).  Pure. */
#ifndef CUCMLAB_TALK_RESET_H
#define CUCMLAB_TALK_RESET_H

#include "sim/core/contract.h"
#include "sim/wire/sccp.h"
#include "sim/wire/sip.h"

/* Whom the NOTIFY goes to and where it comes from; `device` borrowed, addresses in host order. */
struct talk_reset_to {
    const char *device;
    uint32_t phone_ip, server_ip;
    uint16_t phone_port, server_port;
    uint32_t number; /* another one for each NOTIFY: its Call-ID, branch and CSeq are made of it */
    bool tls;
};
#define TALK_RESET_ROOM 1024

void talk_reset_sip(const struct talk_reset_to *to, enum reset_kind kind, struct wr *w);
void talk_reset_sccp(enum reset_kind kind, struct wr *w);

/* What such a message asks for.  False: it is none, or asks for something else. */
bool talk_reset_sip_heard(const struct sip_msg *m, enum reset_kind *kind);
bool talk_reset_sccp_heard(const struct sccp_msg *m, enum reset_kind *kind);

#endif
