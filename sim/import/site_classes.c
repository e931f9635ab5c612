/* What phones say about their servers, classes of phones that are alike, and what of phones is
 * known, assumed and unknown. */
#include "sim/import/site_phones.h"

#include "sim/base/check.h"
#include "sim/base/count.h"
#include "sim/base/rng.h"
#include "sim/wire/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- the order of servers on phones' own pages ---- */

struct order {
    uint8_t nodes[CNF_SERVERS];
    uint8_t count;
    bool foreign, without; /* names a server that is no node here; one without CallManager */
};

/* A group has each node once, and none that lacks Cisco CallManager. */
static void add_server(const struct site_work *w, struct order *o, uint32_t text)
{
    uint32_t node = who_is_member(w, text);
    if (node == SITE_NONE) {
        o->foreign = true;
        return;
    }
    if (nodes_lack_callmanager(&w->site->nodes[node])) {
        o->without = true;
        return;
    }
    if (o->count < CNF_SERVERS && memchr(o->nodes, (int)node, o->count) == NULL)
        o->nodes[o->count++] = (uint8_t)node;
}

/* Of two servers with one number the first counts. */
static struct order order_of(const struct site_work *w, uint32_t from, uint32_t run)
{
    struct order o = { .count = 0 };
    for (uint32_t nth = 0; nth < CNF_SERVERS; nth++) {
        for (uint32_t i = from; i < from + run; i++) {
            const struct fact_said *f = work_fact(w, w->order[i]);
            if (f->nth != nth || f->value == 0)
                continue;
            add_server(w, &o, f->value);
            break;
        }
    }
    return o;
}

static uint32_t group_of_order(const struct site *s, const struct order *o)
{
    for (uint32_t g = 0; g < s->group_count; g++) {
        if (s->groups[g].count == o->count && memcmp(s->groups[g].members, o->nodes, o->count) == 0)
            return g;
    }
    return SITE_NONE;
}

/* Pools whose group nobody says take that of most of their phones. */
struct votes {
    struct table count;    /* pool and group */
    uint32_t *best, *fact; /* by pool: how many votes its group has; a phone that said so */
};

static void vote(struct phoning *p, struct votes *v, uint32_t pool, const struct order *o,
                 uint32_t fact)
{
    struct site_work *w = p->w;
    struct site *s = w->site;
    uint32_t group = group_of_order(s, o);
    if (group == SITE_NONE && s->group_count < CLUSTER_GROUPS - 1) {
        group = groups_new(w, view_str("as phones have it"), fact);
        struct site_group *g = &s->groups[group];
        memcpy(g->members, o->nodes, sizeof g->members);
        g->count = o->count;
        g->assumed = true;
    }
    if (group == SITE_NONE)
        return;
    uint64_t key = rng_mix((uint64_t)(pool + 1) << 32 | group);
    const uint32_t *had = table_get(&v->count, key);
    uint32_t n = had == NULL ? 1 : *had + 1;
    table_put(&v->count, key, n);
    if (n <= v->best[pool])
        return;
    v->best[pool] = n;
    v->fact[pool] = fact;
    s->pools[pool].group = group;
}

static void look_at_order(struct phoning *p, struct votes *v, uint32_t from, uint32_t run)
{
    struct site_work *w = p->w;
    struct site *s = w->site;
    uint32_t fact = w->order[from], phone = w->phone_of[work_fact(w, fact)->about];
    struct order o = order_of(w, from, run);
    if (phone == 0)
        return;
    uint32_t pool = s->phones[phone - 1].pool;
    if (o.without)
        p->without_fact = p->without++ == 0 ? fact : p->without_fact;
    if (o.foreign) {
        p->foreign_fact = p->foreign++ == 0 ? fact : p->foreign_fact;
        return;
    }
    if (o.count == 0)
        return;
    if (s->pools[pool].assumed) {
        vote(p, v, pool, &o, fact);
        return;
    }
    const struct site_group *g = &s->groups[s->pools[pool].group];
    if (g->count != o.count || memcmp(g->members, o.nodes, o.count) != 0)
        p->other_order_fact = p->other_order++ == 0 ? fact : p->other_order_fact;
}

