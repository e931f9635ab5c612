#include "sim/predict/ahead.h"

#include "sim/base/buf.h"
#include "sim/base/sys.h"
#include "sim/predict/course.h"
#include "sim/predict/standby.h"

#include <string.h>

#define DAY_US   (24 * 3600ull * 1000000)
#define ACTS_ALL (CLUSTER_NODES * SERVICES)

struct search {
    struct lab *base; /* a trial with one phone of each group */
    const struct boots *boots;
    struct ahead *out;
    struct table seen; /* by what a cluster comes to: 1 + what came of it, 0: nothing */
    bool pending;      /* something in the clusters is not over yet */
    uint32_t reset;    /* 1 + the bomb of a reset meanwhile, which any cause has; 0: none */
    uint32_t
        old[CLUSTER_PLACES]; /* of the cluster under search: services that hold something old */
};

/* ---- disturbances ---- */

static bool takes_in(const struct ahead_cause *c, uint32_t node)
{
    return c->kind == AHEAD_SERVICE_EVERYWHERE || c->kind == AHEAD_OLD_EVERYWHERE ||
           c->kind == AHEAD_ALL_NODES || node == c->node;
}

/* Whoever restarts one service leaves alone what does not run; a node brings up all of it. */
static uint32_t acts_of(const struct search *s, const struct ahead_cause *c, struct act *out)
{
    const struct cluster *cl = &s->base->state.clusters[c->cluster];
    bool node = c->kind == AHEAD_NODE || c->kind == AHEAD_ALL_NODES;
    uint32_t n = 0;
    FOR_EACH_NODE(cl, i)
    {
        for (uint32_t k = 0; k < SERVICES && takes_in(c, i); k++) {
            bool runs = cl->nodes[i].run.services[k].state != SERVICE_STOPPED;
            bool wanted = node
                              ? services_is_activated(cl, i, (enum service)k)
                              : runs && (c->services & SERVICE_BIT(k)) != 0 &&
                                    (c->kind == AHEAD_SERVICE || (s->old[i] & SERVICE_BIT(k)) != 0);
            if (wanted)
                out[n++] = (struct act){ .kind = runs ? DO_RESTART : DO_START,
                                         .node = (uint8_t)i,
                                         .arg = { k } };
        }
    }
    return n;
}

static uint64_t comes_to(const struct search *s, uint32_t cluster, const struct ahead_cause *cause)
{
    struct act acts[ACTS_ALL];
    return course_of(s->base, cluster, acts, cause == NULL ? 0 : acts_of(s, cause, acts));
}

/* ---- trying one ---- */

static void add_group(struct ahead_bomb *b, const struct phone_group *g, uint8_t more,
                      enum way_kind way)
{
    if (b->phones == 0 || g->phone < b->example)
        b->example = g->phone;
    b->phones += g->phones;
    b->by_way[way] += g->phones;
    for (int f = 0; f < FUNCTIONS; f++)
        b->lost[f] += (more & FSM_BIT(f)) != 0 ? g->phones : 0;
}

/* What phones have lost in a trial, by group. */
static void note_lost(const struct lab *trial, uint8_t *lost)
{
    for (uint32_t i = 0; i < trial->state.phone_count; i++)
        lost[i] = trial->state.phones[i].lost;
}

static uint8_t more_of(const struct search *s, uint32_t g, uint8_t lost)
{
    uint8_t had = s->boots->groups.list[g].lost | s->boots->ends[g].lost;
    return lost & (uint8_t)~boots_lacks(had);
}

/* Who lost more, and what brings it back: what was lost before all that is pending had ended, and
 * is not lost behind it, comes back by `passes`.  Everything that a phone lacks is to come back. */
static struct ahead_bomb outcome_of(const struct search *s, struct lab *trial, const uint8_t *early,
                                    enum way_kind passes)
{
    uint32_t count = s->boots->groups.count;
    uint8_t *lost = mem_take(&sys_mem, (size_t)count + 1);
    struct ahead_bomb b = { .outcome = 0 };
    struct remedies remedies;
    note_lost(trial, lost);
    for (uint32_t g = 0; g < count; g++)
        lost[g] = more_of(s, g, lost[g]) == 0 ? 0 : lost[g];
    remedies_find_kinds(trial, lost, &remedies);
    for (uint32_t g = 0; g < count; g++) {
        uint8_t late = more_of(s, g, lost[g]), more = late | more_of(s, g, early[g]);
        uint8_t way = late != 0 ? remedies_of(&remedies, g)->kind : passes;
        if (more != 0) {
            struct ahead_end *end = &s->out->ends[g];
            add_group(&b, &s->boots->groups.list[g], more, (enum way_kind)way);
            end->more |= more;
            end->way = way > end->way ? way : end->way;
        }
        b.outcome = rng_mix(b.outcome ^ (more == 0 ? 0 : (uint64_t)more << 8 | way));
    }
    remedies_free(&remedies);
    mem_free(&sys_mem, lost);
    return b;
}

