/* Time bombs: found by trying, and so they happen when somebody does it. */
#include "random_scenario.h"
#include "told.h"

#include "nodes/services.h"
#include "sim/predict/standby.h"

#define ONE                                                                                        \
    "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "                      \
    "local fleet = hq:phones { count = 10, model = '7965' } fleet:power('on') settle() "

/* ---- what stands there ---- */

/* Both certificates lie on the disk and nothing was restarted.  Of the two services alone each can
 * be helped: by the other one's restart, or by URLs without TLS, for configurations are trusted. */
static void test_on_disk(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "step('both') hq.pub:regenerate('CallManager', 'TVS') settle() "
                 "print(fleet:count { needs_hands = true })");
    assert_string_equal(t.run.out, "0\n");
    assert_string_equal(t.report.verdict,
                        "no phone loses anything now; at the next restart of Cisco Tftp and Cisco "
                        "Trust Verification Service on pub: 10 of 10 phones need hands");
    has(t.text, "What happens next:\n"
                "  At the next restart of Cisco Tftp on pub, and a reset:\n"
                "    10 phones lose secure services (10).\n"
                "    10 come back after an act on the cluster; one of them is SEP001121000000.\n"
                "    The same at the next restart of Cisco Trust Verification Service on pub.\n"
                "  At the next restart of Cisco Tftp and Cisco Trust Verification Service on pub, "
                "and a reset:\n"
                "    10 phones lose configuration (10), trust list (10), secure services (10).\n"
                "    10 need hands; one of them is SEP001121000000.\n"
                "    The same at the next restart of pub.\n\n");
    has(t.json, "\"need_hands\":\t0");
    has(t.json, "\"at_risk\":\ttrue");
    has(t.json, "\"worst\":\ttrue,\n\t\t\t\"causes\":\t[{\n\t\t\t\t\t\"kind\":\t\"services\",\n"
                "\t\t\t\t\t\"text\":\t\"at the next restart of Cisco Tftp and Cisco Trust "
                "Verification Service on pub\",\n\t\t\t\t\t\"cluster\":\t\"HQ\",\n"
                "\t\t\t\t\t\"node\":\t\"pub\",\n"
                "\t\t\t\t\t\"services\":\t[\"Cisco Tftp\", \"Cisco Trust Verification Service\"]\n"
                "\t\t\t\t}, {\n\t\t\t\t\t\"kind\":\t\"node\",");
    assert_true(report_at_risk(&t.report));
    told_over(&t);
}

/* What does not run is restarted by nobody; a node that comes up brings it along. */
static void test_stopped(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "step('both') hq.pub:stop('Cisco Tftp') "
                 "hq.pub:regenerate('CallManager', 'TVS') settle()");
    const struct ahead *a = t.report.said->ahead;
    uint32_t nodes = 0;
    for (uint32_t i = 0; i < a->cause_count; i++) {
        assert_int_equal(a->causes[i].services & SERVICE_BIT(SERVICE_TFTP), 0);
        nodes +=
            a->causes[i].kind == AHEAD_NODE && a->bombs[a->causes[i].bomb].by_way[WAY_HANDS] == 10;
    }
    assert_int_equal(nodes, 1);
    told_over(&t);
}

/* Phones without power are among them. */
static void test_off_too(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "fleet:first(4):power('off') settle() step('both') "
                 "hq.pub:regenerate('CallManager', 'TVS') settle()");
    has(t.report.verdict, "on pub: 10 of 10 phones need hands");
    told_over(&t);
}

/* Two clusters: the one it is about is named, and the other one's phones are left alone. */
static void test_two_clusters(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "local br = cluster { name = 'BR', version = '8.6', nodes = { 'b1', 'b2' } } "
                 "local others = br:phones { count = 4, model = '7965' } others:power('on') "
                 "settle() step('both') br.b1:regenerate('CallManager', 'TVS') "
                 "br.b2:regenerate('CallManager', 'TVS') settle()");
    assert_string_equal(t.report.verdict,
                        "no phone loses anything now; at the next restart of Cisco Tftp and Cisco "
                        "Trust Verification Service on all nodes of BR: 4 of 14 phones need hands");
    told_over(&t);
}

