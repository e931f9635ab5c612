/* The change window: who was out of service, by step of the scenario, planned or not.  Inside
 * sim/report alone. */
#ifndef CUCMLAB_REPORT_OUTAGE_H
#define CUCMLAB_REPORT_OUTAGE_H

#include "sim/report/report.h"

#include <cjson/cJSON.h>

/* A table with a line for each step in which a phone went out of service; nothing where none did.
 */
void outage_print(FILE *out, const struct report *r);
void outage_json(cJSON *root, const struct report *r);

#endif
