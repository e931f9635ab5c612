/* Time bombs: what the next restart of a service or a node, the next day, or the failure of a
 * CallManager whose standby refuses its phones, costs phones beyond what they have lost already and
 * what a boot alone would cost them.  Found by trying, on one phone
 * of each distinct state of the whole fleet: a disturbance, then a reset of all, then Directories.
 * Where a disturbance leaves the cluster as it was there is nothing to try, and where two leave it
 * alike one is tried.  The lab itself is left as it is.  Called by sim/predict/losses. */
#ifndef CUCMLAB_PREDICT_AHEAD_H
#define CUCMLAB_PREDICT_AHEAD_H

#include "sim/predict/boots.h"

/* From the narrowest. */
enum ahead_kind {
    AHEAD_RESET,              /* nothing but the reset, while something is under way */
    AHEAD_DOWN,               /* CallManager of a node stops, and a standby refuses its phones */
    AHEAD_SERVICE,            /* one service on one node is restarted */
    AHEAD_SERVICE_EVERYWHERE, /* one service, on each node where it holds something old */
    AHEAD_OLD,                /* all services of a node that hold something old */
    AHEAD_OLD_EVERYWHERE,     /* the same on all nodes */
    AHEAD_NODE,               /* a node is restarted: all that is activated there comes up */
    AHEAD_ALL_NODES,
    AHEAD_DAY, /* 24 hours pass */
    AHEAD_KINDS
};

struct ahead_cause {
    uint8_t kind; /* enum ahead_kind */
    uint8_t cluster, node;
    uint32_t services; /* SERVICE_BIT of each that is restarted; 0: whatever is activated */
    uint32_t bomb;     /* index of what comes of it */
};

/* What comes of some causes; the first of them is the narrowest. */
struct ahead_bomb {
    uint32_t cause;             /* index of the narrowest */
    uint32_t phones;            /* that lose more */
    uint32_t lost[FUNCTIONS];   /* by function */
    uint32_t by_way[WAY_KINDS]; /* what brings them back then; NONE: that it runs again */
    uint32_t example;
    uint64_t outcome; /* which phones lose what: equal outcomes are one bomb */
};

/* What all of it together costs phones of a group. */
struct ahead_end {
    uint8_t more; /* FSM_BIT of each function that one of the bombs costs */
    uint8_t way;  /* enum way_kind: the worst of what brings it back */
};

struct ahead {
    struct ahead_cause *causes; /* of bombs alone, the narrowest first */
    struct ahead_bomb *bombs;
    uint32_t cause_count, cause_cap, bomb_count, bomb_cap;
    uint32_t trials;        /* how many disturbances were tried */
    struct ahead_end *ends; /* by group of the boots */
};

/* `boots`: what the next boot alone costs. */
void ahead_find(struct lab *lab, const struct boots *boots, struct ahead *out);
void ahead_free(struct ahead *a);
/* The one that a verdict names: most hands, then most phones, then most functions, then the
 * narrowest.  NULL: there is none. */
const struct ahead_bomb *ahead_worst(const struct ahead *a);

/* What lies ahead of this phone. */
struct ahead_end ahead_of(const struct ahead *a, const struct boots *b, uint32_t phone);

#define AHEAD_TEXT 400
/* "at the next restart of Cisco Tftp on pub", "within a day"; all are followed by a reset. */
const char *ahead_words(const struct lab *lab, const struct ahead_cause *c, char out[AHEAD_TEXT]);

#endif
