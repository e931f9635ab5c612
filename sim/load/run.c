#include "sim/load/run.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define EACH_THREAD 8     /* open files: its loop and its alarm */
#define RESERVE     64    /* of the program itself, and files that it writes */
#define LEAD_US     10000 /* from the last thread that is ready to the begin of the run */
#define MOMENT_US   1000000
#define GRACE_US    1000000 /* behind the last timeout */

/* ---- open files ---- */

static uint64_t hard_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (uint64_t)limit.rlim_max : 1024;
}

uint32_t run_most_open(uint32_t threads)
{
    uint64_t own = RESERVE + (uint64_t)threads * EACH_THREAD, hard = hard_limit();
    uint64_t most = hard > own ? hard - own : 1;
    return most < JOB_OPEN ? (uint32_t)most : JOB_OPEN;
}

bool run_files(const struct load_job *job, struct err *e)
{
    struct rlimit limit;
    rlim_t need = RESERVE + (rlim_t)job->threads * EACH_THREAD + job->open_most;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return true;
    if (limit.rlim_max < need)
        return err_set(e,
                       "%u connections at once need %llu open files, the limit is %llu "
                       "(ulimit -n); fewer: --open, --phones, --concurrency",
                       job->open_most, (unsigned long long)need,
                       (unsigned long long)limit.rlim_max);
    limit.rlim_cur = need;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ||
           err_set(e, "%llu open files are needed: %s", (unsigned long long)need, strerror(errno));
}

/* ---- the main thread waits ---- */

static sem_t bell; /* a thread is done, or a signal came */
static volatile sig_atomic_t signals;

static void ring(void)
{
    (void)sem_post(&bell);
}

static void on_signal(int number)
{
    (void)number;
    signals = signals < 2 ? signals + 1 : 2;
    ring();
}

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
enum { CAUGHT = sizeof caught / sizeof *caught };

static void catch_signals(struct sigaction before[CAUGHT])
{
    struct sigaction act = { .sa_handler = on_signal };
    sigemptyset(&act.sa_mask);
    signals = 0;
    for (int i = 0; i < CAUGHT; i++)
        CHECK(sigaction(caught[i], &act, &before[i]) == 0);
}

static void release_signals(const struct sigaction before[CAUGHT])
{
    for (int i = 0; i < CAUGHT; i++)
        CHECK(sigaction(caught[i], &before[i], NULL) == 0);
}

/* Until that instant of the clock, or until the bell rings. */
static void wait_until(uint64_t at_us)
{
    struct timespec at = { .tv_sec = (time_t)(at_us / 1000000u),
                           .tv_nsec = (long)(at_us % 1000000u) * 1000 };
    (void)sem_clockwait(&bell, CLOCK_MONOTONIC, &at);
}

/* ---- the run ---- */

struct run {
    const struct load_job *job;
    struct worker *workers;
    struct orders orders;
    struct result *result;
    struct tally moment;
    pthread_barrier_t ready;
    uint64_t moment_us; /* when the last one was, from the begin of the run */
};

static uint64_t asked_milli(const struct plan *p, uint64_t at_us)
{
    for (uint32_t i = 0; i < p->phase_count; i++) {
        const struct plan_phase *f = &p->phases[i];
        if (at_us >= f->begin_us + f->length_us)
            continue;
        double part = (double)(at_us - f->begin_us) / (double)f->length_us;
        return (uint64_t)((double)f->from_milli +
                          ((double)f->to_milli - (double)f->from_milli) * part);
    }
    return 0;
}

static void look(struct run *run, const struct run_watch *watch, uint64_t at_us)
{
    uint32_t open = 0;
    struct tally *phases[PLAN_PHASES];
    for (uint32_t i = 0; i < run->result->phase_count; i++)
        phases[i] = &run->result->phases[i].tally;
    for (uint32_t i = 0; i < run->job->threads; i++) {
        worker_collect(&run->workers[i], phases, &run->moment);
        open += atomic_load(&run->workers[i].open);
    }
    if (watch != NULL && watch->moment != NULL && at_us >= run->moment_us + MOMENT_US / 2) {
        uint64_t middle = run->moment_us + (at_us - run->moment_us) / 2;
        const struct run_moment m = { .at_us = at_us,
                                      .length_us = at_us - run->moment_us,
                                      .asked_milli = run->job->concurrency != 0
                                                         ? 0
                                                         : asked_milli(&run->job->plan, middle),
                                      .tally = &run->moment,
                                      .open = open };
        watch->moment(watch->ctx, &m);
    }
    tally_clear(&run->moment);
    run->moment_us = at_us;
}

