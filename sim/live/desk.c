/* Accepting, and the connections of the nodes, of whatever service: how many there may be, how long
 * they may be silent, and how they end. */
#include "sim/live/impl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define PAUSE_S  0.1   /* before the next try where nobody can be accepted */
#define SESSIONS 20480 /* of one service (OpenSSL's own default) */
#define ACCEPTS  64    /* at a time, so that one port starves no other */

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

/* Off its list. */
static void take_off(struct conn *c)
{
    struct desk *d = c->listener->desk;
    struct conn **first = c->kept ? &d->kept : &d->first;
    *(c->prev != NULL ? &c->prev->next : first) = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    else if (!c->kept)
        d->last = c->prev;
    d->count -= !c->kept;
    d->kept_count -= c->kept;
    if (!c->kept)
        return;
    struct conn **served = &live_slot(d->live, c->device)->served;
    d->doubles -= *served != c;
    *served = *served == c ? NULL : *served;
}

/* The youngest of those that are not kept. */
static void put_last(struct conn *c)
{
    struct desk *d = c->listener->desk;
    c->next = NULL;
    c->prev = d->last;
    *(d->last != NULL ? &d->last->next : &d->first) = c;
    d->last = c;
    d->count++;
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

void conn_patience(struct conn *c)
{
    stream_deadline(c->stream, c->kept ? 0 : c->listener->live->options.idle_us);
    if (c->kept)
        stream_rest(c->stream); /* silent for most of its life */
}

/* The youngest whose phone has registered over another one since: as any other from here. */
static void drop_double(struct desk *d)
{
    struct conn *c = d->kept;
    while (live_slot(d->live, c->device)->served == c)
        c = c->next;
    conn_release(c);
}

void conn_keep(struct conn *c, uint32_t device)
{
    struct desk *d = c->listener->desk;
    struct conn **served = &live_slot(d->live, device)->served;
    if (c->kept && c->device == device && *served != c) {
        d->doubles -= *served == NULL; /* else that is one in its place */
        *served = c;
    }
    if (c->kept)
        return;
    bool full = d->kept_count >= d->live->registrations;
    if (full && d->doubles == 0 && *served == NULL)
        return;
    d->doubles += *served != NULL;
    *served = c;
    if (full)
        drop_double(d);
    take_off(c);
    c->kept = true;
    c->device = device;
    c->prev = NULL;
    c->next = d->kept;
    if (c->next != NULL)
        c->next->prev = c;
    d->kept = c;
    d->kept_count++;
}

void conn_release(struct conn *c)
{
    take_off(c);
    c->kept = false;
    put_last(c);
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
    conn_patience(s->owner);
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
    if (c->kept)
        stream_rest(s);             /* silent for most of its life */
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

/* Somebody who waits to be closed goes first, then the oldest connection.  False: there is none. */
static bool make_room(struct desk *d)
{
    if (stream_drop_oldest(d->reactor))
        return true;
    if (d->first == NULL)
        return false;
    conn_abort(d->first);
    return true;
}

static void begin(struct listener *li, int fd, const struct sockaddr_in *peer)
{
    struct desk *d = li->desk;
    const struct service_row *row = li->row;
    while (d->count + d->reactor->closing >= d->live->options.connections && make_room(d))
        continue;
    struct conn *c = reactor_take(sizeof *c);
    c->listener = li;
    c->epoch = li->epoch;
    c->peer = *peer;
    put_last(c);
    c->stream =
        stream_accept(d->reactor, fd, row->tls ? li->config : NULL, row->in_limit, &row->ops, c);
    c->stream->hold_us = row->hold_us;
    conn_patience(c);
}

/* No descriptor or no memory for one more, and nothing of ours to give up: the kernel would say at
 * once again that somebody waits. */
static void pause_accepting(struct listener *li)
{
    struct ev_loop *loop = li->desk->reactor->loop;
    if (!li->paused)
        fprintf(stderr, "cucmlab: %s %s: cannot accept: %s (told once)\n", li->host->name,
                live_service_name(li->service), strerror(errno));
    li->paused = true;
    ev_io_stop(loop, &li->io);
    ev_timer_set(&li->pause, PAUSE_S, 0.);
    ev_timer_start(loop, &li->pause);
}

static void on_pause_over(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct listener *li = w->data;
    (void)events;
    ev_io_start(loop, &li->io);
}

static void on_accept(struct ev_loop *loop, struct ev_io *w, int events)
{
    struct listener *li = w->data;
    (void)loop;
    (void)events;
    for (int i = 0; i < ACCEPTS && li->fd >= 0; i++) {
        struct sockaddr_in peer = net_address(0, 0);
        socklen_t size = sizeof peer;
        int fd = accept4(li->fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        bool full =
            fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS);
        if (full && !make_room(li->desk))
            pause_accepting(li);
        else if (full)
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
    drop_list(li->desk->first, li);
    drop_list(li->desk->kept, li);
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
    mute_list(li->desk->first, li);
    mute_list(li->desk->kept, li);
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
