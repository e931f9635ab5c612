/* The scenario language: its verbs, its errors, and the scenarios that come with the program. */
#include "tests/unit/run_script.h"

/* ---- time ---- */

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t us;
    } good[] = {
        { "10s", 10000000 },
        { "5m", 300000000 },
        { "2h", 7200000000 },
        { "3d", 259200000000 },
        { "1h30m", 5400000000 },
        { "20ms", 20000 },
        { "7us", 7 },
        { "0.5s", 500000 },
        { "1.5d", 129600000000 },
        { "0s", 0 },
        { "2.000001s", 2000001 },
        { "0.999999d", 86399913600 },
    };
    static const char *const bad[] = { "",     "10",  "s",          "10 s",           "10x",
                                       "-5s",  "1.s", ".5s",        "1e3s",           "10sx",
                                       "1h30", "5S",  "1.0000001s", "9999999999999s", "99999999d",
                                       " 5s" };
    uint64_t us;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(time_parse(good[i].text, &us));
        assert_int_equal(us, good[i].us);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (time_parse(bad[i], &us))
            fail_msg("\"%s\" is taken for a time", bad[i]);
    }
    expect_output("wait('90s') print(now()) wait(0.25) print(now()) wait(2) print(now())",
                  "90\n90.25\n92.25\n");
    expect_error("wait('soon')", 1, "wait: a time is expected");
    expect_error("wait(-1)", 1, "wait: a time is expected");
    expect_error("wait(0 / 0)", 1, "wait: a time is expected");
    expect_error("wait {}", 1, "not a table");
    expect_error("table.sort({ 2, 1 }, function() wait(1) end)", 1, "time cannot pass inside");
}

static void test_coroutines(void **state)
{
    (void)state;
    expect_output("at('10s', function() print('a', now()) wait('20s') print('c', now()) end) "
                  "at('20s', function() print('b', now()) end) "
                  "at('20s', function() print('b2', now()) end) "
                  "wait('25s') print('main', now())",
                  "a\t10\nb\t20\nb2\t20\nmain\t25\nc\t30\n");
    /* settle() waits for what is planned; its limit holds. */
    expect_output("at('1h', function() end) print(settle()) print(now())", "true\t0\n3600\n");
    expect_output("at('1h', function() end) print(settle('10m')) print(now())", "false\t0\n600\n");
    expect_output("at('1h', function() print('at', settle()) end) print(settle()) print(now())",
                  "true\t0\n3600\nat\ttrue\t0\n");
    expect_output("print(pcall(function() wait(5) error('x', 0) end)) print(now())",
                  "false\tx\n5\n");
    expect_output("step('one', function() wait(5) step('two', function() wait(6) end) end) "
                  "print(now())",
                  "11\n");
    expect_error("wait(5) at('2s', print)", 1, "at: 2s is over");
    expect_error("at(5, 5)", 1, "at: a function is expected");
    expect_error("at(3, function()\n error('late') end)", 2, "late");
    expect_error("at('40d', function() end)\nsettle()", 2, "settle: not quiet after 30 days");
}

/* Told to stop while it reckons: no wait is needed for that to be seen, and no pcall() goes on. */
static void test_stopped_while_it_reckons(void **state)
{
    (void)state;
    static const char *const texts[] = { "while true do end",
                                         "while true do pcall(function() while true do end end) "
                                         "end" };
    static volatile sig_atomic_t stop = 1;
    for (size_t i = 0; i < 2; i++) {
        struct run r = { 0 };
        put_file(r.path, texts[i], strlen(texts[i]));
        struct session_options o = options_for(&r, r.path, 1);
        o.script.stop = &stop;
        run_file(&r, &o);
        assert_int_equal(r.result, SCRIPT_STOPPED);
        done(&r);
    }
}

/* An act costs what it does, so that acts without end come to one. */
static void test_acts_cost(void **state)
{
    (void)state;
    expect_error("local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'a' } }\n"
                 "while true do hq.a:regenerate('TVS') end",
                 2, "the scenario needs too many instructions (an endless loop?)");
}

/* What is still under way is said, and hope that never comes true is not waited for. */
static void test_not_quiet(void **state)
{
    (void)state;
    expect_error(
        "at('40d', function() end)\nsettle()", 2,
        "settle: not quiet after 30 days: 0 of 0 phones under way (0 failed to register 15 "
        "times or more, 0 over a link that loses packets); 1 function of at() to come; "
        "settle(limit) goes on after its limit");
    expect_error("local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } local f "
                 "= hq:phones { count = 3, model = '7965' }\n"
                 "f:first(2):link { loss = 0.999 } f:power('on')\nsettle()",
                 3,
                 "settle: not quiet after 1 day: 2 of 3 phones under way (2 failed to register 15 "
                 "times or more, 2 over a link that loses packets); settle(limit) goes on after "
                 "its limit");
    /* What can come to an end is waited for. */
    expect_output("local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } local f "
                  "= hq:phones { count = 3, model = '7965' } "
                  "f:first(2):link { loss = 0.999 } f:power('on') "
                  "at('5d', function() f:link {} end) print(settle()) "
                  "print(f:count { registered = true })",
                  "true\t0\n3\n");
}

