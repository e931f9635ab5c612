#include "sim/predict/try.h"

#include "nodes/serve.h"
#include "sim/base/sys.h"
#include "sim/predict/probe.h"

#include <string.h>

#define SECOND     1000000ull
#define TRY_US     (24ull * 3600 * SECOND) /* a trial that is not quiet by then has not helped */
#define BOOTS_MOST 4
#define CANDIDATES 512 /* more than every service of every node */

/* ---- time ---- */

/* The end of replication is an event too. */
void try_quiet(struct lab *lab)
{
    lab_settle(lab, lab_now_us(lab) + TRY_US);
}

/* ---- boots ---- */

void try_off(struct lab *lab)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lab_power(lab, i, false, lab_now_us(lab));
    try_quiet(lab);
}

struct lab *try_as_they_stand(struct lab *lab, const uint32_t *phones, uint32_t count)
{
    struct lab *trial = lab_trial(lab, phones, count);
    for (uint32_t c = 0; c < trial->state.cluster_count; c++) {
        uint64_t *room = &trial->state.clusters[c].db.params[PARAM_MAX_SERVING];
        *room = *room == 0 ? 0 : param_table[PARAM_MAX_SERVING].max;
    }
    try_quiet(trial);
    return trial;
}

struct lab *try_alone(struct lab *lab, const uint32_t *phones, uint32_t count)
{
    struct lab *trial = try_as_they_stand(lab, phones, count);
    try_off(trial);
    return trial;
}

uint64_t try_state(const struct lab *lab, uint32_t phone)
{
    struct phone_env env = lab_env_of(lab, phone);
    struct phone p = lab->state.phones[phone];
    memset(p.cache, 0, sizeof p.cache);
    uint64_t h = rng_mix(phone_hash(&p, &env) ^ lab_beside_hash(lab, phone));
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        const struct device_class *row = config_class_of(cl, phone);
        if (row != NULL) /* acts on phones change their rows */
            h = rng_mix(h ^ config_row_hash(cl, row));
    }
    return h;
}

/* Phones for which before[] is not true any more boot. */
static uint32_t boot(struct lab *lab, const bool *but, uint64_t *before, bool all)
{
    uint32_t changed = 0;
    for (int on = 0; on <= 1; on++) {
        for (uint32_t i = 0; i < lab->state.phone_count; i++) {
            if (but != NULL && but[i])
                continue;
            uint64_t now = try_state(lab, i);
            if (!all && now == before[i])
                continue;
            changed += on != 0;
            lab_power(lab, i, on != 0, lab_now_us(lab));
        }
        try_quiet(lab);
    }
    return changed;
}

static void press(struct lab *lab, const uint8_t *had)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        bool lost = (had[i] & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0;
        if (phone_is_registered(&lab->state.phones[i]) && (lost || probe_can_press(lab, i)))
            lab_press(lab, i, lost ? phone_page(&lab->state.phones[i]) : KEY_DIRECTORIES,
                      lab_now_us(lab));
    }
    try_quiet(lab);
}

/* What a boot may change, and what it may bring back. */
static uint64_t end_of(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    return rng_mix(try_state(lab, phone) ^ ((uint64_t)p->lost << 1 | phone_is_registered(p)));
}

static void boot_until_same(struct lab *lab, const bool *but, uint8_t *boots)
{
    uint32_t n = lab->state.phone_count;
    uint64_t *before = mem_take(&sys_mem, ((size_t)n + 1) * sizeof *before);
    uint64_t *then = mem_take(&sys_mem, ((size_t)n + 1) * sizeof *then);
    uint64_t *end = mem_take(&sys_mem, ((size_t)n + 1) * sizeof *end);
    for (int k = 0; k < BOOTS_MOST; k++) {
        for (uint32_t i = 0; i < n; i++) {
            then[i] = try_state(lab, i);
            end[i] = end_of(lab, i);
        }
        if (boot(lab, but, before, k == 0) == 0)
            break;
        memcpy(before, then, n * sizeof *before);
        for (uint32_t i = 0; i < n && boots != NULL; i++) {
            bool boots_it = but == NULL || !but[i];
            if (boots_it && (k == 0 || end_of(lab, i) != end[i]))
                boots[i] = (uint8_t)(k + 1);
        }
    }
    mem_free(&sys_mem, before);
    mem_free(&sys_mem, then);
    mem_free(&sys_mem, end);
}

