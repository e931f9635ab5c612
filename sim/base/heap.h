/* A monotone radix heap: the event queue.  Keys never go below the last one popped; entries with
 * equal keys come out in the order in which they went in, so that order is total.  Pure. */
#ifndef CUCMLAB_BASE_HEAP_H
#define CUCMLAB_BASE_HEAP_H

#include "sim/base/mem.h"

/* 12 bytes: there is one for each phone of a million. */
struct __attribute__((packed, aligned(4))) heap_entry {
    uint64_t key;
    uint32_t id; /* the owner's */
};

/* Entries lie in chunks that go back to a free list as soon as they are read: memory follows what
 * is pending, without slack of its own. */
struct heap_chunk;

struct heap_bucket {
    struct heap_chunk *head, *tail;
    uint32_t at;  /* next to read in `head` */
    uint32_t end; /* written in `tail` */
    bool told;    /* `soon` was called for what is in it */
};

struct heap {
    const struct mem *mem;
    uint64_t last; /* key popped last */
    uint64_t min;  /* least key, where min_known */
    bool min_known;
    uint64_t occupied; /* bit i - 1: bucket i holds something, for i from 1 */
    uint64_t count;
    struct heap_chunk *spare;
    size_t chunks; /* taken from mem */
    /* Called for each entry a few dozen before it is popped, so that the owner may have the memory
     * that it stands for fetched into the cache; not for those that came in later.  May be NULL. */
    void (*soon)(void *ctx, const struct heap_entry *entry);
    void *soon_ctx;
    struct heap_bucket buckets[65]; /* 0 is a queue of entries whose key is `last` */
};

struct heap heap_of(const struct mem *mem);
void heap_free(struct heap *h);
void heap_push(struct heap *h, struct heap_entry entry); /* CHECKs entry.key >= last */
bool heap_pop(struct heap *h, struct heap_entry *out);
/* The same where its key is not above `limit`; otherwise `last` does not move. */
bool heap_pop_until(struct heap *h, uint64_t limit, struct heap_entry *out);
/* Lets keys go down to `last` again: for a clock that stayed behind an entry that was popped and
 * thrown away.  Walks all entries; keeps the order of equal keys. */
void heap_rebase(struct heap *h, uint64_t last);
/* Calls `f` for each entry; those of equal keys in the order in which they would come out. */
void heap_each(const struct heap *h, void (*f)(void *ctx, const struct heap_entry *entry),
               void *ctx);
size_t heap_memory(const struct heap *h);

#endif
