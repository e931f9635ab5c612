/* A run that ended in the middle: its verdict says so, and what comes of it is what comes of it. */
#include "random_scenario.h"
#include "told.h"

#define DAY_US (24 * 3600000000ull)

/* ---- what is said ---- */

#define FLEET(version, nodes)                                                                      \
    "local hq = cluster { name = 'HQ', version = '" version "', nodes = { " nodes " } } "          \
    "local fleet = hq:phones { count = 5, model = '7965' } settle() step('act') "
#define TWO      FLEET("12.5", "'pub', 'sub'")
#define ONE      FLEET("8.6", "'pub'")
#define ENDED(n) "; " n " under way: left alone, "

/* The last act, what is said where the run ends with it, and where it is settled. */
static const struct {
    const char *text, *ended, *settled;
} ends[] = {
    /* Resets on their way to phones that are registered still. */
    { TWO "hq.sub:link { down = true } fleet:reset()",
      "no phone loses anything now" ENDED("5 phones are") "none of them loses anything",
      "no phone loses anything" },
    { TWO "fleet:first(1):reset()",
      "no phone loses anything now" ENDED("1 phone is") "it loses nothing",
      "no phone loses anything" },
    /* Their server is silent: no keepalive has found it yet. */
    { TWO "hq.pub:link { down = true } hq.sub:link { down = true }",
      "no phone loses anything now" ENDED("5 phones are") "all of them lose something",
      "5 of 5 phones lose something; 5 come back after an act on the cluster" },
    { TWO "fleet:first(2):link { down = true }",
      "no phone loses anything now" ENDED("2 phones are") "all of them lose something",
      "2 of 5 phones lose something; 2 come back after an act on the cluster" },
    { TWO "hq.pub:stop('Cisco CallManager') hq.sub:stop('Cisco CallManager')",
      "no phone loses anything now" ENDED("5 phones are") "all of them lose something",
      "5 of 5 phones lose something; 5 come back after an act on the cluster" },
    { TWO "hq.pub:stop('Cisco CallManager')",
      "no phone loses anything now" ENDED("5 phones are") "none of them loses anything",
      "no phone loses anything" },
    /* Lost for a while, and back before all is quiet. */
    { ONE "hq.pub:restart('Cisco CallManager')",
      "no phone loses anything now" ENDED(
          "5 phones are") "all of them lose something and come back by themselves",
      "5 of 5 phones lose something; all come back by themselves" },
    { ONE "fleet:first(4):power('off') hq.pub:restart('Cisco CallManager')",
      "no phone loses anything now" ENDED(
          "1 phone is") "it loses something and comes back by itself",
      "1 of 5 phones loses something; it comes back by itself" },
    { ONE "fleet:first(1):power('off') settle() hq.pub:stop('Cisco CallManager') settle() "
          "hq.pub:start('Cisco CallManager')",
      "4 of 5 phones lose something; all come back by themselves" ENDED(
          "4 phones are") "none of them loses more",
      "4 of 5 phones lose something; 4 came back after: start Cisco CallManager on pub in step 1" },
    /* What was done bites when they have booted. */
    { ONE "hq.pub:regenerate('CallManager', 'TVS') "
          "hq.pub:restart('Cisco Tftp', 'TVS', 'Cisco CallManager')",
      "no phone loses anything now" ENDED("5 phones are") "all of them need hands",
      "5 of 5 phones need hands" },
    { ONE "fleet:first(2):power('off') settle() hq.pub:regenerate('CallManager', 'TVS') "
          "hq.pub:restart('Cisco Tftp', 'TVS') settle() fleet:first(2):power('on')",

      "3 of 5 phones need hands" ENDED("2 phones are") "all of them need hands; 3 phones would "
                                                       "lose more at the next boot, and 3 of "
                                                       "them would need hands then",
      "5 of 5 phones need hands; 3 phones would lose more at the next boot, and 3 of them would "
      "need hands then" },
    /* Nobody is out of service, and nothing comes to anybody. */
    { TWO "hq.pub:restart('Cisco Tomcat')", "no phone loses anything", "no phone loses anything" },
    { TWO "fleet:power('off')", "no phone loses anything", "no phone loses anything" },
    { ONE "fleet:power('off', '10m') wait('5m')",
      "no phone loses anything now" ENDED("2 phones are") "none of them loses anything",
      "no phone loses anything" },
};

