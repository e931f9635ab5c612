/* What people say to load: whom, who asks, and at rates that change; and what phones say then. */
#include "sim/base/sys.h"
#include "sim/load/greet.h"
#include "sim/load/roster.h"
#include "sim/load/profile.h"
#include "sim/load/target.h"
#include "sim/wire/sip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void targets(void **state)
{
    struct target t = { .port = 0 };
    struct err e = { "" };
    (void)state;
    assert_true(target_read(&t, "127.0.0.11", 2445, &e));
    assert_true(target_is_loopback(&t) && t.port == 2445 && t.ip == 0x7f00000b);
    assert_true(target_read(&t, "127.1.2.3:99", 2445, &e));
    assert_int_equal(t.port, 99);
    static const char *const bad[] = { "",
                                       ":1",
                                       "127.0.0.1:",
                                       "127.0.0.1:0",
                                       "127.0.0.1:65536",
                                       "127.0.0.1:1:2",
                                       "224.0.0.1",
                                       "0.0.0.0",
                                       "0",
                                       "0x7f.1",
                                       "127.1",
                                       "0177.0.0.1",
                                       "2130706433",
                                       "127.0.0.010",
                                       "0300.0.2.7",
                                       "255.255.255.255",
                                       "127.0.0.1:0x1" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(target_read(&t, bad[i], 2445, &e));
    assert_true(target_read_source(&t, "127.0.0.9-127.0.0.11", &e));
    assert_int_equal(target_source(&t, 4), 0x7f00000a);
    assert_false(target_read_source(&t, "127.0.0.9-127.0.0.8", &e));
    assert_false(target_read_source(&t, "127.0.0.9-", &e) && t.from_count != 1);
    assert_false(target_read_source(&t, "127.0.0.0-127.9.0.0", &e));
    assert_false(target_read_source(&t, "here", &e));
    assert_false(target_read_source(&t, "", &e));
    assert_false(target_read_source(&t, "127.0.0.1-127.0.1", &e));
    assert_false(target_read_source(&t, "127.0.0.010", &e));
    assert_false(target_read_source(&t, "0.0.0.1-255.255.255.255", &e));
    assert_true(target_read(&t, "192.0.2.7", 2445, &e));
    struct target_consent c = { .allowed = false };
    assert_false(target_allowed(&t, &c, &e));
    c.allowed = true;
    assert_false(target_allowed(&t, &c, &e)); /* nobody to ask */
    c.again = "192.0.2.8";
    assert_false(target_allowed(&t, &c, &e));
    c.again = "192.0.2.7";
    assert_true(target_allowed(&t, &c, &e));
}

/* A name of this machine and of another one: which of them is loaded hangs on nobody's order. */
static void both(void **state)
{
    static const uint32_t own[] = { 0x7f000001, 0x7f000002 }, others[] = { 0xc0000207, 0xc0000208 },
                          mixed[] = { 0x7f000001, 0xc0000207 },
                          other[] = { 0xc0000207, 0x7f000001 };
    struct err e = { "" };
    uint32_t ip = 0;
    (void)state;
    assert_true(target_one_of("a", own, 2, &ip, &e) && ip == own[0]);
    assert_true(target_one_of("a", others, 2, &ip, &e) && ip == others[0]);
    assert_false(target_one_of("a", mixed, 2, &ip, &e));
    assert_false(target_one_of("a", other, 2, &ip, &e));
    assert_string_equal(e.text, "a is an address of this machine and another one too: name the "
                                "address");
}

/* Asked at a terminal: only "yes" is one. */
static void asked_first(void **state)
{
    static const struct {
        const char *answer;
        bool good;
    } answers[] = { { "yes\n", true }, { "y\n", false }, { "no\n", false }, { "", false } };
    struct target t = { .port = 0 };
    (void)state;
    assert_true(target_read(&t, "192.0.2.7", 2445, NULL));
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        char room[512] = "", said[16];
        snprintf(said, sizeof said, "%s ", answers[i].answer);
        FILE *ask = fmemopen(room, sizeof room, "w");
        FILE *answer = fmemopen(said, strlen(answers[i].answer) + (answers[i].good ? 0 : 1), "r");
        const struct target_consent c = { .allowed = true, .ask = ask, .answer = answer };
        assert_int_equal(target_allowed(&t, &c, NULL), answers[i].good);
        fclose(ask);
        fclose(answer);
        assert_non_null(strstr(room, "192.0.2.7"));
    }
}

static void profiles(void **state)
{
    static const char *const bad[] = {
        "",         "steps",     "steps:",      "steps:1,,2",        "steps:0",     "ramp:1",
        "ramp:1..", "ramp:0..0", "boot-storm:", "boot-storm:9s..1s", "boot-storms", "stairs:1"
    };
    struct profile_storm storm = { false, 45000000, 90000000 };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct plan p = { .seed = 1 };
        struct err e = { "" };
        assert_false(profile_read(bad[i], 1000000, 10, &p, &storm, &e));
        assert_true(strncmp(e.text, "--profile", 9) == 0);
    }
    struct plan p = { .seed = 1 };
    assert_true(profile_read("steps:10,20,30", 3000000, 10, &p, &storm, NULL));
    assert_int_equal(p.phase_count, 3);
    assert_int_equal(p.count, 60);
    p = (struct plan){ .seed = 1 };
    assert_true(profile_read("ramp:0..100", 2000000, 10, &p, &storm, NULL));
    assert_int_equal(p.count, 100);
    assert_int_equal(plan_at_us(&p, 0), 0); /* none is held back until the end */
    assert_true(plan_at_us(&p, 1) < 300000);
    assert_true(plan_at_us(&p, 50) >= 1400000); /* a rate that rises from nothing: late ones */
    p = (struct plan){ .seed = 1 };
    assert_true(profile_read("boot-storm", 2000000, 777, &p, &storm, NULL));
    assert_true(storm.is && storm.last_us == 90000000 && p.random);
    assert_int_equal(p.count, 777);
    assert_int_equal(p.length_us, 45000000);
    assert_true(plan_at_us(&p, 776) <= 45000000 && plan_at_us(&p, 776) > 40000000);
}

