/* A phone alone: no driver, no cluster; the test plays both and looks at every action. */
#include "phones/phone.h"

#include "sim/base/sys.h"
#include "sim/wire/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SERVER_1 0x0a000001u
#define SERVER_2 0x0a000002u
#define TFTP_2   0x0a000009u

static struct content c;
static struct knobs knobs;
static const struct phone_place places[] = { { { SERVER_1, 0 } }, { { SERVER_1, TFTP_2 } } };
static struct phone_env env;
static struct phone phone;
static struct outbox out;
static uint32_t ccm, other, tvs, tomcat, itl, config;

static uint32_t make_cert(const char *name)
{
    uint32_t text = content_str(&c, name);
    struct ct_key key = { .label = text };
    return content_cert(
        &c, (struct ct_cert){
                .subject = text, .issuer = text, .serial = text, .key = content_key(&c, &key) });
}

static struct ct_envelope signed_by(uint32_t cert)
{
    const struct ct_cert *k = content_get_cert(&c, cert);
    return (struct ct_envelope){
        .cert = cert, .signer = k->signer, .key = k->key, .signer_version = -1
    };
}

static uint32_t make_itl(uint32_t signer)
{
    struct ct_record r[] = { { .role = TL_SAST, .cert = signer },
                             { .role = TL_CCM_TFTP, .cert = signer },
                             { .role = TL_TVS, .cert = tvs } };
    struct ct_envelope e = signed_by(signer);
    return content_list(&c, false, &e, r, 3);
}

static uint32_t make_config(uint32_t signer, const char *pool)
{
    struct cnf k;
    cnf_init(&k);
    assert_true(cnf_text(k.device_pool, sizeof k.device_pool, pool));
    k.security_mode = CNF_NON_SECURE;
    for (int i = 0; i < 2; i++) {
        struct cnf_server *s = &k.servers[k.server_count++];
        cnf_server_init(s);
        assert_true(cnf_text(s->address, sizeof s->address, i == 0 ? "10.0.0.1" : "10.0.0.2"));
        struct cnf_tvs *t = &k.tvs[k.tvs_count++];
        cnf_tvs_init(t);
        assert_true(cnf_text(t->address, sizeof t->address, i == 0 ? "10.0.0.1" : "10.0.0.2"));
    }
    assert_true(
        cnf_text(k.secure_directory_url, sizeof k.secure_directory_url, "https://10.0.0.1:8443/x"));
    struct ct_file f = { .payload = content_cnf(&c, &k), .envelope = signed_by(signer) };
    return content_file(&c, &f);
}

static int up(void **state)
{
    (void)state;
    uint8_t model;
    content_init(&c, &sys_mem);
    knobs = knobs_default();
    env = (struct phone_env){ .content = &c, .knobs = &knobs, .places = places, .now_us = 1000 };
    ccm = make_cert("CN=ccm");
    other = make_cert("CN=other");
    tvs = make_cert("CN=tvs");
    tomcat = make_cert("CN=tomcat");
    itl = make_itl(ccm);
    config = make_config(ccm, "first");
    assert_true(model_find("7965", &model));
    phone_init(&phone, 3, model, 0, 1);
    return 0;
}

static int down(void **state)
{
    (void)state;
    content_free(&c);
    return 0;
}

static void tell(struct event e)
{
    out.count = 0;
    phone_step(&phone, &env, &e, &out);
}

/* The n-th action of this type in the outbox; NULL: none. */
static const struct action *asked(enum action_type type, uint32_t n)
{
    for (uint32_t i = 0; i < out.count; i++) {
        if (out.actions[i].type == type && n-- == 0)
            return &out.actions[i];
    }
    return NULL;
}

static bool noted(enum note kind, uint32_t a)
{
    for (uint32_t i = 0; i < out.count; i++) {
        if (out.actions[i].type == ACT_NOTE && out.actions[i].kind == kind && out.actions[i].a == a)
            return true;
    }
    return false;
}

static void timer(void)
{
    assert_true(phone.deadline_us != 0);
    env.now_us = phone.deadline_us;
    tell((struct event){ .type = EVENT_TIMER });
}

/* The number of the request that its state waits for. */
static uint16_t awaited(void)
{
    return phone.request[phone_states[phone.state].goal];
}

static void answer(enum event_type type, uint32_t a)
{
    tell((struct event){
        .type = (uint8_t)type, .request = awaited(), .a = a, .b = type == EVENT_FILE ? 5000 : 0 });
}

