#include "sim/load/hist.h"

#include "sim/base/check.h"

#include <string.h>

#define SUB_BITS 11 /* of HIST_SUB */

struct hist hist_of(const struct mem *mem)
{
    return (struct hist){ .mem = mem };
}

void hist_free(struct hist *h)
{
    for (uint32_t b = 0; b < HIST_BLOCKS; b++)
        mem_free(h->mem, h->blocks[b]);
    *h = hist_of(h->mem);
}

void hist_clear(struct hist *h)
{
    for (uint32_t b = 0; b < HIST_BLOCKS; b++) {
        if (h->blocks[b] != NULL)
            memset(h->blocks[b], 0, HIST_BLOCK * sizeof *h->blocks[b]);
    }
    h->count = h->over = h->sum_us = h->min_us = h->max_us = 0;
}

/* ---- slots ---- */

/* How far the widths have doubled where this value is. */
static uint32_t doublings(uint64_t us)
{
    uint32_t bits = 64u - (uint32_t)__builtin_clzll(us | (HIST_SUB - 1));
    return bits - SUB_BITS;
}

uint32_t hist_slot(uint64_t us)
{
    if (us > HIST_HIGHEST)
        us = HIST_HIGHEST;
    uint32_t d = doublings(us);
    /* The upper half of each range alone is new: the lower one is the range before it. */
    return d * HIST_BLOCK + (uint32_t)(us >> d);
}

static uint32_t doublings_of_slot(uint32_t slot)
{
    return slot < HIST_SUB ? 0 : slot / HIST_BLOCK - 1;
}

uint64_t hist_lowest(uint32_t slot)
{
    uint32_t d = doublings_of_slot(slot);
    return (uint64_t)(slot - d * HIST_BLOCK) << d;
}

uint64_t hist_widest(uint32_t slot)
{
    return hist_lowest(slot) + ((uint64_t)1 << doublings_of_slot(slot)) - 1;
}

uint64_t hist_in(const struct hist *h, uint32_t slot)
{
    const uint64_t *block = h->blocks[slot / HIST_BLOCK];
    return block == NULL ? 0 : block[slot % HIST_BLOCK];
}

/* ---- counting ---- */

static uint64_t *block_of(struct hist *h, uint32_t b)
{
    if (h->blocks[b] == NULL) {
        h->blocks[b] = mem_take(h->mem, HIST_BLOCK * sizeof *h->blocks[b]);
        memset(h->blocks[b], 0, HIST_BLOCK * sizeof *h->blocks[b]);
    }
    return h->blocks[b];
}

void hist_put(struct hist *h, uint32_t slot, uint64_t n)
{
    CHECK(slot < HIST_SLOTS);
    block_of(h, slot / HIST_BLOCK)[slot % HIST_BLOCK] += n;
    h->count += n;
}

void hist_add(struct hist *h, uint64_t us)
{
    uint64_t kept = us < HIST_HIGHEST ? us : HIST_HIGHEST;
    if (h->count == 0 || us < h->min_us)
        h->min_us = us;
    if (us > h->max_us)
        h->max_us = us;
    h->over += us > HIST_HIGHEST;
    h->sum_us += kept;
    hist_put(h, hist_slot(kept), 1);
}

void hist_merge(struct hist *into, const struct hist *from)
{
    if (from->count == 0)
        return;
    if (into->count == 0 || from->min_us < into->min_us)
        into->min_us = from->min_us;
    if (from->max_us > into->max_us)
        into->max_us = from->max_us;
    into->count += from->count;
    into->over += from->over;
    into->sum_us += from->sum_us;
    for (uint32_t b = 0; b < HIST_BLOCKS; b++) {
        if (from->blocks[b] == NULL)
            continue;
        uint64_t *to = block_of(into, b);
        for (uint32_t i = 0; i < HIST_BLOCK; i++)
            to[i] += from->blocks[b][i];
    }
}

/* ---- percentiles ---- */

/* How many of `count` values are `ppm10` ten-millionths of them, rounded up and one at least;
 * without a product that could overflow. */
static uint64_t rank(uint64_t count, uint32_t ppm10)
{
    uint64_t whole = count / HIST_WHOLE * ppm10, rest = count % HIST_WHOLE * ppm10;
    uint64_t n = whole + rest / HIST_WHOLE + (rest % HIST_WHOLE != 0);
    return n == 0 ? 1 : n;
}

static uint64_t at_rank(const struct hist *h, uint64_t left)
{
    for (uint32_t b = 0; b < HIST_BLOCKS; b++) {
        for (uint32_t i = 0; h->blocks[b] != NULL && i < HIST_BLOCK; i++) {
            if (h->blocks[b][i] < left) {
                left -= h->blocks[b][i];
                continue;
            }
            uint64_t widest = hist_widest(b * HIST_BLOCK + i);
            return widest < h->max_us ? widest : h->max_us;
        }
    }
    return h->max_us;
}

uint64_t hist_at_before(const struct hist *h, uint64_t more, uint32_t ppm10)
{
    CHECK(ppm10 <= HIST_WHOLE);
    if (h->count + more == 0)
        return 0;
    uint64_t at = rank(h->count + more, ppm10);
    return at > h->count ? UINT64_MAX : at_rank(h, at);
}

uint64_t hist_at(const struct hist *h, uint32_t ppm10)
{
    return hist_at_before(h, 0, ppm10);
}
