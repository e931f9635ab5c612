/* The words of the verdict, whole, for every kind of thing that it can say; which of several bombs
 * it names; what it counts. */
#include "sim/lab.h"
#include "sim/predict/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void line(const struct verdict *v, const struct lab *lab, const char *expected)
{
    char text[VERDICT_TEXT];
    verdict_text(v, lab, text);
    assert_string_equal(text, expected);
}

/* ---- what is lost ---- */

static struct lab *lab;
static struct returns returns;

static struct verdict of(uint32_t phones, uint32_t lost)
{
    struct verdict v = { .phones = phones, .lost = lost, .lost_now = lost, .returns = &returns };
    return v;
}

static void nothing(void **state)
{
    (void)state;
    struct verdict v = of(0, 0);
    line(&v, lab, "there is no phone in this lab");
    v.phones = 5;
    line(&v, lab, "no phone loses anything");
}

static void lost_now(void **state)
{
    (void)state;
    struct verdict v = of(10, 4);
    v.by_way[WAY_BOOT] = 4;
    line(&v, lab,
         "4 of 10 phones lose something; all come back by themselves (4 at their next boot)");
    v.by_way[WAY_BOOT] = 1;
    v.by_way[WAY_ACTS] = 2;
    v.by_way[WAY_UNKNOWN] = 1;
    line(&v, lab,
         "4 of 10 phones lose something; 1 comes back by itself (1 at its next boot); 2 come "
         "back after an act on the cluster; for 1 nothing was found that helps");
    v.lost = 9;
    v.by_way[WAY_HANDS] = 3;
    v.by_way[WAY_NONE] = 2;
    v.back[BACK_BY_ITSELF].phones = 2;
    line(&v, lab,
         "3 of 10 phones need hands; 3 others come back by themselves (1 at its next boot); 2 "
         "others come back after an act on the cluster; for 1 other nothing was found that "
         "helps");
}

static void came_back(void **state)
{
    (void)state;
    struct verdict v = of(9, 9);
    struct back backs[] = { { BACK_HANDS, 0, 2, { .kind = DO_DELETE_TRUST_LIST }, NULL },
                            { BACK_RESET, 0, 3, { .kind = DO_RESET }, NULL },
                            { BACK_ACT, 0, 0, { .kind = DO_CTL_UPDATE }, NULL } };
    struct returns r = { .backs = backs, .back_count = 3 };
    v.returns = &r;
    v.back[BACK_HANDS] = (struct verdict_back){ 4, RETURNS_FIRST, false };
    v.back[BACK_RESET] = (struct verdict_back){ 3, RETURNS_FIRST + 1, false };
    v.back[BACK_ACT] = (struct verdict_back){ 1, RETURNS_FIRST + 2, false };
    v.back[BACK_NOT] = (struct verdict_back){ 1, RETURNS_NOT, false };
    line(&v, lab,
         "9 of 9 phones lose something; 1 comes back when switched on; 4 came back after: deleted "
         "by hand in step 2; 1 came back after: utils ctl update CTLFile; 3 came back after: a "
         "reset in step 3");
    for (int k = BACK_POWER; k <= BACK_HANDS; k++)
        v.back[k] = (struct verdict_back){ 2, RETURNS_FIRST, true };
    v.back[BACK_NOT].phones = 2;
    line(&v, lab,
         "9 of 9 phones lose something; 2 come back when switched on; 2 came back after: hands "
         "on the phones; 2 came back after: acts on the cluster; 2 came back after: resets; 2 came "
         "back "
         "after: people at the phones");
}

/* Each act on phones in words of its own: nothing is deleted where a key is typed in, and a restart
 * is no reset. */
static void after_each(void **state)
{
    (void)state;
    static const struct {
        struct back back;
        const char *words;
    } told[] = {
        { { .kind = BACK_HANDS, .step = 2, .act = { .kind = DO_DELETE_TRUST_LIST } },
          "deleted by hand in step 2" },
        { { .kind = BACK_HANDS, .step = 2, .act = { .kind = DO_FACTORY_RESET } },
          "reset to factory settings by hand in step 2" },
        { { .kind = BACK_HANDS, .step = 2, .act = { .kind = DO_TYPE_KEY } },
          "a symmetric key typed in by hand in step 2" },
        { { .kind = BACK_RESET, .step = 3, .act = { .kind = DO_RESET } }, "a reset in step 3" },
        { { .kind = BACK_RESET, .step = 3, .act = { .kind = DO_RESET_ALL } }, "a reset in step 3" },
        { { .kind = BACK_RESET, .step = 3, .act = { .kind = DO_RESET_POOL } },
          "a reset in step 3" },
        { { .kind = BACK_RESET, .step = 3, .act = { .kind = DO_RESTART_PHONES } },
          "a restart in step 3" },
        { { .kind = BACK_RESET, .step = 3, .act = { .kind = DO_APPLY_CONFIG } },
          "Apply Config in step 3" },
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        char words[BACK_TEXT];
        assert_string_equal(back_words(lab, &told[i].back, words), told[i].words);
    }
}

