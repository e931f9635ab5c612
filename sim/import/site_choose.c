/* Which names are nodes of this cluster, in which order, and which of them is the publisher. */
#include "sim/import/site_impl.h"

#include "nodes/cluster.h"
#include "sim/base/check.h"
#include "sim/wire/text.h"

#include <string.h>

/* What is known of a root of names before it is a node. */
struct candidate {
    uint32_t root, best;              /* in names; the name that it is called by */
    struct site_value product, role;  /* of the surest source */
    bool listed, told, names_anybody; /* by a host name or an address */
};

struct choice {
    struct site_work *w;
    struct candidate *all;
    uint32_t count;
    uint32_t *of_root; /* by name: candidate + 1 */
};

/* ---- candidates ---- */

/* A name of the server table before others, a host name before a full one before an address. */
static int rank_of(const struct site_name *n)
{
    static const int by_form[] = {
        [NAME_SESSION] = 0, [NAME_ADDRESS] = 1, [NAME_FULL] = 2, [NAME_HOST] = 3
    };
    return by_form[n->form] * 2 + (n->listed && n->form == NAME_HOST);
}

static void collect(struct choice *c)
{
    struct site_work *w = c->w;
    for (uint32_t i = 0; i < w->name_count; i++) {
        const struct site_name *n = &w->names[i];
        uint32_t *at = &c->of_root[who_root(w, i)];
        if (*at == 0) {
            c->all[c->count] = (struct candidate){ .root = who_root(w, i), .best = i };
            c->all[c->count].product.fact = c->all[c->count].role.fact = SITE_NONE;
            *at = ++c->count;
        }
        struct candidate *to = &c->all[*at - 1];
        to->listed |= n->listed;
        to->told |= n->told;
        to->names_anybody |= n->form != NAME_SESSION;
        if (rank_of(n) > rank_of(&w->names[to->best]))
            to->best = i;
    }
}

static struct candidate *candidate_of(const struct choice *c, uint32_t fact)
{
    uint32_t name = who_name(c->w, fact);
    return name == SITE_NONE ? NULL : &c->all[c->of_root[who_root(c->w, name)] - 1];
}

static void take_roles(struct choice *c)
{
    static const enum fact_kind kinds[] = { FACT_NODE_PRODUCT, FACT_NODE_ROLE };
    for (int k = 0; k < 2; k++) {
        FOR_FACTS(c->w, kinds[k], i)
        {
            struct candidate *to = candidate_of(c, c->w->order[i]);
            if (to != NULL)
                work_take(c->w, k == 0 ? &to->product : &to->role, c->w->order[i]);
        }
    }
}

/* ---- who is left out ---- */

static void leave_out(struct choice *c, const struct candidate *n, const char *why)
{
    struct site_work *w = c->w;
    struct site *s = w->site;
    const struct site_name *name = &w->names[n->best];
    mem_reserve(w->mem, (void **)&s->others, &s->other_cap, (size_t)s->other_count + 1,
                sizeof *s->others);
    s->others[s->other_count++] = (struct site_other){ name->shown, why, name->fact };
}

static bool is_callmanager(const struct candidate *n)
{
    return n->product.text == NULL || text_same(view_str(n->product.text), "callmanager") ||
           text_same(view_str(n->product.text), "cucm");
}

/* What it is called as a node: of a full name, where its label is no name by itself, the label. */
static const char *short_name(struct site_work *w, const struct site_name *name)
{
    struct view left = view_str(name->shown);
    return name->form == NAME_FULL ? arena_text(&w->site->arena, text_cut(&left, '.'))
                                   : name->shown;
}

/* NULL: it is a node; "": nothing speaks for it. */
static const char *why_not(struct choice *c, const struct candidate *n)
{
    struct site_work *w = c->w;
    struct err e = { "" };
    if (!n->told || !n->names_anybody)
        return "";
    if (!is_callmanager(n))
        return work_print(w, "another product: %s", n->product.text);
    if (w->has_table && !n->listed)
        return "no list of servers has it";
    const char *name = short_name(w, &w->names[n->best]);
    if (name[0] == '\0' || strlen(name) >= CLUSTER_NAME || !cluster_check_name(name, "node", &e))
        return "its name cannot be that of a node";
    return NULL;
}