static void test_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct told t;
        char text[RANDOM_ROOM];
        tell(&t, ends[i].text);
        assert_string_equal(t.report.verdict, ends[i].ended);
        told_over(&t);
        snprintf(text, sizeof text, "%s settle()", ends[i].text);
        tell(&t, text);
        assert_string_equal(t.report.verdict, ends[i].settled);
        told_over(&t);
    }
}

/* Text, JSON, CSV, the filter of a scenario and --fail-on-risk say the same. */
static void test_everywhere(void **state)
{
    (void)state;
    struct told t;
    tell(&t, ONE "hq.pub:regenerate('CallManager', 'TVS') "
                 "hq.pub:restart('Cisco Tftp', 'TVS', 'Cisco CallManager') "
                 "print(fleet:count { needs_hands = true }, fleet:count { lost = true })");
    assert_string_equal(t.run.out, "5\t0\n");
    assert_true(report_at_risk(&t.report));
    has(t.text, "5 phones are under way.\n\n"
                "What happens next:\n"
                "  Left alone until nothing is under way: 5 phones lose ");
    has(t.text, "    5 need hands; one of them is SEP001121000000.\n\n");
    has(t.json, "\"need_hands\":\t5,\n\t\t\"need_hands_now\":\t0,\n\t\t\"off\":\t0,\n\t\t"
                "\"under_way\":\t5,\n\t\t\"at_risk\":\ttrue");
    has(t.json, "\"left_alone\":\t{\n\t\t\"under_way\":\t5,\n\t\t\"phones\":\t5,\n");
    has(t.json, "\"left_alone\":\t[\"registration\", \"configuration\", \"trust list\", "
                "\"secure services\"],\n\t\t\t\"at_next_boot\":\t[]");
    has(t.csv, "SEP001121000004,7965,Default,registration; configuration; trust list; secure "
               "services,,,hands,left alone\n");
    assert_null(strstr(t.csv, "next boot"));
    told_over(&t);
}

/* ---- and so it happens ---- */

static void compare(struct told *t, uint64_t seed, uint32_t moved[RANDOM_PHONES])
{
    struct verdict_phone said[RANDOM_PHONES];
    struct losses *l = &t->run.session->losses;
    uint64_t began_us = lab_now_us(t->run.lab);
    uint32_t under_way = 0, counted = t->report.said->left.under_way;
    for (uint32_t i = 0; i < RANDOM_PHONES; i++)
        said[i] = losses_ahead_of(l, i);
    lab_settle(t->run.lab, began_us + DAY_US);
    for (uint32_t i = 0; i < RANDOM_PHONES; i++) {
        const struct alone_end *left = &said[i].left;
        struct verdict_phone p = losses_ahead_of(l, i);
        if (p.now != left->lost || (p.now & ~said[i].now) != left->more ||
            p.standing != left->standing)
            fail_msg("seed %u, phone %u: %x lost, not %x", (unsigned)seed, i, p.now, left->lost);
        if ((left->passing & ~p.ever) != 0)
            fail_msg("seed %u, phone %u: %x passes, of %x", (unsigned)seed, i, left->passing,
                     p.ever);
        if (left->more != 0 && p.way != left->way)
            fail_msg("seed %u, phone %u: way %u, not %u", (unsigned)seed, i, p.way, left->way);
        assert_int_equal(left->more == 0 ? left->way : WAY_NONE, WAY_NONE);
        assert_true(left->moves || p.now == said[i].now);
        under_way += left->moves;
        moved[i] += left->moves;
    }
    assert_int_equal(counted, under_way);
}

static void test_it_happens(void **state)
{
    (void)state;
    uint32_t moved[RANDOM_PHONES] = { 0 };
    for (uint64_t seed = 1; seed <= 150; seed++) {
        char text[RANDOM_ROOM];
        struct told t;
        random_scenario(seed, text);
        tell(&t, text);
        compare(&t, seed, moved);
        told_over(&t);
    }
    for (uint32_t i = 0; i < RANDOM_PHONES; i++)
        assert_in_range(moved[i], 20, 130);
}

/* Nothing of the lab changes by asking. */
static void test_left_as_it_is(void **state)
{
    (void)state;
    struct told t;
    tell(&t, TWO "fleet:reset() wait('10s')");
    uint64_t hash = lab_hash(t.run.lab),
             events = t.run.lab->driver->events(t.run.lab->driver->self);
    uint32_t content = t.run.lab->base->content->count;
    struct losses fresh;
    losses_init(&fresh, t.run.lab);
    assert_int_equal(losses_verdict(&fresh)->left.under_way, 5);
    losses_free(&fresh);
    assert_true(lab_hash(t.run.lab) == hash);
    assert_true(t.run.lab->driver->events(t.run.lab->driver->self) == events);
    assert_int_equal(t.run.lab->base->content->count, content);
    told_over(&t);
}

