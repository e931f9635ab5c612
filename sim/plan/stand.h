/* What of a cluster, as it stands before a change, never came to its phones or cannot help them:
 * what a ready-made change has to begin with.  Called by sim/plan/recipe.c.  Pure questions.
 *
 * `told`: what was found of that cluster; NULL: no file says anything of it. */
#ifndef CUCMLAB_PLAN_STAND_H
#define CUCMLAB_PLAN_STAND_H

#include "sim/lab_found.h"

/* A TFTP would make another ITL, had it just started: a certificate was renewed and no more. */
bool stand_itls_are_behind(const struct lab *lab, const struct cluster *cl,
                           const struct lab_found_cluster *told);
/* Some registered phone holds another ITL than its TFTP serves. */
bool stand_phones_are_behind(const struct lab *lab, const struct cluster *cl);
/* The service works with an old certificate on some node. */
bool stand_is_behind(const struct cluster *cl, enum service s);
/* The CTL has not the root of its usual signer, and has that of the other one (field notice 70613).
 */
bool stand_ctl_lost_root(const struct cluster *cl, const struct lab_found_cluster *told);
/* A TVS works with a certificate that is past its time: phones ask it nothing. */
bool stand_tvs_has_ended(const struct lab *lab, const struct cluster *cl);

#endif
