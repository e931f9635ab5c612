#include "sim/predict/spare.h"

#include "sim/base/sys.h"
#include "sim/predict/proof.h"
#include "sim/predict/try.h"

#include <string.h>

#define SOON_US 500 /* how long somebody waits who is to try at once */

/* ---- attempts that fall into a gap ---- */

/* When something that was begun on a node next ends; UINT64_MAX: nothing was. */
static uint64_t next_ready_us(const struct lab *lab)
{
    uint64_t us = UINT64_MAX;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        FOR_EACH_NODE(&lab->state.clusters[c], n)
        {
            uint64_t at_us = services_deadline_us(&lab->state.clusters[c], n);
            us = at_us != 0 && at_us < us ? at_us : us;
        }
    }
    return us;
}

static void all_try(struct lab *lab, uint64_t wait_us)
{
    lab_set_knob(lab, KNOB_RETRY_US, wait_us);
    lab_set_knob(lab, KNOB_RETRY_MAX_US, wait_us);
}

/* Whoever is not registered begins an attempt shortly before each service answers again, and so
 * finds a part of them: a CallManager that answers when the file was not to be had registers a
 * phone with its old lists, and it does not ask again. */
static void try_in_gaps(struct lab *lab, uint64_t before_us)
{
    uint64_t ready_us;
    while ((ready_us = next_ready_us(lab)) != UINT64_MAX) {
        if (ready_us > lab_now_us(lab) + before_us)
            lab_run_until(lab, ready_us - before_us);
        all_try(lab, SOON_US);
        lab_run_until(lab, ready_us);
    }
}

/* ---- without resets ---- */

/* What these phones lack behind the way with its resets, with which doing without is compared. */
static void with_resets(struct lab *lab, const struct way *w, struct band *b)
{
    struct lab *trial = try_as_they_stand(lab, b->phones, b->count);
    uint32_t *all = band_everybody(b);
    for (uint32_t i = 0; i < w->count; i++) {
        try_act(trial, &w->acts[i], all, b->count);
        try_quiet(trial);
        try_boots(trial, b->had, b->then, NULL);
    }
    mem_free(&sys_mem, all);
    lab_free(trial);
}

/* What comes back is back, and nothing is lost meanwhile that resets would leave. */
static bool does_alone(struct lab *lab, const struct way *w, const struct band *b,
                       uint64_t before_us)
{
    struct lab *trial = try_as_they_stand(lab, b->phones, b->count);
    uint32_t *all = band_everybody(b);
    uint8_t *lost = mem_take(&sys_mem, b->count);
    bool back = true;
    if (before_us != 0)
        all_try(trial, SOON_US);
    for (uint32_t i = 0; i < w->count; i++) {
        try_act(trial, &w->acts[i], all, b->count);
        if (before_us != 0)
            try_in_gaps(trial, before_us);
        try_quiet(trial);
    }
    try_press(trial, b->had, lost);
    for (uint32_t i = 0; i < b->count; i++)
        back = back && (lost[i] & (b->to_come[i] | (uint8_t) ~(b->had[i] | b->then[i]))) == 0;
    mem_free(&sys_mem, lost);
    mem_free(&sys_mem, all);
    lab_free(trial);
    return back;
}

/* Each at its own time, and at the worst ones: an attempt lasts a few milliseconds where all
 * answer, and a minute where a server that is gone is asked for each file. */
static bool does_always_alone(struct lab *lab, const struct way *w, struct band *b)
{
    static const uint64_t before_us[] = { 0, 2000, 10000, 100000, 1000000, 10000000 };
    with_resets(lab, w, b);
    for (size_t i = 0; i < sizeof before_us / sizeof before_us[0]; i++) {
        if (!does_alone(lab, w, b, before_us[i]))
            return false;
    }
    return true;
}

void spare_resets(struct lab *lab, struct remedies *r)
{
    struct band b = band_new(r->groups.count);
    for (uint16_t i = 0; i < r->count; i++) {
        struct way *w = &r->ways[i];
        if (w->kind != WAY_ACTS)
            continue;
        band_of(r, i, &b);
        w->alone = b.count > 0 && does_always_alone(lab, w, &b);
    }
    band_free(&b);
}