/* A phone that is to move has a way back, though no phone of the trial is where it was: option 150
 * as it stood.  So has one whose trust was made half: its next boot asks the TVS of the cluster
 * whose list it refused. */
static void test_way_back(void **state)
{
    (void)state;
    struct told t;
    static const char two[] =
        "local a = cluster { name = 'A', version = '9.1', nodes = { 'pa' } } "
        "local b = cluster { name = 'B', version = '12.5', nodes = { 'pb' } } "
        "local fleet = a:phones { count = 10, model = '7965' } fleet:insert { cluster = b } "
        "settle() ";
    char scenario[1024];
    snprintf(scenario, sizeof scenario, "%s%s", two,
             "step('off') fleet:power('off') fleet:move { tftp = b.pb } settle() "
             "print(fleet:count { needs_hands = true })");
    tell(&t, scenario);
    assert_string_equal(t.run.out, "0\n");
    has(t.text,
        "  When phones that are off boot: 10 phones lose configuration (10), trust list (10)"
        ".\n    10 come back after an act on the cluster; one of them is "
        "SEP001121000000.\n");
    told_over(&t);
    snprintf(scenario, sizeof scenario, "%s%s", two,
             "step('half') for _, store in ipairs { 'Phone-SAST-trust', 'CallManager-trust' } do "
             "a.pa:upload(store, b.pb:certificate('CallManager')) end settle() "
             "fleet:move { tftp = b.pb } fleet:reset() settle()");
    tell(&t, scenario);
    has(t.text, "  At the next boot: 10 phones lose configuration (10).\n"
                "    10 come back after an act on the cluster; one of them is SEP001121000000.\n");
    told_over(&t);
}

/* Where nothing is old there is nothing to try. */
static void test_nothing_old(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "wait('1h')");
    assert_string_equal(t.report.verdict, "no phone loses anything");
    assert_int_equal(t.report.said->ahead->trials, 0);
    has(t.json, "\"ahead\":\t[]");
    assert_false(report_at_risk(&t.report));
    told_over(&t);
    tell(&t, ONE "step('both') hq.pub:regenerate('CallManager', 'TVS') "
                 "hq.pub:restart('Cisco Tftp', 'TVS', 'Cisco CallManager') settle() fleet:reset() "
                 "settle() wait('1h')");
    assert_string_equal(t.report.verdict, "10 of 10 phones need hands");
    assert_int_equal(t.report.said->ahead->trials, 0);
    told_over(&t);
}

/* Left on: the next restart of TFTP gives empty lists, and with them no secured services. */
static void test_rollback(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "step('rollback') hq:set('rollback', true) settle()");
    assert_string_equal(t.report.verdict,
                        "no phone loses anything now; at the next restart of Cisco Tftp on pub: 10 "
                        "of 10 phones lose something");
    const struct ahead_bomb *b = ahead_worst(t.report.said->ahead);
    assert_int_equal(b->lost[FUNCTION_SECURE_SERVICES], 10);
    assert_int_equal(b->lost[FUNCTION_TRUST_LIST], 0);
    assert_false(report_at_risk(&t.report) && b->by_way[WAY_HANDS] == 0);
    told_over(&t);
}

