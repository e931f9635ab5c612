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

/* "TVS cucm1.example.com" of each node, the CallManager of the publisher, CAPF nobody knows. */
const char *const *usual_records(struct site_work *w, uint32_t *count)
{
    const struct site *s = w->site;
    const char **records = arena_take(&w->site->arena, (CLUSTER_NODES + 1) * sizeof *records);
    bool mixed = s->mixed_mode.text != NULL && strcmp(s->mixed_mode.text, "yes") == 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->node_count + 1; i++) {
        const struct site_node *of = &s->nodes[i % s->node_count];
        const char *role = i < s->node_count ? "TVS" : mixed ? "CCM+TFTP" : "TFTP";
        const char *domain = of->domain != NULL ? of->domain : s->domain;
        records[n++] = work_print(w, "%s %s%s%s", role, of->name, domain == NULL ? "" : ".",
                                  domain == NULL ? "" : domain);
    }
    *count = n;
    return records;
}
