/* A fleet's registrations at a CallManager: SIP REGISTER over TCP, TLS or UDP, or SCCP over TCP or
 * TLS.  A connection that is kept is asked again: SIP's next REGISTER, SCCP's keepalive. */
#ifndef CUCMLAB_LOAD_REGISTER_H
#define CUCMLAB_LOAD_REGISTER_H

#include "sim/load/worker.h"

/* `trusted` counts registrations and keepalives, `not_trusted` those that were rejected: both
 * answers.  NULL: there is none such (SCCP over UDP).  `port`: the usual one;
 * `keepalive_us`: how often who is registered is heard of. */
const struct client *load_register(enum load_protocol protocol, enum load_transport transport,
                                   uint16_t *port, uint64_t *keepalive_us);

#endif
