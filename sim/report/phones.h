/* The phones of a report by name: those that lost something, or will, in classes of the same fate.
 * Inside sim/report alone. */
#ifndef CUCMLAB_REPORT_PHONES_H
#define CUCMLAB_REPORT_PHONES_H

#include "sim/report/report.h"

#include <cjson/cJSON.h>

void phones_json(cJSON *root, const struct report *r);

/* Newly lost, no longer lost, and so on, of two reports in JSON: returns how many such lists. */
int phones_diff(FILE *out, const cJSON *a, const cJSON *b);

#endif
