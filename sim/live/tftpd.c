/* TFTP of the nodes.  A node has two sockets: one on the port where requests come, and one for all
 * its transfers, which are told apart by the address of the client (its transfer identifier; the
 * server's is the same for all, RFC 1350 asks for no more than that the two together are one
 * transfer's).  Datagrams are read and sent in batches. */
#include "sim/live/impl.h"

#include "sim/base/rng.h"
#include "sim/capture/capture.h"
#include "sim/net/datagram.h"
#include "sim/wire/text.h"
#include "sim/wire/tftp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TFTP_PORT 69
#define MOVED_BY  10000 /* a port that the user may not bind */
#define BATCHES   4     /* read at a time, so that one port starves no other */
#define BUCKETS   1024  /* a power of two */
#define SWEEP_US  10000 /* the least between two looks at what is late: many lost cost little */
/* A client that says nothing new for so long gives way to who asks; and is gone, whatever timeout
 * it asked for: twenty minutes it would be with 255 s (assumed, both). */
#define SILENT_US 1000000
#define GONE_US   60000000
/* An OACK, an ERROR, or a short block; of others the head. */
#define ROOM (4 + DATAGRAM_COPIED)

struct transfer {
    struct tftp_port *port;
    struct transfer *next; /* in its bucket */
    struct sockaddr_in peer;
    uint64_t request;  /* hash of what was asked */
    uint64_t moved_us; /* when its client said the last thing that was news */
    struct tftp_send machine;
    struct live_file *file;
    struct errand *errand; /* it waits for what another node answers; NULL: it does not */
    struct tftp_packet rrq;
    bool counted; /* among the node's transfers */
    bool told;    /* somebody wants to hear of it */
    struct access access;
};

struct tftp_port {
    struct listener *listener;
    uint32_t epoch;
    int fd; /* of the transfers */
    struct ev_io io;
    struct ev_timer timer; /* of the transfer that is due first, or earlier */
    uint64_t rings_us;     /* when it does; while it is set */
    struct transfer *buckets[BUCKETS];
};

/* What all ports share: used and left within a callback. */
struct tftpd {
    struct datagrams_in in;
    struct datagrams_out out;
};

static void send_error(struct live *l, int fd, const struct sockaddr_in *to, uint16_t code,
                       const char *message)
{
    uint8_t bytes[ROOM];
    struct tftp_packet p = { .op = TFTP_ERROR,
                             .blksize = -1,
                             .timeout_s = -1,
                             .tsize = -1,
                             .code = code,
                             .message = view_str(message) };
    struct wr w = wr_of(bytes, sizeof bytes);
    tftp_encode(&p, &w);
    datagram_send(&l->reactor, fd, to, view_of(bytes, w.n));
}

/* False: the service was stopped or restarted meanwhile, and answers nobody any more. */
static bool is_current(const struct tftp_port *port)
{
    const struct live *l = port->listener->live;
    return l->world->epoch(l->world->ctx, port->listener->host->node, ASK_FILE) == port->epoch;
}

/* ---- transfers by client ---- */

static struct transfer **bucket_of(struct tftp_port *port, const struct sockaddr_in *peer)
{
    uint64_t key = (uint64_t)peer->sin_addr.s_addr << 16 | peer->sin_port;
    return &port->buckets[rng_mix(key) % BUCKETS];
}

static struct transfer *find(struct tftp_port *port, const struct sockaddr_in *peer)
{
    struct transfer *t = *bucket_of(port, peer);
    while (t != NULL && !net_same(&t->peer, peer))
        t = t->next;
    return t;
}

/* ---- one transfer ---- */

static void transfer_free(void *what)
{
    struct transfer *t = what;
    files_drop(t->file);
    reactor_give(t);
}

/* `answer` of so many bytes is what came of it. */
static void over_with(struct transfer *t, uint64_t bytes, const char *answer)
{
    struct live *l = t->port->listener->live;
    const struct world *w = l->world;
    struct transfer **at = bucket_of(t->port, &t->peer);
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    if (t->told) {
        access_answer(&t->access, bytes, "%s", answer);
        access_tell(t->port->listener, &t->peer, &t->access);
    }
    if (t->counted) /* on through a restart */
        w->transfer_end(w->ctx, t->port->listener->host->node);
    errand_cancel(t->errand);
    l->transfer_count--;
    reactor_bury(&l->reactor, transfer_free, t);
}

