/* The parts of a plan, each filled in from what was written down and from the report of the run.
 * Inside sim/plan. */
#ifndef CUCMLAB_PLAN_PARTS_H
#define CUCMLAB_PLAN_PARTS_H

#include "sim/plan/impl.h"
#include "sim/predict/remedy.h"

/* run.c: all of it, until it is over; false and `e` where an error or a signal ends it before. */
bool run_all(struct session *s, struct record *r, struct err *e);

/* Before anything is done: preflight. */
void plan_look_before(struct plan *p, struct record *r);
/* gate.c: which of it the change mends, and which steps must not be done while it fails. */
void plan_find_gates(struct plan *p, struct record *r);
void plan_fill_head(struct plan *p, struct record *r, const struct report *report,
                    const char *error);
void plan_fill_steps(struct plan *p, struct record *r, const struct report *report);
/* What the table says of an act, without what only who writes scenarios has use for: sentences and
 * brackets with words or parameters of the language.  NULL: nothing is left. */
const char *plan_page_words(struct arena *a, const char *doc);
void plan_fill_risks(struct plan *p, struct record *r, const struct report *report);
void plan_fill_places(struct plan *p, struct record *r);
/* As it was at that point; each phone boots in a fork. */
void plan_fill_trust(struct plan_trust *t, struct record *r, const struct recorded_point *point);
void plan_say_verdict(struct plan *p, const struct record *r);

/* runs.c: the plan's own run, and all that are wished for beside it, in threads. */
void plan_fill_runs(struct plan *p, struct record *r, const struct plan_options *o);

/* judge.c: how phones stand now, by device number, without the time that every detail of a remedy
 * takes.  `hands` are of what they did not lack before the change. */
struct judged {
    uint8_t *now;   /* FSM_BIT of each function that it lacks */
    uint8_t *next;  /* likewise, that it would lose at its next boot */
    uint8_t *hands; /* it needs hands, for what it lacks, or since it is off and will be stuck */
    uint8_t *later; /* it needs none now, and will behind its next boot */
};
struct judged judge_phones(struct arena *a, const struct record *r);
/* Acts of a sequence that are tried for phones, before the change, behind it and in all runs: the
 * same everywhere, so that numbers can be held against each other.  A third act costs ten times as
 * much as the first two. */
#define PLAN_LONGEST 2
/* Kinds alone. */
#define JUDGE_WISH ((struct remedies_wish){ .longest = PLAN_LONGEST, .kinds = true })

/* What it lacked before the change, or would have lost at any boot without it. */
uint8_t plan_had(const struct record *r, uint32_t phone);
/* What this change took from a phone and did not give back: FSM_BIT of each function that it lacks
 * now, or will have lost at its next boot. */
uint8_t plan_lacks(const struct record *r, uint32_t phone);
/* A way that takes the change back, or makes another one of it: a backup, other certificates. */
bool plan_leads_elsewhere(const struct way *w);
/* It needed hands before the change, or would have at any boot without it, and needs them still. */
bool plan_needed_hands(const struct record *r, uint32_t phone);
/* It needs hands, and needed none before the change; or nothing but such a way helps it. */
bool plan_needs_hands(const struct record *r, uint32_t phone);
/* No visit is needed where a backup is restored, or such, which takes the change back. */
bool plan_is_undone(const struct record *r, uint32_t phone);
/* It lost something by this change, at some time. */
bool plan_loses(const struct record *r, uint32_t phone);

#endif
