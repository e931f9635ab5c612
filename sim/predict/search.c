#include "sim/predict/search.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/predict/known.h"
#include "sim/predict/proof.h"
#include "sim/predict/recall.h"
#include "sim/predict/standby.h"
#include "sim/predict/try.h"
#include "sim/wire/text.h"

#include <stdlib.h>
#include <string.h>

/* The bound: what is reached first. */
#define SEQUENCES_MOST 20000
#define LOOKS_MOST     4000000 /* at phones, whether they were there already */
#define BOOTS_MOST     600000  /* of phones of trials */

#define BYTES_MOST (256u << 20) /* of branches of one length */

#define MISSING UINT16_MAX /* no way yet */

#define ALL FSM_BIT(FUNCTIONS) /* everything that a phone has lost, beside the bits of each */

/* A state of the clusters with the phones for which it is new, all of them off. */
struct branch {
    struct lab *lab;
    uint32_t *group;               /* by phone of the lab */
    uint8_t (*boots)[WAY_LONGEST]; /* by phone: how many it took behind each act */
    uint64_t *key;                 /* by phone: of `seen`, as it last booted */
    struct way way;                /* how it was reached */
};

struct edge {
    uint32_t from; /* node */
    struct way_act act;
    uint32_t breadth; /* of the whole sequence */
    uint32_t order;   /* in which it was found */
};

struct search {
    struct lab *lab;
    struct remedies *r;
    const uint8_t *lost; /* by device number */
    struct remedies_wish wish;
    bool by_hand; /* somebody stands at the phone, behind each sequence */
    struct try_places places;
    struct table seen;   /* what was booted already: group, clusters in reach, state of the phone;
                            0: it helped, and not as it stands, or it harmed somebody: the same
                            acts may do better in another order */
    struct table reach;  /* by configuration: which clusters it names */
    struct table states; /* of all clusters */
    struct way *reached; /* a way to each, and to each with other things done to phones, in order */
    uint32_t reached_count, reached_cap;
    uint32_t boots, looks;
    uint64_t bytes;      /* of branches of the next level */
    struct known *known; /* boots that were done already */
    struct proof proof;
    struct band band;
};

/* ---- what is known of a group ---- */

static bool is_final(const struct remedies *r, uint16_t way)
{
    const struct way *w = way == MISSING ? NULL : &r->ways[way];
    return w != NULL && w->harm.phones == 0 && !way_gives_up(w) && !way_is_dear(w);
}

/* Nothing better will come. */
static bool is_closed(const struct search *s, uint32_t group)
{
    const struct way_found *found = &s->r->found[group];
    uint8_t lost = s->r->groups.list[group].lost;
    if (s->by_hand && found->all != MISSING && s->r->ways[found->all].kind < WAY_HANDS)
        return true;
    if (s->wish.kinds)
        return found->all != MISSING;
    bool closed = is_final(s->r, found->all);
    for (int f = 0; f < FUNCTIONS && !s->by_hand; f++)
        closed = closed && ((lost & FSM_BIT(f)) == 0 || is_final(s->r, found->of[f]));
    return closed;
}

static bool all_closed(const struct search *s)
{
    for (uint32_t g = 0; g < s->r->groups.count; g++) {
        if (!is_closed(s, g))
            return false;
    }
    return true;
}

static bool is_spent(const struct search *s)
{
    return s->r->bound.sequences >= SEQUENCES_MOST || s->boots >= BOOTS_MOST ||
           s->looks >= LOOKS_MOST;
}

static void at_least(uint8_t *boots, uint8_t n)
{
    *boots = *boots > n ? *boots : n;
}

/* As many boots as the one takes that takes most. */
static uint16_t keep_way(struct remedies *r, const struct way *w)
{
    for (uint32_t i = 0; i < r->count; i++) {
        struct way *known = &r->ways[i];
        if (!way_same(known, w))
            continue;
        at_least(&known->boots, w->boots);
        for (uint32_t k = 0; k < w->count; k++)
            at_least(&known->acts[k].boots, w->acts[k].boots);
        return (uint16_t)i;
    }
    CHECK(r->count < MISSING);
    mem_reserve(&sys_mem, (void **)&r->ways, &r->cap, (size_t)r->count + 1, sizeof *r->ways);
    r->ways[r->count] = *w;
    return (uint16_t)r->count++;
}