static void transfer_over(struct transfer *t)
{
    bool sent = t->machine.done;
    over_with(t, sent ? t->machine.file.n : 0, sent ? "sent" : "given up");
}

static void drop_all(struct tftp_port *port)
{
    for (size_t i = 0; i < BUCKETS; i++)
        while (port->buckets[i] != NULL)
            transfer_over(port->buckets[i]);
}

/* ---- room for one more ---- */

/* Of its transfers, and `best`, the one that has stood still for longest.  What waits for another
 * node has an end of its own. */
static struct transfer *stillest(const struct tftp_port *port, struct transfer *best)
{
    for (size_t i = 0; port != NULL && i < BUCKETS; i++)
        for (struct transfer *t = port->buckets[i]; t != NULL; t = t->next)
            if (t->errand == NULL && (best == NULL || t->moved_us < best->moved_us))
                best = t;
    return best;
}

static bool gives_way(const struct live *l, struct transfer *t)
{
    if (t == NULL || live_now_us(l) - t->moved_us < SILENT_US)
        return false;
    transfer_over(t);
    return true;
}

bool tftpd_take(struct live *l, const struct host *h)
{
    const struct world *w = l->world;
    return w->transfer_begin(w->ctx, h->node) ||
           (gives_way(l, stillest(h->listeners[LIVE_TFTP].tftp, NULL)) &&
            w->transfer_begin(w->ctx, h->node));
}

/* One more of all nodes? */
static bool room_left(const struct live *l)
{
    struct transfer *t = NULL;
    if (l->transfer_count < l->options.transfers)
        return true;
    for (uint32_t i = 0; i < l->host_count; i++)
        t = stillest(l->hosts[i]->listeners[LIVE_TFTP].tftp, t);
    return gives_way(l, t);
}

/* What the machine has said, and the rest of its window, into the batch; then perhaps its end. */
static void goes_on(struct transfer *t, uint64_t now_us, struct wr w)
{
    struct live *l = t->port->listener->live;
    while (w.n > 0) {
        datagrams_add(&l->tftpd->out, &t->peer, &w, t->machine.body);
        w = datagrams_room(&l->tftpd->out, ROOM);
        tftp_send_more(&t->machine, now_us, &w);
    }
    if (t->machine.done || t->machine.failed)
        transfer_over(t);
}

/* One timer for all transfers: it is set to the first deadline that there is, and no block sets it
 * anew.  When it rings it looks which of them are late. */
static void ring_by(struct tftp_port *port, uint64_t at_us)
{
    if (ev_is_active(&port->timer) && port->rings_us <= at_us)
        return;
    port->rings_us = at_us;
    reactor_ring(&port->listener->live->reactor, &port->timer, at_us);
}

/* When it has to be looked at. */
static uint64_t due_us(const struct transfer *t)
{
    uint64_t gone_us = t->moved_us + GONE_US;
    return t->machine.deadline_us < gone_us ? t->machine.deadline_us : gone_us;
}

/* When it is due next; 0: never, for it is over or waits for another node. */
static uint64_t late(struct transfer *t, uint64_t now_us)
{
    struct live *l = t->port->listener->live;
    if (t->machine.deadline_us == 0 || now_us < due_us(t))
        return t->machine.deadline_us == 0 ? 0 : due_us(t);
    if (now_us >= t->moved_us + GONE_US) {
        transfer_over(t);
        return 0;
    }
    struct wr w = datagrams_room(&l->tftpd->out, ROOM);
    tftp_send_timeout(&t->machine, now_us, &w);
    uint64_t at_us = t->machine.failed ? 0 : due_us(t);
    goes_on(t, now_us, w); /* its end, perhaps */
    return at_us;
}

