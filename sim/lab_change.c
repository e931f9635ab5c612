/* What changed: who is told, and what the clusters do by themselves as time passes. */
#include "sim/base/check.h"
#include "sim/lab_impl.h"
#include "sim/wire/text.h"

/* ---- the server of a phone ---- */

static bool answers(const struct lab *lab, uint32_t phone, uint32_t node)
{
    return serve_running(&lab->state.clusters[node >> 8], node & 255, SERVICE_CALLMANAGER) &&
           !lab->driver->is_down(lab->driver->self, phone, node);
}

bool lab_server_is_lost(const struct lab *lab, uint32_t phone)
{
    const struct lab_cold *cold = &lab->state.cold[phone];
    if (cold->node == 0)
        return false;
    uint32_t node = cold->node - 1u;
    const struct cluster *cl = &lab->state.clusters[node >> 8];
    return !answers(lab, phone, node) ||
           (uint16_t)serve_epoch(cl, node & 255, SERVICE_CALLMANAGER) != cold->epoch;
}

static bool closes(const struct lab *lab, uint32_t phone)
{
    const struct driver *d = lab->driver;
    return d->closes != NULL && d->closes(d->self, phone);
}

/* Where its server is gone it is out of service from now on.  It hears so at once where the server
 * can still say so, else a keepalive finds it. */
static void tell(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    struct lab_cold *cold = &lab->state.cold[phone];
    if (cold->node == 0)
        return;
    if (!lab_server_is_lost(lab, phone)) {
        lab_out_ends(lab, phone, now_us); /* back before the keepalive */
        return;
    }
    bool silent = lab->driver->is_down(lab->driver->self, phone, cold->node - 1u);
    struct event event = { .type = EVENT_SERVER_LOST, .a = silent ? SERVER_SILENT : SERVER_CLOSED };
    lab_out_begins(lab, phone, now_us);
    lab_out_says(lab, phone, OUT_SERVER_LOST, cold->node);
    if (silent ? cold->told : closes(lab, phone))
        return; /* it is on its way */
    cold->told = silent;
    lab->driver->deliver(lab->driver->self, phone, &event,
                         silent ? phone_keepalive_us(&lab->state.phones[phone], lab->base->content,
                                                     &lab->state.knobs, now_us)
                                : now_us);
}

/* ---- a better server ---- */

static uint64_t answers_since_us(const struct node *n)
{
    uint64_t ready_us = n->run.services[SERVICE_CALLMANAGER].ready_us;
    return ready_us > n->run.reached_us ? ready_us : n->run.reached_us;
}

static struct node *better(const struct lab *lab, uint32_t phone, uint64_t since_us,
                           uint32_t *index)
{
    const struct phone *p = &lab->state.phones[phone];
    struct phone_env env = lab_phone_env(lab);
    for (*index = 0; *index < p->server; ++*index) {
        uint32_t ip = phone_server(p, &env, *index), node;
        if (ip == 0 || !lab->world.node_at(lab->world.ctx, ip, &node))
            continue;
        struct node *n = &lab->state.clusters[node >> 8].nodes[node & 255];
        if (answers(lab, phone, node) && lab_passes(lab, phone, node) &&
            (!text_is_name(ip) || lab_resolves((void *)(uintptr_t)lab, phone, node)) &&
            answers_since_us(n) >= since_us)
            return n;
    }
    return NULL;
}

bool lab_better_answers(const struct lab *lab, uint32_t phone, uint32_t *index)
{
    return better(lab, phone, 0, index) != NULL;
}

void lab_fails_back(struct lab *lab, uint32_t phone, uint64_t since_us)
{
    struct lab_cold *cold = &lab->state.cold[phone];
    uint32_t index;
    if (cold->node == 0 || !cold->lower || cold->back)
        return;
    struct node *n = better(lab, phone, since_us, &index);
    if (n == NULL)
        return;
    uint64_t at_us = lab_now_us(lab) + lab->state.knobs.value[KNOB_FAILBACK_US];
    if (at_us < n->run.turn_us)
        at_us = n->run.turn_us;
    n->run.turn_us = at_us + lab_turn_us(lab, COST_FAILBACK_RATE, 1);
    cold->back = 1;
    lab->driver->deliver(lab->driver->self, phone, &(struct event){ .type = EVENT_SERVER_BACK },
                         at_us);
}

/* ---- what changed ---- */

static void note_change(struct lab *lab)
{
    lab->state.changes++;
    lab->state.changed_us = lab_now_us(lab);
}

static void touch(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    lab->state.cold[phone].hope = 1;
    tell(lab, phone, now_us);
    lab_fails_back(lab, phone, lab->state.cold[phone].since_us);
}

void lab_phone_changed(struct lab *lab, uint32_t phone)
{
    note_change(lab);
    touch(lab, phone, lab_now_us(lab));
    lab->state.dirty = true;
}

/* All registered phones of the cluster, one after the other. */
static void begin_reset(struct lab *lab, uint32_t cluster, uint64_t now_us)
{
    lab->state.sweeps[cluster] = (struct lab_sweep){ .at_us = now_us == 0 ? 1 : now_us };
}

void lab_cluster_changed(struct lab *lab)
{
    uint64_t now_us = lab_now_us(lab);
    note_change(lab);
    lab_find_gates(lab);
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        touch(lab, i, now_us);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        struct cluster *cl = &lab->state.clusters[c];
        if (cl->want_reset)
            begin_reset(lab, c, now_us);
        cl->want_reset = false;
    }
    lab->driver->changed(lab->driver->self);
}

/* ---- a reset of all phones ---- */

bool lab_is_registered_at(const struct lab *lab, uint32_t phone, uint32_t cluster)
{
    uint32_t node = lab->state.cold[phone].node;
    return node != 0 && (node - 1) >> 8 == cluster;
}

uint64_t lab_turn_us(const struct lab *lab, enum cost rate, uint64_t i)
{
    uint64_t a_second = lab->state.costs[rate];
    return a_second == 0 ? 0 : i * UINT64_C(1000000) / a_second;
}

/* The next registered phone of the cluster is reset; the one after it when its turn comes. */
static void sweep(struct lab *lab, uint32_t cluster, uint64_t now_us)
{
    struct lab_sweep *w = &lab->state.sweeps[cluster];
    while (w->at_us != 0 && w->at_us <= now_us) {
        uint32_t i = w->next;
        while (i < lab->state.phone_count && !lab_is_registered_at(lab, i, cluster))
            i++;
        if (i == lab->state.phone_count) {
            *w = (struct lab_sweep){ 0 };
            return;
        }
        lab->driver->deliver(lab->driver->self, i, &(struct event){ .type = EVENT_RESET }, now_us);
        w->next = i + 1;
        w->at_us += lab_turn_us(lab, COST_RESET_RATE, 1);
    }
}

void lab_nodes_tick(struct lab *lab, uint64_t now_us)
{
    bool changed = false;
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        struct cluster *cl = &lab->state.clusters[i];
        uint64_t before = cl->change;
        cluster_tick(cl, now_us);
        changed = changed || cl->change != before || cl->want_reset;
        sweep(lab, i, now_us);
    }
    if (changed)
        lab_cluster_changed(lab);
}
