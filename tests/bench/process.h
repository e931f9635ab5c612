/* What benchmarks of servers share: a server in a process of its own that tells its processor time,
 * the clock on the wall, medians of rounds. */
#ifndef CUCMLAB_TESTS_BENCH_PROCESS_H
#define CUCMLAB_TESTS_BENCH_PROCESS_H

#include "sim/lab_live.h"
#include "tests/bench/simulation.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static BENCH_UNUSED void need(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    exit(1);
}

static BENCH_UNUSED double wall_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A byte into `ask` asks for its processor time, in seconds, a double; its end ends the server. */
struct server {
    pid_t pid;
    int ask, told;
};

/* In the server: answers such a byte; ends the process where nobody asks any more. */
static BENCH_UNUSED void tell_time(int asked, int out)
{
    char c;
    ssize_t got = read(asked, &c, 1);
    if (got == 0)
        _exit(0);
    double s = seconds();
    need(got < 0 || write(out, &s, sizeof s) == sizeof s, "write");
}

/* `serve` never returns. */
static BENCH_UNUSED struct server server_start(void (*serve)(int asked, int out, void *arg),
                                               void *arg)
{
    int ask[2], told[2];
    struct server s;
    need(pipe(ask) == 0 && pipe(told) == 0, "pipe");
    s.pid = fork();
    need(s.pid >= 0, "fork");
    if (s.pid == 0) {
        close(ask[1]);
        serve(ask[0], told[1], arg);
        _exit(1);
    }
    close(ask[0]);
    close(told[1]);
    s.ask = ask[1];
    s.told = told[0];
    return s;
}

static BENCH_UNUSED double processor_s(const struct server *s)
{
    double time = 0;
    need(write(s->ask, "?", 1) == 1 && read(s->told, &time, sizeof time) == sizeof time,
         "a server ended");
    return time;
}

/* A server that was started later holds the pipes of those before it: it is stopped first. */
static BENCH_UNUSED void server_stop(struct server *s)
{
    close(s->ask);
    waitpid(s->pid, NULL, 0);
    close(s->told);
}

static BENCH_UNUSED int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

#define ROUNDS_MAX 99

/* Of a field of so many rounds of `size` bytes each. */
static BENCH_UNUSED double median_of(const void *rounds, int n, size_t size, size_t field)
{
    double v[ROUNDS_MAX] = { 0 };
    for (int i = 0; i < n; i++)
        memcpy(&v[i], (const char *)rounds + (size_t)i * size + field, sizeof v[i]);
    qsort(v, (size_t)n, sizeof *v, by_size);
    return v[n / 2];
}
#define MEDIAN_OF(type, r, n, field) median_of(r, n, sizeof *(r), offsetof(struct type, field))
#define MEDIAN(r, n, field)          MEDIAN_OF(round, r, n, field)

/* What a node of a bench has that `serve` has not by itself. */
struct live_wish {
    const char *version; /* of CUCM; NULL: 12.5 */
    uint32_t tvs_workers;
    uint32_t connections; /* 0: as many as by itself */
    uint32_t phones;      /* in its database: SEP001121000000 and those behind it */
    bool resume;
};

/* A lab with one cluster of `nodes` at addresses of this process's own, on real sockets. */
static BENCH_UNUSED struct lab *live_lab_as(const char *version, const char *const *names,
                                            uint32_t nodes, const struct live_wish *wish,
                                            uint32_t *ip)
{
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster, pid = (uint32_t)getpid();
    o.live = true;
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    struct live_options options = lab_live_options(lab);
    if (wish != NULL) {
        options.tvs_workers = wish->tvs_workers;
        options.resume = wish->resume;
        if (wish->connections != 0)
            options.connections = wish->connections;
    }
    must(lab_live(lab, &options, &e), &e);
    struct lab_cluster_spec spec = { "HQ", version, names, nodes, "" };
    must(lab_cluster(lab, &spec, &cluster, &e), &e);
    *ip = 127u << 24 | (1 + pid % 250) << 16 | (pid / 250 % 250) << 8 | 11;
    for (uint32_t i = 0; i < nodes; i++)
        lab->state.clusters[0].nodes[i].disk.ip = *ip + i;
    lab->state.clusters[0].db.params[PARAM_SERVICE_START_US] = 1;
    return lab;
}

static BENCH_UNUSED struct lab *live_lab_of(const char *version, const char *const *names,
                                            uint32_t nodes, uint32_t *ip)
{
    return live_lab_as(version, names, nodes, NULL, ip);
}

#endif
