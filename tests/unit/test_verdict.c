/* The verdict: one place, whoever asks and in whatever order; phones without power count. */
#include "random_scenario.h"
#include "told.h"

#include "sim/predict/probe.h"
#include "sim/report/story.h"

#define ONE                                                                                        \
    "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "                      \
    "local fleet = hq:phones { count = 10, model = '7965' } fleet:power('on') settle() "

/* ---- phones without power ---- */

/* Both certificates one after the other, all phones waited for but those that were off. */
#define AWAY                                                                                       \
    ONE "local away = fleet:first(3) step('away') away:power('off') settle() "                     \
        "step('TVS') hq.pub:regenerate('TVS') hq.pub:restart('Cisco Tftp', 'TVS') settle() "       \
        "fleet:reset() settle() "                                                                  \
        "step('CallManager') hq.pub:regenerate('CallManager') hq.pub:restart('Cisco Tftp') "       \
        "settle() fleet:reset() settle() "

static void test_off(void **state)
{
    (void)state;
    struct told t;
    tell(&t, AWAY "print(fleet:count { needs_hands = true }, away:count { needs_hands = true }, "
                  "fleet:count { lost = true })");
    assert_string_equal(t.run.out, "3\t3\t0\n");
    assert_string_equal(t.report.verdict, "no phone loses anything now; "
                                          "3 phones that are off will need hands when they boot");
    has(t.text, "3 phones are off.\n");
    has(t.text, "  When phones that are off boot: 3 phones lose configuration (3), trust list (3), "
                "secure services (3).\n    3 need hands; one of them is SEP001121000000.\n");
    has(t.json, "\"need_hands\":\t3,\n\t\t\"need_hands_now\":\t0,\n\t\t\"off\":\t3,");
    has(t.json, "\"at_risk\":\ttrue");
    has(t.json, "\"standing\":\t\"off\",\n\t\t\t\t\"all\":\t3,\n\t\t\t\t\"phones\":\t3,");
    has(t.csv, "SEP001121000002,7965,Default,configuration; trust list; secure services,,,hands,"
               "next boot\n");
    assert_null(strstr(t.csv, "SEP001121000003"));
    assert_true(report_at_risk(&t.report));
    told_over(&t);

    tell(&t, AWAY "away:power('on') settle() print(fleet:count { needs_hands = true })");
    assert_string_equal(t.run.out, "3\n");
    has(t.report.verdict, "3 of 10 phones need hands");
    assert_null(strstr(t.report.verdict, "off"));
    told_over(&t);
}

static void test_story(void **state)
{
    (void)state;
    struct told t;
    char *text;
    size_t n;
    tell(&t, AWAY);
    FILE *out = open_memstream(&text, &n);
    story_print(out, &t.run.session->losses, 0);
    fclose(out);
    has(text, "  SEP001121000000, Cisco 7965, pool Default, is Off.\n  It lost nothing.\n");
    has(text, "  At its next boot:\n  It was offered a new ITL, signed by CN=pub");
    has(text, "  At its next boot it loses configuration, trust list, secure services; that needs "
              "hands.\n");
    free(text);
    told_over(&t);
}

/* Hands for some, hands at their boot for others: the two numbers together are needs_hands. */
static void test_off_and_lost(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "local away = fleet:first(3) step('away') away:power('off') settle() "
                 "step('both') hq.pub:regenerate('CallManager', 'TVS') "
                 "hq.pub:restart('Cisco Tftp', 'TVS') settle() fleet:reset() settle() "
                 "print(fleet:count { needs_hands = true })");
    assert_string_equal(t.run.out, "10\n");
    has(t.report.verdict,
        "7 of 10 phones need hands; 3 more phones that are off will need hands when they boot");
    assert_int_equal(t.report.said->by_way[WAY_HANDS], 7);
    assert_int_equal(t.report.said->boots[STANDS_OFF].by_way[WAY_HANDS], 3);
    told_over(&t);
}

/* Nothing that is off loses anything where nothing happened. */
static void test_off_and_well(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "fleet:first(1):power('off') settle()");
    assert_string_equal(t.report.verdict, "no phone loses anything");
    has(t.text, "1 phone is off.\n");
    assert_null(strstr(t.text, "next:"));
    assert_false(report_at_risk(&t.report));
    told_over(&t);
}

/* Caught in the middle of a boot: it meets what all meet. */
static void test_under_way(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "local some = fleet:first(2) step('both') some:power('off') settle() "
                 "hq.pub:regenerate('CallManager', 'TVS') hq.pub:restart('Cisco Tftp', 'TVS') "
                 "settle() some:power('on') wait('10s') "
                 "print(some:count { needs_hands = true }, some:count { lost = true })");
    assert_string_equal(t.run.out, "2\t0\n");
    assert_string_equal(t.report.verdict, "8 of 10 phones need hands; 2 phones are "
                                          "under way: left alone, all of them need hands; "
                                          "8 phones would lose more at the next boot, and 8 of "
                                          "them would need hands then");
    has(t.json, "\"under_way\":\t2");
    told_over(&t);
}

