/* Tools for files from outside: `cucmlab itl`, `ctl` and `sgn`.  Called by sim/main and tests. They
 * say precisely what is wrong with a bad file.  A file "-" is standard input; at most 16 MiB. */
#ifndef CUCMLAB_TOOLS_H
#define CUCMLAB_TOOLS_H

#include <stdio.h>

#define TOOLS_FILE_MAX (16u << 20)

/* `tool` is "itl", "ctl" or "sgn"; argv[0] the action ("show"), then files and options in any
 * order.  Results go to `out`, messages to `problems`.  Returns the exit status: 0 good, 1 a
 * signature that does not verify or two lists that differ, 2 a bad file or wrong use. */
int tools_run(const char *tool, int argc, char *const *argv, FILE *out, FILE *problems);

/* What `cucmlab TOOL --help` prints. */
void tools_help(const char *tool, FILE *out);

#endif
