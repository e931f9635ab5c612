/* A node asks another one for a file that it has not, while the phone waits (a central TFTP).  By
 * HTTP over the links of both nodes; where nothing comes back in time it asks the next.  How long
 * that takes is assumed.  Files that go from node to node count as nobody's transfer. */
#include "sim/virt/slot.h"

#define MS 1000u

/* What a slot keeps in b meanwhile: the place of the other node, and how long it may still take. */
#define PLACE_BITS 10
#define PLACE_MAX  ((1u << PLACE_BITS) - 1)

static struct link path(struct virt *v, uint32_t from, uint32_t to)
{
    (void)virt_node(v, from > to ? from : to);
    struct link a = v->nodes[from].link;
    const struct link *b = &v->nodes[to].link;
    a.down = link_is_cut(&a) || link_is_cut(b);
    a.delay_us += b->delay_us;
    a.jitter_us += b->jitter_us;
    if (b->rate != 0 && (a.rate == 0 || b->rate < a.rate))
        a.rate = b->rate;
    return a;
}

static void comes_back(struct virt *v, struct slot *s, const struct event *e, uint64_t in_us)
{
    s->leg = LEG_BACK;
    s->pending = PENDING_ARRIVE;
    s->when_us = v->now_us + in_us;
    s->type = e->type & 31;
    s->roles = e->type == EVENT_FILE ? e->a : 0;
}

static void nothing_comes(struct virt *v, struct slot *s, uint64_t in_us)
{
    comes_back(v, s, &(struct event){ .type = EVENT_TIMER }, in_us);
}

static uint64_t trips_us(struct virt *v, struct slot *s, const struct link *l, uint32_t trips)
{
    struct rng luck = virt_luck(v, s);
    uint64_t us = 0;
    for (uint32_t i = 0; i < trips; i++)
        us += virt_one_way_us(l, &luck);
    return us;
}

void virt_relay(struct virt *v, struct slot *s, const struct event *elsewhere)
{
    uint32_t node;
    uint64_t wait_us = (uint64_t)elsewhere->roles * MS;
    s->b = elsewhere->b & PLACE_MAX;
    if (!v->world->node_at(v->world->ctx, elsewhere->a, &node)) {
        nothing_comes(v, s, wait_us);
        return;
    }
    struct link l = path(v, s->node, node);
    uint64_t in_us = trips_us(v, s, &l, 3);
    if (l.down || in_us >= wait_us) {
        nothing_comes(v, s, wait_us);
        return;
    }
    s->b |= (uint32_t)((wait_us - in_us) / MS) << PLACE_BITS;
    s->leg = LEG_THERE;
    s->roles = node;
    s->pending = PENDING_ARRIVE;
    s->when_us = v->now_us + in_us;
}

void virt_relay_arrives(struct virt *v, uint32_t phone, struct slot *s)
{
    const struct world *w = v->world;
    uint32_t node = s->roles;
    struct link l = path(v, s->node, node);
    uint64_t left_us = (uint64_t)(s->b >> PLACE_BITS) * MS;
    struct ask ask = {
        .kind = ASK_FILE, .file = s->kind, .device = phone, .a = s->a, .by_node = true
    };
    struct event e = { .type = EVENT_REFUSED };
    uint64_t in_us = 0;
    enum ask_result result = l.down ? ASK_SILENT : w->ask(w->ctx, node, &ask, v->now_us, &e);
    if (result == ASK_ANSWERED) {
        uint64_t cost_us = virt_cost_us(v, s, &e); /* before the answer goes through the hop */
        if (v->options.bytes && e.type == EVENT_FILE)
            virt_hop(v, phone, s, &e);
        in_us = virt_work_at(v, s, node, cost_us);
    }
    in_us += trips_us(v, s, &l, 1);
    if (l.rate != 0 && e.type == EVENT_FILE)
        in_us += (uint64_t)e.b * 1000000u / l.rate;
    if (result == ASK_SILENT || in_us > left_us)
        nothing_comes(v, s, left_us);
    else
        comes_back(v, s, &e, in_us);
}

void virt_relay_came(const struct slot *s, struct ask *ask)
{
    if (s->leg != LEG_BACK)
        return;
    ask->place = s->b & PLACE_MAX;
    ask->came = s->type == EVENT_FILE      ? CAME_FILE
                : s->type == EVENT_NO_FILE ? CAME_NO_FILE
                                           : CAME_NO_ANSWER;
    ask->b = s->roles;
}

void virt_relay_ends(struct slot *s)
{
    s->leg = LEG_PHONE;
}
