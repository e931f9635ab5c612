/* Whatever is asked of a lab, in whatever order: the same answers, and the same report behind. */
#include "run_script.h"

/* ---- all orders, of one instant ---- */

#define QUESTIONS 5
#define PHONES    10

enum { LOST, EVER_LOST, NEED_HANDS, LOST_MINUTES, ONE_PHONE };

static uint64_t ask(struct losses *l, int question)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < PHONES; i++) {
        struct lab_loss loss;
        switch (question) {
        case LOST:
            n += losses_now(l, i) != 0;
            break;
        case EVER_LOST:
            n += losses_of(l, i, &loss);
            break;
        case NEED_HANDS:
            n += losses_need_hands(l, i);
            break;
        case LOST_MINUTES:
            n += losses_us(l, i, FUNCTION_SECURE_SERVICES);
            break;
        default:
            n = n << 4 | losses_now(l, i);
        }
    }
    return n;
}

/* The k-th of all orders. */
static void order_of(uint32_t k, int out[QUESTIONS])
{
    for (int i = 0; i < QUESTIONS; i++) {
        int at = (int)(k % (uint32_t)(i + 1));
        k /= (uint32_t)(i + 1);
        memmove(out + at + 1, out + at, (size_t)(i - at) * sizeof *out);
        out[at] = i;
    }
}

static void same_in_all_orders(struct lab *lab, const uint64_t expected[QUESTIONS])
{
    uint64_t events = lab->driver->events(lab->driver->self);
    uint32_t kept = lab->record.loss_count;
    for (uint32_t k = 0; k < 120; k++) {
        int order[QUESTIONS];
        struct losses losses;
        order_of(k, order);
        losses_init(&losses, lab);
        for (int i = 0; i < QUESTIONS; i++)
            assert_int_equal(ask(&losses, order[i]), expected[order[i]]);
        losses_free(&losses);
    }
    assert_int_equal(lab->driver->events(lab->driver->self), events);
    assert_int_equal(lab->record.loss_count, kept);
}

#define UNNOTICED                                                                                  \
    "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "                      \
    "local fleet = hq:phones { count = 10, model = '7965' } fleet:power('on') settle() "           \
    "step('both') hq.pub:regenerate('CallManager', 'TVS') "                                        \
    "hq.pub:restart('Cisco Tftp', 'Cisco Trust Verification Service') settle() wait('1m') "

/* Nobody has booted, nobody has pressed a key: all that is lost is found by trying. */
static void test_orders(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, UNNOTICED);
    assert_string_equal(r.e.text, "");
    uint64_t expected[QUESTIONS];
    for (int i = 0; i < QUESTIONS; i++)
        expected[i] = ask(&r.session->losses, i);
    assert_int_equal(expected[LOST], PHONES);
    assert_int_equal(expected[EVER_LOST], PHONES);
    assert_int_equal(expected[NEED_HANDS], PHONES);
    assert_in_range(expected[LOST_MINUTES], PHONES * 60000000ull, PHONES * 600000000ull);
    same_in_all_orders(r.lab, expected);
    done(&r);
}

/* What was sent and is still on its way counts, asked before or not. */
static void test_under_way(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, UNNOTICED);
    assert_int_equal(ask(&r.session->losses, LOST), PHONES);
    for (uint32_t i = 0; i < PHONES; i++)
        lab_power(r.lab, i, false, lab_now_us(r.lab) + 1000000);
    assert_int_equal(ask(&r.session->losses, LOST), 0); /* who is off presses no key */
    done(&r);
}

/* ---- through the scenario ---- */

static char *reported(struct run *r)
{
    struct report report;
    char *text;
    size_t n;
    session_report(r->session, 0, 0, &report);
    report.in.scenario = "s.lua";
    FILE *out = open_memstream(&text, &n);
    report_print(out, &report);
    report_csv(out, &report);
    fclose(out);
    report_free(&report);
    return text;
}

