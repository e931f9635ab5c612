/* SCCP of a node on real sockets, and SIP over UDP, with raw clients, and keepalives of phones at a
 * server that is none of the lab's. */
#include "tests/unit/live_client.h"

#include "sim/core/contract.h"
#include "sim/live/impl.h"
#include "sim/talk/sccp.h"

static uint8_t room[2048];

static void put_message(int fd, const struct sccp_msg *m)
{
    struct wr w = wr_of(room, sizeof room);
    sccp_encode(m, &w);
    say(fd, room, w.n);
}

/* One message; false: none came in time, or the peer closed. */
static bool get_message(int fd, struct sccp_msg *m, uint64_t for_us)
{
    bool closed;
    size_t n = hear(fd, heard, SCCP_HEADER, for_us, &closed), whole = 0;
    if (n < SCCP_HEADER)
        return false;
    size_t body = (size_t)(heard[0] | heard[1] << 8) - 4;
    n += hear(fd, heard + n, body, for_us, &closed);
    assert_true(sccp_whole(view_of(heard, n), &whole, NULL));
    assert_int_equal(whole, n);
    assert_true(sccp_decode(view_of(heard, n), m, NULL));
    return true;
}

static struct sccp_msg answer_to(int fd, const struct sccp_msg *m)
{
    struct sccp_msg back;
    put_message(fd, m);
    assert_true(get_message(fd, &back, 2 * SECOND));
    return back;
}

static struct sccp_msg registration_of(const char *name)
{
    return (struct sccp_msg){ .id = SCCP_REGISTER,
                              .device = view_str(name),
                              .address = 0x7f000001,
                              .device_type = 436,
                              .protocol = 11 };
}

/* A client that is no phone of the lab's, at port 2000. */
static void raw_client(void **state)
{
    (void)state;
    struct lab *lab = served(1);
    char name[16];
    lab_phone_name(lab, 0, name);
    struct sccp_msg m = registration_of("SEPFFFFFFFFFFFF"), back;
    int fd = dial(2000);
    back = answer_to(fd, &m);
    assert_int_equal(back.id, SCCP_REGISTER_REJECT);
    assert_true(view_eq(back.text, view_str("Error: DB Config")));
    m = registration_of(name); /* on the same connection */
    back = answer_to(fd, &m);
    assert_int_equal(back.id, SCCP_REGISTER_ACK);
    assert_int_equal(back.keepalive_s, 30);
    assert_true(get_message(fd, &back, SECOND));
    assert_int_equal(back.id, SCCP_CAPABILITIES_REQ);
    put_message(fd, &(struct sccp_msg){ .id = SCCP_CAPABILITIES_RES });
    back = answer_to(fd, &(struct sccp_msg){ .id = SCCP_KEEPALIVE });
    assert_int_equal(back.id, SCCP_KEEPALIVE_ACK);
    back = answer_to(fd, &(struct sccp_msg){ .id = SCCP_TIME_DATE_REQ });
    assert_int_equal(back.id, SCCP_TIME_DATE_RES);
    /* Registered clients are not broken off for silence; those that are not, are. */
    int silent = dial(2000);
    lab_run_until(lab, lab_now_us(lab) + 700 * MS);
    back = answer_to(fd, &(struct sccp_msg){ .id = SCCP_KEEPALIVE });
    assert_int_equal(back.id, SCCP_KEEPALIVE_ACK);
    bool closed;
    assert_int_equal(hear(silent, heard, 1, SECOND, &closed), 0);
    assert_true(closed);
    close(silent);
    /* It leaves. */
    back = answer_to(fd, &(struct sccp_msg){ .id = SCCP_UNREGISTER });
    assert_int_equal(back.id, SCCP_UNREGISTER_ACK);
    assert_int_equal(hear(fd, heard, 1, 2 * SECOND, &closed), 0);
    assert_true(closed);
    close(fd);
    done();
}

static void five(struct live_options *o)
{
    small(o);
    o->registrations = 5;
}

