/* What came of a run, or of several that were added: tallies by phase, and under which conditions
 * they were measured.  Only runs under equal conditions add. */
#ifndef CUCMLAB_LOAD_RESULT_H
#define CUCMLAB_LOAD_RESULT_H

#include "sim/load/plan.h"
#include "sim/load/tally.h"

#include <stdio.h>

#define RESULT_CONDITIONS 16
#define RESULT_PARTS      1024

struct result_condition {
    char key[24], value[136];
};

struct result_phase {
    uint64_t begin_us, length_us;
    uint64_t from_milli, to_milli; /* asked, of all parts together; 0: a closed loop */
    struct tally tally;
};

struct result {
    struct result_condition conditions[RESULT_CONDITIONS];
    uint32_t condition_count;
    struct result_phase phases[PLAN_PHASES];
    uint32_t phase_count;
    struct tally total;
    uint64_t parts[RESULT_PARTS]; /* who they are, so that none counts twice */
    uint32_t part_count;
    int64_t began_s, ended_s; /* Unix seconds; of several: the first, the last */
    uint64_t wall_us;         /* from the first begin to the last end; of several: the longest */
    uint64_t concurrency, phones, threads; /* of all parts together */
    /* Of the threads the highest, in thousandths: its processor time of a core's; the time in which
     * it had something to do, on a processor or waiting for one. */
    uint32_t busiest_permille, occupied_permille;
    bool broken_off; /* by a signal */
    /* Of a search, thousandths a second: the highest rate that held, the lowest that did not; 0:
     * none. */
    uint64_t limit_good, limit_bad;
};

struct result *result_new(void);
void result_free(struct result *r);
void result_condition(struct result *r, const char *key, const char *value);
/* A search for the limit: its steps are told, no sum of them. */
bool result_is_search(const struct result *r);
#define RESULT_SEARCH "search for the limit"
void result_plan(struct result *r, const struct plan *p, bool open_loop);
/* The sum of the phases into `total`. */
void result_total(struct result *r);
/* The phases of a run behind those of `all`, as if all were one run. */
void result_append(struct result *all, const struct result *r);
/* False and `e` where they were measured under other conditions, or `from` is in it already. */
bool result_add(struct result *into, const struct result *from, struct err *e);

/* What a phase asks for, on average, thousandths a second; the phases in that order. */
uint64_t result_asked_milli(const struct result_phase *p);
uint32_t result_by_rate(const struct result *r, uint32_t order[PLAN_PHASES]);
/* How long requests were begun. */
uint64_t result_length_us(const struct result *r);
/* Thousandths a second. */
uint64_t result_rate_milli(uint64_t count, uint64_t length_us);
/* What the server did in that time: answers that came within it, good or not. */
uint64_t result_done_milli(const struct tally *t, uint64_t length_us);
/* One of a hundred requests began so late that a good part of the latency is the generator's own,
 * whatever kept it. */
bool result_was_late(const struct result *r);
/* Why the generator and not the server may have been what limited it, a sentence each; returns how
 * many.  `into` NULL: counts alone. */
uint32_t result_own_limits(const struct result *r, FILE *into);
/* The percentiles that are shown everywhere. */
struct result_percentile {
    const char *name; /* "p99.9" */
    uint32_t ppm10;
};
enum { RESULT_PERCENTILES = 5 };
extern const struct result_percentile result_percentiles[RESULT_PERCENTILES];

void result_print(const struct result *r, FILE *out);

#endif
