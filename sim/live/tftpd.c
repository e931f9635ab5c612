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
#define MOVED_BY  10000   /* a port that the user may not bind */
#define BATCHES   4       /* read at a time, so that one port starves no other */
#define BUCKETS   1024    /* a power of two */
#define ROOM_MIN  516     /* an OACK, or an ERROR */
#define SILENT_US 1000000 /* a client that says nothing for so long gives way to a new one */
#define GONE      60      /* so often in a row: it is over, whatever timeout was asked for */

struct transfer {
    struct tftp_port *port;
    struct sockaddr_in peer;
    uint64_t request; /* hash of what was asked */
    struct ev_timer timer;
    struct tftp_send machine;
    struct live_file *file;
    struct errand *errand; /* it waits for what another node answers; NULL: it does not */
    struct tftp_packet rrq;
    bool counted; /* among the node's transfers */
    bool told;    /* somebody wants to hear of it */
    struct access access;
    struct transfer *next; /* in its bucket */
    /* Whether its client said something since its timer rang last; those of which none did, the
     * longest silent first. */
    bool heard, silent;
    uint8_t silences; /* in a row */
    struct transfer *silent_prev, *silent_next;
};

struct tftp_port {
    struct listener *listener;
    uint32_t epoch;
    int fd; /* of the transfers */
    struct ev_io io;
    struct transfer *buckets[BUCKETS], *silent, *silent_last;
};

/* What all ports share: used and left within a callback. */
struct tftpd {
    struct datagrams_in in;
    struct datagrams_out out;
};

static void send_error(struct live *l, int fd, const struct sockaddr_in *to, uint16_t code,
                       const char *message)
{
    uint8_t bytes[ROOM_MIN];
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

/* ---- silent ones ---- */

static void is_silent(struct transfer *t)
{
    struct tftp_port *port = t->port;
    if (t->silent)
        return;
    t->silent = true;
    t->silent_next = NULL;
    t->silent_prev = port->silent_last;
    *(t->silent_prev != NULL ? &t->silent_prev->silent_next : &port->silent) = t;
    port->silent_last = t;
}

static void is_heard(struct transfer *t)
{
    struct tftp_port *port = t->port;
    t->heard = true;
    t->silences = 0;
    if (!t->silent)
        return;
    t->silent = false;
    *(t->silent_prev != NULL ? &t->silent_prev->silent_next : &port->silent) = t->silent_next;
    *(t->silent_next != NULL ? &t->silent_next->silent_prev : &port->silent_last) = t->silent_prev;
}

/* Its deadline may be minutes ahead; that it is silent is seen earlier. */
static void ring(struct transfer *t, uint64_t now_us)
{
    uint64_t look_us = now_us + SILENT_US;
    reactor_ring(&t->port->listener->live->reactor, &t->timer,
                 t->machine.deadline_us < look_us ? t->machine.deadline_us : look_us);
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
    is_heard(t); /* off its list */
    ev_timer_stop(l->reactor.loop, &t->timer);
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

/* The longest silent one of a node; `any`: else of another one. */
static struct transfer *most_silent(const struct live *l, const struct host *h, bool any)
{
    const struct tftp_port *port = h->listeners[LIVE_TFTP].tftp;
    struct transfer *found = port == NULL ? NULL : port->silent;
    for (uint32_t i = 0; any && found == NULL && i < l->host_count; i++) {
        port = l->hosts[i]->listeners[LIVE_TFTP].tftp;
        found = port == NULL ? NULL : port->silent;
    }
    return found;
}

bool tftpd_take(struct live *l, const struct host *h)
{
    struct transfer *lost;
    while (!l->world->transfer_begin(l->world->ctx, h->node)) {
        lost = most_silent(l, h, false);
        if (lost == NULL)
            return false;
        transfer_over(lost);
    }
    return true;
}

static bool room_left(const struct live *l, const struct host *h)
{
    struct transfer *lost =
        l->transfer_count < l->options.transfers ? NULL : most_silent(l, h, true);
    if (lost != NULL)
        transfer_over(lost);
    return l->transfer_count < l->options.transfers;
}

static void drop_all(struct tftp_port *port)
{
    for (size_t i = 0; i < BUCKETS; i++)
        while (port->buckets[i] != NULL)
            transfer_over(port->buckets[i]);
}

static struct wr room_for(struct live *l, const struct transfer *t)
{
    size_t need = 4 + (size_t)t->machine.blksize;
    return datagrams_room(&l->tftpd->out, need > ROOM_MIN ? need : ROOM_MIN);
}

/* What the machine has said, and the rest of its window, into the batch; then perhaps its end.
 * Its timer is not set anew for each block: when it rings it looks whether anything is late. */
static void goes_on(struct transfer *t, uint64_t now_us, struct wr w)
{
    struct live *l = t->port->listener->live;
    while (w.n > 0) {
        datagrams_add(&l->tftpd->out, &t->peer, &w);
        w = room_for(l, t);
        tftp_send_more(&t->machine, now_us, &w);
    }
    if (t->machine.done || t->machine.failed)
        transfer_over(t);
}

static void on_late(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct transfer *t = timer->data;
    struct tftp_port *port = t->port;
    struct live *l = port->listener->live;
    uint64_t now_us = live_now_us(l);
    (void)loop;
    (void)events;
    if (!is_current(port)) {
        drop_all(port);
        return;
    }
    if (!t->heard)
        is_silent(t);
    t->heard = false;
    if (++t->silences > GONE) {
        transfer_over(t);
        return;
    }
    if (now_us >= t->machine.deadline_us) {
        datagrams_begin(&l->tftpd->out, &l->reactor, port->fd);
        struct wr w = room_for(l, t);
        tftp_send_timeout(&t->machine, now_us, &w);
        if (!t->machine.failed)
            ring(t, now_us);
        goes_on(t, now_us, w);
        datagrams_flush(&l->tftpd->out);
        return;
    }
    ring(t, now_us);
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
    is_heard(t);
    struct wr w = room_for(l, t);
    tftp_send_packet(&t->machine, &p, now_us, &w);
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
    ev_timer_init(&t->timer, on_late, 0., 0.);
    t->timer.data = t;
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
    tftp_send_start(&t->machine, &t->rrq, file->bytes, now_us, &w);
    if (!t->machine.failed)
        ring(t, now_us);
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
    bool left = room_left(l, li->host);
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