/* The other node's TVS does not know the new signer yet: what is harmless in an hour is not now. */
static void test_replication(void **state)
{
    (void)state;
    struct told t;
#define UNDER_WAY                                                                                  \
    "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub' } } "               \
    "local fleet = hq:phones { count = 8, model = '7965' } fleet:power('on') settle() "            \
    "hq:set('replication_us', '1h') step('both') hq.pub:regenerate('CallManager') "                \
    "hq.pub:restart('Cisco Tftp') hq.pub:regenerate('TVS') wait('1m') "
    tell(&t, UNDER_WAY);
    assert_string_equal(t.report.verdict,
                        "no phone loses anything now; at the next restart of Cisco Trust "
                        "Verification Service on pub: 8 of 8 phones lose something");
    const struct ahead *a = t.report.said->ahead;
    assert_int_equal(a->bomb_count, 1);
    assert_int_equal(a->bombs[0].lost[FUNCTION_TRUST_LIST], 8);
    assert_int_equal(a->bombs[0].by_way[WAY_BOOT], 8); /* once the row is there */
    assert_int_equal(a->cause_count, 3);
    assert_int_equal(a->causes[0].kind, AHEAD_SERVICE);
    assert_int_equal(a->causes[1].kind, AHEAD_NODE);
    assert_int_equal(a->causes[2].kind, AHEAD_ALL_NODES);
    told_over(&t);
    tell(&t, UNDER_WAY "wait('1h')");
    assert_string_equal(t.report.verdict, "no phone loses anything");
    told_over(&t);
    /* A reset does it where the first TVS is the one that has no row yet: no restart is named. */
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub' } } "
             "hq:pool('P', { 'sub', 'pub' }) local fleet = hq:phones { count = 8, "
             "model = '7965', pool = 'P' } settle() hq:set('replication_us', '1h') step('one') "
             "hq.pub:regenerate('CallManager') hq.pub:restart('Cisco Tftp') wait('1m')");
    assert_string_equal(t.report.verdict,
                        "no phone loses anything now; at a reset before what is under way has "
                        "ended: 8 of 8 phones lose something");
    has(t.text, "What happens next:\n"
                "  At a reset before what is under way has ended:\n"
                "    8 phones lose configuration (8), trust list (8).\n"
                "    8 come back at their next boot; one of them is SEP001121000000.\n\n");
    assert_int_equal(t.report.said->ahead->cause_count, 1);
    told_over(&t);
}

/* ---- a standby that refuses ---- */

#define MIXED(rest)                                                                                \
    "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub' } } "              \
    "hq:ctl('mixed-mode') for _, x in ipairs(hq.nodes) do "                                        \
    "x:restart('Cisco Tftp', 'Cisco CallManager') end "                                            \
    "local secure = hq:phones { count = 10, model = '8861', security = 'encrypted', lsc = true } " \
    "local plain = hq:phones { count = 5, model = '7965' } settle() step('renew') " rest

/* Whoever speaks TLS would lose registration with the primary: the CTL has the old certificate. */
static void test_standby(void **state)
{
    (void)state;
    static const char *const quiet[] = {
        "settle() wait('1h')", /* nothing was done */
        /* The lists follow. */
        "hq.sub:regenerate('CallManager') wait('1m') hq:ctl('update') for _, x in "
        "ipairs(hq.nodes) do x:restart('Cisco Tftp', 'Cisco CallManager') end settle() "
        "hq:reset() settle() wait('1h')",
        /* Everybody sees that it does not run, or that the network is cut. */
        "hq.sub:regenerate('CallManager') hq.sub:restart('Cisco CallManager') settle() "
        "hq.sub:stop('Cisco CallManager') settle() wait('1h')",
        "hq.sub:regenerate('CallManager') hq.sub:restart('Cisco CallManager') settle() "
        "hq.sub:link { down = true } settle() wait('1h')",
    };
    struct told t;
    tell(&t, MIXED("hq.sub:regenerate('CallManager') hq.sub:restart('Cisco CallManager') settle() "
                   "wait('1h')"));
    assert_string_equal(t.report.verdict,
                        "no phone loses anything now; while Cisco CallManager does not run on pub: "
                        "10 of 15 phones lose something");
    has(t.text, "  While Cisco CallManager does not run on pub:\n"
                "    10 phones lose registration (10).\n"
                "    10 come back by themselves; one of them is SEP001121000000.\n\n");
    has(t.json, "\"kind\":\t\"down\",\n\t\t\t\t\t\"text\":\t\"while Cisco CallManager does not "
                "run on pub\",\n\t\t\t\t\t\"cluster\":\t\"HQ\",\n\t\t\t\t\t\"node\":\t\"pub\"");
    assert_int_equal(t.report.said->ahead->bombs[0].by_way[WAY_NONE], 10);
    has(t.csv, "SEP001121000009,8861,Default,registration,,,none,ahead\n");
    assert_null(strstr(t.csv, "SEP00112100000A"));
    has(t.json, "\"at_next_boot\":\t[],\n\t\t\t\"ahead\":\t[\"registration\"],");
    assert_false(report_at_risk(&t.report));
    told_over(&t);
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++) {
        char text[2000];
        snprintf(text, sizeof text, "%s%s", MIXED(""), quiet[i]);
        tell(&t, text);
        assert_null(strstr(t.report.verdict, "does not run"));
        told_over(&t);
    }
}

