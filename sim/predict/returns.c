#include "sim/predict/returns.h"

#include "nodes/config.h"
#include "sim/base/buf.h"
#include "sim/base/sys.h"
#include "sim/predict/course.h"
#include "sim/predict/way.h"

#include <string.h>

/* ---- kinds ---- */

static const char *const names[BACK_KINDS] = { "itself", "power", "reset", "act", "hands", "not" };

const char *back_name(enum back_kind kind)
{
    return names[kind];
}

static enum back_kind kind_of(const struct act *act)
{
    if (act_table[act->kind]->remedy.needs == NEEDS_HANDS)
        return BACK_HANDS;
    if (act_table[act->kind]->resets)
        return BACK_RESET;
    switch (act->kind) {
    case DO_POWER:
    case DO_UNPLUG:
    case DO_PRESS:
        return BACK_POWER;
    case DO_STOP: /* brings nothing back */
        return BACK_BY_ITSELF;
    default:
        return BACK_ACT;
    }
}

/* ---- what can have helped ---- */

/* Services that a function hangs on: those whose files or answers it is, and those that make a
 * phone trust them. */
static const uint32_t hangs_on[FUNCTIONS] = {
    [FUNCTION_REGISTRATION] = SERVICE_BIT(SERVICE_CALLMANAGER) | SERVICE_BIT(SERVICE_TFTP) |
                              SERVICE_BIT(SERVICE_TVS) | SERVICE_BIT(SERVICE_CAPF),
    [FUNCTION_CONFIGURATION] = SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_TVS),
    [FUNCTION_TRUST_LIST] = SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_TVS),
    [FUNCTION_DOT1X] = SERVICE_BIT(SERVICE_CAPF) | SERVICE_BIT(SERVICE_TFTP),
    [FUNCTION_VPN] = SERVICE_BIT(SERVICE_CAPF) | SERVICE_BIT(SERVICE_TFTP),
    [FUNCTION_COMMON_FILES] = SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_TVS),
    [FUNCTION_SECURE_SERVICES] = SERVICE_BIT(SERVICE_TOMCAT) | SERVICE_BIT(SERVICE_HAPROXY) |
                                 SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_TVS),
};

/* Those that show the certificate; 0: it is not one of a service. */
static uint32_t services_of(uint64_t own)
{
    uint32_t services = 0;
    for (int s = 0; s < SERVICES; s++)
        services |= service_kinds[s].own == own ? SERVICE_BIT(s) : 0;
    return services;
}

/* A trust store makes TVS vouch for signers of lists and files, or for servers of pages; in
 * CAPF-trust lie those who issued an LSC. */
static bool vouches_for(uint64_t store, enum phone_function f)
{
    enum { FILES = ROLE_BIT(TL_SAST) | ROLE_BIT(TL_TFTP) };
    static const uint32_t needs[FUNCTIONS] = {
        [FUNCTION_REGISTRATION] = FILES | ROLE_BIT(TL_CAPF),
        [FUNCTION_CONFIGURATION] = FILES,
        [FUNCTION_TRUST_LIST] = FILES,
        [FUNCTION_SECURE_SERVICES] = FILES | ROLE_BIT(TL_APP_SERVER),
        [FUNCTION_COMMON_FILES] = FILES,
    };
    return (store_kinds[store].roles & needs[f]) != 0;
}

static bool can_help(const struct act *act, enum phone_function f)
{
    enum arg_type type = (enum arg_type)act_table[act->kind]->args[0].type;
    if (type == ARG_STORE)
        return vouches_for(act->arg[0], f);
    uint32_t services = type == ARG_SERVICE ? SERVICE_BIT(act->arg[0])
                        : type == ARG_OWN   ? services_of(act->arg[0])
                                            : 0;
    return services == 0 || (services & hangs_on[f]) != 0;
}

/* A service that is restarted may hold nothing old. */
static bool changes(struct lab *lab, uint32_t cluster, const struct act *act)
{
    if (act_table[act->kind]->args[0].type != ARG_SERVICE || lab->record.loss_count == 0)
        return true;
    struct lab_mark mark = lab_mark(lab);
    bool other = course_of(lab, cluster, act, 1) != course_of(lab, cluster, act, 0);
    lab_rewind(lab, &mark);
    return other;
}

/* ---- words ---- */

