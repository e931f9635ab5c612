#include "sim/predict/proof.h"

#include "sim/base/sys.h"
#include "sim/predict/try.h"

#include <string.h>

/* ---- the fleet ---- */

struct asked {
    const uint8_t *lost;
    bool everybody;
};

static bool belongs(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost)
{
    const struct asked *a = ctx;
    (void)lab;
    *lost = a->lost[phone];
    return a->everybody || *lost != 0;
}

void proof_begin(struct proof *p, struct lab *lab, const uint8_t *lost, bool everybody)
{
    struct asked asked = { lost, everybody };
    groups_find(lab, belongs, &asked, &p->fleet);
    uint32_t n = p->fleet.count;
    uint32_t *phones = mem_take(&sys_mem, n * sizeof *phones);
    p->had = mem_take(&sys_mem, n);
    p->boots_alone = mem_take(&sys_mem, n);
    p->is_for = mem_take(&sys_mem, n * sizeof *p->is_for);
    for (uint32_t i = 0; i < n; i++) {
        phones[i] = p->fleet.list[i].phone;
        p->had[i] = p->fleet.list[i].lost;
    }
    p->lab = try_as_they_stand(lab, phones, n);
    mem_free(&sys_mem, phones);
    struct lab *trial = lab_fork(p->lab);
    try_boots(trial, p->had, p->boots_alone, NULL);
    lab_free(trial);
}

void proof_end(struct proof *p)
{
    lab_free(p->lab);
    groups_free(&p->fleet);
    mem_free(&sys_mem, p->had);
    mem_free(&sys_mem, p->boots_alone);
    mem_free(&sys_mem, p->is_for);
    *p = (struct proof){ 0 };
}

/* ---- whom a way is for ---- */

struct band band_new(uint32_t most)
{
    size_t n = (size_t)most + 1;
    struct band b = { .phones = mem_take(&sys_mem, n * sizeof *b.phones),
                      .had = mem_take(&sys_mem, n),
                      .to_come = mem_take(&sys_mem, n),
                      .then = mem_take(&sys_mem, n),
                      .boots = mem_take(&sys_mem, n * sizeof *b.boots) };
    return b;
}

void band_free(struct band *b)
{
    mem_free(&sys_mem, b->phones);
    mem_free(&sys_mem, b->had);
    mem_free(&sys_mem, b->to_come);
    mem_free(&sys_mem, b->then);
    mem_free(&sys_mem, b->boots);
    *b = (struct band){ 0 };
}

void band_add(struct band *b, uint32_t phone, uint8_t had, uint8_t to_come)
{
    b->phones[b->count] = phone;
    b->had[b->count] = had;
    b->to_come[b->count++] = to_come;
}

uint32_t *band_everybody(const struct band *b)
{
    uint32_t *all = mem_take(&sys_mem, b->count * sizeof *all);
    for (uint32_t i = 0; i < b->count; i++)
        all[i] = i;
    return all;
}

void band_of(const struct remedies *r, uint16_t way, struct band *b)
{
    b->count = 0;
    for (uint32_t g = 0; g < r->groups.count; g++) {
        const struct way_found *found = &r->found[g];
        uint8_t had = r->groups.list[g].lost, to_come = found->all == way ? had : 0;
        for (int f = 0; f < FUNCTIONS; f++) {
            if (found->of[f] == way)
                to_come |= had & (uint8_t)FSM_BIT(f);
        }
        if (to_come != 0)
            band_add(b, r->groups.list[g].phone, had, to_come);
    }
}

/* ---- doing it ---- */

struct doing {
    struct lab *trial;
    uint32_t *whom;       /* phones of the trial, in the order of the band */
    uint8_t *lost, *took; /* by phone of the trial */
};

static void boot(struct proof *p, struct doing *d, struct band *b, uint32_t place)
{
    try_boots(d->trial, p->had, d->lost, d->took);
    for (uint32_t k = 0; k < b->count; k++)
        b->boots[k][place] = d->took[d->whom[k]];
}

static void do_way(struct proof *p, const struct way *w, struct doing *d, struct band *b)
{
    memcpy(d->lost, p->boots_alone, p->fleet.count);
    for (uint32_t i = 0; i < w->count; i++) {
        try_act(d->trial, &w->acts[i], d->whom, b->count);
        try_quiet(d->trial);
        boot(p, d, b, i);
    }
    if (w->kind != WAY_HANDS)
        return;
    try_hands(d->trial, d->whom, b->count);
    boot(p, d, b, WAY_LONGEST);
}

struct way_harm proof_of(struct proof *p, const struct way *w, struct band *b)
{
    uint32_t n = p->fleet.count;
    struct doing d = { .trial = lab_fork(p->lab),
                       .whom = mem_take(&sys_mem, ((size_t)b->count + 1) * sizeof *d.whom),
                       .lost = mem_take(&sys_mem, n),
                       .took = mem_take(&sys_mem, n) };
    struct way_harm harm = { 0, 0 };
    memset(p->is_for, 0, n * sizeof *p->is_for);
    for (uint32_t k = 0; k < b->count; k++) {
        d.whom[k] = p->fleet.of[b->phones[k]] - 1;
        p->is_for[d.whom[k]] = true;
    }
    do_way(p, w, &d, b);
    for (uint32_t k = 0; k < b->count; k++)
        b->then[k] = d.lost[d.whom[k]];
    for (uint32_t i = 0; i < n; i++) {
        uint8_t costs = p->is_for[i] ? 0 : way_costs(d.lost[i], p->boots_alone[i]);
        harm.phones += costs != 0 ? p->fleet.list[i].phones : 0;
        harm.functions |= costs;
    }
    lab_free(d.trial);
    mem_free(&sys_mem, d.whom);
    mem_free(&sys_mem, d.lost);
    mem_free(&sys_mem, d.took);
    return harm;
}