static void tell_pools(struct phoning *p, const struct votes *v)
{
    struct site_work *w = p->w;
    struct site *s = w->site;
    for (uint32_t i = 0; i < s->pool_count; i++) {
        const struct site_pool *pool = &s->pools[i];
        if (!pool->assumed || pool->phones == 0)
            continue;
        work_claim(
            w, SITE_ASSUMED, pool->phones, work_print(w, "group of device pool %s", pool->name),
            s->groups[pool->group].name,
            v->best[i] > 0 ? work_print(w, "no source has it; the pages of %s have that order",
                                        COUNTED_OF(v->best[i], "phone"))
                           : "no source has it: SQL over devicepool, AXL listDevicePool or the "
                             "Import/Export tar");
        work_because(w, v->best[i] > 0 ? v->fact[i] : pool->fact);
    }
}

void orders_fill(struct phoning *p)
{
    struct site_work *w = p->w;
    struct votes v = { .count = table_of(w->mem) };
    size_t pools = (size_t)w->site->pool_count + 1;
    v.best = mem_take(w->mem, pools * sizeof *v.best);
    v.fact = mem_take(w->mem, pools * sizeof *v.fact);
    memset(v.best, 0, pools * sizeof *v.best);
    uint32_t run, end = w->start[FACT_PHONE_CM + 1];
    for (uint32_t i = w->start[FACT_PHONE_CM]; i < end; i += run) {
        const struct fact_said *f = work_fact(w, w->order[i]);
        for (run = 1; i + run < end; run++) {
            const struct fact_said *next = work_fact(w, w->order[i + run]);
            if (next->about != f->about || next->reading != f->reading)
                break;
        }
        look_at_order(p, &v, i, run);
    }
    tell_pools(p, &v);
    mem_free(w->mem, v.best);
    mem_free(w->mem, v.fact);
    table_free(&v.count);
}

/* ---- names of lists that are known by their hash alone ---- */

/* The most held first, else by hash, so that no name follows the order of the files. */
static int by_holders(const void *a, const void *b)
{
    const struct site_list *x = *(struct site_list *const *)a, *y = *(struct site_list *const *)b;
    if (x->holders != y->holders)
        return x->holders < y->holders ? 1 : -1;
    return strcmp(x->sha1 == NULL ? "" : x->sha1, y->sha1 == NULL ? "" : y->sha1);
}

static void name_lists(struct site_work *w)
{
    struct site *s = w->site;
    struct site_list **all =
        mem_take(w->mem, ((size_t)s->list_count + 1) * sizeof(struct site_list *));
    uint32_t n = 0, number[2] = { 0, 0 };
    for (uint32_t i = 0; i < s->list_count; i++) {
        struct site_list *l = &s->lists[i];
        if (l->sha256 == NULL && (l->served_by == 0 ? l->holders : l->elsewhere) > 0)
            all[n++] = l;
    }
    qsort(all, n, sizeof(struct site_list *), by_holders);
    for (uint32_t i = 0; i < n; i++) {
        struct site_list *l = all[i];
        l->name = l->sha1 == NULL ? "itl-mismatch"
                                  : work_print(w, "%s-%u", l->is_ctl ? "ctl" : "itl",
                                               (unsigned)++number[l->is_ctl]);
        l->usual = l->record_count == 0;
        if (l->usual)
            l->records = usual_records(w, l->is_ctl, &l->record_count);
    }
    mem_free(w->mem, all);
}

/* ---- what is said of phones ---- */

static void tell_lists(struct site_work *w)
{
    struct site *s = w->site;
    for (uint32_t i = 0; i < s->list_count; i++) {
        const struct site_list *l = &s->lists[i];
        const char *kind = l->is_ctl ? "CTL" : "ITL";
        if (l->elsewhere > 0)
            work_claim(w, SITE_CONTRADICTS, l->elsewhere, work_print(w, "%s of phones", kind),
                       l->name,
                       work_print(w,
                                  "%u phones hold the list that another TFTP server serves than "
                                  "the one that they ask first",
                                  (unsigned)l->elsewhere));
        if (l->elsewhere > 0)
            work_because(w, l->fact);
        if (l->holders == 0 || l->served_by != 0)
            continue;
        if (l->sha256 != NULL)
            work_claim(w, SITE_CONTRADICTS, l->holders, work_print(w, "%s of phones", kind),
                       l->sha1,
                       work_print(w, "held by %s, and no node is known to serve it",
                                  COUNTED_OF(l->holders, "phone")));
        else if (l->sha1 != NULL)
            work_claim(w, SITE_CANNOT_KNOW, l->holders,
                       work_print(w, "%s of phones: %s", kind, l->name), "",
                       work_print(w,
                                  "%s with a list of the SHA-1 %s; no file at hand is "
                                  "it: %s of every TFTP node, and of backups from before the "
                                  "last renewal%s",
                                  COUNTED_OF(l->holders, "phone"), l->sha1,
                                  l->is_ctl ? "CTLFile.tlv" : "ITLFile.tlv",
                                  l->usual ? "; no page shows its records: those that this "
                                             "cluster would have are taken"
                                           : ""));
        else
            work_claim(w, SITE_CANNOT_KNOW, l->holders, "ITL of phones: itl-mismatch", "",
                       work_print(w,
                                  "%s with another list than the one that is served, which "
                                  "one the status does not say: their own pages do",
                                  COUNTED_OF(l->holders, "phone")));
        work_because(w, l->fact);
    }
}

