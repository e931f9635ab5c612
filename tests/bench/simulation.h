/* What the benchmarks share: the clock of the processor, a lab of N phones, the change that is made
 * in it. */
#ifndef CUCMLAB_TESTS_BENCH_SIMULATION_H
#define CUCMLAB_TESTS_BENCH_SIMULATION_H

#include "sim/lab.h"
#include "tests/unit/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_UNUSED __attribute__((unused))
#define HOUR_US      3600000000ull

static BENCH_UNUSED double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static BENCH_UNUSED const char *verdict(bool ok)
{
    return ok ? "ok" : "over";
}

static BENCH_UNUSED void must(bool ok, const struct err *e)
{
    if (!ok) {
        fprintf(stderr, "bench: %s\n", e->text);
        exit(1);
    }
}

static BENCH_UNUSED void settle(struct lab *lab)
{
    must(lab_settle(lab, lab_now_us(lab) + 24 * HOUR_US).quiet, &(struct err){ "not quiet" });
}

static BENCH_UNUSED uint64_t events_of(const struct lab *lab)
{
    return lab->driver->events(lab->driver->self);
}

/* One cluster of 8.6 without phones. */
static BENCH_UNUSED struct lab *make_lab(uint32_t node_count, uint64_t reset_rate)
{
    static const char *const nodes[] = { "pub", "sub1" };
    struct lab_options o = lab_defaults();
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    lab->state.costs[COST_RESET_RATE] = reset_rate;
    struct err e = { "" };
    struct lab_cluster_spec spec = { "HQ", "8.6", nodes, node_count, "" };
    uint32_t cluster;
    must(lab_cluster(lab, &spec, &cluster, &e), &e);
    return lab;
}

/* Phones that are off; `load` NULL: the model's. */
static BENCH_UNUSED void add_phones(struct lab *lab, uint32_t count, const char *load)
{
    struct lab_phones_spec p = { .count = count, .model = "7965", .load = load };
    struct err e = { "" };
    uint32_t first;
    must(lab_phones(lab, 0, &p, &first, &e), &e);
}

static BENCH_UNUSED void boot(struct lab *lab)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lab_power(lab, i, true, 0);
    settle(lab);
}

/* CallManager is regenerated, TVS and TFTP are restarted. */
static BENCH_UNUSED void change(struct lab *lab)
{
    struct err e = { "" };
    must(lab_regenerate(lab, 0, 0, OWN_CALLMANAGER, &e), &e);
    must(lab_service(lab, 0, 0, SERVICE_TVS, DO_RESTART, &e), &e);
    must(lab_service(lab, 0, 0, SERVICE_TFTP, DO_RESTART, &e), &e);
    settle(lab);
}

/* Phones that took the new ITL and lost nothing. */
static BENCH_UNUSED uint32_t converged(const struct lab *lab)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct phone *p = &lab->state.phones[i];
        n += p->itl == lab->state.clusters[0].nodes[0].run.itl && p->lost == 0 &&
             phone_is_registered(p);
    }
    return n;
}

struct simulation {
    struct lab *lab;
    uint64_t events, first; /* all; those of the first boots, without TVS */
    double took_s, rate;    /* of the processor; events a second */
};

/* Phones of two nodes.  Boots are spread over so long that the servers of the model keep up. */
static BENCH_UNUSED struct lab *lab_of_many(uint32_t phones)
{
    struct lab *lab = make_lab(2, 1000);
    lab_param(lab, 0, PARAM_MAX_SERVING, 3500);
    add_phones(lab, phones, NULL);
    lab->state.knobs.value[KNOB_BOOT_MAX_US] =
        lab->state.knobs.value[KNOB_BOOT_MIN_US] + phones * 1000ull;
    return lab;
}

/* The engine's measure: N phones of two nodes boot from cold, the change, a reset of all.  The lab
 * is the caller's. */
static BENCH_UNUSED struct simulation run_simulation(uint32_t phones)
{
    struct lab *lab = lab_of_many(phones);
    double start = seconds();
    boot(lab);
    uint64_t first = events_of(lab);
    change(lab);
    lab_reset_all(lab, 0);
    settle(lab);
    double took_s = seconds() - start;
    uint64_t events = events_of(lab);
    return (struct simulation){ lab, events, first, took_s, (double)events / took_s };
}

#endif
