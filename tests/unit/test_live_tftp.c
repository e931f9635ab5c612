/* TFTP of a node on real sockets: a burst of many clients at once, one port for all transfers,
 * options, modes, requests that are none. */
#include "tests/unit/live_client.h"

#define CLIENTS 256

/* The server is to wait for 200 s before it sends anything again: what is lost stays lost, and a
 * slow machine sees nothing twice. */
static const struct tftp_packet ask = { .op = TFTP_RRQ,
                                        .name = { (const uint8_t *)"ITLFile.tlv", 11 },
                                        .mode = { (const uint8_t *)"octet", 5 },
                                        .blksize = -1,
                                        .timeout_s = 200,
                                        .tsize = -1 };

static void put_ask(int fd, const struct tftp_packet *p)
{
    put_packet(fd, p, live_tftp_port(current.lab->driver));
}

static void put_ack(int fd, uint16_t block, uint16_t port)
{
    const struct tftp_packet p = { .op = TFTP_ACK, .block = block };
    put_packet(fd, &p, port);
}

static void put_bytes(int fd, const void *bytes, size_t n, uint16_t port)
{
    struct sockaddr_in to = at(port);
    assert_int_equal(sendto(fd, bytes, n, 0, (const struct sockaddr *)&to, sizeof to), n);
}

static uint32_t under_way(void)
{
    return current.lab->state.clusters[0].nodes[0].run.transfers;
}

/* ---- a burst ---- */

struct client {
    int fd;
    size_t got;
    uint16_t block;
    bool begun, done;
};

/* One datagram, if there is one: it must be the next block. */
static void hears(struct client *c, struct view file, uint16_t *port)
{
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    struct tftp_packet p;
    ssize_t n = recvfrom(c->fd, heard, sizeof heard, 0, (struct sockaddr *)&from, &size);
    if (n < 0)
        return;
    assert_true(tftp_decode(view_of(heard, (size_t)n), &p, NULL));
    assert_true(*port == 0 || *port == ntohs(from.sin_port)); /* one for all */
    *port = ntohs(from.sin_port);
    if (!c->begun) {
        assert_int_equal(p.op, TFTP_OACK);
        c->begun = true;
        put_ack(c->fd, 0, *port);
        return;
    }
    assert_int_equal(p.op, TFTP_DATA);
    assert_int_equal(p.block, c->block + 1);
    assert_true(p.data.n == 0 || memcmp(p.data.p, file.p + c->got, p.data.n) == 0);
    c->got += p.data.n;
    c->block++;
    c->done = p.data.n < 512;
    put_ack(c->fd, c->block, *port);
}

/* All of them ask before the server does anything; nobody sends anything twice. */
static void burst(struct client *clients, struct view file)
{
    uint16_t port = 0;
    size_t left = CLIENTS;
    uint64_t begin = lab_now_us(current.lab);
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){ .fd = udp() };
        put_ask(clients[i].fd, &ask);
    }
    while (left > 0 && lab_now_us(current.lab) < begin + 20 * SECOND) {
        turn();
        left = 0;
        for (size_t i = 0; i < CLIENTS; i++) {
            if (!clients[i].done)
                hears(&clients[i], file, &port);
            left += !clients[i].done;
        }
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_true(clients[i].done);
        assert_int_equal(clients[i].got, file.n);
        close(clients[i].fd);
    }
}

static void none_is_lost_in_a_burst(void **state)
{
    (void)state;
    static struct client clients[CLIENTS];
    struct arena a = arena_of(&sys_mem);
    served(1);
    struct view file = expected(FILE_ITL_COMMON, 0, &a);
    for (int i = 0; i < 3; i++) {
        burst(clients, file);
        turn();
        assert_int_equal(under_way(), 0);
    }
    arena_free(&a);
    done();
}

