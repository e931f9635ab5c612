/* Open-addressing hash table from a 64-bit key to a 32-bit value.  Keys are already well mixed
 * (rng_mix); key 0 is not used.  Never shrinks.  Pure. */
#ifndef CUCMLAB_BASE_TABLE_H
#define CUCMLAB_BASE_TABLE_H

#include "sim/base/mem.h"

struct table_cell {
    uint64_t key;
    uint32_t value;
};

struct table {
    const struct mem *mem;
    struct table_cell *cells;
    uint32_t count, cap; /* cap a power of two, or 0 */
};

struct table table_of(const struct mem *mem);
void table_free(struct table *t);
/* The value of `key`, or NULL.  The address holds until the next put. */
uint32_t *table_get(const struct table *t, uint64_t key);
/* Sets the value; several cells may hold one key only through table_next(). */
void table_put(struct table *t, uint64_t key, uint32_t value);

/* Cells of one key, for tables whose keys are hashes that may collide, in the order in which they
 * were added: start with *at = 0. */
bool table_next(const struct table *t, uint64_t key, uint32_t *at, uint32_t *value);
void table_add(struct table *t, uint64_t key, uint32_t value); /* beside what is there */
/* Takes a cell out again; it must be there. */
void table_drop(struct table *t, uint64_t key, uint32_t value);

#endif