/* Which phone would be refused by whom. */
static void test_refuses(void **state)
{
    (void)state;
    struct told t;
    tell(&t,
         MIXED("hq:pool('alone', { 'pub' }) hq:pool('low', { 'sub', 'pub' }) "
               "hq:phones { count = 1, model = '8861', security = 'encrypted', lsc = true, "
               "pool = 'alone' } "
               "hq:phones { count = 1, model = '8861', security = 'encrypted', lsc = true, "
               "pool = 'low' } settle() secure[1]:power('off') "
               "hq.sub:regenerate('CallManager') hq.sub:restart('Cisco CallManager') settle()"));
    for (uint32_t i = 0; i < t.run.lab->state.phone_count; i++) /* 15: alone; 16: now at pub */
        assert_int_equal(standby_refuses(t.run.lab, i), (i > 0 && i < 10) || i == 16);
    told_over(&t);
    tell(&t, MIXED("")); /* nothing was done */
    for (uint32_t i = 0; i < t.run.lab->state.phone_count; i++)
        assert_false(standby_refuses(t.run.lab, i));
    told_over(&t);
}

/* Of two clusters the one in which it is so; the last resort behind a group is no standby. */
static void test_refuses_where(void **state)
{
    (void)state;
    struct told t;
    tell(&t,
         MIXED("local new = cluster { name = 'NEW', version = '12.5', nodes = { 'pub', 'sub' } } "
               "new:ctl('mixed-mode') for _, x in ipairs(new.nodes) do "
               "x:restart('Cisco Tftp', 'Cisco CallManager') end "
               "new:phones { count = 4, model = '8861', security = 'encrypted', lsc = true } "
               "settle() new.sub:regenerate('CallManager') "
               "new.sub:restart('Cisco CallManager') settle()"));
    for (uint32_t i = 0; i < t.run.lab->state.phone_count; i++)
        assert_int_equal(standby_refuses(t.run.lab, i), i >= 15);
    has(t.report.verdict, "while Cisco CallManager does not run on NEW/pub: 4 of 19 phones");
    told_over(&t);
    tell(&t, "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub' } } "
             "hq:pool('low', { 'sub' }) hq:phones { count = 2, model = '7965', pool = 'low' } "
             "settle() hq:set('register_outside_group', false)");
    assert_false(standby_refuses(t.run.lab, 0));
    told_over(&t);
}

/* ---- and so it happens ---- */

static bool is_wide(const struct ahead_cause *c)
{
    return c->kind == AHEAD_SERVICE_EVERYWHERE || c->kind == AHEAD_OLD_EVERYWHERE ||
           c->kind == AHEAD_ALL_NODES;
}

static void do_cause(struct lab *lab, const struct ahead_cause *c)
{
    const struct cluster *cl = &lab->state.clusters[c->cluster];
    FOR_EACH_NODE(cl, n)
    {
        for (uint32_t s = 0; s < SERVICES; s++) {
            bool runs = cl->nodes[n].run.services[s].state != SERVICE_STOPPED;
            bool wanted = c->services == 0 ? services_is_activated(cl, n, (enum service)s)
                                           : runs && (c->services & SERVICE_BIT(s)) != 0;
            struct act act = { .kind = DO_RESTART, .node = (uint8_t)n, .arg = { s } };
            act.kind = runs ? DO_RESTART : DO_START;
            if (c->kind != AHEAD_DAY && c->kind != AHEAD_RESET && wanted &&
                (is_wide(c) || n == c->node))
                assert_true(lab_do(lab, c->cluster, &act, NULL));
        }
    }
    if (c->kind == AHEAD_DAY)
        lab_run_until(lab, lab_now_us(lab) + 24 * 3600000000ull);
    lab_settle(lab, lab_now_us(lab) + 24 * 3600000000ull);
}

