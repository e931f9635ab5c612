/* Acts: of the administrator on nodes, of people on phones. */
#include "nodes/remote.h"
#include "nodes/settings.h"
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void lab_step(struct lab *lab, const char *name)
{
    struct lab_record *r = &lab->record;
    CHECK(r->step_count < LAB_STEPS); /* sim/script refuses more */
    lab_tell_step_over(lab);
    r->steps[r->step_count - 1].end_us = lab_now_us(lab);
    mem_reserve(&sys_mem, (void **)&r->steps, &r->step_cap, (size_t)r->step_count + 1,
                sizeof *r->steps);
    struct lab_step *s = &r->steps[r->step_count];
    *s = (struct lab_step){ .start_us = lab_now_us(lab) };
    snprintf(s->name, sizeof s->name, "%s", name);
    lab_tell_step(lab, r->step_count++);
}

/* A fleet whose links change is a million calls: sleepers are woken once, before time passes. */
static void flush(struct lab *lab)
{
    if (lab->state.dirty) {
        lab->state.dirty = false;
        lab->driver->changed(lab->driver->self);
    }
}

void lab_run_until(struct lab *lab, uint64_t until_us)
{
    flush(lab);
    lab->driver->run(lab->driver->self, until_us);
}

struct settled lab_settle(struct lab *lab, uint64_t limit_us)
{
    flush(lab);
    return lab->driver->settle(lab->driver->self, limit_us);
}

/* ---- what no act is for ---- */

void lab_set_knob(struct lab *lab, enum knob knob, uint64_t value)
{
    knobs_set(&lab->state.knobs, knob, value);
    lab_cluster_changed(lab);
}

void lab_set_cost(struct lab *lab, enum cost cost, uint64_t value)
{
    lab->state.costs[cost] = value;
    lab_cluster_changed(lab);
}

/* ---- phones ---- */

static void send_keys(struct lab *lab, uint32_t phone, bool third_party, uint64_t at_us)
{
    lab_deliver(lab, phone, (struct event){ .type = EVENT_PRESS, .a = KEY_ERASE, .b = third_party },
                at_us);
}

/* What was done to phones at this instant, each counted. */
static uint64_t done_now(const struct lab *lab)
{
    return lab->state.acted_us == lab_now_us(lab) ? lab->state.acted : 0;
}

static void count_done(struct lab *lab, uint32_t count)
{
    lab->state.acted = done_now(lab) + count;
    lab->state.acted_us = lab_now_us(lab);
}

/* A loop of acts in which no time passes never ends, and what waits for its time is kept. */
static bool has_room(const struct lab *lab, uint32_t count, struct err *e)
{
    uint64_t a_phone = LAB_ACTS_LEAST + (uint64_t)LAB_ACTS_A_PHONE * lab->state.phone_count;
    uint64_t most = a_phone < LAB_ACTS_MOST ? a_phone : LAB_ACTS_MOST;
    uint64_t held = lab->driver->held(lab->driver->self), now = done_now(lab);
    if (held + count > most)
        return err_set(e,
                       "%" PRIu64 " acts and deadlines of %" PRIu32
                       " phones wait for their time already; let time pass, wait() or settle()",
                       held, lab->state.phone_count);
    if (now + count > most)
        return err_set(e,
                       "%" PRIu64 " acts on %" PRIu32
                       " phones at this one instant already; let time pass, wait() or settle()",
                       now, lab->state.phone_count);
    return true;
}

/* ---- acts on nodes and clusters ---- */

static struct link link_of(const struct act *act)
{
    return (struct link){ .delay_us = act->arg[0],
                          .jitter_us = act->arg[1],
                          .loss_ppm = (uint32_t)act->arg[2],
                          .rate = (uint32_t)act->arg[3],
                          .down = act->arg[4] != 0,
                          .mtu = (uint32_t)act->arg[5] };
}

struct act lab_link_act(enum act_kind kind, uint32_t node, const struct link *link)
{
    return (struct act){ .kind = (uint8_t)kind,
                         .node = (uint8_t)node,
                         .arg = { link->delay_us, link->jitter_us, link->loss_ppm, link->rate,
                                  link->down, link->mtu } };
}