/* What phones lack, and what they say when Directories is pressed. */
static void press_but(struct lab *lab, const bool *but, const uint8_t *had, uint8_t *lost)
{
    press(lab, had);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct phone *p = &lab->state.phones[i];
        if (but != NULL && but[i])
            continue;
        lost[i] = p->lost;
        if (!phone_is_registered(p))
            lost[i] |= FSM_BIT(FUNCTION_REGISTRATION) | FSM_BIT(FUNCTION_SECURE_SERVICES);
    }
}

void try_boots_but(struct lab *lab, const bool *but, const uint8_t *had, uint8_t *lost,
                   uint8_t *boots)
{
    boot_until_same(lab, but, boots);
    press_but(lab, but, had, lost);
}

void try_boots(struct lab *lab, const uint8_t *had, uint8_t *lost, uint8_t *boots)
{
    try_boots_but(lab, NULL, had, lost, boots);
}

void try_press(struct lab *lab, const uint8_t *had, uint8_t *lost)
{
    press_but(lab, NULL, had, lost);
}

enum way_hand try_hand(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    return lab_key_to_type(lab, phone) != 0              ? HAND_TYPES
           : phone_erases_by_keys(p, lab->base->content) ? HAND_ERASES
                                                         : HAND_RESETS;
}

void try_hands(struct lab *lab, const uint32_t *phones, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        enum way_hand hand = try_hand(lab, phones[i]);
        lab_power(lab, phones[i], true, lab_now_us(lab));
        if (hand == HAND_TYPES)
            lab_type_key(lab, phones[i], lab_key_to_type(lab, phones[i]));
        else
            (hand == HAND_ERASES ? lab_erase : lab_factory_reset)(lab, phones[i], lab_now_us(lab));
    }
    try_quiet(lab);
}

/* ---- what could be of use ---- */

struct found {
    struct way_act *out;
    uint32_t count, most, contents;
};

static bool can_be_named(const struct found *f, const struct act *act)
{
    const struct act_row *row = act_table[act->kind];
    bool all = true;
    for (uint32_t i = 0; i < ACT_ARGS && f->contents > 0; i++)
        all = all && (row->args[i].type != ARG_CERT || act->arg[i] < f->contents ||
                      act->arg[i] >> 63 != 0);
    return all;
}

static void add(struct found *f, uint32_t cluster, enum way_width width, const struct act *act)
{
    if (!can_be_named(f, act))
        return;
    if (f->count < f->most)
        f->out[f->count] =
            (struct way_act){ .act = *act, .cluster = (uint8_t)cluster, .width = (uint8_t)width };
    f->count++;
}

/* Each by itself; one service on all nodes where there are several; all at once where there are
 * others. */
static void widen(struct found *f, uint32_t cluster, const struct act *acts, uint32_t n)
{
    bool others = false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t same = 0, first = i;
        for (uint32_t k = n; k-- > 0;) {
            bool alike = memcmp(acts[k].arg, acts[i].arg, sizeof acts[i].arg) == 0;
            same += alike;
            first = alike && k < first ? k : first;
            others = others || !alike;
        }
        add(f, cluster, WIDTH_ONE, &acts[i]);
        struct act everywhere = acts[i];
        everywhere.node = 0;
        if (first == i && same > 1)
            add(f, cluster, WIDTH_EVERYWHERE, &everywhere);
    }
    if (others && act_table[acts[0].kind]->remedy.everything != NULL)
        add(f, cluster, WIDTH_ALL, &(struct act){ .kind = acts[0].kind });
}

static struct act mended(enum act_kind kind, uint32_t node, struct link link)
{
    link = link_mended(link);
    return lab_link_act(kind, node, &link);
}

