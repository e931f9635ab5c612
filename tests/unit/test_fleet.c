/* Phones without a cluster: where their servers are, whom they may ask, what they hold, and what is
 * said of them.  Against servers in another process: tests/live/phones.sh. */
#include "sim/fleet/tell.h"
#include "sim/live/call.h"
#include "sim/wire/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LOCAL  0x7f000001u
#define REMOTE 0xc0000201u /* 192.0.2.1 */

static void text(char *to, size_t size, const char *from)
{
    assert_true(cnf_text(to, size, from));
}

static struct cnf sample(void)
{
    struct cnf c;
    cnf_init(&c);
    c.protocol = CNF_SIP;
    c.server_count = 2;
    c.tvs_count = 1;
    for (int i = 0; i < 2; i++)
        cnf_server_init(&c.servers[i]);
    cnf_tvs_init(&c.tvs[0]);
    text(c.servers[0].address, sizeof c.servers[0].address, "10.1.1.1");
    text(c.servers[1].address, sizeof c.servers[1].address, "sub.example.com");
    c.servers[0].sip_port = 15060;
    c.servers[0].secure_sip_port = 15061;
    c.servers[0].sccp_port = 12000;
    text(c.tvs[0].address, sizeof c.tvs[0].address, "10.1.1.1");
    c.tvs[0].port = 12445;
    text(c.capf_address, sizeof c.capf_address, "10.1.1.2");
    c.capf_port = 13804;
    text(c.secure_directory_url, sizeof c.secure_directory_url,
         "https://pages.example.com:18443/ccmcip/x.jsp");
    text(c.directory_url, sizeof c.directory_url, "http://10.1.1.3/ccmcip/x.jsp");
    return c;
}

