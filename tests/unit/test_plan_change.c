/* Changes of all kinds as a page: what makes none, what comes to rest, and what is said of an act.
 */
#include "tests/unit/plan_made.h"

#include "sim/plan/parts.h"

/* The page is for who reads no scenario: commands of the product alone stand in code marks. */
static void test_page_words(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    for (int i = 0; i < ACTS; i++) {
        const char *text = plan_page_words(&a, act_table[i]->doc);
        if (text == NULL)
            continue;
        if (strstr(text, "arameter \"") != NULL)
            fail_msg("%s: %s", act_table[i]->name, text);
        for (const char *at = strchr(text, '`'); at != NULL; at = strchr(at, '`')) {
            size_t n = strcspn(at + 1, "`");
            if (memchr(at, ' ', n) == NULL || memchr(at, '{', n) != NULL)
                fail_msg("%s: %s", act_table[i]->name, text);
            at += n + 2;
        }
    }
    assert_string_equal(plan_page_words(&a, "One (the parameter \"x\"). Two `y` is. Three: `a b`."),
                        "One. Three: `a b`.");
    assert_string_equal(plan_page_words(&a, "One (of two). Four (see `z`"), "One (of two).");
    assert_null(plan_page_words(&a, "`x {}` mends it."));
    arena_free(&a);
}

static const char *asked(const struct plan *p, const char *what)
{
    for (uint32_t i = 0; i < p->step_count; i++) {
        for (uint32_t k = 0; k < p->steps[i].act_count; k++) {
            if (strncmp(p->steps[i].acts[k].what, what, strlen(what)) == 0)
                return p->steps[i].acts[k].warns;
        }
    }
    return NULL;
}

/* What CUCM asks is said with each certificate, and of ITLRecovery what it asks there alone. */
static void test_warnings(void **state)
{
    (void)state;
    struct made n = { 0 };
    make(
        &n,
        "local hq = cluster { name = 'HQ', version = '14', nodes = { 'pub' } } hq:phones { count = "
        "2, model = '8841' } return hq",
        "local hq = ... step('A', function() hq.pub:regenerate('tomcat') "
        "hq.pub:regenerate('ITLRecovery') end) step('B', function() hq.pub:regenerate('tomcat') "
        "end)");
    assert_true(n.good);
    assert_non_null(strstr(asked(&n.plan, "Regenerate tomcat"), "imported for tomcat"));
    assert_null(strstr(asked(&n.plan, "Regenerate tomcat"), "ITL"));
    assert_non_null(strstr(asked(&n.plan, "Regenerate ITLRecovery"), "imported for ITLRecovery. If "
                                                                     "you are using a tokenless"));
    assert_null(n.plan.steps[1].acts[0].warns);
    done(&n);
}

/* Nothing that could be on a page: said so, and never that no phone loses anything. */
static void test_no_plan(void **state)
{
    (void)state;
    static const char none[] = "return cluster { name = 'HQ', version = '9.1', nodes = { 'pub' } }";
    static const struct {
        const char *cluster, *change, *says;
    } cases[] = {
        { nine, "", "change.lua: it has no step() and no act" },
        { nine, "wait('1m')", "change.lua: it has no step() and no act" },
        { none, "cluster('HQ').pub:regenerate('TVS') settle()", "it has no phones" },
        { none, "local = 1", "change.lua:1: " },
        { "", "wait('1m')", "it has no cluster" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m = { 0 };
        make(&m, cases[i].cluster, cases[i].change);
        assert_false(m.good);
        assert_non_null(strstr(m.e.text, cases[i].says));
        done(&m);
    }
}

/* A change that builds a cluster of its own is a plan like any other, also where it renews there.
 */
static void test_own_cluster(void **state)
{
    (void)state;
    struct made m = { 0 };
    struct plan_options o = options_of(
        &m, nine,
        "local new = cluster { name = 'NEW', version = '12.5', nodes = { 'n1' } } step('Build', "
        "function() new:ctl('mixed-mode') new.n1:regenerate('CallManager') "
        "new.n1:restart('TFTP') settle() end)");
    o.no_guide = false;
    make_with(&m, &o);
    assert_true(m.good);
    assert_null(m.plan.head.error);
    assert_int_equal(m.plan.head.lost, 0);
    assert_int_equal(m.plan.after.node_count, 3);
    done(&m);
}

/* Behind the last line time goes on until all is quiet: a reset at the end costs what it costs. */
static void test_comes_to_rest(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "local hq = ... step('Reset', function() hq:reset() end)",
        "local hq = ... step('Reset', function() hq:reset() end) settle()",
        "local hq = ... step('Reset', function() at('10h', function() hq:reset() end) end)",
    };
    uint64_t total_us = 0;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct made m = { 0 };
        make(&m, nine, changes[i]);
        assert_true(m.good);
        assert_int_equal(m.plan.head.out, 12);
        assert_int_equal(m.plan.steps[0].out.phones, 12);
        assert_true(m.plan.steps[0].out.most_us > 60000000);
        if (i == 1)
            assert_int_equal(m.plan.steps[0].out.total_us, total_us);
        total_us = m.plan.steps[0].out.total_us;
        assert_int_equal(m.plan.places[0].notice_count, 1);
        assert_non_null(
            strstr(m.plan.places[0].notices[0].text, "No calls while phones restart: step 1, "));
        assert_int_equal(m.plan.places[0].at_a_time, m.plan.places[0].phones);
        done(&m);
    }
    struct made never = { 0 };
    make(&never, nine,
         "local hq = ... step('Cut', function() hq.pub:stop('CallManager') "
         "hq.sub:stop('CallManager') hq:reset() end)");
    assert_true(never.good);
    assert_null(never.plan.head.error); /* that they never come back is no error of the change */
    assert_int_equal(never.plan.head.unregistered, 12);
    assert_non_null(strstr(never.plan.head.verdict, "12 of 12 phones are still without "
                                                    "registration when it is over"));
    done(&never);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_words),    cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_no_plan),       cmocka_unit_test(test_own_cluster),
        cmocka_unit_test(test_comes_to_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
