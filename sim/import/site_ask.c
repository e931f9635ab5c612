/* What anybody may ask of a site: where a fact stands, what a phone holds. */
#include "sim/import/site.h"

#include "nodes/cluster.h"
#include "sim/wire/shown.h"

#include <string.h>

bool site_check_name(const char *name, struct err *e)
{
    if (name[0] == '\0' || strlen(name) >= CLUSTER_NAME)
        return err_set(e, "1 to %d characters expected", CLUSTER_NAME - 1);
    return cluster_check_name(name, "cluster", e);
}

const char *site_held_text(const struct site *s, const struct site_held *h)
{
    static const char *const words[] = {
        [SITE_HOLDS_UNKNOWN] = "", [SITE_HOLDS_SERVED] = "served", [SITE_HOLDS_NONE] = "none"
    };
    if (h->how != SITE_HOLDS_LIST)
        return words[h->how];
    const struct site_list *l = &s->lists[h->list];
    return l->sha256 != NULL ? l->sha256 : l->name != NULL ? l->name : "served";
}

struct site_source site_source_of(const struct site *s, uint32_t fact)
{
    if (fact >= s->facts->count)
        return (struct site_source){ 0, 0 };
    const struct fact_said *f = &s->facts->list[fact];
    return (struct site_source){ f->reading, f->line };
}

const char *site_where(const struct site *s, struct site_source source, char out[SITE_WHERE])
{
    char path[SITE_WHERE - 24];
    if (source.reading == 0 || source.reading >= s->facts->reading_count) {
        (void)snprintf(out, SITE_WHERE, "the import");
        return out;
    }
    const struct reading *r = &s->facts->readings[source.reading];
    (void)shown_text(path, sizeof path, view_str(r->path));
    if (source.line == 0)
        (void)snprintf(out, SITE_WHERE, "%s", path);
    else
        (void)snprintf(out, SITE_WHERE, r->line > 0 ? "%s:%u" : "%s (offset %u)", path,
                       (unsigned)source.line);
    return out;
}

/* How many words, with the blank behind each, both begin with. */
static uint32_t shared_words(const char *a, const char *b)
{
    uint32_t words = 0;
    for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
        words += a[i] == ' ';
    return words;
}

uint32_t site_claims_alike(const struct site *s, uint32_t claim)
{
    const struct site_claim *first = &s->claims[claim];
    uint32_t n = 0;
    for (uint32_t i = claim + 1; i < s->claim_count; i++, n++) {
        const struct site_claim *c = &s->claims[i];
        if (c->how != first->how || strcmp(c->value, first->value) != 0 ||
            strcmp(c->why, first->why) != 0 || shared_words(first->what, c->what) < 2)
            break;
    }
    return n;
}
