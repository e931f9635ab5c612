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
#include "sim/virt/slot.h"
#include "tests/bench/simulation.h"

#include <string.h>

#define SPREAD_US 60000000u /* of what is pending in the floors */

struct record {
    struct phone phone;
    struct slot slot;
};

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

/* A floor that something else disturbed is no floor. */
static double best(double (*floor)(uint32_t n, uint64_t events), uint32_t n, uint64_t events)
{
    double most = 0;
    for (int i = 0; i < 3; i++) {
        double rate = floor(n, events);
        most = rate > most ? rate : most;
    }
    return most;
}

static size_t lab_memory(const struct lab *lab)
{
    return (size_t)lab->state.phone_count * (sizeof *lab->state.phones + sizeof *lab->state.cold) +
           (size_t)lab->state.clusters[0].db.device_count * sizeof(uint16_t) +
           (size_t)lab->record.loss_cap * sizeof *lab->record.losses + virt_memory(lab->driver);
}

/* What must be reached of the bare floor at a number of phones; 0: no limit. */
static double limit_at(uint32_t n)
{
    return n >= 1000000 ? 0.75 : n >= 100000 ? 0.55 : 0;
}

#define BYTES_LIMIT 192.0

int main(int argc, char **argv)
{
    uint32_t defaults[] = { 100000, 1000000 };
    int count = argc > 1 ? argc - 1 : 2;
    double first_rate = 0;
    uint32_t first_count = 0;
    printf("Phones boot twice in virtual time.  floor: as many events through a queue, a table and "
           "records of\nthat size, and nothing else; bare floor: without the table; ratio: how "
           "much of "
           "it the lab reaches.\n");
    printf("record of a phone: %zu bytes (phone %zu, driver %zu, lab %zu, queue %zu)\n",
           sizeof(struct record), sizeof(struct phone), sizeof(struct slot),
           sizeof(struct lab_cold), sizeof(struct heap_entry));
    for (int i = 0; i < count; i++) {
        uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[i + 1], NULL, 10) : defaults[i];
        struct simulation r = run_simulation(n);
        double bytes = (double)lab_memory(r.lab) / n, a_boot = (double)r.events / (2.0 * n);
        uint32_t done = converged(r.lab);
        lab_free(r.lab);
        double base = best(run_floor, n, r.events), bare = best(run_bare_floor, n, r.events);
        printf("%u phones: %.2f M events/s, floor %.2f M/s, ratio %.2f; %llu events in %.2f s; "
               "%.0f boots/s, %.1f events a boot; %.0f bytes a phone; %u of %u converged\n",
               n, r.rate / 1e6, base / 1e6, r.rate / base, (unsigned long long)r.events, r.took_s,
               2.0 * n / r.took_s, a_boot, bytes, done, n);
        printf("%u phones: bare floor %.2f M/s, ratio %.2f, limit %.2f: %s; bytes a phone, limit "
               "%.0f: %s; events a boot, limit 16: %s\n",
               n, bare / 1e6, r.rate / bare, limit_at(n), verdict(r.rate / bare >= limit_at(n)),
               BYTES_LIMIT, verdict(bytes <= BYTES_LIMIT), verdict(a_boot <= 16));
        printf("%u phones: %.1f events of a boot where nothing changed, %.1f of one with TVS and a "
               "reset\n",
               n, (double)r.first / n, (double)(r.events - r.first) / n);
        if (i == 0) {
            first_rate = r.rate;
            first_count = n;
        } else {
            printf("rate against %u phones: %.2f\n", first_count, r.rate / first_rate);
        }
    }
    return 0;
}
