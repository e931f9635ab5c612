/* What the verdict turns on: a fleet that is too large to be run again and again is tried with some
 * phones of each kind. */
#include "told.h"

#include "sim/lab_outage.h"
#include "sim/predict/sample.h"
#include "sim/whatif.h"

#include <sys/stat.h>

/* CallManager renewed on every node of a cluster in mixed mode; TFTP is not restarted. */
#define RENEWED(n)                                                                                 \
    "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub' } } "              \
    "hq:ctl('mixed-mode') for _, x in ipairs(hq.nodes) do "                                        \
    "x:restart('Cisco Tftp', 'Cisco CallManager') end "                                            \
    "local secure = hq:phones { count = " n ", model = '8861', security = 'encrypted', "           \
    "lsc = true } local plain = hq:phones { count = " n ", model = '7965' } settle() "             \
    "step('renew') for _, x in ipairs(hq.nodes) do x:regenerate('CallManager') end wait('1m') "    \
    "hq:ctl('update') step('restart') for _, x in ipairs(hq.nodes) do "                            \
    "x:restart('Cisco CallManager') end settle() hq:reset() settle() "

static bool turns_on(const struct report_turns *t, const char *name)
{
    bool found = false;
    for (uint32_t i = 0; i < t->count; i++)
        found |= t->list[i].other && strcmp(t->list[i].name, name) == 0;
    return found;
}

static bool is_turned(const struct report_turns *t, const char *name)
{
    bool found = false;
    for (uint32_t i = 0; i < t->count; i++)
        found |= strcmp(t->list[i].name, name) == 0;
    return found;
}

static void test_large(void **state)
{
    (void)state;
    struct told t;
    struct report_turns turns;
    tell(&t, RENEWED("3000"));
    whatif_find(t.run.session, &t.report, WHATIF_EVENTS, &turns);
    assert_int_equal(turns.phones, 12); /* four of each kind */
    assert_true(turns_on(&turns, "ctl_served_at_once"));
    assert_false(turns_on(&turns, "register_at_tftp"));
    assert_true(is_turned(&turns, "retry_us"));
    assert_false(is_turned(&turns, "max_serving")); /* with 12 phones it says nothing */
    assert_false(is_turned(&turns, "processors"));
    assert_string_equal(turns.verdict,
                        "12 of 12 phones lose something; all come back by themselves");
    t.report.in.turns = &turns;
    char *text = written(&t.report, report_print), *json = written(&t.report, report_json);
    has(text, " that were turned with 12 of the phones the verdict turns on\n"
              "            ctl_served_at_once\n");
    has(text, "Turned with 12 of the phones, some of each kind (--what-if: with all). Of these the "
              "verdict is: 12 of 12 phones lose\n");
    has(text, "    with 0 in place of 1: 12 of 12 phones lose something");
    has(json, "\"phones\":\t12,\n\t\t\"phones_verdict\":\t\"12 of 12 phones lose something; all");
    free(text);
    free(json);
    whatif_free(&turns);
    told_over(&t);
}

/* A run that ends with an error is no run with the same verdict. */
static void test_error(void **state)
{
    (void)state;
    struct told t;
    struct report_turns turns;
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "local f = hq:phones { count = 3, model = '7965' } wait('100s') "
             "assert(f:count { registered = true } == 3, 'not all are there')");
    whatif_find(t.run.session, &t.report, WHATIF_EVENTS, &turns);
    assert_true(turns_on(&turns, "boot_max_us"));
    for (uint32_t i = 0; i < turns.count; i++) {
        if (strcmp(turns.list[i].name, "boot_max_us") == 0)
            has(turns.list[i].verdict, "the scenario ends with an error: ");
    }
    whatif_free(&turns);
    told_over(&t);
}

/* All of it where that is paid for, nothing where nothing is, and the first screen says so. */
static void test_small(void **state)
{
    (void)state;
    struct told t;
    struct report_turns turns;
    tell(&t, RENEWED("4"));
    whatif_find(t.run.session, &t.report, WHATIF_EVENTS, &turns);
    assert_int_equal(turns.phones, 0);
    assert_true(turns_on(&turns, "ctl_served_at_once"));
    bool one = false; /* half of it is the least that there can be */
    for (uint32_t i = 0; i < turns.count; i++)
        one |= strcmp(turns.list[i].name, "processors") == 0 && strcmp(turns.list[i].is, "1") == 0;
    assert_true(one);
    assert_string_equal(turns.verdict, t.report.verdict);
    t.report.in.turns = &turns;
    char *text = written(&t.report, report_print);
    has(text, " assumed facts (named below); ");
    has(text, "the verdict turns on ctl_served_at_once\n");
    assert_null(strstr(text, "of the phones"));
    free(text);
    whatif_free(&turns);
    whatif_find(t.run.session, &t.report, 0, &turns);
    assert_int_equal(turns.count, 0);
    assert_int_equal(turns.not_tried, turns.facts);
    text = written(&t.report, report_print);
    has(text, "(named below); what the verdict turns on was not tried (--what-if does)\n");
    free(text);
    whatif_free(&turns);
    told_over(&t);
}