static void fetches(enum file_kind kind, uint32_t server)
{
    const struct action *a = asked(ACT_FETCH, 0);
    assert_non_null(a);
    assert_int_equal(a->kind, kind);
    assert_int_equal(a->server, server);
    assert_int_equal(a->request, awaited());
    assert_null(asked(ACT_FETCH, 1));
    assert_int_equal(phone.deadline_us, env.now_us + knobs.value[KNOB_FETCH_TIMEOUT_US]);
}

static void to_ctl(void)
{
    tell((struct event){ .type = EVENT_POWER_ON });
    assert_int_equal(phone.state, PHONE_STARTING);
    uint64_t took = phone.deadline_us - env.now_us;
    assert_in_range(took, knobs.value[KNOB_BOOT_MIN_US], knobs.value[KNOB_BOOT_MAX_US] + 1);
    timer();
    fetches(FILE_CTL, SERVER_1);
}

static void to_itl(void)
{
    to_ctl();
    answer(EVENT_NO_FILE, 0);
    fetches(FILE_ITL, SERVER_1);
}

static void to_registered(void)
{
    to_itl();
    answer(EVENT_FILE, itl);
    fetches(FILE_CNF_SGN, SERVER_1);
    answer(EVENT_FILE, config);
    fetches(FILE_LOCALE_SGN, SERVER_1);
    answer(EVENT_NO_FILE, 0);
    fetches(FILE_RINGLIST_SGN, SERVER_1);
    answer(EVENT_NO_FILE, 0);
    const struct action *a = asked(ACT_REGISTER, 0);
    assert_non_null(a);
    assert_int_equal(a->server, SERVER_1);
    assert_int_equal(a->kind, TRANSPORT_TCP);
    answer(EVENT_REGISTERED, 0);
    assert_int_equal(phone.state, PHONE_REGISTERED);
    assert_int_equal(phone.deadline_us, 0);
}

/* From registered: reset, and up to the ITL that is offered then. */
static void offered(uint32_t list)
{
    tell((struct event){ .type = EVENT_RESET });
    timer();
    answer(EVENT_NO_FILE, 0);
    answer(EVENT_FILE, list);
}

static void boots(void **state)
{
    (void)state;
    to_registered();
    assert_int_equal(phone.itl, itl);
    assert_int_equal(phone_accepted_by(&phone, TRUST_ITL), TRUST_FIRST);
    assert_int_equal(phone.config, content_get_file(&c, config)->payload);
    assert_int_equal(phone_tvs_servers(&phone, &c), 2);
    assert_int_equal(phone_server(&phone, &env, 0), SERVER_1);
    assert_int_equal(phone_server(&phone, &env, 1), SERVER_2);
    assert_int_equal(phone_server(&phone, &env, 2), 0); /* its TFTP server is in the group */
}

static void stale_answers_are_dropped(void **state)
{
    (void)state;
    to_ctl();
    struct phone before = phone;
    static const uint8_t answers[] = { EVENT_FILE,       EVENT_NO_FILE,  EVENT_REFUSED,
                                       EVENT_TLS_CERT,   EVENT_TLS_OPEN, EVENT_TVS_REPLY,
                                       EVENT_REGISTERED, EVENT_REJECTED, EVENT_PAGE,
                                       EVENT_CAPF };
    for (size_t i = 0; i < sizeof answers; i++) {
        for (uint32_t request = 0; request < 70000; request += 7) {
            if ((uint16_t)request == awaited())
                continue;
            tell((struct event){ .type = answers[i], .request = (uint16_t)request, .a = itl });
            assert_int_equal(out.count, 0);
        }
    }
    assert_memory_equal(&phone, &before, sizeof phone);
    struct event first = { .type = EVENT_NO_FILE, .request = awaited() };
    tell(first);
    assert_true(out.count > 0);
    before = phone;
    tell(first); /* the same once more */
    assert_int_equal(out.count, 0);
    assert_memory_equal(&phone, &before, sizeof phone);
}

/* Numbers go round past 65535 and are never 0. */
static void numbers_go_round(void **state)
{
    (void)state;
    to_registered();
    phone.last_request = 65530;
    for (int boot = 0; boot < 3; boot++) {
        tell((struct event){ .type = EVENT_RESET });
        timer();
        for (int i = 0; i < 2; i++) {
            assert_true(awaited() != 0);
            answer(EVENT_NO_FILE, 0);
        }
        assert_non_null(asked(ACT_FETCH, 0));
        assert_true(asked(ACT_FETCH, 0)->request != 0);
    }
}

