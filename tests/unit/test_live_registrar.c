/* Registrations as a CallManager keeps them on real sockets: how long they last, how they end, and
 * whose certificate may show up. */
#include "tests/unit/live_client.h"

#include "sim/core/contract.h"
#include "sim/live/impl.h"
#include "sim/talk/sccp.h"
#include "sim/talk/sip.h"

static uint8_t room[4096];

/* ---- what the nodes tell ---- */

static struct {
    struct observer ear;
    uint32_t registers, expired, refused;
} told;

static void hear_access(void *ctx, const struct access *a, uint64_t now_us)
{
    (void)ctx, (void)now_us;
    told.registers +=
        strcmp(a->asked, "SIP REGISTER") == 0 || strcmp(a->asked, "SCCP KeepAliveReq") == 0;
    told.expired += strcmp(a->asked, "registration") == 0 && strcmp(a->answer, "expired") == 0;
    told.refused += strcmp(a->answer, "403") == 0;
}

static void listen_now(void)
{
    memset(&told, 0, sizeof told);
    told.ear.access = hear_access;
    lab_observe(current.lab, &told.ear);
}

static uint32_t registered_connections(void)
{
    return live_connections(current.lab->driver).registered;
}

/* ---- clients ---- */

static size_t register_text(const char *name, unsigned expires_s)
{
    struct wr w = wr_of(room, sizeof room);
    struct sip_register r = { .device = name,
                              .line = "1000",
                              .uuid = "u",
                              .local = "127.0.0.1",
                              .server = "127.0.0.11",
                              .local_port = 5555,
                              .user_agent = "test",
                              .model = 684,
                              .call_id = "c",
                              .branch = "z9hG4bK1",
                              .tag = "t",
                              .cseq = 1,
                              .expires_s = expires_s };
    sip_register_encode(&r, &w);
    return w.n;
}

/* The status of the last response. */
static int last_status(size_t n)
{
    struct view left = view_of(heard, n);
    struct sip_msg m = { .status = 0 };
    for (size_t one = 0; left.n > 0; left = view_sub(left, one, left.n - one)) {
        assert_true(sip_whole(left, &one, NULL) && one > 0);
        assert_true(sip_decode(view_sub(left, 0, one), &m, NULL));
    }
    return m.status;
}

static int registers(int fd, const char *name, unsigned expires_s)
{
    bool closed;
    say(fd, room, register_text(name, expires_s));
    return last_status(hear(fd, heard, sizeof heard, 40 * MS, &closed));
}

static void put_sccp(int fd, const struct sccp_msg *m)
{
    struct wr w = wr_of(room, sizeof room);
    sccp_encode(m, &w);
    say(fd, room, w.n);
}

static void short_lived(struct live_options *o)
{
    o->access = true;
    o->expiry_us = 1200 * MS;
}

/* One that only registers is registered no longer once its time is over; one that says that it is
 * there is, by whatever protocol. */
static void silence_ends_it(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 3, "8861", 0, false, false, short_lived };
    struct err e = { "" };
    bool closed;
    assert_non_null(build(&s, &e)); /* the phones themselves are off */
    quiet(current.lab);
    listen_now();
    int silent = dial(5060), alive = dial(5060), sccp = dial(2000);
    char names[3][16];
    for (uint32_t i = 0; i < 3; i++)
        lab_phone_name(current.lab, i, names[i]);
    uint64_t begin = lab_now_us(current.lab);
    assert_int_equal(registers(silent, names[0], 3600), 200);
    assert_int_equal(registers(alive, names[1], 3600), 200);
    put_sccp(sccp, &(struct sccp_msg){
                       .id = SCCP_REGISTER, .device = view_str(names[2]), .protocol = 11 });
    turn();
    assert_int_equal(registered_connections(), 3);
    while (lab_now_us(current.lab) - begin < 2000 * MS) {
        assert_int_equal(registers(alive, names[1], 3600), 200);
        put_sccp(sccp, &(struct sccp_msg){ .id = SCCP_KEEPALIVE });
        (void)hear(sccp, heard, sizeof heard, 40 * MS, &closed);
        assert_false(closed);
    }
    (void)hear(silent, heard, 1, 10 * MS, &closed);
    assert_true(closed);
    assert_int_equal(told.expired, 1);
    assert_int_equal(registered_connections(), 2);
    begin = lab_now_us(current.lab);
    (void)hear(alive, heard, sizeof heard, 4 * SECOND, &closed);
    assert_true(closed);
    assert_true(lab_now_us(current.lab) - begin >= 800 * MS);
    (void)hear(sccp, heard, sizeof heard, 4 * SECOND, &closed);
    assert_true(closed);
    assert_int_equal(told.expired, 3);
    assert_int_equal(registered_connections(), 0);
    close(silent);
    close(alive);
    close(sccp);
    done();
}