/* ---- identity ---- */

/* What phones see of a cluster: with the network of its nodes. */
static uint64_t cluster_state(const struct lab *lab, uint32_t cluster)
{
    const struct driver *d = lab->driver;
    uint64_t h = cluster_hash(&lab->state.clusters[cluster], lab_now_us(lab));
    FOR_EACH_NODE(&lab->state.clusters[cluster], n)
    {
        struct link link = d->node_link_of(d->self, cluster << 8 | n);
        h = rng_mix(h ^ ((uint64_t)link.mtu << 32 | n << 1 | link_is_cut(&link)));
    }
    return h;
}

static uint8_t cluster_at(const struct lab *lab, uint32_t ip)
{
    uint32_t node;
    for (uint32_t c = 0; c < lab->state.cluster_count && ip != 0; c++) {
        if (cluster_node_at(&lab->state.clusters[c], ip, &node))
            return (uint8_t)(1u << c);
    }
    return 0;
}

static uint8_t cluster_bit(const struct lab *lab, const char *address)
{
    return cluster_at(lab, text_host(address));
}

/* Clusters that a configuration names; its URLs are of the cluster that wrote it. */
static uint8_t named_by(struct search *s, const struct lab *lab, uint32_t config)
{
    if (config == 0)
        return 0;
    uint64_t key = rng_mix((uint64_t)config + 1) | 1;
    const uint32_t *known = table_get(&s->reach, key);
    if (known != NULL)
        return (uint8_t)*known;
    const struct cnf *cnf = content_get_cnf(lab->base->content, config);
    uint8_t bits = cluster_bit(lab, cnf->capf_address);
    for (uint32_t i = 0; i < cnf->server_count; i++)
        bits |= cluster_bit(lab, cnf->servers[i].address);
    for (uint32_t i = 0; i < cnf->tvs_count; i++)
        bits |= cluster_bit(lab, cnf->tvs[i].address);
    table_put(&s->reach, key, bits);
    return bits;
}

/* Where it was booted, and where it will be: DHCP may say something else by now. */
static uint8_t served_by(const struct lab *lab, uint16_t dhcp)
{
    const struct phone_place *place = &lab->state.dhcp[dhcp];
    return cluster_at(lab, place->tftp[0]) | cluster_at(lab, place->tftp[1]);
}

/* Clusters that those ask or name in turn: remote ones of a central TFTP, somebody else's server.
 */
static uint8_t behind(const struct lab *lab, uint8_t bits)
{
    uint8_t more = bits;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct database *db = &lab->state.clusters[c].db;
        if ((bits & (1u << c)) == 0)
            continue;
        more |= cluster_at(lab, db->services_host);
        for (uint32_t i = 0; i < db->remote_count; i++) {
            for (int k = 0; k < REMOTE_TFTPS; k++)
                more |= cluster_at(lab, db->remotes[i].tftp[k]);
        }
    }
    return more;
}

static uint8_t reach_of(struct search *s, const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    if (lab->state.cluster_count == 1)
        return 1;
    return behind(lab,
                  named_by(s, lab, p->config) | served_by(lab, p->place) | served_by(lab, p->dhcp));
}

