#include "sim/net/reactor.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define PAUSE_S     0.1        /* before the next try where no descriptor is left */
#define KEPT_MEMORY (16 << 20) /* free, at the end of the heap */

/* ---- memory ---- */

static void *loop_memory(void *old, long n)
{
    return sys_realloc(old, (size_t)n);
}

__attribute__((constructor)) static void take_memory(void)
{
    ev_set_allocator(loop_memory);
}

/* Connections come and go by the hundred: what the heap had for one is there for the next, and not
 * given back and asked for again, some calls of the kernel and page faults each time.  Both at
 * once, for setting one stops the C library from setting the other by itself. */
static void keep_memory(void)
{
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY / 4);
}

void *reactor_take(size_t n)
{
    void *p = sys_mem.resize(sys_mem.ctx, NULL, n == 0 ? 1 : n);
    memset(p, 0, n);
    return p;
}

void reactor_give(void *p)
{
    sys_mem.resize(sys_mem.ctx, p, 0);
}

void reactor_bury(struct reactor *r, void (*free_it)(void *), void *what)
{
    mem_reserve(&sys_mem, (void **)&r->graves, &r->grave_cap, (size_t)r->grave_n + 1,
                sizeof *r->graves);
    r->graves[r->grave_n++] = (struct grave){ free_it, what };
}

void reactor_reap(struct reactor *r)
{
    while (r->grave_n > 0) {
        struct grave g = r->graves[--r->grave_n];
        g.free(g.what);
    }
}

/* ---- descriptors ---- */

bool reactor_is_short(void)
{
    return errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
}

bool reactor_may_retry(const struct reactor *r)
{
    int error = errno;
    bool given = reactor_is_short() && r->give_up != NULL && r->give_up(r->give_up_owner);
    errno = error;
    return given;
}

int reactor_accept(struct reactor *r, struct ev_io *io, struct ev_timer *pause)
{
    int fd;
    do
        fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (fd < 0 && reactor_may_retry(r));
    if (fd < 0 && reactor_is_short()) {
        ev_io_stop(r->loop, io);
        ev_timer_set(pause, PAUSE_S, 0.);
        ev_timer_start(r->loop, pause);
    }
    return fd;
}

/* ---- the clock ---- */

uint64_t reactor_clock_us(void)
{
    struct timespec t;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

uint64_t reactor_wall_us(void)
{
    struct timespec t;
    CHECK(clock_gettime(CLOCK_REALTIME, &t) == 0);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

uint64_t reactor_now_us(const struct reactor *r)
{
    if (!r->inside)
        return r->frozen_us;
    uint64_t passed_us = reactor_clock_us() - r->base_us;
    return r->frozen_us + (r->speed == 1 ? passed_us : (uint64_t)((double)passed_us * r->speed));
}

void reactor_enter(struct reactor *r)
{
    CHECK(!r->inside); /* a callback never runs the loop */
    r->base_us = reactor_clock_us();
    r->inside = true;
    ev_resume(r->loop); /* no timer comes early because of what was done outside */
}

void reactor_leave(struct reactor *r)
{
    r->frozen_us = reactor_now_us(r);
    r->inside = false;
    ev_suspend(r->loop);
}

void reactor_speed(struct reactor *r, double speed)
{
    CHECK(!r->inside && speed > 0);
    r->speed = speed;
}

void reactor_turn(struct reactor *r)
{
    ev_run(r->loop, EVRUN_ONCE);
    if (r->serve_ready != NULL)
        r->serve_ready(r);
}

void reactor_ring(struct reactor *r, struct ev_timer *timer, uint64_t at_us)
{
    uint64_t now = reactor_now_us(r);
    ev_timer_stop(r->loop, timer);
    ev_timer_set(timer, at_us > now ? (double)(at_us - now) / 1e6 / r->speed : 0., 0.);
    ev_timer_start(r->loop, timer);
}

/* ---- life ---- */

void reactor_open(struct reactor *r)
{
    *r = (struct reactor){ .loop = ev_loop_new(EVFLAG_AUTO), .speed = 1 };
    CHECK(r->loop != NULL);
    keep_memory();
    r->scratch = reactor_take(REACTOR_SCRATCH);
    ev_suspend(r->loop);
}

void reactor_close(struct reactor *r)
{
    CHECK(r->streams == NULL && r->leaving == NULL);
    reactor_reap(r);
    ev_loop_destroy(r->loop);
    reactor_give(r->graves);
    reactor_give(r->ready);
    reactor_give(r->scratch);
}
