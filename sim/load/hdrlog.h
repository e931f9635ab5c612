/* A result as a log of HdrHistogram, format 1.3: an interval a line, for each step of the run, with
 * the latencies as a compressed histogram (V2, zlib, base64).  Read by HistogramLogAnalyzer,
 * hdr_decoder and others.  Source: HdrHistogram's HistogramLogWriter and AbstractHistogram. */
#ifndef CUCMLAB_LOAD_HDRLOG_H
#define CUCMLAB_LOAD_HDRLOG_H

#include "sim/load/result.h"

/* In the arena. */
struct view hdrlog_write(const struct result *r, struct arena *a);
/* One histogram in V2, not compressed: what a line holds. */
struct view hdrlog_encode(const struct hist *h, struct arena *a);

#endif
