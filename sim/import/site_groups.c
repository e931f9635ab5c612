/* Parameters, CallManager groups with their order, device pools, the last backup. */
#include "sim/import/site_impl.h"

#include "sim/base/rng.h"
#include "sim/core/date.h"
#include "sim/wire/shown.h"
#include "sim/wire/text.h"

#include <string.h>

/* ---- parameters ---- */

/* Names in the table processconfig where they are known; else the title on the page, or ours.
 * Documented: ClusterSecurityMode, RollBackToPreGrayback. */
static bool find_parameter(struct view name, enum param *p)
{
    char text[80];
    if (text_same(name, "RollBackToPreGrayback")) {
        *p = PARAM_ROLLBACK;
        return true;
    }
    if (name.n == 0 || name.n >= sizeof text)
        return false;
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    return param_find(text, p);
}

/* The database writes switches as T and F, t and f, 1 and 0. */
static bool parse_value(enum param p, struct view v, uint64_t *value)
{
    static const char *const yes[] = { "t", "true", "1", "on", "yes" }, *const no[] = {
        "f", "false", "0", "off", "no"
    };
    char text[FACT_TEXT];
    struct err e;
    for (size_t i = 0; i < sizeof yes / sizeof *yes && param_table[p].unit == UNIT_SWITCH; i++) {
        if (!text_same(v, yes[i]) && !text_same(v, no[i]))
            continue;
        *value = text_same(v, yes[i]);
        return true;
    }
    if (v.n == 0 || v.n >= sizeof text)
        return false;
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    return fact_parse(&param_table[p], text, value, &e);
}

/* Whatever a source says last in its file counts once; between sources the rule. */
static void take_parameters(struct site_work *w)
{
    struct site *s = w->site;
    struct site_value *of = arena_take(&s->arena, (PARAMS + 1) * sizeof *of);
    for (int p = 0; p <= PARAMS; p++)
        of[p].fact = SITE_NONE;
    FOR_FACTS(w, FACT_PARAMETER, i)
    {
        enum param p = PARAMS;
        uint32_t fact = w->order[i];
        struct view name = facts_view(w->facts, work_fact(w, fact)->about);
        if (text_same(name, "ClusterSecurityMode") || text_same(name, "Cluster Security Mode") ||
            find_parameter(name, &p))
            work_take(w, &of[p], fact);
    }
    s->mixed_mode = (struct site_value){ NULL, SITE_NONE };
    if (of[PARAMS].text != NULL)
        s->mixed_mode = (struct site_value){ strcmp(of[PARAMS].text, "0") == 0 ? "no" : "yes",
                                             of[PARAMS].fact };
    s->parameters = arena_take(&s->arena, PARAMS * sizeof *s->parameters);
    for (int p = 0; p < PARAMS; p++) {
        uint64_t value;
        if (of[p].text == NULL || !parse_value((enum param)p, view_str(of[p].text), &value))
            continue;
        s->parameters[s->parameter_count++] =
            (struct site_parameter){ (enum param)p, value, of[p].fact };
        work_claim(w, SITE_KNOWN, 1, param_table[p].title, of[p].text, "");
        work_because(w, of[p].fact);
    }
    if (s->mixed_mode.text != NULL) {
        work_claim(w, SITE_KNOWN, 1, "mixed mode", s->mixed_mode.text, "");
        work_because(w, s->mixed_mode.fact);
    }
    work_tell_clashes(w, 0);
}

/* ---- names of groups and pools ---- */

#define NUMBER 8 /* bytes of "~2000" and what is to spare */

/* What the lab takes as a name: at most `most` - 1 bytes, no blank at an end, nothing that steers.
 */
static const char *usable(struct site_work *w, struct view v, size_t most)
{
    char text[CLUSTER_NAME];
    size_t n = 0;
    for (size_t i = 0; i < v.n && n + 4 < most;) {
        size_t bytes = shown_plain(v, i);
        if (bytes > 0)
            memcpy(text + n, v.p + i, bytes);
        else
            text[n] = '?';
        n += bytes == 0 ? 1 : bytes;
        i += bytes == 0 ? 1 : bytes;
    }
    while (n > 0 && text[n - 1] == ' ')
        n--;
    size_t from = 0;
    while (from < n && text[from] == ' ')
        from++;
    return n == from ? "?" : arena_text(&w->site->arena, view_of(text + from, n - from));
}

