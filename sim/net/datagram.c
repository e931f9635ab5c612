#include "sim/net/datagram.h"

#include "sim/capture/capture.h"
#include "sim/net/net.h"

#include <sys/socket.h>

static struct frame_end end_of(const struct sockaddr_in *a)
{
    return (struct frame_end){ ntohl(a->sin_addr.s_addr), ntohs(a->sin_port) };
}

static struct frame_end local_of(int fd)
{
    struct sockaddr_in a = net_address(0, 0);
    socklen_t size = sizeof a;
    (void)getsockname(fd, (struct sockaddr *)&a, &size);
    return end_of(&a);
}

void datagram_send(struct reactor *r, int fd, const struct sockaddr_in *to, struct view bytes)
{
    if (r->capture != NULL)
        capture_sent(r->capture, reactor_wall_us(), local_of(fd), end_of(to), bytes);
    (void)sendto(fd, bytes.p, bytes.n, MSG_NOSIGNAL, (const struct sockaddr *)to, sizeof *to);
}

ssize_t datagram_receive(struct reactor *r, int fd, void *into, size_t cap,
                         struct sockaddr_in *from)
{
    socklen_t size = sizeof *from;
    ssize_t n = recvfrom(fd, into, cap, 0, (struct sockaddr *)from, &size);
    if (n >= 0 && r->capture != NULL)
        capture_came(r->capture, reactor_wall_us(), end_of(from), local_of(fd),
                     view_of(into, (size_t)n));
    return n;
}