static void test_steps(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, "wait(5) step('first') wait(6) step('second', function() wait(7) end)");
    assert_int_equal(r.result, SCRIPT_PASSED);
    assert_int_equal(r.lab->record.step_count, 3);
    assert_string_equal(r.lab->record.steps[1].name, "first");
    assert_int_equal(r.lab->record.steps[1].start_us, 5000000);
    assert_string_equal(r.lab->record.steps[2].name, "second");
    assert_int_equal(r.lab->record.steps[2].start_us, 11000000);
    done(&r);
    expect_error("for i = 1, 2000 do step('s') end", 1, "step: more than 999 steps");
    expect_error("step(('x'):rep(200))", 1, "step: a name has at most 95 bytes");
    expect_error("step()", 1, "step: a name is expected");
    expect_error("step(' ')", 1, "step: a name is expected, not an empty one");
    expect_error("step('s', 5)", 1, "step: a function is expected, not 5");
}

static void count_calls(void *ctx, uint64_t now_us)
{
    (void)now_us;
    ++*(int *)ctx;
}

static void test_progress(void **state)
{
    (void)state;
    static const char text[] = LAB "fleet:link { loss = 0.1 } settle() print(now()) wait('1h') "
                                   "hq.pub:regenerate('CallManager') hq.pub:restart('TFTP') "
                                   "settle() fleet:reset() settle() print(now())";
    char *without = printed(text, 3);
    struct run r = { 0 };
    int calls = 0;
    put_file(r.path, text, strlen(text));
    struct session_options o = options_for(&r, r.path, 3);
    o.script.progress = count_calls;
    o.script.progress_ctx = &calls;
    run_file(&r, &o);
    assert_int_equal(r.result, SCRIPT_PASSED);
    assert_string_equal(r.out, without);
    assert_true(calls >= 60);
    free(without);
    done(&r);
}

/* ---- parameters, knobs ---- */

static void run_set(struct run *r, const char *text, const char *a, const char *b)
{
    r->sets[0] = a;
    r->sets[1] = b;
    r->set_count = b != NULL ? 2 : 1;
    run(r, text);
}

static void test_params(void **state)
{
    (void)state;
    static const char text[] = "local n = param('phones', 100) local s = param(\"size\", 0.5) "
                               "print(n, s, param('name', 'x'), param('on', true))";
    struct run r = { 0 };
    run_set(&r, text, "phones=7", "name=a b");
    assert_string_equal(r.out, "7\t0.5\ta b\ttrue\n");
    uint32_t n;
    const struct script_param *p = script_params(r.script, &n);
    assert_int_equal(n, 4);
    assert_string_equal(p[0].name, "phones");
    assert_string_equal(p[0].value, "7");
    assert_string_equal(p[0].standard, "100");
    assert_string_equal(p[3].value, "true");
    done(&r);

    static const struct {
        const char *set, *said;
    } bad[] = {
        { "phones=x", "--set phones=x: a whole number is expected" },
        { "phones=1.5", "a whole number is expected" },
        { "phones=", "a whole number is expected" },
        { "on=yes", "true or false is expected" },
        { "phone=7", "no parameter \"phone\" in" },
        { "fones=7", "(one of phones, size, name, on)" },
        { "phones", "NAME=VALUE is expected" },
        { "=7", "NAME=VALUE is expected" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct run b = { 0 };
        run_set(&b, text, bad[i].set, NULL);
        assert_int_equal(b.result, SCRIPT_ERROR);
        if (strstr(b.e.text, bad[i].said) == NULL)
            fail_msg("%s: %s", bad[i].set, b.e.text);
        done(&b);
    }
    struct run none = { 0 };
    run_set(&none, "print('before')", "phones=7", NULL);
    assert_non_null(strstr(none.e.text, "declares no parameters"));
    assert_string_equal(none.out, ""); /* noticed before anything ran */
    done(&none);
    expect_error("param('a', 1)\nparam('a', 1)", 2, "param: \"a\" is declared already");
    expect_error("param('a', {})", 1, "is a number, a text or a boolean");
}

static void test_knobs(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, LAB "knob('tvs_timeout_us', '3s') knob('retry_us', 5000000) "
                "knob('next_tvs_on_unknown', true) knob('boot_min_us', '10m') "
                "hq:set('rollback', true) hq:set('TVS time to live', '2h') "
                "hq:set('replication_us', '7s') hq:set('max_serving', 9) "
                "knob('link_delay_us', '20ms') knob('reset_rate', 0) knob('boot_max_us', '2m')");
    assert_string_equal(r.e.text, "");
    assert_int_equal(r.lab->state.knobs.value[KNOB_TVS_TIMEOUT_US], 3000000);
    assert_int_equal(r.lab->state.knobs.value[KNOB_RETRY_US], 5000000);
    assert_int_equal(r.lab->state.knobs.value[KNOB_NEXT_TVS_ON_UNKNOWN], 1);
    assert_int_equal(r.lab->state.knobs.value[KNOB_BOOT_MAX_US], 120000000);
    assert_int_equal(r.lab->state.knobs.value[KNOB_BOOT_MIN_US], 120000000); /* pulled along */
    assert_int_equal(r.lab->state.costs[COST_LINK_DELAY_US], 20000);
    assert_int_equal(r.lab->state.costs[COST_RESET_RATE], 0);
    assert_int_equal(r.lab->state.clusters[0].db.params[PARAM_ROLLBACK], 1);
    assert_int_equal(r.lab->state.clusters[0].db.params[PARAM_TVS_TTL_S], 7200);
    assert_int_equal(r.lab->state.clusters[0].db.params[PARAM_REPLICATION_US], 7000000);
    assert_int_equal(r.lab->state.clusters[0].db.params[PARAM_MAX_SERVING], 9);
    done(&r);
    run(&r, "knob('boot_min_us', '10m')");
    assert_int_equal(r.lab->state.knobs.value[KNOB_BOOT_MIN_US], 600000000);
    assert_int_equal(r.lab->state.knobs.value[KNOB_BOOT_MAX_US], 600000000);
    done(&r);
    expect_error("knob('tvs_timeout', 1)", 1, "knob: no knob \"tvs_timeout\" (one of boot_min_us");
    expect_error("knob('tvs_timeout_us', 'x')", 1,
                 "knob: the value of tvs_timeout_us is a time (\"10s\"");
    expect_error("knob('tvs_timeout_us', 0)", 1, "knob: tvs_timeout_us is at least 1");
    expect_error("knob('next_tvs_on_unknown', 2)", 1, "is at most 1");
    expect_error("knob('next_tvs_on_unknown', '1s')", 1, "is true or false, not 1s");
    expect_error("knob('tvs_timeout_us', true)", 1, "is a time (\"10s\", or microseconds), not");
    expect_error("knob('processors', 0)", 1, "knob: processors is at least 1");
    expect_error("knob('reset_rate', '10s')", 1, "reset_rate is a whole number, not 10s");
    expect_error("knob('reset_rate', -1)", 1, "reset_rate is a whole number, not -1");
    expect_error(LAB "hq:set('rolback', true)", 1,
                 "set: no parameter \"rolback\" (one of rollback");
    expect_error(LAB "hq:set('rollback', 2)", 1, "set: rollback is at most 1");
    expect_error(LAB "hq:set('rollback', 'yes')", 1, "is true or false, not yes");
}

