#include "sim/live/impl.h"

#include "sim/capture/capture.h"
#include "sim/net/datagram.h"
#include "sim/talk/sip.h"
#include "sim/talk/tvs.h"
#include "sim/wire/http.h"
#include "sim/wire/tftp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTO_FIRST 4096 /* bytes of a file by TFTP, at first */
#define CALLS_MAX  4    /* of one phone; more are forgotten ones, the oldest goes */
#define LOOPBACK   0x7f000001u
#define PATH       "ccmcip/xmldirectory.jsp"

/* One request of a phone.  The phone owns its deadline: a call that gets no answer stays until it
 * is cancelled. */
struct call {
    struct live *live;
    struct phone_slot *slot;
    struct call *next;
    struct action action;
    uint32_t node;
    struct stream *stream;
    char name[128];    /* of the file or the page */
    bool query;        /* it is a query, not a verification */
    uint32_t verified; /* CT_CERT that was asked about */
    /* TFTP */
    int fd;
    struct ev_io io;
    struct ev_timer timer;
    struct tftp_receive machine;
    uint8_t *into; /* grows as the file comes */
    size_t into_cap;
    uint16_t tid; /* the port that the server answers from; 0: no answer yet */
};

/* ---- a call and its end ---- */

static void call_free(void *what)
{
    struct call *c = what;
    reactor_give(c->into);
    reactor_give(c);
}

/* Off the phone's list, off the loop.  `polite`: a connection closes in order. */
static void call_over(struct call *c, bool polite)
{
    struct live *l = c->live;
    struct call **at = &c->slot->calls;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    if (c->stream != NULL && polite)
        stream_finish(c->stream);
    else if (c->stream != NULL)
        stream_abort(c->stream);
    if (c->fd >= 0) {
        ev_io_stop(l->reactor.loop, &c->io);
        ev_timer_stop(l->reactor.loop, &c->timer);
        close(c->fd);
    }
    reactor_bury(&l->reactor, call_free, c);
    client_rest(l, c->slot);
}

static void call_emit(struct call *c, struct event e)
{
    e.request = c->action.request;
    if (!live_is_down(c->live, c->slot->phone, c->node))
        live_emit(c->live, c->slot->phone, &e);
}

/* The answer, and with it the end. */
static void call_answer(struct call *c, struct event e)
{
    call_emit(c, e);
    call_over(c, true);
}

static struct live_model model_of(const struct call *c)
{
    struct live_model m = { "Cisco-CP8861/12.1.1", 684, TLS_1_2, CONTENT_MIC };
    if (c->live->options.model != NULL)
        c->live->options.model(c->live->options.ctx, c->slot->phone, &m);
    return m;
}

static struct forge_device device_of(const struct call *c)
{
    char name[16];
    c->live->world->name(c->live->world->ctx, c->slot->phone, name);
    return forge_device_of(c->slot->phone, name);
}

static struct call *call_of(struct stream *s)
{
    return s->owner;
}

/* What a capture says of the next packet, where one listens; no other thread's comes between. */
static void comment_on(const struct call *c, const char *what)
{
    struct capture *capture = c->live->reactor.capture;
    if (capture == NULL)
        return;
    capture_hold(capture);
    capture_comment(capture, "%s: %s", device_of(c).name, what);
}

static void comment_over(const struct live *l)
{
    if (l->reactor.capture == NULL)
        return;
    capture_comment(l->reactor.capture, "%s", ""); /* there was none */
    capture_release(l->reactor.capture);
}

/* A connection that ends by itself: refused, or no answer any more. */
static void ended(struct stream *s, enum stream_end end)
{
    struct call *c = call_of(s);
    c->stream = NULL;
    if (end == STREAM_REFUSED)
        call_emit(c, (struct event){ .type = EVENT_REFUSED });
    call_over(c, false);
}

static void nothing(struct stream *s)
{
    (void)s;
}

static void no_judge(struct stream *s)
{
    (void)s;
    CHECK(false); /* not over TLS */
}

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
    struct forge_device device = device_of(c);
    struct live_model model = model_of(c);
    struct err e = { "" };
    uint32_t content = 0;
    if (!forge_adopt(c->live->options.forge, bytes, (enum file_kind)c->action.kind, &device,
                     model.identity, &content, &e)) {
        fprintf(stderr, "cucmlab: %s got %s: %s\n", device.name, c->name, e.text);
        content = rubbish(c->live, bytes);
    }
    call_answer(c, (struct event){ .type = EVENT_FILE, .a = content, .b = (uint32_t)bytes.n });
}

