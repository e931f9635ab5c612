/* The control socket: a Unix socket on the reactor of the lab, a line of JSON in, one out.  It
 * takes what comes and leaves it there until socket_serve() is called, outside of the loop: what an
 * administrator does takes no time.
 *
 * Its path is in a folder that is the user's alone to write in, its mode 0600; only clients of the
 * same user are let in.  What stands at the path already is left alone, unless it is a socket of
 * this user where nobody listens. */
#ifndef CUCMLAB_CONTROL_SOCKET_H
#define CUCMLAB_CONTROL_SOCKET_H

#include "sim/base/sys.h"
#include "sim/net/reactor.h"

#define SOCKET_CLIENTS 16

struct socket_owner {
    void *ctx;
    void (*wake)(void *ctx); /* there is something to answer: called inside the loop */
    void (*answer)(void *ctx, struct view line, struct sys_text *answer);
};

struct control_socket;

/* NULL and `e` where it cannot be made. */
struct control_socket *socket_new(struct reactor *r, const char *path,
                                  const struct socket_owner *owner, struct err *e);
/* Answers whatever is whole.  The loop must not be running. */
void socket_serve(struct control_socket *s);
bool socket_has_work(const struct control_socket *s);
void socket_free(struct control_socket *s); /* and takes the path away; NULL: nothing */

#endif
