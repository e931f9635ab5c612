/* SIP of the nodes over UDP: a datagram is a message, and so is its answer, which goes where it
 * came from (as with rport of RFC 3581; assumed for those that do not ask for it).  Nothing is
 * kept. */
#include "sim/live/impl.h"

#include "sim/net/datagram.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define PACKETS 64 /* at a time, so that one port starves no other */
#define ROOM                                                                                       \
    8192 /* bytes of a message: no REGISTER is as long, and what is longer has no answer           \
          */

static void message_came(struct listener *li, struct view in, const struct sockaddr_in *from)
{
    struct live *l = li->live;
    struct wr reply = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    struct access room, *access = access_wanted(li, &room);
    size_t n = 0;
    struct registrant r = { .device = NO_DEVICE };
    if (!sip_whole(in, &n, NULL))
        (void)sip_refuse(in, &reply);
    else if (n > 0)
        (void)sipd_answer(l, li->host->node, &r, view_sub(in, 0, n), &reply, access);
    sipd_told(access, &reply);
    access_tell(li, from, access);
    /* Each message of the answer is a datagram of its own. */
    struct view left = view_of(reply.p, reply.over ? 0 : reply.n);
    for (; left.n > 0 && sip_whole(left, &n, NULL) && n > 0; left = view_sub(left, n, left.n - n))
        datagram_send(&l->reactor, li->fd, from, view_sub(left, 0, n));
}

static void on_messages(struct ev_loop *loop, struct ev_io *io, int events)
{
    struct listener *li = io->data;
    struct sockaddr_in from;
    uint8_t in[ROOM];
    (void)loop;
    (void)events;
    for (int i = 0; i < PACKETS && li->fd >= 0; i++) {
        ssize_t n = datagram_receive(&li->live->reactor, li->fd, in, sizeof in, &from);
        if (n < 0)
            return;
        if (n > 0 && (size_t)n < sizeof in)
            message_came(li, view_of(in, (size_t)n), &from);
    }
}

bool sipudp_open(struct listener *li, struct err *e)
{
    char ip[16];
    uint16_t port = live_port(li->live, li->service);
    net_text(li->host->ip, ip);
    li->fd = net_socket(SOCK_DGRAM, li->host->ip, port);
    if (li->fd < 0)
        return err_set(e, "%s: cannot bind %s port %u (SIP over UDP): %s", li->host->name, ip, port,
                       strerror(errno));
    ev_io_init(&li->io, on_messages, li->fd, EV_READ);
    li->io.data = li;
    ev_io_start(li->live->reactor.loop, &li->io);
    return true;
}

void sipudp_close(struct listener *li)
{
    ev_io_stop(li->live->reactor.loop, &li->io);
}

/* What came while nothing passed was lost on the way. */
void sipudp_link(struct listener *li, bool down)
{
    struct ev_loop *loop = li->live->reactor.loop;
    uint8_t byte;
    if (down) {
        ev_io_stop(loop, &li->io);
    } else if (!ev_is_active(&li->io)) {
        while (recv(li->fd, &byte, sizeof byte, 0) >= 0)
            continue;
        ev_io_start(loop, &li->io);
    }
}
