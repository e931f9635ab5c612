/* The live driver: phones of a lab over real sockets against the same in virtual time; its bounds,
 * its clock, its end. */
#include "tests/unit/live_lab.h"

#include <arpa/inet.h>
#include <signal.h>

/* ---- the same in virtual time and live ---- */

static void few_registrations(struct live_options *o)
{
    o->registrations = 3;
}

static void only_boot(struct lab *lab)
{
    (void)lab;
}

static void callmanager(struct lab *lab)
{
    act_regenerate(lab, OWN_CALLMANAGER);
    act_service(lab, SERVICE_TFTP, DO_RESTART);
    act_service(lab, SERVICE_TVS, DO_RESTART);
    act_reset(lab);
}

static void both(struct lab *lab)
{
    act_regenerate(lab, OWN_CALLMANAGER);
    act_regenerate(lab, OWN_TVS);
    act_service(lab, SERVICE_TFTP, DO_RESTART);
    act_service(lab, SERVICE_TVS, DO_RESTART);
    act_reset(lab);
}

static void without_tvs(struct lab *lab)
{
    act_service(lab, SERVICE_TVS, DO_STOP);
    callmanager(lab);
    act_service(lab, SERVICE_TVS, DO_STOP);
    act_reset(lab);
}

static void without_tftp(struct lab *lab)
{
    act_service(lab, SERVICE_TFTP, DO_STOP);
    act_reset(lab);
    act_service(lab, SERVICE_TFTP, DO_START);
    act_reset(lab);
}

static void without_callmanager(struct lab *lab)
{
    act_service(lab, SERVICE_CALLMANAGER, DO_STOP);
    quiet(lab);
    act_service(lab, SERVICE_CALLMANAGER, DO_START);
    quiet(lab);
}

/* One of two: over to the second and back. */
static void failover(struct lab *lab)
{
    struct err e = { "" };
    assert_true(lab_service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP, &e));
    quiet(lab);
    assert_true(lab_service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START, &e));
    quiet(lab);
    assert_true(lab_service(lab, 0, 0, SERVICE_CALLMANAGER, DO_RESTART, &e));
    quiet(lab);
    act_reset(lab);
}

static void press_all(struct lab *lab)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab));
    quiet(lab);
}

static void directories(struct lab *lab)
{
    press_all(lab);
    act_regenerate(lab, OWN_TOMCAT);
    act_service(lab, SERVICE_TOMCAT, DO_RESTART);
    quiet(lab);
    press_all(lab);
    act_service(lab, SERVICE_TVS, DO_STOP);
    quiet(lab);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) /* without what TVS said before */
        lab_reset_phone(lab, i, lab_now_us(lab));
    quiet(lab);
    press_all(lab);
}

static void node_is_down(struct lab *lab)
{
    struct link cut = { .down = true }, whole = { 0 };
    quiet(lab);
    lab_node_link(lab, 0, 0, &cut);
    quiet(lab);
    lab_node_link(lab, 0, 0, &whole);
    quiet(lab);
}

/* Slow, unsteady and narrow: later, and the same. */
static void slow_links(struct lab *lab)
{
    struct link far = { .delay_us = 15 * MS, .jitter_us = 10 * MS, .rate = 2000000 },
                near = { .delay_us = 2 * MS };
    struct err e = { "" };
    quiet(lab);
    lab_node_link(lab, 0, 0, &far);
    for (uint32_t i = 0; i < lab->state.phone_count; i += 2)
        assert_true(lab_phone_link(lab, i, &near, &e));
    both(lab);
}

static void rule(struct lab *lab, enum act_kind kind, enum port port)
{
    struct act act = { .kind = (uint8_t)kind, .arg = { port, kind == DO_BLOCK } };
    struct err e = { "" };
    if (!lab_do(lab, 0, &act, &e))
        fail_msg("%s", e.text);
}