/* What a scenario with these questions in it prints, and the report behind it. */
static char *asked(const char *before, const char *questions, const char *behind, char **report)
{
    struct run r = { 0 };
    char text[4000];
    snprintf(text, sizeof text, "%s %s %s", before, questions, behind);
    run(&r, text);
    assert_string_equal(r.e.text, "");
    *report = reported(&r);
    char *out = strdup(r.out);
    done(&r);
    return out;
}

static const char *const questions[QUESTIONS] = {
    "print('a', fleet:count { lost = true }) ",
    "print('b', fleet:count { ever_lost = true }) ",
    "print('c', fleet:count { needs_hands = true }) ",
    "print('d', math.floor(fleet:lost_minutes('secure services'))) ",
    "print('e', fleet[1].lost) ",
};
/* The answers at one instant are the same whichever comes first. */
static void any_first(const char *before, const char *behind, const char *const answers[QUESTIONS])
{
    char *unasked;
    free(asked(before, "", behind, &unasked));
    for (int first = 0; first < QUESTIONS; first++) {
        char text[1000] = "", expected[200] = "", *report;
        size_t n = 0, m = 0;
        for (int i = 0; i < QUESTIONS; i++) {
            int q = (first + i) % QUESTIONS;
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", questions[q]);
            m += (size_t)snprintf(expected + m, sizeof expected - m, "%c\t%s\n", 'a' + q,
                                  answers[q]);
        }
        char *out = asked(before, text, behind, &report);
        assert_string_equal(out, expected);
        assert_string_equal(report, unasked);
        free(out);
        free(report);
    }
    free(unasked);
}

static void test_scenario(void **state)
{
    (void)state;
    static const char *const answers[] = { "10", "10", "10", "13", "secure services" };
    any_first(UNNOTICED, "", answers);
}

/* Nobody needs hands and 10 need hands cannot both be said. */
static void test_report_agrees(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, UNNOTICED "expect(fleet:count { needs_hands = true }):equals(0)");
    assert_int_equal(r.result, SCRIPT_FAILED);
    char *report = reported(&r);
    assert_non_null(strstr(report, "VERDICT: 10 of 10 phones need hands"));
    free(report);
    done(&r);
}

/* Worked out once, until something changes: a knob or what work costs as well. */
static void test_once(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, UNNOTICED);
    struct losses *l = &r.session->losses;
    const struct verdict *v = losses_verdict(l);
    assert_int_equal(v->phones, 10);
    assert_int_equal(v->need_hands, 10);
    assert_int_equal(v->lost, 10);
    uint32_t trials = l->ahead.trials;
    const struct ahead_bomb *bombs = l->ahead.bombs;
    assert_ptr_equal(losses_verdict(l), v);
    assert_ptr_equal(l->ahead.bombs, bombs);
    assert_int_equal(l->ahead.trials, trials);
    assert_int_equal(v->phones, 10); /* nobody counted twice */
    for (int k = 0; k < KNOBS + COSTS; k++) {
        losses_verdict(l);
        assert_true(l->has_verdict);
        if (k < KNOBS)
            lab_set_knob(r.lab, (enum knob)k, r.lab->state.knobs.value[k] + 1);
        else
            lab_set_cost(r.lab, (enum cost)(k - KNOBS), r.lab->state.costs[k - KNOBS] + 1);
        losses_now(l, 0);
        assert_false(l->has_verdict);
    }
    done(&r);
}

/* An outage inside one step that nobody noticed is none in the report, asked for or not. */
static void test_outage(void **state)
{
    (void)state;
    static const char *const answers[] = { "10", "10", "0", "600", "secure services" };
    any_first(LAB "fleet:power('on') settle() step('outage') "
                  "hq.pub:stop('Cisco Trust Verification Service') "
                  "hq.sub1:stop('Cisco Trust Verification Service') wait('1h')",
              "hq.pub:start('Cisco Trust Verification Service') "
              "hq.sub1:start('Cisco Trust Verification Service') "
              "wait('1h')",
              answers);
}

/* A loss that was found, not noticed, and mended late in a long step has lasted until then; one
 * that came twice stands as two: what is over, and what is open with its own step. */