/* Until what is restarted runs again. */
static void let_start(struct lab *trial, uint32_t cluster)
{
    uint64_t takes_us = trial->state.clusters[cluster].db.params[PARAM_SERVICE_START_US];
    lab_run_until(trial, lab_now_us(trial) + takes_us + 1);
}

static bool is_restart(const struct ahead_cause *c)
{
    return c->kind > AHEAD_DOWN && c->kind != AHEAD_DAY;
}

/* Registered at this node, with a standby that refuses it. */
static bool depends_on(const struct search *s, uint32_t g, uint32_t cluster, uint32_t node)
{
    return s->base->state.cold[g].node == (cluster << 8 | node) + 1 && standby_refuses(s->base, g);
}

/* CallManager stops, for as long as it takes; early[]: who has no server meanwhile. */
static void take_down(const struct search *s, struct lab *trial, const struct ahead_cause *c,
                      uint8_t *early)
{
    struct act act = { .kind = DO_STOP, .node = c->node, .arg = { SERVICE_CALLMANAGER } };
    lab_do(trial, c->cluster, &act, NULL);
    boots_settle(trial);
    for (uint32_t g = 0; g < s->boots->groups.count; g++) {
        bool waits = depends_on(s, g, c->cluster, c->node);
        early[g] = waits ? trial->state.phones[g].lost & FSM_BIT(FUNCTION_REGISTRATION) : 0;
    }
    act.kind = DO_START;
    lab_do(trial, c->cluster, &act, NULL);
}

static struct ahead_bomb try_cause(const struct search *s, const struct ahead_cause *cause)
{
    struct act acts[ACTS_ALL];
    struct lab *trial = lab_fork(s->base);
    uint32_t n = is_restart(cause) ? acts_of(s, cause, acts) : 0;
    uint8_t *early = mem_take(&sys_mem, (size_t)s->boots->groups.count + 1);
    memset(early, 0, s->boots->groups.count);
    for (uint32_t i = 0; i < n; i++)
        lab_do(trial, cause->cluster, &acts[i], NULL);
    if (cause->kind == AHEAD_DOWN) {
        take_down(s, trial, cause, early);
    } else if (cause->kind == AHEAD_DAY) {
        lab_run_until(trial, lab_now_us(trial) + DAY_US);
    } else if (s->pending) { /* a reset at once is not one later */
        if (cause->kind != AHEAD_RESET)
            let_start(trial, cause->cluster);
        boots_reboot_now(trial);
        note_lost(trial, early);
    }
    boots_settle(trial);
    boots_reboot(trial);
    struct ahead_bomb b =
        outcome_of(s, trial, early, cause->kind == AHEAD_DOWN ? WAY_NONE : WAY_BOOT);
    mem_free(&sys_mem, early);
    lab_free(trial);
    s->out->trials++;
    return b;
}

/* ---- keeping what came of it ---- */

static uint32_t bomb_for(struct ahead *a, const struct ahead_bomb *b)
{
    for (uint32_t i = 0; i < a->bomb_count; i++) {
        if (a->bombs[i].outcome == b->outcome)
            return i;
    }
    mem_reserve(&sys_mem, (void **)&a->bombs, &a->bomb_cap, (size_t)a->bomb_count + 1,
                sizeof *a->bombs);
    a->bombs[a->bomb_count] = *b;
    a->bombs[a->bomb_count].cause = UINT32_MAX;
    return a->bomb_count++;
}

/* 1 + the bomb that this is; 0: none.  `state`: what the cluster comes to. */
static uint32_t weigh(struct search *s, const struct ahead_cause *cause, uint64_t state)
{
    uint32_t *known = table_get(&s->seen, state);
    if (known != NULL)
        return *known;
    struct ahead_bomb b = try_cause(s, cause);
    uint32_t found = b.phones == 0 ? 0 : bomb_for(s->out, &b) + 1;
    table_put(&s->seen, state, found);
    return found;
}

static uint32_t weigh_acts(struct search *s, const struct ahead_cause *cause)
{
    return weigh(s, cause, comes_to(s, cause->cluster, cause));
}

static void keep(struct ahead *a, struct ahead_cause cause, uint32_t found)
{
    if (found == 0)
        return;
    cause.bomb = found - 1;
    if (a->bombs[cause.bomb].cause == UINT32_MAX)
        a->bombs[cause.bomb].cause = a->cause_count;
    mem_reserve(&sys_mem, (void **)&a->causes, &a->cause_cap, (size_t)a->cause_count + 1,
                sizeof *a->causes);
    a->causes[a->cause_count++] = cause;
}