/* ---- expectations ---- */

static void test_expects(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, "expect(1):equals(1)\n"
            "  expect('a'):equals('b')  \n"
            "wait(5)\n"
            "expect(4, 'four things'):at_least(5)\n"
            "expect(3):at_most(2) expect(2):is_near(2.5, 0.6) expect(2):is_near(3, 0.5)\n"
            "expect(true):is_true() expect(1):is_true() expect(false):is_false()\n"
            "expect('x'):at_least(1)\n"
            "expect(1):differs(2):at_least(1):equals(2)\n"
            "print('to the end')");
    static const struct {
        uint32_t line;
        bool passed;
        const char *expected, *actual;
    } all[] = {
        { 1, true, "1", "1" },
        { 2, false, "\"b\"", "\"a\"" },
        { 4, false, "at least 5", "4" },
        { 5, false, "at most 2", "3" },
        { 5, true, "2.5, give or take 0.6", "2" },
        { 5, false, "3, give or take 0.5", "2" },
        { 6, true, "true", "true" },
        { 6, false, "true", "1" },
        { 6, true, "false", "false" },
        { 7, false, "at least 1", "\"x\"" },
        { 8, true, "not 2", "1" },
        { 8, true, "at least 1", "1" },
        { 8, false, "2", "1" },
    };
    uint32_t n;
    const struct script_expect *x = script_expects(r.script, &n);
    assert_int_equal(r.result, SCRIPT_FAILED);
    assert_string_equal(r.out, "to the end\n");
    assert_int_equal(n, sizeof all / sizeof all[0]);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(x[i].line, all[i].line);
        assert_int_equal(x[i].passed, all[i].passed);
        assert_string_equal(x[i].expected, all[i].expected);
        assert_string_equal(x[i].actual, all[i].actual);
    }
    assert_string_equal(x[1].text, "expect('a'):equals('b')");
    assert_string_equal(x[2].text, "four things");
    assert_int_equal(x[2].at_us, 5000000);
    done(&r);
    expect_error("expect(1):equal(1)", 1,
                 "expectation: no field or verb \"equal\" (one of at_least");
    expect_error("expect(1):at_least('2')", 1, "at_least: a number is expected, not 2");
    expect_error("expect(1):equals()", 1, "equals: a value is expected");
    expect_error("expect(1).equals(1)", 1, "equals: it is called with a colon");
    expect_error("expect()", 1, "expect: a value is expected");
}

/* ---- objects and their errors ---- */

