/* Accepting, and the connections of the nodes, of whatever service: how many there may be, how long
 * they may be silent, and how they end. */
#include "sim/live/impl.h"

#include "sim/net/usage.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define PAUSE_S  0.1   /* before the next try where nobody can be accepted */
#define SESSIONS 20480 /* of one service (OpenSSL's own default) */
#define ACCEPTS  64 /* at a time, so that one port starves no other, and what was begun goes on */
#define CROWDED                                                                                    \
    512            /* at the bound: whoever waits behind a crowd is reached, and the crowd goes    \
                    */
#define CROWD  256 /* connections: when they are gone, their memory is given back */
#define TIDY_S 10. /* how often it is looked whether they are */
#define LOOKS  32  /* for one who says nothing, before whoever is first goes */
/* What came goes for nobody who waits before it had the time to say something: a crowd that comes
 * at one instant would throw out everybody who came with it. */
#define GRACE_US 20000

/* ---- connections ---- */

struct conn *conn_of(struct stream *s)
{
    return s->owner;
}

void conn_end_transfer(struct conn *c)
{
    const struct world *w = c->listener->live->world;
    if (!c->transfer)
        return;
    c->transfer = false; /* the node counts on through a restart */
    w->transfer_end(w->ctx, c->listener->host->node);
}

uint32_t desk_bounded(const struct desk *d)
{
    return d->fresh.count + d->begun.count + d->talking.count;
}

/* What the bound on connections counts. */
static uint32_t bounded(const struct desk *d)
{
    return desk_bounded(d) + d->reactor->closing;
}

bool conn_is_kept(const struct conn *c)
{
    return c->in == &c->listener->desk->kept;
}

/* Off its list. */
static void take_off(struct conn *c)
{
    struct desk *d = c->listener->desk;
    struct conns *in = c->in;
    *(c->prev != NULL ? &c->prev->next : &in->first) = c->next;
    *(c->next != NULL ? &c->next->prev : &in->last) = c->prev;
    in->count--;
    if (!conn_is_kept(c))
        return;
    struct conn **served = &live_slot(d->live, c->device)->served;
    d->doubles -= *served != c;
    *served = *served == c ? NULL : *served;
}

static void put_last(struct conn *c, struct conns *in)
{
    c->in = in;
    c->next = NULL;
    c->prev = in->last;
    *(in->last != NULL ? &in->last->next : &in->first) = c;
    in->last = c;
    in->count++;
}

/* The connection is over; its stream was closed or let go by the caller. */
static void gone(struct conn *c)
{
    conn_end_transfer(c);
    errand_cancel(c->errand);
    take_off(c);
    reactor_bury(c->listener->desk->reactor, reactor_give, c);
}

void conn_finish(struct conn *c)
{
    stream_finish(c->stream);
    gone(c);
}

void conn_abort(struct conn *c)
{
    stream_abort(c->stream);
    gone(c);
}

static void last_to_go(struct conn *c, struct conns *in)
{
    if (!conn_is_kept(c) && in->last != c) {
        take_off(c);
        put_last(c, in);
    }
    stream_deadline(c->stream, conn_is_kept(c) ? 0 : c->listener->live->options.idle_us);
    if (conn_is_kept(c))
        stream_rest(c->stream); /* silent for most of its life */
}

void conn_hello(struct conn *c)
{
    last_to_go(c, &c->listener->desk->begun);
}

void conn_patience(struct conn *c)
{
    last_to_go(c, &c->listener->desk->talking);
}

/* The youngest whose phone has registered over another one since: as any other from here. */
static void drop_double(struct desk *d)
{
    struct conn *c = d->kept.last;
    while (live_slot(d->live, c->device)->served == c)
        c = c->prev;
    conn_release(c);
}