static void tell_unknown(struct phoning *p)
{
    struct site_work *w = p->w;
    struct site *s = w->site;
    s->usual_model = usual_model(w);
    uint32_t itl = 0, closed = 0, state = 0, model = 0, pool = 0;
    for (uint32_t i = 0; i < s->phone_count; i++) {
        const struct site_phone *f = &s->phones[i];
        bool unknown = f->itl.how == SITE_HOLDS_UNKNOWN;
        itl += unknown;
        closed += unknown && f->web.text != NULL && strcmp(f->web.text, "no") == 0;
        state += f->state.text == NULL;
        model += f->model.text == NULL;
        pool += f->pool_assumed;
    }
    if (itl > 0)
        work_claim(w, SITE_ASSUMED, itl, "ITL of phones", "as their TFTP serves it",
                   work_print(w,
                              "no source says it of %s%s: their page Network setup, or ITL File "
                              "Status (14 on)",
                              COUNTED_OF(itl, "phone"),
                              closed == 0 ? ""
                                          : work_print(w, " (web access is off on %s of them)",
                                                       COUNTED(closed))));
    if (state > 0)
        work_claim(w, SITE_CANNOT_KNOW, state, "which phones are on", "",
                   work_print(w,
                              "%s: RISPort70 selectCmDeviceExt or AXL "
                              "listRegistrationDynamic (lastSeen); assumed on",
                              COUNTED_OF(state, "phone")));
    if (pool > 0)
        work_claim(w, SITE_ASSUMED, pool, "device pool of phones", "Default",
                   work_print(w, "%s: AXL listPhone or a BAT export", COUNTED_OF(pool, "phone")));
    if (model > 0)
        work_claim(w, SITE_ASSUMED, model, "model of phones", s->usual_model,
                   work_print(w, "%s: AXL listPhone or a BAT export; that of most others",
                              COUNTED_OF(model, "phone")));
}

static void tell_odd(struct phoning *p)
{
    struct site_work *w = p->w;
    const struct {
        uint32_t count, fact;
        enum site_how how;
        const char *what, *value, *why;
    } odd[] = {
        { p->bad_names, p->bad_name, SITE_CONTRADICTS, "names of devices", "",
          "no names of devices (1 to 15 letters, digits, '.', '_', '-'): left out" },
        { p->by_name_alone, p->by_name_fact, SITE_ASSUMED, "security of phones",
          "by the name of their profile",
          "no source says what is in their security profiles: SQL over securityprofile" },
        { p->other_mode, p->other_mode_fact, SITE_CONTRADICTS, "security of phones",
          "that of their profile",
          "their own page has another security mode: they hold an older configuration" },
        { p->off_assumed, SITE_NONE, SITE_ASSUMED, "phones without a registration", "off",
          "no node has a row for them, and for most others one has" },
        { p->other_order, p->other_order_fact, SITE_CONTRADICTS, "servers of phones",
          "the group of their pool",
          "their own page has another order: they hold an older configuration" },
        { p->foreign, p->foreign_fact, SITE_CONTRADICTS, "servers of phones",
          "the group of their pool", "their own page names servers that are no nodes here" },
        { p->without, p->without_fact, SITE_CONTRADICTS, "servers of phones",
          "those with Cisco CallManager",
          "their own page names a server where Cisco CallManager is not activated: it is left "
          "out" },
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        if (odd[i].count == 0)
            continue;
        work_claim(w, odd[i].how, odd[i].count, odd[i].what, odd[i].value,
                   work_print(w, "%s: %s", COUNTED_OF(odd[i].count, "phone"), odd[i].why));
        work_because(w, odd[i].fact);
    }
}

