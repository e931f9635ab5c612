#include "sim/predict/remedy.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ull
#define TRY_US (24ull * 3600 * SECOND) /* a trial that is not quiet by then has not helped */

/* ---- acts ---- */

#define CANDIDATES 512 /* more than every service of every node */

static uint32_t settle(struct lab *lab)
{
    return lab_settle(lab, lab_now_us(lab) + TRY_US).idle_retries;
}

/* The services behind an act, restarted where they run. */
static void restart(struct lab *lab, uint32_t cluster, uint32_t services)
{
    for (uint32_t s = 0; s < SERVICES; s++) {
        FOR_EACH_NODE(&lab->state.clusters[cluster], n)
        {
            struct act act = { .kind = DO_RESTART, .node = (uint8_t)n, .arg = { s } };
            if ((services & SERVICE_BIT(s)) != 0 &&
                lab->state.clusters[cluster].nodes[n].run.services[s].state != SERVICE_STOPPED)
                lab_do(lab, cluster, &act, NULL);
        }
    }
}

static bool can_help(const struct lab *lab, enum act_kind kind, uint32_t cluster)
{
    return act_candidates(&lab->state.clusters[cluster], kind, NULL, 0) > 0;
}

static void do_act(struct lab *lab, const struct way_act *a)
{
    enum act_kind kind = (enum act_kind)a->act.kind;
    struct act acts[CANDIDATES];
    uint32_t n = act_candidates(&lab->state.clusters[a->cluster], kind, acts, CANDIDATES);
    CHECK(n <= CANDIDATES);
    for (uint32_t i = 0; i < n; i++)
        lab_do(lab, a->cluster, &acts[i], NULL);
    if (n > 0)
        restart(lab, a->cluster, act_table[kind].remedy.then);
    settle(lab);
}

/* ---- trying ---- */

static void for_all(struct lab *trial, void (*act)(struct lab *, uint32_t, uint64_t))
{
    for (uint32_t i = 0; i < trial->state.phone_count; i++)
        act(trial, i, lab_now_us(trial));
    settle(trial);
}

static void power_off(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_power(lab, phone, false, at_us);
}

static void power_on(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_power(lab, phone, true, at_us);
}

static uint16_t keep_way(struct remedies *r, const struct way *w)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (way_same(&r->ways[i], w))
            return (uint16_t)i;
    }
    mem_reserve(&sys_mem, (void **)&r->ways, &r->cap, (size_t)r->count + 1, sizeof *r->ways);
    r->ways[r->count] = *w;
    return (uint16_t)r->count++;
}

/* One way for all groups that have none yet: they do not touch each other. */
static void try_way(struct lab *lab, struct remedies *r, const struct way *w)
{
    struct phone_groups *groups = &r->groups;
    uint32_t *open = mem_take(&sys_mem, ((size_t)groups->count + 1) * sizeof *open);
    uint32_t *phones = mem_take(&sys_mem, ((size_t)groups->count + 1) * sizeof *phones);
    uint32_t n = 0;
    for (uint32_t g = 0; g < groups->count; g++) {
        if (groups->list[g].answer != WAY_UNKNOWN)
            continue;
        open[n] = g;
        phones[n++] = groups->list[g].phone;
    }
    if (n > 0) {
        struct lab *trial = lab_trial(lab, phones, n);
        for_all(trial, power_off);
        for (uint32_t i = 0; i < w->count; i++)
            do_act(trial, &w->acts[i]);
        for_all(trial, power_on);
        if (w->kind == WAY_HANDS)
            for_all(trial, lab_erase);
        for (uint32_t i = 0; i < n; i++) {
            if ((groups->list[open[i]].lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0)
                lab_press(trial, i, KEY_DIRECTORIES, lab_now_us(trial));
        }
        settle(trial);
        for (uint32_t i = 0; i < n; i++) {
            if (trial->state.phones[i].lost != 0 || !phone_is_registered(&trial->state.phones[i]))
                continue;
            struct way_found *found = &r->found[open[i]];
            groups->list[open[i]].answer = w->kind;
            found->all = keep_way(r, w);
            for (int f = 0; f < FUNCTIONS; f++)
                found->of[f] = found->all;
        }
        lab_free(trial);
    }
    mem_free(&sys_mem, open);
    mem_free(&sys_mem, phones);
}

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

static bool lost_something(void *ctx, const struct lab *lab, uint32_t phone, uint8_t *lost)
{
    (void)lab;
    *lost = ((const uint8_t *)ctx)[phone];
    return *lost != 0;
}

static void add_act(const struct lab *lab, struct way *w, enum act_kind kind, uint32_t cluster)
{
    if (can_help(lab, kind, cluster))
        w->acts[w->count++] =
            (struct way_act){ .act = { .kind = (uint8_t)kind },
                              .cluster = (uint8_t)cluster,
                              .width = act_table[kind].scope == ON_NODE ? WIDTH_ALL : WIDTH_ONE };
}

void remedies_find(struct lab *lab, const uint8_t *lost, struct remedies *out)
{
    static const uint8_t order[] = { DO_START, DO_RESTART, DO_ITL_RESET_LOCALKEY, DO_CTL_UPDATE };
    *out = (struct remedies){ .bound = { .longest = 2 } };
    groups_find(lab, lost_something, (void *)(uintptr_t)lost, &out->groups);
    out->found = mem_take(&sys_mem, ((size_t)out->groups.count + 1) * sizeof *out->found);
    keep_way(out, &(struct way){ .kind = WAY_NONE });
    uint16_t unknown = keep_way(out, &(struct way){ .kind = WAY_UNKNOWN });
    for (uint32_t g = 0; g < out->groups.count; g++) {
        out->groups.list[g].answer = WAY_UNKNOWN;
        out->found[g] = (struct way_found){ unknown, { unknown, unknown, unknown, unknown } };
    }
    try_way(lab, out, &(struct way){ .kind = WAY_BOOT });
    for (size_t k = 0; k < sizeof order; k++) {
        for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
            struct way w = { .kind = WAY_ACTS };
            if (k > 0)
                add_act(lab, &w, DO_START, c);
            uint32_t before = w.count;
            add_act(lab, &w, (enum act_kind)order[k], c);
            if (w.count > before)
                try_way(lab, out, &w);
        }
    }
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        struct way w = { .kind = WAY_HANDS };
        try_way(lab, out, &w);
        add_act(lab, &w, DO_START, c);
        add_act(lab, &w, DO_RESTART, c);
        try_way(lab, out, &w);
    }
    sort_ways(out);
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

uint32_t remedies_phones(const struct remedies *r, enum way_kind kind)
{
    uint32_t n = 0;
    for (uint32_t g = 0; g < r->groups.count; g++)
        n += r->ways[r->found[g].all].kind == kind ? r->groups.list[g].phones : 0;
    return n;
}