/* ---- fleets ---- */

/* Everybody is there once, whatever the order; models are mixed, and the same seed mixes alike. */
static void fleets(void **state)
{
    static const char *const bad[] = {
        "",        "7965",   "7965=",      "=3",           "7965=0",
        "7965=3,", "none=1", "7965=3;x=1", "7965=9999999", "7940=1"
    };
    struct load_fleet f = { .count = 0 }, g = { .count = 0 };
    char text[64];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct load_fleet none_of = { .count = 0 };
        struct err e = { "" };
        assert_false(roster_read(&none_of, bad[i], ROSTER_TVS, &e));
        assert_true(strncmp(e.text, "--fleet", 7) == 0);
        roster_free(&none_of);
    }
    assert_true(roster_read(&f, "7965=2000,8861=500", ROSTER_SIP, NULL));
    assert_true(roster_read(&g, "7965=2000,8861=500", ROSTER_SIP, NULL));
    roster_shuffle(&f, 1);
    roster_shuffle(&g, 1);
    assert_int_equal(f.count, 2500);
    assert_memory_equal(f.kind_of, g.kind_of, f.count);
    uint32_t of[2] = { 0 }, early = 0;
    for (uint32_t i = 0; i < f.count; i++) {
        of[f.kind_of[i]]++;
        early += i < 500 && f.kind_of[i] == 1;
    }
    assert_true(of[0] == 2000 && of[1] == 500 && early > 60 && early < 140);
    roster_print(&f, text, sizeof text);
    assert_string_equal(text, "7965 2000, 8861 500");
    roster_print(&f, text, 18);
    assert_string_equal(text, "7965 2000, ...");
    roster_free(&f);
    roster_free(&g);
}

/* Names go with their phones; who does not ask is counted. */
static void named(void **state)
{
    struct load_fleet f = { .count = 0 };
    uint8_t asks, mute;
    (void)state;
    assert_true(model_find("8861", &asks) && model_find("7940", &mute));
    for (uint32_t i = 0; i < 3000; i++) {
        char name[ROSTER_NAME];
        snprintf(name, sizeof name, "SEP%012X", i);
        assert_true(roster_add(&f, i % 3 == 0 ? mute : asks, name, ROSTER_TVS, NULL));
    }
    roster_shuffle(&f, 7);
    assert_int_equal(f.count, 2000);
    assert_int_equal(f.left_out, 1000);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < f.count; i++)
        sum += strtoul(f.names[i] + 3, NULL, 16);
    assert_int_equal(sum, 3000ul * 2999 / 2 - 3ul * 1000 * 999 / 2);
    roster_free(&f);
}

/* As the knobs of the lab's phones have it. */
static void paces(void **state)
{
    struct load_pace tvs = roster_pace(ROSTER_TVS), sip = roster_pace(ROSTER_SIP);
    (void)state;
    assert_int_equal(tvs.timeout_us, knob_table[KNOB_TVS_TIMEOUT_US].initial);
    assert_int_equal(tvs.boot_min_us, knob_table[KNOB_BOOT_MIN_US].initial);
    assert_true(tvs.retries == 2 && tvs.round_us == 0);
    assert_int_equal(sip.round_us, knob_table[KNOB_RETRY_US].initial);
    assert_int_equal(sip.round_most_us, knob_table[KNOB_RETRY_MAX_US].initial);
}

/* ---- REGISTER ---- */

static struct sip_msg said(const struct load_job *job, uint32_t number, uint32_t before,
                           struct arena *a)
{
    const struct asking who = { .job = job, .number = number, .before = before, .port = 5555 };
    struct sip_msg m;
    assert_true(sip_decode(greet_sip(&who, a), &m, NULL));
    return m;
}

/* A server takes a request whose branch it has seen from there for the same one, sent again. */
static void registers(void **state)
{
    struct load_job job = { .transport = LOAD_UDP };
    struct arena a = arena_of(&sys_mem);
    (void)state;
    struct sip_msg one = said(&job, 1, 0, &a), two = said(&job, 2, 0, &a);
    assert_false(view_eq(one.via, two.via));
    assert_false(view_eq(one.call_id, two.call_id));
    job.transport = LOAD_TCP; /* over a connection: its REGISTER, and the next */
    one = said(&job, 7, 0, &a);
    two = said(&job, 8, 1, &a);
    assert_false(view_eq(one.via, two.via));
    assert_true(view_eq(one.call_id, two.call_id));
    assert_true(view_eq(one.cseq, view_str("101 REGISTER")));
    assert_true(view_eq(two.cseq, view_str("102 REGISTER")));
    two = said(&job, 9, 0, &a); /* over another one */
    assert_false(view_eq(one.call_id, two.call_id));
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets),  cmocka_unit_test(both),      cmocka_unit_test(asked_first),
        cmocka_unit_test(profiles), cmocka_unit_test(fleets),    cmocka_unit_test(named),
        cmocka_unit_test(paces),    cmocka_unit_test(registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
