#include "sim/net/fetch.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/net/datagram.h"
#include "sim/net/net.h"
#include "sim/net/stream.h"
#include "sim/wire/http.h"
#include "sim/wire/tftp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTO_FIRST 4096 /* bytes of a file by TFTP, at first */

struct fetch {
    struct reactor *reactor;
    fetch_done *done;
    void *owner;
    struct fetch_request order;
    char name[FETCH_NAME];
    struct ev_timer timer; /* the end of the whole, or of a wait within it */
    uint64_t until_us;
    struct stream *stream; /* HTTP */
    int fd;                /* TFTP; -1: none */
    struct ev_io io;
    struct tftp_receive machine;
    uint8_t *into; /* grows as the file comes */
    size_t into_cap;
    uint16_t tid; /* the port that the server answers from; 0: no answer yet */
};

/* ---- the end ---- */

static void fetch_free(void *what)
{
    struct fetch *f = what;
    reactor_give(f->into);
    reactor_give(f);
}

static void let_go(struct fetch *f)
{
    struct reactor *r = f->reactor;
    ev_timer_stop(r->loop, &f->timer);
    if (f->fd >= 0) {
        ev_io_stop(r->loop, &f->io);
        close(f->fd);
    }
    reactor_bury(r, fetch_free, f);
}

static void over(struct fetch *f, const struct fetched *got)
{
    f->done(f->owner, got);
    if (f->stream != NULL)
        stream_finish(f->stream);
    let_go(f);
}

/* The server sees at once that nobody waits. */
void fetch_cancel(struct fetch *f)
{
    if (f->stream != NULL)
        stream_abort(f->stream);
    let_go(f);
}

static void over_by(struct fetch *f, enum fetched_end end)
{
    over(f, &(struct fetched){ .end = end });
}

static void broken(struct fetch *f, const char *why)
{
    struct fetched got = { .end = FETCHED_BROKEN };
    err_set(&got.why, "%s", why);
    over(f, &got);
}

static void came(struct fetch *f, struct view bytes)
{
    over(f, &(struct fetched){ .end = FETCHED_CAME, .bytes = bytes });
}

static struct fetch *begin(struct reactor *r, const struct fetch_request *o, fetch_done *done,
                           void *owner, void (*late)(struct ev_loop *, struct ev_timer *, int))
{
    struct fetch *f = reactor_take(sizeof *f);
    size_t n = strlen(o->name);
    CHECK(n < FETCH_NAME);
    *f = (struct fetch){ .reactor = r, .done = done, .owner = owner, .order = *o, .fd = -1 };
    memcpy(f->name, o->name, n);
    f->until_us = reactor_now_us(r) + o->wait_us;
    ev_timer_init(&f->timer, late, 0., 0.);
    f->timer.data = f;
    reactor_ring(r, &f->timer, f->until_us);
    return f;
}

static void on_no_socket(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    broken(timer->data, "no socket is to be had");
}

/* Told by the loop, for nothing ends inside the call that begins it. */
static void no_socket(struct fetch *f)
{
    ev_timer_stop(f->reactor->loop, &f->timer);
    ev_set_cb(&f->timer, on_no_socket);
    reactor_ring(f->reactor, &f->timer, 0);
}

/* ---- HTTP ---- */

static void http_opened(struct stream *s)
{
    struct fetch *f = s->owner;
    uint8_t request[1024];
    struct wr w = wr_of(request, sizeof request);
    char host[16];
    net_text(f->order.ip, host);
    http_request_encode(f->name, host, &w);
    CHECK(!w.over); /* a name has at most 127 bytes */
    stream_write(s, view_of(request, w.n));
}

static void http_input(struct stream *s)
{
    struct fetch *f = s->owner;
    struct http_response r;
    struct fetched bad = { .end = FETCHED_BROKEN };
    bool whole = false;
    struct view in = stream_in(s);
    if (!http_response_decode(in, &whole, &r, &bad.why))
        over(f, &bad);
    else if (whole && r.status != 200)
        over_by(f, FETCHED_MISSING);
    else if (whole && r.body > f->order.limit)
        broken(f, "the file is larger than any phone takes");
    else if (whole && in.n - r.head >= r.body)
        came(f, view_sub(in, r.head, r.body));
    else if (stream_eof(s))
        broken(f, "the connection ended before the file did");
}

static void http_ended(struct stream *s, enum stream_end end)
{
    struct fetch *f = s->owner;
    f->stream = NULL;
    if (end == STREAM_REFUSED)
        over_by(f, FETCHED_REFUSED);
    else if (!s->open) /* no way there */
        over_by(f, FETCHED_SILENT);
    else
        broken(f, "the connection was broken off");
}

static void nothing(struct stream *s)
{
    (void)s;
}

static const struct stream_ops http_ops = { http_opened, nothing, http_input, nothing, http_ended };

static void on_http_late(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    over_by(timer->data, FETCHED_SILENT);
}

