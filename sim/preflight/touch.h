/* Which phones trust somebody else than the cluster that they stand in, and must each be touched?
 * Found by trying, without a plan: in a copy of the present one phone of each state boots once, and
 * what brings back those that lack something behind that is searched as for a report
 * (sim/predict).  Never a trial for each phone: the fleet is grouped by what decides its future.
 * The lab is left as it is. */
#ifndef CUCMLAB_PREFLIGHT_TOUCH_H
#define CUCMLAB_PREFLIGHT_TOUCH_H

#include "sim/predict/ahead.h"

/* What comes of a phone. */
struct touch_end {
    bool holds;        /* it holds the lists that its TFTP serves */
    bool takes;        /* behind one boot it does, or that TFTP serves it none */
    uint8_t lost;      /* FSM_BIT of each function that it lacks behind that boot */
    uint8_t way;       /* enum way_kind: what brings them back */
    uint8_t hand;      /* WAY_HANDS: enum way_hand */
    const char *words; /* that in words; NULL: nothing is lost */
};

struct touch {
    struct phone_groups groups;
    struct touch_end *ends; /* by group */
    struct boots boots;     /* what the next boot costs, */
    struct ahead ahead;     /* and what comes of the next restarts beyond that */
    bool has_ahead;
    struct arena arena;
};

/* `ahead`: what lies ahead too. */
void touch_find(struct lab *lab, bool ahead, struct touch *out);
void touch_free(struct touch *t);

/* All 0 where it is not there. */
struct touch_end touch_of(const struct touch *t, uint32_t phone);
/* Somebody must go there: nothing that an administrator does from his desk brings it back. */
bool touch_needed(const struct touch_end *e);
/* "trust list, configuration" */
const char *touch_lost(uint8_t lost, char out[160]);

/* What the TFTP server of this phone serves to it now: CT_LIST; 0: none, or its model asks for
 * none. */
uint32_t touch_served(const struct lab *lab, uint32_t phone, bool ctl);

#endif
