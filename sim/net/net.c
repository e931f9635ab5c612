#include "sim/net/net.h"

#include "sim/wire/text.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct sockaddr_in net_address(uint32_t ip, uint16_t port)
{
    struct sockaddr_in a;
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(ip);
    a.sin_port = htons(port);
    return a;
}

void net_local(int fd, uint32_t *ip, uint16_t *port)
{
    struct sockaddr_in a = net_address(0, 0);
    socklen_t size = sizeof a;
    (void)getsockname(fd, (struct sockaddr *)&a, &size);
    *ip = ntohl(a.sin_addr.s_addr);
    *port = ntohs(a.sin_port);
}

void net_text(uint32_t ip, char out[16])
{
    text_put_address(ip, out);
}

int net_socket(int type, uint32_t ip, uint16_t port)
{
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in a = net_address(ip, port);
    if (fd < 0)
        return -1;
    if (type == SOCK_STREAM) /* a listener comes back while old connections are in TIME_WAIT */
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)&a, sizeof a) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

void net_reset(int fd)
{
    struct linger at_once = { 1, 0 };
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

bool net_same(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
    return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
}

uint32_t net_towards(uint32_t ip, uint16_t port)
{
    const struct sockaddr_in to = net_address(ip, port);
    uint32_t own = 0;
    uint16_t own_port;
    int fd = net_socket(SOCK_DGRAM, 0, 0);
    if (fd < 0)
        return 0;
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0) /* sends nothing */
        net_local(fd, &own, &own_port);
    close(fd);
    return own;
}