/* The key is pressed behind the boot: services that break there are seen. */
static void test_services_at_boot(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "step('TVS forgotten') hq.pub:regenerate('TVS') hq.pub:restart('Cisco Tftp') "
                 "settle()");
    has(t.report.verdict, "no phone loses anything now; 10 phones would lose something at the next "
                          "boot");
    assert_int_equal(t.report.said->boots[STANDS_UP].lost[FUNCTION_SECURE_SERVICES], 10);
    assert_int_equal(t.report.said->boots[STANDS_UP].by_way[WAY_ACTS], 10);
    told_over(&t);
}

/* ---- several outcomes at once ---- */

static void test_three_outcomes(void **state)
{
    (void)state;
    struct told t;
    tell(&t,
         "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub1', 'sub2' } } "
         "knob('register_at_tftp', 0) "
         "hq:pool('A', { 'pub' }) hq:pool('B', { 'sub1', 'pub' }) hq:pool('C', { 'sub2' }) "
         "local a = hq:phones { count = 10, model = '7965', pool = 'A' } "
         "local b = hq:phones { count = 6, model = '7965', pool = 'B' } "
         "local c = hq:phones { count = 4, model = '7965', pool = 'C' } settle() "
         "step('CallManager') "
         "hq.sub1:stop('Cisco CallManager') hq.pub:stop('Cisco CallManager') wait('10m') "
         "hq.sub1:start('Cisco CallManager') hq.pub:start('Cisco CallManager') settle() wait('2h') "
         "step('both') hq.pub:regenerate('CallManager', 'TVS') hq.pub:restart('Cisco Tftp', 'TVS') "
         "settle() a:reset() b:reset() settle() "
         "step('stop') hq.sub2:stop('Cisco CallManager') wait('1h')");
    assert_string_equal(t.report.verdict,
                        "10 of 20 phones need hands; 6 came back after: start Cisco CallManager on "
                        "pub in step 1; 4 others come back after an act on the cluster");
    static const struct {
        uint8_t kind, function, step;
        bool open;
        uint32_t phones;
    } rows[] = {
        { WAY_HANDS, FUNCTION_CONFIGURATION, 2, true, 10 },
        { WAY_HANDS, FUNCTION_TRUST_LIST, 2, true, 10 },
        { WAY_HANDS, FUNCTION_SECURE_SERVICES, 2, true, 10 },
        { WAY_ACTS, FUNCTION_REGISTRATION, 3, true, 4 },
        { WAY_NONE, FUNCTION_REGISTRATION, 1, false, 16 },
    };
    assert_int_equal(t.report.count, sizeof rows / sizeof rows[0]);
    for (uint32_t i = 0; i < t.report.count; i++) {
        const struct report_row *r = &t.report.rows[i];
        assert_int_equal(t.report.ways[r->way].kind, rows[i].kind);
        assert_int_equal(r->function, rows[i].function);
        assert_int_equal(r->step, rows[i].step);
        assert_int_equal(r->open, rows[i].open);
        assert_int_equal(r->phones, rows[i].phones);
    }
    told_over(&t);
}

/* A next boot that is different for two groups, and nothing for a third. */
static void test_two_at_boot(void **state)
{
    (void)state;
    struct told t;
    tell(&t,
         "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub' } } "
         "hq:pool('A', { 'pub' }) hq:pool('B', { 'sub' }) "
         "local a = hq:phones { count = 5, model = '7965', pool = 'A' } "
         "local b = hq:phones { count = 3, model = '7965', pool = 'B' } "
         "local c = hq:phones { count = 2, model = '7940', pool = 'A' } settle() "
         "step('both') hq.pub:regenerate('CallManager', 'TVS') "
         "hq.pub:restart('Cisco Tftp', 'TVS') settle() step('sub') hq.sub:stop('TVS') wait('1h')");
    const struct verdict_boot *b = &t.report.said->boots[STANDS_UP];
    assert_int_equal(b->all, 10);
    assert_int_equal(b->phones, 8);
    assert_int_equal(b->lost[FUNCTION_TRUST_LIST], 8);
    assert_int_equal(b->by_way[WAY_HANDS], 5);
    assert_int_equal(b->by_way[WAY_ACTS], 3);
    assert_int_equal(b->example, 0);
    told_over(&t);
}

/* ---- all ways of asking agree ---- */

/* The number behind a key of JSON that stands there once. */
static uint32_t number(const char *json, const char *key)
{
    char text[64];
    snprintf(text, sizeof text, "\"%s\":\t", key);
    const char *at = strstr(json, text);
    assert_non_null(at);
    return (uint32_t)strtoul(at + strlen(text), NULL, 10);
}

static uint32_t lines_with(const char *text, const char *end)
{
    uint32_t n = 0;
    for (const char *p = text; (p = strstr(p, end)) != NULL; p++)
        n++;
    return n;
}

struct count {
    uint32_t lost, ever, hands;
};

static struct count asked(struct losses *l, bool backwards)
{
    struct count c = { 0 };
    for (uint32_t i = 0; i < RANDOM_PHONES; i++) {
        uint32_t phone = backwards ? RANDOM_PHONES - 1 - i : i;
        struct lab_loss loss;
        if (backwards)
            c.hands += losses_need_hands(l, phone);
        c.lost += losses_now(l, phone) != 0;
        c.ever += losses_of(l, phone, &loss);
        if (!backwards)
            c.hands += losses_need_hands(l, phone);
    }
    return c;
}