/* ---- what lies ahead ---- */

static void boots(void **state)
{
    (void)state;
    struct verdict v = of(20, 0);
    v.boots[STANDS_OFF] = (struct verdict_boot){ .all = 3, .phones = 1, .by_way[WAY_HANDS] = 1 };
    line(&v, lab, "no phone loses anything now; 1 phone that is off will need hands when it boots");
    v.boots[STANDS_OFF] = (struct verdict_boot){ .all = 3,
                                                 .phones = 3,
                                                 .by_way = { [WAY_HANDS] = 2, [WAY_ACTS] = 1 } };
    v.boots[STANDS_UNDER_WAY] = (struct verdict_boot){ .phones = 2, .by_way[WAY_ACTS] = 2 };
    v.boots[STANDS_UP] = (struct verdict_boot){ .phones = 1, .by_way[WAY_HANDS] = 1 };
    line(&v, lab,
         "no phone loses anything now; 3 phones that are off will lose something when they boot, "
         "and 2 of them will need hands; 2 phones that are under way will lose something when "
         "they boot; 1 phone would lose something at the next boot, and 1 of them would need "
         "hands then");
    assert_true(verdict_at_risk(&v)); /* a registered phone that would be stuck */
    v.boots[STANDS_UP].by_way[WAY_HANDS] = 0;
    assert_false(verdict_at_risk(&v)); /* those that are off count by need_hands */
    v.need_hands = 2;
    assert_true(verdict_at_risk(&v));
}

static void worst(void **state)
{
    (void)state;
    struct ahead_cause causes[] = { { AHEAD_SERVICE, 0, 1, SERVICE_BIT(SERVICE_TVS), 0 },
                                    { AHEAD_NODE, 0, 0, 0, 1 },
                                    { AHEAD_DAY, 0, 0, 0, 2 } };
    struct ahead_bomb bombs[] = {
        { .cause = 0, .phones = 5, .lost = { 5 }, .by_way = { [WAY_ACTS] = 5 } },
        { .cause = 1, .phones = 4, .lost = { 4 }, .by_way = { [WAY_HANDS] = 4 } },
        { .cause = 2, .phones = 5, .lost = { 5, 1 }, .by_way = { [WAY_HANDS] = 4 } },
    };
    struct ahead a = { .causes = causes, .bombs = bombs, .cause_count = 3, .bomb_count = 0 };
    struct verdict v = of(6, 0);
    assert_null(ahead_worst(&a));
    v.ahead = &a;
    line(&v, lab, "no phone loses anything");
    assert_int_equal(verdict_turns_on(&v), FSM_BIT(FUNCTIONS) - 1);
    a.bomb_count = 1;
    line(&v, lab,
         "no phone loses anything now; at the next restart of Cisco Trust Verification Service on "
         "sub: 5 of 6 phones lose something");
    assert_int_equal(verdict_turns_on(&v), FSM_BIT(0));
    assert_false(verdict_at_risk(&v));
    a.bomb_count = 2; /* hands before numbers */
    line(&v, lab,
         "no phone loses anything now; at the next restart of pub: 4 of 6 phones need hands");
    assert_true(verdict_at_risk(&v));
    a.bomb_count = 3; /* as many hands: then phones */
    line(&v, lab, "no phone loses anything now; within a day: 4 of 6 phones need hands");
    bombs[1].phones = 5; /* then functions */
    assert_ptr_equal(ahead_worst(&a), &bombs[2]);
    bombs[1].lost[0] = 5;
    bombs[1].lost[1] = 1; /* then the narrowest */
    assert_ptr_equal(ahead_worst(&a), &bombs[1]);
    v.lost = v.lost_now = 1;
    v.by_way[WAY_BOOT] = 1;
    a.bomb_count = 1;
    line(&v, lab,
         "1 of 6 phones loses something; it comes back by itself (1 at its next boot); at the "
         "next restart of Cisco Trust Verification Service on sub: 5 of 6 phones lose more");
}

