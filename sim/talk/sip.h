/* A registration by SIP as both sides have it: the words that tell a rejected phone why.  Pure. */
#ifndef CUCMLAB_TALK_SIP_H
#define CUCMLAB_TALK_SIP_H

#include "sim/wire/sip.h"

/* Seconds for which CallManager takes a registration: the keepalive (observed, docs/FORMATS.md,
 * section 8). */
#define TALK_SIP_EXPIRES_S 120
/* So long before a registration is over a phone registers again (assumed: of 120 s after 115). */
#define TALK_SIP_SPARE_S 5

/* Who registers, from where to where; strings borrowed, addresses in host order. */
struct talk_sip_phone {
    const char *device, *line, *uuid, *user_agent;
    unsigned model; /* CUCM's device type number */
    uint32_t ip, server;
    uint16_t port, request;
    uint16_t count; /* of REGISTERs that it sent there before */
    bool leaves;    /* Expires: 0 */
    bool tls, udp;  /* over TLS, over UDP; else TCP */
};
/* Its REGISTER: at most TALK_SIP_ROOM bytes. */
#define TALK_SIP_ROOM 2048
void talk_sip_register(const struct talk_sip_phone *p, struct wr *w);
/* The final response to a REGISTER that is not taken (REJECT_OTHER: 503); `reason` is an enum
 * reject_reason. */
void talk_sip_reject(const struct sip_msg *request, uint32_t reason, struct wr *reply);
/* enum reject_reason behind a final response; REJECT_NONE for 200. */
uint32_t talk_sip_reason(const struct sip_msg *response);

#endif