/* A name that another one became already gets a number. */
static const char *own_name_of(struct site_work *w, struct table *taken, struct view v)
{
    const char *tried = usable(w, v, CLUSTER_NAME), *shorter = NULL;
    for (unsigned k = 2; table_get(taken, rng_hash(3, view_str(tried)) | 1) != NULL; k++) {
        shorter = shorter == NULL ? usable(w, v, CLUSTER_NAME - NUMBER) : shorter;
        tried = work_print(w, "%s~%u", shorter, k);
    }
    table_put(taken, rng_hash(3, view_str(tried)) | 1, 1);
    return tried;
}

static uint32_t *index_of(struct table *t, uint32_t text)
{
    return table_get(t, rng_mix((uint64_t)text + 1));
}

/* ---- groups ---- */

struct members {
    uint32_t fact; /* the first of the reading that is taken */
    uint32_t nths[CNF_SERVERS];
    uint8_t nodes[CNF_SERVERS];
    uint8_t count;
    uint32_t strangers, stranger, more; /* members that are no node, the first; beyond three */
    uint32_t without; /* bits of nodes: members where CallManager is not activated */
    uint32_t other;   /* a fact of a reading that says it otherwise */
};

/* In the order of their numbers, and of the file where these are the same. */
static void insert_member(struct members *m, uint32_t nth, uint32_t node)
{
    uint32_t at = m->count;
    for (uint32_t i = 0; i < m->count; i++) {
        if (m->nodes[i] == node)
            return;
    }
    while (at > 0 && m->nths[at - 1] > nth)
        at--;
    if (m->count == CNF_SERVERS)
        m->more++;
    if (at == CNF_SERVERS)
        return;
    uint32_t last = m->count < CNF_SERVERS ? m->count : CNF_SERVERS - 1;
    for (uint32_t i = last; i > at; i--) {
        m->nths[i] = m->nths[i - 1];
        m->nodes[i] = m->nodes[i - 1];
    }
    m->nths[at] = nth;
    m->nodes[at] = (uint8_t)node;
    m->count += m->count < CNF_SERVERS;
}

/* Members of one group are of one reading. */
static void add_member(struct site_work *w, struct members *m, uint32_t fact)
{
    const struct fact_said *f = work_fact(w, fact);
    if (f->reading != work_fact(w, m->fact)->reading)
        return;
    uint32_t node = who_is_member(w, f->value);
    if (node != SITE_NONE && nodes_lack_callmanager(&w->site->nodes[node]))
        m->without |= UINT32_C(1) << node;
    else if (node != SITE_NONE)
        insert_member(m, f->nth, node);
    else if (m->strangers++ == 0)
        m->stranger = fact;
}

static bool same_members(const struct members *a, const struct members *b)
{
    return a->count == b->count && memcmp(a->nodes, b->nodes, a->count) == 0;
}

