#include "sim/live/impl.h"

#include "sim/capture/capture.h"
#include "sim/net/datagram.h"
#include "sim/wire/tftp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TFTP_PORT 69
#define MOVED_BY  10000 /* a port that the user may not bind */
#define PACKETS   64    /* at a time, so that one port starves no other */

/* One transfer, on a port of its own. */
struct transfer {
    struct live *live;
    struct listener *listener;
    uint32_t epoch;
    int fd;
    struct sockaddr_in peer;
    struct ev_io io;
    struct ev_timer timer;
    struct tftp_send machine;
    struct arena file;
    struct access access;
    struct transfer *prev, *next;
};

static void send_to(struct live *l, int fd, const struct sockaddr_in *to, const struct wr *w)
{
    if (w->n > 0 && !w->over)
        datagram_send(&l->reactor, fd, to, view_of(w->p, w->n));
}

static void send_error(struct live *l, int fd, const struct sockaddr_in *to, uint16_t code,
                       const char *message)
{
    struct tftp_packet p = { .op = TFTP_ERROR,
                             .blksize = -1,
                             .timeout_s = -1,
                             .tsize = -1,
                             .code = code,
                             .message = view_str(message) };
    struct wr w = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    tftp_encode(&p, &w);
    send_to(l, fd, to, &w);
}

/* ---- one transfer ---- */

static void transfer_free(void *what)
{
    struct transfer *t = what;
    arena_free(&t->file);
    reactor_give(t);
}

static void transfer_over(struct transfer *t)
{
    struct live *l = t->live;
    const struct world *w = l->world;
    ev_io_stop(l->reactor.loop, &t->io);
    ev_timer_stop(l->reactor.loop, &t->timer);
    close(t->fd);
    access_answer(&t->access, t->machine.done ? t->machine.file.n : 0,
                  t->machine.done ? "sent" : "given up");
    access_tell(t->listener, &t->peer, &t->access);
    w->transfer_end(w->ctx, t->listener->host->node); /* it counts on through a restart */
    *(t->prev != NULL ? &t->prev->next : &l->transfers) = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    l->transfer_count--;
    reactor_bury(&l->reactor, transfer_free, t);
}

/* What the machine wants: its datagram sent, its deadline kept. */
static void transfer_goes_on(struct transfer *t, const struct wr *w)
{
    struct live *l = t->live;
    send_to(l, t->fd, &t->peer, w);
    if (t->machine.done || t->machine.failed) {
        transfer_over(t);
        return;
    }
    reactor_ring(&l->reactor, &t->timer, t->machine.deadline_us);
}

static bool still_served(struct transfer *t)
{
    const struct world *w = t->live->world;
    if (w->epoch(w->ctx, t->listener->host->node, ASK_FILE) == t->epoch)
        return true;
    transfer_over(t); /* the service was stopped: no answer any more */
    return false;
}

static void on_late(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct transfer *t = w->data;
    struct wr out = wr_of(t->live->reactor.scratch, REACTOR_SCRATCH);
    (void)loop;
    (void)events;
    if (!still_served(t))
        return;
    tftp_send_timeout(&t->machine, live_now_us(t->live), &out);
    transfer_goes_on(t, &out);
}

static void on_packet(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct transfer *t = w->data;
    uint8_t in[1500]; /* an ACK or an ERROR; what is longer is cut and so refused */
    struct sockaddr_in from;
    struct tftp_packet p;
    (void)loop;
    (void)events;
    ssize_t n = datagram_receive(&t->live->reactor, t->fd, in, sizeof in, &from);
    if (n < 0 || !still_served(t))
        return;
    if (!net_same(&from, &t->peer)) {
        send_error(t->live, t->fd, &from, TFTP_ERR_TID, "Unknown transfer ID");
        return;
    }
    if (!tftp_decode(view_of(in, (size_t)n), &p, NULL))
        return;
    struct wr out = wr_of(t->live->reactor.scratch, REACTOR_SCRATCH);
    tftp_send_packet(&t->machine, &p, live_now_us(t->live), &out);
    transfer_goes_on(t, &out);
}

/* ---- requests ---- */

