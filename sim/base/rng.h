/* Seeded random streams (SplitMix64).  A stream is 8 bytes of plain data, so that each machine and
 * each link owns one: adding a phone changes nobody else's luck.  The same on every machine and
 * compiler.  Not for secrets: the lab's keys are test keys.  Pure. */
#ifndef CUCMLAB_BASE_RNG_H
#define CUCMLAB_BASE_RNG_H

#include "sim/base/buf.h"

struct rng {
    uint64_t state;
};

/* A stream of its own for (seed, label, number): "phone", 17; "key HQ pub CallManager", 0. */
struct rng rng_of(uint64_t seed, const char *label, uint64_t number);
uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* 0 <= x < n without bias; n > 0 */
bool rng_chance(struct rng *r, uint32_t ppm);  /* true in `ppm` of a million draws */
void rng_bytes(struct rng *r, void *out, size_t n);

/* 64-bit mixing, for hashes of plain data. */
uint64_t rng_mix(uint64_t x);
uint64_t rng_hash(uint64_t h, struct view v); /* continues `h` with the bytes of v */
/* Another number for the same, sooner where they are many: for tables. */
uint64_t rng_digest(uint64_t h, struct view v);

#endif
