/* The verdict in tables: what each phone adds to it, its line word for word, what is worse than
 * what; and ways: which is better, and how each kind is told. */
#include "sim/predict/standby.h"
#include "sim/predict/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct lab lab;

static uint64_t no_time(void *self)
{
    (void)self;
    return 0;
}

static struct driver driver = { .now_us = no_time };
static struct node nodes[2];

static int up(void **state)
{
    (void)state;
    memset(&lab, 0, sizeof lab);
    memset(nodes, 0, sizeof nodes);
    lab.state.cluster_count = 1;
    snprintf(lab.state.clusters[0].name, sizeof lab.state.clusters[0].name, "HQ");
    snprintf(nodes[0].disk.name, sizeof nodes[0].disk.name, "pub");
    snprintf(nodes[1].disk.name, sizeof nodes[1].disk.name, "sub1");
    lab.driver = &driver;
    lab.state.clusters[0].nodes = nodes;
    lab.state.clusters[0].node_count = 2;
    return 0;
}

/* ---- the line ---- */

static const struct {
    uint32_t phones, lost, by_way[WAY_KINDS], back[BACK_KINDS];
    uint32_t off[2], under_way[2], up[2]; /* phones, of them hands */
    const char *text;
} lines[] = {
    { .phones = 0, .text = "there is no phone in this lab" },
    { .phones = 9, .text = "no phone loses anything" },
    { 9,
      9,
      { 0, 9 },
      { 0 },
      { 0 },
      { 0 },
      { 0 },
      "9 of 9 phones lose something; all come back by themselves (9 at their next boot)" },
    { 9,
      5,
      { 3, 2 },
      { 3 },
      { 0 },
      { 0 },
      { 0 },
      "5 of 9 phones lose something; all come back by themselves (2 at their next boot)" },
    { 9,
      6,
      { 2, 0, 4 },
      { 2 },
      { 0 },
      { 0 },
      { 0 },
      "6 of 9 phones lose something; 2 come back by themselves; 4 come back after an act on "
      "the "
      "cluster" },
    { 20,
      20,
      { 6, 0, 4, 10 },
      { 6 },
      { 0 },
      { 0 },
      { 0 },
      "10 of 20 phones need hands; 6 others come back by themselves; 4 others come back after "
      "an act on the cluster" },
    { 20,
      12,
      { 0, 0, 0, 10, 2 },
      { 0 },
      { 0 },
      { 0 },
      { 0 },
      "10 of 20 phones need hands; for 2 others nothing was found that helps" },
    { 20,
      2,
      { 0, 0, 0, 0, 2 },
      { 0 },
      { 0 },
      { 0 },
      { 0 },
      "2 of 20 phones lose something; for 2 nothing was found that helps" },
    { 20,
      9,
      { 9 },
      { [BACK_POWER] = 2, [BACK_RESET] = 3, [BACK_ACT] = 1, [BACK_HANDS] = 3 },
      { 0 },
      { 0 },
      { 0 },
      "9 of 20 phones lose something; 3 came back after: hands on the phones; 1 came back after: "
      "acts on the cluster; 3 came back after: resets; 2 came back after: people at the "
      "phones" },
    { 20,
      1,
      { 1 },
      { [BACK_NOT] = 1 },
      { 0 },
      { 0 },
      { 0 },
      "1 of 20 phones loses something; 1 comes back when switched on" },
    { 20,
      2,
      { 2 },
      { [BACK_NOT] = 2 },
      { 0 },
      { 0 },
      { 0 },
      "2 of 20 phones lose something; 2 come back when switched on" },
    /* What has a boot before it. */
    { 20,
      0,
      { 0 },
      { 0 },
      { 1, 1 },
      { 0 },
      { 0 },
      "no phone loses anything now; 1 phone that is off will need hands when it boots" },
    { 20,
      0,
      { 0 },
      { 0 },
      { 3, 0 },
      { 0 },
      { 0 },
      "no phone loses anything now; 3 phones that are off will lose something when they boot" },
    { 20,
      4,
      { 0, 0, 0, 4 },
      { 0 },
      { 3, 2 },
      { 2, 2 },
      { 0 },
      "4 of 20 phones need hands; 3 more phones that are off will lose something when they "
      "boot, and 2 of them will need hands; 2 more phones that are under way will need hands "
      "when they boot" },
    { 20,
      0,
      { 0 },
      { 0 },
      { 0 },
      { 0 },
      { 1, 0 },
      "no phone loses anything now; 1 phone would lose something at the next boot" },
    { 20,
      4,
      { 0, 0, 4 },
      { 0 },
      { 0 },
      { 0 },
      { 7, 5 },
      "4 of 20 phones lose something; 4 come back after an act on the cluster; 7 phones would "
      "lose more at the next boot, and 5 of them would need hands then" },
};