/* Takes over the bytes in `file`.  The node's transfer is counted already. */
static void transfer_begin(struct listener *li, const struct sockaddr_in *peer,
                           const struct tftp_packet *rrq, struct arena file, struct view bytes,
                           struct access *access)
{
    struct live *l = li->live;
    struct transfer *t = reactor_take(sizeof *t);
    t->live = l;
    t->listener = li;
    t->epoch = li->epoch;
    t->peer = *peer;
    t->file = file;
    t->fd = net_socket(SOCK_DGRAM, li->host->ip, 0);
    if (t->fd < 0) { /* no file or port left: as over the limit, silence */
        access_answer(access, 0, "dropped");
        access_tell(li, peer, access);
        l->world->transfer_end(l->world->ctx, li->host->node);
        transfer_free(t);
        return;
    }
    if (access != NULL)
        t->access = *access;
    t->next = l->transfers;
    if (t->next != NULL)
        t->next->prev = t;
    l->transfers = t;
    l->transfer_count++;
    ev_io_init(&t->io, on_packet, t->fd, EV_READ);
    t->io.data = t;
    ev_io_start(l->reactor.loop, &t->io);
    ev_timer_init(&t->timer, on_late, 0., 0.);
    t->timer.data = t;
    struct wr out = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    tftp_send_start(&t->machine, rrq, bytes, live_now_us(l), &out);
    transfer_goes_on(t, &out);
}

/* A request sent again while its transfer runs: the machine sends again by itself. */
static bool runs_already(const struct listener *li, const struct sockaddr_in *peer)
{
    for (const struct transfer *t = li->live->transfers; t != NULL; t = t->next)
        if (t->listener == li && net_same(&t->peer, peer))
            return true;
    return false;
}

static void read_request(struct listener *li, const struct sockaddr_in *peer,
                         const struct tftp_packet *rrq)
{
    struct live *l = li->live;
    struct arena a = arena_of(&sys_mem);
    struct view bytes = { NULL, 0 };
    uint32_t node = li->host->node;
    struct access room, *access = access_wanted(li, &room);
    access_asked(access, "RRQ", rrq->name);
    enum answer found = answer_file(l, node, rrq->name, &a, &bytes, access);
    if (found == ANSWER_MISSING) {
        send_error(l, li->fd, peer, TFTP_ERR_NOT_FOUND, "File not found");
        access_answer(access, 0, "error 1");
    }
    /* Busy is never "no such file": over the limit the request is dropped, so that the phone sends
     * it again (assumed). */
    if (found == ANSWER_OK && l->transfer_count < l->options.transfers &&
        l->world->transfer_begin(l->world->ctx, node)) {
        transfer_begin(li, peer, rrq, a, bytes, access);
        return;
    }
    arena_free(&a);
    if (found != ANSWER_MISSING)
        access_answer(access, 0, "dropped");
    access_tell(li, peer, access);
}

static void on_request(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct listener *li = w->data;
    struct live *l = li->live;
    struct tftp_packet p;
    uint8_t in[1500];
    (void)loop;
    (void)events;
    for (int i = 0; i < PACKETS && li->fd >= 0; i++) {
        struct sockaddr_in from;
        ssize_t n = datagram_receive(&l->reactor, li->fd, in, sizeof in, &from);
        if (n < 0)
            return;
        if (l->world->epoch(l->world->ctx, li->host->node, ASK_FILE) != li->epoch)
            return;
        if (!tftp_decode(view_of(in, (size_t)n), &p, NULL) || p.op == TFTP_ERROR)
            continue; /* an error is never answered */
        if (p.op == TFTP_RRQ) {
            if (!runs_already(li, &from))
                read_request(li, &from, &p);
            continue;
        }
        send_error(l, li->fd, &from, p.op == TFTP_WRQ ? TFTP_ERR_ACCESS : TFTP_ERR_TID,
                   p.op == TFTP_WRQ ? "Access violation" : "Unknown transfer ID");
    }
}

/* ---- the port ---- */

bool tftpd_open(struct listener *li, struct err *e)
{
    struct live *l = li->live;
    char ip[16];
    uint16_t port = live_port(l, LIVE_TFTP);
    net_text(li->host->ip, ip);
    li->fd = net_socket(SOCK_DGRAM, li->host->ip, port);
    if (li->fd < 0 && errno == EACCES && l->tftp_port == 0) {
        l->tftp_port = port + MOVED_BY;
        return tftpd_open(li, e);
    }
    if (li->fd < 0)
        return err_set(e, "%s: cannot bind %s port %u (TFTP): %s", li->host->name, ip, port,
                       strerror(errno));
    if (l->tftp_port == 0)
        l->tftp_port = port;
    if (l->reactor.capture != NULL && port != TFTP_PORT)
        capture_port(l->reactor.capture, port, TFTP_PORT);
    ev_io_init(&li->io, on_request, li->fd, EV_READ);
    li->io.data = li;
    ev_io_start(l->reactor.loop, &li->io);
    return true;
}

void tftpd_drop(struct live *l, const struct host *p)
{
    struct transfer *next;
    for (struct transfer *t = l->transfers; t != NULL; t = next) {
        next = t->next;
        if (t->listener->host == p)
            transfer_over(t);
    }
}
