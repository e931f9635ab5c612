/* The plan as Markdown, for change requests that take text alone. */
#include "sim/plan/plan.h"

void plan_markdown(FILE *out, const struct plan *p)
{
    fprintf(out, "# %s\n", p->head.title);
}