/* Where clusters differ in a parameter each is turned by itself: the others stay as they are. */
static void test_clusters_that_differ(void **state)
{
    (void)state;
    static const struct {
        const char *name, *was, *is, *verdict;
    } turned[] = {
        { "HQ ctl_served_at_once", "1", "0",
          "7 of 7 phones lose something; 7 come back after an act on the cluster" },
        { "BR ctl_served_at_once", "0", "1",
          "7 of 7 phones lose something; all come back by themselves" },
    };
    struct told t;
    struct report_turns turns;
    tell(&t,
         "local a = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } "
         "local b = cluster { name = 'BR', version = '12.5', nodes = { 'pub' } } "
         "b:set('ctl_served_at_once', false) for _, c in ipairs { a, b } do "
         "c:ctl('mixed-mode') c.pub:restart('TFTP', 'CallManager') end "
         "local f = a:phones { count = 3, model = '8861', security = 'encrypted', lsc = true } "
         "local g = b:phones { count = 4, model = '8861', security = 'encrypted', lsc = true } "
         "settle() step('renew') for _, c in ipairs { a, b } do c.pub:regenerate('CallManager') "
         "end wait('1m') for _, c in ipairs { a, b } do c:ctl('update') end step('restart') "
         "for _, c in ipairs { a, b } do c.pub:restart('CallManager') end settle() "
         "f:reset() g:reset() settle() ");
    assert_string_equal(t.report.verdict,
                        "7 of 7 phones lose something; 3 come back by themselves; "
                        "4 come back after an act on the cluster");
    whatif_find(t.run.session, &t.report, WHATIF_EVENTS, &turns);
    assert_false(is_turned(&turns, "ctl_served_at_once"));
    uint32_t n = 0;
    for (uint32_t i = 0; i < turns.count; i++) {
        if (!turns.list[i].other)
            continue;
        assert_in_range(n, 0, 1);
        assert_string_equal(turns.list[i].name, turned[n].name);
        assert_string_equal(turns.list[i].was, turned[n].was);
        assert_string_equal(turns.list[i].is, turned[n].is);
        assert_string_equal(turns.list[i].verdict, turned[n].verdict);
        n++;
    }
    assert_int_equal(n, 2);
    t.report.in.turns = &turns;
    char *text = written(&t.report, report_print);
    has(text, "the verdict turns on HQ ctl_served_at_once, BR ctl_served_at_once\n");
    has(text, "  BR ctl_served_at_once: 1: in 12.0 and 12.5 TFTP serves a new CTL");
    free(text);
    whatif_free(&turns);
    told_over(&t);
}

/* How many phones are under way when the run ends is no other verdict, what comes of it is. */
static void test_under_way(void **state)
{
    (void)state;
    struct told t;
    struct report_turns turns;
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "local fleet = hq:phones { count = 20, model = '7965' } settle() step('reset') "
             "fleet:reset() wait('60s')");
    has(t.report.verdict, "phones are under way: left alone, none of them loses anything");
    whatif_find(t.run.session, &t.report, UINT64_MAX, &turns);
    bool differs = false;
    for (uint32_t i = 0; i < turns.count; i++) {
        differs |= strcmp(turns.list[i].verdict, t.report.verdict) != 0;
        if (strncmp(turns.list[i].name, "boot_", 5) == 0 &&
            strstr(turns.list[i].verdict, "run ended"))
            assert_false(turns.list[i].other);
    }
    assert_true(differs);
    whatif_free(&turns);
    told_over(&t);
}

/* What is tried writes nothing. */
static void test_silent(void **state)
{
    (void)state;
    struct run r = { 0 };
    struct report report;
    struct report_turns turns;
    char trace[] = "/tmp/test_whatif-XXXXXX";
    struct stat before, after;
    size_t n;
    put_file(r.path, RENEWED("1"), strlen(RENEWED("1")));
    struct session_options o = options_for(&r, r.path, 1);
    close(mkstemp(trace));
    o.trace = trace;
    FILE *out = open_memstream(&r.out, &n);
    o.script.out = out;
    open_file(&r, &o);
    r.result = session_run(r.session, &r.e);
    fclose(out);
    assert_true(session_end_files(r.session, &r.e));
    session_report(r.session, 0, 0, &report);
    assert_int_equal(stat(trace, &before), 0);
    whatif_find(r.session, &report, WHATIF_EVENTS, &turns);
    assert_true(turns.count > 0);
    assert_int_equal(stat(trace, &after), 0);
    assert_int_equal(after.st_ino, before.st_ino);
    assert_int_equal(after.st_size, before.st_size);
    assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    whatif_free(&turns);
    report_free(&report);
    unlink(trace);
    done(&r);
}

/* A scenario that waits for all phones to be there does not wait for ever. */
static void test_impatient(void **state)
{
    (void)state;
    struct told t;
    struct report_turns turns;
    tell(&t, RENEWED("1500") "while fleet == nil and plain:count { registered = true } < 1500 do "
                             "wait('1m') end");
    whatif_find(t.run.session, &t.report, 100000, &turns);
    assert_int_equal(turns.phones, 0);
    assert_int_equal(turns.count, 0);
    whatif_free(&turns);
    told_over(&t);
}