static void ports_of_a_configuration(void **state)
{
    struct cnf c = sample();
    const struct {
        const char *server;
        enum ask_kind kind;
        int port; /* -1: it names none */
    } all[] = {
        { "10.1.1.1", ASK_REGISTER, 15060 },
        { "10.1.1.1", ASK_CCM_CERT, 15061 },
        { "sub.example.com", ASK_REGISTER, 5060 },
        { "SUB.example.com", ASK_CCM_CERT, 5061 },
        { "10.1.1.1", ASK_TVS_CERT, 12445 },
        { "sub.example.com", ASK_TVS_CERT, -1 },
        { "10.1.1.2", ASK_CAPF_CERT, 13804 },
        { "pages.example.com", ASK_HTTPS_CERT, 18443 },
        { "pages.example.com", ASK_HTTPS_PAGE, -1 },
        { "10.1.1.3", ASK_HTTPS_PAGE, 0 },
        { "10.1.1.1", ASK_FILE, -1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char host[CNF_URL] = "";
        uint16_t port = 7;
        const struct place_ask ask = { text_host(all[i].server), all[i].kind, false };
        bool found = place_of_config(&c, &ask, host, &port);
        assert_int_equal(found, all[i].port >= 0);
        if (!found)
            continue;
        assert_int_equal(port, all[i].port);
        assert_int_equal(text_host(host), text_host(all[i].server));
    }
    char host[CNF_URL];
    uint16_t port;
    struct place_ask ask = { text_host("10.1.1.1"), ASK_REGISTER, true };
    assert_true(place_of_config(&c, &ask, host, &port));
    assert_int_equal(port, 12000);
    ask.kind = ASK_CCM_CERT;
    assert_true(place_of_config(&c, &ask, host, &port));
    assert_int_equal(port, 0); /* the usual one */
    text(c.secure_directory_url, sizeof c.secure_directory_url, "https://pages.example.com:x/");
    ask = (struct place_ask){ text_host("pages.example.com"), ASK_HTTPS_CERT, false };
    assert_false(place_of_config(&c, &ask, host, &port));
}

static struct fleet_options options(void)
{
    return (struct fleet_options){ .seed = 1,
                                   .identity = 1,
                                   .tftp = { { LOCAL, 1 } },
                                   .count = 3,
                                   .mac = 0x001121000000u,
                                   .model = "8861",
                                   .at_once = 2,
                                   .within_us = 20000000 };
}

static struct fleet *fleet_of(const struct fleet_options *o)
{
    struct err e = { "" };
    struct fleet *f = fleet_new(o, &e);
    if (f == NULL)
        fail_msg("%s", e.text);
    return f;
}

static void only_loopback_unless_allowed(void **state)
{
    struct fleet_options o = options();
    (void)state;
    for (int remote = 0; remote < 2; remote++) {
        o.remote = remote == 1;
        struct fleet *f = fleet_of(&o);
        struct live *l = f->lab->driver->self;
        uint32_t node = 0, ip = 0;
        assert_int_equal(path_find(l, 0, LOCAL + 5, &node, &ip), LIVE_THERE);
        assert_int_equal(node, NODE_OUTSIDE);
        assert_int_equal(ip, LOCAL + 5);
        assert_int_equal(path_find(l, 0, REMOTE, &node, &ip), remote ? LIVE_THERE : LIVE_NOWHERE);
        assert_int_equal(path_from(l, 1, LOCAL), LOCAL);
        assert_int_equal(path_from(l, 1, REMOTE), 0);
        fleet_free(f);
    }
}

/* A name of its configuration is looked up elsewhere, and what waits for it begins then. */
static void names_are_looked_up(void **state)
{
    struct fleet_options o = options();
    struct cnf c = sample();
    uint8_t xml[16384];
    struct wr w = wr_of(xml, sizeof xml);
    (void)state;
    text(c.servers[0].address, sizeof c.servers[0].address, "localhost");
    c.servers[0].sip_port = 1;
    c.server_count = 1;
    c.tvs_count = 0;
    c.full_config = 1;
    cnf_write(&c, &(struct cnf_own){ "SEP001121000000", "1000", "x" }, &w);
    assert_false(w.over);
    o.config = view_of(xml, w.n);
    o.count = 1;
    struct fleet *f = fleet_of(&o);
    struct live *l = f->lab->driver->self;
    uint32_t node, ip = 0;
    assert_int_equal(path_find(l, 0, text_host("unheard.of"), &node, &ip), LIVE_NOWHERE);
    fleet_run(f);
    assert_int_equal(path_find(l, 0, text_host("localhost"), &node, &ip), LIVE_THERE);
    assert_int_equal(ip >> 24, 127);
    assert_string_equal(place_name(&f->places, text_host("localhost")), "localhost");
    bool refused = false; /* by nobody on port 1: the request went there */
    for (uint32_t i = 0; i < f->roll.answer_count; i++) {
        const struct fleet_answer *a = &f->roll.answers[i];
        refused |= a->service == FLEET_CALLMANAGER && a->server == text_host("localhost") &&
                   strcmp(a->words, "nobody listens") == 0;
    }
    assert_true(refused);
    fleet_free(f);
}

/* The short file of an encrypted configuration says where CAPF is, and nothing of other servers. */
static void by_the_configuration_that_says_so(void **state)
{
    struct fleet_options o = options();
    struct cnf held = sample(), shorter = sample();
    (void)state;
    shorter.tvs[0].port = shorter.servers[0].sip_port = 1;
    shorter.capf_port = 13805;
    text(held.servers[1].address, sizeof held.servers[1].address, "localhost");
    text(shorter.servers[1].address, sizeof shorter.servers[1].address, "other.example.com");
    struct fleet *f = fleet_of(&o);
    const struct live_outside *outside = &f->places.outside;
    struct phone *p = &f->lab->state.phones[0];
    uint32_t ip;
    p->config = content_cnf(f->lab->base->content, &held);
    p->told = content_cnf(f->lab->base->content, &shorter);
    const uint32_t at = text_host("10.1.1.1"), capf = text_host("10.1.1.2");
    assert_int_equal(outside->port(&f->places, 0, at, ASK_TVS_CERT, false), 12445);
    assert_int_equal(outside->port(&f->places, 0, at, ASK_REGISTER, false), 15060);
    assert_int_equal(outside->port(&f->places, 0, capf, ASK_CAPF_CERT, false), 13805);
    assert_int_not_equal(outside->find(&f->places, 0, text_host("localhost"), &ip), LIVE_NOWHERE);
    assert_int_equal(outside->find(&f->places, 0, text_host("other.example.com"), &ip),
                     LIVE_NOWHERE);
    p->told = 0;
    assert_int_equal(outside->port(&f->places, 0, capf, ASK_CAPF_CERT, false), 13804);
    fleet_free(f);
}

static const uint32_t no_name = 1; /* whose answer never comes */
static bool is_known;

static enum live_found find_some(void *ctx, uint32_t phone, uint32_t server, uint32_t *ip)
{
    (void)ctx, (void)phone;
    *ip = LOCAL;
    return server == no_name || !is_known ? LIVE_LATER : LIVE_THERE;
}

/* One name that nobody answers for stops no request to another server. */
static void names_wait_each_for_itself(void **state)
{
    struct fleet_options o = options();
    (void)state;
    o.count = 1;
    struct fleet *f = fleet_of(&o);
    struct live *l = f->lab->driver->self;
    f->places.outside.find = find_some;
    is_known = false;
    for (uint16_t i = 0; i < 2; i++)
        client_act(l, live_slot(l, 0),
                   &(struct action){ .type = ACT_FETCH,
                                     .kind = FILE_ITL,
                                     .request = (uint16_t)(7 + i),
                                     .server = no_name + i,
                                     .a = FETCH_HTTP_TFTP });
    const struct call *first = live_slot(l, 0)->calls, *second = first->next;
    assert_true(first->later && second->later);
    is_known = true;
    live_found(f->lab->driver);
    assert_true(first->later);
    assert_false(second->later);
    assert_non_null(second->stream);
    fleet_free(f);
}

#define LABEL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A stranger's configuration has the name: it ends no line and steers no terminal. */
static void names_are_escaped(void **state)
{
    struct fleet_options o = options();
    const char *name = "x\xc2\x9b"
                       "31m\nServers" LABEL; /* too long a label for any DNS to be asked for */
    struct sys_text said;
    uint32_t ip;
    (void)state;
    struct fleet *f = fleet_of(&o);
    (void)names_find(f->places.names, text_host(name), name, &ip);
    f->roll.answers = mem_take(&sys_mem, sizeof *f->roll.answers);
    f->roll.answers[0] = (struct fleet_answer){
        .server = text_host(name), .service = FLEET_CALLMANAGER, .words = "no answer", .count = 2
    };
    f->roll.answer_count = f->roll.answer_cap = 1;
    FILE *out = sys_text_open(&said);
    tell_text(out, f);
    fclose(out);
    assert_non_null(
        strstr(said.p, "CallManager x\\xc2\\x9b31m\\x0aServers" LABEL ": no answer 2\n"));
    sys_text_free(&said);
    fleet_free(f);
}

static void sources_by_turns(void **state)
{
    struct fleet_options o = options();
    (void)state;
    o.from = LOCAL + 10;
    o.from_count = 2;
    struct fleet *f = fleet_of(&o);
    const struct live *l = f->lab->driver->self;
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(path_from(l, i, LOCAL), LOCAL + 10 + i % 2);
    fleet_free(f);
}

/* Nobody is there: all give up, and are told so. */
static void nobody_listens(void **state)
{
    struct fleet_options o = options();
    struct sys_text said;
    (void)state;
    struct fleet *f = fleet_of(&o);
    fleet_run(f);
    struct fleet_counts c = roll_counts(&f->roll);
    assert_int_equal(c.of[FLEET_GAVE_UP], 3);
    assert_true(f->done);
    assert_false(fleet_is_whole(f));
    assert_int_equal(f->all_us, 0);
    FILE *out = sys_text_open(&said);
    tell_text(out, f);
    tell_csv(out, f);
    tell_json(out, f);
    fclose(out);
    assert_non_null(strstr(said.p, "0 of 3 registered, gave up: 3"));
    assert_non_null(strstr(said.p, "files 127.0.0.1: nobody listens"));
    assert_non_null(strstr(said.p, "SEP001121000002,8861,gave up,,,,,\n"));
    assert_non_null(strstr(said.p, "\"gave up\":\t3"));
    sys_text_free(&said);
    fleet_free(f);
}

static void what_they_cannot_hold(void **state)
{
    struct fleet_options o = options();
    struct err e = { "" };
    (void)state;
    o.itl = view_str("no list");
    assert_null(fleet_new(&o, &e));
    assert_non_null(strstr(e.text, "ITL"));
    o.itl = view_of(NULL, 0);
    o.config = view_str("no configuration");
    assert_null(fleet_new(&o, &e));
    assert_non_null(strstr(e.text, "configuration"));
    o.config = view_of(NULL, 0);
    o.model = "nix";
    assert_null(fleet_new(&o, &e));
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static void names_are_bounded(void **state)
{
    struct ev_loop *loop = ev_loop_new(0);
    struct names *n = names_new(loop, nothing, NULL);
    uint32_t ip = 7;
    (void)state;
    for (uint32_t i = 1; i <= NAMES_MOST; i++)
        (void)names_find(n, i, "127.0.0.1", &ip);
    assert_true(names_find(n, NAMES_MOST + 1, "127.0.0.1", &ip));
    assert_int_equal(ip, 0);
    assert_null(names_text(n, NAMES_MOST + 1));
    assert_string_equal(names_text(n, NAMES_MOST), "127.0.0.1");
    while (!names_find(n, 1, "127.0.0.1", &ip))
        ev_run(loop, EVRUN_ONCE);
    assert_int_equal(ip, LOCAL);
    names_free(n);
    ev_loop_destroy(loop);
}

static uint32_t named(struct content *c, const char *name, const char *der)
{
    return content_cert(c, (struct ct_cert){ .subject = content_str(c, name),
                                             .issuer = content_str(c, name),
                                             .serial = content_str(c, "7"),
                                             .der = content_str(c, der) });
}

/* A list of somebody else's has the names of a certificate in another order than itself. */
static void names_in_another_order(void **state)
{
    struct fleet_options o = options();
    struct knobs knobs = knobs_default();
    (void)state;
    struct fleet *f = fleet_of(&o);
    struct content *c = f->lab->base->content;
    uint32_t listed = named(c, "O=Lab,CN=tvs", "the very certificate");
    const struct ct_record record = { .role = TL_TVS,
                                      .form = TL_FULL,
                                      .cert = listed,
                                      .signer = content_get_cert(c, listed)->signer };
    const struct ct_envelope none = { .signer_version = -1 };
    struct trust_question q = { .content = c,
                                .purpose = TRUST_TVS_SERVER,
                                .itl = content_list(c, false, &none, &record, 1),
                                .rules = phone_rules(&knobs) };
    q.what = named(c, "CN=tvs;O=Lab", "the very certificate");
    assert_int_equal(trust_decide(&q, NULL), TRUST_BY_ITL);
    q.what = named(c, "CN=tvs;O=Lab", "another certificate");
    assert_int_equal(trust_decide(&q, NULL), TRUST_REFUSED);
    q.what = named(c, "O=Lab,CN=tvs", "one of the same names");
    assert_int_equal(trust_decide(&q, NULL), TRUST_REFUSED);
    q.purpose = TRUST_CCM_SERVER; /* another role */
    q.what = named(c, "CN=tvs;O=Lab", "the very certificate");
    assert_int_equal(trust_decide(&q, NULL), TRUST_REFUSED);
    fleet_free(f);
}

/* A server that goes is told by how it went. */
static void servers_that_go(void **state)
{
    static const char *const words[SERVER_GONE] = { "answers no keepalive", "closed the connection",
                                                    "refused to renew" };
    struct fleet_options o = options();
    (void)state;
    struct fleet *f = fleet_of(&o);
    const struct phone *p = &f->lab->state.phones[0];
    const struct outbox none = { .count = 0 };
    for (uint32_t how = 0; how < SERVER_GONE; how++) {
        const struct event e = { .type = EVENT_SERVER_LOST, .a = how };
        f->roll.observer.phone(f->roll.observer.ctx, 0, p, &e, &none, p, 0);
        assert_int_equal(f->roll.answer_count, how + 1);
        assert_string_equal(f->roll.answers[how].words, words[how]);
    }
    fleet_free(f);
}

static void ranks(void **state)
{
    const uint32_t times[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    (void)state;
    assert_int_equal(tell_rank(times, 10, 500), 5);
    assert_int_equal(tell_rank(times, 10, 900), 9);
    assert_int_equal(tell_rank(times, 10, 990), 10);
    assert_int_equal(tell_rank(times, 10, 1000), 10);
    assert_int_equal(tell_rank(times, 1, 500), 1);
    assert_int_equal(tell_rank(times, 0, 500), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_of_a_configuration),
        cmocka_unit_test(only_loopback_unless_allowed),
        cmocka_unit_test(names_are_looked_up),
        cmocka_unit_test(by_the_configuration_that_says_so),
        cmocka_unit_test(names_wait_each_for_itself),
        cmocka_unit_test(names_are_escaped),
        cmocka_unit_test(sources_by_turns),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(what_they_cannot_hold),
        cmocka_unit_test(servers_that_go),
        cmocka_unit_test(ranks),
        cmocka_unit_test(names_are_bounded),
        cmocka_unit_test(names_in_another_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
