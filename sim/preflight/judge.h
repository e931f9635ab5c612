/* Runs all checks over the present of a cluster.  Called by sim/cmd/preflight, the change page and
 * tests. */
#ifndef CUCMLAB_PREFLIGHT_JUDGE_H
#define CUCMLAB_PREFLIGHT_JUDGE_H

#include "sim/preflight/check.h"

#define PREFLIGHT_DAYS 90 /* certificates that end within so many, where nobody says */

/* All borrowed until preflight_free(). */
struct preflight_options {
    struct lab *lab; /* at the present: all is quiet */
    /* The same, loaded with the lab option `strangers`: a list that is known by its hash alone
     * holds certificates that nobody has.  NULL: there is no such list. */
    struct lab *strangers;
    uint32_t days; /* 0: PREFLIGHT_DAYS */
    /* Where the facts of files come from: lab_found(), lab_found_cluster(), lab_found_phone();
     * NULL: no file says anything. */
    const struct lab_found *found;
    const struct lab_found_cluster *(*cluster)(const struct lab *lab, uint32_t cluster);
    const struct lab_found_phone *(*phone)(const struct lab *lab, uint32_t phone);
    bool without_trials; /* nothing is tried; checks that ask what was are passed over */
};

/* Fills it in; free it with preflight_free(). The labs stay as they are. */
void preflight_make(const struct preflight_options *options, struct preflight *out);
void preflight_free(struct preflight *p);

/* Whether that check alone fails for that cluster, as things are in o->lab. */
bool preflight_fails(const struct preflight_options *o, const struct preflight_check *check,
                     uint32_t cluster);

/* A check failed; with `strict` also where nobody can say. */
bool preflight_failed(const struct preflight *p, bool strict);

/* All rows, in the order of their areas; `area` and `row` begin at 0.  NULL: no more. */
struct preflight_row {
    uint32_t area, row;
};
const struct preflight_check *preflight_next(struct preflight_row *at);
const struct preflight_check *preflight_find(const char *name); /* NULL: no such row */

/* "renewals, moves": what it stops; "": nothing. */
#define PREFLIGHT_STOPS_TEXT 128
char *preflight_stops_words(uint8_t stops, char out[PREFLIGHT_STOPS_TEXT]);

const char *preflight_severity_name(enum preflight_severity s); /* stable: "pass", "cannot-know" */

#endif
