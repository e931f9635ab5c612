/* The plan as JSON: docs/plan.schema.json. */
#include "sim/plan/plan.h"

void plan_json(FILE *out, const struct plan *p)
{
    fprintf(out, "{\"title\": \"%s\"}\n", p->head.title);
}