/* True the first time: this phone of this group has not booted in clusters like these. */
static bool is_new(struct search *s, const struct branch *n, uint32_t phone,
                   const uint64_t states[LAB_CLUSTERS])
{
    const struct lab *lab = n->lab;
    uint32_t group = n->group[phone];
    const struct driver *d = lab->driver;
    uint8_t reach = reach_of(s, lab, phone);
    uint64_t h = rng_mix(try_state(lab, phone) ^ ((uint64_t)group << 8 | reach));
    struct link link = d->phone_link_of(d->self, phone);
    h = rng_mix(h ^ ((uint64_t)link.mtu << 32 | (uint64_t)s->by_hand << 1 | link_is_cut(&link)));
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        if ((reach & (1u << c)) != 0)
            h = rng_mix(h ^ states[c]);
    }
    h |= 1;
    n->key[phone] = h;
    uint32_t *known = table_get(&s->seen, h);
    if (known != NULL && *known != 0)
        return false;
    if (known == NULL)
        table_put(&s->seen, h, 1);
    else
        *known = 1;
    return true;
}

/* ---- branches ---- */

static void branch_free(struct branch *n)
{
    lab_free(n->lab);
    mem_free(&sys_mem, n->group);
    mem_free(&sys_mem, n->boots);
    mem_free(&sys_mem, n->key);
    *n = (struct branch){ 0 };
}

/* Only these phones of it come along. */
static void keep_phones(struct branch *n, const uint32_t *phones, uint32_t count)
{
    struct lab *lab = lab_trial(n->lab, phones, count);
    for (uint32_t i = 0; i < count; i++) { /* they are in order */
        n->group[i] = n->group[phones[i]];
        memmove(n->boots[i], n->boots[phones[i]], sizeof n->boots[i]);
        n->key[i] = n->key[phones[i]];
    }
    lab_free(n->lab);
    n->lab = lab;
}

/* What a way does to phones: the clusters know nothing of it. */
static uint64_t done_to_phones(const struct way *w)
{
    uint64_t done = 0; /* a sum: in whatever order */
    for (uint32_t i = 0; i < w->count; i++) {
        const struct act *a = &w->acts[i].act;
        if (act_table[a->kind]->scope == ON_PHONES)
            done += rng_hash(a->kind, view_of(a->arg, sizeof a->arg));
    }
    return done;
}

/* Those that still want a way, and for which this is new.  False: nobody, and it is freed. */
static bool only_new(struct search *s, struct branch *n)
{
    uint64_t states[LAB_CLUSTERS], all = 1;
    uint32_t total = n->lab->state.phone_count, count = 0;
    uint32_t *phones = mem_take(&sys_mem, ((size_t)total + 1) * sizeof *phones);
    for (uint32_t c = 0; c < n->lab->state.cluster_count; c++) {
        states[c] = cluster_state(n->lab, c);
        all = rng_mix(all ^ states[c]) | 1;
    }
    for (uint32_t i = 0; i < total; i++) {
        if (!is_closed(s, n->group[i]) && is_new(s, n, i, states))
            phones[count++] = i;
    }
    all = rng_mix(all ^ done_to_phones(&n->way)) | 1;
    if (!s->by_hand && table_get(&s->states, all) == NULL) {
        table_put(&s->states, all, 1);
        mem_reserve(&sys_mem, (void **)&s->reached, &s->reached_cap, (size_t)s->reached_count + 1,
                    sizeof *s->reached);
        s->reached[s->reached_count++] = n->way;
    }
    if (count == 0)
        branch_free(n);
    else if (count < total)
        keep_phones(n, phones, count);
    mem_free(&sys_mem, phones);
    return count > 0;
}

static uint32_t *all_of(const struct lab *lab)
{
    uint32_t n = lab->state.phone_count, *phones = mem_take(&sys_mem, ((size_t)n + 1) * sizeof n);
    for (uint32_t i = 0; i < n; i++)
        phones[i] = i;
    return phones;
}

static void do_act(struct lab *lab, const struct way_act *a)
{
    uint32_t *phones = all_of(lab);
    try_act(lab, a, phones, lab->state.phone_count);
    mem_free(&sys_mem, phones);
    try_quiet(lab);
}

static void do_hands(struct lab *lab)
{
    uint32_t *phones = all_of(lab);
    try_hands(lab, phones, lab->state.phone_count);
    mem_free(&sys_mem, phones);
    try_off(lab);
}

