/* What lies between a phone and a node: links, sites, firewalls, names. */
#include "sim/live/impl.h"

#include "sim/wire/text.h"

static struct between between(const struct live *l, uint32_t phone, uint32_t node,
                              enum ask_kind kind, uint8_t how)
{
    static const struct between open = { .passage = PASSAGE_OPEN };
    const struct world *w = l->world;
    return w->between == NULL ? open : w->between(w->ctx, phone, node, kind, how);
}

enum passage path_passage(struct live *l, uint32_t phone, uint32_t node, enum ask_kind kind,
                          uint8_t how)
{
    return (enum passage)between(l, phone, node, kind, how).passage;
}

bool path_lag(struct live *l, uint32_t phone, uint32_t node, enum ask_kind kind, uint8_t how,
              struct lag_path *lag)
{
    const struct host *p = live_host(l, node);
    const uint64_t *costs = l->world->costs;
    struct between b = between(l, phone, node, kind, how);
    struct link link = link_both(live_slot(l, phone)->link, &b.link);
    if (p != NULL)
        link = link_both(link, &p->link);
    *lag = (struct lag_path){
        .delay_us = link.delay_us,
        .jitter_us = link.jitter_us,
        .loss_ppm = link.down ? 1000000 : link.loss_ppm,
        .rate = link.rate,
        .mtu = link.mtu,
        .udp = kind == ASK_FILE && how == 0,
        .retry_us = costs[COST_TCP_RETRY_US],
        .retry_most_us = costs[COST_TCP_RETRY_MAX_US],
        .tries = (uint32_t)costs[COST_TCP_TRIES],
    };
    return link.delay_us != 0 || link.jitter_us != 0 || lag->loss_ppm != 0 || link.rate != 0 ||
           link.mtu != 0;
}

struct rng path_luck(struct live *l)
{
    return rng_of(l->options.seed, "path", l->luck++);
}

bool path_find(struct live *l, uint32_t phone, uint32_t server, uint32_t *node, uint32_t *ip)
{
    const struct world *w = l->world;
    if (!w->node_at(w->ctx, server, node))
        return false;
    if (text_is_name(server) && w->resolves != NULL && !w->resolves(w->ctx, phone, *node))
        return false;
    const struct host *p = live_host(l, *node);
    *ip = p != NULL ? p->ip : server;
    return *ip >> 24 == 127 && !live_is_down(l, phone, *node);
}