/* Files of nodes that nothing names: what they say of a node is lost. */
static void tell_sessions(struct choice *c)
{
    struct site_work *w = c->w;
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->count; i++)
        count += c->all[i].told && !c->all[i].names_anybody;
    if (count == 0)
        return;
    work_claim(w, SITE_CANNOT_KNOW, count, "whose output some files are", "",
               work_print(w,
                          "%u of them, and nothing in them names the node: what they say of it is "
                          "not used; with the prompt, `show network eth0` or `show network "
                          "cluster` in the same log it would be",
                          (unsigned)count));
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->all[i].told && !c->all[i].names_anybody)
            work_because(w, w->names[c->all[i].root].fact);
    }
}

/* ---- the publisher ---- */

/* The first of `list` that is said to run it. */
static uint32_t who_runs(const struct choice *c, const uint32_t *list, uint32_t count,
                         const char *service)
{
    const struct site_work *w = c->w;
    FOR_FACTS(w, FACT_SERVICE, i)
    {
        uint32_t fact = w->order[i];
        if (strcmp(work_value(w, fact), "started") != 0 ||
            !text_same(facts_view(w->facts, work_fact(w, fact)->about2), service))
            continue;
        const struct candidate *n = candidate_of(c, fact);
        for (uint32_t k = 0; k < count && n != NULL; k++) {
            if (&c->all[list[k]] == n)
                return k;
        }
    }
    return SITE_NONE;
}

/* These run on the publisher alone. */
static uint32_t guess_publisher(const struct choice *c, const uint32_t *list, uint32_t count,
                                const char **why)
{
    static const char *const services[] = { "Cisco DRF Master",
                                            "Cisco Certificate Authority Proxy Function",
                                            "Cisco CTL Provider" };
    *why = count == 1 ? "it is the only node"
                      : "no source says which node it is; this is the first that files name";
    for (size_t s = 0; s < sizeof services / sizeof *services; s++) {
        uint32_t found = who_runs(c, list, count, services[s]);
        if (found == SITE_NONE)
            continue;
        *why = work_print(c->w, "no source says which node it is; %s runs there", services[s]);
        return found;
    }
    return 0;
}

/* Index into `list`. */
static uint32_t find_publisher(struct choice *c, const uint32_t *list, uint32_t count)
{
    struct site_work *w = c->w;
    uint32_t found = SITE_NONE, said = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct site_value *role = &c->all[list[i]].role;
        if (role->text == NULL || strcmp(role->text, "publisher") != 0)
            continue;
        said++;
        if (found == SITE_NONE || work_surer(w, role->fact, c->all[list[found]].role.fact))
            found = i;
    }
    if (found == SITE_NONE) {
        const char *why;
        found = guess_publisher(c, list, count, &why);
        work_claim(w, SITE_ASSUMED, 1, "publisher", w->names[c->all[list[found]].best].shown, why);
        return found;
    }
    if (said > 1) {
        work_claim(w, SITE_CONTRADICTS, 1, "publisher", w->names[c->all[list[found]].best].shown,
                   work_print(w, "%u nodes are said to be it", (unsigned)said));
        for (uint32_t i = 0; i < count; i++) {
            if (c->all[list[i]].role.text != NULL &&
                strcmp(c->all[list[i]].role.text, "publisher") == 0)
                work_because(w, c->all[list[i]].role.fact);
        }
    }
    return found;
}

/* ---- the nodes ---- */

static const char *domain_of(const struct site_work *w, uint32_t root, const char *host)
{
    size_t n = strlen(host);
    for (uint32_t i = 0; i < w->name_count; i++) {
        const struct site_name *name = &w->names[i];
        if (name->form == NAME_FULL && who_root(w, i) == root && name->text.n > n + 1 &&
            text_same(view_sub(name->text, 0, n), host) && name->text.p[n] == '.')
            return name->shown + n + 1;
    }
    return NULL;
}

static struct site_node nobody_yet(void)
{
    struct site_node n = { .source = SITE_NONE };
    struct site_value *values[] = {
        &n.fqdn,        &n.address, &n.version, &n.fips,     &n.tls,
        &n.replication, &n.itl,     &n.ctl,     &n.itl_sha1, &n.ctl_sha1
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        values[i]->fact = SITE_NONE;
    for (int own = 0; own < OWNS; own++)
        n.own[own].fact = SITE_NONE;
    return n;
}

static void add_node(struct choice *c, const struct candidate *n, bool publisher)
{
    struct site_work *w = c->w;
    struct site *s = w->site;
    struct site_name *name = &w->names[n->best];
    const char *shown = short_name(w, name);
    struct site_node *to = &s->nodes[s->node_count];
    *to = nobody_yet();
    to->name = shown;
    to->publisher = publisher;
    to->assumed = !n->told;
    to->source = name->fact;
    to->domain = domain_of(w, n->root, shown);
    w->names[n->root].node = s->node_count++;
}

static uint32_t choose(struct choice *c, uint32_t *list)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        const char *why = why_not(c, &c->all[i]);
        if (why == NULL)
            list[count++] = i;
        else if (*why != '\0')
            leave_out(c, &c->all[i], why);
    }
    return count;
}

