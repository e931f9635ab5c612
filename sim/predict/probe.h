/* Losses that nobody has noticed yet, found in a trial: a lab of its own beside a copy of the
 * clusters, one phone for each distinct state.  The lab itself is left as it is.  Called by
 * sim/predict/losses, which says what becomes of the findings, and tests. */
#ifndef CUCMLAB_PREDICT_PROBE_H
#define CUCMLAB_PREDICT_PROBE_H

#include "sim/predict/remedy.h"

enum probe_answer {
    PROBE_NOTHING, /* nothing to try: it is not registered */
    PROBE_WORKS,   /* or it has no such services to lose */
    PROBE_FAILS
};

/* Presses Directories for one registered phone of each distinct state; out[] by device number, enum
 * probe_answer.  What is going on ends first (a service that starts, a phone that boots): only what
 * stays is a loss.  Phones whose model has no Security by Default, or whose configuration names no
 * secured URL, have none to lose. */
void probe_services(struct lab *lab, uint8_t *out);

/* What registered phones would lose at their next boot, beyond what they have lost already. */
struct probe_boot {
    uint32_t phones;            /* that would lose more */
    uint32_t lost[FUNCTIONS];   /* by function */
    uint32_t by_way[WAY_KINDS]; /* what would bring them back then */
    uint32_t example;           /* one of them, where phones > 0 */
};

/* `lost`: FSM_BIT of each function lost already, by device number. */
void probe_next_boot(struct lab *lab, const uint8_t *lost, struct probe_boot *out);

#endif