static bool all_done(const struct run *run)
{
    for (uint32_t i = 0; i < run->job->threads; i++) {
        if (!atomic_load(&run->workers[i].done))
            return false;
    }
    return true;
}

static void heed_signals(struct run *run)
{
    run->result->broken_off |= signals > 0;
    if (signals > 0)
        atomic_store(&run->orders.stop, true);
    if (signals > 1)
        atomic_store(&run->orders.abort, true);
}

/* How long after its instant the last request may be under way: all of its tries. */
static uint64_t longest_us(const struct load_job *job)
{
    return job->timeout_us + job->retries * (job->retry_us + job->timeout_us) + GRACE_US;
}

static void go(struct run *run, const struct run_watch *watch)
{
    uint64_t zero = run->orders.zero_us, next = zero + MOMENT_US;
    uint64_t begins = run->job->plan.length_us > run->job->until_us ? run->job->plan.length_us
                                                                    : run->job->until_us;
    uint64_t last = zero + begins + longest_us(run->job);
    while (!all_done(run)) {
        wait_until(next < last ? next : last);
        heed_signals(run);
        uint64_t now = reactor_clock_us();
        if (now >= last)
            atomic_store(&run->orders.abort, true);
        if (now < next)
            continue;
        look(run, watch, now - zero);
        next += MOMENT_US;
        if (now >= last)
            last = next; /* looks once a second whether they have ended */
    }
}

static void raise_to(uint32_t *permille, uint64_t part_us, uint64_t whole_us)
{
    uint64_t n = whole_us == 0 ? 0 : part_us * 1000 / whole_us;
    if (n > *permille)
        *permille = (uint32_t)n;
}

static void finish(struct run *run, const struct run_watch *watch)
{
    struct result *r = run->result;
    uint64_t end = reactor_clock_us();
    r->wall_us = end > run->orders.zero_us ? end - run->orders.zero_us : 0;
    look(run, watch, r->wall_us);
    for (uint32_t i = 0; i < run->job->threads; i++) {
        struct worker *w = &run->workers[i];
        worker_join(w);
        raise_to(&r->busiest_permille, w->busy_us, w->wall_us);
        raise_to(&r->occupied_permille, w->occupied_us, w->wall_us);
    }
    result_total(r);
}

/* The run begins when the last thread is ready: what it costs to start them is no part of it. */
static void start_all(struct run *run)
{
    CHECK(pthread_barrier_init(&run->ready, NULL, run->job->threads + 1) == 0);
    run->orders.ready = &run->ready;
    for (uint32_t i = 0; i < run->job->threads; i++)
        worker_start(&run->workers[i], run->job, &run->orders, i);
    (void)pthread_barrier_wait(&run->ready);
    run->orders.zero_us = reactor_clock_us() + LEAD_US;
    (void)pthread_barrier_wait(&run->ready);
}

void run_load(const struct load_job *job, const struct run_watch *watch, struct result *r)
{
    struct sigaction before[CAUGHT];
    struct run run = { .job = job, .result = r, .moment = tally_of(&sys_mem) };
    CHECK(job->threads >= 1 && job->threads <= JOB_THREADS && job->phones >= job->threads);
    CHECK(sem_init(&bell, 0, 0) == 0);
    catch_signals(before);
    result_plan(r, &job->plan, job->concurrency == 0);
    r->concurrency = job->concurrency;
    r->phones = job->phones;
    r->threads = job->threads;
    run.workers = reactor_take(job->threads * sizeof *run.workers);
    run.orders.over = ring;
    start_all(&run);
    go(&run, watch);
    finish(&run, watch);
    CHECK(pthread_barrier_destroy(&run.ready) == 0);
    reactor_give(run.workers);
    tally_free(&run.moment);
    release_signals(before);
    sem_destroy(&bell);
}
