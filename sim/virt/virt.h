/* The virtual driver: an event queue with a model of links and servers.  A million phones, years in
 * seconds.  Total order: time, then class (nodes, administrator, phones), then sequence.
 * Time is integer microseconds from the start of the run. */
#ifndef CUCMLAB_VIRT_VIRT_H
#define CUCMLAB_VIRT_VIRT_H

#include "sim/bytes/forge.h"
#include "sim/core/driver.h"
#include "sim/crypto/tls.h"

struct capture;

struct virt_options {
    uint64_t seed;
    uint64_t start_us; /* machine time at the start: not 0 for a trial */
    struct forge *forge;
    bool bytes; /* encode and decode at every hop */
};

/* `world` is borrowed.  The driver is freed with its free(). */
struct driver *virt_new(const struct world *world, const struct virt_options *options,
                        const struct mem *mem);
/* The address of a phone in a capture (assumed: the lab needs none). */
#define VIRT_PHONE_IP(phone) (0x0a800001u + (phone)) /* 10.128.0.0/9 */

/* What a capture has to know of phones and nodes. */
struct virt_phone {
    const char *user_agent; /* "Cisco-CP8861/12.1.1" */
    unsigned type;          /* CUCM's device type number */
    const char *load;       /* the firmware that its configuration names */
    bool sccp;              /* it registers by SCCP, and not by SIP */
    enum tls_version newest;
    uint32_t identity; /* what it shows: CT_CERT of the CAPF that issued its LSC, CONTENT_MIC, or
                          CONTENT_NOBODY */
};
struct virt_capture {
    struct capture *capture; /* borrowed until the driver is freed */
    void (*phone)(void *ctx, uint32_t phone, struct virt_phone *out);
    uint32_t (*node)(void *ctx, uint32_t node, char name[64]); /* its address, host order */
    uint64_t (*epoch_us)(void *ctx);                           /* instant 0, since 1970 */
    void *ctx;
};
/* From here every packet is written, as it would lie on the wire at the phone's end of its link;
 * what happens stays the same.  Copies of the driver write nothing.  Before anything is under way.
 */
void virt_capture(struct driver *d, const struct virt_capture *how);
/* Bytes of memory that the driver holds. */
size_t virt_memory(const struct driver *d);

#endif
