/* A fleet's REGISTERs over UDP: a socket for each, sent again as RFC 3261 has it (17.1.2.2: after
 * 500 ms, twice that, up to 4 s apart) until there is a final response.  A port where nobody
 * listens is a timeout: UDP says no more. */
#ifndef CUCMLAB_LOAD_SIPUDP_H
#define CUCMLAB_LOAD_SIPUDP_H

#include "sim/load/worker.h"

extern const struct client load_sip_udp;

#endif