/* A phone that came back over another connection, the old one silent: that one ends, and nobody
 * says that the phone is registered no longer.  When the other one is silent too, it is said. */
static void an_old_connection_is_no_lost_phone(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 1, "8861", 0, false, false, short_lived };
    struct err e = { "" };
    char name[16];
    bool closed;
    assert_non_null(build(&s, &e));
    quiet(current.lab);
    listen_now();
    int old = dial(5060), fresh = dial(5060);
    lab_phone_name(current.lab, 0, name);
    uint64_t begin = lab_now_us(current.lab);
    assert_int_equal(registers(old, name, 3600), 200);
    while (lab_now_us(current.lab) - begin < 2000 * MS)
        assert_int_equal(registers(fresh, name, 3600), 200);
    (void)hear(old, heard, 1, 10 * MS, &closed);
    assert_true(closed);
    assert_int_equal(told.expired, 0);
    assert_int_equal(registered_connections(), 1);
    (void)hear(fresh, heard, sizeof heard, 4 * SECOND, &closed);
    assert_true(closed);
    assert_int_equal(told.expired, 1);
    close(old);
    close(fresh);
    done();
}

/* Behind a link that is down nothing ends; when it is back the connection is reset. */
static void nothing_ends_behind_a_dead_link(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 1, "8861", 0, false, false, short_lived };
    struct err e = { "" };
    struct link link = { .down = true };
    char name[16];
    bool closed;
    assert_non_null(build(&s, &e));
    quiet(current.lab);
    listen_now();
    int fd = dial(5060);
    lab_phone_name(current.lab, 0, name);
    assert_int_equal(registers(fd, name, 3600), 200);
    struct act act = lab_link_act(DO_NODE_LINK, 0, &link);
    assert_true(lab_do(current.lab, 0, &act, &e));
    (void)hear(fd, heard, 1, 2 * SECOND, &closed);
    assert_false(closed);
    assert_int_equal(told.expired, 0);
    link.down = false;
    act = lab_link_act(DO_NODE_LINK, 0, &link);
    assert_true(lab_do(current.lab, 0, &act, &e));
    (void)hear(fd, heard, 1, 1 * SECOND, &closed);
    assert_true(closed);
    close(fd);
    done();
}

/* One that leaves gives up its place: its connection is as any other. */
static void expires_0(void **state)
{
    (void)state;
    served(2);
    char names[2][16];
    bool closed;
    for (uint32_t i = 0; i < 2; i++)
        lab_phone_name(current.lab, i, names[i]);
    uint32_t before = registered_connections();
    int fd = dial(5060);
    assert_int_equal(registers(fd, names[0], 3600), 200);
    assert_int_equal(registered_connections(), before + 1);
    assert_int_equal(registers(fd, names[1], 0), 200); /* somebody else */
    assert_int_equal(registered_connections(), before + 1);
    assert_int_equal(registers(fd, names[0], 0), 200);
    assert_int_equal(registered_connections(), before);
    (void)hear(fd, heard, 1, 2 * SECOND, &closed); /* it may be silent as long as others */
    assert_true(closed);
    close(fd);
    done();
}

/* Who is registered stays so through what changes in the database; who comes anew does not. */
static void a_keepalive_is_not_judged_again(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 1, "8861", 0, false, false, NULL };
    struct err e = { "" };
    char name[16];
    assert_non_null(build(&s, &e)); /* the phone itself is off */
    quiet(current.lab);
    lab_phone_name(current.lab, 0, name);
    int fd = dial(5060), other = dial(5060);
    assert_int_equal(registers(fd, name, 3600), 200);
    struct act gone = { .kind = DO_DELETE_PHONES };
    if (!lab_do_phones(current.lab, 0, &gone, &(struct lab_whom){ .count = 1 }, &e))
        fail_msg("%s", e.text);
    assert_int_equal(registers(fd, name, 3600), 200);
    assert_int_equal(registers(other, name, 3600), 404);
    assert_int_equal(registers(fd, name, 0), 200);
    assert_int_equal(registers(fd, name, 3600), 404);
    close(fd);
    close(other);
    done();
}

/* ---- phones of the lab ---- */

static void keeps_alive(struct live_options *o)
{
    short_lived(o);
    o->keepalive_us = 100 * MS;
}

static void phones_stay(const char *model)
{
    struct setup s = { true, "12.5", 1, 1, 2, model, 0, false, false, keeps_alive };
    booted(&s);
    listen_now();
    lab_run_until(current.lab, lab_now_us(current.lab) + 2500 * MS);
    assert_int_equal(told.expired, 0);
    assert_true(told.registers >= 12);
    assert_int_equal(registered_connections(), 2);
    assert_true(current.lab->state.phones[0].registered && current.lab->state.phones[1].registered);
    done();
}

static void sip_keepalives(void **state)
{
    (void)state;
    phones_stay("8861");
}

static void sccp_keepalives(void **state)
{
    (void)state;
    phones_stay("7965");
}