static void test_mended_late(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, UNNOTICED "step('break') hq.pub:regenerate('tomcat') hq.pub:restart('Cisco Tomcat') "
                      "hq.pub:stop('TVS') wait('1h') "
                      "step('night') wait('10h') "
                      "local open = fleet:lost_minutes('secure services') "
                      "print(open) hq.pub:start('TVS') settle() step('after') "
                      "print(fleet:lost_minutes('secure services') >= open) ");
    assert_string_equal(r.e.text, "");
    assert_non_null(strstr(r.out, "true"));
    done(&r);

    struct run twice = { 0 };
    run(&twice, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
                "local fleet = hq:phones { count = 1, model = '7965' } settle() "
                "step('A') hq.pub:stop('Cisco CallManager') wait('20m') "
                "hq.pub:start('Cisco CallManager') wait('3h') "
                "step('C') hq.pub:stop('Cisco CallManager') wait('20m')");
    assert_string_equal(twice.e.text, "");
    struct report report;
    session_report(twice.session, 0, 0, &report);
    assert_int_equal(report.count, 2);
    for (uint32_t i = 0; i < report.count; i++) {
        const struct report_row *row = &report.rows[i];
        assert_int_equal(row->step, row->open ? 2 : 1);
        assert_in_range(row->lost_us, 15 * 60000000ull, 25 * 60000000ull);
    }
    report_free(&report);
    done(&twice);
}

/* ---- numbers ---- */

#define ONE                                                                                        \
    "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "                      \
    "local fleet = hq:phones { count = 10, model = '7965' } fleet:power('on') settle() "
#define RENEW                                                                                      \
    "hq.pub:regenerate('CallManager', 'TVS') "                                                     \
    "hq.pub:restart('Cisco Tftp', 'Cisco Trust Verification Service') settle() "

/* Phone-minutes of the whole fleet without `function`, in the end, from `least` to `most`. */
static void lasts(const char *text, enum phone_function function, uint64_t least, uint64_t most)
{
    struct run r = { 0 };
    uint64_t us = 0;
    run(&r, text);
    assert_string_equal(r.e.text, "");
    for (uint32_t i = 0; i < r.lab->state.phone_count; i++)
        us += losses_us(&r.session->losses, i, function);
    assert_in_range(us / 60000000, least, most);
    done(&r);
}

/* Nobody misses a phone without power: what it lacked ends there, and begins anew at the boot that
 * fails. */
static void test_without_power(void **state)
{
    (void)state;
    /* Switched off in the middle of a boot; two days later it finds no CallManager. */
    lasts(ONE "step('reset') fleet:reset() wait('20s') step('weekend') fleet:power('off') "
              "hq.pub:stop('Cisco CallManager') wait('48h') step('monday') "
              "fleet:power('on') wait('20m')",
          FUNCTION_REGISTRATION, 100, 200);
    static const enum phone_function all[] = { FUNCTION_CONFIGURATION, FUNCTION_TRUST_LIST,
                                               FUNCTION_SECURE_SERVICES };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        lasts(ONE "step('both') " RENEW "fleet:reset() settle() fleet:press('Directories') "
                  "wait('30m') step('weekend') fleet:power('off') wait('48h') step('monday') "
                  "fleet:power('on') settle() wait('10m')",
              all[i], 300, 600);
    lasts(ONE "step('both') " RENEW "fleet:reset() settle() wait('30m') step('weekend') "
              "fleet:power('off') wait('48h') step('tuesday') wait('1h')",
          FUNCTION_TRUST_LIST, 300, 400);
}

/* A page that opens ends a loss that nobody but a trial had noticed, and so does a secured URL that
 * is a plain one now: with that there is none to lose. */
