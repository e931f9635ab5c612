/* The TFTP client beneath tools, phones and load: a server in the same loop that gives, refuses,
 * says nothing or too much. */
#include "sim/net/tftp.h"

#include "sim/base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define MS       1000u
#define SECOND   1000000u
#define FILE_MAX 200000u
#define LOOPBACK 0x7f000001u

static struct reactor reactor;
static struct tftp_client client;
static struct tftp_got got;
static uint8_t came[FILE_MAX], file[FILE_MAX];
static bool ended;

static void on_end(void *owner, const struct tftp_got *g)
{
    assert_ptr_equal(owner, &client);
    assert_false(ended); /* once */
    ended = true;
    got = *g;
    CHECK(g->bytes.n <= sizeof came);
    if (g->bytes.n > 0)
        memcpy(came, g->bytes.p, g->bytes.n);
}

/* ---- the server ---- */

static struct server {
    int fd, other; /* where it is asked, and a port of somebody else's */
    struct ev_io io;
    struct tftp_send machine;
    size_t n;         /* bytes of its file */
    uint32_t deaf;    /* datagrams that it does not hear */
    uint32_t asked;   /* requests that came */
    int refuses;      /* this error; -1: it gives the file */
    bool no_options;  /* it knows none */
    bool stray_first; /* somebody else answers in between */
} server;

static uint16_t port_of(int fd)
{
    struct sockaddr_in a;
    socklen_t size = sizeof a;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
    return ntohs(a.sin_port);
}

static void say(int fd, const struct sockaddr_in *to, const struct wr *w)
{
    if (w->n > 0)
        (void)sendto(fd, w->p, w->n, 0, (const struct sockaddr *)to, sizeof *to);
}

static void say_packet(int fd, const struct sockaddr_in *to, const struct tftp_packet *p)
{
    uint8_t bytes[600];
    struct wr w = wr_of(bytes, sizeof bytes);
    tftp_encode(p, &w);
    say(fd, to, &w);
}

static void on_server(struct ev_loop *loop, struct ev_io *io, int events)
{
    uint8_t in[2048], out[TFTP_BLKSIZE_MAX + 4];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    struct tftp_packet p;
    struct wr w = wr_of(out, sizeof out);
    (void)loop, (void)events;
    ssize_t n = recvfrom(io->fd, in, sizeof in, 0, (struct sockaddr *)&from, &size);
    if (n < 0 || !tftp_decode(view_of(in, (size_t)n), &p, NULL))
        return;
    server.asked += p.op == TFTP_RRQ;
    if (server.deaf > 0) {
        server.deaf--;
        return;
    }
    if (p.op == TFTP_RRQ && server.refuses >= 0) {
        const struct tftp_packet error = { .op = TFTP_ERROR,
                                           .code = (uint16_t)server.refuses,
                                           .message = view_str("no") };
        say_packet(io->fd, &from, &error);
        return;
    }
    if (server.no_options)
        p.blksize = -1, p.tsize = -1;
    if (p.op == TFTP_RRQ)
        tftp_send_start(&server.machine, &p, view_of(file, server.n), 0, &w);
    else
        tftp_send_packet(&server.machine, &p, 0, &w);
    say(io->fd, &from, &w);
    if (server.stray_first) { /* another block 2 than the right one, and an error */
        const struct tftp_packet wrong = { .op = TFTP_DATA, .block = 2, .data = view_str("x") };
        const struct tftp_packet error = { .op = TFTP_ERROR, .message = view_str("x") };
        say_packet(server.other, &from, &wrong);
        say_packet(server.other, &from, &error);
    }
}

/* ---- one transfer ---- */

static int setup(void **state)
{
    (void)state;
    reactor_open(&reactor);
    memset(&client, 0, sizeof client);
    memset(&server, 0, sizeof server);
    server.refuses = -1;
    server.fd = net_socket(SOCK_DGRAM, LOOPBACK, 0);
    server.other = net_socket(SOCK_DGRAM, LOOPBACK, 0);
    assert_true(server.fd >= 0 && server.other >= 0);
    ev_io_init(&server.io, on_server, server.fd, EV_READ);
    ev_io_start(reactor.loop, &server.io);
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i ^ i >> 9);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tftp_stop(&client);
    tftp_free(&client);
    ev_io_stop(reactor.loop, &server.io);
    close(server.fd);
    close(server.other);
    reactor_close(&reactor);
    return 0;
}

static struct tftp_order order_of(uint32_t blksize)
{
    return (struct tftp_order){ .from = LOOPBACK,
                                .ip = LOOPBACK,
                                .port = port_of(server.fd),
                                .name = "ITLFile.tlv",
                                .blksize = blksize,
                                .limit = FILE_MAX,
                                .until_us = TFTP_FOREVER };
}

static enum tftp_end run(const struct tftp_order *o)
{
    struct tftp_order order = *o;
    ended = false;
    if (order.until_us != TFTP_FOREVER)
        order.until_us += reactor_now_us(&reactor);
    assert_true(tftp_begin(&client, &reactor, &order, on_end, &client));
    reactor_enter(&reactor);
    while (!ended)
        reactor_turn(&reactor);
    reactor_leave(&reactor);
    return got.end;
}

static void assert_came(size_t n)
{
    assert_int_equal(got.end, TFTP_CAME);
    assert_int_equal(got.bytes.n, n);
    assert_true(n == 0 || memcmp(came, file, n) == 0);
}