/* The place and the servers that it names: "DHCP option 150 to HQ/pub". */
static void put_servers(struct wr *w, const struct lab *lab, const struct back *b)
{
    const struct act_row *row = act_table[b->act.kind];
    const char *between = " to ";
    wr_fmt(w, "%s", row->words);
    for (uint32_t i = 0; i < act_arg_count((enum act_kind)b->act.kind); i++) {
        if (row->args[i].type != ARG_SERVER || b->act.arg[i] == 0)
            continue;
        wr_fmt(w, "%s", between);
        way_put_server(w, lab, (uint32_t)b->act.arg[i]);
        between = " and ";
    }
}

/* Where there are several nodes the act alone says little. */
static void put_node(struct wr *w, const struct cluster *cl, const struct back *b)
{
    if (act_table[b->act.kind]->scope == ON_NODE)
        wr_fmt(w, " on %s", cl->nodes[b->act.node].disk.name);
}

/* The name that scenarios have with what it was done to, where that reads as a sentence: a word
 * that only they have says nothing elsewhere. */
static void put_named(struct wr *w, const struct cluster *cl, const struct back *b)
{
    const struct act_row *row = act_table[b->act.kind];
    bool own_word = strchr(row->name, '_') != NULL;
    bool newest = row->args[0].type == ARG_NTH && b->act.arg[0] <= 1;
    char text[ACT_TEXT];
    act_print(cl, &b->act, text);
    wr_fmt(w, "%.120s", own_word ? row->words : newest ? row->name : text);
    put_node(w, cl, b);
}

/* CUCM's own words of a command; of a page the name that scenarios have. */
static void put_act(struct wr *w, const struct lab *lab, const struct back *b)
{
    const struct act_row *row = act_table[b->act.kind];
    const struct cluster *cl = &lab->state.clusters[b->cluster];
    if (act_arg_count((enum act_kind)b->act.kind) == 0) {
        wr_fmt(w, "%s", row->words);
        put_node(w, cl, b);
        return;
    }
    if (row->args[0].type == ARG_SERVER) {
        put_servers(w, lab, b);
        return;
    }
    bool link = row->args[0].type == ARG_TIME;
    if (row->touches == TOUCHES_NETWORK && !link && row->remedy.how != NULL) {
        way_put_act(w, lab, (uint8_t)b->cluster, &b->act);
        return;
    }
    if (row->touches == TOUCHES_NETWORK) { /* its numbers say little */
        wr_fmt(w, "%s%s", row->scope == ON_NODE ? "the network of " : row->words,
               row->scope == ON_NODE ? cl->nodes[b->act.node].disk.name : "");
        return;
    }
    if (row->scope == ON_PHONES && row->args[2].type != ARG_NONE) { /* neither do its fields */
        wr_fmt(w, "%s", row->words);
        return;
    }
    if (row->args[0].type == ARG_PARAM || row->args[0].type == ARG_NODE) { /* as on its page */
        way_put_act(w, lab, (uint8_t)b->cluster, &b->act);
        return;
    }
    if (row->args[0].type == ARG_SPAN && b->act.arg[0] == 0 && b->act.arg[1] == 0) {
        wr_fmt(w, "the clock%s%s set right", row->scope == ON_NODE ? " of " : "",
               row->scope == ON_NODE ? cl->nodes[b->act.node].disk.name : "");
        return;
    }
    put_named(w, cl, b);
}

/* ---- what is kept ---- */

static bool same_back(const struct back *x, const struct back *y)
{
    return x->kind == y->kind && x->cluster == y->cluster && x->step == y->step &&
           x->act.kind == y->act.kind && x->act.node == y->act.node &&
           memcmp(x->act.arg, y->act.arg, sizeof x->act.arg) == 0;
}

static uint64_t key_of(const struct back *b)
{
    uint64_t h = rng_hash(b->act.kind, view_of(b->act.arg, sizeof b->act.arg));
    return rng_mix(h ^ ((uint64_t)b->step << 16 | (uint64_t)b->cluster << 8 | b->act.node)) | 1;
}

/* It names what a restore may take out of the database. */
static bool may_be_gone(const struct act_row *row)
{
    bool may = false;
    for (uint32_t i = 0; i < ACT_ARGS; i++)
        may = may || row->args[i].type == ARG_POOL || row->args[i].type == ARG_GROUP ||
              row->args[i].type == ARG_CHOICE;
    return may;
}

static char *words_of(const struct lab *lab, const struct back *b)
{
    char text[BACK_TEXT] = "";
    struct wr w = wr_of(text, sizeof text - 1);
    if (!may_be_gone(act_table[b->act.kind]))
        return NULL;
    put_act(&w, lab, b);
    char *words = mem_take(&sys_mem, sizeof text);
    memcpy(words, text, sizeof text);
    return words;
}