static void on_late(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct tftp_port *port = timer->data;
    struct live *l = port->listener->live;
    uint64_t now_us = live_now_us(l), first_us = UINT64_MAX;
    (void)loop;
    (void)events;
    if (!is_current(port)) {
        drop_all(port);
        return;
    }
    datagrams_begin(&l->tftpd->out, &l->reactor, port->fd);
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct transfer *t = port->buckets[i], *next; t != NULL; t = next) {
            next = t->next;
            uint64_t at_us = late(t, now_us);
            if (at_us != 0 && at_us < first_us)
                first_us = at_us;
        }
    }
    datagrams_flush(&l->tftpd->out);
    if (first_us != UINT64_MAX)
        ring_by(port, first_us > now_us + SWEEP_US ? first_us : now_us + SWEEP_US);
}

static void packet(struct tftp_port *port, uint64_t now_us, const struct sockaddr_in *from,
                   struct view bytes)
{
    struct live *l = port->listener->live;
    struct transfer *t = find(port, from);
    struct tftp_packet p;
    if (!tftp_decode(bytes, &p, NULL))
        return;
    if (t == NULL) {
        if (p.op != TFTP_ERROR) /* which is never answered */
            send_error(l, port->fd, from, TFTP_ERR_TID, "Unknown transfer ID");
        return;
    }
    if (t->errand != NULL)
        return; /* nothing was sent yet */
    struct wr w = datagrams_room(&l->tftpd->out, ROOM);
    uint64_t acked = t->machine.acked;
    bool open = t->machine.open;
    tftp_send_packet(&t->machine, &p, now_us, &w);
    if (t->machine.acked != acked || t->machine.open != open)
        t->moved_us = now_us;
    goes_on(t, now_us, w);
}

static void on_packets(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct tftp_port *port = io->data;
    struct tftpd *d = port->listener->live->tftpd;
    struct reactor *r = &port->listener->live->reactor;
    (void)loop;
    (void)events;
    if (!is_current(port)) {
        drop_all(port);
        return;
    }
    datagrams_begin(&d->out, r, port->fd);
    size_t n = DATAGRAMS;
    for (int b = 0; b < BATCHES && n == DATAGRAMS; b++) {
        n = datagrams_receive(r, port->fd, &d->in);
        uint64_t now_us = reactor_now_us(r);
        for (size_t i = 0; i < n; i++)
            if (!d->in.got[i].cut) /* an ACK or an ERROR is short */
                packet(port, now_us, &d->in.got[i].from,
                       view_of(d->in.got[i].bytes, d->in.got[i].n));
    }
    datagrams_flush(&d->out);
}

/* ---- requests ---- */

/* In words that stay, for the request does not. */
static struct view mode_of(const struct tftp_packet *rrq)
{
    bool octet = text_same(rrq->mode, "octet"), netascii = tftp_is_netascii(rrq->mode);
    return view_str(octet ? "octet" : netascii ? "netascii" : "");
}

static struct transfer *transfer_of(struct tftp_port *port, const struct sockaddr_in *peer,
                                    const struct tftp_packet *rrq, uint64_t request,
                                    const struct access *access)
{
    struct live *l = port->listener->live;
    struct transfer *t = reactor_take(sizeof *t), **at = bucket_of(port, peer);
    t->port = port;
    t->peer = *peer;
    t->rrq = *rrq;
    t->rrq.mode = mode_of(rrq);
    t->rrq.name = view_of(NULL, 0);
    t->request = request;
    t->told = access != NULL;
    if (t->told)
        t->access = *access;
    t->next = *at;
    *at = t;
    l->transfer_count++;
    return t;
}

/* Takes over `file`.  The node's transfer is counted already. */
static void transfer_begin(struct transfer *t, struct live_file *file)
{
    struct live *l = t->port->listener->live;
    t->file = file;
    t->counted = true;
    struct wr w =
        datagrams_room(&l->tftpd->out, REACTOR_SCRATCH); /* its block size is not known yet */
    uint64_t now_us = live_now_us(l);
    t->moved_us = now_us;
    tftp_send_start(&t->machine, &t->rrq, file->bytes, now_us, &w);
    t->machine.apart = true; /* the file stays until what was said of it is sent */
    if (!t->machine.failed)
        ring_by(t->port, due_us(t));
    goes_on(t, now_us, w);
}