static void test_building(void **state)
{
    (void)state;
    expect_output(LAB "print(hq.name, hq.version, #hq.nodes, hq.pub.name, hq.sub1.cluster == hq, "
                      "hq.pub == hq.nodes[1], hq.pub == hq.sub1, #fleet, fleet:count())",
                  "HQ\t8.6\t2\tpub\ttrue\ttrue\tfalse\t10\t10\n");
    expect_output(LAB "hq:group('G', { 'sub1', 'pub' }) hq:pool('P', 'G') hq:pool('Q', 'sub1x' and "
                      "{ 'sub1' }) pool { name = 'R', group = { 'pub' }, cluster = hq } "
                      "local f = hq:phones { names = { 'SEP0011215A1AE3', 'SEPAABBCCDDEEFF' }, "
                      "model = '8845', pool = 'Q', security = 'encrypted', lsc = true } "
                      "print(f[1], f[2].pool, f[2].model, f[3])",
                  "SEP0011215A1AE3\tQ\t8845\tnil\n");
    expect_output(LAB
                  "local t = fleet:where { state = 'Starting' } print(#t) settle() "
                  "local odd = fleet:part(3) print(#odd, #fleet:except(odd), #fleet:first(0.5), "
                  "#odd:first(2), fleet:first(2)[2] == fleet[2], #fleet:part(1.0), "
                  "#fleet:part(0), #fleet:except(fleet)) "
                  "for _, p in ipairs(odd) do for _, q in ipairs(fleet:except(odd)) do "
                  "assert(p.name ~= q.name) end end",
                  "10\n3\t7\t5\t2\ttrue\t10\t0\t0\n");
    static const struct {
        const char *text, *said;
    } bad[] = {
        { "cluster { name = 'HQ', version = '8.7', nodes = 'pub' }",
          "cluster: no version \"8.7\" (one of 8.0, " },
        { "cluster { name = 'HQ', version = '8.6', node = 'pub' }",
          "cluster: no field \"node\" (one of name, version, nodes, domain, installed)" },
        { "cluster { name = 'HQ', version = '8.6' }", "cluster: nodes are expected" },
        { "cluster { name = 'HQ', version = '8.6', nodes = {} }", "cluster: 1 to 21 nodes" },
        { LAB "hq:node('pup')", "node: no node \"pup\" (one of pub, sub1): did you mean pub?" },
        { "cluster { name = 'HQ', version = '8.6', nodes = { 'a', 'a' } }", "cluster: " },
        { "cluster { name = 'HQ', nodes = 'pub' }", "name and version are needed" },
        { "cluster 'HQ'", "cluster: no cluster \"HQ\": there is none yet" },
        { LAB "hq:phones { count = 3 }", "phones: model is needed" },
        { LAB "hq:phones { count = 3, model = '7999' }",
          "phones: no model \"7999\"; `cucmlab models` shows them" },
        { LAB "hq:phones { model = '7965' }", "phones: count is needed" },
        { LAB "hq:phones { model = '7965', count = 0 }", "count is a number from 1 to 4000000" },
        { LAB "hq:phones { model = '7965', count = 1.5 }", "count is a whole number" },
        { LAB "hq:phones { model = '7965', count = '5' }", "count is a number, not \"5\"" },
        { LAB "hq:phones { model = '7965', count = 3, pool = 'X' }", "phones: " },
        { LAB "hq:phones { model = '7965', count = 3, security = 'secure' }",
          "no device security mode \"secure\" (one of non-secure, authenticated, encrypted)" },
        { LAB "hq:phones { model = '7965', names = { 'CSF1', 5 } }", "names are texts, not 5" },
        { LAB "hq:phones { model = '7965', names = { 'bad name' } }",
          "phones: \"bad name\" is no device name" },
        { LAB "hq:phones { model = '7965', names = { 'SEP12345' } }", "is no device name" },
        { LAB "hq:phones { model = '7965', names = { '' } }", "is no device name" },
        { LAB "hq:phones { model = '7965', names = { 'CSFalice' }, count = 1 }",
          "phones: names say how many there are" },
        { LAB "hq:phones { model = '7965', count = 4000000 }",
          "phones: 4000000 phones, 1 to 3999990 expected" },
        { LAB "hq.phones { count = 3, model = '7965' }", "phones: it is called with a colon" },
        { LAB "hq:pool('P', 'none')", "pool: " },
        { LAB "hq:group('G', { 'x' })", "group: " },
        { LAB "hq:group('G', { 'pub', 'sub1', 'pub', 'sub1' })", "group: 1 to 3 nodes" },
        { LAB "pool { name = 'P' }", "pool: a node (hq.pub, or \"pub\") is expected, not nothing" },
        { LAB "hq:pool('P', {})", "pool: 1 to 3 nodes are expected, not 0" },
        { LAB "hq:pool('P', { 5 })", "pool: a node (hq.pub, or \"pub\") is expected, not 5" },
        { LAB "local b = cluster { name = 'B', version = '8.6', nodes = { 'pub' } } "
              "hq:pool('P', { b.pub })",
          "pool: B/pub is no node of HQ" },
        { LAB "cluster { name = 'B', version = '8.6', nodes = { 'pub' } } "
              "fleet:move { tftp = 'pub' }",
          "move: 2 clusters have a node \"pub\": which one? (hq.pub, or \"B/pub\")" },
        { "pool { name = 'P', group = 'G' }", "pool: there are 0 clusters" },
        { LAB "hq:ctl('on')",
          "ctl: no act \"on\" (one of mixed-mode, non-secure-mode, update, reset localkey)" },
        { LAB "hq:itl('reset')", "itl: no act \"reset\" (one of reset localkey, reset remotekey)" },
        { LAB "hq:itl('reset localkey')", "itl: " }, /* not in 8.6 */
        { LAB "print(hq.sub2)", "cluster: no field or verb \"sub2\" (one of pub, sub1, " },
        { LAB "hq:ctl('mixed mode')",
          "ctl: no act \"mixed mode\" (one of mixed-mode, non-secure-mode, "
          "update, reset localkey): did you mean mixed-mode?" },
        { LAB "hq:upgrade('16')", "upgrade: no version \"16\" (one of 8.0, " },
        { LAB "hq:upgrade('file server')", "upgrade: no version \"file server\" (one of 8.0, " },
        { LAB "hq.pub:address('10.1.1.300')", "is no address, as \"127.0.1.40\" is written" },
        { LAB "hq.pub:block { port = 2445 } hq.pub:open { port = 2445, site = 'York' }",
          "open: HQ: no rule closes port 2445 (TVS) of pub to York" },
        { LAB "hq:phones { count = 1, model = '8845' }:set('pool', 'York')",
          "set: HQ: no device pool \"York\"" },
        { LAB "hq:phones { count = 1, model = '8845' }:count { remedy = 'boot+restart-service' }",
          "count: no remedy \"boot\" (one of none, boot, hands, unknown, " },
        { LAB "hq:phones { count = 1, model = '8845' }:count { remedy = 'upload+restart' }",
          "did you mean restart-services?" },
        { LAB "hq:link { site = 'York', down = true }",
          "link: no phone ever stands at the site \"York\"" },
        { LAB "hq:phones { count = 1, model = '8845' }:site('York') "
              "hq.pub:block { port = 2445, site = 'york' }",
          "block: no phone ever stands at the site \"york\" (fleet:site()): did you mean York?" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_error(bad[i].text, 1, bad[i].said);
}

/* What would have been swallowed. */
static void test_nothing_is_swallowed(void **state)
{
    (void)state;
    expect_error(LAB "fleet:reset('30m')", 1, "reset: one argument too many: 30m");
    expect_error(LAB "fleet:power('off', '1m', 'x')", 1, "power: one argument too many: x");
    expect_error(LAB "hq:set('rollback', true, 7)", 1, "set: one argument too many: 7");
    expect_error(LAB "hq:ctl('update', 1)", 1, "ctl: one argument too many: 1");
    expect_error(LAB "fleet:count({}, 1)", 1, "count: one argument too many: 1");
    expect_error("wait('1s', '2s')", 1, "wait: one argument too many: 2s");
    expect_error("now(1)", 1, "now: one argument too many: 1");
    expect_error(LAB "fleet:count { pool = 'default' }", 1, "count: no device pool \"default\"");
    expect_error("step('a\\nhash 0')", 1, "step: a text with a control character");
    expect_error("step('bad \\xff')", 1, "step: a text with a control character");
    expect_error("param('people', 5)", 1, "param: \"people\" is what --set says of the report");
    expect_error(LAB "fleet:insert { cluster = hq }", 1, "insert: HQ: these phones are its own");
    expect_error(LAB "fleet:delete { cluster = hq } fleet:delete { cluster = hq }", 1,
                 "delete: HQ: some of these phones are not in its database");
    expect_output(LAB "fleet:delete { cluster = hq } fleet:insert { cluster = hq } "
                      "print(fleet:count())",
                  "10\n");
    /* Who is in the database of another cluster only has the pool that it has there. */
    expect_output(LAB "new = cluster { name = 'NEW', version = '15', nodes = { 'npub' } } "
                      "new:pool('York', { 'npub' }) fleet:insert { cluster = new, pool = 'York' } "
                      "print(fleet[1].pool) fleet:delete { cluster = hq } print(fleet[1].pool)",
                  "Default\nYork\n");
    expect_error("cluster { name = 'HQ', version = '8.6', nodes = { '..' } }", 1,
                 "node \"..\": more than dots expected");
    /* All or nothing, though each could be done alone. */
    expect_output(LAB "print(pcall(hq.pub.stop, hq.pub, 'TVS', 'TFTP', 'TVS'))"
                      "hq.pub:stop('TVS', 'TFTP')",
                  "false\tstop: HQ: Cisco Trust Verification Service is not started on pub\n");
}

static void test_filters(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, LAB
        "hq:pool('P', { 'sub1' }) "
        "local old = hq:phones { count = 4, model = '7940', pool = 'P' } settle()\n"
        "expect(fleet:count { registered = true, lost = false }):equals(10)\n"
        "expect(old:count { itl_by = 'none', config = 'plain' }):equals(4)\n"
        "expect(fleet:count { config = 'signed', ctl_by = 'none' }):equals(10)\n"
        "expect(old:count { pool = 'P' }):equals(4) expect(fleet:count { pool = 'P' }):equals(0)\n"
        "expect(fleet:count { model = '7940' }):equals(0)\n"
        "expect(old:count { model = '7940', state = 'Registered' }):equals(4)\n"
        "fleet:first(3):power('off', '30s') wait('1m')\n"
        "expect(fleet:count { state = 'Off' }):equals(3)\n"
        "expect(fleet:where { state = 'Off' } == fleet:first(3)):is_true()\n"
        "expect(fleet[1].registered):is_false() expect(fleet[4].state):equals('Registered')\n"
        "old:link { down = true } wait('10m')\n"
        "expect(old:count { lost = 'registration' }):equals(4)\n"
        "expect(old:count { lost = 'registration', registered = false }):equals(4)\n"
        "expect(old[1].lost):equals('registration, configuration, trust list')\n"
        "expect(old:count { lost = true }):equals(4) expect(old:count { lost = false }):equals(0)\n"
        "expect(old:lost_minutes('registration')):is_near(4 * 8, 8)\n"
        "old:link {} wait('30m')\n"
        "expect(old:count { lost = false }):equals(4)\n"
        "expect(old:count { ever_lost = 'registration' }):equals(4)\n"
        "expect(fleet:where { registered = true }:count { ever_lost = false }):equals(7)\n");
    assert_string_equal(r.e.text, "");
    uint32_t n;
    const struct script_expect *x = script_expects(r.script, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (!x[i].passed)
            fail_msg("line %u: %s: expected %s, is %s", x[i].line, x[i].text, x[i].expected,
                     x[i].actual);
    }
    assert_int_equal(n, 20);
    done(&r);
}

static void test_move_and_hands(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, LAB "settle() local one = fleet[10] "
                "one:move { tftp = { hq.sub1, hq.pub } } one:reset() settle()\n"
                "expect(one.itl_by):equals('TVS') expect(one.itl_status):equals('Match')\n"
                "one:move { tftp = hq.pub } one:reset() settle()\n"
                "hq.pub:regenerate('CallManager', 'TVS') hq.sub1:regenerate('TVS') "
                "for _, n in ipairs(hq.nodes) do n:restart('TFTP', 'TVS') end settle() "
                "hq:reset() settle()\n"
                "expect(fleet:count { needs_hands = true, remedy = 'hands' }):equals(10)\n"
                "fleet:first(4):delete_trust_list('1m') settle()\n"
                "expect(fleet:count { needs_hands = true }):equals(6)\n"
                "expect(fleet:first(4):count { needs_hands = false, itl_by = 'first trust', "
                "itl_status = 'Match', lost = false }):equals(4)\n");
    assert_string_equal(r.e.text, "");
    uint32_t n;
    const struct script_expect *x = script_expects(r.script, &n);
    assert_int_equal(n, 5);
    for (uint32_t i = 0; i < n; i++) {
        if (!x[i].passed)
            fail_msg("line %u: expected %s, is %s", x[i].line, x[i].expected, x[i].actual);
    }
    done(&r);
}

