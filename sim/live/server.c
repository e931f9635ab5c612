#include "sim/live/impl.h"

#include "sim/wire/http.h"
#include "sim/wire/tvs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG       4096
#define PAUSE_S       0.1      /* before the next try where nobody can be accepted */
#define ACCEPTS       64       /* at a time, so that one port starves no other */
#define UNSENT_MAX    65536    /* answers that nobody reads; more requests wait until then */
#define HTTPS_HOLD_US 60000000 /* a phone may ask three TVS before it judges the certificate */

/* ---- the services of a node ---- */

struct conn {
    struct live *live;
    struct listener *listener;
    struct stream *stream;
    uint32_t epoch;
    bool transfer;            /* holds one of the node's transfers */
    bool last;                /* close once all is sent */
    struct sip_seen seen;     /* of the message that is coming */
    bool kept;                /* a phone registered over it */
    struct conn *prev, *next; /* of kept ones, or of the others */
};

static void opened(struct stream *s);
static void no_judge(struct stream *s);
static void drained(struct stream *s);
static void ended(struct stream *s, enum stream_end end);
static void http_input(struct stream *s);
static void tvs_input(struct stream *s);
static void sip_input(struct stream *s);
static void page_input(struct stream *s);

static const struct service_row {
    bool tls;
    bool asks_nobody;   /* for a client's certificate, as Tomcat (inferred) */
    enum ask_kind asks; /* whose epoch and running it shares */
    size_t in_limit;
    uint64_t hold_us; /* how long a client may judge the certificate; 0: as a request takes */
    struct stream_ops ops;
} rows[LIVE_SERVICES] = {
    [LIVE_HTTP] = { .asks = ASK_FILE,
                    .in_limit = HTTP_HEAD_MAX,
                    .ops = { opened, no_judge, http_input, drained, ended } },
    [LIVE_TFTP] = { .asks = ASK_FILE },
    [LIVE_TVS] = { .tls = true,
                   .asks = ASK_TVS_CERT,
                   .in_limit = TVS_MAX,
                   .ops = { opened, no_judge, tvs_input, drained, ended } },
    [LIVE_SIP] = { .asks = ASK_CCM_CERT,
                   .in_limit = SIP_MAX,
                   .ops = { opened, no_judge, sip_input, drained, ended } },
    [LIVE_SIPS] = { .tls = true,
                    .asks = ASK_CCM_CERT,
                    .in_limit = SIP_MAX,
                    .ops = { opened, no_judge, sip_input, drained, ended } },
    [LIVE_HTTPS] = { .tls = true,
                     .asks_nobody = true,
                     .asks = ASK_HTTPS_CERT,
                     .in_limit = HTTP_HEAD_MAX,
                     .hold_us = HTTPS_HOLD_US,
                     .ops = { opened, no_judge, page_input, drained, ended } },
    [LIVE_PAGES] = { .asks = ASK_HTTPS_PAGE,
                     .in_limit = HTTP_HEAD_MAX,
                     .ops = { opened, no_judge, page_input, drained, ended } },
};

static uint32_t epoch_now(struct live *l, const struct listener *li)
{
    return l->world->epoch(l->world->ctx, li->host->node, rows[li->service].asks);
}

/* ---- connections ---- */

static void end_transfer(struct conn *c)
{
    if (!c->transfer)
        return;
    c->transfer = false; /* the node counts on through a restart */
    c->live->world->transfer_end(c->live->world->ctx, c->listener->host->node);
}

/* Off its list. */
static void take_off(struct conn *c)
{
    struct live *l = c->live;
    struct conn **first = c->kept ? &l->kept_first : &l->conn_first;
    *(c->prev != NULL ? &c->prev->next : first) = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    else if (!c->kept)
        l->conn_last = c->prev;
    l->conn_count -= !c->kept;
    l->kept_count -= c->kept;
}