/* Busy is never "no such file": over the limit the request is dropped, so that the phone sends it
 * again (assumed). */
static const char *refuse(struct listener *li, const struct sockaddr_in *peer, enum answer found)
{
    if (found != ANSWER_MISSING)
        return "dropped";
    send_error(li->live, li->fd, peer, TFTP_ERR_NOT_FOUND, "File not found");
    return "error 1";
}

/* What another node answered, or that it did not. */
static void file_came(void *owner, enum answer found, struct live_file *file)
{
    struct transfer *t = owner;
    struct listener *li = t->port->listener;
    t->errand = NULL;
    t->moved_us = live_now_us(li->live); /* it gives way to nobody for itself */
    if (found == ANSWER_OK && tftpd_take(li->live, li->host)) {
        datagrams_begin(&li->live->tftpd->out, &li->live->reactor, t->port->fd);
        transfer_begin(t, file);
        datagrams_flush(&li->live->tftpd->out);
        return;
    }
    files_drop(file);
    over_with(t, 0, refuse(li, &t->peer, found));
}

/* False: too many wait already. */
static bool waits(struct tftp_port *port, const struct sockaddr_in *peer,
                  const struct tftp_packet *rrq, uint64_t request, const struct file_wanted *wanted,
                  const struct access *access)
{
    struct listener *li = port->listener;
    if (li->live->errands >= ERRANDS)
        return false;
    struct transfer *t = transfer_of(port, peer, rrq, request, access);
    t->errand = errand_begin(li->live, li->host->node, wanted, file_came, t);
    return true;
}

/* A request that came twice while nothing of its answer was acknowledged: the machine sends that
 * again by itself.  Another one of the same client ends what it asked before. */
static bool runs_already(struct tftp_port *port, const struct sockaddr_in *peer, uint64_t request)
{
    struct transfer *t = find(port, peer);
    if (t == NULL)
        return false;
    bool untouched =
        t->errand != NULL || (t->machine.acked == 0 && t->machine.open != t->machine.oack);
    if (untouched && t->request == request)
        return true;
    transfer_over(t);
    return false;
}

static void read_request(struct tftp_port *port, const struct sockaddr_in *peer,
                         const struct tftp_packet *rrq, struct view bytes)
{
    struct listener *li = port->listener;
    struct live *l = li->live;
    struct live_file *file = NULL;
    uint32_t node = li->host->node;
    uint64_t request = rng_hash(1, bytes);
    if (runs_already(port, peer, request))
        return;
    struct access room, *access = access_wanted(li, &room);
    struct file_wanted wanted = { .netascii = tftp_is_netascii(rrq->mode) };
    access_asked(access, "RRQ", rrq->name);
    enum answer found = answer_file(l, node, rrq->name, &wanted, &file, access);
    bool wanted_now = found == ANSWER_OK || found == ANSWER_ELSEWHERE;
    bool left = wanted_now && room_left(l);
    if (found == ANSWER_ELSEWHERE && left && waits(port, peer, rrq, request, &wanted, access))
        return;
    if (found == ANSWER_OK && left && tftpd_take(l, li->host)) {
        transfer_begin(transfer_of(port, peer, rrq, request, access), file);
        return;
    }
    files_drop(file);
    access_answer(access, 0, "%s", refuse(li, peer, found));
    access_tell(li, peer, access);
}

/* What came where requests come.  An error is never answered, and what is cut off in the middle of
 * nowhere is no request. */
static void came(struct tftp_port *port, const struct sockaddr_in *from, struct view bytes,
                 bool cut)
{
    struct live *l = port->listener->live;
    int fd = port->listener->fd;
    struct tftp_packet p = { .op = 0 };
    bool whole = !cut && tftp_decode(bytes, &p, NULL);
    if (whole && p.op == TFTP_RRQ)
        read_request(port, from, &p, bytes);
    else if (whole && p.op == TFTP_WRQ)
        send_error(l, fd, from, TFTP_ERR_ACCESS, "Access violation");
    else if (whole && p.op != TFTP_ERROR)
        send_error(l, fd, from, TFTP_ERR_TID, "Unknown transfer ID");
    else if (!whole && bytes.n >= 2 && bytes.p[0] == 0 && bytes.p[1] != TFTP_ERROR)
        send_error(l, fd, from, TFTP_ERR_ILLEGAL, "Illegal TFTP operation");
}

