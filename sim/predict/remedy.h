/* What brings phones back is found by trying, never looked up.  The phones that have something lost
 * now are grouped by what decides their future; one of each group is put in a trial, a lab of its
 * own beside a copy of the clusters, and boots there behind acts of an administrator, in sequences.
 * The narrowest way after which it has nothing lost, and that harms nobody, is the way of its
 * group; "needs hands" means that no sequence within the bound helps and deleting the trust lists
 * on the phone behind one does.
 *
 * Called by sim/predict/losses, which knows what is lost and keeps the answer, and tests.  The lab
 * itself is left as it is. */
#ifndef CUCMLAB_PREDICT_REMEDY_H
#define CUCMLAB_PREDICT_REMEDY_H

#include "sim/predict/group.h"
#include "sim/predict/way.h"

/* How far was looked. */
struct way_bound {
    uint32_t acts;      /* different acts that were tried */
    uint32_t sequences; /* of them */
    uint8_t longest;
    bool whole; /* nothing that could be of use was left out for want of time */
};

/* Of one group: index into `ways` for everything that it has lost, and for each function. */
struct way_found {
    uint16_t all, of[FUNCTIONS];
};

struct remedies {
    struct phone_groups groups; /* of phones that have something lost */
    struct way_found *found;    /* by group */
    struct way *ways;           /* from the best to the worst; the first is WAY_NONE */
    uint32_t count, cap;
    struct way_bound bound;
};

struct remedies_wish {
    /* By device number: FSM_BIT of each function that nobody asks for, since the phone lacked it
     * before; a way that leaves it lacking brings everything back.  NULL: there is none. */
    const uint8_t *without;
    uint8_t longest; /* acts of a sequence, at most WAY_LONGEST */
    bool kinds;      /* cheaper, for who asks for kinds alone (remedies_worst(), remedies_phones()):
                        nobody is asked whether he would be harmed, and each function has the way of
                        all */
};
/* Tries all that is wished for, for the phones that have something lost now: FSM_BIT of each
 * function, by device number.  Free it with remedies_free(). */
void remedies_search(struct lab *lab, const uint8_t *lost, struct remedies_wish wish,
                     struct remedies *out);
void remedies_find(struct lab *lab, const uint8_t *lost, struct remedies *out); /* everything */
void remedies_find_kinds(struct lab *lab, const uint8_t *lost, struct remedies *out);
void remedies_free(struct remedies *r);

/* What brings back everything that this phone has lost.  Points into r->ways. */
const struct way *remedies_of(const struct remedies *r, uint32_t phone);
/* What brings back one function, and takes nothing else away. */
const struct way *remedies_for(const struct remedies *r, uint32_t phone, enum phone_function f);
/* Of all phones together. */
enum way_kind remedies_worst(const struct remedies *r);
uint32_t remedies_phones(const struct remedies *r, enum way_kind kind);
uint32_t remedies_groups(const struct remedies *r, enum way_kind kind);

#endif
