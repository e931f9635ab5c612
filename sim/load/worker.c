#include "sim/load/worker.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define BURST  64   /* begun in one go: those that were answered meanwhile are heard between */
#define TICK_S 0.01 /* how soon an order of the main thread is seen, and how long a slot rests */

static uint64_t now_us(void)
{
    return reactor_clock_us();
}

const char *const load_connection_names[LOAD_CONNECTIONS] = { "per-request", "per-phone", "keep" };
const char *const load_protocol_names[LOAD_PROTOCOLS] = { "sip", "sccp" };
const char *const load_transport_names[LOAD_TRANSPORTS] = { "tcp", "tls", "udp" };

/* ---- counting: under the lock, which nobody else holds for long ---- */

static struct tally *locked(struct worker *w, uint32_t phase)
{
    CHECK(pthread_mutex_lock(&w->lock) == 0);
    return &w->news[phase];
}

static void unlock(struct worker *w)
{
    CHECK(pthread_mutex_unlock(&w->lock) == 0);
}

void worker_connects(struct worker *w, uint32_t phase)
{
    locked(w, phase)->connections++;
    unlock(w);
}

void worker_shook(struct worker *w, uint32_t phase, bool resumed, uint64_t took_us)
{
    struct tally *t = locked(w, phase);
    *(resumed ? &t->resumed : &t->full) += 1;
    hist_add(&t->handshake, took_us);
    unlock(w);
}

void worker_reconnects(struct worker *w, uint32_t phase)
{
    locked(w, phase)->reconnects++;
    unlock(w);
}

void worker_collect(struct worker *w, struct tally *const *phases, struct tally *all)
{
    CHECK(pthread_mutex_lock(&w->lock) == 0);
    for (uint32_t i = 0; i < w->job->plan.phase_count; i++) {
        tally_merge(phases[i], &w->news[i]);
        tally_merge(all, &w->news[i]);
        tally_clear(&w->news[i]);
    }
    unlock(w);
}

/* ---- beginnings ---- */

static bool is_over(const struct worker *w)
{
    return atomic_load(&w->orders->stop) || atomic_load(&w->orders->abort);
}

static struct call *call_new(struct worker *w)
{
    struct call *c = w->spare;
    if (c == NULL)
        return reactor_take(sizeof *c);
    w->spare = c->next;
    *c = (struct call){ 0 };
    return c;
}

static void call_free(struct worker *w, struct call *c)
{
    c->next = w->spare;
    w->spare = c;
}

static void begins(struct worker *w, const struct call *c)
{
    uint64_t now = now_us();
    struct tally *t = locked(w, c->phase);
    t->begun++;
    if (c->tries == 0) /* later ones wait for a tick */
        hist_add(&t->late, now > c->due_us ? now - c->due_us : 0);
    unlock(w);
    w->under_way++;
    w->of_phase[c->phase]++;
}

/* False: it waits for room. */
static bool begin(struct worker *w, struct call *c)
{
    if (!w->job->client->has_room(w, c)) {
        locked(w, c->phase)->held += w->waiting != c;
        unlock(w);
        w->waiting = c;
        return false;
    }
    w->waiting = NULL;
    begins(w, c);
    w->job->client->begin(w, c);
    return true;
}

/* ---- the open loop ---- */

static uint32_t phone_of(const struct load_job *job, uint64_t arrival)
{
    return (uint32_t)(arrival % job->phones);
}

/* Of the arrivals, those whose phone is another thread's are passed over.  Behind each that was
 * taken. */
static void skip(struct worker *w)
{
    const struct load_job *job = w->job;
    while (w->next < job->plan.count && phone_of(job, w->next) % job->threads != w->index)
        w->next++;
    if (w->next < job->plan.count)
        w->next_due_us = w->orders->zero_us + plan_at_us(&job->plan, w->next);
}

static void set_alarm(struct worker *w, uint64_t at_us)
{
    const struct itimerspec at = { .it_value = { .tv_sec = (time_t)(at_us / 1000000u),
                                                 .tv_nsec = (long)(at_us % 1000000u) * 1000 } };
    CHECK(timerfd_settime(w->alarm_fd, TFD_TIMER_ABSTIME, &at, NULL) == 0);
}

static struct call *next_arrival(struct worker *w)
{
    struct call *c = call_new(w);
    c->number = w->next;
    c->due_us = w->next_due_us;
    c->phase = plan_phase_of(&w->job->plan, w->next);
    c->phone = phone_of(w->job, w->next);
    return c;
}

