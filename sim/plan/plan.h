/* The change page: what a plan costs, as one plain struct, made of one run of a cluster and its
 * change and of what was tried beside it.  The writers (HTML, Markdown, JSON, CSV, the lines on the
 * terminal) read it and nothing else.  Called by sim/cmd and tests.
 *
 *   plan_options -> plan_make (runs, tries, fills in) -> plan_html, plan_markdown, ... -> plan_free
 *
 * Times are microseconds of the lab; texts are UTF-8, not escaped for any writer, and live as long
 * as the plan.  docs/PLAN.md, docs/plan.schema.json. */
#ifndef CUCMLAB_PLAN_PLAN_H
#define CUCMLAB_PLAN_PLAN_H

#include "sim/session.h"

#define PLAN_FORMAT 1 /* of the JSON */
#define PLAN_RISK_ROWS                                                                             \
    200                   /* phones at risk, and places, that a page names; CSV and JSON have all */
#define PLAN_SEEDS      5 /* without --seeds */
#define PLAN_SEEDS_MOST 1000
/* Runs with all phones, in events of all of them together; beyond it with a sample.  The same on
 * every machine. */
#define PLAN_WHOLE_EVENTS 120000000ull

/* ---- what is wished for; all borrowed until plan_free() ---- */

struct plan_options {
    /* Of one run: script.path is the cluster, script.then (and then_text) the change. */
    struct session_options session;
    uint32_t hands_minutes, people; /* as in struct report_input */
    uint32_t seeds;                 /* runs with other luck, the first of them the plan's own */
    uint32_t off_percent;           /* a run more with that share of the phones off; 0: none */
    bool each_node_down;            /* a run more for each node that is cut off meanwhile */
    bool no_guide;                  /* the order of the guides is not run beside it */
    uint32_t threads;               /* that run them, 1 or more */
    uint64_t whole_events;          /* of all runs with all phones; 0: PLAN_WHOLE_EVENTS */
};

/* ---- the struct ---- */

struct plan_texts {
    const char **list;
    uint32_t count, cap;
};

struct plan_fact {
    const char *name, *value, *doc;
};

struct plan_facts {
    struct plan_fact *list;
    uint32_t count, cap;
};

struct plan_cluster {
    const char *name, *version;
    struct plan_texts nodes; /* the publisher first */
    bool mixed_mode;
};

struct plan_head {
    const char *title;          /* of the change: its first comment, else its file */
    const char *verdict;        /* one sentence */
    const char *uncertain;      /* what nobody knows and the verdict turns on; NULL: nothing */
    const char *error;          /* where the change ended before its end; NULL: it did not */
    bool at_risk;               /* a phone needs hands, or will; a step is stopped; an error */
    bool refused;               /* a step must not be done: preflight fails in what it touches */
    bool unmended;              /* preflight fails in something that the change does not mend */
    const char *program, *made; /* "cucmlab 0.2.0"; the day; NULL: not said */
    const char *command;        /* NULL: not known */
    const char *cluster_file, *change_file;
    char cluster_sha256[65], change_sha256[65];
    uint64_t seed, identity;
    uint32_t phones;
    struct plan_cluster *clusters;
    uint32_t cluster_count;
    struct plan_facts assumed;     /* what it rests on that no source settles */
    struct plan_texts cannot_know; /* what no file says and the verdict may turn on */
    struct plan_texts failed;      /* expectations of the change that do not hold */
    struct plan_texts others;      /* whom it concerns besides phones */
    uint64_t begin_us, end_us;     /* of the change */
    const char *searched;          /* how far ways to bring phones back were; NULL: none lost */
    const char *begin, *end;       /* as dates, or as times from the start */
    uint32_t lost_before;  /* phones that lacked something before it, or at any boot would */
    uint32_t more;         /* that lack something by it, and need no hands */
    uint8_t more_lacks;    /* what these lack, FSM_BITs of enum phone_function */
    uint32_t hands_before; /* that need hands, and did before it, or at any boot would */
    uint32_t out;          /* phones that were out of service in it at some time */
    uint32_t unregistered; /* that lack registration by it when it is over */
    uint32_t lost, lost_now, hands; /* that lost something by it, lack it still, need hands */
    uint32_t undone;              /* of these: unless a backup is restored, which undoes the plan */
    uint32_t hands_off, lost_off; /* of those that need hands, and that lack it still: that are
                                   * off, and meet it when they are switched on */
    uint64_t hands_minutes;       /* of work, all of them together */
    uint32_t people;
};

