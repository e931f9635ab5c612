/* Writing a ready-made change as Lua: lines and steps, the renewal of each kind of certificate,
 * what is mended first.  Inside sim/plan. */
#ifndef CUCMLAB_PLAN_RECIPE_PUT_H
#define CUCMLAB_PLAN_RECIPE_PUT_H

#include "sim/lab_found.h"

#include <stdio.h>

/* What is being written. */
struct recipe {
    FILE *out;
    struct lab *lab; /* the present; left as it is */
    const struct cluster *cl;
    const struct lab_found_cluster *found; /* what files say of it; NULL: none does */
    const char *var; /* what the Lua calls the cluster, its phones and how many were registered: */
    const char *all, *before; /* "hq", "all", "before" */
    const char *on;           /* "", or behind the name of each step: " on NEW" */
    const char *name;         /* that the node `renamed` has by now; NULL: none has another */
    uint32_t renamed;
    bool guide; /* as the guides have it: no waits of ours, no expectations */
    bool mixed_mode;
};

/* ---- recipe_put.c ---- */

void put_node(const struct recipe *r, uint32_t node);
/* The node makes that certificate for itself. */
bool makes_it(const struct recipe *r, uint32_t node, enum own own);
bool has_kind(const struct recipe *r, enum own own);
void put_head(const struct recipe *r, const char *title, const char *why);
/* Its locals: the cluster, its phones, how many of them are registered. */
void put_locals(const struct recipe *r);
void begin_step(const struct recipe *r, const char *name);
void end_step(const struct recipe *r);
void put_settle(const struct recipe *r);
/* On every node where it is activated. */
void put_restart(const struct recipe *r, enum service s);
/* One node after the other: the others take its phones meanwhile. */
void restart_in_turn(const struct recipe *r, enum service s);
/* A CTL of now, and TFTP anew where it is not served at once; CallManager then follows. */
void make_ctl(const struct recipe *r);
void callmanager_follows(const struct recipe *r);
/* A step of both, where the cluster has a CTL. */
void update_ctl(const struct recipe *r);
void put_reset(const struct recipe *r, const char *why);
void wait_for_phones(const struct recipe *r);
void put_backup(const struct recipe *r, const char *when);

/* ---- recipe_renew.c ---- */

struct recipe_kind {
    const char *name;
    uint8_t own;
    void (*renew)(const struct recipe *r);
};
#define RECIPE_KINDS 5
extern const struct recipe_kind recipe_kinds[RECIPE_KINDS]; /* ITLRecovery the last of them */
/* Where the version resets phones by itself behind a new certificate of this kind, that comes too
 * early: Phone Interaction on Certificate Update has to be manual meanwhile. */
bool waits_with_resets(const struct recipe *r, enum own own);

/* ---- recipe_mend.c ---- */

/* Steps that mend what fails in preflight, in the order of the guides, before anything else is
 * done.  `but`: a check that this change sees to itself; NULL: none. */
void mend_first(const struct recipe *r, const char *but);
/* The rollback parameter; `when`: what the name of the step begins with. */
void lists_again(const struct recipe *r, const char *when);
/* ITLRecovery is so small that it has to be renewed before what leans on it (preflight). */
bool recovery_is_small(const struct recipe *r);

#endif