static void node_links(const struct lab *lab, uint32_t cluster, struct found *f)
{
    const struct driver *d = lab->driver;
    uint32_t down = 0;
    FOR_EACH_NODE(&lab->state.clusters[cluster], n)
    {
        struct link link = d->node_link_of(d->self, cluster << 8 | n);
        struct act act = mended(DO_NODE_LINK, n, link);
        if (link_is_bad(&link))
            add(f, cluster, WIDTH_ONE, &act);
        down += link_is_bad(&link);
    }
    if (down > 1)
        add(f, cluster, WIDTH_ALL, &(struct act){ .kind = DO_NODE_LINK });
}

/* The act as it would be done to the first phone that it could be of use to. */
static bool helps_one(const struct lab *lab, uint32_t cluster, struct act *act)
{
    bool helps = false;
    for (uint32_t i = 0; i < lab->state.phone_count && !helps; i++)
        helps = lab_act_helps(lab, cluster, i, act);
    return helps;
}

/* What nobody cut off is not mended; the same for all phones of the trial.  To phones it is all the
 * same of which cluster an act is, to a database it is not. */
static void phone_acts(const struct lab *lab, enum act_kind kind, struct found *f)
{
    const struct act_row *row = act_table[kind];
    bool every = row->args[0].type != ARG_NONE && (row->touches & TOUCHES_CONFIG) != 0;
    bool found = false;
    if (row->scope != ON_PHONES || row->remedy.everything == NULL)
        return;
    for (uint32_t c = 0; c < lab->state.cluster_count && (every || !found); c++) {
        struct act act = { .kind = (uint8_t)kind };
        found = helps_one(lab, c, &act) &&
                cluster_can(&lab->state.clusters[c], &act, lab_now_us(lab), NULL);
        if (found)
            add(f, c, WIDTH_ALL, &(struct act){ .kind = (uint8_t)kind });
    }
}

/* With each other cluster, known by one of its certificates, where there is anything to be done. */
static void exchanges(const struct lab *lab, uint32_t cluster, enum act_kind kind, struct found *f)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = lab->state.clusters;
        uint32_t cert = cl[c].nodes[0].disk.own[OWN_CALLMANAGER];
        struct act first;
        if (c != cluster && cert != 0 &&
            act_table[kind]->remedy.exchange(&cl[cluster], &cl[c], 0, lab_now_us(lab), &first) !=
                STEP_END)
            add(f, cluster, WIDTH_ALL, &(struct act){ .kind = (uint8_t)kind, .arg = { 0, cert } });
    }
}

static bool serves_files(const struct lab *lab, uint32_t cluster, uint32_t node)
{
    const struct driver *d = lab->driver;
    return serve_running(&lab->state.clusters[cluster], node, SERVICE_TFTP) &&
           !d->node_link_of(d->self, cluster << 8 | node).down;
}

/* Whom a phone of this place gets its files from; 0: from nobody. */
static uint32_t asks(const struct lab *lab, const struct phone_place *place)
{
    for (int i = 0; i < 2; i++) {
        for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
            uint32_t node;
            if (cluster_node_at(&lab->state.clusters[c], place->tftp[i], &node) &&
                serves_files(lab, c, node))
                return place->tftp[i];
        }
    }
    return 0;
}

static void offer(struct found *f, struct phone_place to)
{
    add(f, 0, WIDTH_ONE, &(struct act){ .kind = DO_MOVE, .arg = { to.tftp[0], to.tftp[1] } });
}

/* One for each server, where somebody does not ask it anyway. */
static void place(const struct lab *lab, struct found *f, uint32_t from, struct phone_place to)
{
    uint32_t server = asks(lab, &to), others = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        others += asks(lab, &lab->state.dhcp[lab->state.phones[i].dhcp]) != server;
    for (uint32_t i = from; i < f->count && i < f->most; i++) {
        const uint64_t *arg = f->out[i].act.arg;
        struct phone_place other = { .tftp = { (uint32_t)arg[0], (uint32_t)arg[1] } };
        others *= asks(lab, &other) != server;
    }
    if (server != 0 && others > 0)
        offer(f, to);
}