void conn_keep(struct conn *c, uint32_t device)
{
    struct desk *d = c->listener->desk;
    struct conn **served = &live_slot(d->live, device)->served;
    if (conn_is_kept(c) && c->device == device && *served != c) {
        d->doubles -= *served == NULL; /* else that is one in its place */
        *served = c;
    }
    if (conn_is_kept(c))
        return;
    bool full = d->kept.count >= d->live->registrations;
    if (full && d->doubles == 0 && *served == NULL)
        return;
    d->doubles += *served != NULL;
    *served = c;
    if (full)
        drop_double(d);
    take_off(c);
    c->device = device;
    put_last(c, &d->kept);
}

void conn_release(struct conn *c)
{
    take_off(c);
    put_last(c, &c->listener->desk->talking);
    conn_patience(c);
}

bool conn_same_epoch(struct conn *c)
{
    const struct listener *li = c->listener;
    const struct world *w = li->live->world;
    if (li->ready == NULL || w->epoch(w->ctx, li->host->node, li->row->asks) == c->epoch)
        return true; /* a worker's: the driver breaks them off before a service goes */
    conn_abort(c);
    return false;
}

void conn_shook_hands(struct conn *c)
{
    struct access room, *access = access_wanted(c->listener, &room);
    if (c->stream->tls == NULL)
        return;
    access_asked(access, "TLS handshake", view_of(NULL, 0));
    access_answer(access, 0, "done");
    room.handshake = room.done = true;
    access_tell(c->listener, &c->peer, access);
}

void conn_each(struct conn *c, bool (*next)(struct conn *c))
{
    if (!conn_same_epoch(c))
        return;
    while (stream_unsent(c->stream) < UNSENT_MAX && next(c))
        continue;
}

void conn_opened(struct stream *s)
{
    conn_shook_hands(s->owner);
    conn_hello(s->owner);
}

void conn_no_judge(struct stream *s)
{
    (void)s;
    CHECK(false); /* a server takes any client certificate */
}

void conn_drained(struct stream *s)
{
    struct conn *c = s->owner;
    conn_end_transfer(c);
    if (c->last) {
        conn_finish(c);
        return;
    }
    conn_patience(c);
    c->listener->row->ops.input(s); /* what came meanwhile */
}

/* Why a client got no answer.  One that sent nothing at all asked for none. */
static void say_why(const struct conn *c, enum stream_end end)
{
    const struct stream *s = c->stream;
    const char *why = s->tls == NULL ? "" : tls_why(s->tls);
    if (why[0] == '\0')
        why = end == STREAM_LATE ? "the client is silent" : "the client hung up";
    if (s->tls == NULL || s->open || s->received == 0)
        return;
    struct access room, *access = access_wanted(c->listener, &room);
    access_asked(access, "TLS handshake", view_of(NULL, 0));
    access_answer(access, 0, "%s", why);
    room.handshake = true;
    access_tell(c->listener, &c->peer, access);
    desk_says(c->listener, "%s: TLS handshake failed: %s", live_service_name(c->listener->service),
              why);
}

void conn_ended(struct stream *s, enum stream_end end)
{
    say_why(s->owner, end);
    gone(s->owner);
}

/* ---- what a listener shows ---- */

void desk_shows(struct listener *li, uint32_t cert, uint32_t speaks)
{
    li->cert = cert;
    li->speaks = speaks;
    tls_sessions_free(li->sessions);
    li->sessions = NULL;
    if (li->row->resumes && li->live->options.resume)
        li->sessions = tls_sessions_new(SESSIONS);
    tls_config_free(li->config);
    li->config = desk_config(li);
}

struct tls_config *desk_config(const struct listener *li)
{
    struct forge *f = li->live->options.forge;
    const struct key *key = forge_key(f, li->cert);
    struct tls_config *config =
        key == NULL ? NULL
                    : tls_config_new(true, forge_der(f, li->cert), key, TLS_OLDEST(li->speaks),
                                     TLS_NEWEST(li->speaks));
    if (config != NULL && li->row->asks_nobody)
        tls_config_ask_nobody(config);
    if (config != NULL && li->live->reactor.capture != NULL)
        tls_config_keep_secrets(config);
    if (config != NULL && li->sessions != NULL)
        tls_config_resume(config, li->sessions);
    return config;
}

