#include "sim/predict/reach.h"

#include "sim/base/sys.h"
#include "sim/predict/proof.h"
#include "sim/predict/try.h"

#include <string.h>

/* Of the phones of a band: who has to be booted, since it would not come back without. */
static void who_needs_boots(struct lab *lab, const struct way *w, const struct band *b,
                            const uint32_t *all, bool *needs)
{
    struct lab *trial = try_as_they_stand(lab, b->phones, b->count);
    uint8_t *lost = mem_take(&sys_mem, b->count);
    bool any = false;
    for (uint32_t i = 0; i < w->count; i++) {
        try_act(trial, &w->acts[i], all, b->count);
        try_quiet(trial);
    }
    try_press(trial, b->had, lost);
    for (uint32_t i = 0; i < b->count; i++) {
        needs[i] = (lost[i] & b->to_come[i]) != 0;
        any |= needs[i];
    }
    if (!any) /* it is a matter of the moment */
        memset(needs, true, b->count);
    mem_free(&sys_mem, lost);
    lab_free(trial);
}

static uint8_t reached(const struct lab *trial, const bool *needs)
{
    bool some = false, others = false;
    for (uint32_t i = 0; i < trial->state.phone_count; i++) {
        bool is = phone_is_registered(&trial->state.phones[i]);
        some |= needs[i] && is;
        others |= needs[i] && !is;
    }
    return !others ? REACHES_ALL : some ? REACHES_SOME : REACHES_NOBODY;
}

static void reach(struct lab *lab, struct way *w, struct band *b)
{
    uint32_t *all = band_everybody(b);
    bool *needs = mem_take(&sys_mem, b->count * sizeof *needs);
    who_needs_boots(lab, w, b, all, needs);
    struct lab *trial = try_as_they_stand(lab, b->phones, b->count);
    w->reach = reached(trial, needs);
    for (uint32_t i = 0; i < w->count; i++) {
        try_act(trial, &w->acts[i], all, b->count);
        try_quiet(trial);
        w->acts[i].reach = reached(trial, needs);
        try_boots(trial, b->had, b->then, NULL);
    }
    lab_free(trial);
    mem_free(&sys_mem, needs);
    mem_free(&sys_mem, all);
}

static bool has_boots(const struct way *w)
{
    return w->kind == WAY_BOOT || (w->kind == WAY_ACTS && !w->alone) ||
           (w->kind == WAY_HANDS && w->count > 0);
}

void reach_resets(struct lab *lab, struct remedies *r)
{
    struct band b = band_new(r->groups.count);
    for (uint16_t i = 0; i < r->count; i++) {
        b.count = 0;
        if (has_boots(&r->ways[i]))
            band_of(r, i, &b);
        if (b.count > 0)
            reach(lab, &r->ways[i], &b);
    }
    band_free(&b);
}