static void the_phone_owns_the_deadline(void **state)
{
    (void)state;
    to_itl();
    uint16_t request = awaited();
    timer();
    assert_int_equal(asked(ACT_CANCEL, 0)->request, request);
    assert_true(noted(NOTE_STATUS, STATUS_TFTP_TIMEOUT));
    fetches(FILE_CNF, SERVER_1);
    tell((struct event){ .type = EVENT_FILE, .request = request, .a = itl, .b = 9 }); /* too late */
    assert_int_equal(out.count, 0);
    assert_int_equal(phone.itl, 0);
}

static void the_second_tftp_server(void **state)
{
    (void)state;
    phone.dhcp = 1;
    to_ctl();
    answer(EVENT_REFUSED, 0);
    fetches(FILE_CTL, TFTP_2);
    assert_false(noted(NOTE_STATUS, STATUS_TFTP_ERROR));
    answer(EVENT_REFUSED, 0);
    assert_true(noted(NOTE_STATUS, STATUS_TFTP_ERROR));
    fetches(FILE_ITL, TFTP_2);
}

static void a_restart_cancels(void **state)
{
    (void)state;
    static const uint8_t types[] = { EVENT_POWER_OFF, EVENT_RESET, EVENT_ERASE };
    for (int i = 0; i < 3; i++) {
        if (i > 0)
            up(NULL);
        to_itl();
        uint16_t request = awaited();
        tell((struct event){ .type = types[i] });
        assert_int_equal(asked(ACT_CANCEL, 0)->request, request);
        assert_null(asked(ACT_CANCEL, 1));
        assert_int_equal(phone.state, i == 0 ? PHONE_OFF : PHONE_STARTING);
        tell((struct event){ .type = EVENT_FILE, .request = request, .a = itl });
        assert_int_equal(out.count, 0);
        if (i < 2)
            down(NULL);
    }
}

static void asks_tvs_in_order(void **state)
{
    (void)state;
    to_registered();
    uint32_t new = make_itl(other);
    offered(new);
    assert_int_equal(phone.state, PHONE_TVS);
    assert_int_equal(asked(ACT_TVS_OPEN, 0)->server, SERVER_1);
    assert_int_equal(phone.deadline_us, env.now_us + knobs.value[KNOB_TVS_TIMEOUT_US]);
    answer(EVENT_TLS_CERT, tomcat); /* no TVS */
    assert_non_null(asked(ACT_TLS_REFUSE, 0));
    assert_true(noted(NOTE_TVS, 0));
    assert_int_equal(asked(ACT_TVS_OPEN, 0)->server, SERVER_2);
    answer(EVENT_TLS_CERT, tvs);
    assert_int_equal(asked(ACT_TLS_ACCEPT, 0)->server, SERVER_2);
    assert_null(asked(ACT_TVS_QUERY, 0)); /* not before the handshake is done */
    answer(EVENT_TLS_OPEN, 0);
    const struct action *q = asked(ACT_TVS_QUERY, 0);
    assert_int_equal(q->a, content_get_cert(&c, other)->signer);
    assert_int_equal(q->request, awaited());
    tell((struct event){ .type = EVENT_TVS_REPLY,
                         .request = awaited(),
                         .a = other,
                         .b = 60,
                         .roles = ROLE_BIT(TL_SAST) });
    assert_true(noted(NOTE_ACCEPTED, new));
    assert_int_equal(phone.itl, new);
    assert_int_equal(phone_accepted_by(&phone, TRUST_ITL), TRUST_BY_TVS);
    fetches(FILE_CNF_SGN, SERVER_1); /* the new list counts at once: */
    answer(EVENT_FILE, make_config(other, "second"));
    assert_true(noted(NOTE_STATUS, STATUS_CONFIG_USED));
    assert_null(asked(ACT_TVS_OPEN, 0));
}

