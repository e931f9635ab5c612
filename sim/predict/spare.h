/* Which ways do without the resets behind their acts: services that answer again, links that are
 * mended and resets of the version's own bring phones back as they stand.  Inside sim/predict. */
#ifndef CUCMLAB_PREDICT_SPARE_H
#define CUCMLAB_PREDICT_SPARE_H

#include "sim/predict/remedy.h"

/* Sets `alone` of each way of r->ways that some group is told to go, found by doing it to one phone
 * of each of these groups as it stands. */
void spare_resets(struct lab *lab, struct remedies *r);

#endif
