/* Where a phone registers, one action after the other: the next server, the last resort, the way
 * back. */
#include "phone_alone.h"

static uint32_t ccm, other, itl, plain, secure;

static int up(void **state)
{
    (void)state;
    phone_begins("8861");
    ccm = make_cert("ccm");
    other = make_cert("other");
    struct ct_record r[] = { { .role = TL_SAST, .cert = ccm },
                             { .role = TL_CCM_TFTP, .cert = ccm } };
    itl = make_list("itl", false, ccm, r, 2);
    struct cnf k = config_of(2);
    plain = content_cnf(&c, &k);
    k.security_mode = CNF_ENCRYPTED;
    k.transport = 3;
    secure = content_cnf(&c, &k);
    env.places = places + 1; /* TFTP servers 9 and 8, in no group */
    return 0;
}

/* As it is after a boot in which it took its configuration, or did not. */
static void registered(uint32_t config, bool taken)
{
    phone.itl = phone.ctl = itl;
    phone.config = config;
    phone.boot = taken ? 32 : 0; /* BOOT_CONFIG_OK */
    phone.state = PHONE_REGISTERED;
    phone.registered = true;
    phone.last_request = 99;
}

static void gone(enum server_gone how, const char *want)
{
    tell((struct event){ .type = EVENT_SERVER_LOST, .a = how }, want);
}

static void back(uint32_t index, const char *want)
{
    tell((struct event){ .type = EVENT_SERVER_BACK, .a = index }, want);
}

static void why_it_is_gone(void **state)
{
    (void)state;
    registered(plain, true);
    gone(SERVER_CLOSED, "unregistered closed; >Registering; #100 register @1 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 1; >Registered");
    gone(SERVER_SILENT, "unregistered keepalive; >Registering; #101 register @1 MIC; until 13");
}

/* Rejected, refused, silent: each time the next one, and behind the second nobody. */
static void the_second_server(void **state)
{
    (void)state;
    registered(plain, true);
    gone(SERVER_CLOSED, "unregistered closed; >Registering; #100 register @1 MIC; until 13");
    answer(EVENT_REJECTED, REJECT_UNKNOWN_DEVICE,
           "rejected unknown by 1; #101 register @2 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 2; >Registered");
    gone(SERVER_CLOSED, "unregistered closed; >Registering; #102 register @1 MIC; until 13");
    answer(EVENT_REFUSED, 0, "#103 register @2 MIC; until 13");
    timer("#103 cancel; >Unregistered; lost registration; until 20");
}

/* A plain phone that has no configuration of today tries its TFTP server at last; one that took it
 * does so with the other knob, and a secure one never. */