static void line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct verdict v = { .phones = lines[i].phones, .lost = lines[i].lost };
        char text[VERDICT_TEXT];
        memcpy(v.by_way, lines[i].by_way, sizeof v.by_way);
        for (int k = 0; k < BACK_KINDS; k++)
            v.back[k] = (struct verdict_back){ .phones = lines[i].back[k], .several = true };
        const uint32_t *boots[STANDINGS] = { [STANDS_UP] = lines[i].up,
                                             [STANDS_OFF] = lines[i].off,
                                             [STANDS_UNDER_WAY] = lines[i].under_way };
        for (int s = 0; s < STANDINGS; s++) {
            v.boots[s].phones = boots[s][0];
            v.boots[s].by_way[WAY_HANDS] = boots[s][1];
        }
        verdict_text(&v, &lab, text);
        assert_string_equal(text, lines[i].text);
        assert_int_equal(verdict_looks_ahead(&v),
                         lines[i].off[0] + lines[i].under_way[0] + lines[i].up[0] > 0);
    }
}

/* A boot of who is registered nowhere is no matter of waiting for a reset. */
static void unplugged(void **state)
{
    (void)state;
    char text[VERDICT_TEXT];
    struct verdict v = { .phones = 9, .lost = 6, .by_way = { [WAY_BOOT] = 6 }, .unplug = 6 };
    verdict_text(&v, &lab, text);
    assert_string_equal(text, "6 of 9 phones lose something; 6 come back when they are unplugged");
    v = (struct verdict){ .phones = 9, .lost = 3, .unplug = 1 };
    v.by_way[WAY_BOOT] = 2;
    v.by_way[WAY_HANDS] = 1;
    verdict_text(&v, &lab, text);
    assert_string_equal(text, "1 of 9 phones needs hands; 1 other comes back by itself (1 at its "
                              "next boot); 1 other comes back when it is unplugged");
}

/* Counted where registration is what it lacks once all is quiet. */
static void who_is_unplugged(void **state)
{
    (void)state;
    const uint8_t nowhere = FSM_BIT(FUNCTION_REGISTRATION), other = FSM_BIT(FUNCTION_TRUST_LIST);
    const struct verdict_phone phones[] = {
        { .now = nowhere, .ever = nowhere, .way = WAY_BOOT },
        { .now = other, .ever = other, .way = WAY_BOOT },
        { .now = nowhere, .ever = nowhere, .way = WAY_ACTS },
        { .now = nowhere, .ever = nowhere, .way = WAY_BOOT, .left = { .moves = true } },
    };
    struct verdict v = { 0 };
    for (size_t i = 0; i < sizeof phones / sizeof *phones; i++)
        verdict_add(&v, &phones[i]);
    assert_int_equal(v.by_way[WAY_BOOT], 3);
    assert_int_equal(v.unplug, 1);
}

/* ---- what lies ahead ---- */