static void set_node_link(struct lab *lab, uint32_t cluster, const struct act *act)
{
    struct driver *d = lab->driver;
    uint32_t node = cluster << 8 | act->node;
    struct link before = d->node_link_of(d->self, node), link = link_of(act);
    d->node_link(d->self, node, &link);
    if (link_is_cut(&before) && !link_is_cut(&link))
        lab->state.clusters[cluster].nodes[act->node].run.reached_us = lab_now_us(lab);
}

/* A fact that is turned stays so, whatever somebody sets. */
static struct act as_turned(const struct lab *lab, uint32_t cluster, const struct act *act)
{
    const struct lab_turn *turn = &lab->base->options.turn;
    struct act done = *act;
    if (act->kind == DO_SET && turn->facts == LAB_PARAM && turn->index == act->arg[0] &&
        (turn->cluster == 0 || turn->cluster == cluster + 1))
        done.arg[1] = turn->value;
    return done;
}

static bool asks(const struct cluster *cl, const struct cluster *other)
{
    uint32_t index;
    FOR_EACH_NODE(other, n)
    {
        if (remote_find(cl, other->nodes[n].disk.ip, &index))
            return true;
    }
    return false;
}

/* Peers are hierarchical, one level deep (documented): whoever is asked asks nobody, and whoever
 * asks is asked by nobody. */
static bool can_ask(const struct lab *lab, uint32_t cluster, const struct act *act, struct err *e)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *other = &lab->state.clusters[c];
        bool named = false;
        uint32_t node;
        for (int i = 0; i < REMOTE_TFTPS; i++)
            named = named || cluster_node_at(other, (uint32_t)act->arg[i], &node);
        if (named && asks(other, cl))
            return err_set(e, "%s: %s asks this cluster for files, a loop", cl->name, other->name);
        if (named && other->db.remote_count != 0)
            return err_set(e, "%s: %s has remote clusters itself, a single level is possible",
                           cl->name, other->name);
        if (asks(other, cl))
            return err_set(e, "%s: it is a remote cluster of %s, a single level is possible",
                           cl->name, other->name);
    }
    return true;
}

/* ---- a reset of some phones of a cluster ---- */

static bool is_in_pool(const struct cluster *cl, const struct device_class *row,
                       const struct act *act)
{
    (void)cl;
    return row->pool == act->arg[0];
}

static bool is_in_group(const struct cluster *cl, const struct device_class *row,
                        const struct act *act)
{
    return cl->db.pools[row->pool].group == act->arg[0];
}

/* Whom an act on the cluster resets, by their rows in its database. */
static bool (*const resets[ACTS])(const struct cluster *cl, const struct device_class *row,
                                  const struct act *act) = {
    [DO_RESET_POOL] = is_in_pool, [DO_RESET_GROUP] = is_in_group
};

static bool is_reset(const struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    const struct device_class *row = config_class_of(cl, phone);
    return row != NULL && lab_is_registered_at(lab, phone, cluster) &&
           resets[act->kind](cl, row, act);
}

static uint32_t count_reset(const struct lab *lab, uint32_t cluster, const struct act *act)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < lab->state.phone_count && resets[act->kind] != NULL; i++)
        count += is_reset(lab, cluster, i, act);
    return count;
}

static void reset_some(struct lab *lab, uint32_t cluster, const struct act *act)
{
    uint32_t turn = 0;
    for (uint32_t i = 0; i < lab->state.phone_count && resets[act->kind] != NULL; i++) {
        if (is_reset(lab, cluster, i, act))
            lab_reset_phone(lab, i, lab_now_us(lab) + lab_turn_us(lab, COST_RESET_RATE, turn++));
    }
    count_done(lab, turn);
}

/* On real sockets nodes are on the loopback, and nowhere else. */
static bool has_place(const struct lab *lab, uint32_t cluster, const struct act *act, struct err *e)
{
    char name[LAB_NODE_NAME], text[16];
    uint32_t other, ip = (uint32_t)act->arg[0];
    text_put_address(ip, text);
    if (lab->base->options.live && ip >> 24 != 127)
        return err_set(e, "%s: %s is no loopback address (127.0.0.0/8)",
                       lab->state.clusters[cluster].name, text);
    return !lab_node_at(lab, (uint32_t)act->arg[0], &other) ||
           err_set(e, "%s: %s has that address already", lab->state.clusters[cluster].name,
                   lab_node_name(lab, other, name));
}

