/* The part of the report about certificates that expire: within the run, and within a year behind
 * its end.  Called by sim/report/text and sim/report/json. */
#ifndef CUCMLAB_REPORT_EXPIRY_H
#define CUCMLAB_REPORT_EXPIRY_H

#include "sim/report/report.h"

struct cJSON;

void expiry_print(FILE *out, const struct report *r);
void expiry_json(struct cJSON *root, const struct report *r);

#endif
