/* The connections of registered phones: one a phone, kept from its registration on.  Keepalives go
 * over it, and it tells the phone that its CallManager is gone. */
#include "sim/live/impl.h"
#include "sim/talk/sip.h"

#include <stdio.h>

#define TICK_S  1. /* how often it is looked who is due */
#define MISSED  3  /* keepalives without an answer, and the server is gone */
#define EVERY_S 30 /* where the server did not say */

static struct phone_slot *slot_of(struct stream *s)
{
    return s->owner;
}

static void let_go(struct phone_slot *p)
{
    struct live *l = p->live;
    l->kept--;
    l->kept_closing -= p->closing;
    p->kept = NULL;
    p->closing = false;
    if (l->kept == 0)
        ev_timer_stop(l->reactor.loop, &l->keepalives);
}

/* Where nothing passes no end comes either: a keepalive finds it. */
static void gone(struct phone_slot *p, enum server_gone how)
{
    struct live *l = p->live;
    let_go(p);
    if (!live_is_down(l, p->phone, p->registration.node))
        live_emit(l, p->phone, &(struct event){ .type = EVENT_SERVER_LOST, .a = how });
}

static void ended(struct stream *s, enum stream_end end)
{
    (void)end;
    gone(slot_of(s), SERVER_CLOSED);
}

static void input(struct stream *s)
{
    struct phone_slot *p = slot_of(s);
    struct greet_said said;
    enum greet_heard what;
    while ((what = greet_heard(s, p->registration.sccp, &said)) > GREET_RUBBISH) {
        if (what == GREET_ANSWER && said.reason != REJECT_NONE) {
            stream_finish(s);
            gone(p, SERVER_REFUSED);
            return;
        }
        if (what == GREET_ANSWER || what == GREET_ALIVE)
            p->missed = 0;
        if (what == GREET_RESET)
            live_emit(p->live, p->phone, &(struct event){ .type = EVENT_RESET, .a = said.reset });
        stream_consume(s, said.length);
    }
    if (what == GREET_RUBBISH)
        stream_consume(s, stream_in(s).n);
    if (!stream_eof(s)) {
        stream_rest(s);
        return;
    }
    stream_finish(s);
    gone(p, SERVER_CLOSED);
}

static void nothing(struct stream *s)
{
    (void)s;
}

/* ---- keepalives ---- */

static void wait_for_next(struct phone_slot *p)
{
    uint64_t every_us = p->live->options.keepalive_us;
    if (every_us == 0)
        every_us = p->registration.every_s * 1000000ull;
    p->due_us = live_now_us(p->live) + every_us;
}

static void keep_alive(struct phone_slot *p)
{
    struct live *l = p->live;
    wait_for_next(p);
    if (live_is_down(l, p->phone, p->registration.node))
        return; /* nothing passes: the lab says when the phone finds out */
    if (p->missed >= MISSED) {
        stream_abort(p->kept);
        gone(p, SERVER_SILENT);
        return;
    }
    p->missed++;
    p->registration.count++;
    greet_alive(p, p->kept, &p->registration);
}

static void on_tick(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct live *l = w->data;
    uint64_t now = live_now_us(l);
    (void)loop;
    (void)events;
    for (uint32_t i = 0; i < l->slot_cap && l->kept > 0; i++)
        if (l->slots[i] != NULL && l->slots[i]->kept != NULL && l->slots[i]->due_us <= now)
            keep_alive(l->slots[i]);
}

static void start_ticking(struct live *l)
{
    double often = l->options.keepalive_us == 0 ? TICK_S : (double)l->options.keepalive_us / 4e6;
    ev_timer_init(&l->keepalives, on_tick, often, often);
    l->keepalives.data = l;
    ev_timer_start(l->reactor.loop, &l->keepalives);
}

static uint32_t every_s(const struct registration *r)
{
    if (r->every_s == 0)
        return EVERY_S;
    return r->sccp || r->every_s <= 2 * TALK_SIP_SPARE_S ? r->every_s
                                                         : r->every_s - TALK_SIP_SPARE_S;
}

/* ---- from registration to the end ---- */

void kept_begin(struct phone_slot *p, struct stream *s, const struct registration *r)
{
    static const struct stream_ops ops = { nothing, nothing, input, stream_rest, ended };
    struct live *l = p->live;
    kept_end(p, true);
    if (l->kept >= l->registrations && l->options.registrations == LIVE_AS_MANY && !l->told_kept) {
        l->told_kept = true;
        fprintf(stderr,
                "cucmlab: the connections of %u registered phones are kept, so many as the limit "
                "of open files lets (ulimit -n); others close theirs (told once)\n",
                l->kept);
    }
    if (l->kept >= l->registrations || stream_eof(s)) {
        stream_finish(s);
        return;
    }
    s->owner = p;
    s->ops = &ops;
    stream_deadline(s, 0);
    p->kept = s;
    p->registration = *r;
    p->registration.every_s = every_s(r);
    p->missed = 0;
    wait_for_next(p);
    if (l->kept++ == 0)
        start_ticking(l);
    input(s); /* what came behind the answer */
}

void kept_end(struct phone_slot *p, bool polite)
{
    struct stream *s = p->kept;
    if (s == NULL)
        return;
    let_go(p);
    if (!polite) {
        stream_abort(s);
        return;
    }
    p->registration.count++;
    greet_leave(p, s, &p->registration);
    stream_finish(s);
}

bool kept_closes(struct phone_slot *p)
{
    if (p->kept == NULL)
        return false;
    p->live->kept_closing += !p->closing;
    p->closing = true;
    return true;
}
