#include "sim/net/stream.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/net/net.h"
#include "sim/net/tap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE      16384
#define LINGER_US  1000000  /* how long a closed connection waits for the peer to see the end */
#define SENDING_US 10000000 /* how long what was written last may take to be sent */
/* Bytes that TLS has for a peer who does not read: as long as there are more, nothing of what he
 * sends is read either, for TLS answers by itself (renegotiation, new keys), without end. */
#define UNSENT 65536

/* ---- buffers ---- */

static void *resize(void *old, size_t n)
{
    return sys_mem.resize(sys_mem.ctx, old, n);
}

static void bytes_put(struct bytes *b, const uint8_t *p, size_t n)
{
    if (b->at == b->n)
        b->at = b->n = 0;
    if (n > b->cap - b->n && b->at > 0) {
        memmove(b->p, b->p + b->at, b->n - b->at);
        b->n -= b->at;
        b->at = 0;
    }
    if (n > b->cap - b->n) {
        size_t cap = b->cap == 0 ? 2048 : b->cap;
        while (cap - b->n < n)
            cap *= 2;
        b->p = resize(b->p, cap);
        b->cap = cap;
    }
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

struct view stream_in(const struct stream *s)
{
    /* Nothing came yet: there is no buffer to point into. */
    return s->in.p == NULL ? view_of(NULL, 0) : view_of(s->in.p + s->in.at, s->in.n - s->in.at);
}

bool stream_eof(const struct stream *s)
{
    return s->eof;
}

size_t stream_unsent(const struct stream *s)
{
    return s->out.n - s->out.at;
}

bool stream_has_said(const struct stream *s)
{
    int unread = 0;
    return s->received > 0 || (s->fd >= 0 && ioctl(s->fd, FIONREAD, &unread) == 0 && unread > 0);
}

static size_t room(const struct stream *s)
{
    size_t held = s->in.n - s->in.at + (s->lag == NULL ? 0 : s->lag->held);
    return held < s->in_limit ? s->in_limit - held : 0;
}

static void bytes_rest(struct bytes *b)
{
    if (b->at < b->n)
        return;
    resize(b->p, 0);
    *b = (struct bytes){ .p = NULL };
}

void stream_rest(struct stream *s)
{
    bytes_rest(&s->in);
    bytes_rest(&s->out);
    if (s->tls != NULL)
        tls_rest(s->tls);
}

/* ---- closing ---- */

static void stream_free(void *what)
{
    struct stream *s = what;
    tls_free(s->tls);
    lag_free(s->lag);
    resize(s->in.p, 0);
    resize(s->out.p, 0);
    resize(s, 0);
}

static bool leaves(const struct stream *s)
{
    return s->accepted && s->finishing;
}

static void off_list(struct stream *s)
{
    struct reactor *r = s->reactor;
    *(s->prev != NULL ? &s->prev->next : leaves(s) ? &r->leaving : &r->streams) = s->next;
    if (s->next != NULL)
        s->next->prev = s->prev;
    else if (leaves(s))
        r->leaving_last = s->prev;
    r->closing -= leaves(s);
}

/* The owner lets go of it: a server's is the youngest of those that leave. */
static void finishes(struct stream *s)
{
    struct reactor *r = s->reactor;
    if (s->accepted)
        off_list(s);
    s->finishing = true;
    if (!s->accepted)
        return;
    s->next = NULL;
    s->prev = r->leaving_last;
    *(s->prev != NULL ? &s->prev->next : &r->leaving) = s;
    r->leaving_last = s;
    r->closing++;
}

static void shut(struct stream *s, bool reset)
{
    if (s->fd < 0)
        return;
    ev_io_stop(s->reactor->loop, &s->io);
    ev_timer_stop(s->reactor->loop, &s->timer);
    if (s->lag != NULL)
        lag_cut(s->lag);
    tap_ended(s, false, reset);
    tap_gone(s);
    if (reset)
        net_reset(s->fd);
    else
        close(s->fd);
    s->fd = -1;
    s->reactor->open--;
    off_list(s);
    reactor_bury(s->reactor, stream_free, s);
}

static void end(struct stream *s, enum stream_end why)
{
    const struct stream_ops *ops = s->ops;
    s->ops = NULL;
    shut(s, why == STREAM_LATE);
    if (ops != NULL)
        ops->ended(s, why);
}

void stream_abort(struct stream *s)
{
    s->ops = NULL;
    shut(s, true);
}

/* ---- behind a link ---- */

enum arrival { OUT_BYTES, IN_BYTES, IN_END, IN_RESET, IN_CONNECTED };

/* What was written since goes on its way. */
static void put_on_way(struct stream *s)
{
    size_t n = stream_unsent(s) - s->on_way - s->there;
    if (s->lag == NULL || s->connecting || n == 0)
        return;
    s->on_way += n;
    lag_put(s->lag, LAG_OUT, OUT_BYTES, view_of(NULL, n), 1);
}

static size_t sendable(const struct stream *s)
{
    return s->lag == NULL ? stream_unsent(s) : s->there;
}

/* ---- what the loop shall wait for ---- */

static bool is_choked(const struct stream *s)
{
    return s->tls != NULL && stream_unsent(s) >= UNSENT;
}

static void watch(struct stream *s)
{
    if (s->fd < 0 || s->muted)
        return;
    put_on_way(s);
    bool reads =
        s->lingering || (!s->connecting && !s->eof && !s->over && room(s) > 0 && !is_choked(s));
    bool writes = (s->connecting && !s->arriving) || (!s->connecting && sendable(s) > 0);
    int events = (reads ? EV_READ : 0) | (writes ? EV_WRITE : 0);
    if (ev_is_active(&s->io) && (s->io.events & (EV_READ | EV_WRITE)) == events)
        return;
    ev_io_stop(s->reactor->loop, &s->io);
    ev_io_modify(&s->io, events); /* what is as before in the end costs no call of the kernel */
    if (events != 0)
        ev_io_start(s->reactor->loop, &s->io);
}

void stream_deadline(struct stream *s, uint64_t in_us)
{
    if (s->fd < 0 || s->muted)
        return;
    ev_timer_stop(s->reactor->loop, &s->timer);
    if (in_us == 0)
        return;
    ev_timer_set(&s->timer, (double)in_us / 1e6, 0.);
    ev_timer_start(s->reactor->loop, &s->timer);
}

void stream_mute(struct stream *s)
{
    if (s->fd < 0)
        return;
    ev_io_stop(s->reactor->loop, &s->io);
    ev_timer_stop(s->reactor->loop, &s->timer);
    s->muted = true;
}

bool stream_drop_oldest(struct reactor *r)
{
    struct stream *oldest = r->leaving;
    if (oldest != NULL)
        shut(oldest, stream_unsent(oldest) > 0);
    return oldest != NULL;
}

void stream_drop_all(struct reactor *r)
{
    while (r->streams != NULL)
        stream_abort(r->streams);
    while (r->leaving != NULL)
        stream_abort(r->leaving);
}

/* ---- sending ---- */

static void take_tls(struct stream *s)
{
    uint8_t piece[PIECE];
    size_t n;
    while ((n = tls_take(s->tls, piece, sizeof piece)) > 0)
        bytes_put(&s->out, piece, n);
}

/* Sends what the socket takes now; what comes last goes with the end of the connection behind it,
 * in one packet.  False: the peer is gone, and the stream closed. */
static bool flush(struct stream *s)
{
    put_on_way(s);
    int flags = MSG_NOSIGNAL | (s->finishing && s->lag == NULL ? MSG_MORE : 0);
    while (sendable(s) > 0) {
        ssize_t n = tap_send(s, view_of(s->out.p + s->out.at, sendable(s)), flags);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (n < 0) {
            s->error = errno;
            tap_ended(s, true, true);
            end(s, s->received == 0 ? STREAM_REFUSED : STREAM_BROKEN);
            return false;
        }
        s->out.at += (size_t)n;
        s->there -= s->lag == NULL ? 0 : (size_t)n;
    }
    if (stream_unsent(s) == 0)
        s->out.at = s->out.n = 0;
    return true;
}

/* Everything is sent: the peer shall read it before it sees the end, so what it still sends is
 * read and thrown away for a while (a close with unread bytes would be a reset). */
static void linger(struct stream *s)
{
    s->lingering = true;
    tap_ended(s, false, false);
    if (s->eof || shutdown(s->fd, SHUT_WR) != 0) {
        shut(s, false);
        return;
    }
    stream_deadline(s, LINGER_US);
}

void stream_write(struct stream *s, struct view v)
{
    if (s->fd < 0)
        return;
    if (s->tls == NULL) {
        if (v.n > 0)
            bytes_put(&s->out, v.p, v.n);
    } else {
        (void)tls_write(s->tls, v); /* not open any more: the next read tells why */
        take_tls(s);
    }
    watch(s);
}

void stream_finish(struct stream *s)
{
    s->ops = NULL;
    if (s->fd < 0 || s->finishing)
        return;
    if (s->connecting) {
        shut(s, false);
        return;
    }
    if (s->tls != NULL) {
        tls_close(s->tls);
        take_tls(s);
    }
    finishes(s);
    stream_deadline(s, SENDING_US);
    if (!flush(s))
        return;
    if (stream_unsent(s) == 0)
        linger(s);
    watch(s);
}

/* ---- receiving ---- */

/* Clear text that TLS holds and that has room now. */
static bool clear_text(struct stream *s)
{
    uint8_t piece[PIECE];
    size_t n, all = 0;
    while (room(s) > 0 &&
           (n = tls_read(s->tls, piece, room(s) < sizeof piece ? room(s) : sizeof piece)) > 0) {
        bytes_put(&s->in, piece, n);
        all += n;
    }
    return all > 0;
}

void stream_consume(struct stream *s, size_t n)
{
    CHECK(n <= s->in.n - s->in.at);
    s->in.at += n;
    if (s->tls != NULL)
        (void)clear_text(s);
    watch(s);
}

static bool let_go(const struct stream *s)
{
    return s->fd < 0 || s->ops == NULL;
}

/* After bytes went into TLS, or a judgement: what it says now. */
static void tls_goes_on(struct stream *s)
{
    enum tls_state state = tls_state(s->tls);
    take_tls(s);
    if (s->hold_us != 0 && !s->open && stream_unsent(s) > 0) {
        stream_deadline(s, s->hold_us); /* our certificate is on its way: the peer may think */
        s->hold_us = 0;
    }
    if (state == TLS_JUDGE && !s->judging) {
        s->judging = true;
        s->ops->judge(s);
        return; /* stream_judge() comes back here */
    }
    bool was_open = state == TLS_OPEN || state == TLS_CLOSED;
    if (was_open && !s->open) {
        s->open = true;
        s->ops->opened(s);
        if (let_go(s))
            return;
    }
    bool got = clear_text(s);
    if (state == TLS_CLOSED)
        s->eof = true;
    if (got || s->eof) {
        s->ops->input(s);
        if (let_go(s))
            return;
    }
    if (state == TLS_FAILED) {
        if (flush(s)) /* the alert, if it goes at once */
            end(s, STREAM_BROKEN);
    }
}

void stream_judge(struct stream *s, bool accept)
{
    if (s->fd < 0 || tls_state(s->tls) != TLS_JUDGE)
        return;
    (void)tls_judge(s->tls, accept);
    if (!accept) {
        take_tls(s);
        stream_finish(s);
        return;
    }
    tls_goes_on(s);
    watch(s);
}

static void came(struct stream *s, const uint8_t *p, size_t n)
{
    s->received += n;
    bool wanted = !s->lingering && !s->finishing;
    if (wanted && s->tls != NULL)
        (void)tls_feed(s->tls, view_of(p, n));
    tap_came(s, view_of(p, n)); /* behind the secrets that open it */
    if (!wanted)
        return;
    if (s->tls != NULL) {
        tls_goes_on(s);
        return;
    }
    bytes_put(&s->in, p, n);
    s->ops->input(s);
}

static void ended_by_peer(struct stream *s)
{
    s->eof = true;
    tap_ended(s, true, false);
    if (s->lingering) {
        shut(s, false);
        return;
    }
    if (s->finishing)
        return; /* it may still read */
    if (s->tls != NULL && !s->open)
        end(s, s->received == 0 ? STREAM_REFUSED : STREAM_BROKEN);
    else
        s->ops->input(s);
}

static void connected(struct stream *s);

/* What came in, at once or at the end of its way. */
static void arrived(struct stream *s, enum arrival what, struct view bytes)
{
    switch (what) {
    case IN_BYTES:
        came(s, bytes.p, bytes.n);
        break;
    case IN_END:
        ended_by_peer(s);
        break;
    case IN_CONNECTED:
        connected(s);
        break;
    default:
        tap_ended(s, true, true);
        end(s, s->received == 0 ? STREAM_REFUSED : STREAM_BROKEN);
        break;
    }
}

static void receive(struct stream *s)
{
    uint8_t piece[PIECE];
    size_t want = sizeof piece;
    if (!s->lingering && s->tls == NULL && room(s) < want)
        want = room(s);
    ssize_t n = recv(s->fd, piece, want, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (n < 0)
        s->error = errno;
    enum arrival what = n > 0 ? IN_BYTES : n == 0 ? IN_END : IN_RESET;
    struct view bytes = view_of(piece, n > 0 ? (size_t)n : 0);
    if (s->lag == NULL || s->lingering) {
        arrived(s, what, bytes);
        return;
    }
    s->over = what != IN_BYTES;
    lag_put(s->lag, LAG_IN, what, bytes, 1);
}

static void connected(struct stream *s)
{
    int error = s->error;
    socklen_t size = sizeof error;
    s->connecting = false;
    if (error == 0 && getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    if (error != 0) {
        s->error = error;
        tap_ended(s, true, true);
        end(s, error == ECONNREFUSED || error == ECONNRESET ? STREAM_REFUSED : STREAM_BROKEN);
        return;
    }
    tap_opened(s);
    if (s->tls != NULL) {
        take_tls(s); /* the client's hello */
        return;
    }
    s->open = true;
    s->ops->opened(s);
}

/* ---- the loop's callbacks ---- */

/* What the socket takes goes out in the same turn of the loop, most of all answers: a wait until it
 * is known to be writable would cost two calls of the kernel and a round of everybody else. */
static void send_now(struct stream *s)
{
    if (s->fd < 0 || s->connecting || s->muted || stream_unsent(s) == 0 || !flush(s) ||
        stream_unsent(s) > 0)
        return;
    if (s->finishing && !s->lingering)
        linger(s);
    else if (s->ops != NULL && s->open) /* before, it was TLS that spoke */
        s->ops->drained(s);
}

/* `events` of those that it waits for still: another one's turn may have changed that. */
static void serve(struct stream *s, int events)
{
    if (s->connecting && s->lag != NULL) {
        s->arriving = true; /* there and back: the first packet, and its answer */
        lag_put(s->lag, LAG_IN, IN_CONNECTED, view_of(NULL, 0), 2);
    } else if (s->connecting) {
        connected(s);
    } else if ((events & EV_READ) != 0) {
        receive(s);
    }
    send_now(s);
    watch(s);
}

static void on_io(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct stream *s = w->data;
    struct reactor *r = s->reactor;
    (void)loop;
    s->ready = events;
    mem_reserve(&sys_mem, (void **)&r->ready, &r->ready_cap, (size_t)r->ready_n + 1,
                sizeof(struct stream *));
    r->ready[r->ready_n++] = s;
}

static int by_age(const void *a, const void *b)
{
    uint64_t x = (*(struct stream *const *)a)->number, y = (*(struct stream *const *)b)->number;
    return x < y ? -1 : x > y;
}

/* A turn's part behind the loop's: whoever came first is served first, so that all wait as long as
 * each other.  libev calls back the last one first, and the kernel tells them in the order of the
 * turn before. */
static void serve_ready(struct reactor *r)
{
    if (r->ready_n > 1)
        qsort(r->ready, r->ready_n, sizeof *r->ready, by_age);
    for (uint32_t i = 0; i < r->ready_n; i++) {
        struct stream *s = r->ready[i]; /* one that was closed meanwhile is no watcher any more */
        int events = ev_is_active(&s->io) ? s->ready & s->io.events : 0;
        if (events != 0)
            serve(s, events);
    }
    r->ready_n = 0;
}

static void on_timer(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct stream *s = w->data;
    (void)loop;
    (void)events;
    end(s, STREAM_LATE);
}

static void on_arrival(void *owner, int what, struct view bytes, size_t n)
{
    struct stream *s = owner;
    if (what == OUT_BYTES) {
        s->on_way -= n;
        s->there += n;
    } else {
        arrived(s, (enum arrival)what, bytes);
    }
    send_now(s);
    watch(s);
}

void stream_lag(struct stream *s, const struct lag_path *path, struct rng luck)
{
    CHECK(s->connecting && s->lag == NULL);
    s->lag = lag_new(s->reactor, path, luck, on_arrival, s);
}

/* ---- beginnings ---- */

static struct stream *begin(struct reactor *r, int fd, struct tls *tls, size_t in_limit,
                            const struct stream_ops *ops, void *owner)
{
    struct stream *s = reactor_take(sizeof *s);
    s->reactor = r;
    s->owner = owner;
    s->ops = ops;
    s->fd = fd;
    s->in_limit = in_limit;
    s->next = r->streams;
    if (s->next != NULL)
        s->next->prev = s;
    r->streams = s;
    r->serve_ready = serve_ready;
    s->number = r->begun++;
    s->tls = tls;
    r->open++;
    ev_io_init(&s->io, on_io, fd, 0);
    s->io.data = s;
    ev_timer_init(&s->timer, on_timer, 0., 0.);
    s->timer.data = s;
    return s;
}

struct stream *stream_accept(struct reactor *r, int fd, struct tls_config *config, size_t in_limit,
                             const struct stream_ops *ops, void *owner)
{
    struct tls *tls = config == NULL ? NULL : tls_new(config);
    struct stream *s = begin(r, fd, tls, in_limit, ops, owner);
    s->open = config == NULL;
    s->accepted = true;
    tap_accept(s);
    watch(s);
    return s;
}

/* The port is chosen by connect(): a local address has as many for each server. */
static bool leave_from(int fd, uint32_t ip)
{
    int late = 1;
    struct sockaddr_in from = net_address(ip, 0);
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late, sizeof late);
    return bind(fd, (const struct sockaddr *)&from, sizeof from) == 0;
}

struct stream *stream_connect_by(struct reactor *r, const struct stream_way *way, struct tls *tls,
                                 size_t in_limit, const struct stream_ops *ops, void *owner)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = net_address(way->ip, way->port);
    if (fd < 0) {
        tls_free(tls);
        return NULL;
    }
    struct stream *s = begin(r, fd, tls, in_limit, ops, owner);
    s->connecting = true;
    if ((way->from != 0 && !leave_from(fd, way->from)) ||
        (tap_connect(s, &to) != 0 && errno != EINPROGRESS))
        s->error = errno;
    watch(s);
    if (s->error != 0)
        ev_feed_event(r->loop, &s->io, EV_WRITE);
    return s;
}

struct stream *stream_connect(struct reactor *r, uint32_t ip, uint16_t port,
                              struct tls_config *config, size_t in_limit,
                              const struct stream_ops *ops, void *owner)
{
    const struct stream_way way = { .ip = ip, .port = port };
    struct tls *tls = config == NULL ? NULL : tls_new(config);
    return stream_connect_by(r, &way, tls, in_limit, ops, owner);
}