/* What no cluster knows by itself. */
static bool lab_lets(const struct lab *lab, uint32_t cluster, const struct act *act, struct err *e)
{
    if (act->kind == DO_ADDRESS)
        return has_place(lab, cluster, act, e);
    if (resets[act->kind] != NULL)
        return has_room(lab, count_reset(lab, cluster, act), e);
    return act->kind != DO_REMOTE_TFTP_ADD || can_ask(lab, cluster, act, e);
}

bool lab_do(struct lab *lab, uint32_t cluster, const struct act *act, struct err *e)
{
    struct act done = as_turned(lab, cluster, act);
    CHECK(cluster < lab->state.cluster_count && act_table[act->kind]->scope != ON_PHONES);
    struct cluster *cl = &lab->state.clusters[cluster];
    if (!cluster_can(cl, act, lab_now_us(lab), e) || !lab_lets(lab, cluster, act, e))
        return false;
    lab_tell_act(lab, cluster, act, NULL);
    if (!cluster_do(cl, &done, lab_now_us(lab), e))
        return false;
    if (act->kind == DO_NODE_LINK)
        set_node_link(lab, cluster, act);
    if (resets[act->kind] != NULL)
        reset_some(lab, cluster, act);
    lab_network_changed(lab);
    lab_cluster_changed(lab);
    return true;
}

static void say_nothing(void *ctx, const struct trace_line *line)
{
    (void)ctx, (void)line;
}

bool lab_can(struct lab *lab, uint32_t cluster, const struct act *acts, uint32_t count,
             struct err *e)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    if (count == 1)
        return cluster_can(cl, acts, lab_now_us(lab), e);
    struct cluster_env env = lab->cluster_env;
    struct cluster copy;
    struct sftp outside;
    sftp_copy(&sys_mem, &outside, env.sftp);
    env.sftp = &outside;
    env.say = say_nothing;
    cluster_clone(&copy, cl, &env);
    bool ok = true;
    for (uint32_t i = 0; i < count && ok; i++)
        ok = cluster_do(&copy, &acts[i], lab_now_us(lab), e);
    cluster_free(&copy);
    sftp_free(&sys_mem, &outside);
    return ok;
}

/* ---- acts on phones ---- */

static bool power(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                  uint64_t at_us, struct err *e)
{
    (void)cluster, (void)e;
    lab_power(lab, phone, act->arg[0] != 0, at_us);
    return true;
}

static bool reset(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                  uint64_t at_us, struct err *e)
{
    static const uint8_t kinds[ACTS] = {
        [DO_RESTART_PHONES] = RESET_RESTART, [DO_APPLY_CONFIG] = RESET_APPLY
    };
    (void)cluster, (void)e;
    lab_reset_as(lab, phone, (enum reset_kind)kinds[act->kind], at_us);
    return true;
}

static bool press(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                  uint64_t at_us, struct err *e)
{
    (void)cluster, (void)e;
    lab_press(lab, phone, (enum key_press)act->arg[0], at_us);
    return true;
}

static bool delete_trust_list(struct lab *lab, uint32_t cluster, uint32_t phone,
                              const struct act *act, uint64_t at_us, struct err *e)
{
    (void)cluster, (void)act, (void)e;
    lab_erase(lab, phone, at_us);
    return true;
}

static bool factory_reset(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                          uint64_t at_us, struct err *e)
{
    (void)cluster, (void)act, (void)e;
    lab_factory_reset(lab, phone, at_us);
    return true;
}

static bool keys_sent(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                      uint64_t at_us, struct err *e)
{
    (void)cluster, (void)e;
    send_keys(lab, phone, act->kind == DO_THIRD_PARTY_KEYS, at_us);
    return true;
}

#define UNPLUGGED_US 10000000u

static bool unplug(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                   uint64_t at_us, struct err *e)
{
    (void)cluster, (void)act, (void)e;
    lab_power(lab, phone, false, at_us);
    lab_power(lab, phone, true, at_us + UNPLUGGED_US);
    return true;
}

static bool move(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                 uint64_t at_us, struct err *e)
{
    (void)cluster, (void)at_us, (void)e;
    lab_move(lab, phone, lab_dhcp(lab, (uint32_t)act->arg[0], (uint32_t)act->arg[1]));
    return true;
}

