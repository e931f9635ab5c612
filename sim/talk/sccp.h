/* A registration by SCCP as both sides have it, between the messages on the wire (sim/wire/sccp)
 * and what a machine means.  Pure. */
#ifndef CUCMLAB_TALK_SCCP_H
#define CUCMLAB_TALK_SCCP_H

#include "sim/wire/sccp.h"

/* Seconds from one keepalive to the next that CallManager asks for, of the first and of the second
 * server (documented: Station KeepAlive Interval, and the other's, 30 and 60). */
#define TALK_SCCP_KEEPALIVE_S        30
#define TALK_SCCP_SECOND_KEEPALIVE_S 60
#define TALK_SCCP_MISSED             3 /* keepalives without an answer, and the server is gone */

struct sccp_phone {
    const char *device;
    const char *load; /* the firmware that it runs */
    uint32_t address; /* IPv4, host order */
    uint32_t device_type;
    uint16_t port; /* of its media */
};

/* What a phone says once it is connected: an alarm, the registration, its port. */
void talk_sccp_register(const struct sccp_phone *p, struct wr *w);
/* Its capabilities, where CallManager asks for them. */
void talk_sccp_capabilities(struct wr *w);
/* Keepalive, unregistration and what else has no body. */
void talk_sccp_bare(enum sccp_id id, struct wr *w);

/* What CallManager says of a registration; `reason` is an enum reject_reason, REJECT_NONE for a
 * good one. */
void talk_sccp_answer(uint32_t reason, struct wr *w);
/* Whether that is an answer to a registration, and which. */
bool talk_sccp_reason(const struct sccp_msg *m, uint32_t *reason);
/* Whom CallManager answers, and when. */
struct talk_sccp_station {
    const char *device, *line; /* its name, the number of its one line; NULL: nobody registered */
    int64_t wall_s;            /* Unix seconds */
};
/* What CallManager says to whatever else a registered phone asks it about itself: its keepalive,
 * its configuration, buttons and line, the time.  Nothing where there is nothing to say. */
void talk_sccp_reply(const struct sccp_msg *m, const struct talk_sccp_station *s, struct wr *w);

#endif
