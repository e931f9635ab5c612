/* Whom the resets of a way reach.  A reset comes from the CallManager where a phone is registered;
 * one that is registered nowhere tries again as it is, and boots when its power goes and comes
 * again.  Inside sim/predict. */
#ifndef CUCMLAB_PREDICT_REACH_H
#define CUCMLAB_PREDICT_REACH_H

#include "sim/predict/remedy.h"

/* Sets `reach` of each way of r->ways that has boots and that some group is told to go, and of its
 * acts, found by doing it to one phone of each of these groups as it stands. */
void reach_resets(struct lab *lab, struct remedies *r);

#endif