/* Where phones ever looked for their files, though nobody answers there yet; the same the other way
 * round, and each TFTP server by itself: two of them need not have the same files. */
static void places(const struct lab *lab, const struct try_places *known, struct found *f)
{
    uint32_t from = f->count;
    for (uint32_t i = 0; i < known->count && lab->state.phone_count > 0; i++)
        offer(f, known->list[i]);
    for (uint32_t i = 0; i < known->count; i++) {
        const uint32_t *tftp = known->list[i].tftp;
        place(lab, f, from, (struct phone_place){ .tftp = { tftp[1], tftp[0] } });
    }
    for (uint32_t c = 0; c < lab->state.cluster_count && known->count > 0; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        FOR_EACH_NODE(cl, n)
        place(lab, f, from, (struct phone_place){ .tftp = { cl->nodes[n].disk.ip } });
    }
}

/* What the table of acts has. */
static void cluster_acts(const struct lab *lab, uint32_t cluster, enum act_kind kind,
                         struct found *f)
{
    struct act acts[CANDIDATES];
    const struct act_remedy *row = &act_table[kind]->remedy;
    bool phones = act_table[kind]->scope == ON_PHONES;
    if (row->narrow == 0 || (phones && row->choice == NULL))
        return;
    uint32_t n =
        act_candidates(&lab->state.clusters[cluster], kind, lab_now_us(lab), acts, CANDIDATES);
    n = n < CANDIDATES ? n : CANDIDATES;
    if (row->everything != NULL && n > 0 && !phones)
        widen(f, cluster, acts, n);
    for (uint32_t i = 0; i < n && (row->everything == NULL || phones); i++)
        add(f, cluster, WIDTH_ONE, &acts[i]);
}

static bool names_peers(const struct act_row *row)
{
    return row->remedy.needs == NEEDS_PEER && row->args[0].type == ARG_SERVER;
}

/* An act that names TFTP servers of another cluster: those that it can still be done with. */
static void peers(const struct lab *lab, uint32_t cluster, enum act_kind kind, struct found *f)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    uint32_t most = act_arg_count(kind);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *peer = &lab->state.clusters[c];
        struct act act = { .kind = (uint8_t)kind };
        uint32_t n = 0;
        FOR_EACH_NODE(peer, i)
        {
            struct act alone = { .kind = (uint8_t)kind, .arg = { peer->nodes[i].disk.ip } };
            if (n < most && services_is_activated(peer, i, SERVICE_TFTP) &&
                cluster_can(cl, &alone, lab_now_us(lab), NULL))
                act.arg[n++] = alone.arg[0];
        }
        if (n > 0 && act_table[kind]->remedy.useful(cl, &act))
            add(f, cluster, WIDTH_ONE, &act);
    }
}

uint32_t try_acts(const struct lab *lab, const struct try_places *known, struct way_act *out,
                  uint32_t most)
{
    struct found f = { out, 0, most, known->contents };
    for (int kind = 0; kind < ACTS; kind++)
        phone_acts(lab, (enum act_kind)kind, &f);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        for (int kind = 0; kind < ACTS; kind++) {
            if (kind == DO_NODE_LINK)
                node_links(lab, c, &f);
            else if (act_table[kind]->remedy.exchange != NULL)
                exchanges(lab, c, (enum act_kind)kind, &f);
            else if (names_peers(act_table[kind]))
                peers(lab, c, (enum act_kind)kind, &f);
            else
                cluster_acts(lab, c, (enum act_kind)kind, &f);
        }
    }
    places(lab, known, &f);
    return f.count;
}

/* ---- doing ---- */

static void restart(struct lab *lab, uint32_t cluster, uint32_t services)
{
    for (uint32_t i = 0; i < SERVICES; i++) {
        uint32_t s = way_restarts[i];
        FOR_EACH_NODE(&lab->state.clusters[cluster], n)
        {
            struct act act = { .kind = DO_RESTART, .node = (uint8_t)n, .arg = { s } };
            if ((services & SERVICE_BIT(s)) != 0 &&
                lab->state.clusters[cluster].nodes[n].run.services[s].state != SERVICE_STOPPED)
                lab_do(lab, cluster, &act, NULL);
        }
    }
}

