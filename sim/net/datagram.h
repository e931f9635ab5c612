/* Datagrams as they go through sockets of this process, seen by the capture of the reactor, where
 * there is one.  Addresses as the kernel has them.  Called by sim/live, both sides of TFTP. */
#ifndef CUCMLAB_NET_DATAGRAM_H
#define CUCMLAB_NET_DATAGRAM_H

#include "sim/net/reactor.h"

#include <netinet/in.h>
#include <sys/types.h>

/* What the kernel does not take is lost, as on the way. */
void datagram_send(struct reactor *r, int fd, const struct sockaddr_in *to, struct view bytes);
/* As recvfrom(): what is longer than `cap` is cut. */
ssize_t datagram_receive(struct reactor *r, int fd, void *into, size_t cap,
                         struct sockaddr_in *from);

#endif
