/* What others ask of a phone, in tables: servers, points of time, words on its display, what it
 * held when it refused something. */
#include "phone_alone.h"

static int up(void **state)
{
    (void)state;
    phone_begins("7965");
    return 0;
}

/* A configuration of the other protocol, as XMLDefault.cnf.xml is for some, changes no firmware. */
static void protocols(void **state)
{
    static const struct {
        const char *model;
        uint8_t config, want;
    } rows[] = { { "8851", CNF_SCCP, CNF_SIP },  { "8851", CNF_SIP, CNF_SIP },
                 { "7965", CNF_SCCP, CNF_SCCP }, { "7965", CNF_SIP, CNF_SIP },
                 { "7920", CNF_SIP, CNF_SCCP },  { "7920", CNF_SCCP, CNF_SCCP } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t model;
        struct cnf k = config_of(1);
        assert_true(model_find(rows[i].model, &model));
        phone.model = model;
        phone.config = 0;
        assert_int_equal(phone_protocol(&phone, &c), model_table[model].protocol);
        k.protocol = rows[i].config;
        phone.config = content_cnf(&c, &k);
        assert_int_equal(phone_protocol(&phone, &c), rows[i].want);
    }
}

/* The CallManagers in order; behind them, once, the TFTP server that it uses, for a phone that is
 * not secure, where it is not one of them already and the knob says so. */
static void servers(void **state)
{
    (void)state;
    enum { NONE, SECURE, AUTHENTICATED, KNOB_OFF, NO_CONFIG };
    static const struct {
        uint8_t place, tftp, count, but;
        uint8_t want[6]; /* last number of the address; 0: none */
    } rows[] = {
        { 1, 0, 3, NONE, { 1, 2, 3, 9, 0, 0 } },
        { 1, 1, 3, NONE, { 1, 2, 3, 8, 0, 0 } },
        { 1, 0, 1, NONE, { 1, 9, 0, 0, 0, 0 } },
        { 1, 0, 0, NONE, { 9, 0, 0, 0, 0, 0 } },
        { 0, 0, 3, NONE, { 1, 2, 3, 0, 0, 0 } },
        { 2, 0, 3, NONE, { 1, 2, 3, 0, 0, 0 } },
        { 2, 0, 2, NONE, { 1, 2, 3, 0, 0, 0 } },
        { 1, 0, 3, SECURE, { 1, 2, 3, 0, 0, 0 } },
        { 1, 0, 2, AUTHENTICATED, { 1, 2, 0, 0, 0, 0 } },
        { 1, 0, 3, KNOB_OFF, { 1, 2, 3, 0, 0, 0 } },
        { 1, 0, 3, NO_CONFIG, { 0, 0, 0, 0, 0, 0 } },
    };
    static const struct phone_place where[] = { { { ADDRESS(1), 0 } },
                                                { { ADDRESS(9), ADDRESS(8) } },
                                                { { ADDRESS(3), 0 } } };
    env.places = where;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cnf k = config_of(rows[i].count);
        k.security_mode = rows[i].but == SECURE          ? CNF_ENCRYPTED
                          : rows[i].but == AUTHENTICATED ? CNF_AUTHENTICATED
                                                         : CNF_NON_SECURE;
        phone.config = rows[i].but == NO_CONFIG ? 0 : content_cnf(&c, &k);
        phone.place = rows[i].place;
        phone.tftp = rows[i].tftp & 1;
        knobs.value[KNOB_REGISTER_AT_TFTP] = rows[i].but != KNOB_OFF;
        for (uint32_t n = 0; n < 6; n++)
            assert_int_equal(phone_server(&phone, &env, n),
                             rows[i].want[n] == 0 ? 0 : ADDRESS(rows[i].want[n]));
        assert_int_equal(phone_is_secure(&phone, &c),
                         rows[i].but == SECURE || rows[i].but == AUTHENTICATED);
    }
}

/* As many TVS as its configuration names, three at most; none in XMLDefault, none without ITL. */
static void tvs_servers(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        uint8_t named;
        bool is_default;
        uint32_t want;
    } rows[] = { { "7965", 0, false, 0 }, { "7965", 1, false, 1 }, { "7965", 3, false, 3 },
                 { "7965", 4, false, 3 }, { "7965", 5, false, 3 }, { "7965", 3, true, 0 },
                 { "7960", 3, false, 0 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t model;
        assert_true(model_find(rows[i].model, &model));
        phone.model = model;
        struct cnf k = config_of(3);
        k.tvs_count = rows[i].named;
        k.is_default = rows[i].is_default;
        phone.config = content_cnf(&c, &k);
        assert_int_equal(phone_tvs_servers(&phone, &c), rows[i].want);
    }
}

