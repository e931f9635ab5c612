/* Ways back from the end of each step, done in forks: act by act, by restoring a backup, and by
 * whatever brings phones back behind these.  Inside sim/plan. */
#ifndef CUCMLAB_PLAN_BACK_H
#define CUCMLAB_PLAN_BACK_H

#include "sim/plan/parts.h"

/* What takes an act back that is about to be done. */
enum reverse {
    REVERSE_NONE,    /* nothing does */
    REVERSE_NOTHING, /* there is nothing to take back */
    REVERSE_ACT      /* this act */
};
enum reverse reverse_of(const struct lab *lab, uint32_t cluster, const struct act *act,
                        const struct lab_whom *whom, struct act *out);

/* Tries them all; fills in the ways of each step and the point of no return. */
void back_try(struct plan *p, struct record *r);

#endif
