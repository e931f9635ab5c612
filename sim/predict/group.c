#include "sim/predict/group.h"

#include "sim/base/sys.h"

#include <string.h>

/* Of what a configuration and a row of the database say, all that makes a difference: names of
 * pools and groups make none, but for groups without a CallManager.  Worked out once each. */
struct futures {
    struct table configs, classes; /* to an index into hashes */
    uint64_t *hashes;
    uint32_t count, cap;
    uint64_t now_us;
    bool whenever; /* orders of CAPF count by what is left of them: the same in another lab */
};

static uint64_t keep(struct futures *f, struct table *t, uint64_t key, uint64_t hash)
{
    mem_reserve(&sys_mem, (void **)&f->hashes, &f->cap, (size_t)f->count + 1, sizeof *f->hashes);
    f->hashes[f->count] = hash;
    table_put(t, key, f->count++);
    return hash;
}

static uint64_t config_future(struct futures *f, const struct content *c, uint32_t config)
{
    uint64_t key = rng_mix((uint64_t)config + 1) | 1;
    const uint32_t *known = table_get(&f->configs, key);
    if (config == 0)
        return 0;
    if (known != NULL)
        return f->hashes[*known];
    struct cnf cnf = *content_get_cnf(c, config);
    memset(cnf.device_pool, 0, sizeof cnf.device_pool);
    memset(cnf.group, 0, sizeof cnf.group);
    cnf.version_stamp = 0;
    return keep(f, &f->configs, key, rng_hash(1, view_of(&cnf, sizeof cnf)));
}

static uint64_t class_future(struct futures *f, const struct cluster *cl, uint32_t phone)
{
    const struct device_class *k = config_class_of(cl, phone);
    if (k == NULL)
        return 0;
    uint64_t key = rng_mix((uint64_t)(k - cl->db.classes) << 8 | cl->number) | 1;
    const uint32_t *known = table_get(&f->classes, key);
    if (known != NULL)
        return f->hashes[*known];
    const struct group *g = &cl->db.groups[cl->db.pools[k->pool].group];
    uint64_t h = rng_hash(cl->number, view_of(g->members, g->count));
    h = rng_mix(h ^ g->count) ^
        (f->whenever ? config_row_hash_at(cl, k, f->now_us) : config_row_hash(cl, k));
    if (!config_has_callmanager(cl, g)) /* somebody has to give it one, by its name */
        h = rng_mix(h ^ ((uint64_t)(g - cl->db.groups) + 1));
    return keep(f, &f->classes, key, h);
}

/* How far one has come that is on its way: what it will be depends on when it asked whom. */
static uint64_t under_way(const struct phone *p)
{
    if (p->state == PHONE_OFF || p->state == PHONE_REGISTERED || p->idle)
        return 0;
    uint64_t h = rng_mix((uint64_t)p->state << 8 | p->fetching);
    h = rng_mix(h ^ ((uint64_t)p->boot << 24 | (uint64_t)p->tftp << 16 | p->server << 8));
    return rng_mix(h ^ ((uint64_t)p->capf << 16 | (uint64_t)p->fails << 8 | p->purpose));
}

/* What decides a phone's future: what it holds, its model and place, its access link, its row in
 * each database, what it has lost. */
static uint64_t future_of(struct futures *f, const struct lab *lab, uint32_t phone)
{
    struct phone_env env = lab_env_of(lab, phone);
    const struct driver *d = lab->driver;
    struct link link = d->phone_link_of(d->self, phone);
    struct phone p = lab->state.phones[phone];
    /* Which key found that services are lost is pressed again. */
    uint64_t key = (p.lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0 ? phone_page(&p) : 0;
    uint64_t h = rng_mix(config_future(f, lab->base->content, p.config) + (key << 8 | p.lost));
    p.config = 0;
    h = rng_mix(h ^ under_way(&p));
    h = rng_mix(h ^ phone_hash(&p, &env) ^ lab_beside_hash(lab, phone));
    h = rng_mix(h ^ (link.delay_us << 1 | link.down));
    h = rng_mix(h ^ ((uint64_t)link.mtu << 32 | lab_site_of(lab, phone)));
    h = rng_mix(h ^ ((uint64_t)link.rate << 32 | (uint32_t)link.jitter_us));
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        h = rng_mix(h ^ class_future(f, &lab->state.clusters[c], phone));
    return h;
}

static struct futures futures_of(const struct lab *lab, bool whenever)
{
    return (struct futures){ .configs = table_of(&sys_mem),
                             .classes = table_of(&sys_mem),
                             .now_us = lab_now_us(lab),
                             .whenever = whenever };
}

static void futures_free(struct futures *f)
{
    table_free(&f->configs);
    table_free(&f->classes);
    mem_free(&sys_mem, f->hashes);
}

static uint64_t key_of(struct futures *f, const struct lab *lab, uint32_t phone, uint16_t lost)
{
    bool off = lab->state.phones[phone].state == PHONE_OFF;
    return rng_mix(future_of(f, lab, phone) ^ ((uint64_t)lost << 1 | off)) | 1;
}

static uint32_t group_for(struct phone_groups *g, struct table *index, struct futures *f,
                          const struct lab *lab, uint32_t phone, uint16_t lost)
{
    uint64_t key = key_of(f, lab, phone, lost);
    uint32_t *found = table_get(index, key);
    if (found != NULL)
        return *found;
    mem_reserve(&sys_mem, (void **)&g->list, &g->cap, (size_t)g->count + 1, sizeof *g->list);
    g->list[g->count] = (struct phone_group){ .phone = phone, .lost = lost };
    table_put(index, key, g->count);
    return g->count++;
}

void groups_find(struct lab *lab,
                 bool (*asked)(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost),
                 void *ctx, struct phone_groups *out)
{
    struct table index = table_of(&sys_mem);
    struct futures f = futures_of(lab, false);
    *out = (struct phone_groups){ .phones = lab->state.phone_count };
    out->of = mem_take(&sys_mem, ((size_t)out->phones + 1) * sizeof *out->of);
    for (uint32_t i = 0; i < out->phones; i++) {
        uint16_t lost = 0;
        bool belongs = asked(ctx, lab, i, &lost);
        out->of[i] = belongs ? group_for(out, &index, &f, lab, i, lost) + 1 : 0;
        if (belongs)
            out->list[out->of[i] - 1].phones++;
    }
    table_free(&index);
    futures_free(&f);
}

uint64_t *groups_futures(const struct lab *lab, const struct phone_groups *g)
{
    uint64_t *keys = mem_take(&sys_mem, ((size_t)g->count + 1) * sizeof *keys);
    struct futures f = futures_of(lab, true);
    for (uint32_t i = 0; i < g->count; i++)
        keys[i] = key_of(&f, lab, g->list[i].phone, g->list[i].lost);
    futures_free(&f);
    return keys;
}

void groups_free(struct phone_groups *g)
{
    mem_free(&sys_mem, g->list);
    mem_free(&sys_mem, g->of);
    memset(g, 0, sizeof *g);
}

const struct phone_group *group_of(const struct phone_groups *g, uint32_t phone)
{
    return phone >= g->phones || g->of[phone] == 0 ? NULL : &g->list[g->of[phone] - 1];
}

struct lab *groups_trial(struct lab *lab, const struct phone_groups *g)
{
    uint32_t *phones = mem_take(&sys_mem, g->count * sizeof *phones);
    for (uint32_t i = 0; i < g->count; i++)
        phones[i] = g->list[i].phone;
    struct lab *trial = lab_trial(lab, phones, g->count);
    mem_free(&sys_mem, phones);
    return trial;
}