/* A firewall before the only node answers in its place: files come by TFTP, TVS is not there. */
static void firewall(struct lab *lab)
{
    quiet(lab);
    rule(lab, DO_BLOCK, PORT_HTTP_FILES);
    rule(lab, DO_BLOCK, PORT_TVS);
    callmanager(lab);
    rule(lab, DO_OPEN, PORT_TVS);
    act_reset(lab);
    rule(lab, DO_BLOCK, PORT_SIP);
    act_reset(lab);
    rule(lab, DO_OPEN, PORT_SIP);
    quiet(lab);
}

static void one_phone_powered_off(struct lab *lab)
{
    lab_power(lab, 3, false, lab_now_us(lab));
    both(lab);
    lab_power(lab, 3, true, lab_now_us(lab));
    lab_erase(lab, 4, lab_now_us(lab));
    quiet(lab);
}

static const struct parity {
    const char *what;
    struct setup setup;
    void (*acts)(struct lab *lab);
} parities[] = {
    { "first boot, HTTP",
      { false, "8.6", 1, 1, PHONES, "8861", 0, false, false, NULL },
      only_boot },
    { "first boot, TFTP",
      { false, "8.6", 1, 1, PHONES, "7965", 0, false, false, NULL },
      only_boot },
    { "first boot, no Security by Default",
      { false, "8.6", 1, 1, PHONES, "7960", 0, false, false, NULL },
      only_boot },
    { "CallManager", { false, "8.6", 1, 1, PHONES, "8861", 0, false, false, NULL }, callmanager },
    { "both at once", { false, "8.6", 1, 1, PHONES, "7965", 0, false, false, NULL }, both },
    { "both on every node of three",
      { false, "9.1", 3, 3, PHONES, "8861", 0, false, false, NULL },
      both },
    { "group of one of two nodes",
      { false, "11.5", 2, 1, PHONES, "8861", 0, false, false, NULL },
      callmanager },
    { "without TVS", { false, "8.6", 2, 2, PHONES, "8861", 0, false, false, NULL }, without_tvs },
    { "without TFTP", { false, "8.6", 2, 2, PHONES, "8861", 0, false, false, NULL }, without_tftp },
    { "without CallManager",
      { false, "8.6", 1, 1, PHONES, "7965", 0, false, false, NULL },
      without_callmanager },
    { "failover and failback",
      { false, "11.5", 2, 2, PHONES, "8861", 0, false, false, NULL },
      failover },
    { "failover and failback, most without a connection of their own",
      { false, "11.5", 2, 2, PHONES, "7965", 0, false, false, few_registrations },
      failover },
    { "failover and failback, secure",
      { false, "11.5", 2, 2, PHONES, "8861", CNF_ENCRYPTED, true, false, NULL },
      failover },
    { "directories", { false, "11.5", 1, 1, PHONES, "8861", 0, false, false, NULL }, directories },
    { "node down", { false, "11.5", 2, 2, PHONES, "8861", 0, false, false, NULL }, node_is_down },
    { "slow links", { false, "11.5", 1, 1, PHONES, "8861", 0, false, false, NULL }, slow_links },
    { "slow links, TFTP",
      { false, "8.6", 1, 1, PHONES, "7965", 0, false, false, NULL },
      slow_links },
    { "a firewall", { false, "11.5", 1, 1, PHONES, "8861", 0, false, false, NULL }, firewall },
    { "one off, one erased",
      { false, "8.6", 1, 1, PHONES, "8861", 0, false, false, NULL },
      one_phone_powered_off },
    { "secure with MIC",
      { false, "11.5", 1, 1, PHONES, "8861", CNF_ENCRYPTED, false, false, NULL },
      callmanager },
    { "secure and encrypted with LSC",
      { false, "11.5", 2, 2, PHONES, "8861", CNF_ENCRYPTED, true, true, NULL },
      both },
};

