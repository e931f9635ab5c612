#include "sim/lab_impl.h"

#include "sim/base/rng.h"

static uint64_t link_hash(uint64_t h, struct link l)
{
    h = rng_mix(h ^ l.delay_us) + l.jitter_us;
    return rng_mix(h ^ ((uint64_t)l.loss_ppm << 32 | l.rate)) + ((uint64_t)l.mtu << 1 | l.down);
}

/* What the phone itself does not know: its rows in the databases, its link, where it is registered,
 * and what is left of its TVS answers' time. */
static uint64_t hash_of_phone(const struct lab *lab, uint32_t i, const struct phone_env *env)
{
    const struct lab_cold *cold = &lab->state.cold[i];
    const struct phone *p = &lab->state.phones[i];
    const struct driver *d = lab->driver;
    uint64_t now_s = env->now_us / 1000000;
    uint64_t h = rng_mix(phone_hash(p, env) ^
                         ((uint64_t)cold->told << 32 | (uint64_t)cold->back << 31 | cold->node));
    h = rng_mix(h ^ p->state ^ lab_beside_hash(lab, i));
    h = rng_mix(h ^ content_meaning(env->content, lab_site_of(lab, i)));
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct database *db = &lab->state.clusters[c].db;
        h = rng_mix(h ^ (i < db->device_count ? db->device_class[i] : 0u)) + c;
    }
    for (int k = 0; k < TRUST_CACHE; k++) {
        if (p->cache[k].vouch != 0 && p->cache[k].until_s > now_s)
            h += rng_mix(content_meaning(env->content, p->cache[k].vouch) +
                         (p->cache[k].until_s - now_s));
    }
    return link_hash(h, d->phone_link_of(d->self, i));
}

uint64_t lab_hash(const struct lab *lab)
{
    uint64_t now_us = lab_now_us(lab), h = 0;
    const struct driver *d = lab->driver;
    for (int k = 0; k < KNOBS; k++)
        h = rng_mix(h ^ lab->state.knobs.value[k]) + 1;
    for (int k = 0; k < COSTS; k++)
        h = rng_mix(h ^ lab->state.costs[k]) + 1;
    h = rng_mix(h ^ sftp_hash(&lab->state.sftp, lab->base->content));
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct lab_sweep *w = &lab->state.sweeps[c];
        h = rng_mix(h ^ cluster_hash(&lab->state.clusters[c], now_us)) + c;
        h = rng_mix(h ^ (w->at_us == 0 ? 0 : (uint64_t)w->next + 1));
        for (uint32_t n = 0; n < lab->state.clusters[c].node_count; n++)
            h = link_hash(h, d->node_link_of(d->self, c << 8 | n));
    }
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        struct phone_env env = lab_env_of(lab, i);
        h = rng_mix(h ^ hash_of_phone(lab, i, &env));
    }
    return h;
}