/* ---- accepting ---- */

/* It has said something since it was looked at last, whether that was read already or not. */
static bool has_said(struct conn *c)
{
    bool more = c->stream->received != c->looked_at;
    int unread = 0;
    if (!more)
        (void)ioctl(c->stream->fd, FIONREAD, &unread);
    c->looked_at = c->stream->received;
    return more || unread > 0;
}

/* Those in front of `from` who have said something go to the end of `to`. */
static void sort_out(struct conns *from, struct conns *to)
{
    for (int i = 0; i < LOOKS && from->first != NULL && has_said(from->first); i++) {
        struct conn *c = from->first;
        take_off(c);
        put_last(c, to);
    }
}

/* Who is missed least; NULL: there is none.  Those who say nothing at all go first, so that a crowd
 * of them throws out itself; but there is room for them to begin: a quarter.  Then who has begun
 * and says nothing more; but there is room for these too: as much.  Then who has been without a
 * whole request for longest. */
static struct conn *least(struct desk *d)
{
    uint32_t all = desk_bounded(d);
    sort_out(&d->fresh, &d->begun);
    sort_out(&d->begun, &d->begun);
    if (d->talking.count > all / 2)
        return d->talking.first;
    if (d->fresh.first != NULL && d->begun.count + d->talking.count <= all / 4 * 3)
        return d->fresh.first;
    if (d->begun.first != NULL)
        return d->begun.first;
    return d->talking.first != NULL ? d->talking.first : d->fresh.first;
}

/* Somebody who waits to be closed goes first.  False: there is nobody. */
static bool make_room(void *desk)
{
    struct desk *d = desk;
    if (stream_drop_oldest(d->reactor))
        return true;
    struct conn *c = least(d);
    if (c != NULL)
        conn_abort(c);
    return c != NULL;
}

/* Nobody is over, and whoever is missed least came just now: who waits to be accepted waits. */
static bool all_are_new(struct desk *d)
{
    if (d->reactor->leaving != NULL)
        return false;
    const struct conn *c = least(d);
    return c != NULL && c->in == &d->fresh && reactor_clock_us() - c->came_us < GRACE_US;
}

void desk_gives_up(struct desk *d)
{
    d->reactor->give_up = make_room;
    d->reactor->give_up_owner = d;
}

static void on_tidy(struct ev_loop *loop, struct ev_timer *w, int events)
{
    const struct desk *d = w->data;
    (void)events;
    if (bounded(d) >= CROWD / 4)
        return;
    ev_timer_stop(loop, w);
    usage_give_back_much();
}

/* A crowd is here: somebody looks behind it when it is gone. */
static void tidy_later(struct desk *d)
{
    if (bounded(d) < CROWD || ev_is_active(&d->tidy))
        return;
    ev_timer_init(&d->tidy, on_tidy, TIDY_S, TIDY_S);
    d->tidy.data = d;
    ev_timer_start(d->reactor->loop, &d->tidy);
}

static void begin(struct listener *li, int fd, const struct sockaddr_in *peer)
{
    struct desk *d = li->desk;
    const struct service_row *row = li->row;
    tidy_later(d);
    while (bounded(d) >= d->live->options.connections && make_room(d))
        continue;
    struct conn *c = reactor_take(sizeof *c);
    c->listener = li;
    c->epoch = li->epoch;
    c->peer = *peer;
    c->came_us = reactor_clock_us();
    put_last(c, &d->fresh);
    c->stream =
        stream_accept(d->reactor, fd, row->tls ? li->config : NULL, row->in_limit, &row->ops, c);
    c->stream->hold_us = row->hold_us;
    last_to_go(c, &d->fresh);
}

