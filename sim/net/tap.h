/* What a capture sees of a connection: when it opens, the bytes of both sides, how it ends.  Where
 * no capture listens (reactor.capture NULL) each costs one test.  Called by stream.c alone. */
#ifndef CUCMLAB_NET_TAP_H
#define CUCMLAB_NET_TAP_H

#include "sim/net/stream.h"

#include <netinet/in.h>
#include <sys/socket.h>

int tap_connect_to(struct stream *s, const struct sockaddr_in *to);
void tap_accept_to(struct stream *s);
void tap_opened_to(struct stream *s);
ssize_t tap_send_to(struct stream *s, struct view bytes, int flags);
void tap_came_to(struct stream *s, struct view bytes);
void tap_ended_to(struct stream *s, bool by_peer, bool reset);
void tap_gone_to(struct stream *s);

/* As connect(); behind accept().  The TLS of the stream is there already. */
static inline int tap_connect(struct stream *s, const struct sockaddr_in *to)
{
    return s->reactor->capture != NULL ? tap_connect_to(s, to)
                                       : connect(s->fd, (const struct sockaddr *)to, sizeof *to);
}

static inline void tap_accept(struct stream *s)
{
    if (s->reactor->capture != NULL)
        tap_accept_to(s);
}

static inline void tap_opened(struct stream *s)
{
    if (s->tapped)
        tap_opened_to(s);
}

/* As send(). */
static inline ssize_t tap_send(struct stream *s, struct view bytes, int flags)
{
    return s->tapped ? tap_send_to(s, bytes, flags) : send(s->fd, bytes.p, bytes.n, flags);
}

static inline void tap_came(struct stream *s, struct view bytes)
{
    if (s->tapped)
        tap_came_to(s, bytes);
}

/* FIN, or RST, of this end or of the peer. */
static inline void tap_ended(struct stream *s, bool by_peer, bool reset)
{
    if (s->tapped)
        tap_ended_to(s, by_peer, reset);
}

/* The stream is closed. */
static inline void tap_gone(struct stream *s)
{
    if (s->tapped)
        tap_gone_to(s);
}

#endif