/* Begins what is due, and sets the alarm for what comes next. */
static void arrivals(struct worker *w)
{
    if (atomic_load(&w->orders->abort))
        return; /* what is due is counted as never begun */
    if (is_over(w)) {
        if (w->waiting != NULL)
            call_free(w, w->waiting);
        w->waiting = NULL;
        w->next = w->job->plan.count;
        return;
    }
    if (w->waiting != NULL && !begin(w, w->waiting))
        return;
    for (uint32_t n = 0; w->next < w->job->plan.count; n++) {
        if (w->next_due_us > now_us() || n == BURST) {
            set_alarm(w, w->next_due_us);
            return;
        }
        struct call *c = next_arrival(w);
        w->next++;
        skip(w);
        if (!begin(w, c))
            return;
    }
}

static void on_alarm(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct worker *w = io->data;
    uint64_t rings;
    (void)loop;
    (void)events;
    if (read(w->alarm_fd, &rings, sizeof rings) == sizeof rings)
        arrivals(w);
}

/* ---- the closed loop ---- */

static bool time_is_up(const struct worker *w)
{
    return is_over(w) || now_us() >= w->orders->zero_us + w->job->plan.length_us;
}

static void rest(struct worker *w, struct call *c)
{
    c->next = w->resting;
    w->resting = c;
}

/* The slot's next request. */
static void again(struct worker *w, struct call *c)
{
    if (time_is_up(w)) {
        call_free(w, c);
        return;
    }
    c->due_us = now_us();
    if (!begin(w, c)) {
        w->waiting = NULL;
        rest(w, c);
    }
}

/* Slots and phones alike: those of a thread are so many apart, and each phone is one slot's. */
static void next_phone(const struct worker *w, struct call *c)
{
    const struct load_job *job = w->job;
    uint32_t slots = (job->concurrency - w->index + job->threads - 1) / job->threads;
    c->phone += slots * job->threads;
    if (c->phone >= job->phones)
        c->phone = c->slot;
}

static void first_slots(struct worker *w)
{
    const struct load_job *job = w->job;
    for (uint32_t s = w->index; s < job->concurrency; s += job->threads) {
        struct call *c = call_new(w);
        c->slot = c->phone = s;
        rest(w, c);
    }
}

/* ---- tries behind the first ---- */

/* A phone whose request failed asks again, as the same request: its latency counts from the first
 * time.  When; false: it gives up. */
static bool tries_again(const struct worker *w, const struct call *c, uint64_t *at_us)
{
    const struct load_job *job = w->job;
    uint32_t failed = c->tries + 1, round = job->retries + 1;
    *at_us = now_us() + job->retry_us;
    if (is_over(w))
        return false;
    if (failed % round != 0)
        return true;
    uint64_t wait = job->round_us;
    for (uint32_t n = failed / round; n > 1 && wait < job->round_most_us; n--)
        wait *= 2;
    wait = wait < job->round_most_us ? wait : job->round_most_us;
    *at_us = now_us() + wait;
    return wait > 0 && *at_us < w->orders->zero_us + job->until_us;
}

static void try_later(struct worker *w, struct call *c, uint64_t at_us)
{
    c->tries++;
    c->try_us = at_us;
    rest(w, c);
}

static void never_answered(struct worker *w, const struct call *c)
{
    locked(w, c->phase)->unanswered++;
    unlock(w);
}

static void gives_up(struct worker *w, struct call *c)
{
    never_answered(w, c);
    call_free(w, c);
}

static void try_now(struct worker *w, struct call *c)
{
    if (is_over(w))
        gives_up(w, c);
    else if (now_us() < c->try_us)
        rest(w, c);
    else if (w->waiting != NULL || !begin(w, c)) {
        w->waiting = w->waiting == c ? NULL : w->waiting;
        rest(w, c);
    }
}

static void wake(struct worker *w, void (*how)(struct worker *w, struct call *c))
{
    struct call *list = w->resting;
    w->resting = NULL;
    while (list != NULL) {
        struct call *c = list;
        list = c->next;
        how(w, c);
    }
}

/* ---- endings ---- */

/* What is under way has ended; `failed`: its slot rests before it asks again, so that a server that
 * refuses everybody is not asked as fast as it can refuse. */
static void ends(struct worker *w, struct call *c, bool failed)
{
    w->under_way--;
    w->of_phase[c->phase]--;
    if (w->job->concurrency == 0) {
        uint64_t at_us;
        if (failed && tries_again(w, c, &at_us))
            try_later(w, c, at_us);
        else if (failed)
            gives_up(w, c);
        else
            call_free(w, c);
        if (w->waiting != NULL)
            set_alarm(w, 1); /* long past: at once */
        return;
    }
    if (failed)
        never_answered(w, c);
    next_phone(w, c);
    if (failed)
        rest(w, c);
    else
        again(w, c);
}