/* Whatever the size and the options, one after the other by the same client. */
static void files_come(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 511, 512, 4096, 5042, 70000, FILE_MAX };
    static const uint32_t blocks[] = { 0, 512, 8, 1428, 65464 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
            const struct tftp_order o = order_of(blocks[b]);
            server.n = sizes[i];
            if (blocks[b] == 8 && sizes[i] > 5042)
                continue;
            (void)run(&o);
            assert_came(sizes[i]);
        }
    server.no_options = true;
    const struct tftp_order o = order_of(1428);
    (void)run(&o);
    assert_came(FILE_MAX);
}

static void strays_are_passed_over(void **state)
{
    (void)state;
    const struct tftp_order o = order_of(0);
    server.n = 3000;
    server.stray_first = true;
    (void)run(&o);
    assert_came(3000);
}

static void behind_a_link_that_loses(void **state)
{
    (void)state;
    const struct lag_path path = { .delay_us = 2 * MS, .loss_ppm = 100000, .udp = true };
    struct tftp_order o = order_of(1428);
    o.lag = &path;
    o.luck = rng_of(3, "tftp", 0);
    server.n = 20000;
    reactor_speed(&reactor, 50);
    o.tired = TFTP_ASKS_AGAIN;
    o.until_us = 600u * (uint64_t)SECOND;
    (void)run(&o);
    assert_came(20000);
}

static void too_large(void **state)
{
    (void)state;
    struct tftp_order o = order_of(0);
    o.limit = 5000;
    server.n = 5000;
    (void)run(&o);
    assert_came(5000);
    server.n = 5001;
    assert_int_equal(run(&o), TFTP_TOO_LARGE); /* at its last block */
    o.blksize = 1428;
    assert_int_equal(run(&o), TFTP_TOO_LARGE); /* at what the answer promises */
    server.no_options = true;
    assert_int_equal(run(&o), TFTP_TOO_LARGE);
}

static void refused(void **state)
{
    (void)state;
    struct tftp_order o = order_of(0);
    server.refuses = TFTP_ERR_NOT_FOUND;
    assert_int_equal(run(&o), TFTP_NO_FILE);
    server.refuses = TFTP_ERR_ACCESS;
    assert_int_equal(run(&o), TFTP_BROKEN);
    assert_int_equal(got.code, TFTP_ERR_ACCESS);
    server.refuses = TFTP_ERR_UNDEFINED; /* an answer, no silence */
    assert_int_equal(run(&o), TFTP_BROKEN);
    int gone = net_socket(SOCK_DGRAM, LOOPBACK, 0);
    o.port = port_of(gone);
    close(gone);
    assert_int_equal(run(&o), TFTP_REFUSED);
}

/* After five tries: nothing any more, the end, or all of it again. */
static void silence(void **state)
{
    (void)state;
    struct tftp_order o = order_of(0);
    reactor_speed(&reactor, 100);
    server.n = 700;
    server.deaf = UINT32_MAX;
    o.tired = TFTP_GIVES_UP;
    uint64_t begun_us = reactor_now_us(&reactor);
    assert_int_equal(run(&o), TFTP_SILENT);
    assert_int_equal(server.asked, TFTP_TRIES);
    assert_in_range(reactor_now_us(&reactor) - begun_us, 2400 * MS, 8 * SECOND);
    o.tired = TFTP_WAITS;
    o.until_us = 20 * SECOND;
    begun_us = reactor_now_us(&reactor);
    assert_int_equal(run(&o), TFTP_SILENT);
    assert_int_equal(server.asked, 2 * TFTP_TRIES);
    assert_true(reactor_now_us(&reactor) - begun_us >= 20 * SECOND);
    server.deaf = TFTP_TRIES + 2;
    o.tired = TFTP_ASKS_AGAIN;
    o.until_us = TFTP_FOREVER;
    (void)run(&o);
    assert_came(700);
    assert_int_equal(server.asked, 3 * TFTP_TRIES + 3);
}

/* What comes when the client has stopped to ask is no end of its own: it was silence until then. */
static void late(void **state)
{
    (void)state;
    struct tftp_order o = order_of(0);
    const struct tftp_packet data = { .op = TFTP_DATA, .block = 1, .data = view_str("late") };
    struct sockaddr_in to = net_address(LOOPBACK, 0);
    reactor_speed(&reactor, 100);
    server.deaf = UINT32_MAX;
    o.tired = TFTP_WAITS;
    o.until_us = reactor_now_us(&reactor) + 20 * SECOND;
    ended = false;
    reactor_enter(&reactor);
    assert_true(tftp_begin(&client, &reactor, &o, on_end, &client));
    while (!ended && !client.machine.failed)
        reactor_turn(&reactor);
    assert_false(ended);
    to.sin_port = htons(port_of(client.fd));
    say_packet(server.fd, &to, &data);
    while (!ended)
        reactor_turn(&reactor);
    reactor_leave(&reactor);
    assert_int_equal(got.end, TFTP_SILENT);
}

/* Whose owner lets go hears nothing, and the client may be used again. */
static void stopped(void **state)
{
    (void)state;
    const struct tftp_order o = order_of(0);
    server.n = 100;
    ended = false;
    assert_true(tftp_begin(&client, &reactor, &o, on_end, &client));
    tftp_stop(&client);
    tftp_stop(&client);
    assert_false(ended);
    (void)run(&o);
    assert_came(100);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_come),
        TEST(strays_are_passed_over),
        TEST(behind_a_link_that_loses),
        TEST(too_large),
        TEST(refused),
        TEST(silence),
        TEST(late),
        TEST(stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
