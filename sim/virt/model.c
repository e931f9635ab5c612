/* The model of links and servers: how long a request, a node's work and an answer take.  Every
 * number is one of the costs or of a link; the shapes are assumed (TFTP one block a round
 * trip, TCP slow start from ten segments). */
#include "sim/virt/slot.h"

#define TFTP_BLOCK  512
#define TCP_SEGMENT 1460
#define TCP_WINDOW  10
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

struct link virt_path(const struct virt *v, const struct slot *s)
{
    struct link a = virt_link(v, s->link);
    const struct link *b = &v->nodes[s->node].link;
    a.delay_us += b->delay_us;
    a.jitter_us += b->jitter_us;
    a.loss_ppm = a.loss_ppm + b->loss_ppm < MILLION ? a.loss_ppm + b->loss_ppm : MILLION;
    if (b->rate != 0 && (a.rate == 0 || b->rate < a.rate))
        a.rate = b->rate;
    a.down = a.down || b->down;
    return a;
}

struct rng virt_luck(const struct virt *v, struct slot *s)
{
    return (struct rng){ rng_mix(v->luck + s->luck++) };
}

uint64_t virt_one_way_us(const struct link *l, struct rng *rng)
{
    return l->delay_us + (l->jitter_us == 0 ? 0 : rng_below(rng, l->jitter_us + 1));
}

/* What lost packets of `count` cost; a packet that is lost ten times over is as good as none. */
static uint64_t losses_us(const struct link *l, struct rng *rng, uint64_t count, uint64_t retry_us)
{
    uint64_t t = 0;
    for (uint64_t i = 0; i < count && l->loss_ppm != 0; i++) {
        for (int again = 0; again < 10 && rng_chance(rng, l->loss_ppm); again++)
            t += retry_us;
    }
    return t;
}

static bool by_udp(const struct slot *s)
{
    return s->ask == ASK_FILE && !s->http;
}

static uint64_t retry_us(const struct virt *v, const struct slot *s)
{
    return by_udp(s) ? cost(v, COST_TFTP_RETRY_US) : cost(v, COST_TCP_RETRY_US);
}

bool virt_is_open(const struct slot *s)
{
    return s->ask == ASK_TVS_QUERY || s->ask == ASK_TVS_VERIFY ||
           ((s->ask == ASK_REGISTER || s->ask == ASK_HTTPS_PAGE) && s->kind == TRANSPORT_TLS);
}

static uint64_t trips_us(const struct virt *v, struct slot *s, const struct link *l, uint64_t trips)
{
    struct rng luck = virt_luck(v, s);
    uint64_t t = losses_us(l, &luck, trips, retry_us(v, s));
    for (uint64_t i = 0; i < trips; i++)
        t += virt_one_way_us(l, &luck);
    return t;
}

uint64_t virt_request_us(const struct virt *v, struct slot *s, const struct link *l)
{
    /* UDP, or a connection that is open: one packet.  TCP: SYN, SYN-ACK, request. */
    return trips_us(v, s, l, by_udp(s) || virt_is_open(s) ? 1 : 3);
}

uint64_t virt_handshake_us(const struct virt *v, struct slot *s, const struct link *l)
{
    return trips_us(v, s, l, 2);
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

uint64_t virt_answer_us(const struct virt *v, struct slot *s, const struct link *l, uint32_t bytes)
{
    uint64_t packets = 1, round_trips = 0;
    if (by_udp(s)) {
        packets = bytes / TFTP_BLOCK + 1;
        round_trips = packets - 1;
    } else {
        packets = bytes / TCP_SEGMENT + 1;
        round_trips = rounds_of(bytes);
    }
    struct rng luck = virt_luck(v, s);
    uint64_t t = virt_one_way_us(l, &luck) + round_trips * 2 * l->delay_us;
    t += losses_us(l, &luck, packets, retry_us(v, s));
    if (l->rate != 0)
        t += (uint64_t)bytes * MILLION / l->rate;
    return t;
}

uint64_t virt_work(struct virt *v, uint16_t node, uint64_t cost_us)
{
    uint64_t *busy = &v->nodes[node].busy_us;
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
        return cost(v, COST_HANDSHAKE_US);
    default:
        return cost(v, COST_ANSWER_US);
    }
}
