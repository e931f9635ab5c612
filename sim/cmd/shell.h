/* `cucmlab shell`: the command line of a node.  Called by sim/main. */
#ifndef CUCMLAB_CMD_SHELL_H
#define CUCMLAB_CMD_SHELL_H

#include <stdio.h>

void shell_help(FILE *out);
int shell_run(int argc, char *const *argv, FILE *out, FILE *problems);

#endif
