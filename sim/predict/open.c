#include "sim/predict/open.h"

#include "sim/base/sys.h"
#include "sim/predict/proof.h"
#include "sim/predict/try.h"

/* Functions of a group that go this way of their own, where everything goes that other one. */
static uint8_t own_of(const struct remedies *r, uint32_t group, uint16_t own, uint16_t all)
{
    const struct way_found *found = &r->found[group];
    uint8_t functions = 0;
    for (int f = 0; f < FUNCTIONS && found->all == all && own != all; f++) {
        if ((r->groups.list[group].lost & FSM_BIT(f)) != 0 && found->of[f] == own)
            functions |= (uint8_t)FSM_BIT(f);
    }
    return functions;
}

static void whose(const struct remedies *r, uint16_t own, uint16_t all, struct band *b)
{
    b->count = 0;
    for (uint32_t g = 0; g < r->groups.count; g++) {
        const struct phone_group *group = &r->groups.list[g];
        if (own_of(r, g, own, all) != 0)
            band_add(b, group->phone, group->lost, group->lost);
    }
}

static void go(struct lab *trial, const struct way *w, const uint32_t *phones, struct band *b)
{
    for (uint32_t i = 0; i < w->count; i++) {
        try_act(trial, &w->acts[i], phones, b->count);
        try_quiet(trial);
        try_boots(trial, b->had, b->then, NULL);
    }
    if (w->kind == WAY_HANDS)
        try_hands(trial, phones, b->count);
    if (w->kind != WAY_ACTS)
        try_boots(trial, b->had, b->then, NULL);
}

/* First the one, then the other, by the same phones: `then` of the band is what they lack. */
static void go_both(struct lab *lab, const struct way *own, const struct way *all, struct band *b)
{
    struct lab *trial = try_as_they_stand(lab, b->phones, b->count);
    uint32_t *phones = mem_take(&sys_mem, b->count * sizeof *phones);
    for (uint32_t i = 0; i < b->count; i++)
        phones[i] = i;
    go(trial, own, phones, b);
    go(trial, all, phones, b);
    mem_free(&sys_mem, phones);
    lab_free(trial);
}

/* Of everybody whose two ways these are: the band is in the order of the groups. */
static void judge(struct remedies *r, uint16_t own, uint16_t all, const struct band *b)
{
    uint32_t k = 0;
    for (uint32_t g = 0; g < r->groups.count; g++) {
        uint8_t functions = own_of(r, g, own, all);
        if (functions == 0 || b->then[k++] == 0)
            continue;
        for (int f = 0; f < FUNCTIONS; f++) {
            if ((functions & FSM_BIT(f)) != 0)
                r->found[g].of[f] = all;
        }
    }
}

static bool brings_back(const struct way *w)
{
    return w->kind != WAY_NONE && w->kind != WAY_UNKNOWN;
}

void open_ways(struct lab *lab, struct remedies *r)
{
    struct band b = band_new(r->groups.count);
    for (uint16_t own = 0; own < r->count; own++) {
        for (uint16_t all = 0; all < r->count; all++) {
            if (!brings_back(&r->ways[own]) || !brings_back(&r->ways[all]))
                continue;
            whose(r, own, all, &b);
            if (b.count == 0)
                continue;
            go_both(lab, &r->ways[own], &r->ways[all], &b);
            judge(r, own, all, &b);
        }
    }
    band_free(&b);
}
