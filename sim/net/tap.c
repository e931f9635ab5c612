#include "sim/net/tap.h"

#include "sim/capture/capture.h"
#include "sim/net/net.h"

#include <errno.h>
#include <sys/socket.h>

static void on_secret(void *ctx, const char *line)
{
    capture_secret(ctx, line);
}

static struct frame_end end_of(const struct sockaddr_in *a)
{
    return (struct frame_end){ ntohl(a->sin_addr.s_addr), ntohs(a->sin_port) };
}

static struct frame_end local_of(const struct stream *s)
{
    struct sockaddr_in a = net_address(0, 0);
    socklen_t size = sizeof a;
    (void)getsockname(s->fd, (struct sockaddr *)&a, &size);
    return end_of(&a);
}

static void begin(struct stream *s, uint32_t flow)
{
    s->flow = flow;
    s->tapped = true;
    if (s->tls != NULL)
        tls_tell_secrets(s->tls, on_secret, s->reactor->capture);
}

int tap_connect_to(struct stream *s, const struct sockaddr_in *to)
{
    struct capture *c = s->reactor->capture;
    capture_hold(c); /* another thread that accepts it finds the flow */
    int result = connect(s->fd, (const struct sockaddr *)to, sizeof *to), error = errno;
    begin(s, capture_connect(c, reactor_wall_us(), local_of(s), end_of(to)));
    capture_release(c);
    errno = error;
    return result;
}

void tap_accept_to(struct stream *s)
{
    struct capture *c = s->reactor->capture;
    struct sockaddr_in peer = net_address(0, 0);
    socklen_t size = sizeof peer;
    (void)getpeername(s->fd, (struct sockaddr *)&peer, &size);
    begin(s, capture_accept(c, reactor_wall_us(), end_of(&peer), local_of(s)));
}

static enum capture_side side_of(const struct stream *s, bool peer)
{
    return s->accepted == peer ? CAPTURE_CLIENT : CAPTURE_SERVER;
}

/* Where the other end is ours too, it writes what it sends. */
static bool is_theirs(const struct stream *s)
{
    return !capture_both(s->reactor->capture, s->flow);
}

void tap_opened_to(struct stream *s)
{
    capture_opened(s->reactor->capture, reactor_wall_us(), s->flow);
}

ssize_t tap_send_to(struct stream *s, struct view bytes, int flags)
{
    struct capture *c = s->reactor->capture;
    capture_hold(c); /* an answer from another thread is written behind it */
    ssize_t n = send(s->fd, bytes.p, bytes.n, flags);
    int error = errno;
    if (n > 0)
        capture_bytes(c, reactor_wall_us(), s->flow, side_of(s, false),
                      view_sub(bytes, 0, (size_t)n));
    capture_release(c);
    errno = error;
    return n;
}

void tap_came_to(struct stream *s, struct view bytes)
{
    if (is_theirs(s))
        capture_bytes(s->reactor->capture, reactor_wall_us(), s->flow, side_of(s, true), bytes);
}

void tap_ended_to(struct stream *s, bool by_peer, bool reset)
{
    struct capture *c = s->reactor->capture;
    uint64_t now_us = reactor_wall_us();
    if (reset)
        capture_reset(c, now_us, s->flow, side_of(s, by_peer));
    else if (!by_peer || is_theirs(s))
        capture_fin(c, now_us, s->flow, side_of(s, by_peer));
}

void tap_gone_to(struct stream *s)
{
    s->tapped = false;
    capture_let_go(s->reactor->capture, s->flow);
}
