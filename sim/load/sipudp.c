#include "sim/load/sipudp.h"

#include "sim/base/sys.h"
#include "sim/load/greet.h"
#include "sim/net/datagram.h"
#include "sim/talk/sip.h"

#include <string.h>
#include <unistd.h>

#define T1_US 500000u
#define T2_US 4000000u

struct ask {
    struct worker *w;
    struct call *call; /* NULL: it is spare */
    int fd;
    struct sockaddr_in server;
    uint64_t end_us, again_us, wait_us; /* --timeout is over; it is sent again; and after that */
    struct ev_io io;
    struct ev_timer timer;
    uint8_t request[TALK_SIP_ROOM];
    size_t n;
    struct ask *next, *all_next;
};

struct asks {
    struct ask *spare, *all;
    struct arena arena;        /* of one message */
    uint32_t open, number, ip; /* ip: of this machine, where --source says none */
};

static struct asks *asks_of(const struct worker *w)
{
    return w->client;
}

static struct call *leave(struct ask *a)
{
    struct asks *all = asks_of(a->w);
    struct call *c = a->call;
    ev_io_stop(a->w->reactor.loop, &a->io);
    ev_timer_stop(a->w->reactor.loop, &a->timer);
    close(a->fd);
    a->call = NULL;
    a->next = all->spare;
    all->spare = a;
    all->open--;
    return c;
}

static void send_it(struct ask *a)
{
    struct reactor *r = &a->w->reactor;
    datagram_send(r, a->fd, &a->server, view_of(a->request, a->n));
    a->again_us = reactor_now_us(r) + a->wait_us;
    a->wait_us = a->wait_us * 2 < T2_US ? a->wait_us * 2 : T2_US;
    reactor_ring(r, &a->timer, a->again_us < a->end_us ? a->again_us : a->end_us);
}

static void on_time(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct ask *a = timer->data;
    struct worker *w = a->w;
    (void)loop;
    (void)events;
    if (reactor_now_us(&w->reactor) < a->end_us)
        send_it(a);
    else
        worker_failed(w, leave(a), FAULT_TIMEOUT, -1);
}

/* A final response to this request: of its call, whoever else has this port now. */
static bool is_final(const struct ask *a, struct view in, struct sip_msg *m)
{
    struct sip_msg asked;
    size_t n = 0;
    return sip_whole(in, &n, NULL) && n == in.n && sip_decode(in, m, NULL) && !m->request &&
           m->status >= 200 && sip_decode(view_of(a->request, a->n), &asked, NULL) &&
           view_eq(m->call_id, asked.call_id) && view_eq(m->cseq, asked.cseq);
}

static void on_datagram(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct ask *a = io->data;
    struct worker *w = a->w;
    struct reactor *r = &w->reactor;
    (void)loop;
    (void)events;
    for (;;) {
        struct sockaddr_in from;
        struct sip_msg m;
        ssize_t n = datagram_receive(r, a->fd, r->scratch, REACTOR_SCRATCH, &from);
        if (n < 0)
            return;
        if (!net_same(&from, &a->server) || !is_final(a, view_of(r->scratch, (size_t)n), &m))
            continue;
        bool good = m.status == 200;
        worker_answered(w, leave(a), good);
        return;
    }
}

static struct ask *ask_new(struct worker *w)
{
    struct asks *all = asks_of(w);
    struct ask *a = all->spare;
    if (a != NULL) {
        all->spare = a->next;
        return a;
    }
    a = reactor_take(sizeof *a);
    a->w = w;
    a->all_next = all->all;
    all->all = a;
    return a;
}

static bool has_room(const struct worker *w, const struct call *c)
{
    uint32_t most = w->job->open_most / w->job->threads;
    (void)c;
    return asks_of(w)->open < (most == 0 ? 1 : most);
}

static void write_request(struct ask *a)
{
    struct asks *all = asks_of(a->w);
    struct arena_mark mark = arena_mark(&all->arena);
    all->number += a->w->job->threads;
    struct asking who = { .job = a->w->job, .phone = a->call->phone, .number = all->number };
    net_local(a->fd, &who.ip, &who.port);
    who.ip = who.ip == 0 ? all->ip : who.ip;
    struct view v = greet_sip(&who, &all->arena);
    memcpy(a->request, v.p, v.n);
    a->n = v.n;
    arena_rewind(&all->arena, mark);
}

static void begin(struct worker *w, struct call *c)
{
    const struct load_job *job = w->job;
    int fd = net_socket(SOCK_DGRAM, target_source(&job->target, c->phone), 0);
    if (fd < 0) {
        worker_failed(w, c, FAULT_LOCAL, -1);
        return;
    }
    struct ask *a = ask_new(w);
    asks_of(w)->open++;
    a->call = c;
    a->fd = fd;
    a->server = net_address(job->target.ip, job->target.port);
    a->end_us = reactor_now_us(&w->reactor) + job->timeout_us;
    a->wait_us = T1_US;
    ev_io_init(&a->io, on_datagram, fd, EV_READ);
    a->io.data = a;
    ev_timer_init(&a->timer, on_time, 0., 0.);
    a->timer.data = a;
    ev_io_start(w->reactor.loop, &a->io);
    write_request(a);
    send_it(a);
}

static void *open_asks(struct worker *w)
{
    struct asks *all = reactor_take(sizeof *all);
    all->arena = arena_of(&sys_mem);
    all->number = w->index; /* no two threads have the same ones */
    all->ip = net_towards(w->job->target.ip, w->job->target.port);
    return all;
}

static void close_asks(struct worker *w)
{
    struct asks *all = asks_of(w);
    for (struct ask *a = all->all; a != NULL;) {
        struct ask *next = a->all_next;
        if (a->call != NULL)
            reactor_give(leave(a));
        reactor_give(a);
        a = next;
    }
    arena_free(&all->arena);
    reactor_give(all);
}

const struct client load_sip_udp = { open_asks, has_room, begin, close_asks, NULL };
