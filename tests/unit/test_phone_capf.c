/* A phone's session with CAPF, action by action: when it goes there, how it judges the certificate,
 * what it answers, what it does where nobody answers, and where it is afterwards. */
#include "phone_alone.h"

#include "sim/wire/capf.h"
#include "sim/wire/text.h"

static uint32_t ccm, tvs, capf, stranger, itl, lsc;

static void begin(const char *model)
{
    phone_begins(model);
    knobs.value[KNOB_CAPF_TIMEOUT_US] = 15000000;
    knobs.value[KNOB_CAPF_RETRY_US] = 30000000;
    ccm = make_cert("ccm");
    tvs = make_cert("tvs");
    capf = make_cert("capf");
    stranger = make_cert("stranger");
    lsc = name("lsc", content_lsc(&c, capf, DIGEST_SHA256, 1, 2));
    const struct ct_record records[] = { { .role = TL_SAST, .cert = ccm },
                                         { .role = TL_CCM_TFTP, .cert = ccm },
                                         { .role = TL_TVS, .cert = tvs },
                                         { .role = TL_CAPF, .cert = capf } };
    struct ct_record with_signer[4];
    for (int i = 0; i < 4; i++) {
        with_signer[i] = records[i];
        with_signer[i].signer = content_get_cert(&c, records[i].cert)->signer;
    }
    itl = make_list("itl", false, ccm, with_signer, 4);
    phone.itl = phone.ctl = itl;
}

static uint32_t config(uint8_t mode, uint8_t security)
{
    struct cnf k = config_of(2);
    k.capf_auth_mode = mode;
    k.security_mode = security;
    cnf_text(k.capf_address, sizeof k.capf_address, "10.0.0.7");
    return content_cnf(&c, &k);
}

static int up(void **state)
{
    (void)state;
    begin("7965");
    return 0;
}

/* It asks for the next file, and holds this configuration. */
static void comes_to_registration(uint32_t held)
{
    phone.config = held;
    phone.state = PHONE_FILES;
    phone.fetching = FILE_RINGLIST_SGN;
    phone.request[GOAL_WORK] = phone.last_request = 9;
    phone.deadline_us = env.now_us + 1000000;
}

static void is_registered(uint32_t held)
{
    phone.config = held;
    phone.state = PHONE_REGISTERED;
    phone.registered = true;
    phone.last_request = 9;
}

static void says(enum capf_says what, uint32_t with, const char *want)
{
    tell(
        (struct event){
            .type = EVENT_CAPF, .request = phone.request[GOAL_SERVICE], .a = with, .b = what },
        want);
}

/* Not secure: registered first, and stays so. */
static void after_registration(void **state)
{
    (void)state;
    comes_to_registration(config(CAPF_AUTH_NULL_STRING, CNF_NON_SECURE));
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND ring.sgn; >Registering; #10 register @1 MIC; until 13");
    answer(EVENT_REGISTERED, 0, "registered 1; >Registered; >CAPF; #11 capf? @7; until 15");
    assert_true(phone.registered);
    answer(EVENT_TLS_CERT, capf, "#11 accept TLS @7; until 15");
    answer(EVENT_TLS_OPEN, 0, "#11 capf-auth TLS @7 ?; until 15");
    says(CAPF_SAYS_KEY, 2048, "#11 capf-key TLS @7; until 15");
    assert_int_equal(phone.lsc, 0);
    says(CAPF_SAYS_STORE, lsc, "capf installed; #11 capf-done TLS @7 lsc; until 15");
    assert_int_equal(phone.lsc, lsc);
    says(CAPF_SAYS_END, CAPF_UPDATE_CERT, ">Registered");
    assert_true(phone.registered);
    assert_int_equal(phone.request[GOAL_SERVICE], 0);
}

/* CAPF is named as any other server is: by a host name too (System > Server). */
static void by_name(void **state)
{
    (void)state;
    char want[100];
    struct cnf k = config_of(2);
    k.capf_auth_mode = CAPF_AUTH_MIC;
    k.security_mode = CNF_ENCRYPTED;
    cnf_text(k.capf_address, sizeof k.capf_address, "cucm-pub.example.com");
    comes_to_registration(content_cnf(&c, &k));
    snprintf(want, sizeof want, "'NOT_FOUND ring.sgn; >CAPF; #10 capf? @%u; until 15",
             (unsigned)(text_host("cucm-pub.example.com") & 0xff));
    answer(EVENT_NO_FILE, 0, want);
}

