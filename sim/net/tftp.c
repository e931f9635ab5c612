#include "sim/net/tftp.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/net/datagram.h"

#include <sys/socket.h>
#include <unistd.h>

#define INTO_FIRST 4096 /* bytes of a file, at first */

/* What a datagram behind a link is: the port that it goes to, or comes from. */
#define COMES_FROM(port) ((int)(port) | 1 << 16)

void tftp_stop(struct tftp_client *c)
{
    if (!c->busy)
        return;
    c->busy = false;
    ev_io_stop(c->reactor->loop, &c->io);
    ev_timer_stop(c->reactor->loop, &c->timer);
    close(c->fd);
    if (c->lag != NULL)
        lag_cut(c->lag);
}

void tftp_free(struct tftp_client *c)
{
    CHECK(!c->busy);
    lag_free(c->lag);
    reactor_give(c->into);
    c->lag = NULL;
    c->into = NULL;
}

static void over(struct tftp_client *c, enum tftp_end end)
{
    const struct tftp_receive *m = &c->machine;
    const struct tftp_got got = { .end = end,
                                  .bytes = view_of(c->into, end == TFTP_CAME ? m->into.n : 0),
                                  .code = m->error_code };
    tftp_stop(c);
    c->done(c->owner, &got);
}

/* ---- out ---- */

static void put(struct tftp_client *c, uint16_t port, struct view bytes)
{
    struct sockaddr_in to = net_address(c->order.ip, port);
    datagram_send(c->reactor, c->fd, &to, bytes);
}

static void send_out(struct tftp_client *c, const struct wr *w)
{
    uint16_t port = c->tid != 0 ? c->tid : c->order.port;
    if (w->n == 0 || w->over)
        return;
    if (c->lag == NULL)
        put(c, port, view_of(w->p, w->n));
    else
        lag_put(c->lag, LAG_OUT, port, view_of(w->p, w->n), 1);
}

static void ask(struct tftp_client *c, uint64_t now_us, struct wr *w)
{
    c->tid = 0;
    tftp_receive_start(&c->machine, view_str(c->order.name), c->order.blksize, c->into, c->cap,
                       now_us, w);
}

/* ---- what follows ---- */

/* Room for what a packet may bring, up to the limit. */
static void grow(struct tftp_client *c, const struct tftp_packet *p)
{
    struct tftp_receive *m = &c->machine;
    size_t need = m->into.n + p->data.n, cap = c->cap;
    if (p->op == TFTP_OACK && p->tsize > 0 && (uint64_t)p->tsize <= c->order.limit)
        need = (size_t)p->tsize;
    while (cap < need && cap < c->order.limit)
        cap = cap * 2 < c->order.limit ? cap * 2 : c->order.limit;
    if (cap == c->cap)
        return;
    c->into = sys_realloc(c->into, cap);
    c->cap = cap;
    m->into.p = c->into;
    m->into.cap = cap;
}

static enum tftp_end end_of(const struct tftp_receive *m)
{
    return m->done                          ? TFTP_CAME
           : m->not_found                   ? TFTP_NO_FILE
           : m->error_code == TFTP_ERR_FULL ? TFTP_TOO_LARGE
                                            : TFTP_BROKEN;
}

/* `tired`: the machine has sent the same as often as it does. */
static void goes_on(struct tftp_client *c, struct wr *w, bool tired)
{
    struct tftp_receive *m = &c->machine;
    if (tired && c->order.tired == TFTP_ASKS_AGAIN)
        ask(c, reactor_now_us(c->reactor), w);
    send_out(c, w);
    if (tired && c->order.tired == TFTP_GIVES_UP)
        over(c, TFTP_SILENT);
    else if (m->done || (m->failed && !tired))
        over(c, end_of(m));
    else
        reactor_ring(c->reactor, &c->timer,
                     m->deadline_us != 0 && m->deadline_us < c->order.until_us ? m->deadline_us
                                                                               : c->order.until_us);
}

static void on_late(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct tftp_client *c = timer->data;
    struct wr w = wr_of(c->reactor->scratch, REACTOR_SCRATCH);
    uint64_t now_us = reactor_now_us(c->reactor);
    (void)loop;
    (void)events;
    if (now_us >= c->order.until_us) {
        over(c, TFTP_SILENT);
        return;
    }
    tftp_receive_timeout(&c->machine, now_us, &w);
    goes_on(c, &w, c->machine.failed);
}

/* ---- in ---- */

static void heard(struct tftp_client *c, uint16_t port, struct view bytes)
{
    struct tftp_packet p;
    uint8_t answer[64]; /* an ACK or an ERROR; the datagram still stands where it came */
    struct wr w = wr_of(answer, sizeof answer);
    if ((c->tid != 0 && port != c->tid) || !tftp_decode(bytes, &p, NULL))
        return; /* a stray */
    if (c->machine.failed)
        return; /* it sends no more, and only waits for the end (TFTP_WAITS) */
    c->tid = port;
    grow(c, &p);
    tftp_receive_packet(&c->machine, &p, reactor_now_us(c->reactor), &w);
    goes_on(c, &w, false);
}

/* At the end of its way, one or the other. */
static void arrives(void *owner, int what, struct view bytes, size_t n)
{
    struct tftp_client *c = owner;
    (void)n;
    if ((what & COMES_FROM(0)) != 0)
        heard(c, (uint16_t)what, bytes);
    else
        put(c, (uint16_t)what, bytes);
}

static void on_packet(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct tftp_client *c = io->data;
    struct reactor *r = c->reactor;
    struct sockaddr_in from;
    (void)loop;
    (void)events;
    ssize_t n = datagram_receive(r, c->fd, r->scratch, REACTOR_SCRATCH, &from);
    if (n < 0) {
        if (datagram_was_refused(c->fd) && c->tid == 0)
            over(c, TFTP_REFUSED);
        return;
    }
    if (from.sin_addr.s_addr != htonl(c->order.ip))
        return; /* a stray */
    struct view bytes = view_of(r->scratch, (size_t)n);
    if (c->lag == NULL)
        heard(c, ntohs(from.sin_port), bytes);
    else
        lag_put(c->lag, LAG_IN, COMES_FROM(ntohs(from.sin_port)), bytes, 1);
}

bool tftp_begin(struct tftp_client *c, struct reactor *r, const struct tftp_order *o,
                tftp_done *done, void *owner)
{
    int one = 1, fd = net_socket(SOCK_DGRAM, o->from, 0);
    CHECK(!c->busy && c->lag == NULL);
    if (fd < 0)
        return false;
    (void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &one, sizeof one);
    c->reactor = r;
    c->order = *o;
    c->done = done;
    c->owner = owner;
    c->busy = true;
    c->fd = fd;
    if (c->into == NULL) {
        c->cap = INTO_FIRST < o->limit ? INTO_FIRST : o->limit;
        c->into = reactor_take(c->cap);
    }
    ev_io_init(&c->io, on_packet, fd, EV_READ);
    c->io.data = c;
    ev_io_start(r->loop, &c->io);
    ev_timer_init(&c->timer, on_late, 0., 0.);
    c->timer.data = c;
    if (o->lag != NULL)
        c->lag = lag_new(r, o->lag, o->luck, arrives, c);
    c->order.lag = NULL; /* borrowed until here */
    struct wr w = wr_of(r->scratch, REACTOR_SCRATCH);
    ask(c, reactor_now_us(r), &w);
    goes_on(c, &w, false);
    return true;
}