static bool insert(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                   uint64_t at_us, struct err *e)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    struct lab_phones_spec spec = { .pool = cl->db.pools[act->arg[1]].name,
                                    .security_mode = (uint8_t)(CNF_NON_SECURE + act->arg[0]) };
    (void)at_us;
    return lab_known_phone(lab, cluster, &spec, phone, e);
}

/* Before anything is done: it is in that database, and a load that would change nothing is a slip
 * of the pen. */
static bool can_set_phone(const struct lab *lab, uint32_t cluster, uint32_t phone,
                          const struct act *act, struct err *e)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    uint8_t model = model_newest(lab->state.phones[phone].model);
    char name[DEVICE_NAME];
    if (config_class_of(cl, phone) == NULL) {
        lab_phone_name(lab, phone, name);
        return err_set(e, "%s: %s is not in the database", cl->name, name);
    }
    if (act->arg[0] != SETTING_LOAD ||
        content_get_str(lab->base->content, (uint32_t)act->arg[1])[0] == '\0')
        return true;
    switch (model_by_load(&model, content_get_str(lab->base->content, (uint32_t)act->arg[1]))) {
    case LOAD_NOTHING:
        return err_set(e, "nothing is known of what loads of a %s do differently",
                       model_table[model].product);
    case LOAD_NO_NUMBER:
        return err_set(e, "there is no release in the load \"%.60s\" (\"SCCP45.9-4-2SR3-1S\")",
                       content_get_str(lab->base->content, (uint32_t)act->arg[1]));
    default:
        return true;
    }
}

static bool set_phone(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                      uint64_t at_us, struct err *e)
{
    struct cluster *cl = &lab->state.clusters[cluster];
    struct device_class class = *config_class_of(cl, phone);
    uint16_t index;
    (void)at_us;
    setting_table[act->arg[0]].put(cl, &class, act->arg[1]);
    if (!config_class(cl, &class, &index, e))
        return false;
    config_set_class(cl, phone, index, lab->state.names->dir.count);
    return true;
}

static bool order_lsc(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                      uint64_t at_us, struct err *e)
{
    return acts_order(&lab->state.clusters[cluster], phone, act, at_us, e);
}

static bool enter_string(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                         uint64_t at_us, struct err *e)
{
    (void)cluster, (void)e;
    lab_deliver(lab, phone, (struct event){ .type = EVENT_CAPF_STRING, .a = (uint32_t)act->arg[0] },
                at_us);
    return true;
}

/* One that is registered there is reset (assumed). */
static bool delete_phone(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                         uint64_t at_us, struct err *e)
{
    (void)act, (void)e;
    config_unset_class(&lab->state.clusters[cluster], phone);
    if (lab_is_registered_at(lab, phone, cluster))
        lab_reset_phone(lab, phone, at_us);
    return true;
}

static bool set_link(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                     uint64_t at_us, struct err *e)
{
    struct link link = link_of(act);
    (void)cluster, (void)at_us, (void)e;
    bool fits = lab->driver->phone_link(lab->driver->self, phone, &link);
    CHECK(fits); /* link_fits() */
    lab_phone_changed(lab, phone);
    return true;
}

static bool set_site(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                     uint64_t at_us, struct err *e)
{
    (void)cluster, (void)at_us, (void)e;
    bool none = content_get_str(lab->base->content, (uint32_t)act->arg[0])[0] == '\0';
    if (lab_set_site(lab, phone, none ? SITE_EVERYBODY : (uint32_t)act->arg[0]))
        lab_phone_changed(lab, phone);
    return true;
}

static bool set_clock(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                      uint64_t at_us, struct err *e)
{
    (void)cluster, (void)at_us, (void)e;
    lab_set_clock(lab, phone, (int64_t)act->arg[0] - (int64_t)act->arg[1]);
    return true;
}

static bool put_key(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                    uint64_t at_us, struct err *e)
{
    struct cluster *cl = &lab->state.clusters[cluster];
    const struct device_class *class = config_class_of(cl, phone);
    uint16_t index;
    (void)at_us;
    if (class == NULL)
        return true;
    struct device_class with = *class;
    with.key = lab_key(lab, (uint32_t)act->arg[0]);
    if (!config_class(cl, &with, &index, e))
        return false;
    config_set_class(cl, phone, index, lab->state.names->dir.count);
    return true;
}

