/* What a CallManager does with those who register, by whatever protocol: who is taken, over which
 * connection, for how long. */
#include "sim/live/impl.h"

#include <string.h>

#define TICK_S      1. /* how often it is looked whose time is over */
#define GRACE_TICKS 2  /* a phone looks as often who is due: its keepalive is that much late */

/* ---- who is taken ---- */

uint32_t registrar_device(struct live *l, struct view name)
{
    char text[16] = "";
    if (name.n > 0 && name.n < sizeof text)
        memcpy(text, name.p, name.n);
    return live_device(l, text);
}

bool registrar_asks(struct live *l, uint32_t node, struct registrant *r, struct view name,
                    uint32_t *reason, struct access *access)
{
    struct ask ask = { .kind = ASK_REGISTER,
                       .transport = r->tls ? TRANSPORT_TLS : TRANSPORT_TCP,
                       .device = registrar_device(l, name),
                       .a = CONTENT_MIC };
    struct event e;
    access_phone(access, l, ask.device);
    *reason = REJECT_UNKNOWN_DEVICE;
    if (ask.device == NO_DEVICE)
        return true;
    r->renewed = r->device == ask.device;
    if (r->renewed) { /* a keepalive: what has changed since counts from its next reset on
                         (inferred) */
        *reason = REJECT_NONE;
        return true;
    }
    if (r->tls) {
        struct forge_device shown = live_forge_device(l, ask.device);
        ask.a = certs_lsc(l, &shown, r->der);
    }
    if (live_ask(l, node, &ask, &e) != ASK_ANSWERED)
        return false;
    *reason = e.type == EVENT_REGISTERED ? REJECT_NONE : e.a;
    r->renewed = *reason == REJECT_NONE;
    if (r->renewed)
        r->device = ask.device;
    return true;
}

/* ---- for how long ---- */

static uint64_t lasts_us(const struct conn *c)
{
    uint64_t chosen_us = c->listener->live->options.expiry_us;
    return chosen_us != 0 ? chosen_us : c->listener->row->registrar->lasts_us;
}

/* A phone that says nothing any more is registered no longer; where it has registered over another
 * connection since, that one says whether it is, and this one only ends. */
static void expires(struct conn *c)
{
    struct live *l = c->listener->live;
    const struct conn *served = live_slot(l, c->device)->served;
    if (served != NULL && served != c) {
        conn_abort(c);
        return;
    }
    struct access room, *access = access_wanted(c->listener, &room);
    char name[16];
    l->world->name(l->world->ctx, c->device, name);
    access_phone(access, l, c->device);
    access_asked(access, "registration", view_of(NULL, 0));
    access_answer(access, 0, "expired");
    access_tell(c->listener, &c->peer, access);
    desk_says(c->listener, "%s: no keepalive of %s any more: it is not registered",
              live_service_name(c->listener->service), name);
    conn_abort(c);
}

/* Behind a link that is down its end would not be seen either: those end when it is back. */
static void on_tick(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct live *l = timer->data;
    uint64_t now = live_now_us(l);
    struct conn *next;
    (void)events;
    for (struct conn *c = l->desk.kept.first; c != NULL; c = next) {
        next = c->next;
        if (now >= c->until_us && !c->stream->muted)
            expires(c);
    }
    if (l->desk.kept.first == NULL)
        ev_timer_stop(loop, timer);
}

static void renew(struct conn *c)
{
    struct live *l = c->listener->live;
    uint64_t chosen_us = l->options.expiry_us;
    double often = chosen_us == 0 ? TICK_S : (double)chosen_us / 4e6;
    double grace_us = chosen_us == 0 ? GRACE_TICKS * TICK_S * 1e6 * l->reactor.speed : 0;
    c->until_us = live_now_us(l) + lasts_us(c) + (uint64_t)grace_us;
    if (ev_is_active(&l->expiries))
        return;
    ev_timer_init(&l->expiries, on_tick, often, often);
    l->expiries.data = l;
    ev_timer_start(l->reactor.loop, &l->expiries);
}

/* ---- a connection ---- */

/* What one message made of it. */
static void becomes(struct conn *c, const struct registrant *r)
{
    if (r->renewed) {
        conn_keep(c, r->device);
        if (conn_is_kept(c))
            renew(c);
    } else if (conn_is_kept(c) && r->device == NO_DEVICE) {
        conn_release(c);
    }
}

static bool next_message(struct conn *c)
{
    const struct registrar *protocol = c->listener->row->registrar;
    struct stream *s = c->stream;
    struct live *l = c->listener->live;
    size_t n = 0;
    struct wr reply = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    struct access room, *access = access_wanted(c->listener, &room);
    bool good = protocol->whole(c, &n);
    if (!good && protocol->refuse != NULL)
        protocol->refuse(stream_in(s), &reply);
    if (good && n > 0) {
        struct registrant r = { .tls = c->listener->row->tls,
                                .device = conn_is_kept(c) ? c->device : NO_DEVICE };
        if (r.tls)
            r.der = tls_peer_cert(s->tls);
        good = protocol->answer(l, c->listener->host->node, &r, view_sub(stream_in(s), 0, n),
                                &reply, access) &&
               !reply.over;
        stream_consume(s, n);
        becomes(c, &r);
        conn_patience(c);
    }
    if (!good)
        access_refused(access);
    protocol->told(access, &reply);
    access_tell(c->listener, &c->peer, access);
    if (reply.n > 0 && !reply.over)
        stream_write(s, view_of(l->reactor.scratch, reply.n));
    if (!good || (n == 0 && stream_eof(s))) {
        conn_finish(c);
        return false;
    }
    return n > 0;
}

void registrar_input(struct stream *s)
{
    conn_each(conn_of(s), next_message);
}
