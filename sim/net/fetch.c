#include "sim/net/fetch.h"

#include "sim/base/check.h"
#include "sim/net/net.h"
#include "sim/net/stream.h"
#include "sim/net/tftp.h"
#include "sim/wire/http.h"

#include <string.h>

struct fetch {
    struct reactor *reactor;
    fetch_done *done;
    void *owner;
    struct fetch_request order;
    char name[FETCH_NAME];
    struct ev_timer timer; /* HTTP: the end of the whole */
    struct stream *stream;
    struct tftp_client tftp;
};

/* ---- the end ---- */

static void fetch_free(void *what)
{
    struct fetch *f = what;
    tftp_free(&f->tftp);
    reactor_give(f);
}

static void let_go(struct fetch *f)
{
    struct reactor *r = f->reactor;
    ev_timer_stop(r->loop, &f->timer);
    tftp_stop(&f->tftp);
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
                           void *owner)
{
    struct fetch *f = reactor_take(sizeof *f);
    size_t n = strlen(o->name);
    CHECK(n < FETCH_NAME);
    *f = (struct fetch){ .reactor = r, .done = done, .owner = owner, .order = *o };
    memcpy(f->name, o->name, n);
    return f;
}

static void ring(struct fetch *f, void (*then)(struct ev_loop *, struct ev_timer *, int),
                 uint64_t at_us)
{
    ev_timer_init(&f->timer, then, 0., 0.);
    f->timer.data = f;
    reactor_ring(f->reactor, &f->timer, at_us);
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
    ring(f, on_no_socket, 0);
}

/* ---- HTTP ---- */

static void http_opened(struct stream *s)
{
    struct fetch *f = s->owner;
    uint8_t request[1024];
    struct wr w = wr_of(request, sizeof request);
    char host[16], from[16];
    net_text(f->order.ip, host);
    net_text(f->order.from, from);
    if (f->order.passes_on)
        http_request_pass_on(f->name, host, from, &w);
    else
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
    struct fetch *f = begin(r, o, done, owner);
    f->stream = stream_connect_by(r, &way, NULL, HTTP_HEAD_MAX + o->limit, &http_ops, f);
    if (f->stream == NULL)
        no_socket(f);
    else
        ring(f, on_http_late, reactor_now_us(r) + o->wait_us);
    if (f->stream != NULL && o->lag != NULL)
        stream_lag(f->stream, o->lag, o->luck);
    f->order.lag = NULL; /* borrowed until here */
    return f;
}

/* ---- TFTP ---- */

static void tftp_over(void *owner, const struct tftp_got *got)
{
    static const enum fetched_end ends[] = {
        [TFTP_CAME] = FETCHED_CAME,        [TFTP_NO_FILE] = FETCHED_MISSING,
        [TFTP_REFUSED] = FETCHED_REFUSED,  [TFTP_SILENT] = FETCHED_SILENT,
        [TFTP_TOO_LARGE] = FETCHED_BROKEN, [TFTP_BROKEN] = FETCHED_BROKEN
    };
    struct fetched f = { .end = ends[got->end], .bytes = got->bytes };
    if (got->end == TFTP_TOO_LARGE)
        err_set(&f.why, "the file is larger than any phone takes");
    else if (got->end == TFTP_BROKEN)
        err_set(&f.why, "TFTP error %u", got->code);
    over(owner, &f);
}

struct fetch *fetch_tftp(struct reactor *r, const struct fetch_request *o, fetch_done *done,
                         void *owner)
{
    struct fetch *f = begin(r, o, done, owner);
    const struct tftp_order order = { .from = o->from,
                                      .ip = o->ip,
                                      .port = o->port,
                                      .name = f->name,
                                      .limit = o->limit,
                                      .until_us = reactor_now_us(r) + o->wait_us,
                                      .tired = TFTP_WAITS,
                                      .lag = o->lag,
                                      .luck = o->luck };
    if (!tftp_begin(&f->tftp, r, &order, tftp_over, f))
        no_socket(f);
    return f;
}
