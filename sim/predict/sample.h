/* Some phones of each kind: a fleet that is small, and in which all that happened to the whole of
 * it happens to somebody.  For running a scenario again with these alone (struct lab_options,
 * only). Called by sim/whatif and tests. */
#ifndef CUCMLAB_PREDICT_SAMPLE_H
#define CUCMLAB_PREDICT_SAMPLE_H

#include "sim/predict/losses.h"

/* Of phones that are alike by the end of the run (what they hold, model, place, row in the
 * database, what they lost and have lost still) at most `each`, from all over the fleet; fewer
 * where they would be more than `most` together.  out[]: device numbers, in order, room for all
 * phones. Returns how many; 0: there are more kinds than that. */
uint32_t sample_find(struct losses *l, uint32_t each, uint32_t most, uint32_t *out);
/* How many phones of the fleet each of these stands for: weights[i] of only[i], all of them
 * together are the fleet. */
void sample_weights(struct losses *l, const uint32_t *only, uint32_t count, uint32_t *weights);

#endif
