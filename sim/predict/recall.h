/* What searches for ways came to, for labs of one identity: a plan is run over and over with other
 * luck, and what its phones lack at the end of one run they mostly lack at that of the next, in
 * clusters that stand alike.  Kinds alone: a way names nodes and content of the lab in which it was
 * found.
 *
 * One lab writes (the plan's own run), before others read: what they say depends neither on which
 * of them is there first nor on the number of threads.  Called by sim/predict/search; made by
 * sim/plan. */
#ifndef CUCMLAB_PREDICT_RECALL_H
#define CUCMLAB_PREDICT_RECALL_H

#include "sim/predict/remedy.h"

struct recall;

struct recall *recall_new(void);
void recall_free(struct recall *r); /* NULL: nothing */
/* From now on it is read alone, by any number of threads. */
void recall_close(struct recall *r);

/* Of each group whose end is known: its way in found[].all. */
void recall_find(struct lab *lab, struct remedies_wish wish, struct remedies *r,
                 uint16_t (*keep)(struct remedies *r, const struct way *w));
/* Writes down what the search came to, where nothing was left out of it. */
void recall_put(struct lab *lab, struct remedies_wish wish, const struct remedies *r);

#endif
