/* The report of a run: the verdict, what was lost by outcome and function, what hands would cost,
 * one phone's story for each outcome.  Built once from what was lost, then printed as
 * text, JSON (docs/REPORT.md, docs/report.schema.json) or CSV.  Called by sim/session, sim/cmd and
 * tests.  The words and keys are stable. */
#ifndef CUCMLAB_REPORT_REPORT_H
#define CUCMLAB_REPORT_REPORT_H

#include "sim/inventory/inventory.h"
#include "sim/predict/losses.h"
#include "sim/script/script.h"

#include <stdio.h>

#define REPORT_FORMAT 1 /* of the JSON */
#define REPORT_PEOPLE 2 /* who visit phones, assumed */

/* A file that the run was given. */
struct report_file {
    const char *path;           /* NULL: there was none */
    char sha256[65];            /* of its bytes, hexadecimal */
    uint32_t phones, left_over; /* taken from it; rows or names that were not */
};

/* What the first screen says of the run, beside what stands in the lab. */
struct report_about {
    const char *version;    /* of the program; NULL: not said */
    const char *command;    /* as it was typed; NULL: not known */
    int64_t date_s;         /* Unix seconds at which it was made; 0: not said */
    const char *stopped;    /* the signal that ended it before its end; NULL: none did */
    bool until;             /* somebody said when it ends: what is lost still has an end there */
    struct report_file off; /* --off; inventories are in struct report_input */
};

/* The same run with one assumed fact turned. */
struct report_turn {
    char name[CLUSTER_NAME + FACT_TEXT]; /* with a cluster where it is turned there alone */
    char was[FACT_TEXT], is[FACT_TEXT];
    bool other; /* the verdict is another one */
    char verdict[VERDICT_TEXT];
};

struct report_turns {
    struct report_turn *list;
    uint32_t count, cap;
    uint32_t facts;     /* assumed ones that bear on the verdict */
    uint32_t not_tried; /* of them */
    uint32_t phones;    /* tried with so many of the phones, some of each kind; 0: with all */
    char verdict[VERDICT_TEXT]; /* of these, nothing turned */
};

/* All borrowed for as long as the report is used. */
struct report_input {
    const struct report_turns *turns; /* NULL: nothing was turned */
    struct report_about about;
    struct losses *losses;
    const char *scenario; /* its path */
    const struct script_param *params;
    uint32_t param_count;
    const struct script_expect *expects;
    uint32_t expect_count;
    const struct inventory_file *inventories; /* that fed it (sim/report/rows.h) */
    uint32_t inventory_count;
    uint32_t hands_minutes; /* a phone; 0: what the table of models says */
    uint32_t people;        /* 0: REPORT_PEOPLE */
    bool letter;            /* users get one: what they do is counted */
    uint32_t users_follow;  /* of a hundred; 0: LETTER_FOLLOW */
    uint32_t users_hours;   /* 0: LETTER_HOURS */
};

/* Phones of one outcome that lost one function after one step. */
struct report_row {
    uint16_t way;     /* what brings the function back: index into the ways of losses */
    uint16_t back;    /* not open: after what it came back, index into the causes of losses */
    uint8_t function; /* enum phone_function */
    bool others;      /* not open: it came back before, after something else */
    bool open;        /* lost still: the minutes count where the run's end was given */
    uint16_t step;
    uint32_t phones;
    uint64_t lost_us; /* of all of them together */
};

/* Phones with one way back. */
struct report_outcome {
    uint16_t way; /* of everything that they have lost */
    uint32_t phones;
    uint32_t example; /* the first of the kind that most of them are */
    uint32_t alike;   /* phones of that kind */
};

struct report {
    struct report_input in;
    struct lab *lab;                 /* of in.losses */
    uint32_t phones;                 /* of the lab */
    const struct verdict *said;      /* of in.losses */
    const struct way *ways;          /* of in.losses: rows and outcomes point into them */
    struct report_outcome *outcomes; /* the worst first */
    uint32_t outcome_count;
    uint32_t hands_phones;  /* that need hands, or somebody was at in this run */
    uint32_t hands_done;    /* of them, where somebody was */
    uint64_t hands_minutes; /* of work, all of them together */
    struct report_row *rows;
    uint32_t count, cap;
    char verdict[VERDICT_TEXT];
};

void report_build(const struct report_input *in, struct report *out);
void report_free(struct report *r);
/* The rows that a phone is counted in for one function, at most two, with 0 phones each, and how
 * long it lacked the function in each.  Returns how many. */
uint32_t report_rows_of(const struct report *r, uint32_t phone, enum phone_function f,
                        struct report_row rows[2], uint64_t lost_us[2]);

/* What somebody presses to delete the trust lists of a model, in words; a factory reset where no
 * keys are known, or for UINT8_MAX. */
const char *report_keys(uint8_t model);
/* Counts by model: what an older load made a model of its own is added to the first of its product.
 */
void report_by_product(uint32_t *count_of_model);

void report_print(FILE *out, const struct report *r);
void report_quiet(FILE *out, const struct report *r); /* the verdict and what failed */
void report_json(FILE *out, const struct report *r);
void report_csv(FILE *out, const struct report *r);
void report_junit(FILE *out, const struct report *r);
void report_put_csv(FILE *out, const char *text, char after); /* one field */

/* A line for each expect() that does not hold, "s.lua:21: FAILED: ..."; returns how many. */
uint32_t report_failed(FILE *out, const char *scenario, const struct script_expect *expects,
                       uint32_t count);

/* Hands: tenths of an hour that the people take, rounded. */
uint64_t report_tenths(const struct report *r, uint64_t minutes); /* of so much work */
/* Minutes of somebody at this phone. */
uint64_t report_hands_minutes(const struct report *r, uint32_t phone);
uint64_t report_hands_tenths(const struct report *r);

/* True where a phone needs hands, or will (verdict_at_risk()). */
bool report_at_risk(const struct report *r);

/* What the result rests on that no source settles: names and values, one call each. */
void report_assumed(const struct report *r,
                    void (*put)(void *ctx, const char *name, const char *value, const char *doc),
                    void *ctx);

/* What it is, of the name of a fact that the result rests on; "" where there is none. */
const char *report_fact_doc(const char *name);

/* What a change of plan changed: two files of report_json().  Returns the number of differences, or
 * -1 and `e` where one is no such file. */
int report_diff(FILE *out, const char *path_a, const char *path_b, struct err *e);

#endif