static uint32_t bits(uint32_t set)
{
    uint32_t n = 0;
    for (; set != 0; set &= set - 1)
        n++;
    return n;
}

/* Of several services the fewest that do the same; one that does it alone is told of already. */
static void consider(struct search *s, struct ahead_cause cause)
{
    uint32_t found = weigh_acts(s, &cause);
    bool several = bits(cause.services) > 1;
    for (uint32_t k = 0; k < SERVICES && found != 0 && bits(cause.services) > 1; k++) {
        struct ahead_cause fewer = cause;
        uint32_t bombs = s->out->bomb_count;
        fewer.services &= ~SERVICE_BIT(k);
        if (fewer.services == cause.services)
            continue;
        uint32_t comes = weigh_acts(s, &fewer);
        if (comes == found)
            cause = fewer;
        else if (s->out->bomb_count > bombs && comes != s->reset)
            keep(s->out, fewer, comes); /* something else, which nothing else did */
    }
    if ((!several || bits(cause.services) > 1) && found != s->reset)
        keep(s->out, cause, found);
}

static struct ahead_cause restart_of(enum ahead_kind kind, uint32_t cluster, uint32_t node,
                                     uint32_t services)
{
    return (struct ahead_cause){ .kind = (uint8_t)kind,
                                 .cluster = (uint8_t)cluster,
                                 .node = (uint8_t)node,
                                 .services = services };
}

/* ---- all of a cluster, from the narrowest ---- */

/* A service holds something old where its restart alone makes another cluster of it. */
static void find_old(struct search *s, uint32_t cluster, uint64_t alone)
{
    const struct cluster *cl = &s->base->state.clusters[cluster];
    memset(s->old, 0, sizeof s->old);
    FOR_EACH_NODE(cl, n)
    {
        for (uint32_t k = 0; k < SERVICES; k++) {
            struct ahead_cause c = restart_of(AHEAD_SERVICE, cluster, n, SERVICE_BIT(k));
            if (cl->nodes[n].run.services[k].state != SERVICE_STOPPED &&
                comes_to(s, cluster, &c) != alone)
                s->old[n] |= SERVICE_BIT(k);
        }
    }
}

static void services_alone(struct search *s, uint32_t cluster)
{
    for (uint32_t k = 0; k < SERVICES; k++) {
        uint32_t nodes = 0;
        FOR_EACH_NODE(&s->base->state.clusters[cluster], n)
        {
            if ((s->old[n] & SERVICE_BIT(k)) == 0)
                continue;
            nodes++;
            consider(s, restart_of(AHEAD_SERVICE, cluster, n, SERVICE_BIT(k)));
        }
        if (nodes > 1)
            consider(s, restart_of(AHEAD_SERVICE_EVERYWHERE, cluster, 0, SERVICE_BIT(k)));
    }
}

static void services_together(struct search *s, uint32_t cluster)
{
    uint32_t all = 0, nodes = 0;
    FOR_EACH_NODE(&s->base->state.clusters[cluster], n)
    {
        all |= s->old[n];
        nodes += s->old[n] != 0;
        if (bits(s->old[n]) > 1)
            consider(s, restart_of(AHEAD_OLD, cluster, n, s->old[n]));
    }
    if (nodes > 1 && bits(all) > 1)
        consider(s, restart_of(AHEAD_OLD_EVERYWHERE, cluster, 0, all));
}

static void nodes_restarted(struct search *s, uint32_t cluster)
{
    const struct cluster *cl = &s->base->state.clusters[cluster];
    FOR_EACH_NODE(cl, n)
    consider(s, restart_of(AHEAD_NODE, cluster, n, 0));
    if (cluster_nodes(cl) > 1)
        consider(s, restart_of(AHEAD_ALL_NODES, cluster, 0, 0));
}

/* Who has no standby at all knows it. */
static void servers_down(struct search *s, uint32_t cluster)
{
    FOR_EACH_NODE(&s->base->state.clusters[cluster], n)
    {
        bool any = false;
        for (uint32_t g = 0; g < s->boots->groups.count && !any; g++)
            any = depends_on(s, g, cluster, n);
        struct ahead_cause down =
            restart_of(AHEAD_DOWN, cluster, n, SERVICE_BIT(SERVICE_CALLMANAGER));
        if (any) /* another state than any that a restart leads to */
            keep(s->out, down, weigh(s, &down, rng_mix(cluster << 8 | n) | 1));
    }
}

/* Where nothing is pending a day changes no cluster, and what phones remember of TVS is gone with
 * a boot as well. */
static bool anything_pending(const struct lab *lab)
{
    uint64_t now_us = lab_now_us(lab), day_us = now_us + DAY_US;
    bool any = false;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        any |= cluster_deadline_us(cl) != 0 || cluster_hash(cl, now_us) != cluster_hash(cl, day_us);
    }
    return any;
}