static void causes(void **state)
{
    (void)state;
    static const struct {
        struct ahead_cause cause;
        const char *words;
    } all[] = {
        { { AHEAD_SERVICE, 0, 0, SERVICE_BIT(SERVICE_TFTP), 0 },
          "at the next restart of Cisco Tftp on pub" },
        { { AHEAD_SERVICE_EVERYWHERE, 0, 0, SERVICE_BIT(SERVICE_TOMCAT), 0 },
          "at the next restart of Cisco Tomcat on all nodes" },
        { { AHEAD_OLD, 0, 1,
            SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_TVS) | SERVICE_BIT(SERVICE_TOMCAT), 0 },
          "at the next restart of Cisco Tftp, Cisco Trust Verification Service and Cisco Tomcat on "
          "sub" },
        { { AHEAD_OLD_EVERYWHERE, 0, 0, SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_TVS), 0 },
          "at the next restart of Cisco Tftp and Cisco Trust Verification Service on all nodes" },
        { { AHEAD_NODE, 0, 1, 0, 0 }, "at the next restart of sub" },
        { { AHEAD_ALL_NODES, 0, 0, 0, 0 }, "at the next restart of all nodes" },
        { { AHEAD_DAY, 0, 0, 0, 0 }, "within a day" },
        { { AHEAD_RESET, 0, 0, 0, 0 }, "at a reset before what is under way has ended" },
    };
    char words[AHEAD_TEXT];
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_string_equal(ahead_words(lab, &all[i].cause, words), all[i].words);
}

/* ---- what is counted ---- */

static void counted(void **state)
{
    (void)state;
    const struct boot_end stuck = { .lost = 6, .more = 6, .way = WAY_HANDS }, well = { 0 };
    const struct alone_end off = { .standing = STANDS_OFF };
    const struct verdict_phone phones[] = {
        { .phone = 0, .now = 2, .ever = 3, .way = WAY_HANDS, .boot = well },
        { .phone = 1, .standing = STANDS_OFF, .left = off, .boot = stuck },
        { .phone = 2, .standing = STANDS_UP, .boot = stuck }, /* a boot that may never come */
        { .phone = 3,
          .standing = STANDS_UNDER_WAY,
          .now = 2,
          .ever = 2,
          .way = WAY_HANDS,
          .left = { .lost = 2, .standing = STANDS_UNDER_WAY, .moves = true },
          .boot = stuck }, /* hands once */
        { .phone = 4, .ever = 8, .back_kind = BACK_RESET, .back = 7 },
        { .phone = 5, .ever = 8, .back_kind = BACK_RESET, .back = 8 },
        { .phone = 6,
          .ever = 4,
          .standing = STANDS_OFF,
          .back_kind = BACK_NOT,
          .left = off,
          .boot = stuck },
        { .phone = 7,
          .ever = 4,
          .standing = STANDS_OFF,
          .back_kind = BACK_NOT,
          .left = off,
          .boot = well },
    };
    struct verdict v = { 0 };
    uint32_t hands = 0;
    for (size_t i = 0; i < sizeof phones / sizeof phones[0]; i++) {
        verdict_add(&v, &phones[i]);
        hands += verdict_needs_hands(&phones[i]);
    }
    struct verdict expected = {
        .phones = 8,
        .lost = 6,
        .lost_now = 2,
        .by_way = { [WAY_NONE] = 4, [WAY_HANDS] = 2 },
        .boots = { [STANDS_UP] = { .all = 4,
                                   .phones = 1,
                                   .lost = { 0, 1, 1 },
                                   .by_way[WAY_HANDS] = 1,
                                   .example = 2 },
                   [STANDS_OFF] = { .all = 3,
                                    .phones = 2,
                                    .lost = { 0, 2, 2 },
                                    .by_way[WAY_HANDS] = 2,
                                    .example = 1 },
                   [STANDS_UNDER_WAY] = { .all = 1 } },
        .back = { [BACK_RESET] = { 2, 7, true }, [BACK_NOT] = { 1, 0, false } },
        .need_hands = 4,
        .functions = 15,
    };
    assert_int_equal(hands, 4);
    assert_memory_equal(&v.boots, &expected.boots, sizeof v.boots);
    assert_memory_equal(&v.by_way, &expected.by_way, sizeof v.by_way);
    for (int k = 0; k < BACK_KINDS; k++) {
        assert_int_equal(v.back[k].phones, expected.back[k].phones);
        assert_int_equal(v.back[k].back, expected.back[k].back);
        assert_int_equal(v.back[k].several, expected.back[k].several);
    }
    assert_int_equal(v.phones, expected.phones);
    assert_int_equal(v.lost, expected.lost);
    assert_int_equal(v.lost_now, expected.lost_now);
    assert_int_equal(v.need_hands, expected.need_hands);
    assert_int_equal(v.functions, expected.functions);
}

int main(void)
{
    static const char *const nodes[] = { "pub", "sub" };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster;
    struct lab_cluster_spec c = {
        .name = "HQ", .version = "12.5", .nodes = nodes, .node_count = 2, .domain = ""
    };
    o.cache_dir = keyring_default_cache();
    lab = lab_new(&o);
    if (!lab_cluster(lab, &c, &cluster, &e))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing),    cmocka_unit_test(lost_now), cmocka_unit_test(came_back),
        cmocka_unit_test(after_each), cmocka_unit_test(boots),    cmocka_unit_test(worst),
        cmocka_unit_test(causes),     cmocka_unit_test(counted),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lab_free(lab);
    return failed;
}
