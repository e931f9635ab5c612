#include "sim/predict/group.h"

#include "sim/base/sys.h"

#include <string.h>

static uint64_t future_of(const struct lab *lab, uint32_t phone)
{
    struct phone_env env = lab_phone_env(lab);
    uint64_t h =
        rng_mix(phone_hash(&lab->state.phones[phone], &env) ^ lab->state.phones[phone].lost);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        const struct device_class *class = config_class_of(cl, phone);
        uint64_t index = class == NULL ? 0 : (uint64_t)(class - cl->db.classes) + 1;
        h = rng_mix(h ^ (index << 8 | c));
    }
    return h;
}

static uint32_t group_for(struct phone_groups *g, struct table *index, const struct lab *lab,
                          uint32_t phone, uint8_t lost)
{
    bool off = lab->state.phones[phone].state == PHONE_OFF;
    uint64_t key = rng_mix(future_of(lab, phone) ^ ((uint64_t)lost << 1 | off)) | 1;
    uint32_t *found = table_get(index, key);
    if (found != NULL)
        return *found;
    mem_reserve(&sys_mem, (void **)&g->list, &g->cap, (size_t)g->count + 1, sizeof *g->list);
    g->list[g->count] = (struct phone_group){ .phone = phone, .lost = lost };
    table_put(index, key, g->count);
    return g->count++;
}

void groups_find(struct lab *lab,
                 bool (*asked)(void *ctx, const struct lab *lab, uint32_t phone, uint8_t *lost),
                 void *ctx, struct phone_groups *out)
{
    struct table index = table_of(&sys_mem);
    *out = (struct phone_groups){ .phones = lab->state.phone_count };
    out->of = mem_take(&sys_mem, ((size_t)out->phones + 1) * sizeof *out->of);
    for (uint32_t i = 0; i < out->phones; i++) {
        uint8_t lost = 0;
        bool belongs = asked(ctx, lab, i, &lost);
        out->of[i] = belongs ? group_for(out, &index, lab, i, lost) + 1 : 0;
        if (belongs)
            out->list[out->of[i] - 1].phones++;
    }
    table_free(&index);
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
