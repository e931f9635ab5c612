/* What is taken where nobody says: the usual model, the records of a list of this cluster. */
#include "sim/import/site_phones.h"

#include "sim/base/rng.h"

#include <string.h>

/* The model that most phones have; a phone of today where none is known. */
const char *usual_model(struct site_work *w)
{
    const struct site *s = w->site;
    const char *best = "8845";
    uint32_t most = 0;
    struct table count = table_of(w->mem);
    for (uint32_t i = 0; i < s->phone_count; i++) {
        const char *model = s->phones[i].model.text;
        if (model == NULL)
            continue;
        uint64_t key = rng_hash(6, view_str(model)) | 1;
        const uint32_t *had = table_get(&count, key);
        uint32_t n = had == NULL ? 1 : *had + 1;
        table_put(&count, key, n);
        if (n > most) {
            most = n;
            best = model;
        }
    }
    table_free(&count);
    return best;
}

static const char *record(struct site_work *w, const char *role, const struct site_node *n)
{
    const char *domain = n->domain != NULL ? n->domain : w->site->domain;
    return work_print(w, "%s %s%s%s", role, n->name, domain == NULL ? "" : ".",
                      domain == NULL ? "" : domain);
}

/* Of an ITL the TVS of each node and the CallManager of the publisher; of a CTL each node's
 * CallManager.  CAPF's name nobody knows. */
const char *const *usual_records(struct site_work *w, bool ctl, uint32_t *count)
{
    const struct site *s = w->site;
    const char **records = arena_take(&w->site->arena, (CLUSTER_NODES + 1) * sizeof *records);
    bool mixed = s->mixed_mode.text != NULL && strcmp(s->mixed_mode.text, "yes") == 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->node_count; i++)
        records[n++] = record(w, ctl ? "CCM+TFTP" : "TVS", &s->nodes[i]);
    if (!ctl)
        records[n++] = record(w, mixed ? "CCM+TFTP" : "TFTP", &s->nodes[0]);
    *count = n;
    return records;
}