static uint16_t back_for(struct returns *r, const struct lab *lab, const struct back *b)
{
    uint32_t at = 0, i;
    if (r->back_at.mem == NULL)
        r->back_at = table_of(&sys_mem);
    while (table_next(&r->back_at, key_of(b), &at, &i)) {
        if (same_back(&r->backs[i], b))
            return (uint16_t)(i + RETURNS_FIRST);
    }
    if (r->back_count == UINT16_MAX - RETURNS_FIRST)
        return UINT16_MAX - 1; /* the last one stands for what comes behind it */
    mem_reserve(&sys_mem, (void **)&r->backs, &r->back_cap, (size_t)r->back_count + 1,
                sizeof *r->backs);
    r->backs[r->back_count] = *b;
    r->backs[r->back_count].words = words_of(lab, b);
    table_add(&r->back_at, key_of(b), r->back_count);
    return (uint16_t)(r->back_count++ + RETURNS_FIRST);
}

static struct returns_loss *loss_at(struct returns *r, const struct lab *lab, uint32_t phone)
{
    uint32_t i = lab->state.cold[phone].loss;
    if (i == 0)
        return NULL;
    if (i > r->loss_count) {
        mem_reserve(&sys_mem, (void **)&r->losses, &r->loss_cap, i, sizeof *r->losses);
        memset(r->losses + r->loss_count, 0, (i - r->loss_count) * sizeof *r->losses);
        r->loss_count = i;
    }
    return &r->losses[i - 1];
}

static void visit(struct returns *r, const struct lab *lab, uint32_t phone)
{
    uint32_t phones = lab->state.phone_count;
    if (phones > r->visit_count) {
        mem_reserve(&sys_mem, (void **)&r->visits, &r->visit_cap, phones, sizeof *r->visits);
        memset(r->visits + r->visit_count, 0, phones - r->visit_count);
        r->visit_count = phones;
    }
    r->visits[phone] += r->visits[phone] < UINT8_MAX;
}

/* ---- the cause of one end ---- */

/* Behind this instant lies what can have brought it back. */
static uint64_t since(const struct lab_loss *loss, enum phone_function f, uint64_t told_us)
{
    if (loss->since_us[f] < loss->ended_us[f])
        return loss->since_us[f];
    return told_us > loss->first_us[f] ? told_us : loss->first_us[f]; /* lost once more already */
}

static bool belongs_to(const struct lab *lab, uint32_t phone, uint32_t cluster)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    const struct phone_place *place = &lab->state.dhcp[lab->state.phones[phone].place];
    uint32_t node;
    return config_class_of(cl, phone) != NULL || cluster_node_at(cl, place->tftp[0], &node) ||
           cluster_node_at(cl, place->tftp[1], &node);
}

/* A node that this phone asks for files or registers at. */
static bool asks_node(const struct lab *lab, uint32_t phone, uint32_t cluster, uint32_t node)
{
    const struct phone *p = &lab->state.phones[phone];
    const struct phone_place *place = &lab->state.dhcp[p->place];
    struct phone_env env = lab_phone_env(lab);
    uint32_t ip = lab->state.clusters[cluster].nodes[node].disk.ip, server = 1;
    bool asks = ip == place->tftp[0] || ip == place->tftp[1];
    for (uint32_t i = 0; i <= CNF_SERVERS && server != 0 && !asks; i++) {
        server = phone_server(p, &env, i);
        asks = ip == server;
    }
    return asks;
}

/* The time in which it was lost; what was done at the very instant when that begins counts where
 * it came behind the loss, and not where it brought the loss about. */
struct span {
    uint64_t from_us, to_us;
    uint32_t behind; /* 1 + the first act of that instant that counts; 0: none */
};

static bool comes_behind(const struct span *t, const struct returns *r, uint32_t act)
{
    uint64_t at_us = r->acts[act].at_us;
    return at_us > t->from_us || (at_us == t->from_us && t->behind != 0 && act + 1 >= t->behind);
}

/* The last act of this kind on a cluster of this phone that can have helped; one on its own nodes
 * before one on others, and of these one that changed something before one that did not. */