/* A restart in the middle of many gives each of them back. */
static void a_restart_gives_all_back(void **state)
{
    (void)state;
    static struct client clients[CLIENTS];
    struct arena a = arena_of(&sys_mem);
    struct tftp_packet p;
    uint16_t port = 0;
    served(1);
    struct view file = expected(FILE_ITL_COMMON, 0, &a);
    int fds[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        fds[i] = udp();
        put_ask(fds[i], &ask);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        assert_true(get_packet(fds[i], &p, &port, 5 * SECOND));
    assert_int_equal(under_way(), CLIENTS);
    act_service(current.lab, SERVICE_TFTP, DO_RESTART);
    turn();
    assert_int_equal(under_way(), 0);
    for (size_t i = 0; i < CLIENTS; i++)
        close(fds[i]);
    for (int i = 0; i < 1000 && dial(6970) < 0; i++)
        turn(); /* until it runs again */
    file = expected(FILE_ITL_COMMON, 0, &a);
    burst(clients, file);
    arena_free(&a);
    done();
}

/* ---- limits ---- */

#define LIMIT 4

static void four_at_most(struct live_options *o)
{
    o->transfers = LIMIT;
}

/* As many clients as there may be ask and go away, for longer than anybody would wait. */
static void go_away(int fds[LIMIT], uint16_t *port)
{
    struct tftp_packet p;
    for (int i = 0; i < LIMIT; i++) {
        fds[i] = udp();
        put_ask(fds[i], &ask);
        assert_true(get_packet(fds[i], &p, port, 5 * SECOND));
    }
    assert_int_equal(under_way(), LIMIT);
}

static void later(uint64_t us)
{
    uint64_t until = lab_now_us(current.lab) + us;
    while (lab_now_us(current.lab) < until)
        turn();
}

/* The limit holds while all of them are at it.  Those that stand still give way to who asks, the
 * first of them first; the one that goes on keeps its place. */
static void who_stands_still_gives_way(void)
{
    struct tftp_packet p;
    uint16_t port = 0;
    int fds[LIMIT], fd = udp();
    go_away(fds, &port);
    put_ask(fd, &ask);
    assert_false(get_packet(fd, &p, &port, 50 * MS)); /* busy */
    live_speed(current.lab->driver, 20);
    later(1500 * MS);
    put_ack(fds[0], 0, port);
    assert_true(get_packet(fds[0], &p, &port, 5 * SECOND));
    later(1000 * MS);
    live_speed(current.lab->driver, 1);
    put_ask(fd, &ask);
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    assert_int_equal(p.op, TFTP_OACK);
    assert_int_equal(under_way(), LIMIT);
    put_ack(fds[1], 0, port); /* the oldest of the silent ones was it */
    assert_true(get_packet(fds[1], &p, &port, 5 * SECOND));
    assert_int_equal(p.code, TFTP_ERR_TID);
    put_ack(fds[0], 1, port);
    assert_true(get_packet(fds[0], &p, &port, 5 * SECOND));
    assert_int_equal(p.op, TFTP_DATA);
    for (int i = 0; i < LIMIT; i++)
        close(fds[i]);
    close(fd);
}

static void lost_ones_fill_no_node(void **state)
{
    (void)state;
    served(1);
    current.lab->state.clusters[0].db.params[PARAM_MAX_SERVING] = LIMIT;
    who_stands_still_gives_way();
    done();
}

/* It asked for a timeout of 200 s. */
static void who_is_gone_for_a_minute_is_over(void **state)
{
    (void)state;
    struct tftp_packet p;
    uint16_t port = 0;
    served(1);
    live_speed(current.lab->driver, 30);
    int fd = udp();
    put_ask(fd, &ask);
    assert_true(get_packet(fd, &p, &port, 40 * SECOND));
    later(10 * SECOND);
    assert_int_equal(under_way(), 1);
    later(55 * SECOND);
    assert_int_equal(under_way(), 0);
    close(fd);
    done();
}

static void lost_ones_fill_no_lab(void **state)
{
    (void)state;
    struct setup s = { true, "11.5", 1, 1, 1, "8861", 0, false, false, four_at_most };
    booted(&s);
    who_stands_still_gives_way();
    done();
}

/* ---- options and modes ---- */

static void windows(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct tftp_packet p, rrq = ask;
    uint16_t port = 0, next = 1;
    size_t n = 0;
    served(1);
    struct view file = expected(FILE_ITL_COMMON, 0, &a);
    int fd = udp();
    rrq.blksize = 256;
    rrq.windowsize = 4;
    rrq.tsize = 0;
    put_ask(fd, &rrq);
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    assert_int_equal(p.op, TFTP_OACK);
    assert_int_equal(p.windowsize, 4);
    assert_int_equal(p.blksize, 256);
    assert_int_equal(p.tsize, file.n);
    put_ack(fd, 0, port);
    for (bool last = false; !last; next++) {
        assert_true(get_packet(fd, &p, &port, 5 * SECOND));
        assert_int_equal(p.block, next);
        assert_true(p.data.n == 0 || memcmp(p.data.p, file.p + n, p.data.n) == 0);
        n += p.data.n;
        last = p.data.n < 256;
        if (last || next % 4 == 0)
            put_ack(fd, next, port);
    }
    assert_int_equal(n, file.n);
    assert_true(next > 9); /* more than two windows */
    close(fd);
    arena_free(&a);
    done();
}

static void netascii(void **state)
{
    (void)state;
    static uint8_t wanted[65536], got[65536];
    struct arena a = arena_of(&sys_mem);
    struct tftp_packet p, rrq = ask;
    uint16_t port = 0;
    size_t n = 0;
    served(1);
    struct wr w = wr_of(wanted, sizeof wanted);
    struct view file = expected(FILE_ITL_COMMON, 0, &a);
    tftp_netascii(file, &w);
    assert_true(w.n > file.n && !w.over); /* some byte of it is a line feed */
    int fd = udp();
    rrq.mode = view_str("NetASCII");
    rrq.blksize = 1428;
    rrq.tsize = 0;
    put_ask(fd, &rrq);
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    assert_int_equal(p.tsize, w.n); /* what will come */
    for (uint16_t block = 0; p.op == TFTP_OACK || p.data.n == 1428; block++) {
        put_ack(fd, block, port);
        assert_true(get_packet(fd, &p, &port, 5 * SECOND));
        assert_int_equal(p.block, block + 1);
        memcpy(got + n, p.data.p, p.data.n);
        n += p.data.n;
    }
    assert_true(view_eq(view_of(got, n), view_of(wanted, w.n)));
    close(fd);
    arena_free(&a);
    done();
}

/* ---- who asks what ---- */

/* A client that asks for something else wants no more of what it asked before; the same request
 * twice is one. */
static void another_request(void **state)
{
    (void)state;
    struct tftp_packet p, rrq = ask;
    uint16_t port = 0;
    served(1);
    int fd = udp();
    put_ask(fd, &ask);
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    put_ask(fd, &ask);
    rrq.blksize = 8;
    put_ask(fd, &rrq);
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    assert_int_equal(p.op, TFTP_OACK);
    assert_int_equal(under_way(), 1);
    put_ack(fd, 0, port);
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    assert_int_equal(p.data.n, 8);
    put_ask(fd, &rrq); /* it has begun, and wants it from the start */
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    assert_int_equal(p.op, TFTP_OACK);
    assert_int_equal(under_way(), 1);
    close(fd);
    done();
}

static void strays(void **state)
{
    (void)state;
    struct tftp_packet p;
    uint16_t port = 0, ours = 0;
    served(1);
    int fd = udp(), stray = udp();
    put_ask(fd, &ask);
    assert_true(get_packet(fd, &p, &ours, 5 * SECOND));
    const struct tftp_packet error = { .op = TFTP_ERROR, .message = view_str("no") };
    put_packet(stray, &error, ours); /* ends nothing, and has no answer */
    put_ack(stray, 1, ours);
    assert_true(get_packet(stray, &p, &port, 5 * SECOND));
    assert_int_equal(p.code, TFTP_ERR_TID);
    assert_false(get_packet(stray, &p, &port, 50 * MS));
    assert_int_equal(under_way(), 1);
    put_ack(fd, 0, ours);
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    assert_int_equal(p.block, 1);
    put_packet(fd, &error, ours); /* its own does */
    for (int i = 0; i < 1000 && under_way() > 0; i++)
        turn();
    assert_int_equal(under_way(), 0);
    close(fd);
    close(stray);
    done();
}

/* Whatever asks gets an answer; errors get none. */
static void no_requests(void **state)
{
    (void)state;
    static uint8_t longer[3000] = { 0, TFTP_RRQ, 'x' };
    static const struct {
        const char *bytes;
        size_t n;
        int code; /* -1: nothing */
    } rows[] = {
#define ROW(bytes, code) { bytes, sizeof(bytes) - 1, code }
        ROW("\0\1ITLFile.tlv\0octet", TFTP_ERR_ILLEGAL),
        ROW("\0\1\0octet\0", TFTP_ERR_ILLEGAL),
        ROW("\0\1ITLFile.tlv\0mail\0", TFTP_ERR_ILLEGAL),
        ROW("\0\1ITLFile.tlv\0octet\0blksize\0", TFTP_ERR_ILLEGAL),
        ROW("\0\1nothing\0octet\0", TFTP_ERR_NOT_FOUND),
        ROW("\0\2ITLFile.tlv\0octet\0", TFTP_ERR_ACCESS),
        ROW("\0\3\0\1", TFTP_ERR_TID),
        ROW("\0\4\0\1", TFTP_ERR_TID),
        ROW("\0\6", TFTP_ERR_TID),
        ROW("\0\11", TFTP_ERR_ILLEGAL),
        ROW("\0\0", TFTP_ERR_ILLEGAL),
        ROW("\0\5\0\1x\0", -1),
        ROW("\0\5", -1),
        ROW("\0", -1),
        ROW("GET / HTTP/1.0\r\n", -1),
    };
    struct tftp_packet p;
    uint16_t port = 0, asked;
    served(1);
    asked = live_tftp_port(current.lab->driver);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int fd = udp();
        put_bytes(fd, rows[i].bytes, rows[i].n, asked);
        bool came = get_packet(fd, &p, &port, rows[i].code < 0 ? 30 * MS : 5 * SECOND);
        assert_int_equal(came, rows[i].code >= 0);
        if (came) {
            assert_int_equal(p.op, TFTP_ERROR);
            assert_int_equal(p.code, rows[i].code);
        }
        close(fd);
    }
    int fd = udp();
    memset(longer + 3, 'y', sizeof longer - 3);
    put_bytes(fd, longer, sizeof longer, asked);
    assert_true(get_packet(fd, &p, &port, 5 * SECOND));
    assert_int_equal(p.code, TFTP_ERR_ILLEGAL);
    assert_int_equal(under_way(), 0);
    close(fd);
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(none_is_lost_in_a_burst),
        TEST(a_restart_gives_all_back),
        TEST(lost_ones_fill_no_node),
        TEST(lost_ones_fill_no_lab),
        TEST(who_is_gone_for_a_minute_is_over),
        TEST(windows),
        TEST(netascii),
        TEST(another_request),
        TEST(strays),
        TEST(no_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
