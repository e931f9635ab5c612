/* A histogram of durations in whole microseconds, in the shape of HdrHistogram: log-linear, three
 * significant decimal digits, from 1 us to an hour.  Counts are integers, so that histograms add
 * exactly, in any order.  Memory is taken for the ranges that are used.  Pure. */
#ifndef CUCMLAB_LOAD_HIST_H
#define CUCMLAB_LOAD_HIST_H

#include "sim/base/mem.h"

#define HIST_DIGITS  3           /* significant, of every value */
#define HIST_HIGHEST 3600000000u /* us; what is longer counts as this, and in `over` */
#define HIST_SUB     2048u       /* values of one width each in the lowest range */
#define HIST_BLOCK   (HIST_SUB / 2)
#define HIST_BLOCKS  23u /* of HIST_BLOCK counts: the ranges double 21 times */
#define HIST_SLOTS   (HIST_BLOCKS * HIST_BLOCK)

struct hist {
    const struct mem *mem;
    uint64_t *blocks[HIST_BLOCKS]; /* NULL: nothing in that range */
    uint64_t count, over;
    uint64_t sum_us;         /* of the values as they were given, capped at HIST_HIGHEST */
    uint64_t min_us, max_us; /* exact; 0 while count is 0 */
};

struct hist hist_of(const struct mem *mem);
void hist_free(struct hist *h);
void hist_clear(struct hist *h); /* keeps the memory */

void hist_add(struct hist *h, uint64_t us);
void hist_merge(struct hist *into, const struct hist *from);

/* The value that `ppm10` ten-millionths of the values are at or below ("99.99 %": 9999000): the
 * highest one that its slot stands for, and never above max_us.  0 of an empty one. */
uint64_t hist_at(const struct hist *h, uint32_t ppm10);
/* The same among `more` further values that are higher than all of it; UINT64_MAX: one of those. */
uint64_t hist_at_before(const struct hist *h, uint64_t more, uint32_t ppm10);
#define HIST_WHOLE 10000000u

/* Slots: which one a value is counted in, and the values that it stands for. */
uint32_t hist_slot(uint64_t us);
uint64_t hist_lowest(uint32_t slot);
uint64_t hist_widest(uint32_t slot); /* the highest of them */
uint64_t hist_in(const struct hist *h, uint32_t slot);
/* `n` values of a slot, from a file; sum, least and greatest are set by who reads it. */
void hist_put(struct hist *h, uint32_t slot, uint64_t n);

#endif
