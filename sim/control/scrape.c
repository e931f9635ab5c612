#include "sim/control/scrape.h"

#include "sim/base/sys.h"
#include "sim/net/net.h"
#include "sim/net/stream.h"
#include "sim/talk/http.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK    0x7f000001u
#define BACKLOG     256  /* nobody is to try again a second later because many came at once */
#define CLIENTS     64   /* at it who has said nothing, or the oldest, is broken off */
#define LEAVING     1024 /* of the whole reactor, answered and not closed yet */
#define PATIENCE_US 10000000u

struct visitor {
    struct scrape *scrape;
    struct stream *stream;
    bool last; /* closed once all is sent */
    struct visitor *next;
};

struct scrape {
    struct reactor *reactor;
    const struct metrics *metrics;
    int fd;
    struct ev_io io;
    struct ev_timer pause;
    struct visitor *visitors;
    uint32_t count;
};

static void gone(struct visitor *v)
{
    struct visitor **at = &v->scrape->visitors;
    while (*at != v)
        at = &(*at)->next;
    *at = v->next;
    v->scrape->count--;
    reactor_bury(v->scrape->reactor, reactor_give, v);
}

static void finish(struct visitor *v)
{
    stream_finish(v->stream);
    gone(v);
}

static void on_opened(struct stream *s)
{
    (void)s;
}

static void on_ended(struct stream *s, enum stream_end end)
{
    (void)end;
    gone(s->owner);
}

static void refuse(struct visitor *v, int status)
{
    uint8_t bytes[512];
    struct wr w = wr_of(bytes, sizeof bytes);
    http_response_encode(status, 0, false, &w);
    v->last = true;
    stream_write(v->stream, view_of(bytes, w.n));
}

static void answer(struct visitor *v, const struct http_request *r)
{
    uint8_t bytes[512];
    struct wr w = wr_of(bytes, sizeof bytes);
    struct sys_text text;
    FILE *f = sys_text_open(&text);
    metrics_print(f, v->scrape->metrics);
    fclose(f);
    talk_http_page(r, text.n, "text/plain; version=0.0.4; charset=utf-8", &w);
    v->last = !r->keep_alive;
    stream_write(v->stream, view_of(bytes, w.n));
    if (!r->head)
        stream_write(v->stream, view_of(text.p, text.n));
    sys_text_free(&text);
}

/* One at a time: the next is looked at when the answer has been sent. */
static void on_input(struct stream *s)
{
    struct visitor *v = s->owner;
    if (v->last || stream_unsent(s) > 0)
        return;
    struct talk_http t = talk_http_next(stream_in(s));
    if (t.came == TALK_HTTP_MORE) {
        if (stream_eof(s))
            finish(v);
        return;
    }
    stream_consume(s, t.request.length);
    stream_deadline(s, PATIENCE_US);
    if (t.came == TALK_HTTP_REFUSE)
        refuse(v, t.status);
    else if (strcmp(t.request.name, "metrics") == 0)
        answer(v, &t.request);
    else
        refuse(v, 404);
}

static void on_drained(struct stream *s)
{
    struct visitor *v = s->owner;
    if (v->last)
        finish(v);
    else
        on_input(s);
}

static const struct stream_ops ops = { .opened = on_opened,
                                       .judge = on_opened,
                                       .input = on_input,
                                       .drained = on_drained,
                                       .ended = on_ended };

/* The oldest of those who have said nothing, or of all. */
static struct visitor *least(const struct scrape *s)
{
    struct visitor *oldest = s->visitors, *silent = NULL;
    for (struct visitor *v = s->visitors; v != NULL; v = v->next) {
        oldest = v;
        silent = stream_has_said(v->stream) ? silent : v;
    }
    return silent != NULL ? silent : oldest;
}

/* Who keeps a connection and asks nothing keeps nobody else out. */
static void make_room(struct scrape *s)
{
    while (s->reactor->closing >= LEAVING && stream_drop_oldest(s->reactor))
        continue;
    if (s->count < CLIENTS)
        return;
    struct visitor *v = least(s);
    stream_abort(v->stream);
    gone(v);
}

static void on_pause_over(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct scrape *s = w->data;
    (void)events;
    ev_io_start(loop, &s->io);
}

static void let_in(struct scrape *s, int fd)
{
    make_room(s);
    struct visitor *v = reactor_take(sizeof *v);
    v->scrape = s;
    v->next = s->visitors;
    s->visitors = v;
    s->count++;
    v->stream = stream_accept(s->reactor, fd, NULL, HTTP_HEAD_MAX, &ops, v);
    stream_deadline(v->stream, PATIENCE_US);
}

static void on_accept(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct scrape *s = w->data;
    (void)loop;
    (void)events;
    for (int i = 0; i < BACKLOG; i++) {
        int fd = reactor_accept(s->reactor, &s->io, &s->pause);
        if (fd < 0)
            return;
        let_in(s, fd);
    }
}

struct scrape *scrape_new(struct reactor *r, uint16_t port, const struct metrics *m, struct err *e)
{
    struct scrape *s = reactor_take(sizeof *s);
    s->reactor = r;
    s->metrics = m;
    s->fd = net_socket(SOCK_STREAM, LOOPBACK, port);
    ev_io_init(&s->io, on_accept, s->fd, EV_READ);
    ev_timer_init(&s->pause, on_pause_over, 0., 0.);
    s->io.data = s->pause.data = s;
    if (s->fd < 0 || listen(s->fd, BACKLOG) != 0) {
        err_set(e, "cannot listen on 127.0.0.1 port %u: %s", (unsigned)port, strerror(errno));
        scrape_free(s);
        return NULL;
    }
    ev_io_start(r->loop, &s->io);
    return s;
}

void scrape_free(struct scrape *s)
{
    if (s == NULL)
        return;
    while (s->visitors != NULL) {
        stream_abort(s->visitors->stream);
        gone(s->visitors);
    }
    ev_io_stop(s->reactor->loop, &s->io);
    ev_timer_stop(s->reactor->loop, &s->pause);
    if (s->fd >= 0)
        close(s->fd);
    reactor_give(s);
}
