#include "sim/load/tftp.h"

#include "sim/base/sys.h"
#include "sim/net/datagram.h"
#include "sim/wire/tftp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define REQUEST_ROOM 600 /* of what a receiver sends */

struct fetch {
    struct worker *w;
    struct call *call; /* NULL: it is spare */
    int fd;
    bool heard; /* the server's port of this transfer is known */
    struct sockaddr_in server;
    struct tftp_receive receive;
    uint64_t end_us; /* when --timeout is over */
    struct ev_io io;
    struct ev_timer timer;
    uint8_t *file;
    struct fetch *next, *all_next;
};

struct fetches {
    struct fetch *spare, *all;
    uint32_t open;
};

static struct fetches *fetches_of(const struct worker *w)
{
    return w->client;
}

static void leave(struct fetch *f)
{
    struct fetches *all = fetches_of(f->w);
    ev_io_stop(f->w->reactor.loop, &f->io);
    ev_timer_stop(f->w->reactor.loop, &f->timer);
    close(f->fd);
    f->call = NULL;
    f->next = all->spare;
    all->spare = f;
    all->open--;
}

/* What the machine wrote goes out, and its deadline is set; true: it is over. */
static bool goes_on(struct fetch *f, const struct wr *out, bool by_time)
{
    struct worker *w = f->w;
    struct call *c = f->call;
    const struct tftp_receive *r = &f->receive;
    if (out->n > 0)
        datagram_send(&w->reactor, f->fd, &f->server, view_of(out->p, out->n));
    if (!r->done && !r->failed) {
        uint64_t at =
            r->deadline_us == 0 || r->deadline_us > f->end_us ? f->end_us : r->deadline_us;
        reactor_ring(&w->reactor, &f->timer, at);
        return false;
    }
    bool done = r->done, missing = r->not_found;
    leave(f);
    if (done || missing)
        worker_answered(w, c, done);
    else
        worker_failed(w, c, by_time ? FAULT_TIMEOUT : FAULT_REPLY, -1);
    return true;
}

/* From another port than the one that answered first: of another transfer, and passed over. */
static bool is_servers(struct fetch *f, const struct sockaddr_in *from)
{
    if (from->sin_addr.s_addr != f->server.sin_addr.s_addr ||
        (f->heard && from->sin_port != f->server.sin_port))
        return false;
    f->heard = true;
    f->server = *from;
    return true;
}

static void on_datagram(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct fetch *f = io->data;
    struct reactor *r = &f->w->reactor;
    (void)loop;
    (void)events;
    for (;;) {
        struct sockaddr_in from;
        struct tftp_packet p;
        uint8_t room[REQUEST_ROOM];
        ssize_t n = datagram_receive(r, f->fd, r->scratch, REACTOR_SCRATCH, &from);
        if (n < 0)
            return;
        if (!is_servers(f, &from) || !tftp_decode(view_of(r->scratch, (size_t)n), &p, NULL))
            continue;
        struct wr out = wr_of(room, sizeof room);
        tftp_receive_packet(&f->receive, &p, reactor_now_us(r), &out);
        if (goes_on(f, &out, false))
            return;
    }
}

static void on_time(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct fetch *f = timer->data;
    struct worker *w = f->w;
    uint8_t room[REQUEST_ROOM];
    struct wr out = wr_of(room, sizeof room);
    (void)loop;
    (void)events;
    if (reactor_now_us(&w->reactor) >= f->end_us) {
        struct call *c = f->call;
        leave(f);
        worker_failed(w, c, FAULT_TIMEOUT, -1);
        return;
    }
    tftp_receive_timeout(&f->receive, reactor_now_us(&w->reactor), &out);
    (void)goes_on(f, &out, true);
}

static struct fetch *fetch_new(struct worker *w)
{
    struct fetches *all = fetches_of(w);
    struct fetch *f = all->spare;
    if (f != NULL) {
        all->spare = f->next;
        return f;
    }
    f = reactor_take(sizeof *f);
    f->w = w;
    f->file = mem_take(&sys_mem, LOAD_TFTP_FILE); /* pages are the system's until bytes come */
    f->all_next = all->all;
    all->all = f;
    return f;
}

static bool has_room(const struct worker *w, const struct call *c)
{
    uint32_t most = w->job->open_most / w->job->threads;
    (void)c;
    return fetches_of(w)->open < (most == 0 ? 1 : most);
}

static void begin(struct worker *w, struct call *c)
{
    const struct load_job *job = w->job;
    uint8_t room[REQUEST_ROOM];
    struct wr out = wr_of(room, sizeof room);
    int fd = net_socket(SOCK_DGRAM, target_source(&job->target, c->phone), 0);
    if (fd < 0) {
        worker_failed(w, c, FAULT_LOCAL, -1);
        return;
    }
    struct fetch *f = fetch_new(w);
    uint64_t now = reactor_now_us(&w->reactor);
    fetches_of(w)->open++;
    f->call = c;
    f->fd = fd;
    f->heard = false;
    f->server = net_address(job->target.ip, job->target.port);
    f->end_us = now + job->timeout_us;
    ev_io_init(&f->io, on_datagram, fd, EV_READ);
    f->io.data = f;
    ev_timer_init(&f->timer, on_time, 0., 0.);
    f->timer.data = f;
    ev_io_start(w->reactor.loop, &f->io);
    tftp_receive_start(&f->receive, view_str(job->file), job->blksize, f->file, LOAD_TFTP_FILE, now,
                       &out);
    (void)goes_on(f, &out, false);
}

static void *open_fetches(struct worker *w)
{
    (void)w;
    return reactor_take(sizeof(struct fetches));
}

static void close_fetches(struct worker *w)
{
    struct fetches *all = fetches_of(w);
    for (struct fetch *f = all->all; f != NULL;) {
        struct fetch *next = f->all_next;
        if (f->call != NULL) {
            reactor_give(f->call);
            leave(f);
        }
        mem_free(&sys_mem, f->file);
        reactor_give(f);
        f = next;
    }
    reactor_give(all);
}

const struct client load_tftp = { open_fetches, has_room, begin, close_fetches, NULL };