static struct branch copy_of(const struct branch *from)
{
    struct branch n = { .lab = lab_fork(from->lab), .way = from->way };
    size_t size = from->lab->state.phone_count * sizeof *n.group;
    n.group = mem_take(&sys_mem, size + 1);
    memcpy(n.group, from->group, size);
    size = from->lab->state.phone_count * sizeof *n.boots;
    n.boots = mem_take(&sys_mem, size + 1);
    memcpy(n.boots, from->boots, size);
    n.key = mem_take(&sys_mem, from->lab->state.phone_count * sizeof *n.key + 1);
    return n;
}

/* One phone of each group that wants a way, without power. */
static bool root(struct search *s, struct branch *out)
{
    const struct phone_groups *groups = &s->r->groups;
    uint32_t *phones = mem_take(&sys_mem, ((size_t)groups->count + 1) * sizeof *phones);
    uint32_t n = 0;
    size_t most = (size_t)groups->count + 1;
    *out = (struct branch){ .group = mem_take(&sys_mem, most * sizeof *out->group),
                            .boots = mem_take(&sys_mem, most * sizeof *out->boots) };
    memset(out->boots, 0, most * sizeof *out->boots);
    for (uint32_t g = 0; g < groups->count; g++) {
        if (is_closed(s, g))
            continue;
        out->group[n] = g;
        phones[n++] = groups->list[g].phone;
    }
    if (n > 0)
        out->lab = try_alone(s->lab, phones, n);
    else
        branch_free(out);
    mem_free(&sys_mem, phones);
    return n > 0;
}

/* ---- what came of it ---- */

static bool is_better(const struct search *s, const struct way *w, uint16_t than)
{
    return than == MISSING || way_compare(w, &s->r->ways[than]) < 0;
}

/* Of what is to come: all that is back, where nothing else is taken. */
static uint8_t back(uint8_t to_come, uint8_t before, uint8_t then)
{
    return way_takes(then, before) != 0 ? 0 : to_come & (uint8_t)~way_with_common(then);
}

/* Behind the way `then` is lost: for which functions, and FUNCTIONS for all of them, it is better
 * than what is known.  FSM_BIT of each. */
static uint8_t wins_of(const struct search *s, uint32_t group, const struct way *w, uint8_t then)
{
    const struct way_found *found = &s->r->found[group];
    uint8_t before = s->r->groups.list[group].lost, come = back(before, before, then), wins = 0;
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((come & FSM_BIT(f)) != 0 && is_better(s, w, found->of[f]))
            wins |= (uint8_t)FSM_BIT(f);
    }
    return then == 0 && is_better(s, w, found->all) ? wins | ALL : wins;
}

static void take(struct search *s, uint32_t group, uint8_t wins, const struct way *w)
{
    struct way_found *found = &s->r->found[group];
    uint16_t way = wins == 0 ? MISSING : keep_way(s->r, w);
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((wins & FSM_BIT(f)) != 0)
            found->of[f] = way;
    }
    if ((wins & ALL) == 0)
        return;
    found->all = way;
    /* Of ways that are as good the one that brings everything back is named for each function. */
    for (int f = 0; f < FUNCTIONS; f++) {
        uint16_t of = found->of[f];
        if (of != MISSING && way_compare(&s->r->ways[way], &s->r->ways[of]) == 0)
            found->of[f] = way;
    }
}

/* To those whom it helps, as they stand; `harm` is what it costs the others. */
static void prove(struct search *s, struct way *w)
{
    if (s->proof.lab == NULL)
        proof_begin(&s->proof, s->lab, s->lost, !s->wish.kinds);
    w->harm = proof_of(&s->proof, w, &s->band);
    if (s->wish.kinds)
        w->harm = (struct way_harm){ 0, 0 };
    s->boots += s->proof.fleet.count * w->count;
}

