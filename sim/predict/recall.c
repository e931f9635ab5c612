#include "sim/predict/recall.h"

#include "sim/base/sys.h"

struct recall {
    struct table at; /* index into ways, by what decides the answer */
    struct way *ways;
    uint32_t count, cap;
    bool closed;
};

struct recall *recall_new(void)
{
    struct recall *r = mem_take(&sys_mem, sizeof *r);
    *r = (struct recall){ .at = table_of(&sys_mem) };
    return r;
}

void recall_free(struct recall *r)
{
    if (r == NULL)
        return;
    table_free(&r->at);
    mem_free(&sys_mem, r->ways);
    mem_free(&sys_mem, r);
}

void recall_close(struct recall *r)
{
    r->closed = true;
}

/* What phones see of a cluster, with the network of its nodes. */
static uint64_t servers(const struct lab *lab, uint32_t cluster)
{
    const struct driver *d = lab->driver;
    uint64_t h = cluster_servers_hash(&lab->state.clusters[cluster], lab_now_us(lab));
    FOR_EACH_NODE(&lab->state.clusters[cluster], n)
    {
        struct link link = d->node_link_of(d->self, cluster << 8 | n);
        h = rng_mix(h ^ ((uint64_t)link.mtu << 32 | n << 1 | link_is_cut(&link)));
        h = rng_mix(h ^ link.delay_us) + link.rate;
    }
    return h;
}

/* What all groups share: the clusters, where phones look for their files, what is assumed. */
static uint64_t shared_by_all(const struct lab *lab, struct remedies_wish wish)
{
    uint64_t h = rng_mix(wish.longest);
    for (int k = 0; k < KNOBS; k++)
        h = rng_mix(h ^ lab->state.knobs.value[k]) + 1;
    for (int k = 0; k < COSTS; k++)
        h = rng_mix(h ^ lab->state.costs[k]) + 1;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        h = rng_mix(h ^ servers(lab, c)) + c;
    for (uint32_t i = 0; i < lab->state.dhcp_count; i++)
        h = rng_mix(h ^ ((uint64_t)lab->state.dhcp[i].tftp[0] << 32 | lab->state.dhcp[i].tftp[1]));
    return h;
}

/* By what each group's answer is kept: its future, which has what it lost, what is not asked for,
 * and what all share.  mem_free() it. */
static uint64_t *keys_of(const struct lab *lab, struct remedies_wish wish, const struct remedies *r)
{
    uint64_t shared = shared_by_all(lab, wish), *keys = groups_futures(lab, &r->groups);
    for (uint32_t g = 0; g < r->groups.count; g++)
        keys[g] = rng_mix(keys[g] ^ rng_mix(shared + r->groups.list[g].without)) | 1;
    return keys;
}

void recall_find(struct lab *lab, struct remedies_wish wish, struct remedies *r,
                 uint16_t (*keep)(struct remedies *r, const struct way *w))
{
    const struct recall *known = lab->base->options.recall;
    if (known == NULL || !wish.kinds || r->groups.count == 0)
        return;
    uint64_t *keys = keys_of(lab, wish, r);
    for (uint32_t g = 0; g < r->groups.count; g++) {
        const uint32_t *at = table_get(&known->at, keys[g]);
        if (at != NULL)
            r->found[g].all = keep(r, &known->ways[*at]);
    }
    mem_free(&sys_mem, keys);
}

void recall_put(struct lab *lab, struct remedies_wish wish, const struct remedies *r)
{
    struct recall *known = lab->base->options.recall;
    if (known == NULL || known->closed || !wish.kinds || !r->bound.whole || r->groups.count == 0)
        return;
    uint64_t *keys = keys_of(lab, wish, r);
    for (uint32_t g = 0; g < r->groups.count; g++) {
        if (table_get(&known->at, keys[g]) != NULL)
            continue;
        mem_reserve(&sys_mem, (void **)&known->ways, &known->cap, (size_t)known->count + 1,
                    sizeof *known->ways);
        known->ways[known->count] = r->ways[r->found[g].all];
        table_put(&known->at, keys[g], known->count++);
    }
    mem_free(&sys_mem, keys);
}
