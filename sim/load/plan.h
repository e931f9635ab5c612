/* When requests begin: each arrival of a run has its instant before the run begins, whatever the
 * server does.  A pure function of plan, seed and number; instants never go back.  Pure. */
#ifndef CUCMLAB_LOAD_PLAN_H
#define CUCMLAB_LOAD_PLAN_H

#include "sim/base/err.h"

#include <stdint.h>

#define PLAN_PHASES 64
#define PLAN_GROUP  64 /* arrivals whose instants are drawn together, where they are random */

/* A part of a run, with a rate that stays or changes evenly from its begin to its end. */
struct plan_phase {
    uint64_t begin_us, length_us;
    uint64_t from_milli, to_milli; /* thousandths of a request a second */
    uint64_t first, count;         /* its arrivals, numbered through the run */
};

struct plan {
    struct plan_phase phases[PLAN_PHASES];
    uint32_t phase_count;
    uint64_t count, length_us; /* of all */
    uint64_t seed;
    bool random; /* as in a Poisson process, within each PLAN_GROUP; else evenly */
};

/* Adds a phase behind the others; false where it is one too many, or more than 2^40 arrivals. */
bool plan_add(struct plan *p, uint64_t length_us, uint64_t from_milli, uint64_t to_milli,
              struct err *e);
/* A phase of so many arrivals. */
bool plan_add_count(struct plan *p, uint64_t length_us, uint64_t count, struct err *e);
/* How many of the first `arrivals` are of a thread: phones take turns, and threads share them. */
uint64_t plan_share(uint64_t arrivals, uint32_t phones, uint32_t threads, uint32_t thread);
uint64_t plan_at_us(const struct plan *p, uint64_t arrival); /* from the begin of the run */
uint32_t plan_phase_of(const struct plan *p, uint64_t arrival);
/* Which phase that is, from the begin of the run; phase_count: it is over. */
uint32_t plan_phase_at(const struct plan *p, uint64_t us);

#endif
