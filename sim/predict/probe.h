/* Losses that nobody has noticed yet, found in a trial: a lab of its own beside a copy of the
 * clusters, one phone for each distinct state.  The lab itself is left as it is.  Called by
 * sim/predict/losses, which says what becomes of the findings, and tests. */
#ifndef CUCMLAB_PREDICT_PROBE_H
#define CUCMLAB_PREDICT_PROBE_H

#include "sim/predict/group.h"

enum probe_answer {
    PROBE_NOTHING, /* nothing to try: it is not registered */
    PROBE_WORKS,   /* or it has no such services to lose */
    PROBE_FAILS
};

/* Presses Directories for one registered phone of each distinct state; out[] by device number, enum
 * probe_answer.  What is going on ends first (a service that starts, a phone that boots): only what
 * stays is a loss.  Phones whose model has no Security by Default, or whose configuration names no
 * secured URL, have none to lose.  worked_us[]: for one that fails, until when an answer of TVS
 * that it remembers kept the page open; 0: it had none. */
void probe_services(struct lab *lab, uint8_t *out, uint64_t *worked_us);

/* The key to press there: the one that found its services lost, else Directories. */
enum key_press probe_key(const struct lab *lab, uint32_t phone);
/* True for a registered phone that has such services behind its key. */
bool probe_can_press(const struct lab *lab, uint32_t phone);

#endif
