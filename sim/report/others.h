/* The part of the report about whom the scenario's acts concern besides phones: told, for nothing
 * of it is simulated.  The words stand in the tables (nodes/kinds.h, nodes/acts.h).  Called by
 * sim/report/text and sim/report/json. */
#ifndef CUCMLAB_REPORT_OTHERS_H
#define CUCMLAB_REPORT_OTHERS_H

#include "sim/report/report.h"

struct cJSON;

/* Each of them: what was done in that cluster, and what has to be done for it. */
void others_each(const struct report *r,
                 void (*told)(void *ctx, const struct cluster *cl, const char *what,
                              const char *text),
                 void *ctx);
void others_print(FILE *out, const struct report *r);
void others_json(struct cJSON *root, const struct report *r);

#endif
