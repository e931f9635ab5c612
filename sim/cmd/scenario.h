/* What `run` and `serve` share: scenarios by name, a session for the words typed, and what comes
 * out of it. */
#ifndef CUCMLAB_CMD_SCENARIO_H
#define CUCMLAB_CMD_SCENARIO_H

#include "sim/cmd/args.h"
#include "sim/session.h"

#define SCENARIO_PATH 4352

#define SCENARIO_FOLDERS 5

/* Where scenarios are looked for by name, the first one first: those with scenarios in them alone.
 */
uint32_t scenario_folders(char out[SCENARIO_FOLDERS][SCENARIO_PATH]);
/* The scenarios of such a folder, and behind them those of each folder in it ("move/bulk.lua"), in
 * order. */
struct scenario_list {
    char **names;
    uint32_t count, cap;
};
bool scenario_list(const char *folder, struct scenario_list *out, struct err *e);
void scenario_list_free(struct scenario_list *list);

/* The file of a scenario: a path, or a name as `cucmlab list` has it. */
bool scenario_find(const char *name, char path[SCENARIO_PATH], struct err *e);

/* Where the words go: standard output, unless a file that was asked for goes there alone. */
FILE *scenario_words(const struct args *a);

/* The options of a session for these words; `path` is filled in with the scenario's. */
bool scenario_options(const struct args *a, char path[SCENARIO_PATH], struct session_options *out,
                      struct err *e);

/* Prints the report and writes what was asked for.  Returns the exit status: EXIT_EXPECT where an
 * expect() failed or, with --fail-on-risk, a phone needs hands. */
int scenario_report(struct session *s, const struct args *a);
/* The report of now, printed alone. */
void scenario_print(struct session *s, const struct args *a);

#endif
