/* Counters of a lab on real sockets, in Prometheus' text format: what nodes were asked and how they
 * answered, handshakes and why they failed, connections, phones by state, losses that phones have
 * noticed. Counts from metrics_begin() on; looks at the lab when it is printed, and changes
 * nothing. */
#ifndef CUCMLAB_CONTROL_METRICS_H
#define CUCMLAB_CONTROL_METRICS_H

#include "sim/lab.h"

#include <stdio.h>

#define METRICS_SERIES 4096 /* of requests and of handshakes; beyond, answers are "other" */

#define METRICS_WORKERS 65 /* as many as `--tvs-workers` can say, and the driver's own */

/* One node, service and answer. */
struct metrics_series {
    uint32_t node;
    const char *service; /* lives as long as the program */
    bool handshake;
    char answer[64];
    uint64_t count, bytes;
};

struct metrics {
    struct lab *lab;
    struct observer observer;
    struct metrics_series *series;
    uint32_t count, cap;
    uint64_t requests; /* all of them */
    /* Of TVS by the thread that served them: 0 the driver's own, then its workers'. */
    struct {
        uint64_t requests, handshakes;
    } of_worker[METRICS_WORKERS];
};

void metrics_begin(struct metrics *m, struct lab *lab);
void metrics_end(struct metrics *m); /* nothing where it did not begin */
void metrics_print(FILE *out, const struct metrics *m);
/* Phones in each state that some are in, by its name: calls `put` for each. */
void metrics_states(const struct lab *lab, void (*put)(void *ctx, const char *state, uint32_t n),
                    void *ctx);

#endif
