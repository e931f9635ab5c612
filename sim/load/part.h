/* A result as a file: JSON, with the histograms as whole counts, so that files add exactly. */
#ifndef CUCMLAB_LOAD_PART_H
#define CUCMLAB_LOAD_PART_H

#include "sim/base/err.h"
#include "sim/load/result.h"
#include "sim/load/slo.h"

#define PART_MOST (64u << 20) /* bytes of a file */

/* `slo` may have no terms.  In the arena. */
struct view part_write(const struct result *r, const struct slo *slo, const char *command,
                       struct arena *a);
/* Whole and consistent, or an error: what a file says of itself is not believed.  A new result. */
struct result *part_read(struct view json, struct err *e);

#endif
