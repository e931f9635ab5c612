/* Rates that change through a run: "steps:100,200,400", "ramp:100..1000", "boot-storm".  Pure. */
#ifndef CUCMLAB_LOAD_PROFILE_H
#define CUCMLAB_LOAD_PROFILE_H

#include "sim/base/buf.h"
#include "sim/load/plan.h"

/* A boot storm: when phones that are switched on together ask for the first time, from power, us.
 */
struct profile_storm {
    bool is;                    /* out: it was one */
    uint64_t first_us, last_us; /* in: what phones do by themselves; out: what was asked for */
};

/* "A..B", two times, the second the longer one. */
bool profile_read_times(struct view v, uint64_t *first_us, uint64_t *last_us);
/* Adds the phases.  `length_us`: of the whole; a boot storm of `phones` has a length of its own. */
bool profile_read(const char *words, uint64_t length_us, uint32_t phones, struct plan *p,
                  struct profile_storm *storm, struct err *e);

#endif
