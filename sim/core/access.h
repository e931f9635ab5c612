/* What came to a node from a client, and what it answered, as an access log has it: one request, or
 * a TLS handshake.  A driver on real sockets tells the lab, which tells its observers
 * (sim/lab_observe.h).  Pure declarations. */
#ifndef CUCMLAB_CORE_ACCESS_H
#define CUCMLAB_CORE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Texts are printable ASCII: what a client sent is escaped as \x0a, and cut. */
struct access {
    uint32_t node;       /* cluster << 8 | node */
    const char *service; /* "TVS" */
    uint32_t ip;         /* of the client, host order */
    uint16_t port;
    bool handshake; /* TLS alone: it got no further, and `answer` is why, or it is `done` */
    bool done;
    uint8_t worker;  /* which thread of the driver served it, from 1; 0: the driver's own */
    char phone[16];  /* a phone of the lab that the request names; "": none */
    char asked[128]; /* "GET ITLFile.tlv" */
    char answer[64]; /* "200": what the protocol itself has, else our words */
    uint64_t bytes;  /* of the answer's content, as far as they were given to the socket */
};

#endif