/* The next instant after now at its own part (in 65536ths) of every interval. */
static void own_points(void **state)
{
    (void)state;
    static const struct {
        uint64_t interval_us;
        uint16_t point;
        uint64_t now_us, want_us;
    } rows[] = {
        { 0, 0x8000, 7, 8 }, /* no interval: at once */
        { 65536, 0, 0, 65536 },
        { 65536, 1, 0, 1 },
        { 65536, 1, 1, 65537 },
        { 65536, 0xffff, 65534, 65535 },
        { 65536, 0xffff, 65535, 131071 },
        { 30000001, 0x8000, 0, 15000000 },
        { 30000001, 0x8000, 15000000, 45000001 },
        { 30000000, 0xffff, 0, 29999542 },
        { 131071, 0xffff, 0, 131069 }, /* the remainder of 65536ths counts too */
        { 3, 0x5555, 0, 3 },
        { 3, 0x5556, 0, 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        phone.point = rows[i].point;
        knobs.value[KNOB_RETRY_US] = rows[i].interval_us;
        knobs.value[KNOB_KEEPALIVE_US] = 1;
        assert_int_equal(phone_wake_us(&phone, &knobs, rows[i].now_us), rows[i].want_us);
        knobs.value[KNOB_RETRY_US] = 1;
        knobs.value[KNOB_KEEPALIVE_US] = rows[i].interval_us;
        struct cnf sip = config_of(1);
        sip.protocol = CNF_SIP;
        phone.config = content_cnf(&c, &sip);
        assert_int_equal(phone_keepalive_us(&phone, &c, &knobs, rows[i].now_us), rows[i].want_us);
    }
}

/* SIP: at its next keepalive.  SCCP: at the last of as many as go unanswered, each 30 s.  Without a
 * configuration the model's protocol counts. */
static void keepalives(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        int protocol; /* -1: no configuration */
        uint64_t missed, want_s;
    } rows[] = {
        { "7965", CNF_SIP, 3, 60 }, { "7965", CNF_SCCP, 3, 75 }, { "7965", CNF_SCCP, 1, 15 },
        { "7965", -1, 2, 45 },      { "8861", -1, 3, 60 },
    };
    phone.point = 0x8000;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t model;
        struct cnf k = config_of(1);
        assert_true(model_find(rows[i].model, &model));
        phone.model = model;
        k.protocol = rows[i].protocol == CNF_SIP ? CNF_SIP : CNF_SCCP;
        phone.config = rows[i].protocol < 0 ? 0 : content_cnf(&c, &k);
        knobs = knobs_default();
        assert_int_equal(knobs.value[KNOB_KEEPALIVE_SCCP_MISSED], 3);
        knobs.value[KNOB_KEEPALIVE_SCCP_MISSED] = rows[i].missed;
        assert_int_equal(phone_keepalive_us(&phone, &c, &knobs, 0), rows[i].want_s * 1000000);
    }
}

/* From power to the first request: each microsecond between the two knobs, and none beside. */
static void boot_times(void **state)
{
    (void)state;
    uint32_t took[8] = { 0 };
    knobs.value[KNOB_BOOT_MIN_US] = 2;
    knobs.value[KNOB_BOOT_MAX_US] = 5;
    for (uint32_t device = 0; device < 1000; device++) {
        phone_init(&phone, device, 0, 0, 1);
        out.count = 0;
        phone_step(&phone, &env, &(struct event){ .type = EVENT_POWER_ON }, &out);
        assert_in_range(phone.deadline_us - env.now_us, 3, 6); /* one later: never at once */
        took[phone.deadline_us - env.now_us]++;
    }
    for (int us = 3; us <= 6; us++)
        assert_in_range(took[us], 200, 300);
}

