/* Trust stores of the nodes, and what the TVS store says of certificates. */
#include "sim/import/site_impl.h"

#include "sim/base/rng.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

#define STORES_MOST 40  /* kinds of stores, with those that the model has not */
#define ROLES_TEXT  200 /* bytes of the roles of one certificate */

struct trusting {
    struct site_work *w;
    const char *stores[STORES_MOST]; /* the model's at their place */
    uint32_t store_count;
    struct table rows;  /* store and certificate -> index into site.trust */
    struct table names; /* node, store and file name that were counted */
    uint32_t listed[CLUSTER_NODES], with_bytes[CLUSTER_NODES];
    uint32_t first_listed[CLUSTER_NODES]; /* fact */
};

/* ---- stores ---- */

/* Tools and the snapshot of a node have them without "-trust" too.  STORES_MOST: one too many. */
static uint32_t store_of(struct trusting *t, struct view name)
{
    static const char end[] = "-trust";
    const size_t n = sizeof end - 1;
    char full[80];
    if (name.n == 0 || name.n > 60)
        return STORES_MOST;
    bool whole = name.n > n && text_same(view_sub(name, name.n - n, n), end);
    (void)snprintf(full, sizeof full, "%.*s%s", (int)name.n, (const char *)name.p,
                   whole ? "" : end);
    for (uint32_t i = STORE_OWN + 1; i < t->store_count; i++) {
        if (text_same(view_str(full), t->stores[i]))
            return i;
    }
    if (t->store_count < STORES_MOST)
        t->stores[t->store_count++] = arena_text(&t->w->site->arena, view_str(full));
    return t->store_count < STORES_MOST ? t->store_count - 1 : STORES_MOST;
}

static void add_trusted(struct trusting *t, uint32_t fact, uint32_t node)
{
    struct site_work *w = t->w;
    struct site *s = w->site;
    const struct fact_said *f = work_fact(w, fact);
    uint32_t store = store_of(t, facts_view(w->facts, f->about2));
    if (store == STORES_MOST)
        return;
    uint64_t key = rng_mix((uint64_t)(store + 1) << 32 | f->value);
    const uint32_t *row = table_get(&t->rows, key);
    if (row == NULL) {
        mem_reserve(w->mem, (void **)&s->trust, &s->trust_cap, (size_t)s->trust_count + 1,
                    sizeof *s->trust);
        s->trust[s->trust_count] =
            (struct site_trust){ .store = t->stores[store],
                                 .kind = (uint8_t)(store < STORES ? store : STORES),
                                 .sha256 = work_value(w, fact),
                                 .fact = fact };
        table_put(&t->rows, key, s->trust_count++);
        row = table_get(&t->rows, key);
    }
    t->with_bytes[node] += (s->trust[*row].on & UINT64_C(1) << node) == 0;
    s->trust[*row].on |= UINT64_C(1) << node;
    s->nodes[node].has_trust = true;
}

static void take_stores(struct trusting *t)
{
    struct site_work *w = t->w;
    FOR_FACTS(w, FACT_TRUSTED, i)
    {
        uint32_t node = who_is(w, w->order[i]);
        if (node != SITE_NONE)
            add_trusted(t, w->order[i], node);
    }
    FOR_FACTS(w, FACT_TRUSTED_LISTED, i)
    {
        const struct fact_said *f = work_fact(w, w->order[i]);
        uint32_t node = who_is(w, w->order[i]);
        uint64_t key = rng_mix((uint64_t)f->about2 << 32 | f->value) ^ ((uint64_t)node + 1);
        if (node == SITE_NONE || table_get(&t->names, rng_mix(key) | 1) != NULL)
            continue;
        table_put(&t->names, rng_mix(key) | 1, 1);
        if (t->listed[node]++ == 0)
            t->first_listed[node] = w->order[i];
    }
}

/* On every node whose stores are known: then the database brought it there. */
static void find_everywhere(struct site_work *w)
{
    struct site *s = w->site;
    uint64_t known = 0;
    for (uint32_t i = 0; i < s->node_count; i++)
        known |= (uint64_t)s->nodes[i].has_trust << i;
    for (uint32_t i = 0; i < s->trust_count; i++)
        s->trust[i].everywhere = (s->trust[i].on & known) == known;
}

static void tell_stores(struct trusting *t)
{
    struct site_work *w = t->w;
    struct site *s = w->site;
    for (uint32_t i = 0; i < s->node_count; i++) {
        struct site_node *n = &s->nodes[i];
        if (n->has_trust && t->listed[i] <= t->with_bytes[i])
            continue;
        if (t->listed[i] > 0)
            n->trust_missing = t->listed[i] - t->with_bytes[i];
        work_claim(w, SITE_CANNOT_KNOW, n->trust_missing > 0 ? n->trust_missing : 1,
                   work_print(w, "trust stores of %s", n->name), "",
                   t->listed[i] > 0
                       ? work_print(w,
                                    "%u certificates are listed without their bytes: `show "
                                    "cert trust NAME` of each",
                                    (unsigned)n->trust_missing)
                       : "the Certificate Management snapshot of this node (14 on), or `show cert "
                         "list trust` and `show cert trust NAME`; assumed as on the other nodes");
        if (t->listed[i] > 0)
            work_because(w, t->first_listed[i]);
    }
    if (s->trust_count > 0) {
        work_claim(w, SITE_KNOWN, s->trust_count, "certificates in trust stores",
                   work_print(w, "%u, with bytes", (unsigned)s->trust_count), "");
        work_because(w, s->trust[0].fact);
    }
}

