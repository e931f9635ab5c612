/* What `run` and `serve` share: scenarios by name, a session for the words typed, and what comes
 * out of it. */
#ifndef CUCMLAB_CMD_SCENARIO_H
#define CUCMLAB_CMD_SCENARIO_H

#include "sim/cmd/args.h"
#include "sim/session.h"

#define SCENARIO_PATH 4352

/* Where `list` looks: ./scenarios, or the installed ones. */
const char *scenario_folder(void);

/* The options of a session for these words; `path` is filled in with the scenario's. */
bool scenario_options(const struct args *a, char path[SCENARIO_PATH], struct session_options *out,
                      struct err *e);

/* Prints the report and writes what was asked for.  Returns the exit status: EXIT_EXPECT where an
 * expect() failed or, with --fail-on-risk, a phone needs hands. */
int scenario_report(struct session *s, const struct args *a);

#endif