static uint16_t last_on_cluster(const struct returns *r, const struct lab *lab, uint32_t phone,
                                enum phone_function f, enum back_kind kind, const struct span *t,
                                uint64_t *at_us)
{
    uint16_t found = 0;
    int best = -1;
    for (uint32_t i = r->act_count; i-- > 0 && comes_behind(t, r, i);) {
        const struct returns_act *a = &r->acts[i];
        const struct back *b = returns_back(r, a->back);
        if (a->at_us > t->to_us || b->kind != kind || !belongs_to(lab, phone, b->cluster) ||
            !can_help(&b->act, f))
            continue;
        bool its_own = act_table[b->act.kind]->scope != ON_NODE ||
                       asks_node(lab, phone, b->cluster, b->act.node);
        int worth = 2 * its_own + a->changes;
        if (worth > best) {
            best = worth;
            found = a->back;
            *at_us = a->at_us;
        }
    }
    return found;
}

/* The most that was done in that time, and of that the last. */
static uint16_t cause_of(const struct returns *r, const struct lab *lab, uint32_t phone,
                         const struct lab_loss *loss, enum phone_function f)
{
    uint32_t i = lab->state.cold[phone].loss;
    const struct returns_loss none = { .back = { 0 } };
    const struct returns_loss *l = i == 0 || i > r->loss_count ? &none : &r->losses[i - 1];
    struct span t = { since(loss, f, l->told_us[f]), loss->ended_us[f], l->behind[f] };
    for (int k = BACK_KINDS - 1; k > BACK_BY_ITSELF; k--) {
        uint64_t at_us = 0, own_us = l->at_us[k];
        uint16_t back = last_on_cluster(r, lab, phone, f, (enum back_kind)k, &t, &at_us);
        bool behind = own_us > t.from_us || (own_us == t.from_us && (l->open[k] & FSM_BIT(f)) != 0);
        if (behind && own_us <= t.to_us && own_us >= at_us)
            return l->by_act[k];
        if (back != 0)
            return back;
    }
    return 0;
}

/* It was switched off when it lacked something: back where it was switched on again since, and has
 * booted without losing it anew. */
static uint16_t after_power(const struct returns *r, const struct lab *lab, uint32_t phone,
                            const struct lab_loss *loss, enum phone_function f)
{
    uint32_t i = lab->state.cold[phone].loss;
    const struct returns_loss *l = i == 0 || i > r->loss_count ? NULL : &r->losses[i - 1];
    bool on = phone_is_registered(&lab->state.phones[phone]);
    return on && l != NULL && l->at_us[BACK_POWER] >= loss->ended_us[f] &&
                   l->by_act[BACK_POWER] != 0
               ? l->by_act[BACK_POWER]
               : RETURNS_NOT;
}

/* What is over by now, and what began at this very instant. */
static void note(struct returns *r, const struct lab *lab, uint32_t phone,
                 const struct lab_loss *loss, enum phone_function f)
{
    struct returns_loss *l = loss_at(r, lab, phone);
    bool cut = (loss->cut & FSM_BIT(f)) != 0; /* whether it is back is seen when it is on again */
    if (loss->ended_us[f] != 0 && (cut || loss->ended_us[f] != l->told_us[f])) {
        uint16_t back =
            cut ? after_power(r, lab, phone, loss, f) : cause_of(r, lab, phone, loss, f);
        if (l->told_us[f] != 0 && l->told_us[f] != loss->ended_us[f] && back != l->back[f])
            l->others |= (uint8_t)FSM_BIT(f);
        l->back[f] = back;
        l->told_us[f] = loss->ended_us[f];
        l->behind[f] = 0;
    }
    bool open = (loss->open & FSM_BIT(f)) != 0;
    if (open && loss->since_us[f] == lab_now_us(lab) && l->behind[f] == 0)
        l->behind[f] = r->act_count + 1;
}

/* Before something new is done. */
static void attribute(struct returns *r, const struct lab *lab)
{
    uint64_t events = lab->driver->events(lab->driver->self), now_us = lab_now_us(lab);
    uint32_t steps = lab->record.step_count;
    /* Nothing has ended since, by itself or at the end of a step. */
    bool same = events == r->events && now_us == r->now_us && steps == r->steps;
    uint32_t phones = same || lab->record.loss_count == 0 ? 0 : lab->state.phone_count;
    r->events = events;
    r->now_us = now_us;
    r->steps = steps;
    for (uint32_t i = 0; i < phones; i++) {
        const struct lab_loss *loss = lab_loss_of(lab, i);
        for (int f = 0; f < FUNCTIONS && loss != NULL; f++)
            note(r, lab, i, loss, (enum phone_function)f);
    }
}

/* ---- listening ---- */

