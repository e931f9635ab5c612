/* Whether the way of one function leaves the way of everything open.  A phone that takes another
 * cluster's list on its way to register there may stand where nothing but hands brings the rest
 * back.  Inside sim/predict. */
#ifndef CUCMLAB_PREDICT_OPEN_H
#define CUCMLAB_PREDICT_OPEN_H

#include "sim/predict/remedy.h"

/* Each function whose own way, done for real before that of everything, keeps that from bringing
 * everything back has the way of everything instead. */
void open_ways(struct lab *lab, struct remedies *r);

#endif