/* A client of that name, registered. */
static int registers(const char *name)
{
    struct sccp_msg m = registration_of(name), back;
    int fd = dial(2000);
    back = answer_to(fd, &m);
    assert_int_equal(back.id, SCCP_REGISTER_ACK);
    assert_true(get_message(fd, &back, SECOND));
    assert_int_equal(back.id, SCCP_CAPABILITIES_REQ);
    return fd;
}

/* Somebody who registers one name over and over takes no connection from another phone. */
static void one_name_again_and_again(void **state)
{
    (void)state;
    struct setup s = { true, "11.5", 1, 1, 3, "8861", 0, false, false, five };
    struct lab *lab = booted(&s);
    char name[16], other[16];
    bool closed;
    lab_phone_name(lab, 0, name);
    lab_phone_name(lab, 1, other);
    int first = registers(name), second = registers(name); /* five with those of our phones */
    int third = registers(other), fourth = registers(other);
    lab_run_until(lab, lab_now_us(lab) + 700 * MS);
    assert_int_equal(hear(first, heard, 1, 2 * SECOND, &closed), 0);
    assert_true(closed);
    assert_int_equal(hear(third, heard, 1, 2 * SECOND, &closed), 0);
    assert_true(closed);
    const int stay[] = { second, fourth };
    for (int i = 0; i < 2; i++) {
        struct sccp_msg back = answer_to(stay[i], &(struct sccp_msg){ .id = SCCP_KEEPALIVE });
        assert_int_equal(back.id, SCCP_KEEPALIVE_ACK);
        close(stay[i]);
    }
    for (uint32_t i = 0; i < 3; i++)
        assert_true(lab->state.phones[i].registered);
    close(first);
    close(third);
    done();
}

/* Rubbish, a length that is none, and a message that comes byte by byte. */
static void rubbish(void **state)
{
    (void)state;
    static const uint8_t lengths[][12] = { { 3 },
                                           { 0xff, 0xff, 0xff, 0xff },
                                           { 4, 0, 0, 0, 0, 0, 0, 0, 1 } };
    (void)served(1);
    bool closed;
    for (size_t i = 0; i < 3; i++) {
        int fd = dial(2000);
        say(fd, lengths[i], sizeof lengths[i]);
        assert_int_equal(hear(fd, heard, 1, 2 * SECOND, &closed), 0);
        assert_true(closed);
        close(fd);
    }
    int fd = dial(2000);
    struct wr w = wr_of(room, sizeof room);
    talk_sccp_bare(SCCP_KEEPALIVE, &w);
    for (size_t i = 0; i < w.n; i++) {
        say(fd, room + i, 1);
        turn();
    }
    struct sccp_msg back;
    assert_true(get_message(fd, &back, SECOND));
    assert_int_equal(back.id, SCCP_KEEPALIVE_ACK);
    close(fd);
    assert_good_client();
    done();
}

/* ---- a server of somebody else's ---- */

static void often(struct live_options *o)
{
    o->keepalive_us = 100 * MS;
}

