/* Raw clients of a live lab, for the tests of its servers. */
#ifndef CUCMLAB_TESTS_LIVE_CLIENT_H
#define CUCMLAB_TESTS_LIVE_CLIENT_H

#include "tests/unit/live_lab.h"

#include "sim/wire/http.h"
#include "sim/wire/tftp.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* ---- raw clients, in the same thread: the driver runs while they wait ---- */

static inline struct sockaddr_in at(uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    a.sin_addr.s_addr = htonl(address(0));
    return a;
}

/* -1 where refused. */
static inline int dial(uint16_t port)
{
    struct sockaddr_in a = at(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), error = 0;
    socklen_t size = sizeof error;
    assert_true(fd >= 0);
    (void)connect(fd, (const struct sockaddr *)&a, sizeof a);
    turn();
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size), 0);
    if (error == 0)
        return fd;
    assert_int_equal(error, ECONNREFUSED);
    close(fd);
    return -1;
}

static inline void say(int fd, const void *p, size_t n)
{
    assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), n);
}

/* What comes until `want` bytes are there, the peer closes (*closed) or `for_us` have gone by. */
static inline size_t hear(int fd, uint8_t *out, size_t want, uint64_t for_us, bool *closed)
{
    uint64_t until = lab_now_us(current.lab) + for_us;
    size_t n = 0;
    *closed = false;
    while (n < want && !*closed && lab_now_us(current.lab) < until) {
        turn();
        ssize_t got = recv(fd, out + n, want - n, 0);
        if (got > 0)
            n += (size_t)got;
        else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
            *closed = true;
    }
    return n;
}

static uint8_t heard[1 << 20];

/* The bytes that the lab makes of a file, to compare with. */
static inline struct view expected(enum file_kind kind, uint32_t phone, struct arena *a)
{
    struct lab *lab = current.lab;
    struct ask ask = { .kind = ASK_FILE, .file = (uint8_t)kind, .device = phone };
    struct event e = { 0 };
    struct view v;
    struct err why = { "" };
    assert_int_equal(lab->world.ask(lab->world.ctx, 0, &ask, lab_now_us(lab), &e), ASK_ANSWERED);
    assert_int_equal(e.type, EVENT_FILE);
    assert_true(lab_file_bytes(lab, e.a, kind, phone, a, &v, &why));
    return v;
}

static inline void name_of(enum file_kind kind, uint32_t phone, char out[128])
{
    char device[16];
    lab_phone_name(current.lab, phone, device);
    file_name(kind, device, "", out);
}

/* A good client must get this file, whatever the others do. */
static inline void assert_good_client(void)
{
    struct arena a = arena_of(&sys_mem);
    struct view file = expected(FILE_ITL, 0, &a);
    char name[128], request[256];
    struct http_response r;
    bool whole = false, closed;
    name_of(FILE_ITL, 0, name);
    int fd = dial(6970);
    assert_true(fd >= 0);
    int n = snprintf(request, sizeof request, "GET /%s HTTP/1.0\r\n\r\n", name);
    say(fd, request, (size_t)n);
    size_t got = hear(fd, heard, sizeof heard, 2 * SECOND, &closed);
    assert_true(closed);
    assert_true(http_response_decode(view_of(heard, got), &whole, &r, NULL) && whole);
    assert_int_equal(r.status, 200);
    assert_true(view_eq(view_of(heard + r.head, got - r.head), file));
    close(fd);
    arena_free(&a);
}

static inline int udp(void)
{
    struct sockaddr_in any = { .sin_family = AF_INET };
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&any, sizeof any), 0);
    return fd;
}

static inline void put_packet(int fd, const struct tftp_packet *p, uint16_t port)
{
    uint8_t out[1024];
    struct wr w = wr_of(out, sizeof out);
    struct sockaddr_in to = at(port);
    tftp_encode(p, &w);
    assert_int_equal(sendto(fd, out, w.n, 0, (const struct sockaddr *)&to, sizeof to), w.n);
}

static inline void put_rrq(int fd, const char *name, int32_t blksize)
{
    struct tftp_packet p = { .op = TFTP_RRQ,
                             .name = view_str(name),
                             .mode = view_str("octet"),
                             .blksize = blksize,
                             .timeout_s = -1,
                             .tsize = -1 };
    put_packet(fd, &p, live_tftp_port(current.lab->driver));
}

/* Lives in `heard`.  False: nothing came. */
static inline bool get_packet(int fd, struct tftp_packet *p, uint16_t *port, uint64_t for_us)
{
    uint64_t until = lab_now_us(current.lab) + for_us;
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    while (lab_now_us(current.lab) < until) {
        turn();
        ssize_t n = recvfrom(fd, heard, sizeof heard, 0, (struct sockaddr *)&from, &size);
        if (n < 0)
            continue;
        *port = ntohs(from.sin_port);
        assert_true(tftp_decode(view_of(heard, (size_t)n), p, NULL));
        return true;
    }
    return false;
}

struct tls_client {
    int fd;
    struct tls *tls;
    bool closed;
};

static inline struct tls_client tls_dial(uint16_t port)
{
    struct tls_config *config = tls_config_new(false, view_of(NULL, 0), NULL, TLS_1_0, TLS_1_3);
    struct tls_client c = { dial(port), tls_new(config), false };
    tls_config_free(config);
    assert_true(c.fd >= 0);
    return c;
}

static inline void tls_turn(struct tls_client *c)
{
    uint8_t piece[4096];
    size_t n;
    while ((n = tls_take(c->tls, piece, sizeof piece)) > 0)
        if (send(c->fd, piece, n, MSG_NOSIGNAL) < 0)
            c->closed = true;
    turn();
    ssize_t got = recv(c->fd, piece, sizeof piece, 0);
    if (got > 0)
        tls_feed(c->tls, view_of(piece, (size_t)got));
    else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        c->closed = true;
}

static inline void tls_until(struct tls_client *c, enum tls_state state)
{
    for (int i = 0; i < 1000 && tls_state(c->tls) != state && !c->closed; i++)
        tls_turn(c);
    assert_int_equal(tls_state(c->tls), state);
}

static inline void tls_hang_up(struct tls_client *c)
{
    tls_free(c->tls);
    close(c->fd);
}

#endif
