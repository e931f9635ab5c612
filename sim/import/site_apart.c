/* Files of two clusters whose nodes have equal names would become one cluster that nobody has: what
 * speaks for it is said. */
#include "sim/import/site_impl.h"

#include "sim/base/rng.h"
#include "sim/wire/text.h"

#include <string.h>

/* What tells two nodes of one name apart. */
enum trait { TRAIT_ADDRESS, TRAIT_DOMAIN, TRAITS };

/* A log or a file, which is of one cluster. */
struct source {
    uint32_t publisher, publisher_fact; /* root of names; SITE_NONE */
    uint32_t compared, differ;          /* traits of nodes that a source before has too */
    uint32_t here, there;               /* facts of the first that differ */
};

struct apart {
    struct site_work *w;
    struct source *sources;
    uint32_t count, cap;
    struct table of_session; /* session, or reading without one -> index into sources */
    struct table first;      /* root and trait -> the first fact */
    struct table seen;       /* source, root and trait -> there was one */
};

static uint32_t source_of(struct apart *a, uint32_t fact)
{
    const struct site_work *w = a->w;
    uint32_t reading = work_fact(w, fact)->reading, session = w->facts->readings[reading].session;
    uint64_t key = rng_mix(session != 0 ? session : (uint64_t)1 << 32 | reading);
    const uint32_t *had = table_get(&a->of_session, key);
    if (had != NULL)
        return *had;
    mem_reserve(w->mem, (void **)&a->sources, &a->cap, (size_t)a->count + 1, sizeof *a->sources);
    a->sources[a->count] = (struct source){ .publisher = SITE_NONE };
    table_put(&a->of_session, key, a->count);
    return a->count++;
}

static struct view after_label(struct view full)
{
    (void)text_cut(&full, '.');
    return full;
}

/* The domain in the common name of a certificate that its node made itself. */
static struct view domain_of_cert(const struct site_work *w, const struct cert *c)
{
    struct view cn = c == NULL ? view_of(NULL, 0) : who_common_name(c->subject);
    if (cn.n == 0 || !view_eq(c->subject, c->issuer) || who_is_view(w, cn) == SITE_NONE)
        return view_of(NULL, 0);
    return after_label(cn);
}

/* The trait that a fact tells, absent: none. */
static struct view trait_of(const struct site_work *w, uint32_t fact, enum trait *trait)
{
    struct view v = work_view(w, fact);
    switch (work_fact(w, fact)->kind) {
    case FACT_NODE_ADDRESS:
        *trait = TRAIT_ADDRESS;
        return memchr(v.p, ':', v.n) == NULL ? v : view_of(NULL, 0); /* the other family */
    case FACT_NODE_FQDN:
        *trait = TRAIT_DOMAIN;
        return after_label(v);
    default:
        *trait = TRAIT_DOMAIN;
        return domain_of_cert(w, work_cert(w, work_value(w, fact)));
    }
}

static bool same_trait(const struct site_work *w, uint32_t a, uint32_t b)
{
    enum trait trait;
    char text[256] = "";
    struct view x = trait_of(w, a, &trait), y = trait_of(w, b, &trait);
    memcpy(text, y.p, y.n < sizeof text ? y.n : sizeof text - 1);
    return text_same(x, text);
}

/* The first fact of a node and trait in each source counts: a node may have several addresses. */
static void compare(struct apart *a, uint32_t fact)
{
    struct site_work *w = a->w;
    uint32_t name = who_name(w, fact);
    enum trait trait;
    if (name == SITE_NONE || trait_of(w, fact, &trait).n == 0)
        return;
    uint32_t root = who_root(w, name), source = source_of(a, fact);
    uint64_t key = rng_mix((uint64_t)(root + 1) << 8 | trait);
    uint64_t own = rng_mix(key + source + 1);
    if (table_get(&a->seen, own) != NULL)
        return;
    table_put(&a->seen, own, 1);
    const uint32_t *first = table_get(&a->first, key);
    if (first == NULL) {
        table_put(&a->first, key, fact);
        return;
    }
    struct source *s = &a->sources[source];
    s->compared++;
    if (same_trait(w, *first, fact))
        return;
    if (s->differ++ == 0) {
        s->here = fact;
        s->there = *first;
    }
}

