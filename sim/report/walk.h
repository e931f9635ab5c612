/* Where to walk and what is pressed there: the phones that need hands, by pool and by what helps
 * them.  A phone whose settings are barred, or for whose model no keys are known, is reset to its
 * factory settings.  Inside sim/report alone. */
#ifndef CUCMLAB_REPORT_WALK_H
#define CUCMLAB_REPORT_WALK_H

#include "sim/report/report.h"

#include <cjson/cJSON.h>

/* Nothing where no phone needs hands.  Models of a pool beyond the first few are counted together;
 * JSON has all of them. */
void walk_print(FILE *out, const struct report *r);
void walk_json(cJSON *root, const struct report *r);

#endif
