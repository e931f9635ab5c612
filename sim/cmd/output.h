/* A file that a command writes whole: printed into memory first, so that what cannot be written
 * leaves none behind.  Inside sim/cmd. */
#ifndef CUCMLAB_CMD_OUTPUT_H
#define CUCMLAB_CMD_OUTPUT_H

#include "sim/base/sys.h"

/* What was printed to `f` (sys_text_open()) goes there; `f` and `text` are gone then.  False and
 * `e`: it cannot be written. */
bool output_end(FILE *f, struct sys_text *text, const char *path, struct err *e);

#endif
