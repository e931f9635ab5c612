/* All phones at risk, a row each. */
#include "sim/plan/plan.h"
#include "sim/plan/put.h"

void plan_csv(FILE *out, const struct plan *p)
{
    fputs("name,model,pool,site,lost,since,back,minutes of hands\n", out);
    for (uint32_t i = 0; i < p->risk_count; i++) {
        const struct plan_risk *k = &p->risks[i];
        put_csv(out, k->name, ',');
        put_csv(out, k->model, ',');
        put_csv(out, k->pool, ',');
        put_csv(out, k->site, ',');
        put_csv(out, k->lost, ',');
        put_csv(out, k->since, ',');
        put_csv(out, k->back, ',');
        fprintf(out, "%u\n", (unsigned)k->minutes);
    }
}
