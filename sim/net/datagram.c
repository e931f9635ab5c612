#include "sim/net/datagram.h"

#include "sim/base/check.h"
#include "sim/capture/capture.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <sys/socket.h>

/* The kernel counts some 800 bytes for the smallest datagram, and grants twice what is asked. */
#define BUFFER (2 << 20)

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

/* Beyond the system's limit where that is allowed. */
static void enlarge(int fd, int beyond, int within)
{
    int size = BUFFER;
    if (setsockopt(fd, SOL_SOCKET, beyond, &size, sizeof size) != 0)
        (void)setsockopt(fd, SOL_SOCKET, within, &size, sizeof size);
}

int datagram_socket(uint32_t ip, uint16_t port)
{
    int fd = net_socket(SOCK_DGRAM, ip, port);
    if (fd < 0)
        return -1;
    enlarge(fd, SO_RCVBUFFORCE, SO_RCVBUF);
    enlarge(fd, SO_SNDBUFFORCE, SO_SNDBUF);
    return fd;
}

static void in_ready(struct datagrams_in *in)
{
    for (size_t i = 0; i < DATAGRAMS; i++) {
        in->parts[i] = (struct iovec){ in->got[i].bytes, sizeof in->got[i].bytes };
        in->heads[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &in->got[i].from,
                                                      .msg_namelen = sizeof in->got[i].from,
                                                      .msg_iov = &in->parts[i],
                                                      .msg_iovlen = 1 } };
    }
    in->ready = true;
}

size_t datagrams_receive(struct reactor *r, int fd, struct datagrams_in *in)
{
    if (!in->ready)
        in_ready(in);
    int n = recvmmsg(fd, in->heads, DATAGRAMS, MSG_DONTWAIT, NULL);
    struct frame_end here = n > 0 && r->capture != NULL ? local_of(fd) : (struct frame_end){ 0 };
    for (int i = 0; i < n; i++) {
        struct msghdr *head = &in->heads[i].msg_hdr;
        if (r->capture != NULL)
            capture_came(r->capture, reactor_wall_us(), end_of(&in->got[i].from), here,
                         view_of(in->got[i].bytes, in->heads[i].msg_len));
        in->got[i].n = in->heads[i].msg_len;
        in->got[i].cut = (head->msg_flags & MSG_TRUNC) != 0;
        head->msg_namelen = sizeof in->got[i].from; /* the kernel wrote what it used */
    }
    return n > 0 ? (size_t)n : 0;
}

void datagrams_begin(struct datagrams_out *out, struct reactor *r, int fd)
{
    out->reactor = r;
    out->fd = fd;
    out->count = out->used = 0;
}

struct wr datagrams_room(struct datagrams_out *out, size_t need)
{
    CHECK(need <= REACTOR_SCRATCH);
    if (out->count == DATAGRAMS || need > sizeof out->bytes - out->used)
        datagrams_flush(out);
    return wr_of(out->bytes + out->used, need);
}

void datagrams_add(struct datagrams_out *out, const struct sockaddr_in *to,
                   const struct wr *written, struct view behind)
{
    struct wr w = *written;
    if (w.n == 0 || w.over)
        return;
    if (behind.n <= DATAGRAM_COPIED && behind.n <= w.cap - w.n) {
        wr_view(&w, behind);
        behind = view_of(NULL, 0);
    }
    out->to[out->count] = *to;
    out->behind[out->count] = behind;
    out->what[out->count++] = view_of(w.p, w.n);
    out->used += w.n;
}

/* A capture sees them in one piece. */
static void captured(struct datagrams_out *out)
{
    struct reactor *r = out->reactor;
    struct frame_end here = out->count > 0 ? local_of(out->fd) : (struct frame_end){ 0 };
    for (size_t i = 0; i < out->count; i++) {
        struct wr w = wr_of(r->scratch, REACTOR_SCRATCH);
        wr_view(&w, out->what[i]);
        wr_view(&w, out->behind[i]);
        CHECK(!w.over);
        capture_sent(r->capture, reactor_wall_us(), here, end_of(&out->to[i]), view_of(w.p, w.n));
    }
}

void datagrams_flush(struct datagrams_out *out)
{
    struct mmsghdr heads[DATAGRAMS];
    struct iovec parts[DATAGRAMS][2];
    if (out->reactor->capture != NULL)
        captured(out);
    for (size_t i = 0; i < out->count; i++) {
        parts[i][0] = (struct iovec){ (void *)out->what[i].p, out->what[i].n };
        parts[i][1] = (struct iovec){ (void *)out->behind[i].p, out->behind[i].n };
        heads[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &out->to[i],
                                                  .msg_namelen = sizeof out->to[i],
                                                  .msg_iov = parts[i],
                                                  .msg_iovlen = out->behind[i].n > 0 ? 2 : 1 } };
    }
    for (size_t sent = 0; sent < out->count;) {
        int n = sendmmsg(out->fd, heads + sent, (unsigned)(out->count - sent), MSG_NOSIGNAL);
        if (n > 0)
            sent += (size_t)n;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            break;
        else if (errno != EINTR)
            sent++; /* that one cannot be sent; the others may */
    }
    out->count = out->used = 0;
}

bool datagram_was_refused(int fd)
{
    uint8_t control[512], data[64];
    struct iovec part = { data, sizeof data };
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    if (recvmsg(fd, &m, MSG_ERRQUEUE) < 0)
        return false;
    for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h != NULL; h = CMSG_NXTHDR(&m, h)) {
        struct sock_extended_err e;
        if (h->cmsg_level != IPPROTO_IP || h->cmsg_type != IP_RECVERR)
            continue;
        memcpy(&e, CMSG_DATA(h), sizeof e);
        if (e.ee_errno == ECONNREFUSED)
            return true;
    }
    return false;
}
