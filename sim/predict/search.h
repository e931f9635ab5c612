/* The search for ways: breadth first over sequences of acts, all groups in one trial at a time.
 * Inside sim/predict. */
#ifndef CUCMLAB_PREDICT_SEARCH_H
#define CUCMLAB_PREDICT_SEARCH_H

#include "sim/predict/remedy.h"

/* Fills r->found, r->ways and r->bound for r->groups, of phones that have something lost: lost[] by
 * device number, as everybody else has it too. */
void search_ways(struct lab *lab, const uint8_t *lost, struct remedies_wish wish,
                 struct remedies *r);

#endif
