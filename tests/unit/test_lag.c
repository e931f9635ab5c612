/* Connections behind a path that is slow, lossy or narrow, on a machine that is none of it. */
#include "sim/base/sys.h"
#include "sim/net/net.h"
#include "sim/net/stream.h"

#include "sim/base/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define MS     1000u
#define SECOND 1000000u
#define LENGTH 200000u
#define LIMIT  (1u << 20)

static struct reactor reactor;
static struct stream *client, *server;
static uint8_t sent[LENGTH];
static struct wr heard; /* by the client */
static uint8_t room[LENGTH];
static uint64_t opened_us, first_us;
static bool ended, whole;
static enum stream_end how;

static void nothing(struct stream *s)
{
    (void)s;
}

/* ---- the server gives back what comes ---- */

static void server_input(struct stream *s)
{
    if (stream_in(s).n > 0)
        stream_write(s, stream_in(s));
    stream_consume(s, stream_in(s).n);
    if (stream_eof(s)) {
        stream_finish(s);
        server = NULL;
    }
}

static void server_ended(struct stream *s, enum stream_end end)
{
    (void)s, (void)end;
    server = NULL;
}

static const struct stream_ops server_ops = { nothing, nothing, server_input, nothing,
                                              server_ended };

static struct ev_io listening;

static void on_accept(struct ev_loop *loop, struct ev_io *w, int events)
{
    int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    (void)loop, (void)events;
    if (fd >= 0)
        server = stream_accept(&reactor, fd, NULL, LIMIT, &server_ops, NULL);
}

/* ---- the client ---- */

static void client_opened(struct stream *s)
{
    opened_us = reactor_now_us(&reactor);
    stream_write(s, view_of(sent, sizeof sent));
}

static void client_input(struct stream *s)
{
    if (first_us == 0)
        first_us = reactor_now_us(&reactor);
    wr_view(&heard, stream_in(s));
    stream_consume(s, stream_in(s).n);
    whole = heard.n == sizeof sent;
}

static void client_ended(struct stream *s, enum stream_end end)
{
    (void)s;
    ended = true;
    how = end;
    client = NULL;
}

static const struct stream_ops client_ops = { client_opened, nothing, client_input, nothing,
                                              client_ended };

/* Runs until everything is back, the connection ended, or so much time went by. */
static uint64_t go(const struct lag_path *path, bool listens, uint64_t limit_us)
{
    struct sockaddr_in a;
    socklen_t n = sizeof a;
    int fd = net_socket(SOCK_STREAM, INADDR_LOOPBACK, 0);
    assert_true(fd >= 0 && getsockname(fd, (struct sockaddr *)&a, &n) == 0);
    if (listens)
        assert_int_equal(listen(fd, 8), 0);
    for (uint32_t i = 0; i < LENGTH; i++)
        sent[i] = (uint8_t)(i * 2654435761u >> 24);
    heard = wr_of(room, sizeof room);
    opened_us = first_us = 0;
    ended = whole = false;
    reactor_open(&reactor);
    reactor_enter(&reactor);
    ev_io_init(&listening, on_accept, fd, EV_READ);
    ev_io_start(reactor.loop, &listening);
    client = stream_connect(&reactor, INADDR_LOOPBACK, ntohs(a.sin_port), NULL, LIMIT, &client_ops,
                            NULL);
    assert_non_null(client);
    stream_lag(client, path, rng_of(1, "lag", 7));
    stream_deadline(client, limit_us);
    while (!whole && !ended)
        reactor_turn(&reactor);
    uint64_t took_us = reactor_now_us(&reactor);
    if (whole)
        assert_memory_equal(room, sent, sizeof sent);
    ev_io_stop(reactor.loop, &listening);
    stream_drop_all(&reactor);
    reactor_leave(&reactor);
    reactor_close(&reactor);
    close(fd);
    return took_us;
}

static void delay(void **state)
{
    (void)state;
    struct lag_path path = { .delay_us = 30 * MS, .jitter_us = 5 * MS };
    go(&path, true, 20 * SECOND);
    assert_true(whole);
    assert_true(opened_us >= 60 * MS);            /* there and back */
    assert_true(first_us >= opened_us + 60 * MS); /* and again */
}

static void rate(void **state)
{
    (void)state;
    struct lag_path path = { .rate = 2 * LENGTH }; /* half a second each way, both at once */
    uint64_t took_us = go(&path, true, 20 * SECOND);
    assert_true(whole);
    assert_true(took_us >= 990 * MS);
}

static void loss(void **state)
{
    (void)state;
    struct lag_path path = { .loss_ppm = 100000, .retry_us = MS, .retry_most_us = MS, .tries = 50 };
    go(&path, true, 20 * SECOND);
    assert_true(whole); /* and in order */
}

/* What never arrives is no end: the deadline comes. */
static void nothing_passes(void **state)
{
    (void)state;
    static const struct lag_path paths[] = {
        { .loss_ppm = 1000000 },
        { .loss_ppm = 900000, .retry_us = MS, .retry_most_us = MS, .tries = 1 },
        { .mtu = 1400 }, /* what is opened passes, what is said does not */
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        go(&paths[i], true, 200 * MS);
        assert_true(ended && !whole && how == STREAM_LATE);
        assert_int_equal(opened_us != 0, paths[i].mtu != 0);
    }
}

/* Nobody listens: that is known as late as anything else. */
static void refused(void **state)
{
    (void)state;
    struct lag_path path = { .delay_us = 25 * MS };
    uint64_t took_us = go(&path, false, 20 * SECOND);
    assert_true(ended && how == STREAM_REFUSED);
    assert_true(took_us >= 50 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delay),          cmocka_unit_test(rate),    cmocka_unit_test(loss),
        cmocka_unit_test(nothing_passes), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