/* The way is kept where it helps somebody more than what is known. */
static void judge(struct search *s, const struct branch *n, const uint8_t *lost,
                  const uint8_t *boots, struct way *w)
{
    struct band *b = &s->band;
    uint32_t *who = mem_take(&sys_mem, ((size_t)n->lab->state.phone_count + 1) * sizeof *who);
    b->count = 0;
    for (uint32_t i = 0; i < n->lab->state.phone_count; i++) {
        const struct phone_group *g = &s->r->groups.list[n->group[i]];
        if (wins_of(s, n->group[i], w, lost[i]) == 0)
            continue;
        who[b->count] = i;
        b->then[b->count] = lost[i];
        memset(b->boots[b->count], 0, sizeof b->boots[0]);
        band_add(b, g->phone, g->lost, g->lost);
    }
    if (b->count > 0 && w->count > 0)
        prove(s, w);
    for (uint32_t k = 0; k < b->count; k++) {
        uint32_t i = who[k];
        b->then[k] &= (uint8_t)~s->r->groups.list[n->group[i]].without;
        w->boots = boots[i];
        at_least(&w->boots, b->boots[k][WAY_LONGEST]);
        for (uint32_t a = 0; a < w->count; a++) {
            w->acts[a].boots = n->boots[i][a];
            at_least(&w->acts[a].boots, b->boots[k][a]);
        }
        if (w->harm.phones > 0 || (b->then[k] & (uint8_t)~lost[i]) != 0)
            *table_get(&s->seen, n->key[i]) = 0;
        if (w->kind == WAY_HANDS)
            w->hand = try_hand(s->lab, s->r->groups.list[n->group[i]].phone);
        take(s, n->group[i], wins_of(s, n->group[i], w, b->then[k] | lost[i]), w);
    }
    mem_free(&sys_mem, who);
}

static void boot_and_judge(struct search *s, struct branch *n, enum way_kind kind)
{
    uint32_t count = n->lab->state.phone_count;
    uint8_t *lost = mem_take(&sys_mem, (size_t)count + 1);
    uint8_t *had = mem_take(&sys_mem, (size_t)count + 1);
    uint8_t *boots = mem_take(&sys_mem, (size_t)count + 1);
    struct way w = n->way;
    for (uint32_t i = 0; i < count; i++)
        had[i] = s->r->groups.list[n->group[i]].lost;
    w.kind = (uint8_t)kind;
    if (kind == WAY_HANDS)
        do_hands(n->lab);
    known_boots(s->known, n->lab, n->group, had, lost, boots);
    s->boots += count;
    for (uint32_t i = 0; i < count; i++)
        lost[i] &= (uint8_t)~s->r->groups.list[n->group[i]].without;
    for (uint32_t i = 0; i < count && kind == WAY_ACTS; i++)
        n->boots[i][w.count - 1] = boots[i];
    judge(s, n, lost, boots, &w);
    mem_free(&sys_mem, boots);
    mem_free(&sys_mem, had);
    mem_free(&sys_mem, lost);
}

/* ---- acts ---- */

static bool knows_act(const struct way_act *list, uint32_t n, const struct way_act *a)
{
    struct way one = { .kind = WAY_ACTS, .count = 1, .acts = { *a } };
    for (uint32_t i = 0; i < n; i++) {
        struct way other = { .kind = WAY_ACTS, .count = 1, .acts = { list[i] } };
        if (way_same(&one, &other))
            return true;
    }
    return false;
}

