/* The virtual driver: an event queue with a model of links and servers.  A million phones, years in
 * seconds.  Total order: time, then class (nodes, administrator, phones), then sequence.
 * Time is integer microseconds from the start of the run. */
#ifndef CUCMLAB_VIRT_VIRT_H
#define CUCMLAB_VIRT_VIRT_H

#include "sim/bytes/forge.h"
#include "sim/core/driver.h"

struct virt_options {
    uint64_t seed;
    uint64_t start_us; /* machine time at the start: not 0 for a trial */
    struct forge *forge;
    bool bytes; /* encode and decode at every hop */
};

/* `world` is borrowed.  The driver is freed with its free(). */
struct driver *virt_new(const struct world *world, const struct virt_options *options,
                        const struct mem *mem);
/* Bytes of memory that the driver holds. */
size_t virt_memory(const struct driver *d);

#endif