static const char *text_of(const struct said *s, char out[80])
{
    if (s->kind == NOTE_STATE)
        snprintf(out, 80, "state %s", phone_states[s->a].name);
    else
        snprintf(out, 80, "note %u: %u %u", s->kind, s->a, s->b);
    return out;
}

static bool same_history(const struct history *v, const struct history *l, const char *what,
                         uint32_t phone)
{
    char a[80], b[80];
    for (uint32_t i = 0; i < v->count || i < l->count; i++) {
        bool both_there = i < v->count && i < l->count;
        if (both_there && memcmp(&v->said[i], &l->said[i], sizeof v->said[i]) == 0)
            continue;
        print_error("%s, phone %u, note %u: virtual \"%s\", live \"%s\"\n", what, phone, i,
                    i < v->count ? text_of(&v->said[i], a) : "(end)",
                    i < l->count ? text_of(&l->said[i], b) : "(end)");
        return false;
    }
    return true;
}

static bool same_both_ways(const struct parity *p)
{
    struct setup s = p->setup;
    bool same = true;
    p->acts(booted(&s));
    struct history *expected = current.of;
    assert_true(expected[0].count >= 5);
    current.of = NULL;
    done();
    s.live = true;
    p->acts(booted(&s));
    for (uint32_t i = 0; i < s.phones && same; i++)
        same = same_history(&expected[i], &current.of[i], p->what, i);
    free(expected);
    done();
    return same;
}

/* The second try is for a busy machine, on which a deadline may come while nobody could answer. */
static void parity(void **state)
{
    (void)state;
    uint32_t bad = 0;
    size_t each = tvs_workers == 0 ? 1 : 4; /* threads make no difference that depends on which */
    for (size_t r = 0; r < sizeof parities / sizeof parities[0]; r += each) {
        patience = 1;
        if (same_both_ways(&parities[r]))
            continue;
        patience = 10;
        bad += !same_both_ways(&parities[r]);
    }
    assert_int_equal(bad, 0);
}

/* What passes a link takes its time, there and back: CTL, ITL, configuration and files, each a
 * connection and what is said on it, and REGISTER. */
static void a_slow_link_takes_its_time(void **state)
{
    (void)state;
    struct err e = { "" };
    struct setup s = { true, "11.5", 1, 1, 1, "8861", 0, false, false, NULL };
    struct lab *lab = build(&s, &e);
    uint64_t took_us[2];
    assert_non_null(lab);
    for (int slow = 0; slow < 2; slow++) {
        struct link link = { .delay_us = slow ? 20 * MS : 0 };
        uint64_t since_us = lab_now_us(lab);
        lab_node_link(lab, 0, 0, &link);
        assert_int_equal(lab->driver->node_link_of(lab->driver->self, 0).delay_us, link.delay_us);
        lab_power(lab, 0, true, lab_now_us(lab));
        quiet(lab);
        assert_true(phone_is_registered(&lab->state.phones[0]));
        took_us[slow] = lab_now_us(lab) - since_us;
        lab_power(lab, 0, false, lab_now_us(lab));
        quiet(lab);
    }
    assert_true(took_us[1] >= took_us[0] / 2 + 20 * 20 * MS);
    done();
}

/* ---- bounds and refusals ---- */

static void one_seat(struct live_options *o)
{
    o->phones_at_once = 1;
}

static void phones_wait_for_a_seat(void **state)
{
    (void)state;
    struct setup s = { true, "11.5", 2, 2, 40, "8861", CNF_ENCRYPTED, true, true, one_seat };
    patience = 10; /* what comes too late is not what is looked at here */
    struct lab *lab = booted(&s);
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        assert_true(phone_is_registered(&lab->state.phones[i]));
    done();
}

static void too_many(struct live_options *o)
{
    o->connections = 1u << 30;
}