static void words(void **state)
{
    (void)state;
    static const struct {
        uint8_t message;
        const char *secd, *secureapp, *d89xx; /* NULL: as secureapp */
    } rows[] = {
        { STATUS_CTL_AND_ITL_INSTALLED, NULL, "CTL and ITL installed", NULL },
        { STATUS_CTL_INSTALLED, NULL, "CTL Installed", NULL },
        { STATUS_ITL_INSTALLED, NULL, "ITL installed", NULL },
        { STATUS_TRUST_LIST_UPDATED, NULL, "Trust List updated", NULL },
        { STATUS_TRUST_LIST_UPDATE_FAILED, "Trust List Update Failed", "Trust List update failed",
          "Trust List Update Failed" },
        { STATUS_NO_TRUST_LIST, "No Trust List Installed", "No Trust List installed", NULL },
        { STATUS_ERASING, NULL, "Erasing CTL and ITL files", NULL },
        { STATUS_FILE_NOT_FOUND, NULL, "File Not Found <x.tlv>", NULL },
        { STATUS_TFTP_TIMEOUT, "TFTP Timeout : x.tlv", "TFTP timeout : x.tlv", NULL },
        { STATUS_TFTP_ERROR, "TFTP Error : x.tlv", "TFTP error : x.tlv", NULL },
        { STATUS_FILE_REFUSED, "File Auth Failed : x.tlv", "File auth error : x.tlv",
          "invalid file x.tlv, authenticated fail. Reason:14." },
        { STATUS_CONFIG_USED, NULL, "x.tlv", NULL },
        { STATUS_SIZE_ERROR, "TFTP Size Error : x.tlv", "CFG TFTP Size Error : x.tlv", NULL },
        { STATUS_RESTART_REQUESTED, NULL,
          "Restart requested by Cisco Unified Communications Manager", NULL },
        { STATUS_HOST_NOT_FOUND, NULL, "Host Not Found", NULL },
        { STATUS_DOT1X_FAILED, NULL, "802.1x Authentication: Failed", NULL },
    };
    static const char *const models[] = { "7965", "8845", "9971" };
    assert_int_equal(sizeof rows / sizeof rows[0], STATUS_MESSAGES);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *want[] = { rows[i].secd, rows[i].secureapp, rows[i].d89xx };
        for (int k = 0; k < 3; k++) {
            uint8_t model;
            char text[160];
            assert_true(model_find(models[k], &model));
            phone_status_text((enum status_message)rows[i].message, model, "x.tlv", text);
            assert_string_equal(text, want[k] != NULL ? want[k] : rows[i].secureapp);
        }
    }
    static const char *const causes[CAUSES] = {
        [CAUSE_INITIALIZED] = "Initialized",     [CAUSE_RESET_RESET] = "Reset-Reset",
        [CAUSE_RESET_RESTART] = "Reset-Restart", [CAUSE_KEEPALIVE_TO] = "KeepaliveTO",
        [CAUSE_PHONE_KEYPAD] = "Phone-Keypad",   [CAUSE_POWER] = "Power off"
    };
    for (int i = 0; i < CAUSES; i++) {
        if (causes[i] != NULL)
            assert_string_equal(phone_cause_name((enum restart_cause)i), causes[i]);
    }
}

/* A name that is too long is cut, whatever stands behind it. */
static void a_long_name(void **state)
{
    (void)state;
    uint8_t model;
    char name_long[200], text[161];
    memset(name_long, 'n', sizeof name_long - 1);
    name_long[sizeof name_long - 1] = '\0';
    assert_true(model_find("8845", &model));
    for (size_t n = 140; n < 160; n++) {
        name_long[n] = '\0';
        memset(text, 'z', sizeof text);
        phone_status_text(STATUS_FILE_NOT_FOUND, model, name_long, text); /* File Not Found <%s> */
        size_t whole = 16 + n + 1;
        assert_int_equal(strlen(text), whole < 159 ? whole : 159);
        assert_int_equal(text[strlen(text) - 1], whole <= 159 ? '>' : 'n');
        assert_int_equal(text[160], 'z');
        name_long[n] = 'n';
    }
}