/* TFTP knows names that no other source has. */
static void tell_built(struct site_work *w)
{
    uint32_t count = 0, first = SITE_NONE;
    struct table seen = table_of(w->mem);
    FOR_FACTS(w, FACT_PHONE_CONFIG_BUILT, i)
    {
        uint32_t text = work_fact(w, w->order[i])->about;
        uint64_t key = rng_mix((uint64_t)text + 1);
        if (w->phone_of[text] != 0 || table_get(&seen, key) != NULL)
            continue;
        table_put(&seen, key, 1);
        first = count++ == 0 ? w->order[i] : first;
    }
    table_free(&seen);
    if (count == 0)
        return;
    work_claim(
        w, SITE_CANNOT_KNOW, count, "phones known to TFTP alone", "",
        work_print(w,
                   "%s with a configuration there that no other source has: AXL listPhone or "
                   "a BAT export; left out",
                   COUNTED_OF(count, "phone")));
    work_because(w, first);
}

void tell_phones(struct phoning *p)
{
    struct site_work *w = p->w;
    name_lists(w);
    if (p->count == 0)
        work_claim(w, SITE_CANNOT_KNOW, 1, "phones", "", "AXL listPhone or a BAT export");
    else {
        work_claim(w, SITE_KNOWN, p->count, "phones", work_print(w, "%s", COUNTED(p->count)), "");
        work_because(w, w->site->phones[0].fact);
    }
    tell_lists(w);
    tell_unknown(p);
    tell_odd(p);
    tell_built(w);
}

/* ---- classes ---- */

static uint64_t mix_text(uint64_t h, const char *text)
{
    return rng_hash(h, view_str(text == NULL ? "" : text));
}

static uint64_t class_key(const struct site *s, const struct site_phone *p)
{
    uint64_t h = rng_mix(((uint64_t)p->ctl.how << 32 | p->ctl.list) + 1);
    h = rng_mix(h + ((uint64_t)p->itl.how << 32 | p->itl.list) + 1);
    h = rng_mix(h + s->pools[p->pool].group + 1);
    h = mix_text(h, p->model.text);
    h = mix_text(h, p->security.text);
    h = mix_text(h, p->encrypted.text);
    return mix_text(h, p->state.text) | 1;
}

static int by_size(const void *a, const void *b)
{
    const struct site_class *x = a, *y = b;
    if (x->phones != y->phones)
        return x->phones < y->phones ? 1 : -1;
    return x->first < y->first ? -1 : x->first > y->first;
}

void classes_fill(struct site_work *w)
{
    struct site *s = w->site;
    struct table of = table_of(w->mem);
    for (uint32_t i = 0; i < s->phone_count; i++) {
        uint64_t key = class_key(s, &s->phones[i]);
        const uint32_t *known = table_get(&of, key);
        uint32_t cls = known == NULL ? s->class_count : *known;
        if (known == NULL) {
            mem_reserve(w->mem, (void **)&s->classes, &s->class_cap, (size_t)s->class_count + 1,
                        sizeof *s->classes);
            s->classes[s->class_count++] = (struct site_class){ 0, i };
            table_put(&of, key, cls);
        }
        s->classes[cls].phones++;
        s->phones[i].cls = cls;
    }
    uint32_t *now = mem_take(w->mem, ((size_t)s->class_count + 1) * sizeof *now);
    uint32_t *was = mem_take(w->mem, ((size_t)s->class_count + 1) * sizeof *was);
    if (s->class_count > 0)
        qsort(s->classes, s->class_count, sizeof *s->classes, by_size);
    for (uint32_t c = 0; c < s->class_count; c++)
        was[c] = s->phones[s->classes[c].first].cls;
    for (uint32_t c = 0; c < s->class_count; c++)
        now[was[c]] = c;
    for (uint32_t i = 0; i < s->phone_count; i++)
        s->phones[i].cls = now[s->phones[i].cls];
    mem_free(w->mem, now);
    mem_free(w->mem, was);
    table_free(&of);
}
