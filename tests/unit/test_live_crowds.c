/* The live driver among clients who mean harm: who talks stays, who is gone gives way, and nothing
 * grows without end.  tests/hostile does the same from outside, with many. */
#include "tests/hostile/again.h"
#include "tests/unit/live_client.h"

#include "sim/net/stream.h"

/* The bound on connections throws out who says nothing, however long somebody else has talked. */
static void who_talks_stays(void **state)
{
    (void)state;
    static const char request[] = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
    int silent[40], talker;
    bool closed;
    served(1);
    talker = dial(6970);
    for (int i = 0; i < 40; i++) { /* of which 16 may be there */
        silent[i] = dial(i % 2 == 0 ? 6970 : 2000);
        assert_true(silent[i] >= 0);
        say(talker, request, sizeof request - 1);
        assert_true(hear(talker, heard, 12, SECOND, &closed) == 12);
        assert_memory_equal(heard, "HTTP/1.1 503", 12);
        while (hear(talker, heard, sizeof heard, 5 * MS, &closed) > 0)
            assert_false(closed);
    }
    hear(silent[0], heard, 1, 20 * MS, &closed);
    assert_true(closed);
    for (int i = 0; i < 40; i++)
        close(silent[i]);
    close(talker);
    done();
}

/* Nor does it throw out who has only begun to say something, slowly. */
static void who_begins_stays(void **state)
{
    (void)state;
    static const char request[] = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
    int silent[24], slow;
    bool closed;
    served(1);
    slow = dial(6970);
    for (int i = 0; i < 24; i++) {
        silent[i] = dial(i % 2 == 0 ? 6970 : 2445);
        if (i % 3 == 0)
            say(slow, request + i / 3, 1);
    }
    say(slow, request + 8, sizeof request - 9);
    assert_true(hear(slow, heard, 12, SECOND, &closed) == 12);
    assert_memory_equal(heard, "HTTP/1.1 503", 12);
    for (int i = 0; i < 24; i++)
        close(silent[i]);
    close(slow);
    done();
}

#define CROWD 24

/* One who comes, and a crowd in the same instant.  False: this machine took longer than that. */
static bool come_at_once(int *one, int crowd[CROWD])
{
    struct sockaddr_in a = at(6970);
    uint64_t begin = reactor_clock_us();
    *one = dial(6970);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(crowd[i], (const struct sockaddr *)&a, sizeof a);
    }
    turn();
    return reactor_clock_us() - begin < 15 * MS;
}

static void leave_all(int one, const int crowd[CROWD])
{
    for (int i = 0; i < CROWD; i++)
        close(crowd[i]);
    close(one);
}

/* Nor who came in the same instant as a crowd, and had no time to say anything yet. */
static void who_came_just_now_stays(void **state)
{
    (void)state;
    static const char request[] = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
    int crowd[CROWD], good;
    bool closed;
    served(1);
    while (!come_at_once(&good, crowd)) {
        leave_all(good, crowd);
        lab_run_until(current.lab, lab_now_us(current.lab) + 400 * MS);
    }
    say(good, request, sizeof request - 1);
    assert_true(hear(good, heard, 12, SECOND, &closed) == 12);
    assert_memory_equal(heard, "HTTP/1.1 503", 12);
    hear(crowd[0], heard, 1, 100 * MS, &closed); /* the others came in for those who are silent */
    assert_true(closed);
    leave_all(good, crowd);
    done();
}