/* A phone registers at another cluster only where that one knows it. */
static void test_insert(void **state)
{
    (void)state;
    static const char two[] =
        "local a = cluster { name = 'A', version = '10.5(2)', nodes = { 'a1' } }\n"
        "local b = cluster { name = 'B', version = '14SU3', nodes = { 'b1' } }\n"
        "local f = a:phones { count = 5, model = '8861' } settle()\n"
        "a.a1:upload('Phone-SAST-trust', b.b1:certificate('ITLRecovery'))\n"
        "f:part(3):insert { cluster = b } wait('1m')\n"
        "f:move { tftp = b.b1 } a.a1:link { } f:reset() wait('30s')\n"
        "a.a1:stop('Cisco CallManager') settle()\n"
        "print(f:count { registered = true }, f:count { itl_by = 'TVS' })\n";
    expect_output(two, "3\t5\n"); /* ITLFile.tlv is for any phone */
}

/* ---- inventory ---- */

static bool three_phones(void *ctx, struct lab *lab, uint32_t cluster, const char *pools,
                         struct lab_taken *taken, struct err *e)
{
    (void)pools;
    static const char *const names[] = { "SEP000000000001", "SEP000000000002", "SEP000000000003" };
    if (ctx != NULL)
        return err_set(e, "phones.csv:2: no pool \"X\"");
    *taken = (struct lab_taken){ .count = 3 };
    return lab_phones(lab, cluster,
                      &(struct lab_phones_spec){ .count = 3, .names = names, .model = "8845" },
                      &taken->first, e);
}