static int by_breadth(const void *x, const void *y)
{
    const struct edge *a = x, *b = y;
    if (a->breadth != b->breadth)
        return a->breadth < b->breadth ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

struct level {
    struct branch *nodes;
    uint32_t count, cap;
};

struct edges {
    struct edge *list;
    uint32_t count, cap;
    struct way_act *acts; /* each once */
    uint32_t act_count, act_cap;
};

static void edges_of(const struct search *s, const struct level *level, struct edges *e)
{
    struct way_act *acts = mem_take(&sys_mem, TRY_ACTS * sizeof *acts);
    for (uint32_t i = 0; i < level->count; i++) {
        uint32_t n = try_acts(level->nodes[i].lab, &s->places, acts, TRY_ACTS);
        n = n < TRY_ACTS ? n : TRY_ACTS;
        for (uint32_t k = 0; k < n; k++) {
            struct way w = level->nodes[i].way;
            w.acts[w.count++] = acts[k];
            mem_reserve(&sys_mem, (void **)&e->list, &e->cap, (size_t)e->count + 1,
                        sizeof *e->list);
            e->list[e->count] = (struct edge){ i, acts[k], way_breadth(&w), e->count };
            e->count++;
            if (knows_act(e->acts, e->act_count, &acts[k]))
                continue;
            mem_reserve(&sys_mem, (void **)&e->acts, &e->act_cap, (size_t)e->act_count + 1,
                        sizeof *e->acts);
            e->acts[e->act_count++] = acts[k];
        }
    }
    mem_free(&sys_mem, acts);
    if (e->count > 0)
        qsort(e->list, e->count, sizeof *e->list, by_breadth);
}

/* What a branch holds, roughly. */
static uint64_t bytes_of(const struct branch *n)
{
    uint64_t bytes = n->lab->state.phone_count * (sizeof(struct phone) + 2 * DEVICE_NAME);
    for (uint32_t c = 0; c < n->lab->state.cluster_count; c++) {
        const struct cluster *cl = &n->lab->state.clusters[c];
        bytes += cl->db.row_count * sizeof *cl->db.rows + cl->node_count * sizeof *cl->nodes +
                 cl->db.class_count * sizeof *cl->db.classes +
                 cl->db.pool_count * sizeof *cl->db.pools;
    }
    return bytes;
}

/* Branches that longer sequences begin with stay, as far as there is room. */
static void keep_branch(struct search *s, struct branch *n, struct level *next)
{
    bool longer = n->way.count < s->wish.longest, room = s->bytes < BYTES_MOST;
    s->r->bound.whole = s->r->bound.whole && (room || !longer);
    if (!longer || !room) {
        branch_free(n);
        return;
    }
    try_off(n->lab);
    s->bytes += bytes_of(n);
    mem_reserve(&sys_mem, (void **)&next->nodes, &next->cap, (size_t)next->count + 1,
                sizeof *next->nodes);
    next->nodes[next->count++] = *n;
}

/* What one act more leads to. */
static void follow(struct search *s, const struct level *level, const struct edge *e,
                   struct level *next)
{
    struct branch n = copy_of(&level->nodes[e->from]);
    do_act(n.lab, &e->act);
    n.way.acts[n.way.count++] = e->act;
    s->r->bound.sequences++;
    s->looks += n.lab->state.phone_count;
    if (!only_new(s, &n))
        return;
    boot_and_judge(s, &n, WAY_ACTS);
    keep_branch(s, &n, next);
}

static void level_free(struct level *l)
{
    for (uint32_t i = 0; i < l->count; i++)
        branch_free(&l->nodes[i]);
    mem_free(&sys_mem, l->nodes);
    *l = (struct level){ 0 };
}

static void one_longer(struct search *s, struct level *level, struct edges *e)
{
    struct level next = { 0 };
    s->bytes = 0;
    e->count = 0;
    edges_of(s, level, e);
    for (uint32_t i = 0; i < e->count && !all_closed(s); i++) {
        if (is_spent(s)) {
            s->r->bound.whole = false;
            break;
        }
        follow(s, level, &e->list[i], &next);
    }
    level_free(level);
    *level = next;
}

static void try_sequences(struct search *s)
{
    struct level level = { 0 };
    struct edges edges = { 0 };
    struct branch first;
    if (!root(s, &first))
        return;
    struct branch booted = copy_of(&first);
    if (only_new(s, &booted)) {
        boot_and_judge(s, &booted, WAY_BOOT);
        branch_free(&booted);
    }
    mem_reserve(&sys_mem, (void **)&level.nodes, &level.cap, 1, sizeof *level.nodes);
    level.nodes[level.count++] = first;
    while (s->r->bound.longest < s->wish.longest && !all_closed(s)) {
        one_longer(s, &level, &edges);
        s->r->bound.longest++;
    }
    s->r->bound.acts = edges.act_count;
    level_free(&level);
    mem_free(&sys_mem, edges.list);
    mem_free(&sys_mem, edges.acts);
}

/* ---- hands ---- */

/* Behind each sequence that led to clusters that no other had led to. */
static void try_by_hand(struct search *s)
{
    struct branch first;
    s->by_hand = true;
    if (!root(s, &first))
        return;
    for (uint32_t i = 0; i < s->reached_count && !all_closed(s); i++) {
        struct branch n = copy_of(&first);
        n.way = s->reached[i];
        for (uint32_t k = 0; k < n.way.count; k++)
            do_act(n.lab, &n.way.acts[k]);
        if (!only_new(s, &n))
            continue;
        boot_and_judge(s, &n, WAY_HANDS);
        branch_free(&n);
    }
    branch_free(&first);
}

/* ---- the whole ---- */

/* Why it comes together with no CallManager, as things are: enum refusal. */
static uint8_t rejected(const struct lab *lab, uint32_t phone)
{
    struct phone_env env = lab_phone_env(lab);
    const struct phone *p = &lab->state.phones[phone];
    uint32_t ip, node;
    for (uint32_t i = 0; (ip = phone_server(p, &env, i)) != 0; i++) {
        for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
            const struct cluster *cl = &lab->state.clusters[c];
            if (!cluster_node_at(cl, ip, &node) || !serve_running(cl, node, SERVICE_CALLMANAGER))
                continue;
            uint8_t why = standby_refusal(lab, phone, c, node);
            if (why != REJECT_NONE)
                return why;
        }
    }
    return REJECT_NONE;
}

