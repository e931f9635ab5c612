/* The walk over packets: when each of those passes that a model's closed form (model.c) counts, as
 * the phone's end sees them.  The same draws of the same luck; it ends where the closed form does.
 * Only where a capture listens. */
#include "sim/virt/tap.h"

/* Draws what lost packets cost, one wait for each; false: from *sent on none arrives. */
static bool waits(const struct virt *v, const struct slot *s, const struct link *l, struct rng *rng,
                  uint32_t count, uint64_t *wait_us, uint32_t *sent)
{
    *sent = 0;
    if (link_is_cut(l))
        return false;
    const struct again again = virt_again(v, s);
    for (; *sent < count; ++*sent) {
        uint64_t lost = 0, next_us = again.wait_us;
        for (; l->loss_ppm != 0 && lost < again.tries && rng_chance(rng, l->loss_ppm); lost++) {
            wait_us[*sent] += next_us;
            next_us = 2 * next_us < again.most_us ? 2 * next_us : again.most_us;
        }
        if (l->loss_ppm != 0 && lost == again.tries)
            return false;
    }
    return true;
}

uint32_t virt_walk_trips(const struct virt *v, const struct slot *s, uint32_t luck,
                         const struct link *l, uint32_t trips, uint64_t at_us[WALK_TRIPS])
{
    struct rng rng = virt_luck_of(v, luck);
    uint64_t wait_us[WALK_TRIPS] = { 0 }, t = 0;
    uint32_t sent;
    bool arrive = waits(v, s, l, &rng, trips, wait_us, &sent);
    for (uint32_t i = 0; i < sent; i++) {
        t += wait_us[i];
        t += arrive ? virt_one_way_us(l, &rng) : l->delay_us; /* nobody drew the jitter */
        at_us[i] = t;
    }
    return sent;
}

/* The round of slow start in which a segment goes out. */
static uint64_t round_of(uint32_t segment)
{
    uint64_t window = TCP_WINDOW, sent = TCP_WINDOW, rounds = 0;
    while (segment >= sent) {
        window *= 2;
        sent += window;
        rounds++;
    }
    return rounds;
}

uint32_t virt_walk_packets(const struct slot *s, uint32_t bytes)
{
    return bytes / (virt_by_udp(s) ? TFTP_BLOCK : TCP_SEGMENT) + 1;
}

uint32_t virt_walk_answer(const struct virt *v, const struct slot *s, uint32_t luck,
                          const struct link *l, uint32_t bytes, uint64_t *at_us)
{
    bool udp = virt_by_udp(s);
    uint32_t most = udp ? TFTP_BLOCK : TCP_SEGMENT, count = virt_walk_packets(s, bytes), sent;
    struct rng rng = virt_luck_of(v, luck);
    uint64_t first = virt_one_way_us(l, &rng), waited = 0;
    for (uint32_t i = 0; i < count; i++)
        at_us[i] = 0;
    (void)waits(v, s, l, &rng, count, at_us, &sent);
    for (uint32_t i = 0; i < sent; i++) {
        uint64_t so_far = (uint64_t)(i + 1) * most < bytes ? (uint64_t)(i + 1) * most : bytes;
        waited += at_us[i];
        at_us[i] = first + waited + (udp ? i : round_of(i)) * 2 * l->delay_us;
        if (l->rate != 0)
            at_us[i] += so_far * 1000000u / l->rate;
    }
    return sent;
}