/* The connection is over; its stream was closed or let go by the caller. */
static void conn_gone(struct conn *c)
{
    end_transfer(c);
    take_off(c);
    reactor_bury(&c->live->reactor, reactor_give, c);
}

static void conn_finish(struct conn *c)
{
    stream_finish(c->stream);
    conn_gone(c);
}

static void conn_abort(struct conn *c)
{
    stream_abort(c->stream);
    conn_gone(c);
}

static void patience(struct conn *c)
{
    stream_deadline(c->stream, c->kept ? 0 : c->live->options.idle_us);
}

/* A phone registered: its connection stays, and is none of those of which the oldest must go. */
static void keep(struct conn *c)
{
    struct live *l = c->live;
    if (c->kept || l->kept_count >= l->options.registrations)
        return;
    take_off(c);
    c->kept = true;
    c->prev = NULL;
    c->next = l->kept_first;
    if (c->next != NULL)
        c->next->prev = c;
    l->kept_first = c;
    l->kept_count++;
}

/* False where the service was stopped since the connection began: it is gone then. */
static bool same_epoch(struct conn *c)
{
    if (epoch_now(c->live, c->listener) == c->epoch)
        return true;
    conn_abort(c);
    return false;
}

static void opened(struct stream *s)
{
    patience(s->owner);
}

static void drained(struct stream *s)
{
    struct conn *c = s->owner;
    end_transfer(c);
    if (c->last) {
        conn_finish(c);
        return;
    }
    patience(c);
    rows[c->listener->service].ops.input(s); /* what came meanwhile */
}

/* Why a client got no answer.  One that sent nothing at all asked for none. */
static void say_why(const struct conn *c, enum stream_end end)
{
    const struct stream *s = c->stream;
    const char *why = s->tls == NULL ? "" : tls_why(s->tls);
    if (why[0] == '\0')
        why = end == STREAM_LATE ? "the client is silent" : "the client hung up";
    if (s->tls != NULL && !s->open && s->received > 0)
        live_says(c->live, c->listener->host->node, "%s: TLS handshake failed: %s",
                  live_service_name(c->listener->service), why);
}

static void ended(struct stream *s, enum stream_end end)
{
    say_why(s->owner, end);
    conn_gone(s->owner);
}

static struct conn *conn_of(struct stream *s)
{
    return s->owner;
}

/* ---- HTTP ---- */

static void http_answer(struct conn *c, int status, struct view body, bool head_only, bool keep)
{
    uint8_t head[512];
    struct wr w = wr_of(head, sizeof head);
    http_response_encode(status, body.n, keep, &w);
    CHECK(!w.over);
    c->last = !keep;
    stream_write(c->stream, view_of(head, w.n));
    if (!head_only && body.n > 0)
        stream_write(c->stream, body);
}

/* A missing file and a busy server are both 503: the phone then asks over UDP, where a busy server
 * is silent and a missing file is an error (docs/FORMATS.md, section 6). */
static void http_file(struct conn *c, const struct http_request *r)
{
    struct live *l = c->live;
    struct arena a = arena_of(&sys_mem);
    struct view bytes = { NULL, 0 };
    uint32_t node = c->listener->host->node;
    enum answer found = answer_file(l, node, view_str(r->name), &a, &bytes);
    if (found == ANSWER_STOPPED) {
        conn_abort(c);
    } else if (found == ANSWER_OK && l->world->transfer_begin(l->world->ctx, node)) {
        c->transfer = true;
        http_answer(c, 200, bytes, r->head, r->keep_alive);
    } else {
        http_answer(c, 503, view_of(NULL, 0), r->head, r->keep_alive);
    }
    arena_free(&a);
}

