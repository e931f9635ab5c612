#include "sim/live/call.h"

#include "sim/capture/capture.h"

#include <stdio.h>
#include <string.h>

/* ---- a call and its end ---- */

static void call_free(void *what)
{
    struct call *c = what;
    tftp_free(&c->tftp);
    reactor_give(c);
}

void call_over(struct call *c, bool polite)
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
    tftp_stop(&c->tftp);
    ev_timer_stop(l->reactor.loop, &c->timer);
    reactor_bury(&l->reactor, call_free, c);
    call_rest(l, c->slot);
}

void call_emit(struct call *c, struct event e)
{
    e.request = c->action.request;
    if (!live_is_down(c->live, c->slot->phone, c->node))
        live_emit(c->live, c->slot->phone, &e);
}

void call_answer(struct call *c, struct event e)
{
    call_emit(c, e);
    call_over(c, true);
}

void call_rest(struct live *l, struct phone_slot *p)
{
    if (p->seated && p->calls == NULL) {
        p->seated = false;
        l->seats--;
        l->free_seats = true;
    }
}

struct live_model call_model(const struct call *c)
{
    return live_model_of(c->live, c->slot->phone);
}

struct forge_device call_device(const struct call *c)
{
    return live_forge_device(c->live, c->slot->phone);
}

void call_comment(const struct call *c, const char *what)
{
    struct capture *capture = c->live->reactor.capture;
    if (capture == NULL)
        return;
    capture_hold(capture);
    capture_comment(capture, "%s: %s", call_device(c).name, what);
}

void call_comment_over(const struct live *l)
{
    if (l->reactor.capture == NULL)
        return;
    capture_comment(l->reactor.capture, "%s", ""); /* there was none */
    capture_release(l->reactor.capture);
}

void call_ended(struct stream *s, enum stream_end end)
{
    struct call *c = call_of(s);
    bool no_common = s->tls != NULL && tls_state(s->tls) == TLS_FAILED && c->shown == 0;
    c->stream = NULL;
    if (end == STREAM_REFUSED || no_common) /* an alert: nobody there that it can speak to */
        call_emit(c, (struct event){ .type = EVENT_REFUSED });
    call_over(c, false);
}

void call_nothing(struct stream *s)
{
    (void)s;
}

void call_no_judge(struct stream *s)
{
    (void)s;
    CHECK(false); /* not over TLS */
}

/* ---- connections ---- */

enum ask_kind call_kind(const struct call *c)
{
    static const enum ask_kind kinds[] = {
        [ACT_FETCH] = ASK_FILE,
        [ACT_TVS_OPEN] = ASK_TVS_CERT,
        [ACT_CCM_OPEN] = ASK_CCM_CERT,
        [ACT_REGISTER] = ASK_REGISTER,
        [ACT_HTTPS_OPEN] = ASK_HTTPS_CERT,
        [ACT_HTTPS_GET] = ASK_HTTPS_PAGE,
        [ACT_CAPF_OPEN] = ASK_CAPF_CERT,
    };
    return kinds[c->action.type];
}

uint16_t call_port(const struct call *c, enum live_service service)
{
    const struct live_outside *o = c->live->options.outside;
    uint16_t port = 0;
    if (c->node != NODE_OUTSIDE)
        return live_port(c->live, service);
    if (service != LIVE_HTTP) /* no configuration names another one */
        port = o->port(o->ctx, c->slot->phone, c->action.server, call_kind(c), call_model(c).sccp);
    return port != 0 ? port : live_port(c->live, service);
}

bool call_passes(struct call *c)
{
    enum passage p = path_passage(c->live, c->slot->phone, c->node, call_kind(c), c->action.kind);
    if (p == PASSAGE_REJECTS)
        call_answer(c, (struct event){ .type = EVENT_REFUSED });
    return p == PASSAGE_OPEN;
}

/* Over TCP; a file by HTTP. */
static void begin(struct call *c, enum live_service service, struct tls *tls, size_t in_limit,
                  const struct stream_ops *ops)
{
    struct live *l = c->live;
    uint8_t how = c->action.type == ACT_FETCH ? 1 : c->action.kind;
    struct lag_path path;
    const struct stream_way way = { .from = path_from(l, c->slot->phone, c->ip),
                                    .ip = c->ip,
                                    .port = call_port(c, service) };
    c->stream = stream_connect_by(&l->reactor, &way, tls, in_limit, ops, c);
    if (c->stream != NULL && path_lag(l, c->slot->phone, c->node, call_kind(c), how, &path))
        stream_lag(c->stream, &path, path_luck(l));
}

void call_tcp(struct call *c, enum live_service service, size_t in_limit,
              const struct stream_ops *ops)
{
    begin(c, service, NULL, in_limit, ops);
    if (c->stream == NULL)
        call_over(c, false);
}

void call_judge(struct stream *s)
{
    struct call *c = call_of(s);
    uint32_t cert = 0;
    if (!forge_adopt_cert(c->live->options.forge, tls_peer_cert(s->tls), &cert, NULL)) {
        call_over(c, false); /* no certificate that can be read: no answer */
        return;
    }
    c->shown = cert;
    call_emit(c, (struct event){ .type = EVENT_TLS_CERT, .a = cert });
}

/* One for all phones that speak it: a configuration of its own for each connection is most of what
 * one would take of memory. */
static struct tls_config *client_config(struct live *l, enum tls_version newest)
{
    struct tls_config **config = &l->client_tls[newest];
    if (*config == NULL) {
        *config = tls_config_new(false, view_of(NULL, 0), NULL, TLS_1_0, newest);
        if (l->reactor.capture != NULL)
            tls_config_keep_secrets(*config);
    }
    return *config;
}

/* A phone has several handshakes in a boot, and none for hours then: a signature for each would
 * cost, and so would it to keep those of all. */
static const struct shown *shown_by(struct call *c, uint32_t identity)
{
    struct live *l = c->live;
    struct forge_device device = call_device(c);
    struct shown *s = &l->shown[device.number % LIVE_SHOWN];
    if (s->der != NULL && s->phone == device.number && s->identity == identity)
        return s;
    struct arena arena = arena_of(&sys_mem);
    struct view der = view_of(NULL, 0);
    reactor_give(s->der);
    *s = (struct shown){ .phone = device.number, .identity = identity };
    if (identity != CONTENT_NOBODY)
        der = forge_phone_cert_once(l->options.forge, &device, identity, &s->key, &arena);
    if (der.n > 0) {
        s->der = reactor_take(der.n);
        memcpy(s->der, der.p, der.n);
        s->der_n = der.n;
    }
    arena_free(&arena);
    return s;
}

void call_tls(struct call *c, enum live_service service, size_t in_limit,
              const struct stream_ops *ops, uint32_t identity)
{
    struct live_model model = call_model(c);
    const struct shown *s = shown_by(c, identity != 0 ? identity : model.identity);
    struct tls *tls =
        tls_new_as(client_config(c->live, model.newest), view_of(s->der, s->der_n), s->key);
    if (tls != NULL)
        begin(c, service, tls, in_limit, ops);
    if (c->stream == NULL)
        call_over(c, false);
}

void call_tls_opened(struct stream *s)
{
    call_emit(call_of(s), (struct event){ .type = EVENT_TLS_OPEN });
}
