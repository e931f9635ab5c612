/* A monotone radix heap: the event queue.  Keys never go below the last one popped; entries with
 * equal keys come out in the order in which they went in, so that order is total.  Pure. */
#ifndef CUCMLAB_BASE_HEAP_H
#define CUCMLAB_BASE_HEAP_H

#include "sim/base/mem.h"

struct heap_entry {
    uint64_t key;
    uint32_t id, stamp; /* the owner's */
};

struct heap_bucket {
    struct heap_entry *entries;
    uint32_t count, cap;
};

struct heap {
    const struct mem *mem;
    uint64_t last; /* key popped last */
    uint64_t min;  /* least key, where min_known */
    bool min_known;
    uint64_t occupied; /* bit i - 1: bucket i holds something, for i from 1 */
    uint32_t head;     /* of bucket 0, which is a queue of entries whose key is `last` */
    uint64_t count;
    struct heap_bucket buckets[65];
};

struct heap heap_of(const struct mem *mem);
void heap_free(struct heap *h);
void heap_push(struct heap *h, struct heap_entry entry); /* CHECKs entry.key >= last */
/* The least key; false when empty.  Does not move `last`. */
bool heap_peek(struct heap *h, uint64_t *key);
bool heap_pop(struct heap *h, struct heap_entry *out);
size_t heap_memory(const struct heap *h);

#endif