static void search_cluster(struct search *s, uint32_t cluster)
{
    uint64_t alone = comes_to(s, cluster, NULL);
    table_put(&s->seen, alone, 0);
    servers_down(s, cluster);
    find_old(s, cluster, alone);
    services_alone(s, cluster);
    services_together(s, cluster);
    nodes_restarted(s, cluster);
}

void ahead_find(struct lab *lab, const struct boots *boots, struct ahead *out)
{
    struct ahead_cause day = { .kind = AHEAD_DAY }, reset = { .kind = AHEAD_RESET };
    *out = (struct ahead){ 0 };
    if (boots->groups.count == 0)
        return;
    out->ends = mem_take(&sys_mem, boots->groups.count * sizeof *out->ends);
    memset(out->ends, 0, boots->groups.count * sizeof *out->ends);
    struct lab_mark mark = lab_mark(lab);
    struct search s = { .base = groups_trial(lab, &boots->groups),
                        .boots = boots,
                        .out = out,
                        .seen = table_of(&sys_mem) };
    s.pending = anything_pending(s.base);
    if (s.pending) {
        s.reset = weigh(&s, &reset, UINT64_MAX - 1);
        keep(out, reset, s.reset);
    }
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        search_cluster(&s, c);
    if (s.pending)
        keep(out, day, weigh(&s, &day, UINT64_MAX));
    table_free(&s.seen);
    lab_free(s.base);
    lab_rewind(lab, &mark);
}

void ahead_free(struct ahead *a)
{
    mem_free(&sys_mem, a->causes);
    mem_free(&sys_mem, a->bombs);
    mem_free(&sys_mem, a->ends);
    memset(a, 0, sizeof *a);
}

/* ---- questions ---- */

struct ahead_end ahead_of(const struct ahead *a, const struct boots *b, uint32_t phone)
{
    const struct ahead_end none = { 0 };
    uint32_t group = b->groups.of[phone];
    return group == 0 ? none : a->ends[group - 1];
}

static uint64_t weight(const struct ahead_bomb *b)
{
    uint64_t functions = 0;
    for (int f = 0; f < FUNCTIONS; f++)
        functions += b->lost[f];
    return functions;
}

static bool is_worse(const struct ahead_bomb *a, const struct ahead_bomb *b)
{
    if (a->by_way[WAY_HANDS] != b->by_way[WAY_HANDS])
        return a->by_way[WAY_HANDS] > b->by_way[WAY_HANDS];
    if (a->phones != b->phones)
        return a->phones > b->phones;
    return weight(a) > weight(b);
}

const struct ahead_bomb *ahead_worst(const struct ahead *a)
{
    const struct ahead_bomb *worst = NULL;
    for (uint32_t i = 0; i < a->bomb_count; i++) {
        if (worst == NULL || is_worse(&a->bombs[i], worst))
            worst = &a->bombs[i];
    }
    return worst;
}

/* "Cisco Tftp, Cisco Tomcat and Cisco Trust Verification Service" */
static void put_services(struct wr *w, uint32_t services)
{
    uint32_t left = bits(services);
    for (int k = 0; k < SERVICES; k++) {
        if ((services & SERVICE_BIT(k)) == 0)
            continue;
        left--;
        wr_fmt(w, "%s%s", service_name((enum service)k),
               left > 1    ? ", "
               : left == 1 ? " and "
                           : "");
    }
}

const char *ahead_words(const struct lab *lab, const struct ahead_cause *c, char out[AHEAD_TEXT])
{
    const struct cluster *cl = &lab->state.clusters[c->cluster];
    const char *of = lab->state.cluster_count > 1 ? cl->name : "";
    struct wr w = wr_of(out, AHEAD_TEXT - 1);
    if (c->kind == AHEAD_DAY) {
        wr_fmt(&w, "within a day");
    } else if (c->kind == AHEAD_RESET) {
        wr_fmt(&w, "at a reset before what is under way has ended");
    } else {
        wr_fmt(&w, "%s", c->kind == AHEAD_DOWN ? "while " : "at the next restart of ");
        put_services(&w, c->services);
        wr_fmt(&w, "%s",
               c->kind == AHEAD_DOWN ? " does not run on "
               : c->services != 0    ? " on "
                                     : "");
        char name[LAB_NODE_NAME];
        if (takes_in(c, CLUSTER_PLACES))
            wr_fmt(&w, "all nodes%s%s", *of == '\0' ? "" : " of ", of);
        else
            wr_fmt(&w, "%s", lab_node_name(lab, c->cluster << 8 | c->node, name));
    }
    out[w.n < AHEAD_TEXT ? w.n : AHEAD_TEXT - 1] = '\0';
    return out;
}
