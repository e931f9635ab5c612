/* Sums and pictures that several writers show.  Inside sim/plan. */
#ifndef CUCMLAB_PLAN_PICTURES_H
#define CUCMLAB_PLAN_PICTURES_H

#include "sim/plan/impl.h"

struct plan_sums {
    uint32_t out; /* phones that were out of service in some step: of the step with most */
    uint64_t most_us, total_us;
};
struct plan_sums plan_sums(const struct plan *p);

/* "nothing to take back", "yes", "by hand", "no". */
const char *plan_return_name(uint8_t returns);

#endif