/* What preflight finds before the change (sim/preflight/check.h). */
struct plan_finding {
    bool fails; /* else it warns */
    const char *check, *fact, *what;
    uint32_t cluster;
    uint32_t phones; /* that it concerns; 0: the cluster */
    uint32_t stops;  /* index + 1 of the step that must not be done while it fails; 0: none */
    uint32_t mended; /* index + 1 of the step behind which it fails no more; 0: it does */
};

/* What an administrator does: equal acts on several nodes are one. */
struct plan_act {
    const char *what;  /* "Regenerate CallManager on pub, sub1" */
    const char *where; /* page or command, in the product's words */
    const char *doc;   /* what comes of it; NULL where it stands above already */
    const char *warns; /* what the page or the CLI asks; NULL: nothing is known */
    uint64_t at_us;
};

/* Phones that lack a function since that step. */
struct plan_loss {
    const char *function;
    const char *back; /* what brings it back, or brought it back */
    uint32_t phones;
    bool open;        /* they lack it still */
    uint64_t lost_us; /* of all together */
};

struct plan_outage {
    uint32_t phones;
    uint64_t median_us, most_us; /* of the longest interruption of each phone */
    uint64_t total_us;           /* of all interruptions of all phones */
    uint32_t reboots, failovers;
};

/* One way back from the end of a step, tried in a fork. */
struct plan_way {
    const char *what;   /* "Restore the backup of 2026-11-29 02:00 on every node, reset phones" */
    const char *result; /* what came of it */
    uint8_t leads;      /* enum plan_return */
};

/* Where one comes to from a step: no phone lacks anything that it had, or some do. */
enum plan_return {
    RETURN_NOTHING, /* nothing to take back: all is as before the change */
    RETURN_WORKS,   /* one of the ways leads there */
    RETURN_KEEPS, /* none does, and none has to: phones keep everything, with other certificates */
    RETURN_BY_ACTS,  /* the best of them leaves phones that lack something until one act more, or
                        goes on, service by service, to where they lack nothing */
    RETURN_BY_HANDS, /* the best of them needs hands at phones */
    RETURN_NONE      /* phones lack something whatever is tried */
};

struct plan_step {
    const char *name;
    uint32_t number; /* of the lab's record */
    uint64_t start_us, end_us;
    const char *start;       /* its date, or its time from the start */
    const char *start_short; /* without the day */
    struct plan_act *acts;
    uint32_t act_count, act_cap;
    struct plan_texts restarts; /* "Cisco Tftp on pub, sub1 (by itself)" */
    struct plan_texts old;      /* services that work with what is no more, when it is over */
    /* At its end: what to wait for. */
    uint32_t registered, on, match, of_match; /* of_match: phones that keep an ITL */
    const char *wait, *see;
    struct plan_outage out;
    uint32_t lose;  /* phones that lose something in it, or by what is under way at its end */
    bool under_way; /* at its end something is, of clusters or of phones */
    struct plan_loss *losses;
    uint32_t loss_count, loss_cap;
    struct plan_way *ways;
    uint32_t way_count, way_cap;
    uint8_t returns;  /* enum plan_return */
    const char *stop; /* what comes of it where nobody goes on from here */
    struct plan_texts
        refused; /* why it must not be done: what fails in preflight, and still does */
};

/* What phones do, over time. */
enum plan_state {
    PLAN_GOOD,  /* registered, nothing lost */
    PLAN_LACKS, /* registered, and it lacks something */
    PLAN_AWAY,  /* out of service: it boots, or looks for a server */
    PLAN_LOST,  /* no server takes it */
    PLAN_OFF,   /* without power */
    PLAN_STATES
};

struct plan_sample {
    uint64_t us;
    uint32_t phones[PLAN_STATES];
};

/* What a site or a device pool notices. */
struct plan_notice {
    const char *text; /* "No calls while phones restart: step 3, 06:10 to 06:22" */
    bool bad;
};

