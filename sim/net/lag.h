/* A path with delay, jitter, loss and rate, on a machine that has none: what goes out and what
 * comes in is held back for as long as it would be on its way.  One end of a connection or of a
 * datagram socket has it, for both directions.
 *
 * TCP: what is lost comes later, after waits that double; after so many tries never, and nothing
 * behind it.  UDP: what is lost is lost.  Order is kept either way. */
#ifndef CUCMLAB_NET_LAG_H
#define CUCMLAB_NET_LAG_H

#include "sim/base/rng.h"
#include "sim/net/reactor.h"

struct lag_path {
    uint64_t delay_us, jitter_us; /* one way; uniform on top of it */
    uint32_t loss_ppm;            /* of packets; 1000000: nothing passes */
    uint32_t rate;                /* bytes a second; 0: no limit */
    uint32_t mtu;                 /* larger IP packets are lost; 0: none are */
    bool udp;
    uint64_t retry_us, retry_most_us; /* TCP sends a lost packet again, the wait doubles */
    uint32_t tries;
};

enum lag_way { LAG_OUT, LAG_IN, LAG_WAYS };

struct lag_item {
    uint64_t at_us;
    int what; /* the owner's own */
    uint8_t *bytes;
    size_t n;
};

struct lag {
    struct reactor *reactor;
    struct lag_path path;
    struct rng luck;
    struct ev_timer timer;
    struct lag_item *items; /* by time */
    uint32_t count, cap;
    uint64_t last_us[LAG_WAYS], free_us[LAG_WAYS]; /* the last arrival; when the line is free */
    bool stuck[LAG_WAYS];                          /* TCP: something before never arrives */
    size_t held;                                   /* bytes that were copied */
    void (*arrives)(void *owner, int what, struct view bytes, size_t n);
    void *owner;
};

/* `luck` decides what is lost and how long each takes. */
struct lag *lag_new(struct reactor *r, const struct lag_path *path, struct rng luck,
                    void (*arrives)(void *owner, int what, struct view bytes, size_t n),
                    void *owner);
/* Nothing arrives any more.  Called from inside arrives(), too. */
void lag_cut(struct lag *lag);
void lag_free(struct lag *lag); /* NULL: nothing */
/* On its way from now: arrives() will be called with `what`; with a copy of the bytes, or, where
 * `bytes.p` is NULL, their number alone.  `trips`: one-way trips that it takes (3: a connection
 * that is opened, and what is said on it). */
void lag_put(struct lag *lag, enum lag_way way, int what, struct view bytes, uint32_t trips);

#endif