static void the_last_resort(void **state)
{
    (void)state;
    static const struct {
        bool secure, taken, knob, valid;
        const char *want;
    } rows[] = {
        { false, false, true, false, "#102 register @9 MIC; until 13" },
        { false, false, false, true, NULL },
        { false, true, true, false, NULL },
        { false, true, false, true, "#102 register @9 MIC; until 13" },
        { true, false, true, true, NULL },
        { true, true, true, true, NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        phone_ends(NULL);
        up(NULL);
        knobs.value[KNOB_REGISTER_AT_TFTP] = rows[i].knob;
        knobs.value[KNOB_REGISTER_AT_TFTP_VALID] = rows[i].valid;
        registered(rows[i].secure ? secure : plain, rows[i].taken);
        gone(SERVER_CLOSED,
             rows[i].secure ? "unregistered closed; >Registering; #100 ccm? TLS @1 MIC; until 13"
                            : "unregistered closed; >Registering; #100 register @1 MIC; until 13");
        answer(EVENT_REFUSED, 0,
               rows[i].secure ? "#101 ccm? TLS @2 MIC; until 13"
                              : "#101 register @2 MIC; until 13");
        answer(EVENT_REFUSED, 0,
               rows[i].want == NULL ? ">Unregistered; lost registration; until 20" : rows[i].want);
    }
}

/* Behind the last of them there is nobody, however many the group has. */
static void behind_the_last_resort(void **state)
{
    (void)state;
    for (uint8_t servers = 1; servers <= CNF_SERVERS; servers++) {
        phone_ends(NULL);
        up(NULL);
        struct cnf k = config_of(servers);
        registered(content_cnf(&c, &k), false);
        char want[100];
        gone(SERVER_CLOSED, "unregistered closed; >Registering; #100 register @1 MIC; until 13");
        for (uint8_t i = 1; i <= servers; i++) {
            snprintf(want, sizeof want, "#%u register @%u MIC; until 13", 100u + i,
                     i < servers ? i + 1u : 9u);
            answer(EVENT_REFUSED, 0, want);
        }
        answer(EVENT_REFUSED, 0, ">Unregistered; lost registration; until 20");
    }
}

/* A certificate that it does not trust: refused under the number of the handshake, the next server
 * under another one. */
static void a_strange_server(void **state)
{
    (void)state;
    registered(secure, true);
    gone(SERVER_CLOSED, "unregistered closed; >Registering; #100 ccm? TLS @1 MIC; until 13");
    answer(EVENT_TLS_CERT, other, "#100 refuse TLS @1 MIC; #101 ccm? TLS @2 MIC; until 13");
    answer(EVENT_TLS_CERT, ccm, "#101 accept TLS @2 MIC; until 13");
    answer(EVENT_TLS_OPEN, 0, "#101 register TLS @2 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 2; >Registered");
}

/* To the server that answers again, not from the first one on; where that one does not take it, to
 * those behind it. */
static void the_way_back(void **state)
{
    (void)state;
    registered(plain, false);
    gone(SERVER_CLOSED, "unregistered closed; >Registering; #100 register @1 MIC; until 13");
    answer(EVENT_REFUSED, 0, "#101 register @2 MIC; until 13");
    answer(EVENT_REFUSED, 0, "#102 register @9 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 3; >Registered");
    back(1, "unregistered failback; #0 unregister; >Registering; #103 register @2 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 2; >Registered");
    back(1, ""); /* no better than its own */
    back(0, "unregistered failback; #0 unregister; >Registering; #104 register @1 MIC; until 13");
    answer(EVENT_REJECTED, REJECT_GROUP, "rejected group by 1; #105 register @2 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 2; >Registered");
}

/* Busy with a service, it leaves at once and looks for a server behind it. */
static void back_while_busy(void **state)
{
    (void)state;
    registered(plain, true);
    phone.server = 1;
    tell((struct event){ .type = EVENT_PRESS, .a = KEY_SERVICES },
         ">Service; #100 https? TLS @2; until 14");
    back(1, "; until 14"); /* its own */
    back(2, "; until 14");
    back(0, "unregistered failback; #0 unregister; until 14");
    back(0, "; until 14");
    answer(EVENT_REFUSED, 0,
           "Services failed; 'HOST_NOT_FOUND; lost services; >Registering; #101 register @1 MIC; "
           "until 13");
}

/* Twice as long each time, up to the longest wait and no further; at the first server that takes it
 * the count begins anew. */
static void longer_and_longer(void **state)
{
    (void)state;
    static const struct {
        uint64_t first_us, most_us, waits_us[5];
    } rows[] = {
        { 20000000, 70000000, { 20000000, 40000000, 70000000, 70000000, 70000000 } },
        { 20000000, 40000000, { 20000000, 40000000, 40000000, 40000000, 40000000 } },
        { 20000000, 20000001, { 20000000, 20000001, 20000001, 20000001, 20000001 } },
        { 20000000, 10000000, { 10000000, 10000000, 10000000, 10000000, 10000000 } },
        { 1, 1000000, { 1, 2, 4, 8, 16 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        phone_ends(NULL);
        up(NULL);
        knobs.value[KNOB_RETRY_US] = rows[i].first_us;
        knobs.value[KNOB_RETRY_MAX_US] = rows[i].most_us;
        for (int again = 0; again < 2; again++) {
            registered(plain, true);
            phone.deadline_us = 0;
            assert_int_equal(phone.fails, 0);
            for (int k = 0; k < 5; k++) {
                phone.state = PHONE_REGISTERING;
                phone.registered = false;
                phone.retry_us = 0;
                phone.server = 1;
                phone.request[GOAL_WORK] = ++phone.last_request;
                out.count = 0;
                phone_step(
                    &phone, &env,
                    &(struct event){ .type = EVENT_REFUSED, .request = phone.request[GOAL_WORK] },
                    &out);
                assert_int_equal(phone.state, PHONE_UNREGISTERED);
                assert_true(phone.deadline_us == env.now_us + rows[i].waits_us[k]);
                assert_true(phone.retry_us == phone.deadline_us);
                assert_int_equal(phone.idle, k > 0); /* the second ends as the first did */
            }
            phone.state = PHONE_REGISTERING;
            phone.retry_us = 0;
            phone.request[GOAL_WORK] = ++phone.last_request;
            out.count = 0;
            phone_step(
                &phone, &env,
                &(struct event){ .type = EVENT_REGISTERED, .request = phone.request[GOAL_WORK] },
                &out);
            assert_int_equal(phone.attempt, 0);
        }
    }
}

/* One end of the boot time pulls the other along, and no other knob does. */
static void ends_of_the_boot_time(void **state)
{
    (void)state;
    static const struct {
        enum knob knob;
        uint64_t value, least, most;
    } rows[] = {
        { KNOB_BOOT_MIN_US, 7, 7, 20 },   { KNOB_BOOT_MIN_US, 20, 20, 20 },
        { KNOB_BOOT_MIN_US, 30, 30, 30 }, { KNOB_BOOT_MAX_US, 30, 10, 30 },
        { KNOB_BOOT_MAX_US, 10, 10, 10 }, { KNOB_BOOT_MAX_US, 5, 5, 5 },
        { KNOB_RETRY_US, 5, 10, 20 },     { KNOB_RETRY_US, 30, 10, 20 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        knobs.value[KNOB_BOOT_MIN_US] = 10;
        knobs.value[KNOB_BOOT_MAX_US] = 20;
        knobs_set(&knobs, rows[i].knob, rows[i].value);
        assert_true(knobs.value[rows[i].knob] == rows[i].value);
        assert_int_equal(knobs.value[KNOB_BOOT_MIN_US], rows[i].least);
        assert_int_equal(knobs.value[KNOB_BOOT_MAX_US], rows[i].most);
    }
}

/* A boot takes as long as is drawn, between the two knobs and with both. */
static void as_long_as_a_boot(void **state)
{
    (void)state;
    uint32_t seen[8] = { 0 };
    knobs.value[KNOB_BOOT_MIN_US] = 100;
    knobs.value[KNOB_BOOT_MAX_US] = 102;
    for (uint32_t i = 0; i < 60; i++) {
        phone_init(&phone, i, phone.model, 0, 1);
        out.count = 0;
        phone_step(&phone, &env, &(struct event){ .type = EVENT_POWER_ON }, &out);
        uint64_t took_us = phone.deadline_us - env.now_us - 1; /* an instant later at least */
        assert_in_range(took_us, 100, 102);
        seen[took_us - 100]++;
    }
    for (int k = 0; k < 3; k++)
        assert_in_range(seen[k], 5, 50);
}

/* It takes leave where it goes by itself. */
static void leave(void **state)
{
    (void)state;
    registered(plain, true);
    tell((struct event){ .type = EVENT_ERASE },
         "'ERASING; unregistered keypad; #0 unregister; >Starting; until 5");
    registered(plain, true);
    phone.deadline_us = 0;
    tell((struct event){ .type = EVENT_POWER_OFF }, "unregistered power; >Off");
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, phone_ends)
    const struct CMUnitTest tests[] = {
        TEST(why_it_is_gone),        TEST(the_second_server),
        TEST(the_last_resort),       TEST(behind_the_last_resort),
        TEST(a_strange_server),      TEST(the_way_back),
        TEST(back_while_busy),       TEST(leave),
        TEST(longer_and_longer),     TEST(as_long_as_a_boot),
        TEST(ends_of_the_boot_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
