/* The clock on the wall, for commands. */
#ifndef CUCMLAB_CMD_TODAY_H
#define CUCMLAB_CMD_TODAY_H

#include "sim/base/err.h"

#include <stdint.h>

/* Unix seconds: now, or what SOURCE_DATE_EPOCH says where the output must not depend on the day.
 * False: that says no date. */
bool today(int64_t *out, struct err *e);

#endif