/* The kernel would say at once again that somebody waits. */
static void accept_later(struct listener *li, double in_s)
{
    struct ev_loop *loop = li->desk->reactor->loop;
    ev_io_stop(loop, &li->io);
    ev_timer_set(&li->pause, in_s, 0.);
    ev_timer_start(loop, &li->pause);
}

/* No descriptor or no memory for one more, and nothing of ours to give up. */
static void pause_accepting(struct listener *li)
{
    if (!li->paused)
        fprintf(stderr, "cucmlab: %s %s: cannot accept: %s (told once)\n", li->host->name,
                live_service_name(li->service), strerror(errno));
    li->paused = true;
    accept_later(li, PAUSE_S);
}

static void on_pause_over(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct listener *li = w->data;
    (void)events;
    ev_io_start(loop, &li->io);
}

static bool is_full(const struct listener *li)
{
    return bounded(li->desk) >= li->live->options.connections;
}

/* Nobody was accepted, errno says why.  True: there is room now. */
static bool try_again(struct listener *li)
{
    int why = errno;
    if (!reactor_is_short())
        return false;
    if (all_are_new(li->desk)) {
        accept_later(li, GRACE_US / 1e6);
        return false;
    }
    if (make_room(li->desk))
        return true;
    errno = why;
    pause_accepting(li);
    return false;
}

static void on_accept(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct listener *li = w->data;
    (void)loop;
    (void)events;
    bool crowded = is_full(li);
    for (int i = 0; i < (crowded ? CROWDED : ACCEPTS) && li->fd >= 0; i++) {
        struct sockaddr_in peer = net_address(0, 0);
        socklen_t size = sizeof peer;
        if (is_full(li) && all_are_new(li->desk)) {
            accept_later(li, GRACE_US / 1e6);
            return;
        }
        int fd = accept4(li->fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && try_again(li))
            continue;
        if (fd < 0)
            return;
        if (li->ready != NULL && !li->ready(li))
            net_reset(fd);
        else
            begin(li, fd, &peer);
    }
}

void desk_watch(struct listener *li)
{
    if (li->io.data == NULL) {
        ev_io_init(&li->io, on_accept, li->fd, EV_READ);
        ev_timer_init(&li->pause, on_pause_over, 0., 0.);
        li->io.data = li->pause.data = li;
    } else if (!ev_is_active(&li->io)) {
        ev_io_set(&li->io, li->fd, EV_READ);
    }
    ev_io_start(li->desk->reactor->loop, &li->io);
}

void desk_leave(struct listener *li)
{
    ev_io_stop(li->desk->reactor->loop, &li->io);
    ev_timer_stop(li->desk->reactor->loop, &li->pause);
}

/* ---- all of a listener ---- */

static void drop_list(struct conn *first, const struct listener *li)
{
    struct conn *next;
    for (struct conn *c = first; c != NULL; c = next) {
        next = c->next;
        if (c->listener == li)
            conn_abort(c);
    }
}

void desk_drop(struct listener *li)
{
    drop_list(li->desk->fresh.first, li);
    drop_list(li->desk->begun.first, li);
    drop_list(li->desk->talking.first, li);
    drop_list(li->desk->kept.first, li);
}

static void mute_list(struct conn *first, const struct listener *li)
{
    for (struct conn *c = first; c != NULL; c = c->next) {
        if (c->listener != li)
            continue;
        conn_end_transfer(c);
        errand_cancel(c->errand);
        c->errand = NULL;
        stream_mute(c->stream);
    }
}

void desk_mute(struct listener *li)
{
    mute_list(li->desk->fresh.first, li);
    mute_list(li->desk->begun.first, li);
    mute_list(li->desk->talking.first, li);
    mute_list(li->desk->kept.first, li);
}

/* What came for a listener while nothing passed was lost on the way. */
void desk_discard(const struct listener *li)
{
    int fd;
    while ((fd = accept4(li->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        net_reset(fd);
}

void desk_says(struct listener *li, const char *format, ...)
{
    char text[256]; /* a longer one is cut */
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    li->desk->says(li->desk, li->host->node, text);
}