/* ---- the words ---- */

#define UNDER(n) "no phone loses anything now; " n " under way: left alone, "

static const struct {
    uint32_t under_way, phones, passing, hands, acts;
    const char *text;
} words[] = {
    { 1, 0, 0, 0, 0, UNDER("1 phone is") "it loses nothing" },
    { 1, 1, 0, 1, 0, UNDER("1 phone is") "it needs hands" },
    { 1, 1, 0, 0, 1, UNDER("1 phone is") "it loses something" },
    { 7, 0, 0, 0, 0, UNDER("7 phones are") "none of them loses anything" },
    { 7, 1, 0, 0, 1, UNDER("7 phones are") "1 of them loses something" },
    { 7, 3, 1, 0, 2, UNDER("7 phones are") "3 of them lose something" },
    { 7, 3, 3, 0, 0, UNDER("7 phones are") "3 of them lose something and come back by themselves" },
    { 7, 1, 1, 0, 0, UNDER("7 phones are") "1 of them loses something and comes back by itself" },
    { 7, 7, 0, 2, 5, UNDER("7 phones are") "2 of them need hands" },
    { 7, 7, 0, 7, 0, UNDER("7 phones are") "all of them need hands" },
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct verdict v = { .phones = 9 };
        char text[VERDICT_TEXT];
        v.left = (struct verdict_left){
            .under_way = words[i].under_way,
            .phones = words[i].phones,
            .passing = words[i].passing,
            .by_way = { [WAY_HANDS] = words[i].hands, [WAY_ACTS] = words[i].acts },
        };
        verdict_text(&v, NULL, text);
        assert_string_equal(text, words[i].text);
        assert_true(verdict_looks_ahead(&v));
    }
}

/* Who comes back without a boot is not said to wait for one. */
static void test_back(void **state)
{
    (void)state;
    struct verdict v = { .phones = 9, .lost = 4, .lost_now = 4, .by_way[WAY_BOOT] = 4 };
    char text[VERDICT_TEXT];
    v.left = (struct verdict_left){ .under_way = 3, .back = 3 };
    verdict_text(&v, NULL, text);
    assert_string_equal(text, "4 of 9 phones lose something; all come back by themselves (1 at "
                              "its next boot); 3 phones are under way: left "
                              "alone, none of them loses more");
    v.left.back = 4;
    verdict_text(&v, NULL, text);
    assert_string_equal(text, "4 of 9 phones lose something; all come back by themselves; 3 "
                              "phones are under way: left alone, none of them loses more");
}

/* ---- what is counted ---- */

static void test_counted(void **state)
{
    (void)state;
    const struct verdict_phone phones[] = {
        { .phone = 3 },
        { .phone = 4, .left = { .moves = true } },
        { .phone = 5, .left = { .lost = 2, .more = 2, .way = WAY_HANDS, .moves = true } },
        { .phone = 6, .left = { .passing = 1, .moves = true } },
        { .phone = 7, .now = 6, .ever = 6, .way = WAY_BOOT, .left = { .moves = true } },
        { .phone = 8,
          .now = 2,
          .ever = 2,
          .way = WAY_ACTS,
          .left = { .lost = 6, .more = 4, .way = WAY_ACTS, .moves = true } },
    };
    const struct verdict_left expected = {
        .under_way = 5,
        .phones = 3,
        .passing = 1,
        .back = 1,
        .lost = { 1, 1, 1 },
        .by_way = { [WAY_NONE] = 1, [WAY_ACTS] = 1, [WAY_HANDS] = 1 },
        .example = 5
    };
    struct verdict v = { 0 };
    for (size_t i = 0; i < sizeof phones / sizeof phones[0]; i++) {
        verdict_add(&v, &phones[i]);
        assert_int_equal(verdict_needs_hands(&phones[i]), phones[i].phone == 5);
    }
    assert_memory_equal(&v.left, &expected, sizeof expected);
    assert_int_equal(v.need_hands, 1);
    assert_int_equal(v.functions, 7);
    assert_int_equal(v.lost, 2);
    assert_true(verdict_at_risk(&v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_said),       cmocka_unit_test(test_everywhere),
        cmocka_unit_test(test_it_happens), cmocka_unit_test(test_left_as_it_is),
        cmocka_unit_test(test_words),      cmocka_unit_test(test_back),
        cmocka_unit_test(test_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
