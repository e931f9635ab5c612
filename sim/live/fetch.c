/* Files, as a phone fetches them: by HTTP, then by TFTP. */
#include "sim/live/call.h"

#include "sim/net/datagram.h"
#include "sim/wire/http.h"
#include "sim/wire/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTO_FIRST 4096 /* bytes of a file by TFTP, at first */

/* ---- a file that came ---- */

/* What is no list and no configuration becomes an unsigned file with its first bytes, so that the
 * phone refuses it as it would the real one. */
static uint32_t rubbish(struct live *l, struct view bytes)
{
    struct content *c = l->world->content;
    struct ct_file file = { .envelope = { .signer_version = -1 } };
    file.payload = content_blob(c, content_str(c, "unreadable"),
                                view_sub(bytes, 0, bytes.n < 16 ? bytes.n : 16));
    return content_file(c, &file);
}

static void file_came(struct call *c, struct view bytes)
{
    struct forge_device device = call_device(c);
    struct live_model model = call_model(c);
    struct err e = { "" };
    uint32_t content = 0;
    if (!forge_adopt(c->live->options.forge, bytes, (enum file_kind)c->action.kind, &device,
                     model.key != 0 ? model.key : model.identity, &content, &e)) {
        fprintf(stderr, "cucmlab: %s got %s: %s\n", device.name, c->name, e.text);
        content = rubbish(c->live, bytes);
    }
    call_answer(c, (struct event){ .type = EVENT_FILE, .a = content, .b = (uint32_t)bytes.n });
}

/* ---- TFTP ---- */

/* What a datagram behind a link is: the port that it goes to, or comes from. */
#define COMES_FROM(port) ((int)(port) | 1 << 16)

static void tftp_put(struct call *c, uint16_t port, struct view bytes)
{
    struct sockaddr_in to = net_address(c->ip, port);
    datagram_send(&c->live->reactor, c->fd, &to, bytes);
}

static void tftp_send_out(struct call *c, const struct wr *w)
{
    uint16_t port = c->tid != 0 ? c->tid : call_port(c, LIVE_TFTP);
    if (w->n == 0 || w->over)
        return;
    if (c->lag == NULL)
        tftp_put(c, port, view_of(w->p, w->n));
    else
        lag_put(c->lag, LAG_OUT, port, view_of(w->p, w->n), 1);
}

static void tftp_ask(struct call *c, struct wr *w)
{
    c->tid = 0;
    tftp_receive_start(&c->machine, view_str(c->name), 0, c->into, c->into_cap,
                       live_now_us(c->live), w);
}

/* Room for the next block, up to the largest file that a phone takes. */
static void tftp_grow(struct call *c)
{
    size_t cap = c->into_cap * 2 < LIVE_FILE_MAX ? c->into_cap * 2 : LIVE_FILE_MAX;
    if (c->into_cap - c->machine.into.n >= TFTP_BLKSIZE || cap == c->into_cap)
        return;
    c->into = sys_realloc(c->into, cap);
    c->into_cap = cap;
    c->machine.into.p = c->into;
    c->machine.into.cap = cap;
}

static void tftp_goes_on(struct call *c, struct wr *w)
{
    struct live *l = c->live;
    struct tftp_receive *m = &c->machine;
    if (m->failed && m->error_code == TFTP_ERR_UNDEFINED && m->tries >= TFTP_TRIES && w->n == 0)
        tftp_ask(c, w); /* silence: it asks again for as long as the phone waits */
    tftp_send_out(c, w);
    if (m->done) {
        file_came(c, view_of(c->into, m->into.n));
        return;
    }
    if (m->failed) {
        call_answer(c, (struct event){ .type = m->not_found ? EVENT_NO_FILE : EVENT_REFUSED });
        return;
    }
    reactor_ring(&l->reactor, &c->timer, m->deadline_us);
}

static void on_late(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct call *c = timer->data;
    struct wr w = wr_of(c->live->reactor.scratch, REACTOR_SCRATCH);
    (void)loop;
    (void)events;
    tftp_receive_timeout(&c->machine, live_now_us(c->live), &w);
    tftp_goes_on(c, &w);
}

static void tftp_heard(struct call *c, uint16_t port, struct view bytes)
{
    struct live *l = c->live;
    struct tftp_packet p;
    uint8_t answer[64]; /* an ACK or an ERROR; the datagram still stands where it came */
    struct wr w = wr_of(answer, sizeof answer);
    if ((c->tid != 0 && port != c->tid) || !tftp_decode(bytes, &p, NULL))
        return; /* a stray */
    c->tid = port;
    tftp_grow(c);
    tftp_receive_packet(&c->machine, &p, live_now_us(l), &w);
    tftp_goes_on(c, &w);
}

/* At the end of its way, one or the other. */
static void tftp_arrives(void *owner, int what, struct view bytes, size_t n)
{
    struct call *c = owner;
    (void)n;
    if ((what & COMES_FROM(0)) != 0)
        tftp_heard(c, (uint16_t)what, bytes);
    else
        tftp_put(c, (uint16_t)what, bytes);
}