struct fetch *fetch_http(struct reactor *r, const struct fetch_request *o, fetch_done *done,
                         void *owner)
{
    const struct stream_way way = { .from = o->from, .ip = o->ip, .port = o->port };
    struct fetch *f = begin(r, o, done, owner, on_http_late);
    f->stream = stream_connect_by(r, &way, NULL, HTTP_HEAD_MAX + o->limit, &http_ops, f);
    if (f->stream == NULL)
        no_socket(f);
    else if (o->lag != NULL)
        stream_lag(f->stream, o->lag, o->luck);
    f->order.lag = NULL; /* borrowed until here */
    return f;
}

/* ---- TFTP ---- */

static void tftp_send_out(struct fetch *f, const struct wr *w)
{
    struct sockaddr_in to = net_address(f->order.ip, f->tid != 0 ? f->tid : f->order.port);
    if (w->n > 0 && !w->over)
        (void)sendto(f->fd, w->p, w->n, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof to);
}

/* Room for the next block, up to the limit. */
static void tftp_grow(struct fetch *f)
{
    size_t cap = f->into_cap * 2 < f->order.limit ? f->into_cap * 2 : f->order.limit;
    if (f->into_cap - f->machine.into.n >= TFTP_BLKSIZE || cap <= f->into_cap)
        return;
    f->into = sys_realloc(f->into, cap);
    f->into_cap = cap;
    f->machine.into.p = f->into;
    f->machine.into.cap = cap;
}

static void tftp_failed(struct fetch *f)
{
    struct tftp_receive *m = &f->machine;
    struct fetched got = { .end = m->not_found ? FETCHED_MISSING : FETCHED_BROKEN };
    if (m->error_code == TFTP_ERR_FULL)
        err_set(&got.why, "the file is larger than any phone takes");
    else
        err_set(&got.why, "TFTP error %u", m->error_code);
    over(f, &got);
}

static void tftp_goes_on(struct fetch *f, const struct wr *w)
{
    struct tftp_receive *m = &f->machine;
    bool silence = m->failed && m->error_code == TFTP_ERR_UNDEFINED && m->tries >= TFTP_TRIES;
    tftp_send_out(f, w);
    if (m->done)
        came(f, view_of(f->into, m->into.n));
    else if (m->failed && !silence)
        tftp_failed(f);
    else /* where all tries are used up: only the end of the whole is left to wait for */
        reactor_ring(f->reactor, &f->timer,
                     !silence && m->deadline_us < f->until_us ? m->deadline_us : f->until_us);
}

static void on_tftp_late(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct fetch *f = timer->data;
    struct wr w = wr_of(f->reactor->scratch, REACTOR_SCRATCH);
    uint64_t now = reactor_now_us(f->reactor);
    (void)loop;
    (void)events;
    if (now >= f->until_us) {
        over_by(f, FETCHED_SILENT);
        return;
    }
    tftp_receive_timeout(&f->machine, now, &w);
    tftp_goes_on(f, &w);
}

static void on_packet(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct fetch *f = io->data;
    struct reactor *r = f->reactor;
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    struct tftp_packet p;
    (void)loop;
    (void)events;
    ssize_t n = recvfrom(f->fd, r->scratch, REACTOR_SCRATCH, 0, (struct sockaddr *)&from, &size);
    if (n < 0) {
        if (datagram_was_refused(f->fd) && f->tid == 0)
            over_by(f, FETCHED_REFUSED);
        return;
    }
    uint16_t port = ntohs(from.sin_port);
    if (from.sin_addr.s_addr != htonl(f->order.ip) || (f->tid != 0 && port != f->tid))
        return; /* a stray */
    if (!tftp_decode(view_of(r->scratch, (size_t)n), &p, NULL))
        return;
    uint8_t answer[64]; /* an ACK or an ERROR; the datagram still stands in the scratch */
    struct wr w = wr_of(answer, sizeof answer);
    f->tid = port;
    tftp_grow(f);
    tftp_receive_packet(&f->machine, &p, reactor_now_us(r), &w);
    tftp_goes_on(f, &w);
}

struct fetch *fetch_tftp(struct reactor *r, const struct fetch_request *o, fetch_done *done,
                         void *owner)
{
    struct fetch *f = begin(r, o, done, owner, on_tftp_late);
    int one = 1;
    f->fd = net_socket(SOCK_DGRAM, INADDR_ANY, 0);
    if (f->fd < 0) {
        no_socket(f);
        return f;
    }
    (void)setsockopt(f->fd, IPPROTO_IP, IP_RECVERR, &one, sizeof one);
    f->into_cap = INTO_FIRST < o->limit ? INTO_FIRST : o->limit;
    f->into = reactor_take(f->into_cap);
    ev_io_init(&f->io, on_packet, f->fd, EV_READ);
    f->io.data = f;
    ev_io_start(r->loop, &f->io);
    struct wr w = wr_of(r->scratch, REACTOR_SCRATCH);
    tftp_receive_start(&f->machine, view_str(f->name), 0, f->into, f->into_cap, reactor_now_us(r),
                       &w);
    tftp_goes_on(f, &w);
    return f;
}