static void the_worst(void **state)
{
    (void)state;
    struct ahead_cause causes[] = {
        { AHEAD_SERVICE, 0, 1, SERVICE_BIT(SERVICE_TFTP), 0 },
        { AHEAD_DAY, 0, 0, 0, 1 },
    };
    struct ahead_bomb bombs[] = {
        { .cause = 0, .phones = 5, .lost = { [FUNCTION_TRUST_LIST] = 5 }, .by_way = { 0, 0, 5 } },
        { .cause = 1,
          .phones = 4,
          .lost = { [FUNCTION_CONFIGURATION] = 4 },
          .by_way = { 0, 0, 4 } },
    };
    struct ahead a = { .causes = causes, .bombs = bombs, .cause_count = 2, .bomb_count = 2 };
    struct verdict v = { .phones = 9, .ahead = &a };
    char text[VERDICT_TEXT];
    assert_ptr_equal(ahead_worst(&a), &bombs[0]); /* more phones */
    assert_true(verdict_looks_ahead(&v));
    assert_false(verdict_at_risk(&v));
    verdict_text(&v, &lab, text);
    assert_string_equal(text, "no phone loses anything now; at the next restart of Cisco Tftp on "
                              "sub1: 5 of 9 phones lose something");
    bombs[1].phones = 5; /* alike: the first, which is narrower */
    bombs[1].lost[FUNCTION_CONFIGURATION] = 5;
    assert_ptr_equal(ahead_worst(&a), &bombs[0]);
    bombs[1].lost[FUNCTION_REGISTRATION] = 1; /* more functions */
    assert_ptr_equal(ahead_worst(&a), &bombs[1]);
    bombs[0].phones = 6;
    assert_ptr_equal(ahead_worst(&a), &bombs[0]);
    bombs[1].by_way[WAY_HANDS] = 1; /* hands before all */
    bombs[1].by_way[WAY_ACTS] = 4;
    assert_ptr_equal(ahead_worst(&a), &bombs[1]);
    assert_true(verdict_at_risk(&v));
    v.lost = v.by_way[WAY_ACTS] = 2;
    v.lost_now = 1;
    verdict_text(&v, &lab, text);
    assert_string_equal(text, "2 of 9 phones lose something; 2 come back after an act on the "
                              "cluster; within a day: 1 of 9 phones needs hands");
    bombs[1].by_way[WAY_HANDS] = 0;
    verdict_text(&v, &lab, text);
    assert_string_equal(text, "2 of 9 phones lose something; 2 come back after an act on the "
                              "cluster; at the next restart of Cisco Tftp on sub1: 6 of 9 phones "
                              "lose more");
    assert_int_equal(verdict_turns_on(&v), FSM_BIT(FUNCTION_REGISTRATION) |
                                               FSM_BIT(FUNCTION_CONFIGURATION) |
                                               FSM_BIT(FUNCTION_TRUST_LIST));
    a.bomb_count = 0;
    assert_null(ahead_worst(&a));
    assert_false(verdict_looks_ahead(&v));
    assert_int_equal(verdict_turns_on(&v), FSM_BIT(FUNCTIONS) - 1); /* nothing: all of them */
    v.functions = FSM_BIT(FUNCTION_TRUST_LIST);
    assert_int_equal(verdict_turns_on(&v), FSM_BIT(FUNCTION_TRUST_LIST));
    v.boots[STANDS_UNDER_WAY].lost[FUNCTION_SECURE_SERVICES] = 1;
    assert_int_equal(verdict_turns_on(&v),
                     FSM_BIT(FUNCTION_TRUST_LIST) | FSM_BIT(FUNCTION_SECURE_SERVICES));
}

static void ahead_text(void **state)
{
    (void)state;
    uint32_t tftp = SERVICE_BIT(SERVICE_TFTP), ccm = SERVICE_BIT(SERVICE_CALLMANAGER),
             tvs = SERVICE_BIT(SERVICE_TVS);
    const struct {
        struct ahead_cause cause;
        const char *one, *two; /* with one cluster, with two */
    } rows[] = {
        { { AHEAD_SERVICE, 0, 0, tftp, 0 },
          "at the next restart of Cisco Tftp on pub",
          "at the next restart of Cisco Tftp on HQ/pub" },
        { { AHEAD_SERVICE_EVERYWHERE, 0, 0, tftp, 0 },
          "at the next restart of Cisco Tftp on all nodes",
          "at the next restart of Cisco Tftp on all nodes of HQ" },
        { { AHEAD_NODE, 0, 1, 0, 0 },
          "at the next restart of sub1",
          "at the next restart of HQ/sub1" },
        { { AHEAD_ALL_NODES, 0, 0, 0, 0 },
          "at the next restart of all nodes",
          "at the next restart of all nodes of HQ" },
        { { AHEAD_DAY, 0, 0, 0, 0 }, "within a day", "within a day" },
    };
    for (uint32_t clusters = 1; clusters <= 2; clusters++) {
        lab.state.cluster_count = clusters;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            char text[AHEAD_TEXT];
            assert_string_equal(ahead_words(&lab, &rows[i].cause, text),
                                clusters == 1 ? rows[i].one : rows[i].two);
        }
    }
    char text[AHEAD_TEXT];
    lab.state.cluster_count = 1;
    struct ahead_cause all = { AHEAD_OLD, 0, 0, tftp | ccm | tvs, 0 };
    const char *names[3] = { "" };
    uint32_t n = 0;
    for (int s = 0; s < SERVICES; s++) {
        if ((all.services & SERVICE_BIT(s)) != 0)
            names[n++] = service_name((enum service)s);
    }
    char want[AHEAD_TEXT];
    snprintf(want, sizeof want, "at the next restart of %s, %s and %s on pub", names[0], names[1],
             names[2]);
    assert_string_equal(ahead_words(&lab, &all, text), want);
}

