/* The model of links and servers: how long a request, a node's work and an answer take.  Every
 * number is one of the costs or of a link; the shapes are assumed (TFTP one block a round
 * trip, TCP slow start from ten segments). */
#include "sim/virt/slot.h"

#define TCP_HEADERS 40 /* with IP's */
#define UDP_HEADERS 32 /* with IP's and TFTP's */
#define MILLION     1000000u

static uint64_t cost(const struct virt *v, enum cost c)
{
    return v->world->costs[c];
}

/* Of a kind of links; the first is of all phones whose link nobody set. */
struct link virt_link(const struct virt *v, uint32_t kind)
{
    return kind != 0 ? v->links[kind]
                     : (struct link){ .delay_us = cost(v, COST_LINK_DELAY_US),
                                      .jitter_us = cost(v, COST_LINK_JITTER_US) };
}

struct between virt_between(const struct virt *v, const struct slot *s)
{
    const struct world *w = v->world;
    uint8_t how = s->ask == ASK_FILE ? s->http : s->kind;
    return w->between == NULL
               ? (struct between){ { 0 }, PASSAGE_OPEN }
               : w->between(w->ctx, (uint32_t)(s - v->slots), s->node, (enum ask_kind)s->ask, how);
}

struct link virt_path(const struct virt *v, const struct slot *s)
{
    struct link a = link_both(virt_link(v, s->link), &v->nodes[s->node].link);
    if (v->world->between == NULL)
        return a;
    struct between b = virt_between(v, s);
    return link_both(a, &b.link);
}

struct rng virt_luck(const struct virt *v, struct slot *s)
{
    return virt_luck_of(v, s->luck++);
}

uint64_t virt_one_way_us(const struct link *l, struct rng *rng)
{
    return l->delay_us + (l->jitter_us == 0 ? 0 : rng_below(rng, l->jitter_us + 1));
}

struct again virt_again(const struct virt *v, const struct slot *s)
{
    if (virt_by_udp(s)) {
        uint64_t wait_us = cost(v, COST_TFTP_RETRY_US);
        return (struct again){ wait_us, wait_us, cost(v, COST_TFTP_TRIES) };
    }
    return (struct again){ cost(v, COST_TCP_RETRY_US), cost(v, COST_TCP_RETRY_MAX_US),
                           cost(v, COST_TCP_TRIES) };
}

/* What lost packets of `count` cost; false where one of them never arrives. */
static bool losses_us(const struct virt *v, struct slot *s, const struct link *l, struct rng *rng,
                      uint64_t count, uint64_t *t)
{
    if (link_is_cut(l))
        return false;
    if (l->loss_ppm == 0)
        return true;
    const struct again again = virt_again(v, s);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t lost = 0, wait_us = again.wait_us;
        for (; lost < again.tries && rng_chance(rng, l->loss_ppm); lost++) {
            *t += wait_us;
            wait_us = 2 * wait_us < again.most_us ? 2 * wait_us : again.most_us;
        }
        s->luck_had |= lost > 0;
        if (lost == again.tries)
            return false;
    }
    return true;
}

static bool trips_us(const struct virt *v, struct slot *s, const struct link *l, uint64_t trips,
                     uint64_t *in_us)
{
    struct rng luck = virt_luck(v, s);
    *in_us = 0;
    if (!losses_us(v, s, l, &luck, trips, in_us))
        return false;
    for (uint64_t i = 0; i < trips; i++)
        *in_us += virt_one_way_us(l, &luck);
    return true;
}

bool virt_fits(const struct slot *s, const struct link *l, uint32_t bytes)
{
    uint32_t most = virt_by_udp(s) ? TFTP_BLOCK : TCP_SEGMENT,
             headers = virt_by_udp(s) ? UDP_HEADERS : TCP_HEADERS;
    return l->mtu == 0 || (bytes < most ? bytes : most) + headers <= l->mtu;
}

bool virt_request_us(const struct virt *v, struct slot *s, const struct link *l, uint64_t *in_us)
{
    /* UDP, or a connection that is open: one packet.  TCP: SYN, SYN-ACK, request. */
    return trips_us(v, s, l, virt_by_udp(s) || virt_is_open(s) ? 1 : 3, in_us);
}

bool virt_handshake_us(const struct virt *v, struct slot *s, const struct link *l, uint64_t *in_us)
{
    return trips_us(v, s, l, 2, in_us);
}

static uint64_t rounds_of(uint32_t bytes)
{
    uint64_t segments = bytes / TCP_SEGMENT + 1, window = TCP_WINDOW, rounds = 0;
    while (segments > window) {
        segments -= window;
        window *= 2;
        rounds++;
    }
    return rounds;
}

bool virt_answer_us(const struct virt *v, struct slot *s, const struct link *l, uint32_t bytes,
                    uint64_t *in_us)
{
    uint64_t packets = 1, round_trips = 0;
    if (virt_by_udp(s)) {
        packets = bytes / TFTP_BLOCK + 1;
        round_trips = packets - 1;
    } else {
        packets = bytes / TCP_SEGMENT + 1;
        round_trips = rounds_of(bytes);
    }
    struct rng luck = virt_luck(v, s);
    *in_us = virt_one_way_us(l, &luck) + round_trips * 2 * l->delay_us;
    if (l->rate != 0)
        *in_us += (uint64_t)bytes * MILLION / l->rate;
    return losses_us(v, s, l, &luck, packets, in_us);
}

uint64_t virt_work(struct virt *v, struct slot *s, uint64_t cost_us)
{
    return virt_work_at(v, s, s->node, cost_us);
}

uint64_t virt_work_at(struct virt *v, struct slot *s, uint32_t node, uint64_t cost_us)
{
    uint64_t *busy = &v->nodes[node].busy_us;
    s->luck_had |= *busy > v->now_us;
    uint64_t start = *busy > v->now_us ? *busy : v->now_us;
    uint64_t processors = cost(v, COST_PROCESSORS);
    *busy = start + (cost_us + processors - 1) / processors;
    return start + cost_us - v->now_us;
}

uint64_t virt_cost_us(const struct virt *v, const struct slot *s, const struct event *answer)
{
    switch (s->ask) {
    case ASK_FILE:
        /* Configurations are signed one by one; lists and common files are in memory. */
        return answer->type == EVENT_FILE && (s->kind == FILE_CNF_SGN || s->kind == FILE_CNF_ENC)
                   ? cost(v, COST_SIGN_US) + cost(v, COST_ANSWER_US)
                   : cost(v, COST_ANSWER_US);
    case ASK_TVS_CERT:
    case ASK_CCM_CERT:
    case ASK_HTTPS_CERT:
    case ASK_CAPF_CERT:
        return cost(v, COST_HANDSHAKE_US);
    default:
        return cost(v, COST_ANSWER_US);
    }
}