static void run_inventory(struct run *r, const char *text, void *ctx)
{
    put_file(r->path, text, strlen(text));
    struct session_options o = options_for(r, r->path, 1);
    o.script.inventory = three_phones;
    o.script.inventory_ctx = ctx;
    run_file(r, &o);
}

static void test_inventory(void **state)
{
    (void)state;
    struct run r = { 0 }, bad = { 0 };
    run_inventory(&r, LAB "settle() print(#fleet, fleet[3], fleet[3].model, fleet[3].state)", NULL);
    assert_string_equal(r.e.text, "");
    assert_string_equal(r.out, "3\tSEP000000000003\t8845\tRegistered\n");
    done(&r);
    run_inventory(&bad, LAB, &bad);
    assert_non_null(strstr(bad.e.text, ":1: phones: phones.csv:2: no pool \"X\""));
    done(&bad);
}

/* ---- headers ---- */

static void test_header(void **state)
{
    (void)state;
    static const char text[] = "-- A title\r\n"
                               "-- why: because\n"
                               "--   of this\n"
                               "-- expected: that\n"
                               "-- free text\n"
                               "--   and more of it\n"
                               "-- versions: 8.0\n"
                               "-- live = true\n"
                               "local n = param(\"phones\", 5000)\n"
                               "-- param('not', 1)\n"
                               "local x = param ( 'part' , 0.25 ) param('name', \"a b\")\n"
                               "param('phones', 1) xparam('no', 2) param(computed, 3)\n";
    char path[64];
    struct script_header h;
    struct err e = { "" };
    put_file(path, text, strlen(text));
    assert_true(script_header(path, &h, &e));
    unlink(path);
    assert_string_equal(h.title, "A title");
    assert_string_equal(h.why, "because of this");
    assert_string_equal(h.expected, "that");
    assert_string_equal(h.versions, "8.0");
    assert_string_equal(h.source, "");
    assert_true(h.live);
    assert_int_equal(h.param_count, 3);
    assert_string_equal(h.params[0].name, "phones");
    assert_string_equal(h.params[0].standard, "5000");
    assert_string_equal(h.params[1].name, "part");
    assert_string_equal(h.params[1].standard, "0.25");
    assert_string_equal(h.params[2].standard, "a b");

    char *huge = calloc(1, 20000);
    memset(huge, 'x', 19999);
    memcpy(huge, "-- ", 3);
    put_file(path, huge, 19999);
    assert_true(script_header(path, &h, &e));
    assert_int_equal(strlen(h.title), sizeof h.title - 1);
    unlink(path);
    free(huge);
    put_file(path, "print(1)\n", 9);
    assert_false(script_header(path, &h, &e));
    assert_non_null(strstr(e.text, ":1: a scenario begins with a comment"));
    unlink(path);
    assert_false(script_header("/nonexistent", &h, &e));
}