static uint32_t phase_now(const struct worker *w, uint64_t now)
{
    return plan_phase_at(&w->job->plan, now - w->orders->zero_us);
}

void worker_answered(struct worker *w, struct call *c, bool trusted)
{
    uint64_t now = now_us();
    struct tally *t = locked(w, c->phase);
    *(trusted ? &t->trusted : &t->not_trusted) += 1;
    hist_add(&t->latency, now > c->due_us ? now - c->due_us : 0);
    uint32_t phase = phase_now(w, now);
    if (phase < w->job->plan.phase_count)
        w->news[phase].meanwhile++;
    unlock(w);
    ends(w, c, false);
}

void worker_failed(struct worker *w, struct call *c, enum load_fault fault, int alert)
{
    struct tally *t = locked(w, c->phase);
    t->faults[fault]++;
    if (fault == FAULT_ALERT && alert >= 0)
        t->alerts[alert]++;
    unlock(w);
    ends(w, c, true);
}

/* ---- room ---- */

bool worker_has_room(const struct worker *w)
{
    uint32_t most = w->job->open_most / w->job->threads;
    return w->reactor.open < (most == 0 ? 1 : most);
}

uint32_t worker_phone(const struct worker *w, uint32_t phone)
{
    return phone / w->job->threads;
}

uint32_t worker_phones(const struct worker *w)
{
    return (w->job->phones - w->index + w->job->threads - 1) / w->job->threads;
}

/* ---- the thread ---- */

static void on_tick(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct worker *w = timer->data;
    (void)loop;
    (void)events;
    uint64_t now = now_us();
    w->overdue_us += w->tick_us != 0 && now > w->tick_us ? now - w->tick_us : 0;
    w->tick_us = now + (uint64_t)(TICK_S * 1e6);
    atomic_store(&w->open, w->reactor.open > 0 ? w->reactor.open : w->under_way);
    if (now < w->orders->zero_us)
        return;
    wake(w, w->job->concurrency != 0 ? again : try_now);
    if (w->job->concurrency == 0 && (w->waiting != NULL || is_over(w)))
        arrivals(w);
}

static bool is_done(const struct worker *w)
{
    if (atomic_load(&w->orders->abort))
        return true;
    if (w->under_way > 0 || w->waiting != NULL || w->resting != NULL)
        return false;
    return w->job->concurrency != 0 ? time_is_up(w) : w->next >= w->job->plan.count;
}

/* A run that ends with arrivals that are due and were not begun: nobody answered those either. */
static void count_unbegun(struct worker *w)
{
    const struct load_job *job = w->job;
    for (uint32_t i = 0; i < job->plan.phase_count; i++) {
        const struct plan_phase *f = &job->plan.phases[i];
        uint64_t end = f->first + f->count, from = w->next > f->first ? w->next : f->first;
        if (from >= end)
            continue;
        uint64_t n = plan_share(end, job->phones, job->threads, w->index) -
                     plan_share(from, job->phones, job->threads, w->index);
        struct tally *t = locked(w, i);
        t->faults[FAULT_UNBEGUN] += n;
        t->unanswered += n;
        unlock(w);
    }
    if (w->waiting == NULL)
        return;
    struct tally *t = locked(w, w->waiting->phase);
    t->faults[FAULT_UNBEGUN]++;
    t->unanswered++;
    unlock(w);
}

/* Ended while it was under way: by a signal, or because its time was long over. */
static void count_unfinished(struct worker *w)
{
    enum load_fault fault = atomic_load(&w->orders->stop) ? FAULT_UNFINISHED : FAULT_TIMEOUT;
    for (uint32_t i = 0; i < w->job->plan.phase_count; i++) {
        struct tally *t = locked(w, i);
        t->faults[fault] += w->of_phase[i];
        t->unanswered += w->of_phase[i];
        unlock(w);
    }
    if (w->job->concurrency != 0)
        return;
    for (const struct call *c = w->resting; c != NULL; c = c->next)
        never_answered(w, c);
    if (!atomic_load(&w->orders->stop)) /* by a signal: they were called off */
        count_unbegun(w);
}

static uint64_t of_time(struct timeval t)
{
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_usec;
}

static uint64_t processor_us(void)
{
    struct rusage u;
    CHECK(getrusage(RUSAGE_THREAD, &u) == 0);
    return of_time(u.ru_utime) + of_time(u.ru_stime);
}

static void on_rest(struct ev_loop *loop, struct ev_prepare *p, int events)
{
    struct worker *w = p->data;
    (void)loop;
    (void)events;
    w->rest_us = now_us();
}