static bool type_key(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                     uint64_t at_us, struct err *e)
{
    (void)cluster, (void)at_us, (void)e;
    lab_type_key(lab, phone, lab_key(lab, (uint32_t)act->arg[0]));
    return true;
}

/* The phone is told by the CallManager that it is registered at, at once. */
static bool emcc_login(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                       uint64_t at_us, struct err *e)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    if (!lab_login(lab, cluster, phone, cl->db.pools[act->arg[0]].name, e))
        return false;
    if (lab_is_visited(lab, phone))
        lab_reset_phone(lab, phone, at_us);
    return true;
}

static bool emcc_logout(struct lab *lab, uint32_t cluster, uint32_t phone, const struct act *act,
                        uint64_t at_us, struct err *e)
{
    (void)cluster, (void)act, (void)e;
    bool was = lab_is_visited(lab, phone);
    lab_logout(lab, phone);
    if (was)
        lab_reset_phone(lab, phone, at_us);
    return true;
}

/* Beside the rows of the table whose scope is ON_PHONES: what they do to one. */
static bool (*const on_phone[ACTS])(struct lab *lab, uint32_t cluster, uint32_t phone,
                                    const struct act *act, uint64_t at_us, struct err *e) = {
    [DO_POWER] = power,
    [DO_RESET] = reset,
    [DO_RESTART_PHONES] = reset,
    [DO_APPLY_CONFIG] = reset,
    [DO_PRESS] = press,
    [DO_DELETE_TRUST_LIST] = delete_trust_list,
    [DO_MOVE] = move,
    [DO_INSERT] = insert,
    [DO_PHONE_LINK] = set_link,
    [DO_PHONE_CLOCK] = set_clock,
    [DO_SET_PHONES] = set_phone,
    [DO_INSTALL_LSC] = order_lsc,
    [DO_DELETE_LSC] = order_lsc,
    [DO_TROUBLESHOOT_LSC] = order_lsc,
    [DO_ENTER_STRING] = enter_string,
    [DO_SYMMETRIC_KEY] = put_key,
    [DO_TYPE_KEY] = type_key,
    [DO_DELETE_PHONES] = delete_phone,
    [DO_EMCC_LOGIN] = emcc_login,
    [DO_EMCC_LOGOUT] = emcc_logout,
    [DO_SITE] = set_site,
    [DO_SEND_KEYS] = keys_sent,
    [DO_THIRD_PARTY_KEYS] = keys_sent,
    [DO_FACTORY_RESET] = factory_reset,
    [DO_UNPLUG] = unplug,
};

/* ---- of use to a phone ---- */

static bool link_to_mend(const struct lab *lab, uint32_t cluster, uint32_t phone, struct act *act)
{
    (void)cluster;
    const struct driver *d = lab->driver;
    struct link link = d->phone_link_of(d->self, phone), mended = link_mended(link);
    *act = lab_link_act(DO_PHONE_LINK, 0, &mended);
    return link_is_bad(&link);
}

static bool clock_to_set(const struct lab *lab, uint32_t cluster, uint32_t phone, struct act *act)
{
    (void)cluster;
    (void)act;
    return lab_clock_is_wrong(lab, phone);
}

/* Whether the phone takes them is seen when it is tried. */
static bool keys_to_send(const struct lab *lab, uint32_t cluster, uint32_t phone, struct act *act)
{
    (void)cluster;
    const struct phone *p = &lab->state.phones[phone];
    return (p->ctl != 0 || p->itl != 0) && phone_settings_are_open(p, lab->base->content) &&
           model_table[p->model].remote &&
           (act->kind == DO_THIRD_PARTY_KEYS || phone_takes_remote_keys(p, lab->base->content));
}

/* The key that was typed in at the phone, where the database of this cluster has another. */
static bool key_to_record(const struct lab *lab, uint32_t cluster, uint32_t phone, struct act *act)
{
    uint32_t typed = lab_typed_key(lab, phone);
    const struct device_class *row = config_class_of(&lab->state.clusters[cluster], phone);
    if (typed == 0 || row == NULL || !row->encrypted || row->key == typed)
        return false;
    act->arg[0] = lab_key_digits(lab, typed);
    return true;
}

static bool user_to_log_out(const struct lab *lab, uint32_t cluster, uint32_t phone,
                            struct act *act)
{
    (void)cluster, (void)act;
    return lab_is_visited(lab, phone);
}

