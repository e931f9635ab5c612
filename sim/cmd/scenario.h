/* What `run` and `serve` share: scenarios by name, a session for the words typed, and what comes
 * out of it. */
#ifndef CUCMLAB_CMD_SCENARIO_H
#define CUCMLAB_CMD_SCENARIO_H

#include "sim/cmd/args.h"
#include "sim/session.h"

#include <dirent.h>

#define SCENARIO_PATH 4352

#define SCENARIO_FOLDERS 5

/* Where scenarios are looked for by name, the first one first: those with scenarios in them alone.
 */
uint32_t scenario_folders(char out[SCENARIO_FOLDERS][SCENARIO_PATH]);
/* The names of the files in such a folder, in order; to be freed with all they point to.  -1: it
 * cannot be read. */
int scenario_names(const char *folder, struct dirent ***names);

/* Where the words go: standard output, unless a file that was asked for goes there alone. */
FILE *scenario_words(const struct args *a);

/* The options of a session for these words; `path` is filled in with the scenario's. */
bool scenario_options(const struct args *a, char path[SCENARIO_PATH], struct session_options *out,
                      struct err *e);

/* Prints the report and writes what was asked for.  Returns the exit status: EXIT_EXPECT where an
 * expect() failed or, with --fail-on-risk, a phone needs hands. */
int scenario_report(struct session *s, const struct args *a);

#endif