static int somebody_listens(uint16_t port)
{
    struct sockaddr_in a = at(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static int accepted(int listener)
{
    int fd = -1;
    for (int i = 0; i < 2000 && fd < 0; i++) {
        turn();
        fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    }
    assert_true(fd >= 0);
    return fd;
}

/* The messages of a phone up to that one. */
static void hear_until(int fd, uint32_t id)
{
    struct sccp_msg m;
    do {
        assert_true(get_message(fd, &m, 4 * SECOND));
    } while (m.id != id);
}

static void keepalives(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 1, "7965", 0, false, false, often };
    struct lab *lab = booted(&s);
    const struct phone *p = &lab->state.phones[0];
    assert_true(p->registered);
    act_service(lab, SERVICE_CALLMANAGER, DO_STOP);
    turn();
    int listener = somebody_listens(2000), fd = accepted(listener);
    hear_until(fd, SCCP_IP_PORT);
    /* That it is alive is no answer to a registration. */
    put_message(fd, &(struct sccp_msg){ .id = SCCP_KEEPALIVE_ACK });
    for (int i = 0; i < 20; i++)
        turn();
    assert_false(p->registered);
    struct wr w = wr_of(room, sizeof room);
    talk_sccp_answer(REJECT_NONE, &w);
    say(fd, room, w.n);
    /* It says what it can, and that it is there, as long as it is answered. */
    hear_until(fd, SCCP_CAPABILITIES_RES);
    assert_true(p->registered);
    for (int i = 0; i < 6; i++) {
        hear_until(fd, SCCP_KEEPALIVE);
        put_message(fd, &(struct sccp_msg){ .id = SCCP_KEEPALIVE_ACK });
    }
    assert_true(p->registered);
    /* Three without an answer, and the server is gone. */
    for (int i = 0; i < 3; i++)
        hear_until(fd, SCCP_KEEPALIVE);
    assert_true(p->registered);
    int again = accepted(listener);
    assert_false(p->registered);
    bool found = false;
    for (uint32_t i = 0; i < current.of[0].count; i++)
        found |= current.of[0].said[i].kind == NOTE_UNREGISTERED &&
                 current.of[0].said[i].a == CAUSE_KEEPALIVE_TO;
    assert_true(found);
    close(fd);
    close(again);
    close(listener);
    done();
}

static int lost; /* enum server_gone of the last EVENT_SERVER_LOST; -1: none came */

static void on_step(void *ctx, uint32_t phone, const struct phone *before,
                    const struct event *event, const struct outbox *out, const struct phone *after,
                    uint64_t now_us)
{
    (void)ctx, (void)phone, (void)before, (void)out, (void)after, (void)now_us;
    if (event->type == EVENT_SERVER_LOST)
        lost = (int)event->a;
}

/* It takes the phone, and then refuses it on the same connection: that is no end of a connection.
 */
static void refused_later(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 1, "7965", 0, false, false, NULL };
    struct lab *lab = booted(&s);
    struct observer observer = { .phone = on_step };
    act_service(lab, SERVICE_CALLMANAGER, DO_STOP);
    turn();
    int listener = somebody_listens(2000), fd = accepted(listener);
    hear_until(fd, SCCP_IP_PORT);
    struct wr w = wr_of(room, sizeof room);
    talk_sccp_answer(REJECT_NONE, &w);
    say(fd, room, w.n);
    hear_until(fd, SCCP_CAPABILITIES_RES);
    lost = -1;
    lab_observe(lab, &observer);
    w = wr_of(room, sizeof room);
    talk_sccp_answer(REJECT_SECURITY, &w);
    say(fd, room, w.n);
    for (int i = 0; i < 2000 && lost < 0; i++)
        turn();
    assert_int_equal(lost, SERVER_REFUSED);
    lab_unobserve(lab, &observer);
    close(fd);
    close(listener);
    done();
}

/* It asks on and on and reads nothing: the phone does not keep an answer to each. */
static void asks_and_reads_nothing(void **state)
{
    (void)state;
    enum { ASKED = 250000, AT_ONCE = 600, IN_SOCKETS = 8 << 20 };
    struct setup s = { true, "12.5", 1, 1, 1, "7965", 0, false, false, NULL };
    struct lab *lab = booted(&s);
    static uint8_t many[AT_ONCE * SCCP_HEADER];
    struct wr w = wr_of(many, sizeof many);
    for (int i = 0; i < AT_ONCE; i++)
        talk_sccp_bare(SCCP_CAPABILITIES_REQ, &w);
    act_service(lab, SERVICE_CALLMANAGER, DO_STOP);
    turn();
    int listener = somebody_listens(2000), little = 65536;
    assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &little, sizeof little), 0);
    int fd = accepted(listener);
    hear_until(fd, SCCP_IP_PORT);
    struct wr answer = wr_of(room, sizeof room);
    talk_sccp_answer(REJECT_NONE, &answer);
    say(fd, room, answer.n);
    hear_until(fd, SCCP_CAPABILITIES_RES);
    for (size_t all = (size_t)ASKED * SCCP_HEADER, at = 0; at < all;) {
        ssize_t n = send(fd, many + at % w.n, w.n - at % w.n, MSG_NOSIGNAL);
        assert_true(n > 0 || errno == EAGAIN);
        at += n > 0 ? (size_t)n : 0;
        turn(); /* it has heard all of that */
    }
    size_t came = 0;
    for (int silent = 0; silent < 20; silent++) {
        turn();
        for (ssize_t n; (n = recv(fd, heard, sizeof heard, 0)) > 0; came += (size_t)n)
            silent = 0;
    }
    assert_true(came > 0 && came < IN_SOCKETS);
    assert_true(lab->state.phones[0].registered);
    close(fd);
    close(listener);
    done();
}