/* All that is of use of this kind, with these arguments where `like` is not NULL. */
static void do_several(struct lab *lab, uint32_t cluster, enum act_kind kind,
                       const struct act *like)
{
    struct act acts[CANDIDATES];
    uint32_t n =
        act_candidates(&lab->state.clusters[cluster], kind, lab_now_us(lab), acts, CANDIDATES);
    for (uint32_t i = 0; i < n && i < CANDIDATES; i++) {
        if (like == NULL || memcmp(acts[i].arg, like->arg, sizeof like->arg) == 0)
            lab_do(lab, cluster, &acts[i], NULL);
    }
}

static void mend_nodes(struct lab *lab, uint32_t cluster)
{
    struct way_act acts[CLUSTER_PLACES + 1];
    struct found f = { acts, 0, CLUSTER_PLACES + 1, 0 };
    node_links(lab, cluster, &f);
    for (uint32_t i = 0; i < f.count; i++) {
        if (acts[i].width == WIDTH_ONE)
            lab_do(lab, cluster, &acts[i].act, NULL);
    }
}

/* Up to what is refused. */
static void exchange_with(struct lab *lab, uint32_t cluster, uint32_t peer, enum act_kind kind)
{
    const struct cluster *clusters = lab->state.clusters;
    enum act_step step;
    struct act act;
    for (uint32_t i = 0;
         (step = act_table[kind]->remedy.exchange(&clusters[cluster], &clusters[peer], i,
                                                  lab_now_us(lab), &act)) != STEP_END;
         i++) {
        if (step != STEP_NOTHING && !lab_do(lab, step == STEP_HERE ? cluster : peer, &act, NULL))
            return;
    }
}

static void exchange(struct lab *lab, uint32_t cluster, enum act_kind kind, uint64_t cert)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        bool owner = false;
        for (uint32_t i = 0; i < cl->db.row_count; i++)
            owner |= cl->db.rows[i].store == STORE_OWN && cl->db.rows[i].cert == cert;
        if (owner && c != cluster)
            exchange_with(lab, cluster, c, kind);
    }
}

/* Where it makes a difference; what is no remedy of a phone's own (option 150) always does. */
static void on_phone(struct lab *lab, const struct way_act *a, uint32_t phone)
{
    struct lab_whom whom = { .first = phone, .count = 1 };
    struct act act = a->act;
    if (act_table[act.kind]->remedy.everything != NULL &&
        !lab_act_helps(lab, a->cluster, phone, &act))
        return;
    lab_do_phones(lab, a->cluster, &act, &whom, NULL);
}

/* They boot, for what comes over the network reaches no phone without power. */
static void wake(struct lab *lab, const struct way_act *a, const uint32_t *phones, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (lab_act_helps(lab, a->cluster, phones[i], &(struct act){ .kind = a->act.kind }))
            lab_power(lab, phones[i], true, lab_now_us(lab));
    }
    try_quiet(lab);
}

void try_act(struct lab *lab, const struct way_act *a, const uint32_t *phones, uint32_t count)
{
    enum act_kind kind = (enum act_kind)a->act.kind;
    const struct act_row *row = act_table[kind];
    if (row->scope == ON_PHONES) {
        if (row->remedy.awake)
            wake(lab, a, phones, count);
        for (uint32_t i = 0; i < count; i++)
            on_phone(lab, a, phones[i]);
        return;
    }
    if (a->width == WIDTH_ONE)
        lab_do(lab, a->cluster, &a->act, NULL);
    else if (kind == DO_NODE_LINK)
        mend_nodes(lab, a->cluster);
    else if (row->remedy.exchange != NULL)
        exchange(lab, a->cluster, kind, a->act.arg[1]);
    else
        do_several(lab, a->cluster, kind, a->width == WIDTH_ALL ? NULL : &a->act);
    if (row->remedy.then != NULL)
        restart(lab, a->cluster, row->remedy.then(&lab->state.clusters[a->cluster], &a->act));
}