static void on_packet(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct call *c = io->data;
    struct live *l = c->live;
    struct sockaddr_in from;
    (void)loop;
    (void)events;
    ssize_t n = datagram_receive(&l->reactor, c->fd, l->reactor.scratch, REACTOR_SCRATCH, &from);
    if (n < 0) {
        if (datagram_was_refused(c->fd) && c->tid == 0)
            call_answer(c, (struct event){ .type = EVENT_REFUSED });
        return;
    }
    if (from.sin_addr.s_addr != htonl(c->ip))
        return; /* a stray */
    uint16_t port = ntohs(from.sin_port);
    struct view bytes = view_of(l->reactor.scratch, (size_t)n);
    if (c->lag == NULL)
        tftp_heard(c, port, bytes);
    else
        lag_put(c->lag, LAG_IN, COMES_FROM(port), bytes, 1);
}

static void tftp_begin(struct call *c)
{
    struct live *l = c->live;
    struct lag_path path;
    int one = 1;
    c->fd = net_socket(SOCK_DGRAM, path_from(l, c->slot->phone, c->ip), 0);
    if (c->fd < 0) { /* no answer; the need was computed beforehand */
        call_over(c, false);
        return;
    }
    (void)setsockopt(c->fd, IPPROTO_IP, IP_RECVERR, &one, sizeof one);
    c->into_cap = INTO_FIRST;
    c->into = reactor_take(c->into_cap);
    ev_io_init(&c->io, on_packet, c->fd, EV_READ);
    c->io.data = c;
    ev_io_start(l->reactor.loop, &c->io);
    ev_timer_init(&c->timer, on_late, 0., 0.);
    c->timer.data = c;
    if (path_lag(l, c->slot->phone, c->node, ASK_FILE, 0, &path))
        c->lag = lag_new(&l->reactor, &path, path_luck(l), tftp_arrives, c);
    struct wr w = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    tftp_ask(c, &w);
    tftp_goes_on(c, &w);
}

/* A firewall may have it: it drops it, or says so in the server's place. */
static void tftp_try(struct call *c)
{
    switch (path_passage(c->live, c->slot->phone, c->node, ASK_FILE, 0)) {
    case PASSAGE_OPEN:
        tftp_begin(c);
        break;
    case PASSAGE_REJECTS:
        call_answer(c, (struct event){ .type = EVENT_REFUSED });
        break;
    default: /* no answer */
        break;
    }
}

/* ---- HTTP ---- */

void fetch_ask(struct stream *s)
{
    struct call *c = call_of(s);
    uint8_t request[1024];
    struct wr w = wr_of(request, sizeof request);
    char host[16];
    net_text(text_is_name(c->action.server) ? c->ip : c->action.server, host);
    http_request_encode(c->name, host, &w);
    CHECK(!w.over); /* a name has at most 127 bytes */
    stream_write(s, view_of(request, w.n));
}

/* Refused, or no file there: the same name by TFTP, which has the last word. */
static void http_to_tftp(struct call *c)
{
    if (c->stream != NULL)
        stream_finish(c->stream);
    c->stream = NULL;
    tftp_try(c);
}

static void on_silence(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    (void)loop, (void)events;
    http_to_tftp(timer->data);
}

static void http_ended(struct stream *s, enum stream_end end)
{
    struct call *c = call_of(s);
    c->stream = NULL;
    if (end == STREAM_REFUSED)
        http_to_tftp(c);
    else
        call_over(c, false); /* broken off in the middle: no answer */
}

static void http_input(struct stream *s)
{
    struct call *c = call_of(s);
    struct http_response r;
    bool whole = false;
    struct view in = stream_in(s);
    if (!http_response_decode(in, &whole, &r, NULL)) {
        http_to_tftp(c);
    } else if (whole && r.status != 200) {
        http_to_tftp(c);
    } else if (whole && r.body > LIVE_FILE_MAX) {
        file_came(c, in); /* more than a phone takes: unreadable */
    } else if (whole && in.n - r.head >= r.body) {
        file_came(c, view_sub(in, r.head, r.body));
    } else if (stream_eof(s)) {
        call_over(c, true);
    }
}

static const struct stream_ops http_ops = { fetch_ask, call_no_judge, http_input, call_nothing,
                                            http_ended };

static void http_begin(struct call *c)
{
    struct live *l = c->live;
    switch (path_passage(l, c->slot->phone, c->node, ASK_FILE, 1)) {
    case PASSAGE_OPEN:
        call_tcp(c, LIVE_HTTP, HTTP_HEAD_MAX + LIVE_FILE_MAX, &http_ops);
        break;
    case PASSAGE_REJECTS:
        http_to_tftp(c);
        break;
    default:
        ev_timer_init(&c->timer, on_silence, 0., 0.);
        c->timer.data = c;
        reactor_ring(&l->reactor, &c->timer,
                     live_now_us(l) + l->world->costs[COST_HTTP_SILENCE_US]);
        break;
    }
}

void fetch_begin(struct call *c)
{
    struct forge_device device = call_device(c);
    const char *locale = content_get_str(c->live->world->content, c->action.b);
    (void)file_name((enum file_kind)c->action.kind, device.name, locale, c->name);
    if (c->action.a == FETCH_HTTP_TFTP)
        http_begin(c);
    else
        tftp_try(c);
}
