/* What settle() waits for, and when that is no use any more. */
#include "sim/script/impl.h"

#define MINUTE_US 60000000ull
#define DAY_US    (24 * 60 * MINUTE_US)

/* Without a limit it gives up after so long. */
static uint64_t most_us(const struct lab *lab)
{
    return lab->base->options.live ? 10 * MINUTE_US : 30 * DAY_US;
}

uint64_t settle_looks_us(const struct lab *lab, uint64_t begun_us, uint64_t now_us)
{
    uint64_t last_us = begun_us + most_us(lab);
    return now_us + DAY_US < last_us ? now_us + DAY_US : last_us;
}

static bool is_under_way(const struct phone *p)
{
    return p->state != PHONE_OFF && p->state != PHONE_REGISTERED && !p->idle;
}

/* So many phones are under way; how many of them failed as often as is counted. */
static uint32_t under_way(const struct lab *lab, uint32_t *in_vain)
{
    uint32_t count = 0;
    *in_vain = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct phone *p = &lab->state.phones[i];
        count += is_under_way(p);
        *in_vain += is_under_way(p) && p->fails == PHONE_FAILS;
    }
    return count;
}

bool settle_gives_up(const struct lab *lab, uint64_t begun_us, uint32_t to_come)
{
    uint32_t in_vain;
    if (lab_now_us(lab) >= begun_us + most_us(lab))
        return true;
    return to_come == 0 && lab->world.nodes_deadline_us(lab->world.ctx) == 0 &&
           under_way(lab, &in_vain) == in_vain && in_vain > 0;
}

/* On its own link, on that of a node, or between its site and one. */
static bool loses_packets(const struct lab *lab, uint32_t phone)
{
    const struct driver *d = lab->driver;
    uint32_t site = lab_site_of(lab, phone);
    bool loses = d->phone_link_of(d->self, phone).loss_ppm > 0;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        FOR_EACH_NODE(cl, n)
        loses = loses || d->node_link_of(d->self, c << 8 | n).loss_ppm > 0 ||
                network_between(cl, site, n).link.loss_ppm > 0;
    }
    return loses;
}

/* "30 days: 8 of 20 phones are under way, 8 of them failed to register 15 times or more, 8 over
 * links that lose packets; 1 function of at() is to come". */
void settle_words(const struct lab *lab, uint64_t begun_us, uint32_t to_come, struct err *e)
{
    uint64_t minutes = (lab_now_us(lab) - begun_us) / MINUTE_US, days = minutes / 1440;
    uint32_t in_vain, lossy = 0, count = under_way(lab, &in_vain);
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lossy += is_under_way(&lab->state.phones[i]) && loses_packets(lab, i);
    char nodes[40] = "", at[40] = "";
    if (lab->world.nodes_deadline_us(lab->world.ctx) != 0)
        snprintf(nodes, sizeof nodes, "; services or replication are");
    if (to_come > 0)
        snprintf(at, sizeof at, "; %u function%s of at() to come", (unsigned)to_come,
                 to_come == 1 ? "" : "s");
    err_set(e,
            "%u %s%s: %u of %u phones under way (%u failed to register %d times or more, %u over a "
            "link that loses packets)%s%s",
            (unsigned)(days > 0 ? days : minutes), days > 0 ? "day" : "minute",
            (days > 0 ? days : minutes) == 1 ? "" : "s", (unsigned)count,
            (unsigned)lab->state.phone_count, (unsigned)in_vain, PHONE_FAILS, (unsigned)lossy,
            nodes, at);
}
