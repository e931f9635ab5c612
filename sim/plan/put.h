/* Writing text of strangers into HTML, SVG, Markdown and CSV: nothing of it is ever taken for
 * markup or a formula, and what cannot be shown (control characters, what is no UTF-8, what turns
 * the direction of writing) is shown as what it is.  Inside sim/plan. */
#ifndef CUCMLAB_PLAN_PUT_H
#define CUCMLAB_PLAN_PUT_H

#include "sim/base/buf.h"
#include "sim/base/count.h"

#include <stdio.h>

void put_html(FILE *out, const char *text);     /* in text and in quoted attributes */
void put_markdown(FILE *out, const char *text); /* of one line, in a cell of a table too */
/* A field of RFC 4180; one that a spreadsheet would take for a formula begins with an apostrophe.
 */
void put_csv(FILE *out, const char *text, char after);

/* Markup with what is to be put into it.  In `format`:
 *   %s text, escaped      %r text of our own, as it is      %n uint32_t, "41,250"
 *   %k uint32_t, "1 phone", "41,250 phones"
 *   %c uint64_t microseconds, "1:35"      %m the same in whole minutes, "41,250"
 *   %u uint64_t, "41250"      %d int      %% a percent sign */
void put_markup(FILE *out, const char *format, ...);
/* What %m says. */
char *put_minutes(uint64_t us, char out[COUNT_ROOM]);

#endif
