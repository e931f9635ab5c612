/* What another run costs once there is one: a fork after the first boot, a fork of a lab of many
 * kinds of phones, a regeneration.
 *
 *   bench_fork [PHONES]     of the first (default 20000) */
#include "tests/bench/simulation.h"

#define RUN_LIMIT        1.25 /* of events / the engine's rate */
#define FORK_LIMIT_US    20.0
#define RENEWAL_LIMIT_US 20.0
#define KINDS            200
#define TIMES            2000

/* The change and a reset of all, in a fork, with making and freeing it; against the rate at which
 * the engine does as many phones from cold. */
static void another_run(uint32_t phones)
{
    struct simulation cold = run_simulation(phones);
    lab_free(cold.lab);
    struct lab *lab = make_lab(2, 1000);
    lab_param(lab, 0, PARAM_MAX_SERVING, 3500);
    add_phones(lab, phones, NULL);
    lab->state.knobs.value[KNOB_BOOT_MAX_US] =
        lab->state.knobs.value[KNOB_BOOT_MIN_US] + phones * 1000ull;
    boot(lab);
    uint64_t before = events_of(lab);
    double start = seconds();
    struct lab *fork = lab_fork(lab);
    change(fork);
    lab_reset_all(fork, 0);
    settle(fork);
    uint64_t events = events_of(fork) - before;
    uint32_t done = converged(fork);
    lab_free(fork);
    double took_s = seconds() - start, least_s = (double)events / cold.rate;
    printf("another run of %u phones, forked after the first boot: %.1f ms for %llu events, %u "
           "converged; %.2f of what the engine's rate gives, limit %.2f: %s\n",
           phones, took_s * 1e3, (unsigned long long)events, done, took_s / least_s, RUN_LIMIT,
           verdict(took_s <= least_s * RUN_LIMIT));
    lab_free(lab);
}

static void forks(void)
{
    struct lab *lab = make_lab(2, 1000);
    for (uint32_t i = 0; i < KINDS; i++) {
        char load[32];
        snprintf(load, sizeof load, "load-%u", (unsigned)i);
        add_phones(lab, 1, load);
    }
    double start = seconds();
    for (int i = 0; i < TIMES; i++)
        lab_free(lab_fork(lab));
    double us = (seconds() - start) * 1e6 / TIMES;
    printf("a fork of a lab of %d kinds of phones, one of each, made and freed: %.1f us, limit "
           "%.0f: %s\n",
           KINDS, us, FORK_LIMIT_US, verdict(us <= FORK_LIMIT_US));
    lab_free(lab);
}

static void renewals(void)
{
    struct lab *lab = make_lab(2, 1000);
    struct err e = { "" };
    double start = seconds();
    for (int i = 0; i < TIMES; i++)
        must(lab_regenerate(lab, 0, i % 2 == 0, i % 3 == 0 ? OWN_TVS : OWN_CALLMANAGER, &e), &e);
    double us = (seconds() - start) * 1e6 / TIMES;
    printf("a regeneration, nobody looking at bytes: %.1f us, limit %.0f: %s\n", us,
           RENEWAL_LIMIT_US, verdict(us <= RENEWAL_LIMIT_US));
    lab_free(lab);
}

int main(int argc, char **argv)
{
    another_run(argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 20000);
    forks();
    renewals();
    return 0;
}