static void agree(const struct told *t, const struct count *c)
{
    const struct verdict *v = t->report.said;
    assert_int_equal(v->lost_now, c->lost);
    assert_int_equal(v->lost, c->ever);
    assert_int_equal(v->need_hands, c->hands);
    assert_int_equal(number(t->json, "need_hands"), c->hands);
    assert_int_equal(number(t->json, "lost_now"), c->lost);
    assert_int_equal(number(t->json, "lost_something"), c->ever);
    assert_int_equal(lines_with(t->csv, ",now\n") + lines_with(t->csv, ",back\n"), c->ever);
    assert_int_equal(lines_with(t->csv, ",now\n"), c->lost);
    if (c->hands > 0) {
        has(t->report.verdict, "need hands");
        assert_true(report_at_risk(&t->report));
        has(t->json, "\"at_risk\":\ttrue");
    }
}

static void test_agreement(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        char text[RANDOM_ROOM];
        struct told t;
        random_scenario(seed, text);
        tell(&t, text);
        uint64_t hash = lab_hash(t.run.lab),
                 events = t.run.lab->driver->events(t.run.lab->driver->self);
        for (int order = 0; order < 2; order++) {
            struct losses fresh;
            uint32_t content = t.run.lab->base->content->count;
            losses_init(&fresh, t.run.lab);
            losses_verdict(&fresh); /* nothing of its trials is left behind */
            struct count c = asked(&fresh, order != 0);
            agree(&t, &c);
            losses_free(&fresh);
            assert_true(t.run.lab->base->content->count == content);
            c = asked(&t.run.session->losses, order == 0);
            agree(&t, &c);
        }
        assert_true(lab_hash(t.run.lab) == hash);
        assert_true(t.run.lab->driver->events(t.run.lab->driver->self) == events);
        told_over(&t);
    }
}

/* ---- and so it happens ---- */

static void press_all(struct lab *lab)
{
    for (uint32_t i = 0; i < RANDOM_PHONES; i++) {
        if (probe_can_press(lab, i))
            lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab));
    }
    lab_settle(lab, lab_now_us(lab) + 24 * 3600000000ull);
}

static void boot_all(struct lab *lab)
{
    for (int on = 0; on <= 1; on++) {
        for (uint32_t i = 0; i < RANDOM_PHONES; i++)
            lab_power(lab, i, on != 0, lab_now_us(lab));
        lab_settle(lab, lab_now_us(lab) + 24 * 3600000000ull);
    }
    press_all(lab);
}

/* What is said of the next boot is what comes of it, for each phone, with hands or without. */
static void test_boots_happen(void **state)
{
    (void)state;
    uint32_t hands = 0, off = 0;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        char text[RANDOM_ROOM];
        struct run r = { 0 };
        random_scenario(seed, text);
        run(&r, text);
        struct lab *fork = lab_fork(r.lab);
        struct losses losses;
        boot_all(fork);
        losses_init(&losses, fork);
        for (uint32_t i = 0; i < RANDOM_PHONES; i++) {
            struct verdict_phone p = losses_ahead_of(&r.session->losses, i);
            if (fork->state.phones[i].lost != p.boot.lost)
                fail_msg("seed %u, phone %u: %x lost, not %x", (unsigned)seed, i,
                         fork->state.phones[i].lost, p.boot.lost);
            if (p.boot.more != 0)
                assert_int_equal(losses_need_hands(&losses, i), p.boot.way == WAY_HANDS);
            hands += p.left.way == WAY_HANDS || (p.boot.more != 0 && p.boot.way == WAY_HANDS);
            off += p.boot.more != 0 && p.standing == STANDS_OFF;
        }
        losses_free(&losses);
        lab_free(fork);
        done(&r);
    }
    assert_true(hands > 20 && off > 20);
}

/* Opened a moment ago, so an answer of TVS is remembered: TVS is gone, and a boot forgets it. */
static void test_held_up_by_the_cache(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "step('press') fleet:press('Directories') settle() "
                 "step('TVS') hq.pub:stop('TVS') settle() "
                 "print(fleet:count { lost = true })");
    assert_string_equal(t.run.out, "0\n");
    assert_string_equal(t.report.verdict, "no phone loses anything now; 10 phones would lose "
                                          "something at the next boot");
    assert_int_equal(t.report.said->boots[STANDS_UP].lost[FUNCTION_SECURE_SERVICES], 10);
    told_over(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_off_and_lost),
        cmocka_unit_test(test_off_and_well),
        cmocka_unit_test(test_under_way),
        cmocka_unit_test(test_services_at_boot),
        cmocka_unit_test(test_agreement),
        cmocka_unit_test(test_story),
        cmocka_unit_test(test_boots_happen),
        cmocka_unit_test(test_held_up_by_the_cache),
        cmocka_unit_test(test_three_outcomes),
        cmocka_unit_test(test_two_at_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