static void on_requests(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct listener *li = io->data;
    struct tftp_port *port = li->tftp;
    struct tftpd *d = li->live->tftpd;
    struct reactor *r = &li->live->reactor;
    (void)loop;
    (void)events;
    datagrams_begin(&d->out, r, port->fd);
    size_t n = DATAGRAMS;
    for (int b = 0; b < BATCHES && n == DATAGRAMS; b++) {
        n = datagrams_receive(r, li->fd, &d->in);
        if (!is_current(port))
            break;
        for (size_t i = 0; i < n; i++)
            came(port, &d->in.got[i].from, view_of(d->in.got[i].bytes, d->in.got[i].n),
                 d->in.got[i].cut);
    }
    datagrams_flush(&d->out);
}

/* ---- the port ---- */

static void watch(struct listener *li)
{
    ev_io_start(li->live->reactor.loop, &li->io);
    ev_io_start(li->live->reactor.loop, &li->tftp->io);
}

static void leave(struct listener *li)
{
    ev_io_stop(li->live->reactor.loop, &li->io);
    ev_io_stop(li->live->reactor.loop, &li->tftp->io);
}

/* The port where requests come; the first node that may not bind it moves all. */
static int bind_port(struct listener *li)
{
    struct live *l = li->live;
    uint16_t port = live_port(l, LIVE_TFTP);
    int fd = datagram_socket(li->host->ip, port);
    if (fd < 0 && errno == EACCES && l->tftp_port == 0) {
        port += MOVED_BY;
        l->tftp_port = port;
        fd = datagram_socket(li->host->ip, port);
    }
    if (fd >= 0 && l->tftp_port == 0)
        l->tftp_port = port;
    return fd;
}

bool tftpd_open(struct listener *li, struct err *e)
{
    struct live *l = li->live;
    char ip[16];
    net_text(li->host->ip, ip);
    li->fd = bind_port(li);
    int fd = li->fd >= 0 ? datagram_socket(li->host->ip, 0) : -1;
    if (fd < 0) {
        err_set(e, "%s: cannot bind %s port %u (TFTP): %s", li->host->name, ip,
                live_port(l, LIVE_TFTP), strerror(errno));
        if (li->fd >= 0)
            close(li->fd);
        li->fd = -1;
        return false;
    }
    if (l->reactor.capture != NULL && l->tftp_port != TFTP_PORT)
        capture_port(l->reactor.capture, l->tftp_port, TFTP_PORT);
    if (l->tftpd == NULL)
        l->tftpd = reactor_take(sizeof *l->tftpd);
    struct tftp_port *port = reactor_take(sizeof *port);
    port->listener = li;
    port->epoch = li->epoch;
    port->fd = fd;
    ev_io_init(&port->io, on_packets, fd, EV_READ);
    port->io.data = port;
    ev_timer_init(&port->timer, on_late, 0., 0.);
    port->timer.data = port;
    li->tftp = port;
    ev_io_init(&li->io, on_requests, li->fd, EV_READ);
    li->io.data = li;
    watch(li);
    return true;
}

void tftpd_close(struct listener *li)
{
    leave(li);
    drop_all(li->tftp);
    ev_timer_stop(li->live->reactor.loop, &li->tftp->timer);
    close(li->tftp->fd);
    reactor_bury(&li->live->reactor, reactor_give, li->tftp);
    li->tftp = NULL;
}

static void discard(int fd)
{
    uint8_t byte;
    while (recv(fd, &byte, sizeof byte, 0) >= 0)
        continue;
}

void tftpd_link(struct listener *li, bool down)
{
    if (down) {
        leave(li);
        drop_all(li->tftp);
    } else if (!ev_is_active(&li->io)) {
        discard(li->fd);
        discard(li->tftp->fd);
        watch(li);
    }
}

void tftpd_free(struct live *l)
{
    reactor_give(l->tftpd);
    l->tftpd = NULL;
}
