/* What brings a phone back is found by trying, never looked up.  The phones that have something
 * lost now are grouped by what decides their future; one of each group is put in a trial, a lab of
 * its own beside a copy of the clusters, and after each act of an administrator it boots there. The
 * first act after which it has nothing lost is the remedy of its group; "needs hands" means that no
 * act on the cluster helps and deleting the trust lists on the phone does.
 *
 * Called by sim/main, sim/report and, through a function pointer, by the scenario's
 * `needs_hands`.  The lab itself is left as it is (its shared content grows). */
#ifndef CUCMLAB_PREDICT_REMEDY_H
#define CUCMLAB_PREDICT_REMEDY_H

#include "sim/lab.h"

/* In the order in which they are tried.  Each from REMEDY_RESTART on also starts what is stopped:
 * an administrator does that first. */
enum remedy {
    REMEDY_NONE,     /* nothing is lost */
    REMEDY_BOOT,     /* nothing but the phone's next boot */
    REMEDY_START,    /* start what is stopped */
    REMEDY_RESTART,  /* restart TFTP and TVS on all nodes */
    REMEDY_LOCALKEY, /* utils itl reset localkey */
    REMEDY_CTL,      /* utils ctl update CTLFile */
    REMEDY_HANDS,    /* delete the trust lists on the phone */
    REMEDY_UNKNOWN,  /* none of these: another cause, such as a network that is down */
    REMEDIES
};

const char *remedy_name(enum remedy r);     /* stable: "boot", "hands" */
const char *remedy_title(enum remedy r);    /* for a column: "needs hands" */
const char *remedy_sentence(enum remedy r); /* what an administrator does */

struct remedy_group {
    uint32_t phone;  /* the representative: the first of them */
    uint32_t phones; /* how many are like it */
    uint8_t lost;    /* FSM_BIT of each function lost */
    uint8_t remedy;  /* enum remedy */
};

struct remedies {
    struct remedy_group *groups;
    uint32_t count, cap;
    uint32_t *group_of; /* by phone: index + 1; 0: nothing lost */
    uint32_t phones;    /* of the lab when it was asked */
};

/* Tries everything for the phones that have something lost now.  Free it with remedies_free(). */
void remedies_find(struct lab *lab, struct remedies *out);
void remedies_free(struct remedies *r);
enum remedy remedies_of(const struct remedies *r, uint32_t phone);
uint32_t remedies_phones(const struct remedies *r, enum remedy remedy);

/* What is lost now: what the phone noticed and what a probe found. */
uint8_t remedy_lost(const struct lab *lab, uint32_t phone);
/* Identity of what decides a phone's future: its trust state, model and place, and its row in the
 * cluster's database. */
uint64_t remedy_state(const struct lab *lab, uint32_t phone);

/* A remedies_find() that is done again only where something happened in between. */
struct remedy_cache {
    struct lab *lab;
    struct remedies remedies;
    uint64_t stamp;
    bool known;
};

const struct remedies *remedy_cache_get(struct remedy_cache *c);
void remedy_cache_free(struct remedy_cache *c);
/* For the scenario (script_options.needs_hands): `ctx` is a struct remedy_cache, of this lab. */
uint32_t remedy_cache_needs_hands(void *ctx, struct lab *lab, const uint32_t *phones, uint32_t n,
                                  bool *out);

#endif
