/* Rates that change through a run: "steps:100,200,400", "ramp:100..1000", "boot-storm".  Pure. */
#ifndef CUCMLAB_LOAD_PROFILE_H
#define CUCMLAB_LOAD_PROFILE_H

#include "sim/load/plan.h"

/* When phones that are switched on together ask for the first time; from power, in us.  As the
 * knobs boot_min_us and boot_max_us (assumed). */
#define PROFILE_BOOT_MIN_US 45000000u
#define PROFILE_BOOT_MAX_US 90000000u

/* Adds the phases.  `length_us`: of the whole; a boot storm of `phones` has a length of its own, or
 * that of "boot-storm:FIRST..LAST", times from power, and sets *storm. */
bool profile_read(const char *words, uint64_t length_us, uint32_t phones, struct plan *p,
                  bool *storm, struct err *e);

#endif