static void touch(struct returns *r, const struct lab *lab, const struct lab_whom *whom,
                  uint16_t back)
{
    enum back_kind kind = (enum back_kind)returns_back(r, back)->kind;
    for (uint32_t i = 0; i < whom->count; i++) {
        uint32_t phone = whom->phones != NULL ? whom->phones[i] : whom->first + i;
        if (kind == BACK_HANDS)
            visit(r, lab, phone);
        struct returns_loss *l = loss_at(r, lab, phone);
        if (l == NULL)
            continue;
        l->at_us[kind] = lab_now_us(lab) + whom->over_us / whom->count * i +
                         whom->over_us % whom->count * i / whom->count;
        l->by_act[kind] = back;
        l->open[kind] = lab_loss_of(lab, phone)->open;
    }
}

void returns_hear(struct returns *r, struct lab *lab, uint32_t cluster, const struct act *act,
                  const struct lab_whom *whom)
{
    struct back b = { .kind = (uint8_t)kind_of(act),
                      .cluster = (uint8_t)cluster,
                      .step = (uint16_t)(lab->record.step_count - 1),
                      .act = *act };
    uint64_t now_us = lab_now_us(lab);
    attribute(r, lab);
    if (b.kind == BACK_BY_ITSELF)
        return;
    uint16_t back = back_for(r, lab, &b);
    if (whom != NULL) {
        touch(r, lab, whom, back);
        return;
    }
    mem_reserve(&sys_mem, (void **)&r->acts, &r->act_cap, (size_t)r->act_count + 1,
                sizeof *r->acts);
    r->acts[r->act_count++] = (struct returns_act){ now_us, back, changes(lab, cluster, act) };
}

void returns_free(struct returns *r)
{
    for (uint32_t i = 0; i < r->back_count; i++)
        mem_free(&sys_mem, r->backs[i].words);
    if (r->back_at.mem != NULL)
        table_free(&r->back_at);
    mem_free(&sys_mem, r->backs);
    mem_free(&sys_mem, r->acts);
    mem_free(&sys_mem, r->losses);
    mem_free(&sys_mem, r->visits);
    memset(r, 0, sizeof *r);
}

/* ---- questions ---- */

uint16_t returns_of(const struct returns *r, const struct lab *lab, uint32_t phone,
                    const struct lab_loss *loss, enum phone_function f)
{
    uint32_t i = lab->state.cold[phone].loss;
    const struct returns_loss *l = i == 0 || i > r->loss_count ? NULL : &r->losses[i - 1];
    if ((loss->cut & FSM_BIT(f)) != 0)
        return after_power(r, lab, phone, loss, f);
    return l != NULL && l->told_us[f] == loss->ended_us[f] ? l->back[f]
                                                           : cause_of(r, lab, phone, loss, f);
}

bool returns_others(const struct returns *r, const struct lab *lab, uint32_t phone,
                    const struct lab_loss *loss, enum phone_function f)
{
    uint32_t i = lab->state.cold[phone].loss;
    const struct returns_loss *l = i == 0 || i > r->loss_count ? NULL : &r->losses[i - 1];
    return l != NULL && ((l->others & FSM_BIT(f)) != 0 ||
                         (l->told_us[f] != 0 && l->back[f] != returns_of(r, lab, phone, loss, f)));
}

const struct back *returns_back(const struct returns *r, uint16_t index)
{
    static const struct back no_act[RETURNS_FIRST] = {
        [0] = { .kind = BACK_BY_ITSELF }, [RETURNS_NOT] = { .kind = BACK_NOT }
    };
    return index < RETURNS_FIRST ? &no_act[index] : &r->backs[index - RETURNS_FIRST];
}

uint32_t returns_visits(const struct returns *r, uint32_t phone)
{
    return phone < r->visit_count ? r->visits[phone] : 0;
}

/* ---- told ---- */

const char *back_words(const struct lab *lab, const struct back *b, char out[BACK_TEXT])
{
    struct wr w = wr_of(out, BACK_TEXT - 1);
    switch (b->kind) {
    case BACK_BY_ITSELF:
        wr_fmt(&w, "by itself");
        break;
    case BACK_NOT:
        wr_fmt(&w, "it was switched off");
        break;
    case BACK_HANDS:
    case BACK_RESET:
        wr_fmt(&w, "%s", act_table[b->act.kind]->after);
        break;
    default:
        if (b->words != NULL)
            wr_fmt(&w, "%s", b->words);
        else
            put_act(&w, lab, b);
    }
    if (b->step > 0)
        wr_fmt(&w, " in step %u", b->step);
    out[w.n < BACK_TEXT ? w.n : BACK_TEXT - 1] = '\0';
    return out;
}