static void page(struct conn *c, const struct http_request *r)
{
    static const char text[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<CiscoIPPhoneMenu>\n"
        "  <Title>Directories</Title>\n"
        "  <Prompt>Select a directory</Prompt>\n"
        "  <MenuItem><Name>Corporate Directory</Name><URL></URL></MenuItem>\n"
        "</CiscoIPPhoneMenu>\n";
    struct live *l = c->live;
    struct ask ask = { .kind = ASK_HTTPS_PAGE, .device = NO_DEVICE };
    struct event e = { 0 };
    if (l->world->ask(l->world->ctx, c->listener->host->node, &ask, live_now_us(l), &e) !=
        ASK_ANSWERED)
        conn_abort(c);
    else
        http_answer(c, e.type == EVENT_PAGE ? 200 : 404, view_str(text), r->head, r->keep_alive);
}

/* One request at a time: the next is looked at when its answer has been sent. */
static void http_next(struct stream *s, void (*serve)(struct conn *, const struct http_request *))
{
    struct conn *c = conn_of(s);
    struct http_request r;
    struct err e = { "" };
    bool whole = false;
    if (c->last || stream_unsent(s) > 0 || !same_epoch(c))
        return;
    if (!http_request_decode(stream_in(s), &whole, &r, &e)) {
        http_answer(c, 400, view_of(NULL, 0), false, false);
        return;
    }
    if (!whole) {
        if (stream_eof(s))
            conn_finish(c);
        return;
    }
    stream_consume(s, r.length);
    patience(c);
    if (r.get || r.head)
        serve(c, &r);
    else
        http_answer(c, 405, view_of(NULL, 0), false, false);
}

static void http_input(struct stream *s)
{
    http_next(s, http_file);
}

static void page_input(struct stream *s)
{
    http_next(s, page);
}

/* ---- TVS ---- */

static bool tvs_next(struct conn *c)
{
    struct stream *s = c->stream;
    struct arena a = arena_of(&sys_mem);
    struct view reply = { NULL, 0 };
    size_t n = 0;
    bool good = tvs_whole(stream_in(s), &n, NULL);
    if (good && n > 0) {
        good =
            answer_tvs(c->live, c->listener->host->node, view_sub(stream_in(s), 0, n), &a, &reply);
        stream_consume(s, n);
        patience(c);
    }
    if (good && reply.n > 0)
        stream_write(s, reply);
    arena_free(&a);
    if (good && n == 0 && stream_eof(s))
        conn_finish(c);
    else if (!good)
        conn_finish(c); /* what was answered before still goes out */
    else
        return n > 0;
    return false;
}

static void tvs_input(struct stream *s)
{
    struct conn *c = conn_of(s);
    if (!same_epoch(c))
        return;
    while (stream_unsent(s) < UNSENT_MAX && tvs_next(c))
        continue;
}

/* ---- SIP ---- */

static bool sip_next(struct conn *c)
{
    struct stream *s = c->stream;
    struct live *l = c->live;
    bool tls = rows[c->listener->service].tls;
    size_t n = 0;
    struct wr reply = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    bool good = sip_goes_on(stream_in(s), &c->seen, &n, NULL), registered = false;
    if (!good)
        (void)sip_refuse(stream_in(s), &reply);
    if (good && n > 0) {
        struct view der = tls ? tls_peer_cert(s->tls) : view_of(NULL, 0);
        good = answer_sip(l, c->listener->host->node, tls, der, view_sub(stream_in(s), 0, n),
                          &reply, &registered) &&
               !reply.over;
        stream_consume(s, n);
        if (registered)
            keep(c);
        patience(c);
    }
    if (reply.n > 0 && !reply.over)
        stream_write(s, view_of(l->reactor.scratch, reply.n));
    if (!good || (n == 0 && stream_eof(s))) {
        conn_finish(c);
        return false;
    }
    return n > 0;
}

static void sip_input(struct stream *s)
{
    struct conn *c = conn_of(s);
    if (!same_epoch(c))
        return;
    while (stream_unsent(s) < UNSENT_MAX && sip_next(c))
        continue;
}

/* ---- accepting ---- */

static void no_judge(struct stream *s)
{
    (void)s;
    CHECK(false); /* a server takes any client certificate */
}

/* Somebody who waits to be closed goes first, then the oldest connection.  False: there is none. */
static bool make_room(struct live *l)
{
    if (stream_drop_oldest(&l->reactor))
        return true;
    if (l->conn_first == NULL)
        return false;
    conn_abort(l->conn_first);
    return true;
}

static void begin(struct listener *li, int fd)
{
    struct live *l = li->live;
    const struct service_row *row = &rows[li->service];
    while (l->conn_count + l->reactor.closing >= l->options.connections && make_room(l))
        continue;
    struct conn *c = reactor_take(sizeof *c);
    c->live = l;
    c->listener = li;
    c->epoch = li->epoch;
    c->prev = l->conn_last;
    *(l->conn_last != NULL ? &l->conn_last->next : &l->conn_first) = c;
    l->conn_last = c;
    l->conn_count++;
    c->stream =
        stream_accept(&l->reactor, fd, row->tls ? li->config : NULL, row->in_limit, &row->ops, c);
    c->stream->hold_us = row->hold_us;
    patience(c);
}

static bool fresh_config(struct listener *li)
{
    struct live *l = li->live;
    uint32_t cert = 0;
    enum tls_version oldest;
    if (!rows[li->service].tls)
        return true;
    if (!answer_running(l, li->host->node, rows[li->service].asks, &cert, &oldest) || cert == 0)
        return false;
    if (li->config != NULL && li->cert == cert && li->oldest == oldest)
        return true;
    const struct key *key = forge_key(l->options.forge, cert);
    tls_config_free(li->config);
    li->cert = cert;
    li->oldest = oldest;
    li->config =
        key == NULL ? NULL
                    : tls_config_new(true, forge_der(l->options.forge, cert), key, oldest, TLS_1_3);
    if (li->config != NULL && rows[li->service].asks_nobody)
        tls_config_ask_nobody(li->config);
    return li->config != NULL;
}

/* No descriptor or no memory for one more, and nothing of ours to give up: the kernel would say at
 * once again that somebody waits. */
static void pause_accepting(struct listener *li)
{
    struct live *l = li->live;
    if (!li->paused)
        fprintf(stderr, "cucmlab: %s %s: cannot accept: %s (told once)\n", li->host->name,
                live_service_name(li->service), strerror(errno));
    li->paused = true;
    ev_io_stop(l->reactor.loop, &li->io);
    ev_timer_set(&li->pause, PAUSE_S, 0.);
    ev_timer_start(l->reactor.loop, &li->pause);
}

static void on_pause_over(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct listener *li = w->data;
    (void)events;
    if (li->fd >= 0 && !li->host->down)
        ev_io_start(loop, &li->io);
}

static void on_accept(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct listener *li = w->data;
    struct live *l = li->live;
    (void)loop;
    (void)events;
    for (int i = 0; i < ACCEPTS && li->fd >= 0; i++) {
        int fd = accept4(li->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        bool full =
            fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS);
        if (full && !make_room(l))
            pause_accepting(li);
        else if (full)
            continue;
        if (fd < 0)
            return;
        if (epoch_now(l, li) != li->epoch || !fresh_config(li))
            net_reset(fd);
        else
            begin(li, fd);
    }
}

/* ---- listeners ---- */

static bool open_tcp(struct listener *li, struct err *e)
{
    char ip[16];
    uint16_t port = live_port(li->live, li->service);
    net_text(li->host->ip, ip);
    li->fd = net_socket(SOCK_STREAM, li->host->ip, port);
    if (li->fd >= 0 && listen(li->fd, BACKLOG) == 0) {
        ev_io_init(&li->io, on_accept, li->fd, EV_READ);
        ev_timer_init(&li->pause, on_pause_over, 0., 0.);
        li->io.data = li->pause.data = li;
        ev_io_start(li->live->reactor.loop, &li->io);
        return true;
    }
    err_set(e, "%s: cannot listen on %s port %u (%s): %s", li->host->name, ip, port,
            live_service_name(li->service), strerror(errno));
    if (li->fd >= 0)
        close(li->fd);
    li->fd = -1;
    return false;
}

static void drop_list(struct conn *first, const struct listener *li)
{
    struct conn *next;
    for (struct conn *c = first; c != NULL; c = next) {
        next = c->next;
        if (c->listener == li)
            conn_abort(c);
    }
}

static void drop_conns(struct live *l, const struct listener *li)
{
    drop_list(l->conn_first, li);
    drop_list(l->kept_first, li);
}

static void close_listener(struct listener *li)
{
    struct live *l = li->live;
    if (li->fd >= 0) {
        ev_io_stop(l->reactor.loop, &li->io);
        if (li->service != LIVE_TFTP)
            ev_timer_stop(l->reactor.loop, &li->pause);
        close(li->fd);
        li->fd = -1;
    }
    drop_conns(l, li);
    if (li->service == LIVE_TFTP)
        tftpd_drop(l, li->host);
}

static bool refresh_one(struct live *l, struct listener *li, struct err *e)
{
    uint32_t cert = 0, epoch = epoch_now(l, li);
    enum tls_version oldest;
    bool running = answer_running(l, li->host->node, rows[li->service].asks, &cert, &oldest) &&
                   fresh_config(li);
    if (li->fd >= 0 && (!running || li->epoch != epoch))
        close_listener(li);
    li->epoch = epoch;
    if (!running || li->fd >= 0)
        return true;
    if (li->service == LIVE_TFTP ? !tftpd_open(li, e) : !open_tcp(li, e))
        return false;
    if (li->host->down)
        ev_io_stop(l->reactor.loop, &li->io);
    return true;
}

bool server_refresh(struct live *l, struct host *p, struct err *e)
{
    for (int s = 0; s < LIVE_SERVICES; s++) {
        struct listener *li = &p->listeners[s];
        if (li->live == NULL) {
            li->live = l;
            li->host = p;
            li->service = (enum live_service)s;
            li->fd = -1;
        }
        if (!refresh_one(l, li, e))
            return false;
    }
    return true;
}

/* What came for a listener while nothing passed was lost on the way. */
static void discard(struct listener *li)
{
    uint8_t byte;
    int fd;
    if (li->service == LIVE_TFTP) {
        while (recv(li->fd, &byte, sizeof byte, 0) >= 0)
            continue;
        return;
    }
    while ((fd = accept4(li->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        net_reset(fd);
}

/* A dead link says nothing to anybody: connections fall silent, and end when it is back. */
static void mute_conns(struct live *l, const struct listener *li)
{
    for (struct conn *c = l->conn_first; c != NULL; c = c->next) {
        if (c->listener != li)
            continue;
        end_transfer(c);
        stream_mute(c->stream);
    }
}

void server_link(struct live *l, struct host *p, bool down)
{
    p->down = down;
    for (int s = 0; s < LIVE_SERVICES; s++) {
        struct listener *li = &p->listeners[s];
        if (li->fd < 0)
            continue;
        if (down) {
            ev_io_stop(l->reactor.loop, &li->io);
            mute_conns(l, li);
            continue;
        }
        if (!ev_is_active(&li->io)) {
            drop_conns(l, li);
            discard(li);
        }
        ev_io_start(l->reactor.loop, &li->io);
    }
    if (down)
        tftpd_drop(l, p);
}

void server_free(struct live *l)
{
    for (uint32_t i = 0; i < l->host_count; i++) {
        for (int s = 0; s < LIVE_SERVICES; s++) {
            struct listener *li = &l->hosts[i]->listeners[s];
            if (li->live == NULL)
                continue;
            close_listener(li);
            tls_config_free(li->config);
        }
        reactor_give(l->hosts[i]);
    }
    reactor_give(l->hosts);
}
