/* What the files of sim/capture share; nobody else includes it.
 *
 *   flow.c     on top: connections
 *   capture.c  the file, packets, words, secrets
 *   pcapng.c   blocks
 *   frames.c   packets */
#ifndef CUCMLAB_CAPTURE_IMPL_H
#define CUCMLAB_CAPTURE_IMPL_H

#include "sim/base/heap.h"
#include "sim/base/sys.h"
#include "sim/base/table.h"
#include "sim/capture/capture.h"
#include "sim/capture/pcapng.h"

#include <pthread.h>

/* A packet of the largest size in its block, with a comment. */
#define CAPTURE_ROOM (65536 + PCAPNG_TEXT_MAX + 64)
/* Lines of key logs that are remembered: two ends of a connection tell the same ones. */
#define CAPTURE_SECRETS 4096
/* Pairs of sockets with datagrams under way. */
#define CAPTURE_ON_THE_WAY 65536

struct flow {
    struct frame_end end[2];    /* by enum capture_side */
    uint32_t first[2], seq[2];  /* sequence numbers of each side: of its SYN, the next */
    uint32_t unacknowledged[2]; /* segments of that side since the other one sent something */
    uint8_t holders;            /* ends in this process that hold it; 0: free */
    bool both;                  /* ends were here */
    bool accepted, opened, reset, fin[2];
    uint32_t next_free;
};

struct capture {
    pthread_mutex_t lock; /* recursive */
    FILE *out;
    char *path;
    int error;    /* errno of the write that failed; 0: none */
    bool written; /* since the last flush */
    uint64_t epoch_us, packets;
    uint64_t (*wall_us)(void); /* NULL: virtual time */
    uint16_t bound, standard;  /* one port that is written as another; 0: none */
    uint16_t id;               /* of the next IP header */
    struct table on_the_way;   /* datagrams to be received: hash of both ends -> how many */
    uint64_t *secrets;         /* hashes, each at its place */
    struct flow *flows;
    uint32_t flow_count, flow_cap, flow_free;
    struct table by_ends; /* hash of both ends -> flow */
    bool ordered;
    uint64_t mark;
    struct heap order; /* of `waiting`, by time */
    struct waiting {
        uint8_t *block; /* NULL: free */
        uint64_t mark;
        uint32_t n, next_free;
    } * waiting;
    uint32_t waiting_count, waiting_cap, waiting_free;
    char comment[PCAPNG_TEXT_MAX];
    uint8_t frame[65536];
    uint8_t block[CAPTURE_ROOM];
};

#define FLOW_NONE UINT32_MAX

/* Never 0. */
uint64_t capture_ends_hash(struct frame_end from, struct frame_end to);

/* One packet of interface 0. */
void capture_put(struct capture *c, uint64_t at_us, struct view frame);

#endif