static void test_page_ends(void **state)
{
    (void)state;
#define FOUND                                                                                      \
    ONE "step('stop') hq.pub:stop('TVS') hq.pub:regenerate('tomcat') "                             \
        "hq.pub:restart('Cisco Tomcat') wait('1h') step('found') wait('1h') "                      \
        "hq.pub:start('TVS') settle() "
    lasts(FOUND "fleet:press('Directories') wait('10h')", FUNCTION_SECURE_SERVICES, 1200, 1230);
    lasts(FOUND "fleet:press('Directories') wait('10h') step('later') wait('1h')",
          FUNCTION_SECURE_SERVICES, 1200, 1230);
    lasts(ONE "step('rollback') hq:set('rollback', true) hq.pub:restart('Cisco Tftp') settle() "
              "fleet:reset() settle() wait('1h') step('plain') hq:set('https_services', false) "
              "fleet:reset() settle() fleet:press('Directories') settle() step('day') wait('24h')",
          FUNCTION_SECURE_SERVICES, 600, 700);
    lasts(ONE "step('rollback') hq:set('rollback', true) hq.pub:restart('Cisco Tftp') settle() "
              "fleet:reset() settle() wait('1h') step('plain') hq:set('https_services', false) "
              "fleet:reset() settle() step('day') wait('24h')",
          FUNCTION_SECURE_SERVICES, 600, 700);
}

/* Lost, had again and lost once more in one step: no minute counts twice. */
static void test_no_minute_twice(void **state)
{
    (void)state;
    lasts(ONE "step('day') hq.pub:stop('TVS') hq.pub:regenerate('tomcat') "
              "hq.pub:restart('Cisco Tomcat') settle() fleet:press('Directories') wait('2h') "
              "hq.pub:start('TVS') settle() fleet:press('Directories') wait('9h') "
              "hq.pub:stop('TVS') hq.pub:regenerate('tomcat') hq.pub:restart('Cisco Tomcat') "
              "wait('1h') step('evening')",
          FUNCTION_SECURE_SERVICES, 7190, 7230);
}

/* For as long as TVS said its answer keeps the page open: who asked before it stopped has lost it a
 * day later, not at once; who had not asked at once. */
static void test_remembered(void **state)
{
    (void)state;
    lasts(ONE "fleet:press('Directories') settle() step('stop') hq.pub:stop('TVS') wait('25h')",
          FUNCTION_SECURE_SERVICES, 590, 610);
    lasts(ONE "fleet:first(5):press('Directories') settle() step('stop') hq.pub:stop('TVS') "
              "wait('25h') step('start') hq.pub:start('TVS') settle() "
              "fleet:press('Directories') settle()",
          FUNCTION_SECURE_SERVICES, 5 * 60 + 5 * 1500 - 10, 5 * 60 + 5 * 1500 + 10);
}

/* Phone by phone in one step: each has its pages back when it has booted, not all with the first;
 * a failover later in that step is nobody's cure. */
static void test_each_by_its_boot(void **state)
{
    (void)state;
#define HOURS                                                                                      \
    ONE "step('both') " RENEW "fleet:reset() settle() step('keys') "                               \
        "fleet:delete_trust_list('10h') settle() "
    lasts(HOURS "step('after')", FUNCTION_SECURE_SERVICES, 45 * 60, 45 * 60 + 50);
    lasts(HOURS, FUNCTION_SECURE_SERVICES, 45 * 60, 45 * 60 + 50);
    lasts("local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub' } } "
          "local fleet = hq:phones { count = 10, model = '7965' } fleet:power('on') settle() "
          "step('stop') for _, n in ipairs(hq.nodes) do n:stop('TVS') end wait('1h') "
          "step('start') for _, n in ipairs(hq.nodes) do n:start('TVS') end "
          "hq.pub:link { down = true } settle('1m') hq.pub:link {} settle() wait('1h')",
          FUNCTION_SECURE_SERVICES, 600, 625);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),           cmocka_unit_test(test_under_way),
        cmocka_unit_test(test_scenario),         cmocka_unit_test(test_report_agrees),
        cmocka_unit_test(test_outage),           cmocka_unit_test(test_mended_late),
        cmocka_unit_test(test_without_power),    cmocka_unit_test(test_page_ends),
        cmocka_unit_test(test_no_minute_twice),  cmocka_unit_test(test_remembered),
        cmocka_unit_test(test_each_by_its_boot), cmocka_unit_test(test_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
