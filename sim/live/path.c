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

/* False: it holds nothing back. */
static bool lag_of(const struct live *l, const struct link *link, bool udp, struct lag_path *lag)
{
    const uint64_t *costs = l->world->costs;
    *lag = (struct lag_path){
        .delay_us = link->delay_us,
        .jitter_us = link->jitter_us,
        .loss_ppm = link->down ? 1000000 : link->loss_ppm,
        .rate = link->rate,
        .mtu = link->mtu,
        .udp = udp,
        .retry_us = costs[COST_TCP_RETRY_US],
        .retry_most_us = costs[COST_TCP_RETRY_MAX_US],
        .tries = (uint32_t)costs[COST_TCP_TRIES],
    };
    return link->delay_us != 0 || link->jitter_us != 0 || lag->loss_ppm != 0 || link->rate != 0 ||
           link->mtu != 0;
}

bool path_lag(struct live *l, uint32_t phone, uint32_t node, enum ask_kind kind, uint8_t how,
              struct lag_path *lag)
{
    const struct host *p = live_host(l, node);
    struct between b = between(l, phone, node, kind, how);
    struct link link = link_both(live_slot(l, phone)->link, &b.link);
    if (p != NULL)
        link = link_both(link, &p->link);
    return lag_of(l, &link, kind == ASK_FILE && how == 0, lag);
}

bool path_between_nodes(struct live *l, uint32_t from, uint32_t server, struct node_path *way)
{
    const struct world *w = l->world;
    const struct host *a = live_host(l, from), *b = NULL;
    uint32_t node;
    *way = (struct node_path){ .from = a == NULL ? 0 : a->ip, .to = server };
    if (w->node_at(w->ctx, server, &node))
        b = live_host(l, node);
    if (b != NULL)
        way->to = b->ip;
    if (a == NULL || a->ip >> 24 != 127 || way->to >> 24 != 127)
        return false;
    struct link link = b == NULL ? a->link : link_both(a->link, &b->link);
    way->lagged = lag_of(l, &link, false, &way->lag);
    return !link_is_cut(&link);
}

struct rng path_luck(struct live *l)
{
    return rng_of(l->options.seed, "path", l->luck++);
}

/* The one place where it is decided whom phones may ask outside of the lab. */
static enum live_found find_outside(const struct live *l, uint32_t phone, uint32_t server,
                                    uint32_t *ip)
{
    const struct live_outside *o = l->options.outside;
    enum live_found found = o == NULL ? LIVE_NOWHERE : o->find(o->ctx, phone, server, ip);
    if (found != LIVE_THERE)
        return found;
    bool may = *ip >> 24 == 127 || o->remote;
    return may && !live_is_down(l, phone, NODE_OUTSIDE) ? LIVE_THERE : LIVE_NOWHERE;
}

uint32_t path_from(const struct live *l, uint32_t phone, uint32_t ip)
{
    const struct live_outside *o = l->options.outside;
    if (o != NULL && o->from_count != 0)
        return o->from + phone % o->from_count;
    return ip >> 24 == 127 ? LOOPBACK : 0;
}

enum live_found path_find(struct live *l, uint32_t phone, uint32_t server, uint32_t *node,
                          uint32_t *ip)
{
    const struct world *w = l->world;
    if (!w->node_at(w->ctx, server, node)) {
        *node = NODE_OUTSIDE;
        return find_outside(l, phone, server, ip);
    }
    if (text_is_name(server) && w->resolves != NULL && !w->resolves(w->ctx, phone, *node))
        return LIVE_NOWHERE;
    const struct host *p = live_host(l, *node);
    *ip = p != NULL ? p->ip : server;
    return *ip >> 24 == 127 && !live_is_down(l, phone, *node) ? LIVE_THERE : LIVE_NOWHERE;
}