/* ---- what one phone adds ---- */

enum { LISTS = FSM_BIT(FUNCTION_TRUST_LIST) };
#define OFF                                                                                        \
    {                                                                                              \
        .standing = STANDS_OFF                                                                     \
    }

static const struct {
    struct verdict_phone phone;
    uint32_t lost, now, hands, boots, back; /* what each count becomes */
    bool risk;
} adds[] = {
    { { .phone = 7 }, 0, 0, 0, 0, 0, false },
    { { .ever = LISTS, .now = LISTS, .way = WAY_HANDS }, 1, 1, 1, 0, 0, true },
    { { .ever = LISTS, .now = LISTS, .way = WAY_ACTS }, 1, 1, 0, 0, 0, false },
    { { .ever = LISTS, .way = WAY_NONE }, 1, 0, 0, 0, 1, false },
    { { .boot = { .lost = LISTS, .more = LISTS, .way = WAY_ACTS } }, 0, 0, 0, 1, 0, false },
    /* One that stands is not stuck: it need not boot. */
    { { .boot = { .lost = LISTS, .more = LISTS, .way = WAY_HANDS } }, 0, 0, 0, 1, 0, true },
    { { .standing = STANDS_OFF,
        .left = OFF,
        .boot = { .lost = LISTS, .more = LISTS, .way = WAY_HANDS } },
      0,
      0,
      1,
      1,
      0,
      true },
    { { .standing = STANDS_UNDER_WAY,
        .left = { .standing = STANDS_UNDER_WAY, .moves = true },
        .boot = { .lost = LISTS, .more = LISTS, .way = WAY_HANDS } },
      0,
      0,
      1,
      1,
      0,
      true },
    /* Hands for what is lost now are told once. */
    { { .ever = LISTS,
        .now = LISTS,
        .way = WAY_HANDS,
        .standing = STANDS_OFF,
        .left = OFF,
        .boot = { .lost = LISTS, .more = LISTS, .way = WAY_HANDS } },
      1,
      1,
      1,
      0,
      0,
      true },
    { { .ever = LISTS,
        .now = LISTS,
        .way = WAY_HANDS,
        .boot = { .lost = LISTS, .more = LISTS, .way = WAY_HANDS } },
      1,
      1,
      1,
      1,
      0,
      true },
    /* Not back, but switched off: told of what lies ahead where it meets more then. */
    { { .ever = LISTS,
        .way = WAY_NONE,
        .standing = STANDS_OFF,
        .back_kind = BACK_NOT,
        .back = RETURNS_NOT,
        .left = OFF,
        .boot = { .lost = LISTS, .more = LISTS, .way = WAY_ACTS } },
      1,
      0,
      0,
      1,
      0,
      false },
    { { .ever = LISTS,
        .way = WAY_NONE,
        .standing = STANDS_OFF,
        .back_kind = BACK_NOT,
        .back = RETURNS_NOT,
        .left = OFF },
      1,
      0,
      0,
      0,
      1,
      false },
};

