#include "sim/base/heap.h"

#include "sim/base/check.h"

#include <string.h>

/* Bucket 0 holds keys equal to `last`; bucket i > 0 holds keys whose highest bit that differs from
 * `last` is bit i - 1.  When bucket 0 runs dry, the lowest bucket is spread over the ones below it,
 * in order: equal keys always lie in one bucket, so they keep their order. */

struct heap heap_of(const struct mem *mem)
{
    struct heap h;
    memset(&h, 0, sizeof h);
    h.mem = mem;
    return h;
}

void heap_free(struct heap *h)
{
    for (int i = 0; i <= 64; i++) {
        if (h->buckets[i].entries != NULL)
            h->mem->resize(h->mem->ctx, h->buckets[i].entries, 0);
    }
    *h = heap_of(h->mem);
}

static void put(struct heap *h, int i, struct heap_entry entry)
{
    struct heap_bucket *b = &h->buckets[i];
    if (b->count == b->cap) {
        uint32_t cap = b->cap == 0 ? 16 : b->cap + b->cap / 2;
        CHECK(cap > b->cap);
        b->entries = h->mem->resize(h->mem->ctx, b->entries, (size_t)cap * sizeof *b->entries);
        b->cap = cap;
    }
    b->entries[b->count++] = entry;
    if (i > 0)
        h->occupied |= 1ull << (i - 1);
}

static int bucket_of(const struct heap *h, uint64_t key)
{
    return key == h->last ? 0 : 64 - __builtin_clzll(key ^ h->last);
}

void heap_push(struct heap *h, struct heap_entry entry)
{
    CHECK(entry.key >= h->last);
    put(h, bucket_of(h, entry.key), entry);
    h->count++;
    if (h->min_known && entry.key < h->min)
        h->min = entry.key;
}

static bool front_empty(const struct heap *h)
{
    return h->head == h->buckets[0].count;
}

bool heap_peek(struct heap *h, uint64_t *key)
{
    if (h->count == 0)
        return false;
    if (!front_empty(h)) {
        *key = h->last;
        return true;
    }
    if (!h->min_known) {
        const struct heap_bucket *b = &h->buckets[__builtin_ctzll(h->occupied) + 1];
        h->min = b->entries[0].key;
        for (uint32_t i = 1; i < b->count; i++) {
            if (b->entries[i].key < h->min)
                h->min = b->entries[i].key;
        }
        h->min_known = true;
    }
    *key = h->min;
    return true;
}

bool heap_pop(struct heap *h, struct heap_entry *out)
{
    uint64_t key;
    if (!heap_peek(h, &key))
        return false;
    struct heap_bucket *front = &h->buckets[0];
    if (front_empty(h)) {
        front->count = h->head = 0;
        int i = __builtin_ctzll(h->occupied) + 1;
        h->occupied &= h->occupied - 1;
        h->last = key;
        struct heap_bucket *b = &h->buckets[i];
        uint32_t n = b->count;
        b->count = 0; /* everything moves below: bucket i is not written while it is read */
        for (uint32_t e = 0; e < n; e++)
            put(h, bucket_of(h, b->entries[e].key), b->entries[e]);
    }
    *out = front->entries[h->head++];
    h->count--;
    h->min_known = false;
    return true;
}

size_t heap_memory(const struct heap *h)
{
    size_t n = sizeof *h;
    for (int i = 0; i <= 64; i++)
        n += (size_t)h->buckets[i].cap * sizeof(struct heap_entry);
    return n;
}