/* Whoever has no way yet has none that was found. */
static void finish(struct search *s)
{
    struct remedies *r = s->r;
    for (uint32_t g = 0; g < r->groups.count; g++) {
        struct way_found *found = &r->found[g];
        struct way unknown = { .kind = WAY_UNKNOWN };
        if (found->all == MISSING) {
            unknown.why = rejected(s->lab, r->groups.list[g].phone);
            found->all = keep_way(r, &unknown);
        }
        for (int f = 0; f < FUNCTIONS; f++) {
            if (s->wish.kinds || found->of[f] == MISSING)
                found->of[f] = found->all;
        }
    }
}

/* Who is told to go which way is known at last: each is harmful to all others. */
static void harm_of_all(struct search *s)
{
    for (uint16_t i = 0; i < s->r->count; i++) {
        struct way *w = &s->r->ways[i];
        band_of(s->r, i, &s->band);
        if (w->count > 0 && s->band.count > 0)
            w->harm = proof_of(&s->proof, w, &s->band);
    }
}

void search_ways(struct lab *lab, const uint8_t *lost, struct remedies_wish wish,
                 struct remedies *r)
{
    struct search s = { .lab = lab,
                        .r = r,
                        .lost = lost,
                        .wish = wish,
                        .places = { lab->state.dhcp, lab->state.dhcp_count,
                                    lab->base->content->count },
                        .seen = table_of(&sys_mem),
                        .reach = table_of(&sys_mem),
                        .states = table_of(&sys_mem) };
    r->bound.whole = true;
    s.band = band_new(r->groups.count);
    s.known = known_new(lab);
    for (uint32_t g = 0; g < r->groups.count; g++) {
        r->found[g].all = MISSING;
        for (int f = 0; f < FUNCTIONS; f++)
            r->found[g].of[f] = MISSING;
    }
    recall_find(lab, wish, r, keep_way);
    try_sequences(&s);
    try_by_hand(&s);
    finish(&s);
    recall_put(lab, wish, r);
    if (!wish.kinds)
        harm_of_all(&s);
    if (s.proof.lab != NULL)
        proof_end(&s.proof);
    band_free(&s.band);
    known_free(s.known);
    mem_free(&sys_mem, s.reached);
    table_free(&s.seen);
    table_free(&s.reach);
    table_free(&s.states);
}
