/* Sources that disagree, as claims. */
#include "sim/import/site_impl.h"

#include "sim/base/rng.h"
#include "sim/wire/shown.h"

#include <string.h>

#define SOURCES_SHOWN 8  /* of one claim */
#define CLASHES_SHOWN 64 /* values of one fact that are looked at for it */

static bool same_value(const struct site_work *w, uint32_t a, uint32_t b)
{
    return work_fact(w, a)->value == work_fact(w, b)->value;
}

/* "own certificate TVS of cucm-pub" */
static const char *what_of(struct site_work *w, uint32_t fact)
{
    const struct fact_said *f = work_fact(w, fact);
    const char *about = facts_text(w->facts, f->about), *two = facts_text(w->facts, f->about2);
    uint32_t node = strcmp(fact_rows[f->kind].about, "node") == 0 ? who_is(w, fact) : SITE_NONE;
    if (node != SITE_NONE)
        about = w->site->nodes[node].name;
    return work_print(w, "%s%s%s%s%s", fact_rows[f->kind].name, *two != '\0' ? " " : "", two,
                      *about != '\0' ? " of " : "", about);
}

/* What else is said, each value once, with who says it; "... (pub.log:12); ..." */
static const char *others_of(struct site_work *w, const uint32_t *facts, uint32_t count)
{
    char text[1000] = "", where[SITE_WHERE], value[120];
    size_t n = 0;
    for (uint32_t i = 0; i < count && n < sizeof text; i++) {
        bool said = false;
        for (uint32_t k = 0; k < i && !said; k++)
            said = same_value(w, facts[i], facts[k]);
        if (said)
            continue;
        int more = snprintf(text + n, sizeof text - n, "%s%s says \"%s\"", n == 0 ? "" : "; ",
                            site_where(w->site, site_source_of(w->site, facts[i]), where),
                            shown_text(value, sizeof value, work_view(w, facts[i])));
        n += (size_t)more;
    }
    return work_print(w, "%s", text);
}

static void tell_clash(struct site_work *w, const struct site_value *slot, const uint32_t *losers,
                       uint32_t count)
{
    uint32_t facts[SOURCES_SHOWN], n = 0;
    for (uint32_t i = 0; i < count && n < SOURCES_SHOWN; i++) {
        if (!same_value(w, losers[i], slot->fact))
            facts[n++] = losers[i];
    }
    if (n == 0)
        return;
    work_claim(w, SITE_CONTRADICTS, 1, what_of(w, slot->fact), slot->text, others_of(w, facts, n));
    work_because(w, slot->fact);
    for (uint32_t i = 0; i < n; i++)
        work_because(w, facts[i]);
}

/* Slots are told in the order in which they were first disputed; the clashes of one are a chain. */
void work_tell_clashes(struct site_work *w, uint32_t from)
{
    uint32_t count = w->clash_count - from;
    uint32_t *next = mem_take(w->mem, ((size_t)count + 1) * sizeof *next), losers[CLASHES_SHOWN];
    bool *first = mem_take(w->mem, (size_t)count + 1);
    struct table last = table_of(w->mem);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t key = rng_mix((uint64_t)(uintptr_t)w->clashes[from + i].slot);
        const uint32_t *before = table_get(&last, key);
        next[i] = SITE_NONE;
        first[i] = before == NULL;
        if (before != NULL)
            next[*before] = i;
        table_put(&last, key, i);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = 0;
        for (uint32_t k = i; first[i] && k != SITE_NONE && n < CLASHES_SHOWN; k = next[k])
            losers[n++] = w->clashes[from + k].fact;
        if (first[i])
            tell_clash(w, w->clashes[from + i].slot, losers, n);
    }
    w->clash_count = from;
    table_free(&last);
    mem_free(w->mem, first);
    mem_free(w->mem, next);
}
