/* A TCP connection, with or without TLS, on a reactor: bytes in, bytes out, one deadline.  Server
 * and client side alike.  A stream that was closed is freed when no callback is on the stack. */
#ifndef CUCMLAB_NET_STREAM_H
#define CUCMLAB_NET_STREAM_H

#include "sim/crypto/tls.h"
#include "sim/net/lag.h"
#include "sim/net/reactor.h"

enum stream_end {
    STREAM_REFUSED, /* nobody listens, or reset before a single byte came */
    STREAM_BROKEN,  /* reset, TLS failed, ended in mid-handshake */
    STREAM_LATE     /* its deadline came */
};

/* Every call may close the stream, with stream_finish() or stream_abort(). */
struct stream_ops {
    void (*opened)(struct stream *s);  /* connected, and the TLS handshake done */
    void (*judge)(struct stream *s);   /* a client's handshake waits for stream_judge() */
    void (*input)(struct stream *s);   /* there is more in stream_in(), or stream_eof() */
    void (*drained)(struct stream *s); /* open, and all that was written has been sent */
    void (*ended)(struct stream *s, enum stream_end end); /* is closed already */
};

struct bytes {
    uint8_t *p;
    size_t at, n, cap;
};

struct stream {
    struct reactor *reactor;
    void *owner;
    const struct stream_ops *ops; /* NULL once the owner let go */
    int fd;                       /* -1 once closed */
    int error;                    /* errno of what ended it; 0: no call failed */
    struct ev_io io;
    struct ev_timer timer;
    uint64_t number; /* the older, the smaller */
    int ready;       /* in this turn: EV_READ, EV_WRITE */
    struct tls *tls;
    struct bytes in, out;
    size_t in_limit;
    uint64_t received;
    uint64_t hold_us; /* a server: new deadline once its certificate was sent; 0: the same */
    bool connecting, open, judging, eof, finishing, lingering;
    bool accepted; /* a server's */
    bool muted;    /* behind a link that is down */
    bool tapped;   /* a capture sees it, under this number */
    uint32_t flow;
    /* Behind a link: of `out` so much is on its way, and so much there and may be sent. */
    struct lag *lag; /* NULL: none */
    size_t on_way, there;
    bool arriving, over;        /* its connection, and the end of what comes in, is on its way */
    struct stream *prev, *next; /* of all that are open, or of all that leave */
};

/* `config` NULL: without TLS.  The descriptor is the stream's from here. */
struct stream *stream_accept(struct reactor *r, int fd, struct tls_config *config, size_t in_limit,
                             const struct stream_ops *ops, void *owner);
/* NULL where no socket is to be had.  A refusal comes by ended(), never from inside this call. */
struct stream *stream_connect(struct reactor *r, uint32_t ip, uint16_t port,
                              struct tls_config *config, size_t in_limit,
                              const struct stream_ops *ops, void *owner);
/* The same from an address of this machine (0: any), over a TLS connection that is the stream's
 * from here (NULL: without). */
struct stream_way {
    uint32_t from, ip; /* host order */
    uint16_t port;
};
struct stream *stream_connect_by(struct reactor *r, const struct stream_way *way, struct tls *tls,
                                 size_t in_limit, const struct stream_ops *ops, void *owner);
/* From its beginning on: what passes is as late as behind such a path. */
void stream_lag(struct stream *s, const struct lag_path *path, struct rng luck);
struct view stream_in(const struct stream *s);
bool stream_eof(const struct stream *s);
size_t stream_unsent(const struct stream *s);
/* The peer has sent something, whether it was read already or not. */
bool stream_has_said(const struct stream *s);
void stream_consume(struct stream *s, size_t n);
void stream_write(struct stream *s, struct view v);
void stream_judge(struct stream *s, bool accept);
/* The owner lets go: what was written is still sent, then it closes.  No callback comes any more.
 */
void stream_finish(struct stream *s);
void stream_abort(struct stream *s);                    /* the same, with a reset, at once */
void stream_deadline(struct stream *s, uint64_t in_us); /* 0: none */
void stream_rest(struct stream *s); /* a buffer with nothing in it is given back for now */
void stream_mute(struct stream *s); /* no byte passes any more, no deadline comes */
/* Closes the oldest of those whose owner let go; what it has not sent is lost.  False: there is
 * none. */
bool stream_drop_oldest(struct reactor *r);
void stream_drop_all(struct reactor *r); /* resets all, those that close too */

#endif
