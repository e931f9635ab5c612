/* What the doctor asks, of servers that mean no good: every way to answer ends, before its
 * deadline or at it, with what became of it; and no more is asked than was promised. */
#include "sim/base/sys.h"
#include "sim/crypto/tls.h"
#include "sim/doctor/ask.h"
#include "sim/net/net.h"
#include "sim/talk/tvs.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define HERE    0x7f080701u /* 127.8.7.1 */
#define WAIT_US 400000      /* where silence is what is tried */
#define LONG_US 20000000    /* where an answer comes: a busy machine must not make it late */

static struct ask ask;
static struct arena arena;
static struct fetched got;

static int up(void **state)
{
    (void)state;
    arena = arena_of(&sys_mem);
    ask_open(&ask, &arena, LONG_US);
    return 0;
}

static int down(void **state)
{
    (void)state;
    ask_close(&ask);
    arena_free(&arena);
    return 0;
}

/* ---- a server in a process of its own: one peer, one way to answer ---- */

struct server {
    int fd;
    uint16_t port;
    pid_t child;
};

static struct server bound(int type)
{
    struct sockaddr_in a = net_address(HERE, 0);
    socklen_t size = sizeof a;
    struct server s = { .fd = socket(AF_INET, type, 0) };
    assert_true(s.fd >= 0);
    assert_int_equal(bind(s.fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(getsockname(s.fd, (struct sockaddr *)&a, &size), 0);
    s.port = ntohs(a.sin_port);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(s.fd, 5), 0);
    return s;
}

static struct server serve(int type, void (*act)(int fd))
{
    struct server s = bound(type);
    s.child = fork();
    assert_true(s.child >= 0);
    if (s.child == 0) {
        alarm(60);
        act(type == SOCK_STREAM ? accept(s.fd, NULL, NULL) : s.fd);
        _exit(0);
    }
    close(s.fd);
    return s;
}

static void over(const struct server *s)
{
    kill(s->child, SIGKILL);
    assert_int_equal(waitpid(s->child, NULL, 0), s->child);
}

static void say(int fd, const char *text)
{
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        _exit(1);
}

static void hear(int fd)
{
    char request[4096];
    if (recv(fd, request, sizeof request, 0) <= 0)
        _exit(1);
}

/* ---- HTTP ---- */

static void closes(int fd)
{
    hear(fd);
    close(fd);
}

static void rubbish(int fd)
{
    hear(fd);
    say(fd, "\x16\x03\x01 this is no HTTP\r\n\r\n\r\n");
    pause();
}

static void too_large(int fd)
{
    hear(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-length: 4000000000\r\n\r\n");
    pause();
}

static void cut_off(int fd)
{
    hear(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-length: 10\r\n\r\n12345");
    close(fd);
}

static void silent(int fd)
{
    (void)fd;
    pause();
}

static void half(int fd)
{
    hear(fd);
    say(fd, "HTTP/1.1 200 OK\r\nContent-length: 10\r\n\r\n12345");
    pause();
}

static void missing(int fd)
{
    hear(fd);
    say(fd, "HTTP/1.1 503 Service Unavailable\r\nContent-length: 0\r\n\r\n");
    pause();
}

static void drips(int fd)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-length: 5\r\n\r\nhello";
    hear(fd);
    for (size_t i = 0; i + 1 < sizeof answer; i++)
        if (send(fd, answer + i, 1, MSG_NOSIGNAL) != 1)
            _exit(1);
    pause();
}

static void endless_head(int fd)
{
    hear(fd);
    say(fd, "HTTP/1.1 200 OK\r\n");
    for (;;)
        say(fd,
            "X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
}

static void http(void **state)
{
    static const struct {
        void (*act)(int fd);
        enum fetched_end end;
    } rows[] = { { closes, FETCHED_BROKEN },      { rubbish, FETCHED_BROKEN },
                 { too_large, FETCHED_BROKEN },   { cut_off, FETCHED_BROKEN },
                 { silent, FETCHED_SILENT },      { half, FETCHED_SILENT },
                 { missing, FETCHED_MISSING },    { drips, FETCHED_CAME },
                 { endless_head, FETCHED_BROKEN } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct server s = serve(SOCK_STREAM, rows[i].act);
        ask.wait_us = rows[i].end == FETCHED_SILENT ? WAIT_US : LONG_US;
        assert_true(ask_file(&ask, true, HERE, s.port, "ITLFile.tlv", &got));
        over(&s);
        assert_int_equal(got.end, rows[i].end);
        assert_int_equal(got.why.text[0] != '\0', got.end == FETCHED_BROKEN);
    }
    assert_int_equal(ask.requests, sizeof rows / sizeof *rows);
}

/* ---- TFTP ---- */

static struct sockaddr_in peer;

static void hear_from(int fd)
{
    char packet[1024];
    socklen_t size = sizeof peer;
    if (recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&peer, &size) <= 0)
        _exit(1);
}

static void send_to(int fd, const void *p, size_t n)
{
    if (sendto(fd, p, n, 0, (struct sockaddr *)&peer, sizeof peer) < 0)
        _exit(1);
}

static void no_such_file(int fd)
{
    hear_from(fd);
    send_to(fd, "\0\5\0\1no", 7);
    pause();
}

static void another_error(int fd)
{
    hear_from(fd);
    send_to(fd, "\0\5\0\2no", 7);
    pause();
}

static void odd_packets(int fd)
{
    hear_from(fd);
    send_to(fd, "", 0);
    send_to(fd, "\0", 1);
    send_to(fd, "\0\3\0", 3);
    send_to(fd, "\377\377\377\377", 4);
    send_to(fd, "\0\3\0\7later", 9);
    pause();
}

static void blocks(int fd, uint32_t whole)
{
    uint8_t block[516] = { 0, 3 };
    for (uint32_t n = 1; n <= whole + 1; n++) {
        hear_from(fd);
        block[2] = (uint8_t)(n >> 8);
        block[3] = (uint8_t)n;
        send_to(fd, block, n <= whole ? 516 : 4 + 7);
    }
    pause();
}

static void two_blocks(int fd)
{
    blocks(fd, 1);
}

static void endless_blocks(int fd)
{
    blocks(fd, UINT32_MAX - 1);
}

static void tftp(void **state)
{
    static const struct {
        void (*act)(int fd);
        enum fetched_end end;
        size_t n;
    } rows[] = { { no_such_file, FETCHED_MISSING, 0 }, { another_error, FETCHED_BROKEN, 0 },
                 { odd_packets, FETCHED_SILENT, 0 },   { silent, FETCHED_SILENT, 0 },
                 { two_blocks, FETCHED_CAME, 519 },    { endless_blocks, FETCHED_BROKEN, 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct server s = serve(SOCK_DGRAM, rows[i].act);
        ask.wait_us = rows[i].end == FETCHED_SILENT ? WAIT_US : LONG_US;
        assert_true(ask_file(&ask, false, HERE, s.port, "ITLFile.tlv", &got));
        over(&s);
        assert_int_equal(got.end, rows[i].end);
        assert_int_equal(got.bytes.n, rows[i].n);
    }
}

static void nobody_listens(void **state)
{
    struct server tcp = bound(SOCK_STREAM), udp = bound(SOCK_DGRAM);
    (void)state;
    close(tcp.fd);
    close(udp.fd);
    assert_true(ask_file(&ask, true, HERE, tcp.port, "a", &got));
    assert_int_equal(got.end, FETCHED_REFUSED);
    assert_true(ask_file(&ask, false, HERE, udp.port, "a", &got));
    assert_int_equal(got.end, FETCHED_REFUSED);
}

/* ---- TVS ---- */

static bool ask_once(struct ask_tvs *t, const struct tvs_msg *asked, const struct tvs_msg *reply,
                     struct tvs_msg *request)
{
    uint32_t *replies = t->ctx;
    *replies += reply != NULL;
    *request = talk_tvs_query(view_str("CP-8861-SEP000000000000"), 7, view_str("CN=a"),
                              view_str("CN=a"), view_str("1"));
    return asked == NULL;
}

static const char *answer; /* of a TLS server, and its length */
static size_t answer_n;
static struct tls_config *config;

static void put(int fd, struct tls *t)
{
    uint8_t piece[4096];
    size_t n;
    while ((n = tls_take(t, piece, sizeof piece)) > 0)
        if (send(fd, piece, n, MSG_NOSIGNAL) < 0)
            _exit(1);
}

/* A handshake, then that answer to the first request; closes where there is none. */
static void tvs_server(int fd)
{
    struct tls *t = tls_new(config);
    uint8_t piece[4096];
    for (;;) {
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n <= 0)
            _exit(1);
        (void)tls_feed(t, view_of(piece, (size_t)n));
        put(fd, t);
        if (tls_read(t, piece, sizeof piece) > 0)
            break;
    }
    if (answer_n > 0)
        (void)tls_write(t, view_of(answer, answer_n));
    else
        tls_close(t);
    put(fd, t);
    pause();
}

static struct ask_tvs talk(void (*act)(int fd), uint64_t wait_us, uint32_t *replies)
{
    struct ask_tvs t = { .next = ask_once, .ctx = replies };
    struct server s = serve(SOCK_STREAM, act);
    *replies = 0;
    ask.wait_us = wait_us;
    ask.handshakes = 0;
    ask.requests = 0;
    assert_true(ask_tvs(&ask, HERE, s.port, &t));
    over(&s);
    return t;
}

static void tvs(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        enum ask_end end;
        uint32_t replies;
    } rows[] = {
        { "", 0, ASK_BROKEN, 0 },
        { "HTTP/1.1 400 Bad Request\r\n\r\n", 28, ASK_BROKEN, 0 },
        { "\x57\x01\x04\0\0\0\0\7\0\4\7\0\1\0", 14, ASK_TALKED, 1 }, /* trusted, names nothing */
        { "\x57\x01\x04\0\0\0\0\7\0\4\7\0\1\1\x57", 15, ASK_TALKED, 1 }, /* and more than asked */
        { "\x57\x01\x04\0\0\0\0\7\0\4\7\0\xff\1", 14, ASK_BROKEN, 0 },
        { "\x57\x01\x04\0\0\0\0\7\0\0", 10, ASK_BROKEN, 0 }, /* without a status */
        { "\x57\x01\x09\0\0\0\0\7\0\4\7\0\1\0", 14, ASK_BROKEN, 0 },
    };
    struct keyring *ring = keyring_new(1, NULL);
    const struct key *key = keyring_key(ring, "tvs", KEY_RSA_1024);
    struct cert_spec spec = { .subject = view_str("CN=tvs"),
                              .issuer = view_str("CN=tvs"),
                              .serial = view_str("\x01"),
                              .not_after_s = 4000000000,
                              .key = key,
                              .issuer_key = key,
                              .digest = DIGEST_SHA1 };
    struct view der = cert_make(&spec, &arena);
    uint32_t replies;
    (void)state;
    config = tls_config_new(true, der, key, TLS_1_0, TLS_1_3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        answer = rows[i].bytes;
        answer_n = rows[i].n;
        struct ask_tvs t = talk(tvs_server, LONG_US, &replies);
        assert_int_equal(t.end, rows[i].end);
        assert_int_equal(replies, rows[i].replies);
        assert_true(view_eq(t.der, der));
    }
    answer = "\x57\x01\x04\0\0\0\0\7\xff\xff"; /* the rest never comes */
    answer_n = 10;
    struct ask_tvs t = talk(tvs_server, WAIT_US, &replies);
    assert_int_equal(t.end, ASK_BROKEN);
    assert_string_equal(t.why.text, "no answer to the request");
    t = talk(rubbish, WAIT_US, &replies); /* as TLS it is half a record */
    assert_int_equal(t.end, ASK_BROKEN);
    assert_null(t.der.p);
    t = talk(silent, WAIT_US, &replies);
    assert_int_equal(t.end, ASK_SILENT);
    tls_config_free(config);
    keyring_free(ring);
}

/* ---- bounds ---- */

static void no_more_than_promised(void **state)
{
    struct server s = bound(SOCK_STREAM);
    struct ask_tvs t = { .end = ASK_NOT_YET };
    (void)state;
    close(s.fd);
    for (int i = 0; i < ASK_REQUESTS; i++)
        assert_true(ask_file(&ask, true, HERE, s.port, "a", &got));
    assert_false(ask_file(&ask, true, HERE, s.port, "a", &got));
    for (int i = 0; i < ASK_HANDSHAKES; i++)
        assert_true(ask_tvs(&ask, HERE, s.port, &t));
    assert_int_equal(t.end, ASK_REFUSED);
    assert_false(ask_tvs(&ask, HERE, s.port, &t));
}

static void addresses(void **state)
{
    static const char *const bad[] = {
        "", ":69", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:x", "1:2:3", "::1"
    };
    uint32_t ip = 0;
    uint16_t port = 5;
    struct err e;
    (void)state;
    assert_true(ask_address("127.8.7.1", &ip, &port, &e));
    assert_int_equal(ip, HERE);
    assert_int_equal(port, 5);
    assert_true(ask_address("127.8.7.1:65535", &ip, &port, &e));
    assert_int_equal(port, 65535);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        e.text[0] = '\0';
        assert_false(ask_address(bad[i], &ip, &port, &e));
        assert_true(e.text[0] != '\0');
    }
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(http),      TEST(tftp), TEST(nobody_listens), TEST(tvs), TEST(no_more_than_promised),
        TEST(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
