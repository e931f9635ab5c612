#include "sim/load/plan.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"

#include <math.h>

#define MOST (1ull << 40)

bool plan_add(struct plan *p, uint64_t length_us, uint64_t from_milli, uint64_t to_milli,
              struct err *e)
{
    if (p->phase_count == PLAN_PHASES)
        return err_set(e, "more than %d steps", PLAN_PHASES);
    /* thousandths a second times microseconds: 10^9 of them are a request */
    double wanted = ((double)from_milli + (double)to_milli) / 2 * (double)length_us / 1e9;
    if (wanted >= (double)MOST)
        return err_set(e, "more requests than anybody can wait for");
    struct plan_phase *f = &p->phases[p->phase_count++];
    *f = (struct plan_phase){ .begin_us = p->length_us,
                              .length_us = length_us,
                              .from_milli = from_milli,
                              .to_milli = to_milli,
                              .first = p->count,
                              .count = (uint64_t)(wanted + 0.5) };
    p->count += f->count;
    p->length_us += length_us;
    return p->count < MOST || err_set(e, "more requests than anybody can wait for");
}

bool plan_add_count(struct plan *p, uint64_t length_us, uint64_t count, struct err *e)
{
    uint64_t milli = (uint64_t)((double)count * 1e9 / (double)length_us);
    if (!plan_add(p, length_us, milli < 1 ? 1 : milli, milli < 1 ? 1 : milli, e))
        return false;
    struct plan_phase *f = &p->phases[p->phase_count - 1];
    p->count = p->count - f->count + count;
    f->count = count;
    return true;
}

uint32_t plan_phase_of(const struct plan *p, uint64_t arrival)
{
    uint32_t i = 0;
    CHECK(arrival < p->count);
    while (arrival >= p->phases[i].first + p->phases[i].count)
        i++;
    return i;
}

/* When `n` requests (a fraction counts) have come since the begin of a phase: the rate's integral
 * reaches n.  In us. */
static double instant(const struct plan_phase *f, double n)
{
    double length = (double)f->length_us, from = (double)f->from_milli * 1e-9;
    double slope = ((double)f->to_milli * 1e-9 - from) / length; /* requests a us, a us */
    if (n <= 0)
        return 0; /* also of a rate that begins at none: nothing over nothing */
    double t = n / from;
    if (f->from_milli != f->to_milli) {
        double root = from * from + 2 * slope * n;
        t = 2 * n / (from + sqrt(root > 0 ? root : 0)); /* stable for slopes of either sign */
    }
    return t < length ? t : length;
}

static uint64_t of_thread(uint64_t numbers, uint32_t threads, uint32_t thread)
{
    return numbers > thread ? (numbers - thread - 1) / threads + 1 : 0;
}

uint64_t plan_share(uint64_t arrivals, uint32_t phones, uint32_t threads, uint32_t thread)
{
    return arrivals / phones * of_thread(phones, threads, thread) +
           of_thread(arrivals % phones, threads, thread);
}

uint32_t plan_phase_at(const struct plan *p, uint64_t us)
{
    uint32_t i = 0;
    while (i < p->phase_count && us >= p->phases[i].begin_us + p->phases[i].length_us)
        i++;
    return i;
}

/* The place of an arrival in its group: the k-th smallest of as many draws as it has members. */
static double drawn(const struct plan *p, uint64_t group, uint64_t k, uint64_t members)
{
    double places[PLAN_GROUP] = { 0 };
    struct rng r = rng_of(p->seed, "arrivals", group);
    for (uint64_t i = 0; i < members; i++) {
        double x = (double)(rng_next(&r) >> 11) * 0x1p-53;
        uint64_t at = i;
        for (; at > 0 && places[at - 1] > x; at--)
            places[at] = places[at - 1];
        places[at] = x;
    }
    return places[k];
}

uint64_t plan_at_us(const struct plan *p, uint64_t arrival)
{
    const struct plan_phase *f = &p->phases[plan_phase_of(p, arrival)];
    uint64_t n = arrival - f->first, group = n / PLAN_GROUP;
    double place = (double)n;
    if (p->random) {
        uint64_t left = f->count - group * PLAN_GROUP;
        uint64_t members = left < PLAN_GROUP ? left : PLAN_GROUP;
        double x = drawn(p, f->first + group, n % PLAN_GROUP, members);
        place = (double)(group * PLAN_GROUP) + x * (double)members;
    }
    double at = instant(f, place);
    return f->begin_us + (uint64_t)at;
}