/* ---- TFTP ---- */

static void tftp_send_out(struct call *c, const struct wr *w)
{
    uint16_t port = c->tid != 0 ? c->tid : live_port(c->live, LIVE_TFTP);
    struct sockaddr_in to = net_address(c->action.server, port);
    if (w->n > 0 && !w->over)
        datagram_send(&c->live->reactor, c->fd, &to, view_of(w->p, w->n));
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

/* The kernel keeps why it refused: an ICMP message that nobody has the port. */
static bool was_refused(int fd)
{
    uint8_t control[512], data[64];
    struct iovec part = { data, sizeof data };
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    if (recvmsg(fd, &m, MSG_ERRQUEUE) < 0)
        return false;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h != NULL; h = CMSG_NXTHDR(&m, h)) {
        struct sock_extended_err e;
        if (h->cmsg_level != IPPROTO_IP || h->cmsg_type != IP_RECVERR)
            continue;
        memcpy(&e, CMSG_DATA(h), sizeof e);
        if (e.ee_errno == ECONNREFUSED)
            return true;
    }
    return false;
}

static void on_packet(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct call *c = io->data;
    struct live *l = c->live;
    struct sockaddr_in from;
    struct tftp_packet p;
    (void)loop;
    (void)events;
    ssize_t n = datagram_receive(&l->reactor, c->fd, l->reactor.scratch, REACTOR_SCRATCH, &from);
    if (n < 0) {
        if (was_refused(c->fd) && c->tid == 0)
            call_answer(c, (struct event){ .type = EVENT_REFUSED });
        return;
    }
    uint16_t port = ntohs(from.sin_port);
    if (from.sin_addr.s_addr != htonl(c->action.server) || (c->tid != 0 && port != c->tid))
        return; /* a stray */
    if (!tftp_decode(view_of(l->reactor.scratch, (size_t)n), &p, NULL))
        return;
    uint8_t answer[64]; /* an ACK or an ERROR; the datagram still stands in the scratch */
    struct wr w = wr_of(answer, sizeof answer);
    c->tid = port;
    tftp_grow(c);
    tftp_receive_packet(&c->machine, &p, live_now_us(l), &w);
    tftp_goes_on(c, &w);
}

static void tftp_begin(struct call *c)
{
    struct live *l = c->live;
    int one = 1;
    c->stream = NULL;
    c->fd = net_socket(SOCK_DGRAM, LOOPBACK, 0);
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
    struct wr w = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    tftp_ask(c, &w);
    tftp_goes_on(c, &w);
}

/* ---- HTTP ---- */

static void http_opened(struct stream *s)
{
    struct call *c = call_of(s);
    uint8_t request[1024];
    struct wr w = wr_of(request, sizeof request);
    char host[16];
    net_text(c->action.server, host);
    http_request_encode(c->name, host, &w);
    CHECK(!w.over); /* a name has at most 127 bytes */
    stream_write(s, view_of(request, w.n));
}

