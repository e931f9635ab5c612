/* A link: how packets pass between two ends.  Of a phone, of a node, or of a site to the nodes of a
 * cluster.  Pure. */
#ifndef CUCMLAB_CORE_LINK_H
#define CUCMLAB_CORE_LINK_H

#include <stdbool.h>
#include <stdint.h>

/* Delay one way, jitter on top of it (uniform), loss of a packet in a million, rate in bytes a
 * second (0: no limit), down: nothing passes; mtu: larger IP packets are lost without a word to
 * whoever sent them (path MTU discovery fails), 0: there is no such limit. */
struct link {
    uint64_t delay_us, jitter_us;
    uint32_t loss_ppm;
    uint32_t rate;
    bool down;
    uint32_t mtu;
};

static inline bool link_is_cut(const struct link *l)
{
    return l->down || l->loss_ppm >= 1000000;
}

/* Something does not pass that could: there is something to be mended. */
static inline bool link_is_bad(const struct link *l)
{
    return link_is_cut(l) || l->mtu != 0;
}

/* The same with nothing in the way; as slow, and as lossy, as it was. */
static inline struct link link_mended(struct link l)
{
    if (link_is_cut(&l))
        l.loss_ppm = 0;
    l.down = false;
    l.mtu = 0;
    return l;
}

/* Through one, then the other. */
static inline struct link link_both(struct link a, const struct link *b)
{
    a.delay_us += b->delay_us;
    a.jitter_us += b->jitter_us;
    a.loss_ppm = a.loss_ppm + b->loss_ppm < 1000000 ? a.loss_ppm + b->loss_ppm : 1000000;
    a.down = link_is_cut(&a) || link_is_cut(b);
    if (b->rate != 0 && (a.rate == 0 || b->rate < a.rate))
        a.rate = b->rate;
    if (b->mtu != 0 && (a.mtu == 0 || b->mtu < a.mtu))
        a.mtu = b->mtu;
    return a;
}

#endif
