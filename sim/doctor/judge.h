/* From findings to one diagnosis, by a table: the first row whose conditions all hold.  The last
 * row has none, so that every combination of facts has exactly one.  Pure.
 * Source: Cisco technote 116232, its manual check and the four conditions (documented); what to do
 * for each state 116232, 117598, 214231 and the Security Guide 14 (documented) unless the row says
 * otherwise. */
#ifndef CUCMLAB_DOCTOR_JUDGE_H
#define CUCMLAB_DOCTOR_JUDGE_H

#include "sim/doctor/findings.h"

#include <stdbool.h>

enum outcome { OUTCOME_HEALTHY, OUTCOME_SICK, OUTCOME_UNTOLD };

#define JUDGE_STEPS      7
#define JUDGE_CONDITIONS 6

struct condition {
    uint8_t finding, values; /* a bit for each value that will do; 0: no condition */
};

struct diagnosis {
    const char *key;                /* "tvs-down": for scripts */
    const char *title;              /* one line */
    const char *why;                /* what it means for phones */
    const char *steps[JUDGE_STEPS]; /* what to do, in order; up to a NULL */
    uint8_t outcome;                /* enum outcome */
    bool erase;                     /* the ITL of the phone must be erased */
    struct condition when[JUDGE_CONDITIONS];
};

extern const struct diagnosis judge_rows[];
extern const uint32_t judge_count;

const struct diagnosis *judge(const struct findings *f);

/* The facts that are not known, and with which the diagnosis would be another: a bit each. */
uint32_t judge_missing(const struct findings *f);

/* The four conditions under which alone an ITL is erased (documented, 116232), 0 to 3. */
#define JUDGE_FOUR 4
struct judge_four {
    const char *words;
    uint8_t finding, holds; /* the finding, and the value with which the condition holds */
};
extern const struct judge_four judge_four[JUDGE_FOUR];
enum answer judge_holds(const struct findings *f, uint32_t condition);

#endif