static void one_phone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof adds / sizeof adds[0]; i++) {
        const struct verdict_phone *p = &adds[i].phone;
        struct verdict v = { 0 };
        verdict_add(&v, p);
        const struct verdict_boot *b = &v.boots[p->standing];
        assert_int_equal(v.phones, 1);
        assert_int_equal(v.lost, adds[i].lost);
        assert_int_equal(v.lost_now, adds[i].now);
        assert_int_equal(v.functions, p->ever);
        assert_int_equal(v.need_hands, adds[i].hands);
        assert_int_equal(verdict_needs_hands(p), adds[i].hands);
        assert_int_equal(b->all, 1);
        assert_int_equal(b->phones, adds[i].boots);
        assert_int_equal(b->by_way[p->boot.way], adds[i].boots);
        assert_int_equal(b->lost[FUNCTION_TRUST_LIST], adds[i].boots);
        assert_int_equal(b->example, adds[i].boots ? p->phone : 0);
        assert_int_equal(v.back[p->back_kind].phones, adds[i].back);
        assert_int_equal(v.by_way[p->way], p->ever != 0);
        assert_int_equal(verdict_at_risk(&v), adds[i].risk);
    }
}

/* The first of them is the example; one cause, or several. */
static void several_phones(void **state)
{
    (void)state;
    struct verdict v = { 0 };
    struct verdict_phone p = {
        .phone = 4,
        .ever = FSM_BIT(FUNCTION_REGISTRATION),
        .back_kind = BACK_ACT,
        .back = 5,
        .boot = { .lost = 1, .more = FSM_BIT(FUNCTION_REGISTRATION), .way = WAY_ACTS }
    };
    for (uint32_t i = 0; i < 3; i++) {
        p.phone = 4 + i;
        p.back = i == 2 ? 6 : 5;
        verdict_add(&v, &p);
        assert_int_equal(v.back[BACK_ACT].phones, i + 1);
        assert_int_equal(v.back[BACK_ACT].back, 5);
        assert_int_equal(v.back[BACK_ACT].several, i == 2);
    }
    assert_int_equal(v.boots[STANDS_UP].example, 4);
    assert_int_equal(v.boots[STANDS_UP].phones, 3);
    assert_int_equal(v.lost, 3);
}

/* ---- ways ---- */

/* Each is better than those behind it. */
static void better_ways(void **state)
{
    (void)state;
    struct way_act one = { .act = { .kind = DO_RESTART } }, every = one, key = one;
    every.width = WIDTH_EVERYWHERE;
    key.act.kind = DO_ITL_RESET_LOCALKEY;
    struct way ways[] = {
        { .kind = WAY_NONE },
        { .kind = WAY_BOOT },
        { .kind = WAY_ACTS, .count = 1, .acts = { one } },
        { .kind = WAY_ACTS, .count = 1, .acts = { every } },
        { .kind = WAY_ACTS, .count = 2, .acts = { one, one } },
        { .kind = WAY_ACTS, .count = 1, .acts = { one }, .harm = { 1, 1 } },
        { .kind = WAY_ACTS, .count = 1, .acts = { one }, .harm = { 2, 1 } },
        { .kind = WAY_HANDS },
        { .kind = WAY_HANDS, .count = 1, .acts = { one } },
        { .kind = WAY_UNKNOWN },
    };
    int n = sizeof ways / sizeof ways[0];
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
            int by = way_compare(&ways[i], &ways[k]);
            assert_int_equal(by, i < k ? -1 : i > k);
            bool harm_alone = (i == 2 || i == 5 || i == 6) && (k == 2 || k == 5 || k == 6);
            assert_int_equal(way_same(&ways[i], &ways[k]), i == k || harm_alone);
        }
    }
    struct way w = { .kind = WAY_ACTS, .count = 1, .acts = { one } }, other = w;
    other.acts[0].cluster = 1;
    assert_false(way_same(&w, &other));
    other = w;
    other.acts[0].act.node = 1;
    assert_false(way_same(&w, &other));
    other = w;
    other.acts[0].act.arg[1] = 1;
    assert_false(way_same(&w, &other));
    other.acts[0] = key;
    assert_false(way_same(&w, &other));
    other = w;
    other.acts[1] = key; /* behind the last */
    assert_true(way_same(&w, &other));
    w.kind = other.kind = WAY_UNKNOWN;
    other.why = REJECT_LSC;
    assert_false(way_same(&w, &other));
}

