/* Losses that nobody has noticed yet, found in a trial: a lab of its own beside a copy of the
 * clusters, one phone for each distinct state.  Called by sim/main. */
#ifndef CUCMLAB_PREDICT_PROBE_H
#define CUCMLAB_PREDICT_PROBE_H

#include "sim/predict/remedy.h"

/* Presses Directories for one registered phone of each distinct state, and marks all that are like
 * it as having lost (or regained) secure services, after `step` and since `since_us`.  Phones whose
 * model has no Security by Default, or whose configuration names no secured URL, have none to
 * lose.  Called at the end of every step. */
void probe_services(struct lab *lab, uint32_t step, uint64_t since_us);

/* What registered phones would lose at their next boot, beyond what they have lost already. */
struct probe_boot {
    uint32_t phones;              /* that would lose more */
    uint32_t lost[FUNCTIONS];     /* by function */
    uint32_t by_remedy[REMEDIES]; /* what would bring them back then */
    uint32_t example;             /* one of them, where phones > 0 */
};

void probe_next_boot(struct lab *lab, struct probe_boot *out);

#endif
