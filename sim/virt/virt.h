/* The virtual driver: an event queue with a model of links and servers.  A million phones, years in
 * seconds.  Total order: time, then class (nodes, administrator, phones), then sequence.
 * Time is integer microseconds from the start of the run. */
#ifndef CUCMLAB_VIRT_VIRT_H
#define CUCMLAB_VIRT_VIRT_H

#include "sim/bytes/forge.h"
#include "sim/core/driver.h"

/* Costs of a node, in microseconds of one of its processors; assumed unless a source is named. */
struct virt_costs {
    uint64_t sign_us;       /* one signature (measured for RSA-2048 here: 300 us) */
    uint64_t handshake_us;  /* one TLS handshake, server side */
    uint64_t answer_us;     /* one small request */
    uint32_t processors;    /* of a node */
    uint64_t tftp_retry_us; /* a lost or dropped TFTP packet is sent again after (assumed 4 s) */
    uint64_t tcp_retry_us;  /* a lost TCP segment (assumed 200 ms) */
};

struct virt_options {
    uint64_t seed;
    uint64_t start_us; /* machine time at the start: not 0 for a trial */
    struct link link;  /* of every phone at the start */
    struct virt_costs costs;
    struct forge *forge;
    bool bytes; /* encode and decode at every hop */
};

struct virt_options virt_defaults(uint64_t seed);

/* `world` is borrowed.  The driver is freed with its free(). */
struct driver *virt_new(const struct world *world, const struct virt_options *options,
                        const struct mem *mem);
/* Bytes of memory that the driver holds. */
size_t virt_memory(const struct driver *d);

#endif
