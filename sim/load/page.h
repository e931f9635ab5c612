/* Pictures of a result: a curve as SVG, and one HTML page that needs nothing else.  In the arena.
 */
#ifndef CUCMLAB_LOAD_PAGE_H
#define CUCMLAB_LOAD_PAGE_H

#include "sim/load/result.h"
#include "sim/load/slo.h"

/* Latency over rate where the run has steps, else latency by percentile. */
struct view page_svg(const struct result *r, struct arena *a);
struct view page_html(const struct result *r, const struct slo *slo, struct arena *a);

#endif