/* Whoever begins a transfer and is gone holds it against nobody, whatever time he asked for. */
static void lost_transfers_give_way(void **state)
{
    (void)state;
    struct tftp_packet p, rrq = { .op = TFTP_RRQ,
                                  .name = view_str("ITLFile.tlv"),
                                  .mode = view_str("octet"),
                                  .blksize = -1,
                                  .timeout_s = 255,
                                  .tsize = -1 };
    uint16_t port = 0;
    struct lab *lab = served(1);
    int lost[3], good = udp();
    lab_param(lab, 0, PARAM_MAX_SERVING, 3);
    for (int i = 0; i < 3; i++) {
        lost[i] = udp();
        put_packet(lost[i], &rrq, live_tftp_port(lab->driver));
        assert_true(get_packet(lost[i], &p, &port, SECOND));
        assert_int_equal(p.op, TFTP_OACK);
    }
    put_rrq(good, "ITLFile.tlv", -1);
    assert_false(get_packet(good, &p, &port, 200 * MS)); /* a second has not gone by */
    for (int i = 0; i < 3; i++)
        assert_false(get_packet(lost[i], &p, &port, i == 0 ? 1200 * MS : 10 * MS));
    struct tftp_packet ack = { .op = TFTP_ACK, .block = 0 };
    put_packet(lost[0], &ack, port); /* this one is here, and stays */
    assert_true(get_packet(lost[0], &p, &port, SECOND));
    assert_int_equal(p.op, TFTP_DATA);
    for (int i = 0; i < 2; i++) {
        int next = udp();
        put_rrq(next, "ITLFile.tlv", -1);
        assert_true(get_packet(next, &p, &port, SECOND));
        assert_int_equal(p.op, TFTP_DATA);
        close(next);
    }
    put_rrq(good, "ITLFile.tlv", -1);
    assert_false(get_packet(good, &p, &port, 200 * MS)); /* nobody is silent for a second */
    ack.block = 1;
    put_packet(lost[0], &ack, port);
    assert_true(get_packet(lost[0], &p, &port, SECOND));
    assert_int_equal(p.op, TFTP_DATA);
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 3);
    for (int i = 0; i < 3; i++)
        close(lost[i]);
    close(good);
    done();
}

/* ---- what TLS answers by itself ---- */

static int dial_narrow(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), small_room = 2048;
    struct sockaddr_in a = at(port);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small_room, sizeof small_room), 0);
    (void)connect(fd, (const struct sockaddr *)&a, sizeof a);
    turn();
    return fd;
}

static size_t most_unsent(void)
{
    size_t most = 0;
    for (const struct stream *s = live_reactor(current.lab->driver)->streams; s != NULL;
         s = s->next)
        most = stream_unsent(s) > most ? stream_unsent(s) : most;
    return most;
}

/* Asks for a new handshake so often that the answers fill all room on the way, and reads none.
 * Returns the most that waited to be sent. */
static size_t ask_again(int fd, struct again *a, int times)
{
    size_t most = 0;
    for (int i = 0; i < times; i++) {
        uint8_t records[512 * AGAIN_RECORD];
        for (size_t at = 0; at < sizeof records; at += AGAIN_RECORD)
            again_put(a, records + at);
        for (size_t sent = 0, tries = 0; sent < sizeof records; tries++) {
            ssize_t n = send(fd, records + sent, sizeof records - sent, MSG_NOSIGNAL);
            assert_true(n > 0 || errno == EAGAIN);
            sent += n > 0 ? (size_t)n : 0;
            if (tries == 50)
                return most; /* nobody takes any more of it */
            turn();
            most = most_unsent() > most ? most_unsent() : most;
        }
    }
    return most;
}

/* What TLS says by itself to who asks it, and reads nothing, is bounded too. */
static void handshakes_without_end(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 1, "8861", 0, false, false, NULL };
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    struct again a;
    booted(&s);
    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    assert_int_equal(SSL_CTX_set_cipher_list(ctx, AGAIN_CIPHERS), 1);
    int fd = dial_narrow(6972);
    SSL *ssl = SSL_new(ctx);
    assert_int_equal(SSL_set_fd(ssl, fd), 1);
    for (int i = 0; i < 500 && SSL_connect(ssl) != 1; i++)
        turn();
    assert_true(SSL_is_init_finished(ssl) && again_begin(&a, ssl));
    size_t most = ask_again(fd, &a, 600);
    assert_true(most >= 65536);    /* it got there, */
    assert_true(most < 3 * 65536); /* and no further */
    again_end(&a);
    SSL_free(ssl);
    close(fd);
    SSL_CTX_free(ctx);
    assert_good_client();
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_talks_stays),         TEST(who_came_just_now_stays), TEST(who_begins_stays),
        TEST(lost_transfers_give_way), TEST(handshakes_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
