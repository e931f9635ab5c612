/* All that the verdict says, in one struct: what phones lost and how they come back, what comes of
 * those that are under way when the run ends, what those meet that have a boot before them, and the
 * worst that lies ahead.  The line, the table, JSON,
 * CSV, --fail-on-risk and the filters of scenarios read it, and nothing else decides what "needs
 * hands" means.  Filled by sim/predict/losses, phone by phone; read by sim/report, sim/cmd, tests.
 */
#ifndef CUCMLAB_PREDICT_VERDICT_H
#define CUCMLAB_PREDICT_VERDICT_H

#include "sim/predict/ahead.h"
#include "sim/predict/alone.h"
#include "sim/predict/returns.h"

/* What one phone adds to it. */
struct verdict_phone {
    uint32_t phone;
    uint8_t now, ever; /* FSM_BIT of each function lost now, lost at some time */
    uint8_t way;       /* enum way_kind: what brings back what is lost now */
    uint8_t standing;  /* enum standing */
    uint8_t back_kind; /* where nothing is lost any more: enum back_kind, the most that was done */
    uint16_t back;     /* index of that */
    struct alone_end left; /* when all that is under way has ended */
    struct boot_end boot;  /* beyond that */
};

/* What comes of phones that are under way when the run ends, all left alone. */
struct verdict_left {
    uint32_t under_way;         /* that are, or to which something comes before all is quiet */
    uint32_t phones;            /* of them, that lose more */
    uint32_t passing;           /* of these, that have it back by then */
    uint32_t back;              /* that have back by then all that they have lost now */
    uint32_t lost[FUNCTIONS];   /* by function, what passes too */
    uint32_t by_way[WAY_KINDS]; /* what brings them back then; WAY_NONE: it passes */
    uint32_t example;           /* the first of them, where phones > 0 */
};

struct verdict_boot {
    uint32_t all;               /* that stand like this */
    uint32_t phones;            /* of them, that will lose more at their next boot */
    uint32_t lost[FUNCTIONS];   /* by function */
    uint32_t by_way[WAY_KINDS]; /* what brings them back then */
    uint32_t example;           /* the first of them, where phones > 0 */
};

/* Phones that came back during the run, by the most that was done. */
struct verdict_back {
    uint32_t phones;
    uint16_t back; /* index of the first; of the causes */
    bool several;  /* there are others */
};

struct verdict {
    uint32_t phones;            /* of the lab */
    uint32_t lost, lost_now;    /* ever lost something; lost now */
    uint32_t by_way[WAY_KINDS]; /* of those that ever did; WAY_NONE: back already */
    uint32_t unplug; /* of WAY_BOOT: that no reset reaches, for they are registered nowhere */
    struct verdict_left left;
    struct verdict_boot boots[STANDINGS]; /* `all` by how they stand, the rest by how they will */
    const struct ahead *ahead;            /* what the next restarts and the next day cost */
    const struct returns *returns;        /* names of causes */
    struct verdict_back back[BACK_KINDS];
    uint32_t need_hands; /* for how many verdict_needs_hands() is so */
    uint8_t functions;   /* FSM_BIT of each that some phone lost, or will left alone */
};

/* The one meaning of "needs hands": somebody must go there, for what is lost now, or will be when
 * all that is under way has ended, or since it is without power and will be stuck when it has
 * booted. */
bool verdict_needs_hands(const struct verdict_phone *p);
void verdict_add(struct verdict *v, const struct verdict_phone *p);

#define VERDICT_TEXT 2000
/* One line, no full stop; names come from the lab. */
void verdict_text(const struct verdict *v, const struct lab *lab, char out[VERDICT_TEXT]);
/* A phone needs hands, or will: at its next boot, or at what lies ahead. */
bool verdict_at_risk(const struct verdict *v);
/* FSM_BIT of each function that it turns on: that is lost or will be; where none is, all of them.
 */
uint8_t verdict_turns_on(const struct verdict *v);
/* A phone is under way, or would lose more at its next boot, or at what lies ahead. */
bool verdict_looks_ahead(const struct verdict *v);

#endif