static void refused_runs(void **state)
{
    (void)state;
    struct err e = { "" };
    struct setup s = { true, "11.5", 1, 1, 0, "8861", 0, false, false, too_many };
    assert_null(build(&s, &e));
    assert_non_null(strstr(e.text, "1073742")); /* the need, in the text */
    assert_non_null(strstr(e.text, "open files"));
    s.options = NULL;
    e.text[0] = '\0';
    struct lab *lab = build(&s, &e);
    assert_non_null(lab);
    struct live_node outside = { 7, 192u << 24 | 1, "outside" };
    assert_false(live_add_node(lab->driver, &outside, &e));
    assert_non_null(strstr(e.text, "192.0.0.1 is no loopback address"));
    /* The same addresses twice: the second driver says which. */
    turn();
    assert_false(live_failed(lab->driver, &e));
    struct live_options o = live_defaults(lab->base->forge);
    struct live_node taken = { 0, address(0), "pub" };
    o.nodes = &taken;
    o.node_count = 1;
    assert_null(live_new(&lab->world, &o, &e));
    assert_non_null(strstr(e.text, "pub: cannot "));
    done();
}

/* What is tried beside a live lab is tried on the network as it is. */
static void trials_see_the_links(void **state)
{
    (void)state;
    struct lab *lab = served(2);
    struct err e = { "" };
    uint32_t phones[] = { 1, 0 };
    lab_node_link(lab, 0, 0, &(struct link){ .down = true });
    struct lab *trial = lab_trial(lab, phones, 2);
    assert_true(trial->driver->is_down(trial->driver->self, 0, 0));
    lab_free(trial);
    lab_node_link(lab, 0, 0, &(struct link){ .down = false });
    assert_true(lab_phone_link(lab, 1, &(struct link){ .down = true }, &e));
    trial = lab_trial(lab, phones, 2);
    assert_true(trial->driver->is_down(trial->driver->self, 0, 0)); /* phone 1 of the lab */
    assert_false(trial->driver->is_down(trial->driver->self, 1, 0));
    lab_free(trial);
    done();
}

static void ended_by_a_signal(void **state)
{
    (void)state;
    struct lab *lab = served(1);
    live_catch_signals(lab->driver);
    assert_false(live_stopped(lab->driver));
    assert_int_equal(raise(SIGTERM), 0);
    assert_true(live_wait_for_signal(lab->driver));
    assert_true(live_stopped(lab->driver));
    uint64_t before = lab_now_us(lab), hour = 3600 * SECOND;
    lab_run_until(lab, before + hour); /* time passes no more */
    assert_in_range(lab_now_us(lab), before, before + SECOND);
    assert_true(lab->driver->stopped(lab->driver->self));
    lab_power(lab, 0, false, lab_now_us(lab));
    assert_false(lab_settle(lab, before + 2 * hour).quiet);
    assert_true(phone_is_registered(&lab->state.phones[0])); /* nothing happens any more */
    assert_true(live_wait_for_signal(lab->driver));
    done();
}

/* Time stands still outside the loop: an act takes none. */
static void clock_stands_still(void **state)
{
    (void)state;
    struct lab *lab = served(1);
    uint64_t before = lab_now_us(lab);
    usleep(20 * MS);
    assert_int_equal(lab_now_us(lab), before);
    lab_run_until(lab, before + 10 * MS);
    assert_in_range(lab_now_us(lab), before + 10 * MS, before + SECOND);
    done();
}

/* As `serve` makes it: nothing but what the live driver itself makes faster.  `announce` may be
 * NULL. */
