/* Dates of a run: civil time at a fixed offset from UTC, and Unix seconds.  No zone database: who
 * needs one says the offset.  Read by sim/lab for start(), at() and --until, written by sim/report.
 * Pure. */
#ifndef CUCMLAB_CORE_DATE_H
#define CUCMLAB_CORE_DATE_H

#include "sim/base/err.h"

#include <stdint.h>

#define DATE_TEXT   32
#define DATE_LAST_S INT64_C(4291747199) /* the last second of 2105 */

/* "2026-03-14 06:00", "2026-03-14 06:00:30"; a T between date and time will do.  Years 1970 to
 * 2105: the dates of lists and files have 32 bits.  Seconds of that clock, whatever its offset.
 * The error says how a date is written, or what of this one there is not. */
bool date_parse(const char *text, int64_t *local_s, struct err *e);
/* Whether it looks as if somebody meant one. */
bool date_is_meant(const char *text);
/* "+01:00", "-03:30", "Z", "UTC"; at most 14 hours. */
bool date_offset_parse(const char *text, int32_t *offset_s, struct err *e);

/* All return `out`. */
char *date_print(int64_t unix_s, int32_t offset_s, char out[DATE_TEXT]); /* "2026-03-14 06:00:00" */
char *date_iso(int64_t unix_s, int32_t offset_s, char out[DATE_TEXT]); /* "2026-03-14T06:00:00Z" */
char *date_offset(int32_t offset_s, char out[DATE_TEXT]);              /* "UTC", "+01:00" */

#endif