static bool is_known(const struct lab *lab, uint32_t phone)
{
    bool known = false;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        known = known || config_class_of(&lab->state.clusters[c], phone) != NULL;
    return known;
}

/* Nobody knows it, or nobody any more: into the database of the cluster that it asks for its files,
 * or where it was.  As an import puts it there: not secure. */
static bool row_to_insert(const struct lab *lab, uint32_t cluster, uint32_t phone, struct act *act)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    const struct phone_place *place = &lab->state.dhcp[lab->state.phones[phone].dhcp];
    const struct lab_fleet *fleet = lab_fleet_of(lab, phone);
    uint32_t node;
    act->arg[0] = act->arg[1] = 0;
    return !is_known(lab, phone) && ((fleet != NULL && fleet->cluster == cluster) ||
                                     cluster_node_at(cl, place->tftp[0], &node) ||
                                     cluster_node_at(cl, place->tftp[1], &node));
}

/* With the arguments that it has. */
static bool setting_to_turn_off(const struct lab *lab, uint32_t cluster, uint32_t phone,
                                struct act *act)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    const struct device_class *row = config_class_of(cl, phone);
    return row != NULL && setting_is_on(cl, row, (enum setting)act->arg[0]);
}

static bool (*const helps[ACTS])(const struct lab *lab, uint32_t cluster, uint32_t phone,
                                 struct act *act) = {
    [DO_PHONE_LINK] = link_to_mend,     [DO_PHONE_CLOCK] = clock_to_set,
    [DO_SEND_KEYS] = keys_to_send,      [DO_THIRD_PARTY_KEYS] = keys_to_send,
    [DO_SYMMETRIC_KEY] = key_to_record, [DO_EMCC_LOGOUT] = user_to_log_out,
    [DO_INSERT] = row_to_insert,        [DO_SET_PHONES] = setting_to_turn_off,
};

bool lab_act_helps(const struct lab *lab, uint32_t cluster, uint32_t phone, struct act *act)
{
    return helps[act->kind] != NULL && helps[act->kind](lab, cluster, phone, act);
}

/* When the i-th phone's turn comes. */
static uint64_t turn_us(const struct lab *lab, const struct act *act, const struct lab_whom *whom,
                        uint32_t i)
{
    uint64_t now_us = lab_now_us(lab);
    if (act_table[act->kind]->resets)
        return now_us + lab_turn_us(lab, COST_RESET_RATE, i);
    /* over_us * i / count, in 64 bits */
    return now_us + whom->over_us / whom->count * i + whom->over_us % whom->count * i / whom->count;
}

static uint32_t phone_of(const struct lab_whom *whom, uint32_t i)
{
    return whom->phones != NULL ? whom->phones[i] : whom->first + i;
}

static bool is_order(const struct act *act)
{
    return on_phone[act->kind] == order_lsc;
}

/* A page of its own, with that part on it. */
static bool has_capf_page(const struct lab *lab, uint32_t cluster, uint32_t phone, struct err *e)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    char name[DEVICE_NAME];
    lab_phone_name(lab, phone, name);
    if (config_class_of(cl, phone) == NULL)
        return err_set(e, "%s: %s is not in its database", cl->name, name);
    return model_table[lab->state.phones[phone].model].ctl ||
           err_set(e, "%s: %s is of a model that has no CAPF", cl->name, name);
}

/* Models with a certificate have their configuration encrypted to that (documented). */
static bool can_have_key(const struct lab *lab, const struct act *act, const struct lab_whom *whom,
                         struct err *e)
{
    if (act->kind != DO_SYMMETRIC_KEY && act->kind != DO_TYPE_KEY)
        return true;
    for (uint32_t i = 0; i < whom->count; i++) {
        const struct model *m = &model_table[lab->state.phones[phone_of(whom, i)].model];
        if (m->mic)
            return err_set(e, "%s has a certificate and no symmetric key", m->product);
    }
    return true;
}

