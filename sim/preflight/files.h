/* Findings as files: JSON (docs/preflight.schema.json) and a CSV of phones that do not hold what is
 * served, or lose something.  Called by sim/cmd/preflight and tests. */
#ifndef CUCMLAB_PREFLIGHT_FILES_H
#define CUCMLAB_PREFLIGHT_FILES_H

#include "sim/preflight/judge.h"

#include <stdio.h>

#define PREFLIGHT_FORMAT 1 /* of the JSON */

void preflight_json(FILE *out, const struct preflight *p);
/* A row for each phone that holds another list than it is served, or loses something at its next
 * boot: name, model, pool, touch (yes, no, cannot-know), holds, served_by, loses, brings_back. */
void preflight_csv(FILE *out, const struct preflight *p);

#endif
