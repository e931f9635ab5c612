/* `cucmlab preflight`: what to mend in a cluster before anybody changes something.  Called by
 * sim/main. */
#ifndef CUCMLAB_CMD_PREFLIGHT_H
#define CUCMLAB_CMD_PREFLIGHT_H

#include <stdio.h>

/* `argv` are the words behind "preflight".  The exit status: 0 nothing fails, 1 a check fails (with
 * --strict also where nobody can say), 2 usage or input. */
int preflight_run(int argc, char *const *argv, FILE *out, FILE *problems);
void preflight_help(FILE *out);

#endif