static void keeps_what_it_has(void **state)
{
    (void)state;
    to_registered();
    uint32_t held = phone.itl, kept = phone.config;
    offered(make_itl(other));
    timer();
    assert_non_null(asked(ACT_CANCEL, 0));
    answer(EVENT_REFUSED, 0);
    assert_true(noted(NOTE_STATUS, STATUS_TRUST_LIST_UPDATE_FAILED));
    assert_true(noted(NOTE_LOST, FUNCTION_TRUST_LIST));
    answer(EVENT_FILE, make_config(other, "second"));
    timer();
    timer();
    assert_true(noted(NOTE_LOST, FUNCTION_CONFIGURATION));
    assert_int_equal(phone.state, PHONE_REGISTERING);
    answer(EVENT_REGISTERED, 0);
    assert_int_equal(phone.itl, held);
    assert_int_equal(phone.config, kept);
    struct trust_chain chain;
    enum trust_verdict verdict;
    assert_true(phone_explain(&phone, &env, TRUST_ITL, &chain, &verdict) != 0);
    assert_int_equal(verdict, TRUST_REFUSED);
    assert_int_equal(chain.count, 6);
    assert_int_equal(phone_explain(&phone, &env, TRUST_CTL, &chain, &verdict), 0);
}

static void a_list_that_is_too_long(void **state)
{
    (void)state;
    to_itl();
    tell((struct event){ .type = EVENT_FILE, .request = awaited(), .a = itl, .b = 65536 });
    assert_true(noted(NOTE_STATUS, STATUS_SIZE_ERROR));
    assert_int_equal(phone.itl, 0);
    assert_int_equal(phone.lost, FSM_BIT(FUNCTION_TRUST_LIST));
    /* It holds no list: a plain configuration, and then it does not register (documented). */
    fetches(FILE_CNF, SERVER_1);
    answer(EVENT_FILE, config);
    answer(EVENT_NO_FILE, 0);
    answer(EVENT_NO_FILE, 0);
    assert_null(asked(ACT_REGISTER, 0));
    assert_int_equal(phone.state, PHONE_UNREGISTERED);
}

/* A configuration under the name of a ring list is refused, whoever signed it; and the reverse. */
static void what_was_asked_for(void **state)
{
    (void)state;
    to_itl();
    answer(EVENT_FILE, itl);
    answer(EVENT_FILE, config);
    uint32_t held = phone.config;
    fetches(FILE_LOCALE_SGN, SERVER_1);
    answer(EVENT_FILE, config);
    assert_true(noted(NOTE_STATUS, STATUS_FILE_REFUSED));
    fetches(FILE_RINGLIST_SGN, SERVER_1);
    assert_int_equal(phone.config, held);
}

/* A handshake is held under its own number while TVS is asked under others. */
static void a_held_handshake(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        if (way > 0)
            up(NULL);
        to_registered();
        tell((struct event){ .type = EVENT_PRESS, .a = KEY_DIRECTORIES });
        uint16_t held = asked(ACT_HTTPS_OPEN, 0)->request;
        answer(EVENT_TLS_CERT, tomcat);
        assert_int_equal(phone.state, PHONE_TVS);
        assert_true(phone_is_registered(&phone));
        uint16_t open = asked(ACT_TVS_OPEN, 0)->request;
        assert_true(open != held);
        if (way == 0) { /* a reset ends both */
            tell((struct event){ .type = EVENT_RESET });
            assert_int_equal(asked(ACT_CANCEL, 0)->request, open);
            assert_int_equal(asked(ACT_CANCEL, 1)->request, held);
            down(NULL);
            continue;
        }
        answer(EVENT_TLS_CERT, tvs);
        answer(EVENT_TLS_OPEN, 0);
        assert_int_equal(asked(ACT_TVS_VERIFY, 0)->a, tomcat);
        tell((struct event){ .type = EVENT_TVS_REPLY,
                             .request = awaited(),
                             .status = way == 2,
                             .a = tomcat,
                             .b = 60,
                             .roles = ROLE_BIT(TL_APP_SERVER) });
        const struct action *verdict = asked(way == 1 ? ACT_TLS_ACCEPT : ACT_TLS_REFUSE, 0);
        assert_int_equal(verdict->request, held);
        if (way == 1) {
            assert_int_equal(phone.state, PHONE_SERVICE);
            assert_int_equal(verdict->server, SERVER_1);
            tell((struct event){ .type = EVENT_PAGE, .request = open });
            assert_int_equal(out.count, 0);
            tell((struct event){ .type = EVENT_TLS_OPEN, .request = held });
            assert_int_equal(asked(ACT_HTTPS_GET, 0)->request, held);
            assert_int_equal(asked(ACT_HTTPS_GET, 0)->kind, TRANSPORT_TLS);
            tell((struct event){ .type = EVENT_PAGE, .request = held });
        }
        assert_true(noted(NOTE_SERVICE, KEY_DIRECTORIES));
        assert_int_equal(phone.state, PHONE_REGISTERED);
        assert_int_equal((phone.lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0, way == 2);
        if (way == 1)
            down(NULL);
    }
}