static void on_wake(struct ev_loop *loop, struct ev_check *c, int events)
{
    struct worker *w = c->data;
    (void)loop;
    (void)events;
    w->rested_us += now_us() - w->rest_us;
}

/* A thread that is ready and not let run has no time left either: processor time does not show
 * that, the time that it did not wait does. */
static void watch_rests(struct worker *w)
{
    ev_prepare_init(&w->rests, on_rest);
    ev_set_priority(&w->rests, EV_MINPRI);
    w->rests.data = w;
    ev_prepare_start(w->reactor.loop, &w->rests);
    ev_check_init(&w->wakes, on_wake);
    ev_set_priority(&w->wakes, EV_MAXPRI);
    w->wakes.data = w;
    ev_check_start(w->reactor.loop, &w->wakes);
}

static void open_all(struct worker *w)
{
    reactor_open(&w->reactor);
    reactor_enter(&w->reactor);
    w->alarm_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    CHECK(w->alarm_fd >= 0); /* counted when the limit of open files was looked at */
    ev_io_init(&w->alarm, on_alarm, w->alarm_fd, EV_READ);
    w->alarm.data = w;
    ev_io_start(w->reactor.loop, &w->alarm);
    ev_timer_init(&w->tick, on_tick, TICK_S, TICK_S);
    w->tick.data = w;
    ev_timer_start(w->reactor.loop, &w->tick);
    watch_rests(w);
    w->client = w->job->client->open(w);
}

static void close_all(struct worker *w)
{
    w->job->client->close(w);
    ev_io_stop(w->reactor.loop, &w->alarm);
    ev_timer_stop(w->reactor.loop, &w->tick);
    ev_prepare_stop(w->reactor.loop, &w->rests);
    ev_check_stop(w->reactor.loop, &w->wakes);
    close(w->alarm_fd);
    reactor_leave(&w->reactor);
    reactor_close(&w->reactor);
}

/* It had something to do while it did not wait for that, and while a tick was overdue: a thread
 * that is woken and not let run does not know yet that it waits no more. */
static uint64_t occupied_us(const struct worker *w)
{
    uint64_t active = w->wall_us > w->rested_us ? w->wall_us - w->rested_us : 0;
    uint64_t overdue = w->overdue_us < w->wall_us ? w->overdue_us : w->wall_us;
    return active > overdue ? active : overdue;
}

static void *work(void *of)
{
    struct worker *w = of;
    sys_check_context(w->job->check);
    open_all(w);
    (void)pthread_barrier_wait(w->orders->ready);
    (void)pthread_barrier_wait(w->orders->ready);
    if (w->job->concurrency != 0) {
        first_slots(w);
    } else {
        skip(w);
        set_alarm(w, w->next < w->job->plan.count ? w->next_due_us : w->orders->zero_us);
    }
    uint64_t busy = processor_us(), from = now_us();
    w->rested_us = w->overdue_us = w->tick_us = 0; /* of the run alone */
    while (!is_done(w)) {
        reactor_turn(&w->reactor);
        reactor_reap(&w->reactor);
    }
    w->busy_us = processor_us() - busy;
    w->wall_us = now_us() - from;
    w->occupied_us = occupied_us(w);
    count_unfinished(w);
    close_all(w);
    atomic_store(&w->open, 0);
    atomic_store(&w->done, true);
    w->orders->over();
    return NULL;
}

void worker_start(struct worker *w, const struct load_job *job, struct orders *orders,
                  uint32_t index)
{
    uint32_t phases = job->plan.phase_count;
    *w = (struct worker){ .job = job, .orders = orders, .index = index };
    CHECK(pthread_mutex_init(&w->lock, NULL) == 0);
    w->news = reactor_take(phases * sizeof *w->news);
    w->of_phase = reactor_take(phases * sizeof *w->of_phase);
    for (uint32_t i = 0; i < phases; i++)
        w->news[i] = tally_of(&sys_mem);
    sigset_t all, before; /* signals are the main thread's */
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    CHECK(pthread_create(&w->thread, NULL, work, w) == 0);
    CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
}

static void free_calls(struct call *c)
{
    while (c != NULL) {
        struct call *next = c->next;
        reactor_give(c);
        c = next;
    }
}

void worker_join(struct worker *w)
{
    CHECK(pthread_join(w->thread, NULL) == 0);
    for (uint32_t i = 0; i < w->job->plan.phase_count; i++)
        tally_free(&w->news[i]);
    reactor_give(w->news);
    reactor_give(w->of_phase);
    free_calls(w->spare);
    free_calls(w->resting);
    if (w->waiting != NULL)
        reactor_give(w->waiting);
    pthread_mutex_destroy(&w->lock);
}
