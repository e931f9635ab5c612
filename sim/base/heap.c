#include "sim/base/heap.h"

#include "sim/base/check.h"

#include <string.h>

/* Bucket 0 holds keys equal to `last`; bucket i > 0 holds keys whose highest bit that differs from
 * `last` is bit i - 1.  When bucket 0 runs dry, the lowest bucket is spread over the ones below it,
 * in order: equal keys always lie in one bucket, so they keep their order. */

#define CHUNK 340 /* 4 KB of entries */
#define SOON  64  /* entries that are told of at once */

struct heap_chunk {
    struct heap_chunk *next;
    struct heap_entry entries[CHUNK];
};

struct heap heap_of(const struct mem *mem)
{
    struct heap h;
    memset(&h, 0, sizeof h);
    h.mem = mem;
    return h;
}

static void free_chunks(struct heap *h, struct heap_chunk *c)
{
    while (c != NULL) {
        struct heap_chunk *next = c->next;
        h->mem->resize(h->mem->ctx, c, 0);
        c = next;
    }
}

void heap_free(struct heap *h)
{
    for (int i = 0; i <= 64; i++)
        free_chunks(h, h->buckets[i].head);
    free_chunks(h, h->spare);
    struct heap empty = heap_of(h->mem);
    empty.soon = h->soon;
    empty.soon_ctx = h->soon_ctx;
    *h = empty;
}

static struct heap_chunk *take_chunk(struct heap *h)
{
    struct heap_chunk *c = h->spare;
    if (c != NULL) {
        h->spare = c->next;
    } else {
        c = h->mem->resize(h->mem->ctx, NULL, sizeof *c);
        h->chunks++;
    }
    c->next = NULL;
    return c;
}

static void put(struct heap *h, int i, const struct heap_entry *entry)
{
    struct heap_bucket *b = &h->buckets[i];
    if (b->tail == NULL || b->end == CHUNK) {
        struct heap_chunk *c = take_chunk(h);
        if (b->tail == NULL) {
            b->head = c;
            b->at = 0;
        } else {
            b->tail->next = c;
        }
        b->tail = c;
        b->end = 0;
    }
    b->tail->entries[b->end++] = *entry;
    if (i > 0)
        h->occupied |= 1ull << (i - 1);
}

/* The entry at the front of a bucket; its chunk goes back once it is read through. */
static bool take(struct heap *h, struct heap_bucket *b, struct heap_entry *out)
{
    struct heap_chunk *c = b->head;
    if (c == NULL)
        return false;
    *out = c->entries[b->at++];
    if (b->at == (c == b->tail ? b->end : CHUNK)) {
        b->head = c->next;
        b->at = 0;
        if (b->head == NULL)
            b->tail = NULL;
        c->next = h->spare;
        h->spare = c;
    }
    return true;
}

static int bucket_of(const struct heap *h, uint64_t key)
{
    return key == h->last ? 0 : 64 - __builtin_clzll(key ^ h->last);
}

void heap_push(struct heap *h, struct heap_entry entry)
{
    CHECK(entry.key >= h->last);
    put(h, bucket_of(h, entry.key), &entry);
    h->count++;
    if (h->min_known && entry.key < h->min)
        h->min = entry.key;
}

static uint64_t least_of(const struct heap_bucket *b)
{
    uint64_t least = UINT64_MAX;
    uint32_t at = b->at;
    for (const struct heap_chunk *c = b->head; c != NULL; c = c->next, at = 0) {
        uint32_t end = c == b->tail ? b->end : CHUNK;
        for (; at < end; at++) {
            if (c->entries[at].key < least)
                least = c->entries[at].key;
        }
    }
    return least;
}

/* Few enough to be told of, and not told yet. */
static bool is_to_tell(const struct heap *h, const struct heap_bucket *b)
{
    return h->soon != NULL && !b->told && b->head == b->tail && b->end - b->at <= SOON;
}

static bool is_alone(const struct heap_bucket *b)
{
    return b->head == b->tail && b->end - b->at == 1;
}

/* A bucket is spread over the ones below it; its least key is the new `last`. */
static void spread(struct heap *h, int i, uint64_t least)
{
    struct heap_bucket from = h->buckets[i];
    bool tell = is_to_tell(h, &from);
    h->last = least;
    h->buckets[i] = (struct heap_bucket){ 0 };
    struct heap_entry entry;
    while (take(h, &from, &entry)) {
        int to = bucket_of(h, entry.key);
        if (tell)
            h->soon(h->soon_ctx, &entry);
        put(h, to, &entry);
        h->buckets[to].told = tell || from.told;
    }
}

/* The first bucket that holds something, with what holds the least key at its front; -1 where that
 * is above `limit`. */
static int first_bucket(struct heap *h, uint64_t limit)
{
    if (h->buckets[0].head != NULL)
        return h->last > limit ? -1 : 0;
    int i = __builtin_ctzll(h->occupied) + 1;
    struct heap_bucket *b = &h->buckets[i];
    bool alone = is_alone(b);
    if (!h->min_known) {
        h->min = alone ? b->head->entries[b->at].key : least_of(b);
        h->min_known = true;
    }
    if (h->min > limit)
        return -1;
    h->occupied &= h->occupied - 1;
    if (!alone) {
        spread(h, i, h->min);
        return 0;
    }
    h->last = h->min;
    b->told = false;
    return i;
}

bool heap_pop_until(struct heap *h, uint64_t limit, struct heap_entry *out)
{
    int i = h->count == 0 ? -1 : first_bucket(h, limit);
    if (i < 0)
        return false;
    take(h, &h->buckets[i], out);
    h->count--;
    h->min_known = false;
    return true;
}

bool heap_pop(struct heap *h, struct heap_entry *out)
{
    return heap_pop_until(h, UINT64_MAX, out);
}

void heap_rebase(struct heap *h, uint64_t last)
{
    struct heap old = *h;
    h->last = last;
    h->occupied = 0;
    h->min_known = false;
    memset(h->buckets, 0, sizeof h->buckets); /* and tell again */
    for (int i = 0; i <= 64; i++) {
        struct heap_entry entry;
        while (take(h, &old.buckets[i], &entry)) {
            CHECK(entry.key >= last);
            put(h, bucket_of(h, entry.key), &entry);
        }
    }
}

void heap_each(const struct heap *h, void (*f)(void *ctx, const struct heap_entry *entry),
               void *ctx)
{
    for (int i = 0; i <= 64; i++) {
        const struct heap_bucket *b = &h->buckets[i];
        uint32_t at = b->at;
        for (const struct heap_chunk *c = b->head; c != NULL; c = c->next, at = 0) {
            uint32_t end = c == b->tail ? b->end : CHUNK;
            for (; at < end; at++)
                f(ctx, &c->entries[at]);
        }
    }
}

size_t heap_memory(const struct heap *h)
{
    return sizeof *h + h->chunks * sizeof(struct heap_chunk);
}