/* A server of somebody else's takes it first, and then no more: it is no sign of life. */
static void a_refused_keepalive(void **state)
{
    (void)state;
    struct setup s = { true, "12.5", 1, 1, 1, "8861", 0, false, false, keeps_alive };
    struct lab *lab = booted(&s);
    const struct phone *p = &lab->state.phones[0];
    struct sockaddr_in a = at(5060);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1, fd = -1;
    act_service(lab, SERVICE_CALLMANAGER, DO_STOP);
    turn();
    assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(listener, 4), 0);
    for (int i = 0; i < 2000 && fd < 0; i++) {
        turn();
        fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    }
    assert_true(fd >= 0);
    static const int statuses[] = { 200, 200, 200, 200, 200, 403 };
    size_t n = 0;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        struct sip_msg m;
        size_t whole = 0;
        bool closed;
        while (whole == 0) {
            n += hear(fd, heard + n, sizeof heard - n, 2 * MS, &closed);
            assert_false(closed);
            assert_true(sip_whole(view_of(heard, n), &whole, NULL));
        }
        assert_true(sip_decode(view_of(heard, whole), &m, NULL));
        assert_true(view_eq(m.method, view_str("REGISTER")));
        struct wr w = wr_of(room, sizeof room);
        if (statuses[i] == 200)
            sip_response_encode(&m, 200, NULL, TALK_SIP_EXPIRES_S, &w);
        else
            talk_sip_reject(&m, REJECT_SECURITY, &w);
        say(fd, room, w.n);
        memmove(heard, heard + whole, n -= whole);
        turn();
        assert_int_equal(p->registered, statuses[i] == 200);
    }
    close(fd);
    close(listener);
    done();
}

/* ---- certificates ---- */

/* With the certificate of that phone; the status for that name. */
static struct tls_client dial_as(uint32_t phone, uint16_t port)
{
    struct lab *lab = current.lab;
    char name[16];
    lab_phone_name(lab, phone, name);
    struct forge_device device = forge_device_of(phone, name);
    const struct key *key;
    uint32_t identity = phone_identity(&lab->state.phones[phone]);
    struct view der = forge_phone_cert(lab->base->forge, &device, identity, &key);
    struct tls_config *config = tls_config_new(false, der, key, TLS_1_2, TLS_1_2);
    struct tls_client c = { dial(port), tls_new(config), false };
    tls_config_free(config);
    assert_true(c.fd >= 0);
    tls_until(&c, TLS_JUDGE);
    tls_judge(c.tls, true);
    tls_until(&c, TLS_OPEN);
    return c;
}

static size_t tls_says(struct tls_client *c, size_t bytes)
{
    size_t n = 0, got;
    assert_true(tls_write(c->tls, view_of(room, bytes)));
    for (int i = 0; i < 60; i++) {
        tls_turn(c);
        while ((got = tls_read(c->tls, heard + n, sizeof heard - n)) > 0)
            n += got;
    }
    return n;
}

static void whose_certificate(bool lsc)
{
    struct setup s = { true, "12.5", 1, 1, 2, "8861", CNF_ENCRYPTED, false, lsc, NULL };
    booted(&s);
    char names[2][16];
    struct sccp_msg m;
    size_t whole;
    for (uint32_t i = 0; i < 2; i++)
        lab_phone_name(current.lab, i, names[i]);
    for (uint32_t shown = 0; shown < 2; shown++) {
        struct tls_client c = dial_as(shown, 5061);
        assert_int_equal(last_status(tls_says(&c, register_text(names[1], 3600))),
                         shown == 1 ? 200 : 403);
        tls_hang_up(&c);
        c = dial_as(shown, 2443);
        struct wr w = wr_of(room, sizeof room);
        sccp_encode(
            &(struct sccp_msg){ .id = SCCP_REGISTER, .device = view_str(names[1]), .protocol = 11 },
            &w);
        size_t n = tls_says(&c, w.n);
        assert_true(sccp_whole(view_of(heard, n), &whole, NULL) && whole > 0);
        assert_true(sccp_decode(view_of(heard, whole), &m, NULL));
        assert_int_equal(m.id, shown == 1 ? SCCP_REGISTER_ACK : SCCP_REGISTER_REJECT);
        tls_hang_up(&c);
    }
    done();
}

static void another_phones_lsc(void **state)
{
    (void)state;
    whose_certificate(true);
}

static void another_phones_mic(void **state)
{
    (void)state;
    whose_certificate(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(silence_ends_it),     TEST(nothing_ends_behind_a_dead_link),
        TEST(expires_0),           TEST(a_keepalive_is_not_judged_again),
        TEST(sip_keepalives),      TEST(sccp_keepalives),
        TEST(a_refused_keepalive), TEST(another_phones_lsc),
        TEST(another_phones_mic),  TEST(an_old_connection_is_no_lost_phone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