struct plan_place {
    const char *site, *pool; /* site "": it is not known */
    uint32_t phones, out, lost, hands;
    uint32_t at_a_time; /* out of service, at most */
    uint64_t most_us;   /* of one phone, in all steps together */
    struct plan_notice *notices;
    uint32_t notice_count, notice_cap;
};

/* Who signs what and who vouches for whom. */
struct plan_signer {
    const char *name;   /* "ITLRecovery of pub"; NULL: there is none */
    const char *serial; /* the end of its serial number */
    bool renewed;       /* it is another one than before the change */
};

struct plan_node {
    const char *name;
    struct plan_signer itl;   /* who signed the ITL that its TFTP serves */
    struct plan_signer files; /* what its TFTP signs configurations with */
    struct plan_signer tvs;   /* what its TVS works with */
    uint32_t knows_tvs;       /* phones whose ITL has the certificate of its TVS */
    uint32_t holds_itl;       /* phones that hold the very list that it serves */
};

/* Phones by what they make of the ITL that is served to them, at a boot. */
enum plan_takes {
    TAKES_SAME,   /* they hold it */
    TAKES_BY_OWN, /* by the lists that they hold */
    TAKES_BY_TVS, /* since a TVS vouches for its signer */
    TAKES_FIRST,  /* they have no list: any is taken */
    TAKES_NOT,    /* they refuse it */
    TAKES_NO_ITL, /* their model has none, or they are off */
    PLAN_TAKES
};

struct plan_trust {
    struct plan_node *nodes;
    uint32_t node_count;
    struct plan_signer ctl;
    uint32_t phones, takes[PLAN_TAKES];
};

/* One run more.  Of a sample, counts are of the phones that it stands for. */
enum plan_run_kind { RUN_SEED, RUN_OFF, RUN_NODE, RUN_LISTS, RUN_GUIDE };

struct plan_run {
    uint8_t kind;     /* enum plan_run_kind */
    const char *name; /* "seed 2", "10 % of the phones off", "sub1 cut off" */
    uint64_t seed;
    uint32_t phones;   /* that were in it: all, or a sample */
    bool whole;        /* all */
    const char *error; /* it ended before its end; NULL: it did not */
    uint32_t lost, lost_now, hands, out;
    uint64_t most_us, total_us; /* out of service: one phone at a time; all together */
    uint64_t took_us;           /* from the first act to quiet */
};

struct plan_runs {
    struct plan_run *list; /* seeds first, the plan's own run the first of them */
    uint32_t count, cap, seeds;
    uint32_t usual, worst; /* indices: of the seeds; of all that are no guide */
    const char *sampled;   /* what exactly was sampled; NULL: nothing */
};

/* A phone that has lost something when all is over, or will. */
struct plan_risk {
    const char *name, *model, *pool, *site, *lost, *since, *back;
    uint32_t minutes; /* of hands; 0: none are needed */
};

struct plan {
    struct arena arena; /* all texts, and what the lists point to */
    struct plan_head head;
    struct plan_finding *preflight; /* before the change, the worst first; what passes is counted */
    uint32_t preflight_count, preflight_cap, checks_passed;
    struct plan_step *steps;
    uint32_t step_count, step_cap;
    uint32_t no_return; /* index + 1 of the first step from which no way back works; 0: none */
    struct plan_place *places;
    uint32_t place_count, place_cap;
    struct plan_sample *samples;
    uint32_t sample_count, sample_cap;
    struct plan_trust before, after;
    struct plan_runs runs;
    uint32_t guide; /* index + 1 of the run in the order of the guides; 0: it was not run */
    struct plan_texts guide_order;
    struct plan_risk *risks; /* by site, pool and name */
    uint32_t risk_count, risk_cap;
};

/* False and `e`: the cluster is wrong, or the change cannot be read.  A change that ends with an
 * error while it runs is a plan whose head says so. */
bool plan_make(const struct plan_options *o, struct plan *out, struct err *e);
void plan_free(struct plan *p);

void plan_html(FILE *out, const struct plan *p);
void plan_markdown(FILE *out, const struct plan *p);
void plan_json(FILE *out, const struct plan *p);
void plan_csv(FILE *out, const struct plan *p);     /* all phones at risk */
void plan_words(FILE *out, const struct plan *p);   /* on a terminal */
void plan_verdict(FILE *out, const struct plan *p); /* likewise, one line */

#endif