/* Refused, or no file there: the same name by TFTP, which has the last word. */
static void http_to_tftp(struct call *c)
{
    if (c->stream != NULL)
        stream_finish(c->stream);
    tftp_begin(c);
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

static const struct stream_ops http_ops = { http_opened, no_judge, http_input, nothing,
                                            http_ended };

static void fetch_begin(struct call *c)
{
    struct forge_device device = device_of(c);
    const char *locale = content_get_str(c->live->world->content, c->action.b);
    (void)file_name((enum file_kind)c->action.kind, device.name, locale, c->name);
    if (c->action.a == FETCH_HTTP_TFTP) {
        c->stream =
            stream_connect(&c->live->reactor, c->action.server, live_port(c->live, LIVE_HTTP), NULL,
                           HTTP_HEAD_MAX + LIVE_FILE_MAX, &http_ops, c);
        if (c->stream == NULL)
            call_over(c, false);
    } else {
        tftp_begin(c);
    }
}

/* ---- TLS ---- */

static void judge(struct stream *s)
{
    struct call *c = call_of(s);
    uint32_t cert = 0;
    if (forge_adopt_cert(c->live->options.forge, tls_peer_cert(s->tls), &cert, NULL))
        call_emit(c, (struct event){ .type = EVENT_TLS_CERT, .a = cert });
    else
        call_over(c, false); /* no certificate that can be read: no answer */
}

static void tls_begin(struct call *c, enum live_service service, size_t in_limit,
                      const struct stream_ops *ops, uint32_t identity)
{
    struct forge_device device = device_of(c);
    struct live_model model = model_of(c);
    const struct key *key = NULL;
    uint32_t shown = identity != 0 ? identity : model.identity;
    struct view der = { NULL, 0 };
    if (shown != CONTENT_NOBODY)
        der = forge_phone_cert(c->live->options.forge, &device, shown, &key);
    struct tls_config *config = tls_config_new(false, der, key, TLS_1_0, model.newest);
    if (config != NULL && c->live->reactor.capture != NULL)
        tls_config_keep_secrets(config);
    if (config != NULL)
        c->stream = stream_connect(&c->live->reactor, c->action.server, live_port(c->live, service),
                                   config, in_limit, ops, c);
    tls_config_free(config); /* the connection keeps what it needs */
    if (c->stream == NULL)
        call_over(c, false);
}

/* The phone asks for what it wants now. */
static void tls_opened(struct stream *s)
{
    call_emit(call_of(s), (struct event){ .type = EVENT_TLS_OPEN });
}

/* ---- TVS ---- */

static void tvs_reply(struct call *c, const struct tvs_told *told)
{
    struct event e = {
        .type = EVENT_TVS_REPLY, .status = told->status, .roles = told->roles, .b = told->ttl_s
    };
    if (e.status == 0 && c->query &&
        !forge_adopt_cert(c->live->options.forge, told->certificate, &e.a, NULL))
        e.status = 1; /* vouches for something that is no certificate */
    if (e.status == 0 && !c->query)
        e.a = c->verified;
    call_answer(c, e);
}

static void tvs_input(struct stream *s)
{
    struct call *c = call_of(s);
    struct tvs_msg m, asked = { .type = c->query ? TVS_QUERY_CERT_REQ : TVS_CERT_VERIFICATION_REQ,
                                .session = c->action.request };
    struct tvs_told told;
    size_t n = 0;
    bool good = tvs_whole(stream_in(s), &n, NULL);
    if (good && n > 0)
        good =
            tvs_decode(view_sub(stream_in(s), 0, n), &m, NULL) && talk_tvs_heard(&asked, &m, &told);
    if (good && n > 0)
        tvs_reply(c, &told);
    else if (!good || stream_eof(s))
        call_over(c, false); /* no answer that a phone could read */
}

static const struct stream_ops tvs_ops = { tls_opened, judge, tvs_input, nothing, ended };

static struct tvs_msg tvs_request(struct call *c, const struct action *a, struct view device)
{
    struct content *content = c->live->world->content;
    uint32_t session = c->action.request;
    if (!c->query)
        return talk_tvs_verify(device, session, forge_der(c->live->options.forge, a->a));
    const struct ct_signer *signer = content_get_signer(content, a->a);
    struct view issuer = content_get_text(content, signer->issuer);
    struct view subject = a->b != 0
                              ? content_get_text(content, content_get_cert(content, a->b)->subject)
                              : issuer; /* self-signed, where only the names are known */
    return talk_tvs_query(device, session, subject, issuer,
                          content_get_text(content, signer->serial));
}

/* The request on the connection that ACT_TVS_OPEN began. */
static void tvs_ask(struct call *c, const struct action *a)
{
    struct arena scratch = arena_of(&sys_mem);
    char name[TVS_NAME];
    struct view bytes;
    c->live->world->tvs_name(c->live->world->ctx, c->slot->phone, name);
    c->query = a->type == ACT_TVS_QUERY;
    c->verified = c->query ? 0 : a->a;
    struct tvs_msg m = tvs_request(c, a, view_str(name));
    if (talk_tvs_bytes(&m, &scratch, &bytes))
        stream_write(c->stream, bytes);
    else
        call_over(c, false); /* names that no message holds */
    arena_free(&scratch);
}

/* ---- registration ---- */

static void sip_opened(struct stream *s)
{
    struct call *c = call_of(s);
    struct live_model model = model_of(c);
    struct forge_device device = device_of(c);
    struct sockaddr_in local = net_address(LOOPBACK, 0);
    socklen_t size = sizeof local;
    char from[16], to[16], id[64];
    (void)getsockname(s->fd, (struct sockaddr *)&local, &size);
    net_text(ntohl(local.sin_addr.s_addr), from);
    net_text(c->action.server, to);
    snprintf(id, sizeof id, "%s-%u-%u", device.name, c->action.request, ntohs(local.sin_port));
    struct sip_register r = {
        .device = device.name,
        .line = device.line,
        .uuid = device.uuid,
        .local = from,
        .server = to,
        .local_port = ntohs(local.sin_port),
        .user_agent = model.user_agent,
        .model = model.type,
        .call_id = id,
        .branch = "z9hG4bK1",
        .tag = id,
        .cseq = 101,
        .expires_s = 3600,
    };
    uint8_t message[2048];
    struct wr w = wr_of(message, sizeof message);
    sip_register_encode(&r, &w);
    CHECK(!w.over); /* all parts are bounded */
    stream_write(s, view_of(message, w.n));
}

/* Its connection stays: it will tell that the server is gone. */
static void sip_registered(struct call *c)
{
    struct stream *s = c->stream;
    call_emit(c, (struct event){ .type = EVENT_REGISTERED });
    c->stream = NULL;
    kept_begin(c->slot, s, c->node);
    call_over(c, true);
}

static void sip_input(struct stream *s)
{
    struct call *c = call_of(s);
    struct sip_msg m;
    size_t n = 0;
    for (;;) {
        bool good = sip_whole(stream_in(s), &n, NULL);
        if (!good || (n > 0 && !sip_decode(view_sub(stream_in(s), 0, n), &m, NULL)) ||
            (n == 0 && stream_eof(s))) {
            call_over(c, false);
            return;
        }
        if (n == 0)
            return;
        if (!m.request && m.status >= 200)
            break;
        stream_consume(s, n); /* 100 Trying */
    }
    uint32_t reason = talk_sip_reason(&m);
    stream_consume(s, n);
    if (reason == REJECT_NONE)
        sip_registered(c);
    else
        call_answer(c, (struct event){ .type = EVENT_REJECTED, .a = reason });
}

static const struct stream_ops sip_ops = { sip_opened, no_judge, sip_input, nothing, ended };
static const struct stream_ops sips_ops = { tls_opened, judge, sip_input, nothing, ended };

static void sip_begin(struct call *c)
{
    c->stream = stream_connect(&c->live->reactor, c->action.server, live_port(c->live, LIVE_SIP),
                               NULL, SIP_MAX, &sip_ops, c);
    if (c->stream == NULL)
        call_over(c, false);
}

/* ---- HTTPS ---- */

static void page_input(struct stream *s)
{
    struct call *c = call_of(s);
    struct http_response r;
    bool whole = false;
    struct view in = stream_in(s);
    if (!http_response_decode(in, &whole, &r, NULL) || (whole && r.status != 200))
        call_over(c, false); /* no page */
    else if (whole && in.n - r.head >= r.body)
        call_answer(c, (struct event){ .type = EVENT_PAGE });
    else if (stream_eof(s))
        call_over(c, false);
}

static const struct stream_ops page_ops = { tls_opened, judge, page_input, nothing, ended };
static const struct stream_ops plain_page_ops = { http_opened, no_judge, page_input, nothing,
                                                  ended };

static void page_begin(struct call *c)
{
    size_t limit = HTTP_HEAD_MAX + LIVE_FILE_MAX;
    snprintf(c->name, sizeof c->name, PATH);
    if (c->action.type == ACT_HTTPS_OPEN) {
        tls_begin(c, LIVE_HTTPS, limit, &page_ops, 0);
        return;
    }
    c->stream = stream_connect(&c->live->reactor, c->action.server, live_port(c->live, LIVE_PAGES),
                               NULL, limit, &plain_page_ops, c);
    if (c->stream == NULL)
        call_over(c, false);
}

/* ---- actions ---- */

static void call_begin(struct live *l, struct phone_slot *p, const struct action *a)
{
    static const char *const words[ACT_NOTE + 1] = {
        [ACT_FETCH] = "fetches a file",        [ACT_TVS_OPEN] = "asks a TVS",
        [ACT_CCM_OPEN] = "registers over TLS", [ACT_HTTPS_OPEN] = "opens a secured page",
        [ACT_HTTPS_GET] = "opens a page",      [ACT_REGISTER] = "registers",
    };
    uint32_t node, count = 0;
    if (a->server >> 24 != 127 || !l->world->node_at(l->world->ctx, a->server, &node) ||
        live_is_down(l, p->phone, node))
        return; /* nobody has this address here, or nothing passes: no answer */
    struct call **at = &p->calls;
    for (; *at != NULL; at = &(*at)->next)
        count++;
    struct call *c = reactor_take(sizeof *c);
    *c = (struct call){ .live = l, .slot = p, .action = *a, .node = node, .fd = -1 };
    *at = c;
    if (count >= CALLS_MAX)
        call_over(p->calls, false);
    comment_on(c, words[a->type] != NULL ? words[a->type] : "connects");
    switch (a->type) {
    case ACT_FETCH:
        fetch_begin(c);
        break;
    case ACT_TVS_OPEN:
        tls_begin(c, LIVE_TVS, TVS_MAX, &tvs_ops, 0);
        break;
    case ACT_CCM_OPEN:
        tls_begin(c, LIVE_SIPS, SIP_MAX, &sips_ops, a->a);
        break;
    case ACT_HTTPS_OPEN:
    case ACT_HTTPS_GET:
        page_begin(c);
        break;
    default:
        sip_begin(c);
    }
    comment_over(l);
}

static struct call *find(struct phone_slot *p, uint16_t request)
{
    struct call *c = p->calls;
    while (c != NULL && c->action.request != request)
        c = c->next;
    return c;
}

/* On a call under way; one that is over already needs nothing more. */
static void call_act(struct call *c, const struct action *a)
{
    bool tls = c->stream != NULL && c->stream->tls != NULL, open = tls && c->stream->open;
    switch (a->type) {
    case ACT_CANCEL:
        call_over(c, false);
        break;
    case ACT_TLS_ACCEPT:
        if (tls)
            stream_judge(c->stream, true);
        break;
    case ACT_TLS_REFUSE:
        comment_on(c, "does not trust the certificate");
        if (tls)
            stream_judge(c->stream, false); /* lets go: the alert goes out */
        comment_over(c->live);
        call_over(c, true);
        break;
    case ACT_REGISTER:
        if (open)
            sip_opened(c->stream);
        break;
    case ACT_HTTPS_GET:
        if (open)
            http_opened(c->stream);
        break;
    default:
        if (open)
            tvs_ask(c, a);
    }
}

/* A request of its own; the others go on with one that is under way. */
static bool begins(const struct action *a)
{
    static const uint32_t always = FSM_BIT(ACT_FETCH) | FSM_BIT(ACT_TVS_OPEN) |
                                   FSM_BIT(ACT_CCM_OPEN) | FSM_BIT(ACT_HTTPS_OPEN),
                          over_tcp = FSM_BIT(ACT_REGISTER) | FSM_BIT(ACT_HTTPS_GET);
    return (FSM_BIT(a->type) & (a->kind == TRANSPORT_TCP ? always | over_tcp : always)) != 0;
}

void client_act(struct live *l, struct phone_slot *p, const struct action *a)
{
    if (a->type == ACT_UNREGISTER) {
        kept_end(p, true);
        return;
    }
    if (!begins(a)) {
        struct call *c = find(p, a->request);
        if (c != NULL)
            call_act(c, a);
        else if (p->waiting && a->type == ACT_CANCEL && p->first.request == a->request)
            p->waiting = false;
        return;
    }
    if (!p->seated && l->seats >= l->options.phones_at_once) {
        p->first = *a; /* a later request takes the place of an earlier one */
        p->waiting = true;
        if (!p->in_line) {
            p->in_line = true;
            p->next = NULL;
            *(l->wait_last != NULL ? &l->wait_last->next : &l->wait_first) = p;
            l->wait_last = p;
        }
        return;
    }
    l->seats += !p->seated;
    p->seated = true;
    call_begin(l, p, a);
    client_rest(l, p);
}

void client_rest(struct live *l, struct phone_slot *p)
{
    if (p->seated && p->calls == NULL) {
        p->seated = false;
        l->seats--;
        l->free_seats = true;
    }
}

void client_seat(struct live *l)
{
    l->free_seats = false;
    while (l->wait_first != NULL && l->seats < l->options.phones_at_once) {
        struct phone_slot *p = l->wait_first;
        l->wait_first = p->next;
        if (l->wait_first == NULL)
            l->wait_last = NULL;
        p->in_line = false;
        if (p->waiting) {
            p->waiting = false;
            client_act(l, p, &p->first);
        }
    }
}

void client_cancel_all(struct live *l, struct phone_slot *p)
{
    (void)l;
    p->waiting = false;
    while (p->calls != NULL)
        call_over(p->calls, false);
}