static struct lab *plain(uint32_t nodes, FILE *announce)
{
    static const char *const names[] = { "pub", "sub" };
    struct err e = { "" };
    struct lab_options lo = lab_defaults();
    uint32_t cluster;
    lo.live = true;
    lo.cache_dir = keyring_default_cache();
    struct lab *lab = current.lab = lab_new(&lo);
    struct live_options o = lab_live_options(lab);
    o.announce = announce;
    assert_true(lab_live(lab, &o, &e));
    struct lab_cluster_spec spec = { "HQ", "11.5", names, nodes, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    for (uint32_t i = 0; i < nodes; i++)
        lab->state.clusters[0].nodes[i].disk.ip = address(i);
    return lab;
}

/* What a scenario sets holds, though it be what virtual time has by itself. */
static void a_scenario_sets_its_own_times(void **state)
{
    (void)state;
    struct lab *lab = plain(1, NULL);
    const struct cluster *cl = &lab->state.clusters[0];
    assert_int_equal(cl->db.params[PARAM_SERVICE_START_US], 200 * MS); /* faster by itself */
    lab_param(lab, 0, PARAM_SERVICE_START_US, param_table[PARAM_SERVICE_START_US].initial);
    turn();
    act_service(lab, SERVICE_TVS, DO_RESTART);
    assert_int_equal(cl->nodes[0].run.services[SERVICE_TVS].ready_us,
                     lab_now_us(lab) + 20 * SECOND);
    lab_run_until(lab, lab_now_us(lab) + 300 * MS);
    assert_int_equal(cl->db.params[PARAM_SERVICE_START_US], 20 * SECOND);
    assert_int_equal(cl->nodes[0].run.services[SERVICE_TVS].state, SERVICE_STARTING);
    done();
}

static void announced(void **state)
{
    (void)state;
    char *text = NULL, line[256], ip[32];
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);
    (void)plain(2, to);
    turn();
    turn();
    fclose(to);
    struct in_addr a = { htonl(address(1)) };
    snprintf(ip, sizeof ip, "%s", inet_ntoa(a));
    snprintf(line, sizeof line,
             "sub %s: HTTP 6970, HTTPS files 6971, HTTPS files 6972, TFTP %u%s, TVS 2445, SIP "
             "5060, SIP over UDP 5060, SIPS 5061, SCCP 2000, SCCPS 2443, "
             "HTTPS 8443, HTTP services 8080\nready\n",
             ip, live_tftp_port(current.lab->driver),
             live_tftp_port(current.lab->driver) == 69 ? "" : " (69 needs a privilege)");
    assert_int_equal(strncmp(text, "pub 127.", 8), 0);
    assert_string_equal(strchr(text, '\n') + 1, line);
    free(text);
    done();
}

/* ---- the connection of a registered phone ---- */

static bool (*closes)(void *self, uint32_t phone);
static uint32_t by_connection;

static bool counted(void *self, uint32_t phone)
{
    bool has = closes(self, phone);
    by_connection += has;
    return has;
}

/* It stays open however long nothing passes, and its end tells each phone that the server stopped.
 */
static void sees_the_close(void **state)
{
    (void)state;
    struct lab *lab = served(10); /* a client that is silent for 0.3 s is broken off */
    struct err e = { "" };
    lab_run_until(lab, lab_now_us(lab) + 700 * MS);
    closes = lab->driver->closes;
    lab->driver->closes = counted;
    by_connection = 0;
    assert_true(lab_service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP, &e));
    assert_int_equal(by_connection, 10);
    for (uint32_t i = 0; i < 10; i++)
        assert_true(phone_is_registered(&lab->state.phones[i])); /* nobody told it */
    quiet(lab);
    for (uint32_t i = 0; i < 10; i++)
        assert_false(phone_is_registered(&lab->state.phones[i]));
    assert_true(lab_service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START, &e));
    quiet(lab);
    for (uint32_t i = 0; i < 10; i++)
        assert_true(phone_is_registered(&lab->state.phones[i]));
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parity),
        TEST_WITH_WORKERS(parity),
        TEST(a_slow_link_takes_its_time),
        TEST(sees_the_close),
        TEST(phones_wait_for_a_seat),
        TEST(refused_runs),
        TEST(trials_see_the_links),
        TEST(ended_by_a_signal),
        TEST(clock_stands_still),
        TEST(a_scenario_sets_its_own_times),
        TEST(announced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
