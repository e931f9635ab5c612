/* The part of the report about what CAPF was told to do with phones' LSCs: an operation that failed
 * takes nothing from a phone today, and is what was to be done.  Called by sim/report/text and
 * sim/report/json. */
#ifndef CUCMLAB_REPORT_OPERATIONS_H
#define CUCMLAB_REPORT_OPERATIONS_H

#include "sim/report/report.h"

struct cJSON;

void operations_print(FILE *out, const struct report *r);
void operations_json(struct cJSON *root, const struct report *r);

#endif
