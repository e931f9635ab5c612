/* The search for the highest rate that a server stands: doubled until one is too much, then halved
 * between the last good and the first bad one.  A rate is too much where it was so twice in a row:
 * a machine that was busy with something else for a moment is no knee.  Pure. */
#ifndef CUCMLAB_LOAD_LIMIT_H
#define CUCMLAB_LOAD_LIMIT_H

#include "sim/load/slo.h"

#define LIMIT_STEPS 40

struct limit {
    uint64_t milli;     /* to be tried now, thousandths a second */
    uint64_t good, bad; /* the highest that held, the lowest that did not; 0: none yet */
    uint32_t tried;
    bool doubted; /* it was too much once: tried once more, for it may have been something else's */
    uint64_t first_p99_us; /* of the first step that held: what the server takes when it has time */
    bool done;
};

struct limit limit_from(uint64_t milli);
/* What came of the rate that was tried. */
void limit_heard(struct limit *l, bool held);
/* Whether a step held: by the objectives, or where there are none by those that follow.  The
 * answers keep up with the rate (97 of 100, and half of them wait for less than a twentieth of the
 * step), errors are below 1 % (of objectives too that do not name errors), and p99 is below ten
 * times that of the first step, or below 20 ms.  `why` says what did not. */
bool limit_held(struct limit *l, const struct slo *slo, const struct tally *t, uint64_t length_us,
                char why[128]);

#endif