static void no_server_takes_it(void)
{
    for (int i = 0; i < 2; i++) {
        assert_non_null(asked(ACT_REGISTER, 0));
        assert_int_equal(asked(ACT_REGISTER, 0)->server, i == 0 ? SERVER_1 : SERVER_2);
        answer(EVENT_REFUSED, 0);
    }
    assert_int_equal(phone.state, PHONE_UNREGISTERED);
}

static void one_attempt(void)
{
    answer(EVENT_NO_FILE, 0);
    answer(EVENT_FILE, itl);
    answer(EVENT_FILE, config);
    answer(EVENT_NO_FILE, 0);
    answer(EVENT_NO_FILE, 0);
    no_server_takes_it();
}

/* Two attempts that end the same: it sleeps; not where something changed meanwhile. */
static void falls_asleep(void **state)
{
    (void)state;
    to_registered();
    tell((struct event){ .type = EVENT_SERVER_LOST });
    assert_true(noted(NOTE_UNREGISTERED, CAUSE_KEEPALIVE_TO));
    no_server_takes_it();
    assert_false(phone.idle);
    assert_int_equal(phone.deadline_us, env.now_us + knobs.value[KNOB_RETRY_US]);
    timer();
    env.hope = true;
    one_attempt();
    assert_false(phone.idle);
    env.hope = false;
    assert_int_equal(phone.deadline_us, env.now_us + 2 * knobs.value[KNOB_RETRY_US]);
    timer();
    one_attempt();
    assert_true(phone.idle);
    env.now_us = phone_wake_us(&phone, &knobs, env.now_us); /* before its deadline */
    assert_true(env.now_us < phone.deadline_us);
    tell((struct event){ .type = EVENT_TIMER });
    assert_int_equal(phone.state, PHONE_CTL);
    assert_false(phone.idle);
    one_attempt();
    assert_true(phone.idle);
    for (int i = 0; i < 20; i++) {
        timer();
        one_attempt();
    }
    assert_int_equal(phone.deadline_us - env.now_us, knobs.value[KNOB_RETRY_MAX_US]);
}

