#include "sim/predict/remedy.h"

#include "sim/base/sys.h"
#include "sim/predict/open.h"
#include "sim/predict/reach.h"
#include "sim/predict/search.h"
#include "sim/predict/spare.h"
#include "sim/predict/try.h"

#include <stdlib.h>
#include <string.h>

/* ---- order ---- */

static int by_worth(const void *a, const void *b)
{
    return way_compare(a, b);
}

static uint16_t place_of(const struct remedies *r, const struct way *w)
{
    uint16_t i = 0;
    while (!way_same(&r->ways[i], w))
        i++;
    return i;
}

/* From the best to the worst, and whoever points into them follows. */
static void sort_ways(struct remedies *r)
{
    struct way *before = mem_take(&sys_mem, r->count * sizeof *before);
    uint16_t *now = mem_take(&sys_mem, r->count * sizeof *now);
    memcpy(before, r->ways, r->count * sizeof *before);
    qsort(r->ways, r->count, sizeof *r->ways, by_worth);
    for (uint32_t i = 0; i < r->count; i++)
        now[i] = place_of(r, &before[i]);
    for (uint32_t g = 0; g < r->groups.count; g++) {
        struct way_found *found = &r->found[g];
        found->all = now[found->all];
        for (int f = 0; f < FUNCTIONS; f++)
            found->of[f] = now[found->of[f]];
    }
    mem_free(&sys_mem, before);
    mem_free(&sys_mem, now);
}

struct asked {
    const uint8_t *lost, *without;
};

static uint8_t without(const struct asked *a, uint32_t phone)
{
    return a->without == NULL ? 0 : a->without[phone];
}

static bool lost_something(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost)
{
    const struct asked *a = ctx;
    (void)lab;
    *lost = (uint16_t)(without(a, phone) << FUNCTIONS | a->lost[phone]);
    return a->lost[phone] != 0;
}

/* What nobody asks for tells phones apart, and is none of what they have lost. */
static void find_groups(struct lab *lab, const struct asked *a, struct phone_groups *out)
{
    groups_find(lab, lost_something, (void *)(uintptr_t)a, out);
    for (uint32_t g = 0; g < out->count; g++) {
        out->list[g].lost = a->lost[out->list[g].phone];
        out->list[g].without = without(a, out->list[g].phone);
    }
}

static bool any_lost(const struct lab *lab, const uint8_t *lost)
{
    uint8_t any = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        any |= lost[i];
    return any != 0;
}

/* What is under way ends first, for each phone as its own luck has it: who is alike then is alike.
 */
void remedies_search(struct lab *now, const uint8_t *lost, struct remedies_wish wish,
                     struct remedies *out)
{
    struct lab_mark mark = lab_mark(now);
    struct lab *lab = any_lost(now, lost) ? lab_fork(now) : now;
    struct asked asked = { lost, wish.without };
    *out = (struct remedies){ 0 };
    if (lab != now)
        try_quiet(lab);
    find_groups(lab, &asked, &out->groups);
    out->found = mem_take(&sys_mem, ((size_t)out->groups.count + 1) * sizeof *out->found);
    mem_reserve(&sys_mem, (void **)&out->ways, &out->cap, 1, sizeof *out->ways);
    out->ways[out->count++] = (struct way){ .kind = WAY_NONE };
    search_ways(lab, lost, wish, out);
    if (!wish.kinds) {
        open_ways(lab, out);
        spare_resets(lab, out);
        reach_resets(lab, out);
    }
    sort_ways(out);
    if (lab != now)
        lab_free(lab);
    lab_rewind(now, &mark);
}

void remedies_find(struct lab *lab, const uint8_t *lost, struct remedies *out)
{
    remedies_search(lab, lost, (struct remedies_wish){ .longest = WAY_LONGEST }, out);
}

void remedies_find_kinds(struct lab *lab, const uint8_t *lost, struct remedies *out)
{
    remedies_search(lab, lost, (struct remedies_wish){ .longest = WAY_LONGEST, .kinds = true },
                    out);
}

void remedies_free(struct remedies *r)
{
    groups_free(&r->groups);
    mem_free(&sys_mem, r->found);
    mem_free(&sys_mem, r->ways);
    memset(r, 0, sizeof *r);
}

/* ---- questions ---- */

static const struct way_found *found_for(const struct remedies *r, uint32_t phone)
{
    const struct phone_group *g = group_of(&r->groups, phone);
    return g == NULL ? NULL : &r->found[g - r->groups.list];
}

const struct way *remedies_of(const struct remedies *r, uint32_t phone)
{
    const struct way_found *found = found_for(r, phone);
    return &r->ways[found == NULL ? 0 : found->all];
}

const struct way *remedies_for(const struct remedies *r, uint32_t phone, enum phone_function f)
{
    const struct way_found *found = found_for(r, phone);
    return &r->ways[found == NULL ? 0 : found->of[f]];
}

enum way_kind remedies_worst(const struct remedies *r)
{
    enum way_kind worst = WAY_NONE;
    for (uint32_t g = 0; g < r->groups.count; g++) {
        enum way_kind kind = (enum way_kind)r->ways[r->found[g].all].kind;
        worst = kind > worst ? kind : worst;
    }
    return worst;
}

static uint32_t count_of(const struct remedies *r, enum way_kind kind, bool phones)
{
    uint32_t n = 0;
    for (uint32_t g = 0; g < r->groups.count; g++) {
        if (r->ways[r->found[g].all].kind == kind)
            n += phones ? r->groups.list[g].phones : 1;
    }
    return n;
}

uint32_t remedies_phones(const struct remedies *r, enum way_kind kind)
{
    return count_of(r, kind, true);
}

uint32_t remedies_groups(const struct remedies *r, enum way_kind kind)
{
    return count_of(r, kind, false);
}
