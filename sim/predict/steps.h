/* What a way comes down to: every single act, in the order in which they are done, as the clusters
 * are by then.  The words say "every service that is stopped"; here is which on which node, and
 * every restart behind an act.  Called by sim/report, and by tests. */
#ifndef CUCMLAB_PREDICT_STEPS_H
#define CUCMLAB_PREDICT_STEPS_H

#include "sim/predict/way.h"

struct way_step {
    struct act act;
    uint8_t of; /* the act of the way that it belongs to */
    uint8_t cluster;
};

struct way_steps {
    struct way_step *list;
    uint32_t count, cap;
};

/* Found by doing it in a trial, to one of the phones that the way is for.  The lab is left as it
 * is. */
void way_steps(struct lab *lab, const struct way *w, uint32_t phone, struct way_steps *out);
void way_steps_free(struct way_steps *s);

#endif