/* Two sources that list the same in the same order agree. */
static void compare_members(struct site_work *w, struct members *all)
{
    struct table others = table_of(w->mem); /* group and reading -> index into `read` */
    struct members *read = NULL;
    uint32_t n = 0, cap = 0;
    FOR_FACTS(w, FACT_GROUP_MEMBER, i)
    {
        const struct fact_said *f = work_fact(w, w->order[i]);
        const uint32_t *at = index_of(&w->group_of, f->about);
        if (at == NULL || f->reading == work_fact(w, all[*at].fact)->reading)
            continue;
        uint32_t group = *at;
        uint64_t key = rng_mix((uint64_t)(group + 1) << 32 | f->reading);
        if (table_get(&others, key) == NULL) {
            mem_reserve(w->mem, (void **)&read, &cap, (size_t)n + 1, sizeof *read);
            read[n] = (struct members){ .fact = w->order[i], .other = group };
            table_put(&others, key, n++);
        }
        add_member(w, &read[*table_get(&others, key)], w->order[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        struct members *m = &all[read[i].other];
        if (!same_members(m, &read[i]) && m->other == SITE_NONE)
            m->other = read[i].fact;
    }
    mem_free(w->mem, read);
    table_free(&others);
}

static const char *members_text(struct site_work *w, const uint8_t *nodes, uint32_t count)
{
    const char *text = "";
    for (uint32_t i = 0; i < count; i++)
        text = work_print(w, "%s%s%s", text, i == 0 ? "" : ", ", w->site->nodes[nodes[i]].name);
    return text;
}

static void tell_group(struct site_work *w, const struct site_group *g, const struct members *m)
{
    char where[SITE_WHERE];
    const char *members = members_text(w, g->members, g->count);
    const char *what = work_print(w, "CallManager group %s", g->name);
    work_claim(w, SITE_KNOWN, 1, what, members, "");
    work_because(w, g->fact);
    if (m->strangers > 0) {
        work_claim(w, SITE_CONTRADICTS, m->strangers, what, members,
                   work_print(w, "its member %.100s is no node of the cluster",
                              work_value(w, m->stranger)));
        work_because(w, m->stranger);
    }
    for (uint32_t i = 0; i < w->site->node_count; i++) {
        if ((m->without >> i & 1) == 0)
            continue;
        work_claim(w, SITE_CONTRADICTS, 1, what, members,
                   work_print(w,
                              "its member %s is left out: Cisco CallManager is not activated there",
                              w->site->nodes[i].name));
        work_because(w, m->fact);
    }
    if (m->more > 0)
        work_claim(w, SITE_CONTRADICTS, m->more, what, members, "a group has three at most");
    if (m->other != SITE_NONE) {
        work_claim(w, SITE_CONTRADICTS, 1, what, members,
                   work_print(w, "%s has other members or another order",
                              site_where(w->site, site_source_of(w->site, m->other), where)));
        work_because(w, g->fact);
        work_because(w, m->other);
    }
}

uint32_t groups_new(struct site_work *w, struct view asked, uint32_t fact)
{
    struct site *s = w->site;
    const char *name = own_name_of(w, &w->group_names, asked);
    mem_reserve(w->mem, (void **)&s->groups, &s->group_cap, (size_t)s->group_count + 1,
                sizeof *s->groups);
    s->groups[s->group_count] = (struct site_group){ .name = name, .fact = fact };
    return s->group_count++;
}

/* The first three nodes that are not said to be without CallManager; there may be none. */
static void usual_members(const struct site *s, struct site_group *g)
{
    for (uint32_t i = 0; i < s->node_count && g->count < CNF_SERVERS; i++) {
        if (!nodes_lack_callmanager(&s->nodes[i]))
            g->members[g->count++] = (uint8_t)i;
    }
    g->assumed = true;
}

static void find_groups(struct site_work *w, struct members **all)
{
    uint32_t cap = 0;
    FOR_FACTS(w, FACT_GROUP_MEMBER, i)
    {
        uint32_t fact = w->order[i], text = work_fact(w, fact)->about;
        uint32_t *at = index_of(&w->group_of, text);
        if (at != NULL) {
            struct members *m = &(*all)[*at];
            if (work_fact(w, m->fact)->reading != work_fact(w, fact)->reading &&
                work_surer(w, fact, m->fact))
                m->fact = fact;
            continue;
        }
        if (w->site->group_count == CLUSTER_GROUPS - 1) { /* the lab has one */
            w->too_many++;
            continue;
        }
        uint32_t group = groups_new(w, facts_view(w->facts, text), fact);
        mem_reserve(w->mem, (void **)all, &cap, (size_t)group + 1, sizeof **all);
        (*all)[group] = (struct members){ .fact = fact, .other = SITE_NONE };
        table_put(&w->group_of, rng_mix((uint64_t)text + 1), group);
    }
}

static void take_groups(struct site_work *w)
{
    struct site *s = w->site;
    struct members *all = NULL;
    find_groups(w, &all);
    uint32_t count = s->group_count;
    FOR_FACTS(w, FACT_GROUP_MEMBER, i)
    {
        const uint32_t *at = index_of(&w->group_of, work_fact(w, w->order[i])->about);
        if (at != NULL)
            add_member(w, &all[*at], w->order[i]);
    }
    compare_members(w, all);
    for (uint32_t i = 0; i < count; i++) {
        struct site_group *g = &s->groups[i];
        memcpy(g->members, all[i].nodes, sizeof g->members);
        g->count = all[i].count;
        g->fact = all[i].fact;
        tell_group(w, g, &all[i]);
        if (g->count == 0)
            usual_members(s, g);
    }
    mem_free(w->mem, all);
    if (count > 0)
        return;
    uint32_t made = groups_new(w, view_str("Default"), SITE_NONE); /* may move them */
    struct site_group *g = &s->groups[made];
    usual_members(s, g);
    work_claim(w, SITE_ASSUMED, 1, "CallManager groups", members_text(w, g->members, g->count),
               "no source has them: AXL getCallManagerGroup, SQL over callmanagergroupmember or "
               "the Import/Export tar");
}

/* ---- pools ---- */

uint32_t groups_pool(struct site_work *w, uint32_t text, uint32_t fact)
{
    struct site *s = w->site;
    const uint32_t *at = index_of(&w->pool_of, text);
    if (at != NULL)
        return *at;
    if (s->pool_count == CLUSTER_POOLS - 1) { /* the lab has one */
        w->too_many++;
        return 0;
    }
    mem_reserve(w->mem, (void **)&s->pools, &s->pool_cap, (size_t)s->pool_count + 1,
                sizeof *s->pools);
    struct view name = facts_view(w->facts, text);
    s->pools[s->pool_count] =
        (struct site_pool){ .name = own_name_of(w, &w->pool_names,
                                                text == 0 ? view_str("Default") : name),
                            .fact = fact,
                            .assumed = true };
    table_put(&w->pool_of, rng_mix((uint64_t)text + 1), s->pool_count);
    return s->pool_count++;
}

static void take_pools(struct site_work *w)
{
    struct site *s = w->site;
    uint32_t count = w->start[FACT_POOL_GROUP + 1] - w->start[FACT_POOL_GROUP];
    struct site_value *group = arena_take(&s->arena, ((size_t)count + 1) * sizeof *group);
    FOR_FACTS(w, FACT_POOL_GROUP, i)
    {
        uint32_t fact = w->order[i];
        uint32_t pool = groups_pool(w, work_fact(w, fact)->about, fact);
        work_take(w, &group[pool], fact);
    }
    work_tell_clashes(w, 0);
    for (uint32_t i = 0; i < s->pool_count; i++) {
        const uint32_t *at = index_of(&w->group_of, work_fact(w, group[i].fact)->value);
        s->pools[i].fact = group[i].fact;
        if (at != NULL) {
            s->pools[i].group = *at;
            s->pools[i].assumed = false;
            continue;
        }
        work_claim(w, SITE_CONTRADICTS, 1, work_print(w, "device pool %s", s->pools[i].name),
                   s->groups[0].name,
                   work_print(w, "its group %.100s has no members in any source", group[i].text));
        work_because(w, group[i].fact);
    }
    if (s->pool_count == 0)
        return;
    work_claim(w, SITE_KNOWN, s->pool_count, "device pools and their groups",
               work_print(w, "%u", (unsigned)s->pool_count), "");
    work_because(w, s->pools[0].fact);
}

/* ---- the last backup ---- */

static void take_backup(struct site_work *w)
{
    struct site *s = w->site;
    int64_t newest = -1;
    s->backup.fact = SITE_NONE;
    FOR_FACTS(w, FACT_BACKUP, i)
    {
        int64_t at = work_date(work_value(w, w->order[i]));
        if (at <= newest)
            continue;
        newest = at;
        s->backup = (struct site_value){ work_value(w, w->order[i]), w->order[i] };
    }
    if (s->backup.text == NULL && w->start[FACT_BACKUP_FAILED + 1] > w->start[FACT_BACKUP_FAILED])
        s->backup = (struct site_value){ "none", w->order[w->start[FACT_BACKUP_FAILED]] };
    if (s->backup.text != NULL) {
        work_claim(w, SITE_KNOWN, 1, "newest backup that succeeded", s->backup.text, "");
        work_because(w, s->backup.fact);
    } else {
        work_claim(w, SITE_CANNOT_KNOW, 1, "last backup", "",
                   "`utils disaster_recovery history backup`");
    }
}

void groups_fill(struct site_work *w)
{
    take_parameters(w);
    take_groups(w);
    take_pools(w);
    take_backup(w);
}
