/* What brings a phone back is found by trying, never looked up.  The phones that have something
 * lost now are grouped by what decides their future; one of each group is put in a trial, a lab of
 * its own beside a copy of the clusters, and after each act of an administrator it boots there. The
 * first act after which it has nothing lost is the remedy of its group; "needs hands" means that no
 * act on the cluster helps and deleting the trust lists on the phone does.
 *
 * Called by sim/predict/losses, which knows what is lost and keeps the answer, and tests.  The lab
 * itself is left as it is (its shared content grows). */
#ifndef CUCMLAB_PREDICT_REMEDY_H
#define CUCMLAB_PREDICT_REMEDY_H

#include "sim/predict/group.h"

/* What brings a phone back: nothing, a boot, an act of the table that may be tried as a remedy
 * (nodes/acts.h), or nothing that was tried.  The table says in which order they are tried, what is
 * done before and behind each, and the words. */
enum remedy {
    REMEDY_NONE,                         /* nothing is lost */
    REMEDY_BOOT,                         /* nothing but the phone's next boot */
    REMEDY_ACTS,                         /* REMEDY_ACTS + enum act_kind */
    REMEDY_UNKNOWN = REMEDY_ACTS + ACTS, /* none: another cause, such as a network that is down */
    REMEDIES
};

#define REMEDY_START    (enum remedy)(REMEDY_ACTS + DO_START)
#define REMEDY_RESTART  (enum remedy)(REMEDY_ACTS + DO_RESTART)
#define REMEDY_LOCALKEY (enum remedy)(REMEDY_ACTS + DO_ITL_RESET_LOCALKEY)
#define REMEDY_CTL      (enum remedy)(REMEDY_ACTS + DO_CTL_UPDATE)
#define REMEDY_HANDS    (enum remedy)(REMEDY_ACTS + DO_DELETE_TRUST_LIST)

/* All that can come out, from "nothing to do" to "not found", in the order in which they are tried.
 */
uint32_t remedy_order(enum remedy out[REMEDIES]);
/* The worst first, as reports have them: hands, not found, then from the last tried to the first.
 */
uint32_t remedy_worst_first(enum remedy out[REMEDIES]);
const char *remedy_name(enum remedy r);     /* stable: "boot", "hands" */
const char *remedy_title(enum remedy r);    /* for a column: "needs hands" */
const char *remedy_sentence(enum remedy r); /* what an administrator does */
const char *remedy_after(enum remedy r);    /* "restarting services, then a reset" */

struct remedies {
    struct phone_groups groups; /* answer: enum remedy */
};

/* Tries everything for the phones that have something lost now: FSM_BIT of each function, by
 * device number.  Free it with remedies_free(). */
void remedies_find(struct lab *lab, const uint8_t *lost, struct remedies *out);
void remedies_free(struct remedies *r);
enum remedy remedies_of(const struct remedies *r, uint32_t phone);
uint32_t remedies_phones(const struct remedies *r, enum remedy remedy);

#endif
