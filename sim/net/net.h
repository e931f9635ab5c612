/* Sockets and addresses, IPv4. */
#ifndef CUCMLAB_NET_NET_H
#define CUCMLAB_NET_NET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* A non-blocking socket, close on exec, bound to ip:port (host order); -1 and errno. */
int net_socket(int type, uint32_t ip, uint16_t port);
/* Closes a connection with a reset. */
void net_reset(int fd);
struct sockaddr_in net_address(uint32_t ip, uint16_t port);
bool net_same(const struct sockaddr_in *a, const struct sockaddr_in *b);
/* Its own end; 0 where it has none. */
void net_local(int fd, uint32_t *ip, uint16_t *port);
/* From which address this machine would send there; 0: it would not. */
uint32_t net_towards(uint32_t ip, uint16_t port);
void net_text(uint32_t ip, char out[16]);

#endif
