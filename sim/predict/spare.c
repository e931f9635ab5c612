#include "sim/predict/spare.h"

#include "sim/base/sys.h"
#include "sim/predict/try.h"

#include <string.h>

/* The phones that are told to go one way. */
struct band {
    uint32_t *phones;       /* one of each group, by number in the lab */
    uint8_t *had, *to_come; /* FSM_BIT of each function that it lost, and that is to come back */
    uint32_t count;
};

static void band_of(const struct remedies *r, uint16_t way, struct band *b)
{
    b->count = 0;
    for (uint32_t g = 0; g < r->groups.count; g++) {
        const struct way_found *found = &r->found[g];
        uint8_t had = r->groups.list[g].lost, to_come = found->all == way ? had : 0;
        for (int f = 0; f < FUNCTIONS; f++) {
            if (found->of[f] == way)
                to_come |= had & (uint8_t)FSM_BIT(f);
        }
        if (to_come == 0)
            continue;
        b->phones[b->count] = r->groups.list[g].phone;
        b->had[b->count] = had;
        b->to_come[b->count++] = to_come;
    }
}

/* Everything is back, and nothing else is lost meanwhile. */
static bool does_alone(struct lab *lab, const struct way *w, const struct band *b)
{
    struct lab *trial = lab_trial(lab, b->phones, b->count);
    uint32_t *all = mem_take(&sys_mem, b->count * sizeof *all);
    uint8_t *lost = mem_take(&sys_mem, b->count);
    bool back = true;
    for (uint32_t i = 0; i < b->count; i++)
        all[i] = i;
    for (uint32_t i = 0; i < w->count; i++) {
        try_act(trial, &w->acts[i], all, b->count);
        try_quiet(trial);
    }
    try_press(trial, b->had, lost);
    for (uint32_t i = 0; i < b->count; i++)
        back = back && (lost[i] & (b->to_come[i] | (uint8_t)~b->had[i])) == 0;
    mem_free(&sys_mem, lost);
    mem_free(&sys_mem, all);
    lab_free(trial);
    return back;
}

void spare_resets(struct lab *lab, struct remedies *r)
{
    size_t most = (size_t)r->groups.count + 1;
    struct band b = { .phones = mem_take(&sys_mem, most * sizeof *b.phones),
                      .had = mem_take(&sys_mem, most),
                      .to_come = mem_take(&sys_mem, most) };
    for (uint16_t i = 0; i < r->count; i++) {
        struct way *w = &r->ways[i];
        if (w->kind != WAY_ACTS)
            continue;
        band_of(r, i, &b);
        w->alone = b.count > 0 && does_alone(lab, w, &b);
    }
    mem_free(&sys_mem, b.to_come);
    mem_free(&sys_mem, b.had);
    mem_free(&sys_mem, b.phones);
}