/* ---- the scenarios that come with the program ---- */

/* Each with a change of the plan that must make an expectation fail. */
static const struct {
    const char *file;
    bool live;
    const char *from, *to;
} shipped[] = {
    { "fleet/first-boot", true, "local fleet = ", "hq.pub:stop('TFTP') local fleet = " },
    { "regenerate/callmanager", true, "hq.pub:regenerate(\"CallManager\")",
      "hq.pub:regenerate('CallManager', 'TVS')" },
    { "regenerate/tvs", false, "hq.pub:regenerate(\"TVS\")",
      "hq.pub:regenerate('TVS', 'CallManager')" },
    { "regenerate/both-one-node", true, "hq.pub:regenerate(\"TVS\")", "" },
    { "regenerate/both-publisher-group-of-two", true, "{ \"pub\", \"sub1\" } }\nlocal",
      "{ \"pub\" } }\nlocal" },
    { "regenerate/both-publisher-group-of-one", true, "group = { \"pub\" }",
      "group = { \"pub\", \"sub1\" }" },
    { "regenerate/both-every-node", true, "node:regenerate(\"TVS\")",
      "if node == hq.pub then node:regenerate('TVS') end" },
    { "regenerate/callmanager-then-tvs", false, "  settle()\n  fleet:reset()", "" },
    { "regenerate/callmanager-then-tvs-some-off", false, "alone_off:power(\"off\")", "" },
    { "regenerate/callmanager-12.5", true, "version = \"12.5\"", "version = \"11.5\"" },
    { "regenerate/not-restarted", false, "step(\"reset the phones\"",
      "hq.pub:restart('TFTP') settle() step('reset the phones'" },
    { "regenerate/tomcat-directories", false, "wait(\"1d\")", "wait('1h')" },
    { "hands/symmetric-key", true, "fleet:type_key(right)", "fleet:type_key(wrong)" },
    { "tftp/central-callmanager-regenerated", true, "step(\"the new one is uploaded\", upload)",
      "" },
    { "tftp/central-common-files", true, "\"Phone-SAST-trust\"", "'CAPF-trust'" },
    { "tftp/central-remote-forgotten", true, "hq:add_remote_tftp { tftp = west.west }", "" },
    { "fleet/callmanager-stopped", false, "\"both\", group = { \"pub\", \"sub\" }",
      "'both', group = { 'sub', 'pub' }" },
};

static void run_shipped(struct run *r, const char *path)
{
    r->sets[0] = "phones=20";
    r->set_count = 1;
    struct session_options o = options_for(r, path, 5);
    run_file(r, &o);
}

static void test_shipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        char path[128];
        struct run r = { 0 };
        struct script_header h;
        struct err e = { "" };
        uint32_t n;
        snprintf(path, sizeof path, "scenarios/%s.lua", shipped[i].file);
        if (!script_header(path, &h, &e))
            fail_msg("%s", e.text);
        assert_int_equal(h.live, shipped[i].live);
        assert_true(h.why[0] != '\0' && h.expected[0] != '\0' && h.versions[0] != '\0' &&
                    h.source[0] != '\0' && h.confidence[0] != '\0');
        assert_true(h.param_count >= 1);
        assert_string_equal(h.params[0].name, "phones");
        run_shipped(&r, path);
        const struct script_expect *x = script_expects(r.script, &n);
        assert_string_equal(r.e.text, "");
        for (uint32_t k = 0; k < n; k++) {
            if (!x[k].passed)
                fail_msg("%s:%u: %s: expected %s, is %s", path, x[k].line, x[k].text, x[k].expected,
                         x[k].actual);
        }
        assert_true(n >= 4);
        assert_int_equal(r.result, SCRIPT_PASSED);
        done(&r);
    }
}

static void test_shipped_can_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        char path[128], changed[16384];
        struct run r = { 0 };
        struct arena a = arena_of(&sys_mem);
        struct view source;
        struct err e = { "" };
        snprintf(path, sizeof path, "scenarios/%s.lua", shipped[i].file);
        assert_true(sys_read_file(path, sizeof changed / 2, &a, &source, &e));
        const char *text = arena_text(&a, source), *at = strstr(text, shipped[i].from);
        if (at == NULL)
            fail_msg("%s: no \"%s\" in it", path, shipped[i].from);
        int n = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, shipped[i].to,
                         at + strlen(shipped[i].from));
        put_file(r.path, changed, (size_t)n);
        run_shipped(&r, r.path);
        if (r.result != SCRIPT_FAILED)
            fail_msg("%s with \"%s\" for \"%s\" ends with %d: %s", path, shipped[i].to,
                     shipped[i].from, r.result, r.e.text);
        done(&r);
        arena_free(&a);
    }
}

/* ---- the loop is outside ---- */

struct outcome {
    uint64_t hash, lines, now_us;
    uint32_t expects, failed, steps;
};

static struct outcome outcome_of(const struct run *r)
{
    struct outcome o = { .hash = r->trace.trace.hash,
                         .lines = r->trace.trace.lines,
                         .now_us = lab_now_us(r->lab),
                         .steps = r->lab->record.step_count };
    const struct script_expect *x = script_expects(r->script, &o.expects);
    for (uint32_t i = 0; i < o.expects; i++)
        o.failed += !x[i].passed;
    return o;
}