static void take_traits(struct apart *a)
{
    static const enum fact_kind kinds[] = { FACT_NODE_ADDRESS, FACT_NODE_FQDN, FACT_OWN };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        FOR_FACTS(a->w, kinds[k], i)
        compare(a, a->w->order[i]);
    }
}

/* ---- what is said ---- */

static const char *said_by(struct site_work *w, uint32_t fact)
{
    enum trait trait;
    char where[SITE_WHERE];
    struct view v = trait_of(w, fact, &trait);
    return work_print(w, "%s %.*s (%s)", trait == TRAIT_ADDRESS ? "the address" : "the domain",
                      (int)(v.n < 100 ? v.n : 100), (const char *)v.p,
                      site_where(w->site, site_source_of(w->site, fact), where));
}

/* One node of several may have moved; where all differ they are others. */
static void tell_traits(struct apart *a)
{
    struct site_work *w = a->w;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct source *s = &a->sources[i];
        if (s->differ == 0)
            continue;
        const char *node = who_shown(w, who_name(w, s->here));
        bool all = s->differ == s->compared;
        work_claim(w, SITE_CONTRADICTS, s->differ,
                   all ? "which cluster files are of" : work_print(w, "node %s", node), "",
                   work_print(w, "%.64s has %s and %s: %s", node, said_by(w, s->there),
                              said_by(w, s->here),
                              all ? "these are files of two clusters, or from before and behind a "
                                    "change; import those of each by themselves"
                                  : "it was changed between them, or a file is another cluster's"));
        work_because(w, s->there);
        work_because(w, s->here);
    }
}

/* Each source that names its publisher; other products have one too. */
static void take_publishers(struct apart *a)
{
    struct site_work *w = a->w;
    FOR_FACTS(w, FACT_NODE_ROLE, i)
    {
        uint32_t fact = w->order[i], node = who_is(w, fact);
        if (node == SITE_NONE || strcmp(work_value(w, fact), "publisher") != 0)
            continue;
        uint32_t source = source_of(a, fact); /* may move them */
        struct source *s = &a->sources[source];
        if (s->publisher != SITE_NONE)
            continue;
        s->publisher = node;
        s->publisher_fact = fact;
    }
}

static void tell_publishers(struct apart *a)
{
    struct site_work *w = a->w;
    const struct source *first = NULL;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct source *s = &a->sources[i];
        if (s->publisher == SITE_NONE)
            continue;
        if (first == NULL)
            first = s;
        if (s->publisher == first->publisher)
            continue;
        work_claim(w, SITE_CONTRADICTS, 1, "which cluster files are of",
                   w->site->nodes[first->publisher].name,
                   work_print(w,
                              "%.64s is a publisher too: these are files of two clusters, and "
                              "become one here; import those of each by themselves",
                              w->site->nodes[s->publisher].name));
        work_because(w, first->publisher_fact);
        work_because(w, s->publisher_fact);
        return;
    }
}

/* The enterprise parameter Cluster ID; all that have the default have the same. */
static void tell_ids(struct site_work *w)
{
    uint32_t first = SITE_NONE;
    FOR_FACTS(w, FACT_PARAMETER, i)
    {
        uint32_t fact = w->order[i];
        struct view name = facts_view(w->facts, work_fact(w, fact)->about);
        if (!text_same(name, "ClusterID") && !text_same(name, "Cluster ID"))
            continue;
        if (first == SITE_NONE)
            first = fact;
        if (work_fact(w, first)->value == work_fact(w, fact)->value)
            continue;
        work_claim(w, SITE_CONTRADICTS, 1, "which cluster files are of", work_value(w, first),
                   work_print(w,
                              "%.100s is another Cluster ID: these are files of two clusters, and "
                              "become one here; import those of each by themselves",
                              work_value(w, fact)));
        work_because(w, first);
        work_because(w, fact);
        return;
    }
}

void apart_tell(struct site_work *w)
{
    struct apart a = { .w = w };
    a.of_session = a.first = a.seen = table_of(w->mem);
    take_traits(&a);
    take_publishers(&a);
    tell_traits(&a);
    tell_publishers(&a);
    tell_ids(w);
    mem_free(w->mem, a.sources);
    table_free(&a.of_session);
    table_free(&a.first);
    table_free(&a.seen);
}
