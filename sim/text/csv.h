/* Rows of a CSV file: fields between separators, quotes as in RFC 4180, a line end as CR LF, LF or
 * CR.  A quote that does not end takes no further row with it.  Pure but for its arena. */
#ifndef CUCMLAB_TEXT_CSV_H
#define CUCMLAB_TEXT_CSV_H

#include "sim/base/mem.h"

struct csv {
    struct view in;
    size_t at;
    uint32_t line; /* of the next byte */
    char separator;
    bool
        quote_open; /* a quote was seen that nothing ends: from then on each must end on its line */
    /* Whether a row begins at an offset, asked at line ends inside quotes: then the quote was a
     * stray one.  NULL: never. */
    bool (*begins)(void *ctx, const struct csv *c, size_t at);
    void *ctx;
    bool keeps_blanks; /* at the ends of what stands in quotes; else they are cut off everywhere */
};

struct csv_row {
    struct view *fields; /* in the arena, which gives more room to a longer row */
    uint32_t most, count, room;
    uint32_t line;     /* where it begins */
    const char *fault; /* NULL: well formed */
};

/* The separator is the one of ',' ';' and TAB that stands most often in the first line, outside
 * quotes; a first line "sep=;" says it. */
struct csv csv_of(struct view text);
/* False at the end.  Empty lines are passed over, and fields behind the `most` of a row. */
bool csv_next(struct csv *c, struct arena *a, struct csv_row *row);
/* Field `k` of the line at `at`, quotes not looked at; whether those of the line are pairs. */
struct view csv_peek(const struct csv *c, size_t at, uint32_t k);
bool csv_pairs(const struct csv *c, size_t at);

#endif