/* What somebody who looks on would ask. */
static void look_at(struct lab *lab)
{
    struct phone_env env = lab_phone_env(lab);
    uint32_t registered = 0, hands = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        registered += phone_is_registered(&lab->state.phones[i]);
        assert_true(phone_hash(&lab->state.phones[i], &env) != 0);
    }
    for (uint32_t i = 0; i < lab->state.cluster_count; i++)
        assert_true(cluster_hash(&lab->state.clusters[i], lab_now_us(lab)) != 0);
    if (lab->state.phone_count > 0) {
        struct lab *trial = lab_trial(lab, &hands, 1);
        lab_reset_phone(trial, 0, lab_now_us(trial));
        lab_settle(trial, lab_now_us(trial) + 600000000);
        lab_free(trial);
    }
    assert_true(registered <= lab->state.phone_count);
}

/* By waits that last as long as chance has it (10 ms to nine minutes), with looks between. */
static uint32_t run_in_slices(struct run *r, struct rng *chance)
{
    struct script_step step;
    uint32_t slices = 0;
    for (;;) {
        assert_true(script_next(r->script, &step, &r->e));
        if (step.wants == SCRIPT_OVER)
            break;
        assert_true(step.until_us >= lab_now_us(r->lab));
        uint64_t slice_us = 10000 + rng_below(chance, UINT64_C(1) << (14 + rng_below(chance, 16)));
        script_pass(r->script, &step, lab_now_us(r->lab) + slice_us);
        if (slices++ % 16 == 0)
            look_at(r->lab);
    }
    assert_true(script_next(r->script, &step, &r->e)); /* over is over */
    assert_int_equal(step.wants, SCRIPT_OVER);
    return slices;
}

static void run_watched(struct run *r, const char *path, struct rng *chance)
{
    r->sets[0] = "phones=7";
    r->set_count = 1;
    struct session_options o = options_for(r, path, 3);
    open_file(r, &o);
    lab_trace_begin(&r->trace, r->lab, NULL, NULL);
    if (chance == NULL)
        r->result = script_run(r->script, &r->e);
    else
        assert_true(run_in_slices(r, chance) >= 10);
    assert_string_equal(r->e.text, "");
}

static void test_slices(void **state)
{
    (void)state;
    struct rng chance = rng_of(1, "slices", 0);
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        char path[128];
        struct run whole = { 0 }, sliced = { 0 };
        snprintf(path, sizeof path, "scenarios/%s.lua", shipped[i].file);
        run_watched(&whole, path, NULL);
        run_watched(&sliced, path, &chance);
        struct outcome a = outcome_of(&whole), b = outcome_of(&sliced);
        assert_true(a.hash == b.hash && a.lines == b.lines && a.now_us == b.now_us);
        assert_true(a.expects == b.expects && a.failed == b.failed && a.steps == b.steps);
        assert_true(a.lines > 50 && a.expects >= 4);
        assert_int_equal(script_passed(sliced.script), whole.result == SCRIPT_PASSED);
        done(&whole);
        done(&sliced);
    }
}

/* What it says that it waits for. */
static void test_next(void **state)
{
    (void)state;
    static const char text[] = "at('10s', function() print('at') end) wait('3s') print('main') "
                               "print(settle('1h')) print(settle('0s'))";
    static const struct {
        enum script_wants wants;
        uint64_t until_us;
    } steps[] = { { SCRIPT_WANTS_TIME, 3000000 },
                  { SCRIPT_WANTS_TIME, 10000000 }, /* quiet, but something is planned */
                  { SCRIPT_OVER, UINT64_MAX } };
    struct run r = { 0 };
    struct script_step step;
    size_t n;
    put_file(r.path, text, strlen(text));
    struct session_options o = options_for(&r, r.path, 1);
    o.script.out = open_memstream(&r.out, &n);
    open_file(&r, &o);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        for (int again = 0; again < 2; again++) { /* asked twice, it says the same */
            assert_true(script_next(r.script, &step, &r.e));
            assert_int_equal(step.wants, steps[i].wants);
            assert_true(step.until_us == steps[i].until_us);
        }
        script_pass(r.script, &step, UINT64_MAX);
    }
    fclose(o.script.out);
    assert_string_equal(r.out, "main\nat\ntrue\t0\ntrue\t0\n");
    done(&r);
    /* Phones that boot: quiet is wanted.  Given up in the middle, nothing is left behind. */
    struct run half = { 0 };
    put_file(half.path, LAB "settle()", strlen(LAB "settle()"));
    o = options_for(&half, half.path, 1);
    open_file(&half, &o);
    assert_true(script_next(half.script, &step, &half.e));
    assert_int_equal(step.wants, SCRIPT_WANTS_QUIET);
    script_pass(half.script, &step, 1000000);
    assert_int_equal(lab_now_us(half.lab), 1000000);
    script_free(half.session->script);
    half.session->script = NULL;
    assert_true(lab_settle(half.lab, 600000000).quiet);
    assert_true(phone_is_registered(&half.lab->state.phones[9]));
    done(&half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_coroutines),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_not_quiet),
        cmocka_unit_test(test_stopped_while_it_reckons),
        cmocka_unit_test(test_acts_cost),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_params),
        cmocka_unit_test(test_knobs),
        cmocka_unit_test(test_expects),
        cmocka_unit_test(test_building),
        cmocka_unit_test(test_nothing_is_swallowed),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_move_and_hands),
        cmocka_unit_test(test_insert),
        cmocka_unit_test(test_inventory),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_shipped_can_fail),
        cmocka_unit_test(test_slices),
        cmocka_unit_test(test_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