/* Secure: not before the session has ended, with what it has then. */
static void before_registration(void **state)
{
    (void)state;
    comes_to_registration(config(CAPF_AUTH_MIC, CNF_ENCRYPTED));
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND ring.sgn; >CAPF; #10 capf? @7; until 15");
    answer(EVENT_TLS_CERT, capf, "#10 accept TLS @7; until 15");
    answer(EVENT_TLS_OPEN, 0, "#10 capf-auth TLS @7 MIC; until 15");
    says(CAPF_SAYS_KEY, 2048, "#10 capf-key TLS @7; until 15");
    says(CAPF_SAYS_STORE, lsc, "capf installed; #10 capf-done TLS @7 lsc; until 15");
    says(CAPF_SAYS_END, CAPF_UPDATE_CERT, ">Registering; #11 ccm? TLS @1 lsc; until 13");
}

/* What it proves itself with, by the mode: word of the action, for a phone with an LSC or without,
 * of a model with a MIC or without. */
static void proofs(void **state)
{
    static const struct {
        uint8_t mode;
        bool mic, lsc;
        const char *with;
    } rows[] = {
        { CAPF_AUTH_NULL_STRING, true, true, "?" }, { CAPF_AUTH_LSC, true, true, "lsc" },
        { CAPF_AUTH_LSC, true, false, "MIC" },      { CAPF_AUTH_LSC, false, false, "?" },
        { CAPF_AUTH_MIC, true, true, "MIC" },       { CAPF_AUTH_MIC, false, true, "lsc" },
        { CAPF_AUTH_MIC, false, false, "?" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char want[80];
        phone_ends(state);
        begin(rows[i].mic ? "7965" : "7960");
        phone.lsc = rows[i].lsc ? lsc : 0;
        uint32_t shown = phone_capf_identity(&phone, &c);
        assert_int_equal(shown, CONTENT_NOBODY); /* no configuration */
        is_registered(config(rows[i].mode, CNF_NON_SECURE));
        snprintf(want, sizeof want, "%s", name_of(phone_capf_identity(&phone, &c)));
        assert_string_equal(want, rows[i].with);
    }
}

/* Nobody listens, then no answer, then nobody: three attempts, and it goes on as it is. */
static void three_attempts(void **state)
{
    (void)state;
    comes_to_registration(config(CAPF_AUTH_NULL_STRING, CNF_ENCRYPTED));
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND ring.sgn; >CAPF; #10 capf? @7; until 15");
    answer(EVENT_REFUSED, 0, "capf silent; >CAPF wait; until 30");
    timer(">CAPF; #11 capf? @7; until 15");
    timer("#11 cancel; capf silent; >CAPF wait; until 30");
    timer(">CAPF; #12 capf? @7; until 15");
    answer(EVENT_REFUSED, 0, "capf silent; >Registering; #13 ccm? TLS @1 MIC; until 13");
}

/* Its lists do not know the certificate: TVS is asked, in the middle of the handshake. */
static void by_tvs(void **state)
{
    (void)state;
    is_registered(config(CAPF_AUTH_NULL_STRING, CNF_NON_SECURE));
    tell((struct event){ .type = EVENT_CAPF_STRING, .a = name("4711", content_str(&c, "4711")) },
         ">CAPF; #10 capf? @7; until 15");
    answer(EVENT_TLS_CERT, stranger, ">TVS; #11 tvs? @1; until 12");
    answer(EVENT_TLS_CERT, tvs, "#11 accept @1; until 12");
    answer(EVENT_TLS_OPEN, 0, "#11 verify stranger; until 12");
    vouches(stranger, ROLE_BIT(TL_CAPF), 60, "tvs 1 trusted; #10 accept TLS @7; >CAPF; until 15");
    answer(EVENT_TLS_OPEN, 0, "#10 capf-auth TLS @7 ? 4711; until 15");
    says(CAPF_SAYS_END, CAPF_INVALID_ELEMENT, "capf refused; >Registered");
    assert_int_equal(phone.told, 0);
    /* Vouched for as a server of pages: not as a CAPF. */
    tell((struct event){ .type = EVENT_RESET },
         "'RESTART; unregistered reset; #0 unregister; >Starting; until 5");
    memset(phone.cache, 0, sizeof phone.cache);
    phone.deadline_us = 0;
    is_registered(phone.config);
    tell((struct event){ .type = EVENT_CAPF_STRING, .a = 0 }, ">CAPF; #10 capf? @7; until 15");
    answer(EVENT_TLS_CERT, stranger, ">TVS; #11 tvs? @1; until 12");
    answer(EVENT_TLS_CERT, tvs, "#11 accept @1; until 12");
    answer(EVENT_TLS_OPEN, 0, "#11 verify stranger; until 12");
    vouches(stranger, ROLE_BIT(TL_APP_SERVER), 60,
            "tvs 1 trusted; #10 refuse TLS @7; capf stranger; >Registered");
    assert_int_equal(content_said_of(&c, phone.refused[TRUST_CAPF]).about, stranger);
}

/* Shown, deleted, nothing to be done. */
static void others(void **state)
{
    (void)state;
    static const struct {
        enum capf_says says;
        uint32_t reason;
        bool keeps;
        const char *did, *end;
    } rows[] = {
        { CAPF_SAYS_FETCH, CAPF_NO_ACTION, true, "capf shown; #10 capf-done TLS @7 lsc; until 15",
          ">Registered" },
        { CAPF_SAYS_DELETE, CAPF_UPDATE_CERT, false, "capf deleted; #10 capf-done TLS @7; until 15",
          ">Registered" },
        { CAPF_SAYS_END, CAPF_NO_ACTION, true, "capf nothing; >Registered", NULL },
        { CAPF_SAYS_END, CAPF_UNKNOWN_DEVICE, true, "capf refused; >Registered", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        phone_ends(state);
        begin("7965");
        phone.lsc = lsc;
        is_registered(config(CAPF_AUTH_NULL_STRING, CNF_NON_SECURE));
        tell((struct event){ .type = EVENT_CAPF_STRING, .a = 0 }, ">CAPF; #10 capf? @7; until 15");
        answer(EVENT_TLS_CERT, capf, "#10 accept TLS @7; until 15");
        answer(EVENT_TLS_OPEN, 0, "#10 capf-auth TLS @7 ?; until 15");
        says(rows[i].says, rows[i].reason, rows[i].did);
        if (rows[i].end != NULL)
            says(CAPF_SAYS_END, rows[i].reason, rows[i].end);
        assert_int_equal(phone.lsc, rows[i].keeps ? lsc : 0);
    }
}

/* It loses its server, or is reset, in the middle. */
static void interrupted(void **state)
{
    (void)state;
    is_registered(config(CAPF_AUTH_NULL_STRING, CNF_NON_SECURE));
    tell((struct event){ .type = EVENT_CAPF_STRING, .a = 0 }, ">CAPF; #10 capf? @7; until 15");
    tell((struct event){ .type = EVENT_SERVER_LOST, .a = SERVER_CLOSED },
         "unregistered closed; until 15");
    answer(EVENT_REFUSED, 0, "capf silent; >CAPF wait; until 30");
    tell((struct event){ .type = EVENT_RESET }, "'RESTART; >Starting; until 5");
    assert_int_equal(phone.capf, 0);
    tell((struct event){ .type = EVENT_CAPF_STRING, .a = 0 }, "; until 5"); /* it is busy */
}

/* One that waits to register tries at once with a new certificate, and waits on without one. */
static void waiting(void **state)
{
    for (int changed = 0; changed <= 1; changed++) {
        phone_ends(state);
        begin("7965");
        phone.config = config(CAPF_AUTH_PASSWORD, CNF_ENCRYPTED);
        phone.state = PHONE_UNREGISTERED;
        phone.retry_us = phone.deadline_us = env.now_us + 20000000;
        phone.last_request = 9;
        tell(
            (struct event){ .type = EVENT_CAPF_STRING, .a = name("4711", content_str(&c, "4711")) },
            ">CAPF; #10 capf? @7; until 15");
        answer(EVENT_TLS_CERT, capf, "#10 accept TLS @7; until 15");
        answer(EVENT_TLS_OPEN, 0, "#10 capf-auth TLS @7 ? 4711; until 15");
        if (changed == 0) {
            says(CAPF_SAYS_END, CAPF_INVALID_ELEMENT, "capf refused; >Unregistered; until 20");
            continue;
        }
        says(CAPF_SAYS_KEY, 2048, "#10 capf-key TLS @7; until 15");
        says(CAPF_SAYS_STORE, lsc, "capf installed; #10 capf-done TLS @7 lsc; until 15");
        says(CAPF_SAYS_END, CAPF_UPDATE_CERT, ">CTL; #11 fetch CTL @1; until 11");
    }
}

/* The short file beside an encrypted configuration sends it to CAPF first; then it begins again,
 * and asks for what is under its new key. */
static void short_file(void **state)
{
    (void)state;
    struct cnf k = config_of(0), shorter;
    cnf_init(&shorter);
    shorter.full_config = 0;
    shorter.encr_config = 1;
    shorter.capf_auth_mode = CAPF_AUTH_NULL_STRING;
    cnf_text(shorter.capf_address, sizeof shorter.capf_address, "10.0.0.7");
    uint32_t brief = make_file("brief", ccm, content_cnf(&c, &shorter), 0);
    uint32_t sealed = make_file("sealed", ccm, content_cnf(&c, &k), lsc);
    phone.state = PHONE_CONFIG;
    phone.fetching = FILE_CNF_SGN;
    phone.request[GOAL_WORK] = phone.last_request = 9;
    phone.deadline_us = env.now_us + 1000000;
    answer(EVENT_FILE, brief, "takes brief by CTL; >CAPF; #10 capf? @7; until 15");
    answer(EVENT_TLS_CERT, capf, "#10 accept TLS @7; until 15");
    answer(EVENT_TLS_OPEN, 0, "#10 capf-auth TLS @7 ?; until 15");
    says(CAPF_SAYS_KEY, 2048, "#10 capf-key TLS @7; until 15");
    says(CAPF_SAYS_STORE, lsc, "capf installed; #10 capf-done TLS @7 lsc; until 15");
    says(CAPF_SAYS_END, CAPF_UPDATE_CERT, ">CTL; #11 fetch CTL @1; until 11");
    assert_int_equal(phone.told, 0);
    answer(EVENT_NO_FILE, 0, "'NOT_FOUND; >ITL; #12 fetch ITL @1; until 11");
    answer(EVENT_FILE, itl, "takes itl by CTL; >Config; #13 fetch cnf.sgn @1; until 11");
    /* It was there in this attempt: once is enough, whatever the file says. */
    answer(EVENT_FILE, brief, "takes brief by CTL; #14 fetch cnf.enc @1; until 11");
    answer(EVENT_FILE, sealed,
           "'USED cnf.enc; takes sealed by CTL; >Files; #15 fetch locale.sgn @1; until 11");
}

/* The same with a CAPF that nobody vouches for: it goes on without. */
static void short_file_of_a_stranger(void **state)
{
    (void)state;
    struct cnf shorter;
    cnf_init(&shorter);
    shorter.full_config = 0;
    shorter.encr_config = 1;
    shorter.capf_auth_mode = CAPF_AUTH_NULL_STRING;
    cnf_text(shorter.capf_address, sizeof shorter.capf_address, "10.0.0.7");
    uint32_t brief = make_file("brief", ccm, content_cnf(&c, &shorter), 0);
    phone.config = config(CAPF_AUTH_NONE, CNF_NON_SECURE);
    phone.state = PHONE_CONFIG;
    phone.fetching = FILE_CNF_SGN;
    phone.request[GOAL_WORK] = phone.last_request = 9;
    phone.deadline_us = env.now_us + 1000000;
    answer(EVENT_FILE, brief, "takes brief by CTL; >CAPF; #10 capf? @7; until 15");
    answer(EVENT_TLS_CERT, stranger, ">TVS; #11 tvs? @1; until 12");
    answer(EVENT_REFUSED, 0, "tvs 1 closed; #12 tvs? @2; until 12");
    answer(EVENT_REFUSED, 0,
           "tvs 2 closed; #10 refuse TLS @7; capf stranger; >CTL; #13 fetch CTL @1; until 11");
    assert_int_equal(phone.capf, CAPF_TRIES);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, phone_ends)
    const struct CMUnitTest tests[] = {
        TEST(after_registration),
        TEST(by_name),
        TEST(before_registration),
        TEST(proofs),
        TEST(three_attempts),
        TEST(by_tvs),
        TEST(others),
        TEST(interrupted),
        TEST(waiting),
        TEST(short_file),
        TEST(short_file_of_a_stranger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
