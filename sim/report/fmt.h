/* How numbers, times and names are written in reports.  All return `out`. */
#ifndef CUCMLAB_REPORT_FMT_H
#define CUCMLAB_REPORT_FMT_H

#include "sim/base/buf.h"
#include "sim/base/count.h"

#include <stdio.h>

#define FMT_ROOM  COUNT_ROOM
#define FMT_LABEL 12  /* columns of the labels of the first screen */
#define FMT_WIDTH 118 /* no line of a report is longer */

char *fmt_minutes(uint64_t us, char out[FMT_ROOM]);       /* "41,250", in minutes */
char *fmt_minutes_words(uint64_t us, char out[FMT_ROOM]); /* "1 minute", "0.5 minutes" */
char *fmt_clock(uint64_t us, char out[FMT_ROOM]);         /* "1:02:03.004005" from the start */
char *fmt_short_clock(uint64_t us, char out[FMT_ROOM]);   /* "1:02:03" */
char *fmt_iso(int64_t unix_s, char out[FMT_ROOM]);        /* "2025-01-06T06:00:00Z" */
char *fmt_serial(struct view serial, char out[FMT_ROOM]); /* "5A:01", at most 20 bytes */
char *fmt_ip(uint32_t ip, char out[FMT_ROOM]);            /* host order */

#define FMT_CELL 512
/* Exactly `width` characters of a text for a column: filled up with spaces, or cut and "..." put
 * at its end. */
char *fmt_cell(const char *text, size_t width, char out[FMT_CELL]);
/* A first column of this width; a longer text stands whole on a line of its own before it. */
void fmt_first(FILE *out, const char *text, size_t width);

/* Text with its lines broken between words, what follows under the first word behind the label, or
 * behind the spaces that the line begins with. */
void fmt_wrapped(FILE *out, struct view text);

#endif