static void put_nodes(struct choice *c, const uint32_t *list, uint32_t count)
{
    struct site *s = c->w->site;
    uint32_t publisher = find_publisher(c, list, count);
    s->nodes = arena_take(&s->arena, CLUSTER_NODES * sizeof *s->nodes);
    add_node(c, &c->all[list[publisher]], true);
    for (uint32_t i = 0; i < count; i++) {
        if (i == publisher)
            continue;
        if (s->node_count < CLUSTER_NODES)
            add_node(c, &c->all[list[i]], false);
        else
            leave_out(c, &c->all[list[i]], "a cluster has at most 21 nodes");
    }
}

/* Nobody names any node: there has to be one. */
static void invent_node(struct site_work *w)
{
    struct site *s = w->site;
    s->nodes = arena_take(&s->arena, CLUSTER_NODES * sizeof *s->nodes);
    struct site_node *to = &s->nodes[s->node_count++];
    *to = nobody_yet();
    to->name = "cucm-pub";
    to->publisher = to->assumed = true;
    work_claim(w, SITE_CANNOT_KNOW, 1, "nodes", "",
               "`show network cluster`, or AXL listProcessNode; one node is assumed");
}

static bool look(struct site_work *w)
{
    struct choice c = { .w = w };
    size_t n = (size_t)w->name_count + 1;
    c.all = mem_take(w->mem, n * sizeof *c.all);
    c.of_root = mem_take(w->mem, n * sizeof *c.of_root);
    uint32_t *list = mem_take(w->mem, n * sizeof *list);
    memset(c.of_root, 0, n * sizeof *c.of_root);
    collect(&c);
    take_roles(&c);
    uint32_t count = choose(&c, list);
    if (count > 0) {
        put_nodes(&c, list, count);
        if (w->site->node_count > 1)
            tell_sessions(&c);
        work_tell_clashes(w, 0);
    }
    w->clash_count = 0;
    mem_free(w->mem, list);
    mem_free(w->mem, c.of_root);
    mem_free(w->mem, c.all);
    return count > 0;
}

/* One node and logs of nobody: whose else would they be?  That it is the only one is said. */
static void adopt_sessions(struct site_work *w)
{
    struct site *s = w->site;
    uint32_t count = 0, first = SITE_NONE;
    if (s->node_count > 1)
        return;
    for (uint32_t i = 0; i < w->name_count; i++) {
        struct site_name *n = &w->names[i];
        if (who_root(w, i) != i || n->form != NAME_SESSION || n->host != SITE_NONE ||
            n->node != SITE_NONE)
            continue;
        n->node = 0;
        count += n->told;
        first = n->told && first == SITE_NONE ? n->fact : first;
    }
    if (count == 0)
        return;
    work_claim(w, SITE_ASSUMED, count, "whose output some files are", s->nodes[0].name,
               work_print(w,
                          "%u of them, and nothing in them names the node: it is the only one "
                          "that is known",
                          (unsigned)count));
    work_because(w, first);
}

/* Where nothing lists the servers: what groups and phones name, else what trust lists do. */
static void look_elsewhere(struct site_work *w)
{
    static const struct {
        void (*find)(struct site_work *w);
        const char *why;
    } places[] = {
        { who_find_elsewhere, "no source lists the servers: those that groups and phones name" },
        { who_find_in_lists, "no source lists the servers: those that trust lists name" },
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        w->site->other_count = 0;
        places[i].find(w);
        if (!look(w))
            continue;
        work_claim(w, SITE_ASSUMED, w->site->node_count, "nodes", w->site->nodes[0].name,
                   places[i].why);
        return;
    }
    invent_node(w);
}

void who_choose(struct site_work *w)
{
    if (!look(w))
        look_elsewhere(w);
    adopt_sessions(w);
}
