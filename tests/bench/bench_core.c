/* The engine against its floors, side by side in one run.
 *
 * Floor: the bare queue with as many pending as there are phones; for each event one record of a
 * phone's size read and written and one hash lookup.
 * Bare floor: the same queue; for each event a phone of 64 bytes, anywhere in memory, read and
 * written, and one indirect call.
 * Simulation: N phones boot from cold, CallManager is regenerated, services restarted, phones
 * reset, the new ITL comes through TVS, all is quiet again.
 *
 * Usage: bench_core [phones ...]; default 100000 1000000. */
#include "sim/base/check.h"
#include "sim/base/heap.h"
#include "sim/base/sys.h"
#include "sim/lab.h"
#include "sim/virt/slot.h"
#include "tests/unit/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOUR_US   3600000000ull
#define SPREAD_US 60000000u /* of what is pending in the floors */

struct record {
    struct phone phone;
    struct slot slot;
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The smallest phone that there could be: one line of the cache. */
struct small {
    _Alignas(64) uint64_t words[8];
};

static void step_small(struct small *s, uint64_t key)
{
    for (size_t w = 0; w < sizeof s->words / sizeof s->words[0]; w++)
        s->words[w] += key;
}

/* Not known to the compiler: an indirect call. */
static void (*volatile const step_any)(struct small *s, uint64_t key) = step_small;

/* Events a second of the bare floor. */
static double run_bare_floor(uint32_t n, uint64_t events)
{
    struct small *phones = aligned_alloc(64, n * sizeof *phones);
    struct heap h = heap_of(&sys_mem);
    struct rng r = { 7 };
    if (phones == NULL)
        abort();
    memset(phones, 0, n * sizeof *phones);
    for (uint32_t i = 0; i < n; i++)
        heap_push(&h, (struct heap_entry){ rng_below(&r, SPREAD_US) << 2, i });
    double start = seconds();
    for (uint64_t i = 0; i < events; i++) {
        struct heap_entry e;
        heap_pop(&h, &e);
        step_any(&phones[e.id], e.key);
        uint64_t draw = rng_next(&r);
        e.key += (1 + (draw & 2047)) << 2;
        e.id = (uint32_t)((draw >> 32) * n >> 32);
        heap_push(&h, e);
    }
    double took = seconds() - start;
    free(phones);
    heap_free(&h);
    return (double)events / took;
}

/* Events a second of the floor. */
static double run_floor(uint32_t n, uint64_t events)
{
    struct record *records = calloc(n, sizeof *records);
    struct heap h = heap_of(&sys_mem);
    struct table t = table_of(&sys_mem);
    struct rng r = { 7 };
    for (uint32_t i = 0; i < n; i++) {
        heap_push(&h, (struct heap_entry){ rng_below(&r, 60000000) << 2, i });
        table_put(&t, rng_mix(i + 1), i);
    }
    uint64_t sum = 0;
    double start = seconds();
    for (uint64_t i = 0; i < events; i++) {
        struct heap_entry e;
        heap_pop(&h, &e);
        uint64_t *words = (uint64_t *)&records[e.id];
        for (size_t w = 0; w < sizeof *records / sizeof *words; w++)
            words[w] += e.key;
        uint32_t *found = table_get(&t, rng_mix(e.id + 1));
        sum += found == NULL ? 0 : *found;
        e.key += (1 + rng_below(&r, 2000)) << 2;
        heap_push(&h, e);
    }
    double took = seconds() - start;
    if (sum == 1)
        printf("never\n"); /* keeps the loop */
    free(records);
    heap_free(&h);
    table_free(&t);
    return (double)events / took;
}

struct result {
    double rate;
    uint64_t events;
    double took_s;
    uint32_t through_tvs, boots;
    size_t bytes;
};

static size_t lab_memory(const struct lab *lab)
{
    return (size_t)lab->phone_count * (sizeof *lab->phones + sizeof *lab->cold) +
           (size_t)lab->clusters[0].db.device_count * sizeof(uint16_t) +
           (size_t)lab->loss_cap * sizeof *lab->losses + virt_memory(lab->driver);
}

static void must(bool ok, const struct err *e)
{
    if (!ok) {
        fprintf(stderr, "bench_core: %s\n", e->text);
        exit(1);
    }
}

static void settle(struct lab *lab)
{
    if (!lab_settle(lab, lab_now_us(lab) + 24 * HOUR_US).quiet) {
        fprintf(stderr, "bench_core: not quiet\n");
        exit(1);
    }
}

static struct lab *make_lab(uint32_t n)
{
    struct lab_options o = lab_defaults();
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    lab->costs[COST_RESET_RATE] = 1000;
    struct err e = { "" };
    static const char *const nodes[] = { "pub", "sub1" };
    struct lab_cluster_spec spec = { "HQ", "8.6", nodes, 2, "" };
    uint32_t cluster, first;
    must(lab_cluster(lab, &spec, &cluster, &e), &e);
    lab_param(lab, cluster, PARAM_MAX_SERVING, 3500);
    struct lab_phones_spec p = { .count = n, .model = "7965" };
    must(lab_phones(lab, cluster, &p, &first, &e), &e);
    CHECK(cluster == 0);
    /* Boots spread over so long that the servers of the model keep up. */
    lab->knobs.value[KNOB_BOOT_MAX_US] = lab->knobs.value[KNOB_BOOT_MIN_US] + n * 1000ull;
    return lab;
}

static struct result run_simulation(uint32_t n)
{
    struct lab *lab = make_lab(n);
    struct err e = { "" };
    double start = seconds();
    for (uint32_t i = 0; i < n; i++)
        lab_power(lab, i, true, 0);
    settle(lab);
    must(lab_regenerate(lab, 0, 0, OWN_CALLMANAGER, &e), &e);
    must(lab_service(lab, 0, 0, SERVICE_TVS, DO_RESTART, &e), &e);
    must(lab_service(lab, 0, 0, SERVICE_TFTP, DO_RESTART, &e), &e);
    settle(lab);
    lab_reset_all(lab, 0);
    settle(lab);
    struct result r = { .took_s = seconds() - start };
    r.events = lab->driver->events(lab->driver->self);
    r.rate = (double)r.events / r.took_s;
    r.boots = 2 * n;
    for (uint32_t i = 0; i < n; i++) {
        r.through_tvs += lab->phones[i].itl == lab->clusters[0].nodes[0].run.itl &&
                         lab->phones[i].lost == 0 && phone_is_registered(&lab->phones[i]);
    }
    r.bytes = lab_memory(lab);
    lab_free(lab);
    return r;
}

/* What must be reached of the bare floor at a number of phones; 0: no limit. */
static double limit_at(uint32_t n)
{
    return n >= 1000000 ? 0.75 : n >= 100000 ? 0.55 : 0;
}

#define BYTES_LIMIT 192.0

static const char *verdict(bool ok)
{
    return ok ? "ok" : "over";
}

int main(int argc, char **argv)
{
    uint32_t defaults[] = { 100000, 1000000 };
    int count = argc > 1 ? argc - 1 : 2;
    double first_rate = 0;
    uint32_t first_count = 0;
    printf("record of a phone: %zu bytes (phone %zu, driver %zu, lab %zu, queue %zu)\n",
           sizeof(struct record), sizeof(struct phone), sizeof(struct slot),
           sizeof(struct lab_cold), sizeof(struct heap_entry));
    for (int i = 0; i < count; i++) {
        uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[i + 1], NULL, 10) : defaults[i];
        struct result r = run_simulation(n);
        double base = run_floor(n, r.events), bare = run_bare_floor(n, r.events);
        double bytes = (double)r.bytes / n, boot = (double)r.events / r.boots;
        printf("%u phones: %.2f M events/s, floor %.2f M/s, ratio %.2f; %llu events in %.2f s; "
               "%.0f boots/s, %.1f events a boot; %.0f bytes a phone; %u of %u converged\n",
               n, r.rate / 1e6, base / 1e6, r.rate / base, (unsigned long long)r.events, r.took_s,
               r.boots / r.took_s, boot, bytes, r.through_tvs, n);
        printf("%u phones: bare floor %.2f M/s, ratio %.2f, limit %.2f: %s; bytes a phone, limit "
               "%.0f: %s; events a boot, limit 16: %s\n",
               n, bare / 1e6, r.rate / bare, limit_at(n), verdict(r.rate / bare >= limit_at(n)),
               BYTES_LIMIT, verdict(bytes <= BYTES_LIMIT), verdict(boot <= 16));
        if (i == 0) {
            first_rate = r.rate;
            first_count = n;
        } else {
            printf("rate against %u phones: %.2f\n", first_count, r.rate / first_rate);
        }
    }
    return 0;
}
