/* What changed: who is told, and what the clusters do by themselves as time passes. */
#include "sim/base/check.h"
#include "sim/lab_impl.h"

bool lab_server_is_lost(const struct lab *lab, uint32_t phone)
{
    const struct lab_cold *cold = &lab->state.cold[phone];
    if (cold->node == 0)
        return false;
    uint32_t node = cold->node - 1u;
    const struct cluster *cl = &lab->state.clusters[node >> 8];
    return !serve_running(cl, node & 255, SERVICE_CALLMANAGER) ||
           (uint16_t)serve_epoch(cl, node & 255, SERVICE_CALLMANAGER) != cold->epoch ||
           lab->driver->is_down(lab->driver->self, phone, node);
}

/* A keepalive will find that the server of this phone is gone, where it is. */
static void tell(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    if (lab->state.cold[phone].told || !lab_server_is_lost(lab, phone))
        return;
    lab->state.cold[phone].told = 1;
    struct event event = { .type = EVENT_SERVER_LOST };
    lab->driver->deliver(lab->driver->self, phone, &event,
                         phone_keepalive_us(&lab->state.phones[phone], &lab->state.knobs, now_us));
}

void lab_note_change(struct lab *lab)
{
    lab->state.changes++;
    lab->state.changed_us = lab_now_us(lab);
}

void lab_phone_changed(struct lab *lab, uint32_t phone)
{
    lab_note_change(lab);
    tell(lab, phone, lab_now_us(lab));
    lab->state.dirty = true;
}

/* All registered phones of the cluster, one after the other. */
static void begin_reset(struct lab *lab, uint32_t cluster, uint64_t now_us)
{
    lab->state.sweeps[cluster] = (struct lab_sweep){ .next = 0, .at_us = now_us == 0 ? 1 : now_us };
}

void lab_cluster_changed(struct lab *lab)
{
    uint64_t now_us = lab_now_us(lab);
    lab_note_change(lab);
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        tell(lab, i, now_us);
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

uint64_t lab_turn_us(const struct lab *lab, uint64_t i)
{
    uint64_t rate = lab->state.costs[COST_RESET_RATE];
    return rate == 0 ? 0 : i * UINT64_C(1000000) / rate;
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
        w->at_us += lab_turn_us(lab, 1);
    }
}

void lab_nodes_tick(struct lab *lab, uint64_t now_us)
{
    uint64_t before = 0, after = 0;
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        struct cluster *cl = &lab->state.clusters[i];
        before += cl->change;
        cluster_tick(cl, now_us);
        after += cl->change + cl->want_reset;
        sweep(lab, i, now_us);
    }
    if (after != before)
        lab_cluster_changed(lab);
}
