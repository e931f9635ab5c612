/* Whom a turn of the reactor serves first. */
#include "sim/base/sys.h"
#include "sim/net/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define STREAMS 7
#define LIMIT   1024

static struct reactor reactor;
static struct stream *streams[STREAMS];
static int peers[STREAMS];
static size_t served[2 * STREAMS]; /* numbers of streams, in the order in which they were */
static size_t count;
static size_t victim; /* is aborted by the first that is served; STREAMS: nobody */

static void nothing(struct stream *s)
{
    (void)s;
}

static void input(struct stream *s)
{
    size_t i = (size_t)((struct stream **)s->owner - streams);
    stream_consume(s, stream_in(s).n);
    served[count++] = i;
    if (victim < STREAMS)
        stream_abort(streams[victim]);
    victim = STREAMS;
}

static void ended(struct stream *s, enum stream_end end)
{
    (void)s, (void)end;
    fail();
}

static const struct stream_ops ops = { nothing, nothing, input, nothing, ended };

static int begin(void **state)
{
    (void)state;
    reactor_open(&reactor);
    reactor_enter(&reactor);
    count = 0;
    victim = STREAMS;
    for (size_t i = 0; i < STREAMS; i++) {
        int pair[2];
        assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
        peers[i] = pair[1];
        streams[i] = stream_accept(&reactor, pair[0], NULL, LIMIT, &ops, &streams[i]);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    stream_drop_all(&reactor);
    reactor_reap(&reactor);
    reactor_leave(&reactor);
    reactor_close(&reactor);
    for (size_t i = 0; i < STREAMS; i++)
        close(peers[i]);
    return 0;
}

static void say(size_t i)
{
    assert_int_equal(1, write(peers[i], "?", 1));
}

/* The loop knows of a socket once it has turned with it, and the kernel looks once more at those
 * that it told. */
static void learn(void)
{
    for (size_t i = 0; i < STREAMS; i++)
        say(i);
    while (count < STREAMS)
        reactor_turn(&reactor);
    ev_run(reactor.loop, EVRUN_NOWAIT);
    count = 0;
}

static void who_came_first_is_served_first(void **state)
{
    static const size_t order[] = { 3, 0, 6, 1, 5, 2, 4 };
    (void)state;
    learn();
    for (size_t i = 0; i < STREAMS; i++)
        say(order[i]);
    while (count < STREAMS)
        reactor_turn(&reactor);
    for (size_t i = 0; i < STREAMS; i++)
        assert_int_equal(i, served[i]);
}

static void who_was_closed_meanwhile_is_not_served(void **state)
{
    (void)state;
    learn();
    victim = 5;
    for (size_t i = 0; i < STREAMS; i++)
        say(i);
    while (count < STREAMS - 1)
        reactor_turn(&reactor);
    say(0);
    while (count < STREAMS)
        reactor_turn(&reactor);
    for (size_t i = 0; i < count; i++)
        assert_int_not_equal(5, served[i]);
}

static void who_is_muted_meanwhile_is_not_served(void **state)
{
    (void)state;
    learn();
    for (size_t i = 0; i < 3; i++)
        say(i);
    stream_mute(streams[1]);
    while (count < 2)
        reactor_turn(&reactor);
    assert_int_equal(0, served[0]);
    assert_int_equal(2, served[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_came_first_is_served_first, begin, end),
        cmocka_unit_test_setup_teardown(who_was_closed_meanwhile_is_not_served, begin, end),
        cmocka_unit_test_setup_teardown(who_is_muted_meanwhile_is_not_served, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
