/* The part of the report about what has not happened yet: phones that are under way or off, the
 * next boot of the others, and what lies ahead.  Called by sim/report/text and sim/report/json. */
#ifndef CUCMLAB_REPORT_AHEAD_H
#define CUCMLAB_REPORT_AHEAD_H

#include "sim/report/report.h"

struct cJSON;

void ahead_print(FILE *out, const struct report *r);
void ahead_json(struct cJSON *root, const struct report *r);

/* A row of the CSV for each phone that would lose more, `row` writes it; `when`: "left alone",
 * "next boot", "ahead". */
void ahead_csv(const struct report *r,
               void (*row)(void *ctx, uint32_t phone, uint8_t functions, enum way_kind way,
                           const char *when),
               void *ctx);

#endif