static void own_points(void **state)
{
    (void)state;
    uint32_t slots[10] = { 0 };
    for (uint32_t i = 0; i < 1000; i++) {
        struct phone p, same;
        phone_init(&p, i, 0, 0, 7);
        phone_init(&same, i, 0, 0, 7);
        assert_memory_equal(&p, &same, sizeof p);
        uint64_t first = phone_wake_us(&p, &knobs, 0), interval = knobs.value[KNOB_RETRY_US];
        assert_in_range(first, 1, interval);
        assert_int_equal(phone_wake_us(&p, &knobs, first), first + interval);
        assert_int_equal(phone_wake_us(&p, &knobs, first - 1), first);
        slots[(first - 1) * 10 / interval]++;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(slots[i], 60, 140);
}

/* A copy of the struct is a snapshot: it goes on as the original does. */
static void a_copy_is_a_snapshot(void **state)
{
    (void)state;
    to_registered();
    offered(make_itl(other));
    struct phone saved = phone;
    struct phone_env then = env;
    uint64_t hashes[2];
    struct phone ends[2];
    for (int i = 0; i < 2; i++) {
        phone = saved;
        env = then;
        hashes[i] = 0;
        for (int k = 0; k < 12; k++) {
            if (phone.state == PHONE_REGISTERING)
                answer(EVENT_REGISTERED, 0);
            else if (phone.state == PHONE_REGISTERED)
                tell((struct event){ .type = EVENT_RESET });
            else
                timer();
            hashes[i] =
                rng_hash(hashes[i], view_of(out.actions, out.count * sizeof out.actions[0]));
        }
        ends[i] = phone;
    }
    assert_true(hashes[0] == hashes[1]);
    assert_memory_equal(&ends[0], &ends[1], sizeof ends[0]);
    assert_true(phone_hash(&ends[0], &env) == phone_hash(&ends[1], &env));
}

static uint64_t hash_at(const struct phone *p, uint32_t now_s)
{
    env.now_us = now_s * 1000000ull;
    return phone_hash(p, &env);
}

static void hash(void **state)
{
    (void)state;
    to_registered();
    uint64_t h = hash_at(&phone, 100);
    struct phone p = phone;
    p.last_request += 9; /* what does not decide its future */
    p.deadline_us = 5;
    p.rng.state++;
    p.state = PHONE_OFF;
    assert_true(hash_at(&p, 100) == h);
    p.cache[2] = (struct trust_cached){ content_vouch(&c, other, 1), 100 };
    assert_true(hash_at(&p, 100) == h); /* run out at this second */
    assert_true(hash_at(&p, 99) != h);
    uint32_t *const fields[] = { &p.ctl, &p.itl, &p.config, &p.lsc };
    const uint32_t others[] = { make_itl(other), make_itl(other), content_str(&c, "x"), tomcat };
    for (size_t i = 0; i < 4; i++) {
        p = phone;
        *fields[i] = others[i];
        assert_true(hash_at(&p, 100) != h);
    }
    p = phone;
    p.model++;
    assert_true(hash_at(&p, 100) != h);
    p = phone;
    p.cache[0] = (struct trust_cached){ content_vouch(&c, other, 1), 200 };
    uint64_t one = hash_at(&p, 100);
    p.cache[1] = p.cache[0];
    memset(&p.cache[0], 0, sizeof p.cache[0]); /* another place in the cache: the same */
    assert_true(hash_at(&p, 100) == one);
}

/* The addresses that DHCP gives count, and not where they stand. */
static void hash_of_a_place(void **state)
{
    (void)state;
    static const struct phone_place moved[] = { { { SERVER_2, 0 } },
                                                { { TFTP_2, 0 } },
                                                { { SERVER_1, 0 } } };
    to_registered();
    uint64_t h = hash_at(&phone, 100);
    struct phone p = phone;
    p.place = p.dhcp = 1;
    assert_true(hash_at(&p, 100) != h); /* a second TFTP server */
    env.places = moved;
    p.place = p.dhcp = 2;
    assert_true(hash_at(&p, 100) == h);
    p.place = 0;
    assert_true(hash_at(&p, 100) != h);
    p.place = 2;
    p.dhcp = 0; /* from the next boot on */
    assert_true(hash_at(&p, 100) != h);
}

static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t ip;
    } rows[] = { { "10.0.0.1", SERVER_1 },
                 { "255.255.255.255", UINT32_MAX },
                 { "0.0.0.1", 1 },
                 { "", 0 },
                 { "10.0.0", 0 },
                 { "10.0.0.1.2", 0 },
                 { "256.0.0.1", 0 },
                 { "10..0.1", 0 },
                 { "10.0.0.1 ", 0 },
                 { "10.0.0.0001", 0 },
                 { "host", 0 },
                 { "10.0.0.-1", 0 },
                 { "99999999999.0.0.1", 0 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(text_address(rows[i].text), rows[i].ip);
}

/* Every row says what it is; masks name known events and states; a timer has its event. */
static void the_table(void **state)
{
    (void)state;
    for (int i = 0; i <= PHONE_ANY; i++) {
        const struct phone_row *s = &phone_states[i];
        assert_non_null(s->name);
        assert_non_null(s->doc);
        assert_true(s->takes >> EVENT_TYPES == 0 && s->goes >> PHONE_STATES == 0);
        assert_int_equal(s->takes != 0, s->handle != NULL);
        assert_int_equal(s->wait != WAIT_EVER, (s->takes & FSM_BIT(EVENT_TIMER)) != 0);
        assert_true(s->timer < KNOBS && s->timer_to < KNOBS && s->goal < GOALS);
        if (i != PHONE_ANY)
            assert_true(phone_may_go(phone_states, (enum phone_state)i, PHONE_OFF));
    }
    assert_false(phone_may_go(phone_states, PHONE_OFF, PHONE_REGISTERED));
    assert_true(sizeof(struct phone) <= 112);
}

/* What a switch before the table would hide: these are rows of it. */
static void any_state(void **state)
{
    (void)state;
    uint32_t somebody = FSM_BIT(EVENT_POWER_ON) | FSM_BIT(EVENT_POWER_OFF) | FSM_BIT(EVENT_RESET) |
                        FSM_BIT(EVENT_ERASE) | FSM_BIT(EVENT_FACTORY) | FSM_BIT(EVENT_SERVER_LOST) |
                        FSM_BIT(EVENT_SERVER_BACK) | FSM_BIT(EVENT_PRESS) |
                        FSM_BIT(EVENT_CAPF_STRING);
    assert_int_equal(phone_states[PHONE_ANY].takes, somebody);
    static const uint8_t but_power[] = { EVENT_POWER_OFF,   EVENT_RESET,       EVENT_ERASE,
                                         EVENT_SERVER_LOST, EVENT_SERVER_BACK, EVENT_PRESS,
                                         EVENT_FACTORY };
    struct phone before = phone;
    for (size_t i = 0; i < sizeof but_power; i++) {
        tell((struct event){ .type = but_power[i] });
        assert_int_equal(out.count, 0);
        assert_memory_equal(&phone, &before, sizeof phone);
    }
    to_itl();
    before = phone;
    static const uint8_t idle_ones[] = { EVENT_POWER_ON, EVENT_SERVER_LOST, EVENT_SERVER_BACK,
                                         EVENT_PRESS };
    for (size_t i = 0; i < sizeof idle_ones; i++) {
        tell((struct event){ .type = idle_ones[i] });
        assert_int_equal(out.count, 0);
        assert_memory_equal(&phone, &before, sizeof phone);
    }
}

/* A key pressed while it waits to register is no attempt: the same deadline, the same wait after.
 */
static void a_key_moves_no_deadline(void **state)
{
    (void)state;
    to_registered();
    tell((struct event){ .type = EVENT_SERVER_LOST });
    no_server_takes_it();
    uint64_t retry_us = phone.deadline_us;
    for (int key = 0; key < 2; key++) { /* answered, and not */
        env.now_us += 1000000;
        tell((struct event){ .type = EVENT_PRESS, .a = KEY_DIRECTORIES });
        assert_int_equal(phone.state, PHONE_SERVICE);
        assert_true(phone.deadline_us != retry_us);
        answer(key == 0 ? EVENT_PAGE : EVENT_REFUSED, 0);
        assert_int_equal(phone.state, PHONE_UNREGISTERED);
        assert_int_equal(phone.deadline_us, retry_us);
        assert_int_equal(phone.fails, 1);
    }
    /* Busy past the retry: it is due at once. */
    env.now_us = retry_us - 1;
    tell((struct event){ .type = EVENT_PRESS, .a = KEY_DIRECTORIES });
    env.now_us = retry_us + 5000000;
    answer(EVENT_PAGE, 0);
    assert_int_equal(phone.deadline_us, retry_us);
    tell((struct event){ .type = EVENT_TIMER });
    fetches(FILE_CTL, SERVER_1);
    one_attempt();
    assert_int_equal(phone.deadline_us, env.now_us + 2 * knobs.value[KNOB_RETRY_US]);
}

/* Asleep before a key and after it; awake where something changed meanwhile. */
static void a_key_leaves_it_asleep(void **state)
{
    (void)state;
    to_registered();
    tell((struct event){ .type = EVENT_SERVER_LOST });
    no_server_takes_it();
    timer();
    one_attempt();
    timer();
    one_attempt();
    assert_true(phone.idle);
    for (int changed = 0; changed < 2; changed++) {
        tell((struct event){ .type = EVENT_PRESS, .a = KEY_DIRECTORIES });
        assert_false(phone.idle); /* its deadline is the service's now */
        env.hope = changed != 0;
        answer(EVENT_REFUSED, 0);
        assert_int_equal(phone.idle, !changed);
    }
}

/* A server lost while a service is open: it looks for one on its way back. */
static void lost_while_busy(void **state)
{
    (void)state;
    to_registered();
    tell((struct event){ .type = EVENT_PRESS, .a = KEY_DIRECTORIES });
    assert_true(phone_is_registered(&phone));
    tell((struct event){ .type = EVENT_SERVER_LOST });
    assert_true(noted(NOTE_UNREGISTERED, CAUSE_KEEPALIVE_TO));
    assert_false(phone_is_registered(&phone));
    answer(EVENT_PAGE, 0);
    assert_int_equal(phone.state, PHONE_REGISTERING);
    answer(EVENT_REGISTERED, 0);
    assert_true(phone_is_registered(&phone));
}

/* What TVS said is kept for each refusal: the key that came last does not overwrite it. */
static void a_refusal_keeps_what_tvs_said(void **state)
{
    (void)state;
    to_registered();
    uint32_t list = make_itl(other);
    offered(list);
    for (int server = 0; server < 2; server++)
        answer(EVENT_TLS_CERT, tomcat); /* a stranger's */
    answer(EVENT_NO_FILE, 0);
    answer(EVENT_NO_FILE, 0);
    answer(EVENT_REGISTERED, 0);
    tell((struct event){ .type = EVENT_PRESS, .a = KEY_DIRECTORIES });
    answer(EVENT_TLS_CERT, tomcat);
    for (int server = 0; server < 2; server++)
        answer(EVENT_REFUSED, 0); /* TVS is stopped by now */
    assert_true(noted(NOTE_SERVICE, KEY_DIRECTORIES));

    static const struct {
        enum trust_purpose purpose;
        enum tvs_outcome outcome;
    } want[] = { { TRUST_ITL, TVS_CERT_REFUSED }, { TRUST_HTTPS, TVS_CONN_REFUSED } };
    for (size_t i = 0; i < 2; i++) {
        struct trust_chain chain;
        enum trust_verdict verdict;
        uint32_t what = phone_explain(&phone, &env, want[i].purpose, &chain, &verdict);
        assert_int_equal(what, i == 0 ? list : tomcat);
        assert_int_equal(verdict, TRUST_REFUSED);
        uint32_t tvs_checks = 0;
        for (uint32_t k = 0; k < chain.count; k++) {
            if (chain.checks[k].where != WHERE_TVS)
                continue;
            tvs_checks++;
            assert_int_equal(chain.checks[k].outcome, want[i].outcome);
            assert_int_equal(chain.checks[k].cert, i == 0 ? tomcat : 0);
        }
        assert_int_equal(tvs_checks, 2);
    }
}

/* TLS registration: the certificate, the handshake, then REGISTER, under one number. */
static void registers_over_tls(void **state)
{
    (void)state;
    to_registered();
    struct cnf k = *content_get_cnf(&c, phone.config);
    k.security_mode = CNF_ENCRYPTED;
    struct ct_record r[] = { { .role = TL_CCM, .cert = ccm } };
    struct ct_envelope e = signed_by(ccm);
    phone.config = content_cnf(&c, &k);
    phone.ctl = content_list(&c, true, &e, r, 1);
    tell((struct event){ .type = EVENT_SERVER_LOST });
    const struct action *a = asked(ACT_CCM_OPEN, 0);
    uint16_t number = a->request;
    assert_int_equal(a->server, SERVER_1);
    assert_int_equal(a->a, CONTENT_MIC);
    answer(EVENT_TLS_CERT, other);
    assert_int_equal(asked(ACT_TLS_REFUSE, 0)->request, number);
    a = asked(ACT_CCM_OPEN, 0);
    number = a->request;
    assert_int_equal(a->server, SERVER_2);
    answer(EVENT_TLS_CERT, ccm);
    assert_int_equal(asked(ACT_TLS_ACCEPT, 0)->request, number);
    assert_null(asked(ACT_REGISTER, 0));
    answer(EVENT_TLS_OPEN, 0);
    a = asked(ACT_REGISTER, 0);
    assert_int_equal(a->request, number);
    assert_int_equal(a->server, SERVER_2);
    assert_int_equal(a->kind, TRANSPORT_TLS);
    assert_int_equal(a->a, CONTENT_MIC);
    answer(EVENT_REGISTERED, 0);
    assert_true(phone_is_registered(&phone));
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(boots),
        TEST(stale_answers_are_dropped),
        TEST(numbers_go_round),
        TEST(the_phone_owns_the_deadline),
        TEST(the_second_tftp_server),
        TEST(a_restart_cancels),
        TEST(asks_tvs_in_order),
        TEST(keeps_what_it_has),
        TEST(a_list_that_is_too_long),
        TEST(what_was_asked_for),
        TEST(a_held_handshake),
        TEST(falls_asleep),
        TEST(own_points),
        TEST(a_copy_is_a_snapshot),
        TEST(hash),
        TEST(hash_of_a_place),
        TEST(addresses),
        TEST(the_table),
        TEST(any_state),
        TEST(a_key_moves_no_deadline),
        TEST(a_key_leaves_it_asleep),
        TEST(lost_while_busy),
        TEST(a_refusal_keeps_what_tvs_said),
        TEST(registers_over_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