/* Before anything is done to any of them. */
static bool can_phones(const struct lab *lab, uint32_t cluster, const struct act *act,
                       const struct lab_whom *whom, struct err *e)
{
    for (uint32_t i = 0; i < whom->count && act->kind == DO_INSERT; i++) {
        const struct lab_fleet *fleet = lab_fleet_of(lab, phone_of(whom, i));
        const struct cluster *cl = &lab->state.clusters[cluster];
        if (fleet != NULL && fleet->cluster == cluster &&
            config_class_of(cl, phone_of(whom, i)) != NULL)
            return err_set(e, "%s: these phones are its own", lab->state.clusters[cluster].name);
    }
    for (uint32_t i = 0; i < whom->count && is_order(act); i++) {
        if (!has_capf_page(lab, cluster, phone_of(whom, i), e))
            return false;
    }
    if (!has_room(lab, whom->count, e) || !can_have_key(lab, act, whom, e) ||
        !cluster_can(&lab->state.clusters[cluster], act, lab_now_us(lab), e))
        return false;
    for (uint32_t i = 0; i < whom->count && act->kind == DO_SET_PHONES; i++) {
        if (!can_set_phone(lab, cluster, phone_of(whom, i), act, e))
            return false;
    }
    for (uint32_t i = 0; i < whom->count && act->kind == DO_DELETE_PHONES; i++) {
        const struct cluster *cl = &lab->state.clusters[cluster];
        if (config_class_of(cl, phone_of(whom, i)) == NULL)
            return err_set(e, "%s: some of these phones are not in its database", cl->name);
    }
    for (uint32_t i = 0; i < whom->count && act->kind == DO_EMCC_LOGIN; i++) {
        if (!lab_can_login(lab, cluster, phone_of(whom, i), e))
            return false;
    }
    return true;
}

/* Each kind of phone among them can become one more. */
static bool may_be_too_many_kinds(const struct lab *lab, uint32_t cluster, const struct act *act,
                                  const struct lab_whom *whom)
{
    const struct database *db = &lab->state.clusters[cluster].db;
    bool among[CLUSTER_CLASSES + 1] = { false };
    uint32_t kinds = 0;
    if ((act_table[act->kind]->touches & TOUCHES_CONFIG) == 0)
        return false;
    for (uint32_t i = 0; i < whom->count; i++) {
        uint32_t phone = phone_of(whom, i);
        uint16_t kind = phone < db->device_count ? db->device_class[phone] : 0;
        kinds += !among[kind];
        among[kind] = true;
    }
    return db->class_count + kinds > CLUSTER_CLASSES &&
           kinds > config_class_room(&lab->state.clusters[cluster]);
}

static bool do_each(struct lab *lab, uint32_t cluster, const struct act *act,
                    const struct lab_whom *whom, struct err *e)
{
    for (uint32_t i = 0; i < whom->count; i++) {
        if (!on_phone[act->kind](lab, cluster, phone_of(whom, i), act, turn_us(lab, act, whom, i),
                                 e))
            return false;
    }
    return true;
}

/* All or nothing: where the database might not hold it, it is tried on a copy first. */
static bool fits(struct lab *lab, uint32_t cluster, const struct act *act,
                 const struct lab_whom *whom, struct err *e)
{
    if (lab->driver->copy == NULL || !may_be_too_many_kinds(lab, cluster, act, whom))
        return true;
    struct lab *copy = lab_fork(lab);
    bool fit = do_each(copy, cluster, act, whom, e);
    lab_free(copy);
    return fit;
}

/* All get the same link: where the first can have it the others can. */
static bool link_fits(struct lab *lab, const struct act *act, const struct lab_whom *whom,
                      struct err *e)
{
    struct link link = link_of(act);
    struct driver *d = lab->driver;
    return act->kind != DO_PHONE_LINK || whom->count == 0 ||
           d->phone_link(d->self, phone_of(whom, 0), &link) ||
           err_set(e, "more than 256 kinds of links at once");
}

bool lab_do_phones(struct lab *lab, uint32_t cluster, const struct act *act,
                   const struct lab_whom *whom, struct err *e)
{
    CHECK(cluster < lab->state.cluster_count && on_phone[act->kind] != NULL);
    if (!can_phones(lab, cluster, act, whom, e) || !fits(lab, cluster, act, whom, e) ||
        !link_fits(lab, act, whom, e))
        return false;
    count_done(lab, whom->count);
    lab->state.clusters[cluster].done.act[act->kind] |= whom->count > 0;
    if (whom->count > 0)
        lab_tell_act(lab, cluster, act, whom);
    if (!do_each(lab, cluster, act, whom, e))
        return false;
    if ((act_table[act->kind]->touches & TOUCHES_CONFIG) != 0)
        lab_cluster_changed(lab);
    return true;
}
