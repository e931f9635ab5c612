/* Sums and pictures that several writers show.  Inside sim/plan. */
#ifndef CUCMLAB_PLAN_PICTURES_H
#define CUCMLAB_PLAN_PICTURES_H

#include "sim/plan/impl.h"

struct plan_sums {
    uint32_t out; /* phones that were out of service in some step: of the step with most */
    uint64_t most_us, total_us;
};
struct plan_sums plan_sums(const struct plan *p);

/* Inline SVG, `width` units wide: phones by state over time, with the steps; who signs what and who
 * vouches for whom. */
void picture_timeline(FILE *out, const struct plan *p, int width);
void picture_trust(FILE *out, const struct plan_trust *t, int width);
extern const char *const plan_state_names[PLAN_STATES];
extern const char *const plan_takes_names[PLAN_TAKES];

/* "nothing to take back", "yes", "by hand", "no". */
const char *plan_return_name(uint8_t returns);

#endif