/* A phone of another process that reads nothing hears no reset beyond what answers it would get. */
static void is_reset_and_reads_nothing(void **state)
{
    (void)state;
    struct lab *lab = served(1);
    struct phone_slot *p = live_slot(lab->driver->self, 0);
    char name[16];
    lab_phone_name(lab, 0, name);
    lab_power(lab, 0, false, lab_now_us(lab));
    turn();
    int fd = registers(name);
    assert_true(p->kept == NULL && p->served != NULL);
    for (int i = 0; i < 10000; i++)
        order_reset(p, RESET_RESET);
    assert_in_range(stream_unsent(p->served->stream), 1, UNSENT_MAX + 64);
    hear_until(fd, SCCP_RESET);
    close(fd);
    done();
}

/* ---- SIP over UDP ---- */

static void sip_over_udp(void **state)
{
    (void)state;
    static const struct {
        const char *method, *device, *answer;
        uint32_t datagrams;
    } rows[] = { { "REGISTER", NULL, "SIP/2.0 200 OK", 2 },
                 { "REGISTER", "SEPFFFFFFFFFFFF", "SIP/2.0 404 Not Found", 2 },
                 { "OPTIONS", NULL, "SIP/2.0 200 OK", 1 },
                 { "INVITE", NULL, "SIP/2.0 405 ", 1 },
                 { "REGISTER rubbish\r\n\r\n", NULL, NULL, 0 } };
    struct lab *lab = served(1);
    struct sockaddr_in to = at(5060);
    char name[16], text[1000];
    lab_phone_name(lab, 0, name);
    int fd = udp();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int n = snprintf(
            text, sizeof text,
            "%s sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK%zu\r\n"
            "From: <sip:1@127.0.0.1>;tag=a\r\nTo: <sip:1@127.0.0.1>\r\nCall-ID: x\r\n"
            "CSeq: %zu %s\r\nContact: <sip:1@127.0.0.1>;"
            "+u.sip!devicename.ccm.cisco.com=\"%s\"\r\nExpires: 3600\r\n"
            "Content-Length: 0\r\n\r\n",
            rows[i].method, i, 101 + i, rows[i].method,
            rows[i].device == NULL ? name : rows[i].device);
        assert_int_equal(sendto(fd, text, (size_t)n, 0, (struct sockaddr *)&to, sizeof to), n);
        uint32_t came = 0;
        uint64_t until = lab_now_us(lab) + (rows[i].datagrams > 0 ? 2 * SECOND : 50 * MS);
        while (lab_now_us(lab) < until && (rows[i].datagrams == 0 || came < rows[i].datagrams)) {
            turn();
            ssize_t got = recv(fd, heard, sizeof heard - 1, 0);
            if (got <= 0)
                continue;
            came++;
            heard[got] = '\0';
        }
        assert_int_equal(came, rows[i].datagrams);
        if (rows[i].answer != NULL)
            assert_int_equal(strncmp((char *)heard, rows[i].answer, strlen(rows[i].answer)), 0);
    }
    close(fd);
    assert_good_client();
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(raw_client),
                                        TEST(one_name_again_and_again),
                                        TEST(rubbish),
                                        TEST(keepalives),
                                        TEST(refused_later),
                                        TEST(asks_and_reads_nothing),
                                        TEST(is_reset_and_reads_nothing),
                                        TEST(sip_over_udp) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