#define NOT_FOUND "Nothing that was tried helps, not even deleting the trust lists on the phone: "
static const struct {
    struct way way;
    const char *name, *title, *sentence, *after;
} kinds[] = {
    { { .kind = WAY_NONE },
      "none",
      "back already",
      "Nothing to do: it came back during the run.",
      "came back by itself" },
    { { .kind = WAY_BOOT },
      "boot",
      "next boot",
      "Reset the phone, or wait until it boots: it comes back by itself.",
      "its next boot" },
    { { .kind = WAY_HANDS },
      "hands",
      "needs hands",
      "Somebody must delete the trust lists on the phone itself: none of the acts on the "
      "cluster that were tried helps.",
      "deleting its trust lists by hand" },
    { { .kind = WAY_UNKNOWN },
      "unknown",
      "not found",
      NOT_FOUND "look at its network.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REJECT_UNKNOWN_DEVICE },
      "unknown",
      "not found",
      NOT_FOUND "it is not in the database of the cluster that it asks.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REJECT_LSC },
      "unknown",
      "not found",
      NOT_FOUND "the CAPF that issued its LSC is not trusted, so it wants a new LSC.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REJECT_SECURITY },
      "unknown",
      "not found",
      NOT_FOUND "its device security profile does not fit the mode of the cluster.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REJECT_GROUP },
      "unknown",
      "not found",
      NOT_FOUND "its CallManager group does not name the node that it asks.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REFUSAL_TLS },
      "unknown",
      "not found",
      NOT_FOUND "its newest TLS is older than what the nodes take.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REFUSAL_MODEL },
      "unknown",
      "not found",
      NOT_FOUND "its model holds no CTL, so that it can have no secure profile.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REFUSAL_NO_CTL },
      "unknown",
      "not found",
      NOT_FOUND "it holds no CTL, so that over TLS it trusts no CallManager.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REFUSAL_TOO_LARGE },
      "unknown",
      "not found",
      NOT_FOUND "the list that its TFTP server has is larger than its model loads.",
      "nothing that was tried" },
    { { .kind = WAY_UNKNOWN, .why = REFUSAL_CERTIFICATE },
      "unknown",
      "not found",
      NOT_FOUND "its lists do not have the certificate of the CallManager that it asks.",
      "nothing that was tried" },
};

static void kinds_of_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char text[WAY_TEXT];
        way_name(&kinds[i].way, text);
        assert_string_equal(text, kinds[i].name);
        assert_string_equal(way_kind_name((enum way_kind)kinds[i].way.kind), kinds[i].name);
        way_title(&kinds[i].way, text);
        assert_string_equal(text, kinds[i].title);
        assert_string_equal(way_kind_title((enum way_kind)kinds[i].way.kind), kinds[i].title);
        way_sentence(&lab, &kinds[i].way, text);
        assert_string_equal(text, kinds[i].sentence);
        way_after(&lab, &kinds[i].way, text);
        assert_string_equal(text, kinds[i].after);
    }
    struct way harms = { .kind = WAY_BOOT,
                         .harm = { 1, FSM_BIT(FUNCTION_REGISTRATION) |
                                          FSM_BIT(FUNCTION_SECURE_SERVICES) } };
    char text[WAY_TEXT], want[WAY_TEXT];
    for (uint32_t phones = 1; phones < 3; phones++) {
        harms.harm.phones = phones;
        way_sentence(&lab, &harms, text);
        snprintf(want, sizeof want,
                 "Reset the phone, or wait until it boots: it comes back by itself. It would cost "
                 "%u other phone%s %s, %s.",
                 phones, phones == 1 ? "" : "s", lab_function_name(FUNCTION_REGISTRATION),
                 lab_function_name(FUNCTION_SECURE_SERVICES));
        assert_string_equal(text, want);
    }
    assert_string_equal(way_kind_name(WAY_ACTS), "acts");
    assert_string_equal(way_kind_title(WAY_ACTS), "acts on the cluster");
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup(t, up)
    const struct CMUnitTest tests[] = {
        TEST(line),           TEST(unplugged),   TEST(who_is_unplugged),
        TEST(the_worst),      TEST(ahead_text),  TEST(one_phone),
        TEST(several_phones), TEST(better_ways), TEST(kinds_of_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
