/* Datagrams as they go through sockets of this process, seen by the capture of the reactor, where
 * there is one.  Addresses as the kernel has them.  Called by sim/live, both sides of TFTP. */
#ifndef CUCMLAB_NET_DATAGRAM_H
#define CUCMLAB_NET_DATAGRAM_H

#include "sim/net/net.h"
#include "sim/net/reactor.h"

#include <sys/socket.h>
#include <sys/types.h>

/* What the kernel does not take is lost, as on the way. */
void datagram_send(struct reactor *r, int fd, const struct sockaddr_in *to, struct view bytes);
/* As recvfrom(): what is longer than `cap` is cut. */
ssize_t datagram_receive(struct reactor *r, int fd, void *into, size_t cap,
                         struct sockaddr_in *from);

/* A socket as net_socket() makes it, with buffers for bursts: some thousand small datagrams that
 * nobody has read yet, where the system allows it. */
int datagram_socket(uint32_t ip, uint16_t port);

/* ---- in batches: one call of the kernel for many of them ---- */

#define DATAGRAMS       64
#define DATAGRAM_IN_MAX 1500 /* bytes of one that comes in */

/* Zeroed before the first call; does not move. */
struct datagrams_in {
    struct {
        struct sockaddr_in from;
        size_t n;
        bool cut; /* it was longer */
        uint8_t bytes[DATAGRAM_IN_MAX];
    } got[DATAGRAMS];
    struct mmsghdr heads[DATAGRAMS]; /* what the kernel is told, from the first call on */
    struct iovec parts[DATAGRAMS];
    bool ready;
};

/* How many came; 0: none.  Never waits. */
size_t datagrams_receive(struct reactor *r, int fd, struct datagrams_in *in);

#define DATAGRAM_COPIED 1024 /* bytes: a second piece costs the kernel more than copying them */

/* Those that wait for datagrams_flush(). */
struct datagrams_out {
    struct reactor *reactor;
    int fd;
    size_t count, used;
    struct sockaddr_in to[DATAGRAMS];
    struct view what[DATAGRAMS], behind[DATAGRAMS]; /* a datagram is the two together */
    uint8_t bytes[2 * REACTOR_SCRATCH];
};

/* Begins a batch; the one before must have been flushed. */
void datagrams_begin(struct datagrams_out *out, struct reactor *r, int fd);
/* Room for the next one, of `need` bytes, at most REACTOR_SCRATCH.  What is there is sent where
 * there is no more room. */
struct wr datagrams_room(struct datagrams_out *out, size_t need);
/* What was written there is to be sent, and `behind` it in the same datagram, which is copied where
 * it is short and there is room for it, and otherwise borrowed until it has been sent. */
void datagrams_add(struct datagrams_out *out, const struct sockaddr_in *to,
                   const struct wr *written, struct view behind);
/* Sends all.  What the kernel does not take is lost, as on the way. */
void datagrams_flush(struct datagrams_out *out);

/* The kernel keeps why it refused, where IP_RECVERR is set: an ICMP message that nobody has the
 * port. */
bool datagram_was_refused(int fd);

#endif