/* ---- reboots ---- */

/* One for each boot of a phone that was in service; attempts to register are none, and the set-up
 * is told apart. */
static void test_reboots(void **state)
{
    (void)state;
    struct told t;
    struct lab_outage_step steps[3];
    tell(&t, "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub' } } "
             "local fleet = hq:phones { count = 6, model = '8861', security = 'encrypted', "
             "lsc = true } settle() hq:reset() settle() "
             "step('renew') hq:ctl('mixed-mode') for _, x in ipairs(hq.nodes) do "
             "x:restart('Cisco Tftp', 'Cisco CallManager') end settle() fleet:reset() settle() "
             "step('stop') for _, x in ipairs(hq.nodes) do x:regenerate('CallManager') "
             "x:restart('Cisco CallManager') end wait('6h')");
    assert_int_equal(t.run.lab->record.step_count, 3);
    lab_outage_steps(t.run.lab, steps);
    assert_int_equal(steps[0].reboots, 6);
    assert_int_equal(steps[1].reboots, 6);
    assert_int_equal(steps[2].phones, 6);
    assert_int_equal(steps[2].reboots, 0); /* for hours they try to register */
    told_over(&t);
    tell(&t, "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub' } } "
             "local fleet = hq:phones { count = 6, model = '8861' } settle() hq:reset() settle() "
             "fleet:first(2):power('off') settle() fleet:power('on') settle() step('act') "
             "hq:reset() settle()");
    lab_outage_steps(t.run.lab, steps);
    assert_int_equal(steps[0].phones, 6);
    assert_int_equal(steps[0].reboots, 8); /* two of them twice */
    assert_int_equal(steps[1].reboots, 6);
    has(t.text, "nobody can call there meanwhile.\n"
                "Step 0 is what the scenario did before its first step: its set-up.\n");
    told_over(&t);
}

/* ---- who is chosen ---- */

static void chosen(struct losses *l, uint32_t each, uint32_t most, const uint32_t *want, uint32_t n)
{
    uint32_t out[40];
    assert_int_equal(sample_find(l, each, most, out), n);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(out[i], want[i]);
}

static void test_sample(void **state)
{
    (void)state;
    struct told t;
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "hq:phones { count = 10, model = '7965' } hq:phones { count = 3, model = '7962' } "
             "local off = hq:phones { count = 7, model = '7965' } settle() off:power('off') "
             "hq:phones { count = 1, model = '6921' } settle()");
    struct losses *l = &t.run.session->losses;
    chosen(l, 1, 100, (uint32_t[]){ 0, 10, 13, 20 }, 4);
    chosen(l, 2, 100, (uint32_t[]){ 0, 9, 10, 12, 13, 19, 20 }, 7);
    chosen(l, 3, 100, (uint32_t[]){ 0, 5, 9, 10, 11, 12, 13, 16, 19, 20 }, 10);
    chosen(l, 3, 11, (uint32_t[]){ 0, 9, 10, 12, 13, 19, 20 }, 7); /* of four kinds two each */
    chosen(l, 4, 4, (uint32_t[]){ 0, 10, 13, 20 }, 4);
    chosen(l, 4, 3, NULL, 0);
    told_over(&t);
}

/* ---- who is there ---- */

static void test_absent(void **state)
{
    (void)state;
    static const uint32_t only[] = { 1, 4, 5, 8 };
    struct run r = { 0 };
    static const char text[] =
        "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
        "local a = hq:phones { count = 5, model = '7965' } "
        "local b = hq:phones { count = 5, model = '7965' } settle() "
        "step('both') hq.pub:regenerate('CallManager', 'TVS') hq.pub:restart('Cisco Tftp', 'TVS') "
        "a:reset() a:power('off') a:power('on') a:press('Directories') settle() hq:reset() "
        "settle() "
        "print(a:count(), a:count { registered = true }, b:count { registered = true }, "
        "b:count { needs_hands = true })";
    size_t n;
    put_file(r.path, text, strlen(text));
    struct session_options o = options_for(&r, r.path, 1);
    FILE *out = open_memstream(&r.out, &n);
    o.script.out = out;
    o.lab.only = only;
    o.lab.only_count = 4;
    open_file(&r, &o);
    r.result = session_run(r.session, &r.e);
    fclose(out);
    assert_string_equal(r.e.text, "");
    assert_string_equal(r.out, "5\t2\t2\t2\n");
    const struct verdict *v = losses_verdict(&r.session->losses);
    assert_int_equal(v->phones, 4);
    assert_int_equal(v->need_hands, 4);
    assert_int_equal(v->boots[STANDS_OFF].all, 0);
    assert_int_equal(v->boots[STANDS_UP].all, 4);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(r.lab->state.phones[i].state == PHONE_OFF,
                         i != 1 && i != 4 && i != 5 && i != 8);
    done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_impatient),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_under_way),
        cmocka_unit_test(test_silent),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_clusters_that_differ),
        cmocka_unit_test(test_reboots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