/* What each phone lacks when all have booted and pressed Directories. */
static void boot_all(struct lab *lab, uint8_t lost[RANDOM_PHONES])
{
    for (int on = 0; on <= 1; on++) {
        for (uint32_t i = 0; i < RANDOM_PHONES; i++)
            lab_power(lab, i, on != 0, lab_now_us(lab));
        lab_settle(lab, lab_now_us(lab) + 24 * 3600000000ull);
    }
    for (uint32_t i = 0; i < RANDOM_PHONES; i++) {
        if (phone_is_registered(&lab->state.phones[i]))
            lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab));
    }
    lab_settle(lab, lab_now_us(lab) + 24 * 3600000000ull);
    for (uint32_t i = 0; i < RANDOM_PHONES; i++)
        lost[i] = lab->state.phones[i].lost;
}

static void happens(struct told *t, const struct ahead_cause *c, uint64_t seed,
                    uint8_t all[RANDOM_PHONES])
{
    const struct ahead_bomb *b = &t->report.said->ahead->bombs[c->bomb];
    uint8_t plain[RANDOM_PHONES], behind[RANDOM_PHONES];
    struct lab *alone = lab_fork(t->run.lab), *lab = lab_fork(t->run.lab);
    uint32_t phones = 0, lost[FUNCTIONS] = { 0 };
    char words[AHEAD_TEXT];
    boot_all(alone, plain);
    do_cause(lab, c);
    boot_all(lab, behind);
    for (uint32_t i = 0; i < RANDOM_PHONES; i++) {
        uint8_t had = plain[i] | losses_ahead_of(&t->run.session->losses, i).left.lost;
        bool out = (had & FSM_BIT(FUNCTION_REGISTRATION)) != 0;
        had |= out ? (uint8_t)FSM_BIT(FUNCTION_SECURE_SERVICES) : 0;
        uint8_t more = behind[i] & (uint8_t)~had;
        phones += more != 0;
        all[i] |= more;
        for (int f = 0; f < FUNCTIONS; f++)
            lost[f] += (more & FSM_BIT(f)) != 0;
    }
    if (phones != b->phones || memcmp(lost, b->lost, sizeof lost) != 0)
        fail_msg("seed %u, %s: %u phones, not %u", (unsigned)seed,
                 ahead_words(t->run.lab, c, words), phones, b->phones);
    lab_free(alone);
    lab_free(lab);
}

static void test_it_happens(void **state)
{
    (void)state;
    uint32_t bombs = 0, kinds = 0;
    for (uint64_t seed = 1; seed <= 500; seed++) {
        char text[RANDOM_ROOM];
        struct told t;
        random_scenario(seed, text);
        tell(&t, text);
        uint64_t hash = lab_hash(t.run.lab);
        uint8_t all[RANDOM_PHONES] = { 0 };
        const struct ahead *a = t.report.said->ahead;
        for (uint32_t i = 0; i < a->cause_count; i++) {
            happens(&t, &a->causes[i], seed, all);
            kinds |= FSM_BIT(a->causes[i].kind);
        }
        for (uint32_t i = 0; i < RANDOM_PHONES; i++) {
            struct ahead_end end = losses_bombs_of(&t.run.session->losses, i);
            assert_int_equal(end.more, all[i]);
            assert_int_equal(end.way != WAY_NONE, end.more != 0);
        }
        bombs += a->bomb_count;
        assert_true(a->bomb_count == 0 || verdict_looks_ahead(t.report.said));
        assert_true(lab_hash(t.run.lab) == hash);
        told_over(&t);
    }
    assert_true(bombs > 30);
    assert_int_equal(kinds & FSM_BIT(AHEAD_DOWN), 0); /* none of these phones is secure */
    assert_int_equal(kinds | FSM_BIT(AHEAD_DAY) | FSM_BIT(AHEAD_RESET) | FSM_BIT(AHEAD_DOWN),
                     FSM_BIT(AHEAD_KINDS) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standby),       cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_refuses_where), cmocka_unit_test(test_on_disk),
        cmocka_unit_test(test_off_too),       cmocka_unit_test(test_two_clusters),
        cmocka_unit_test(test_nothing_old),   cmocka_unit_test(test_rollback),
        cmocka_unit_test(test_it_happens),    cmocka_unit_test(test_replication),
        cmocka_unit_test(test_way_back),      cmocka_unit_test(test_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