/* ---- the TVS store ---- */

/* Hexadecimal digits of a serial number, however they are written. */
static uint64_t serial_key(struct view text)
{
    uint64_t h = 7;
    bool begun = false;
    for (size_t i = 0; i < text.n; i++) {
        int digit = text_hex(text.p[i]);
        if (digit < 0 || (!begun && digit == 0))
            continue;
        begun = true;
        h = rng_mix(h + (uint64_t)digit + 1);
    }
    return h | 1;
}

/* The order of the parts of a name differs between AXL and the rest: serial number and common name.
 */
static const char *cert_of(const struct site *s, const struct table *by_serial, struct view issuer,
                           struct view serial)
{
    uint32_t at = 0, i;
    struct view cn = who_common_name(issuer);
    while (table_next(by_serial, serial_key(serial), &at, &i)) {
        struct view other = who_common_name(view_str(s->certs[i].issuer));
        if (cn.n == 0 || view_eq(cn, other))
            return s->certs[i].sha256;
    }
    return NULL;
}

static struct site_tvs *tvs_for(struct site_work *w, struct table *rows,
                                const struct table *by_serial, uint32_t fact)
{
    struct site *s = w->site;
    const struct fact_said *f = work_fact(w, fact);
    uint64_t key = rng_mix((uint64_t)(f->about + 1) << 32 | f->about2);
    const uint32_t *row = table_get(rows, key);
    if (row != NULL)
        return &s->tvs[*row];
    mem_reserve(w->mem, (void **)&s->tvs, &s->tvs_cap, (size_t)s->tvs_count + 1, sizeof *s->tvs);
    table_put(rows, key, s->tvs_count);
    struct site_tvs *t = &s->tvs[s->tvs_count++];
    *t = (struct site_tvs){ .issuer = facts_text(w->facts, f->about),
                            .serial = facts_text(w->facts, f->about2),
                            .roles = "",
                            .fact = fact };
    t->sha256 =
        cert_of(s, by_serial, facts_view(w->facts, f->about), facts_view(w->facts, f->about2));
    return t;
}

static void add_role(struct site_work *w, struct site_tvs *t, const char *role)
{
    struct view left = view_str(t->roles);
    while (left.n > 0) {
        if (view_eq(text_cut(&left, ','), view_str(role)))
            return;
    }
    if (strlen(t->roles) + strlen(role) < ROLES_TEXT && strchr(role, ',') == NULL)
        t->roles = work_print(w, "%s%s%s", t->roles, t->roles[0] == '\0' ? "" : ",", role);
}

static void take_tvs(struct site_work *w, struct table *rows, const struct table *by_serial)
{
    static const enum fact_kind kinds[] = { FACT_TVS_SUBJECT, FACT_TVS_TTL, FACT_TVS_ROLE,
                                            FACT_TVS_SERVICE };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        FOR_FACTS(w, kinds[k], i)
        {
            uint64_t ttl;
            struct site_tvs *t = tvs_for(w, rows, by_serial, w->order[i]);
            if (kinds[k] == FACT_TVS_SUBJECT && t->subject == NULL)
                t->subject = work_value(w, w->order[i]);
            if (kinds[k] == FACT_TVS_ROLE)
                add_role(w, t, work_value(w, w->order[i]));
            if (kinds[k] == FACT_TVS_TTL && !t->has_ttl &&
                text_number(work_view(w, w->order[i]), UINT32_MAX, &ttl)) {
                t->has_ttl = true;
                t->ttl_s = (uint32_t)ttl;
            }
        }
    }
}

static void tell_tvs(struct site_work *w)
{
    struct site *s = w->site;
    uint32_t without = 0, first = SITE_NONE;
    for (uint32_t i = 0; i < s->tvs_count; i++) {
        if (s->tvs[i].sha256 != NULL)
            continue;
        without++;
        first = first == SITE_NONE ? s->tvs[i].fact : first;
    }
    if (s->tvs_count == 0) {
        work_claim(w, SITE_ASSUMED, 1, "what TVS answers", "all own certificates and trust stores",
                   "no source has its store: AXL listTvsCertificate and getTvsCertificate");
        return;
    }
    work_claim(w, SITE_KNOWN, s->tvs_count, "certificates in the TVS store",
               work_print(w, "%u", (unsigned)s->tvs_count), "");
    work_because(w, s->tvs[0].fact);
    if (without == 0)
        return;
    work_claim(w, SITE_CANNOT_KNOW, without, "certificates of the TVS store", "",
               work_print(w,
                          "%u of %u have no bytes in any file, and are left out: the snapshot "
                          "of each node, or SQL over the table certificate",
                          (unsigned)without, (unsigned)s->tvs_count));
    work_because(w, first);
}

void trust_fill(struct site_work *w)
{
    struct trusting t = {
        .w = w, .store_count = STORES, .rows = table_of(w->mem), .names = table_of(w->mem)
    };
    for (int i = STORE_OWN + 1; i < STORES; i++)
        t.stores[i] = store_name((enum store)i);
    take_stores(&t);
    find_everywhere(w);
    tell_stores(&t);
    table_free(&t.rows);
    table_free(&t.names);

    struct table rows = table_of(w->mem), by_serial = table_of(w->mem);
    for (uint32_t i = 0; i < w->facts->cert_count; i++)
        table_add(&by_serial, serial_key(view_str(w->site->certs[i].serial)), i);
    take_tvs(w, &rows, &by_serial);
    tell_tvs(w);
    table_free(&by_serial);
    table_free(&rows);
}