/* The chain is told of what it held when it refused, whatever it got since. */
static void what_it_held_then(void **state)
{
    (void)state;
    uint32_t a = make_cert("a"), b = make_cert("b"), t = make_cert("t");
    struct ct_record r[] = { { .role = TL_SAST, .cert = a },
                             { .role = TL_CCM_TFTP, .cert = a },
                             { .role = TL_TVS, .cert = t } };
    uint32_t lists[4];
    static const char *const names[] = { "1", "2", "3", "4" };
    for (uint32_t i = 0; i < 4; i++)
        lists[i] = make_list(names[i], i % 2 == 0, i == 1 ? b : a, r, 3 - i / 2);
    struct cnf one = config_of(1), none = config_of(0);
    phone.ctl = lists[0];
    phone.config = content_cnf(&c, &one);
    tell((struct event){ .type = EVENT_POWER_ON }, ">Starting; until 5");
    timer(">CTL; #1 fetch CTL @1; until 11");
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #2 fetch ITL @1; until 11");
    answer(EVENT_FILE, lists[1], ">TVS; #3 tvs? @1; until 12");
    answer(EVENT_REFUSED, 0,
           "tvs 1 closed; refuses 2 as ITL; 'UPDATE_FAILED; lost lists; >Config; "
           "#4 fetch cnf.sgn @1; until 11");
    uint32_t config = phone.config;
    phone.ctl = lists[2];
    phone.itl = lists[3];
    phone.config = content_cnf(&c, &none);
    struct phone then = phone_then(&phone, &env, TRUST_ITL);
    assert_int_equal(then.ctl, lists[0]);
    assert_int_equal(then.itl, 0);
    assert_int_equal(then.config, config);
    then = phone_then(&phone, &env, TRUST_CTL); /* nothing refused: as it is */
    assert_int_equal(then.ctl, lists[2]);
    struct trust_chain chain;
    enum trust_verdict verdict = TRUST_FIRST;
    assert_int_equal(phone_explain(&phone, &env, TRUST_ITL, &chain, &verdict), lists[1]);
    assert_int_equal(verdict, TRUST_REFUSED);
    static const uint8_t results[] = { CHECK_NO_MATCH, CHECK_NO_MATCH, CHECK_ABSENT, CHECK_NO_MATCH,
                                       CHECK_TVS };
    assert_int_equal(chain.count, sizeof results);
    for (uint32_t i = 0; i < chain.count; i++)
        assert_int_equal(chain.checks[i].result, results[i]);
    assert_int_equal(phone_explain(&phone, &env, TRUST_CTL, &chain, &verdict), 0);
    assert_int_equal(chain.count, 0);
}

/* After 65535 comes 1. */
static void requests_go_round(void **state)
{
    (void)state;
    phone.last_request = 65534;
    tell((struct event){ .type = EVENT_POWER_ON }, ">Starting; until 5");
    timer(">CTL; #65535 fetch CTL @1; until 11");
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #1 fetch ITL @1; until 11");
}

/* What somebody does to it, in any state. */
static void somebody(void **state)
{
    (void)state;
    struct cnf k = config_of(1);
    uint32_t a = make_cert("a");
    struct ct_record r[] = { { .role = TL_TVS, .cert = a } };
    phone.ctl = make_list("ctl", true, a, r, 1);
    phone.itl = make_list("itl", false, a, r, 1);
    phone.config = content_cnf(&c, &k);
    phone.state = PHONE_REGISTERED;
    phone.registered = true;
    tell((struct event){ .type = EVENT_ERASE },
         "'ERASING; unregistered keypad; #0 unregister; >Starting; until 5");
    assert_true(phone.ctl == 0 && phone.itl == 0 && phone.config != 0);
    tell((struct event){ .type = EVENT_RESET }, "'RESTART; >Starting; until 5");
    tell((struct event){ .type = EVENT_POWER_OFF }, ">Off");
    tell((struct event){ .type = EVENT_POWER_ON }, ">Starting; until 5");
}

/* How long it remembers what TVS said of a certificate: the longest of its answers about that one,
 * wherever they lie; of nothing else. */
static void remembers(void **state)
{
    (void)state;
    uint32_t a = make_cert("a"), b = make_cert("b"), other = make_cert("other");
    const struct trust_cached slots[] = { { 0, 0 },
                                          { content_vouch(&c, a, 1), 300 },
                                          { content_vouch(&c, a, 2), 200 },
                                          { content_vouch(&c, b, 1), 400 } };
    for (uint32_t k = 0; k < 64; k++) {
        const uint32_t at[] = { k % 4, k / 4 % 4, k / 16 };
        uint32_t until_a = 0, until_b = 0;
        for (int i = 0; i < 3; i++) {
            phone.cache[i] = slots[at[i]];
            if ((at[i] == 1 || at[i] == 2) && slots[at[i]].until_s > until_a)
                until_a = slots[at[i]].until_s;
            if (at[i] == 3)
                until_b = 400;
        }
        assert_int_equal(phone_remembers_until_s(&phone, &c, a), until_a);
        assert_int_equal(phone_remembers_until_s(&phone, &c, b), until_b);
        assert_int_equal(phone_remembers_until_s(&phone, &c, other), 0);
    }
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, phone_ends)
    const struct CMUnitTest tests[] = {
        TEST(protocols),         TEST(servers),  TEST(tvs_servers), TEST(own_points),
        TEST(boot_times),        TEST(words),    TEST(a_long_name), TEST(what_it_held_then),
        TEST(requests_go_round), TEST(somebody), TEST(remembers),   TEST(keepalives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
