/* Which site it is: the sample, or one for each seed. */
#include "tests/site/shapes.h"

#define ALL_FAULTS ((UINT32_C(1) << FAULTS) - 1)
#define NOW_S      INT64_C(1796029200) /* 2026-11-30 09:00 UTC */

struct truth_options truth_sample(void)
{
    return (struct truth_options){ .seed = 1,
                                   .phones = 3000,
                                   .subscribers = 5,
                                   .pages = 300,
                                   .faults = ALL_FAULTS,
                                   .now_s = NOW_S,
                                   .release = TRUTH_RELEASE,
                                   .tftps = 2,
                                   .pools = 24,
                                   .groups = 5,
                                   .dense = 1 };
}

uint32_t shapes_of(const struct truth *t)
{
    uint32_t all = (UINT32_C(1) << SHAPES) - 1;
    uint32_t new = UINT32_C(1) << SHAPE_snapshot | UINT32_C(1) << SHAPE_itlstatus;
    uint32_t tvs = UINT32_C(1) << SHAPE_wire | UINT32_C(1) << SHAPE_doctor;
    return all & ~(t->train < TRAIN_14 ? new : 0) & ~(t->train < TRAIN_ITL ? tvs : 0);
}

static uint32_t below(struct rng *r, uint32_t n)
{
    return (uint32_t)rng_below(r, n);
}

struct truth_options truth_draw(uint64_t seed)
{
    struct rng r = rng_of(seed, "site", 0);
    struct truth_options o = {
        .seed = seed, .keys = 1, .drawn = true, .now_s = NOW_S, .dense = 10
    };
    o.release = (uint8_t)below(&r, truth_release_count);
    uint16_t train = truth_releases[o.release].train;
    o.subscribers = below(&r, 7);
    o.tftps = (uint8_t)below(&r, 3);
    o.groups = (uint8_t)(1 + below(&r, 5));
    o.pools = (uint8_t)(o.groups + below(&r, 6));
    o.phones = 20 + below(&r, 40);
    o.pages = below(&r, o.phones);
    o.plain = below(&r, 3) == 0;
    o.multi_server = below(&r, 4) == 0 && train >= TRAIN_MULTI;
    o.sha1 = train < TRAIN_TOMCAT_EC || below(&r, 2) == 0;
    /* A few faults together, none or all. */
    for (uint32_t n = below(&r, 6); n > 0; n--)
        o.faults |= FAULT_BIT(below(&r, FAULTS));
    if (below(&r, 8) == 0)
        o.faults = ALL_FAULTS;
    return o;
}
