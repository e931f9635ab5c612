/* What readers of files put in: forms of values, texts kept once, notes (sim/import/facts.h). */
#include "sim/base/sys.h"
#include "sim/import/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct facts facts;

static int begin(void **state)
{
    (void)state;
    facts_init(&facts, &sys_mem);
    return 0;
}

static int end(void **state)
{
    (void)state;
    facts_free(&facts);
    return 0;
}

static struct said reading(uint32_t session)
{
    struct reading r = { .path = "pub.log", .kind = "show itl", .session = session, .line = 7 };
    return (struct said){ .facts = &facts, .reading = facts_begin(&facts, &r), .line = 9 };
}

static void test_a_fact_has_its_place(void **state)
{
    (void)state;
    struct said s = reading(3);
    char here[FACTS_HERE_ROOM];
    facts_say_str(&s, FACT_VERSION, facts_here(&s, here), NULL, 0, "15.0.1.11900-40");
    facts_say_str(&s, FACT_VERSION, "pub", NULL, 0, "15.0.1.11900-40");
    assert_int_equal(facts.count, 2);
    assert_string_equal(facts_text(&facts, facts.list[0].about), "@3");
    assert_int_equal(facts.list[0].value, facts.list[1].value);
    assert_int_equal(facts.list[1].line, 9);
    assert_string_equal(facts.readings[facts.list[1].reading].path, "pub.log");
}

static void test_values_have_their_form(void **state)
{
    (void)state;
    static const struct {
        enum fact_kind kind;
        const char *value;
        bool good;
    } cases[] = {
        { FACT_NODE_ROLE, "publisher", true },
        { FACT_NODE_ROLE, "Publisher", false },
        { FACT_NODE_ROLE, "", false },
        { FACT_BACKUP, "2026-03-14T06:00:00Z", true },
        { FACT_BACKUP, "2026-03-14T06:00:00", true },
        { FACT_BACKUP, "2026-03-14 06:00:00", false },
        { FACT_BACKUP, "2026-3-14T06:00:00Z", false },
        { FACT_NODE_FIPS, "yes", true },
        { FACT_NODE_FIPS, "true", false },
        { FACT_TVS_TTL, "86400", true },
        { FACT_TVS_TTL, "-1", false },
        { FACT_LIST_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709", true },
        { FACT_LIST_SHA1, "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", false },
        { FACT_LIST_SHA1, "da39", false },
        { FACT_OWN, "da39a3ee5e6b4b0d3255bfef95601890afd80709da39a3ee5e6b4b0d3255bfef", false },
        { FACT_PHONE_DESCRIPTION, "", true },
    };
    struct said s = reading(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t facts_before = facts.count, notes_before = facts.note_count;
        facts_say_str(&s, cases[i].kind, "x", "y", 0, cases[i].value);
        assert_int_equal(facts.count - facts_before, cases[i].good);
        assert_int_equal(facts.note_count - notes_before, !cases[i].good);
    }
}

static void test_long_texts_are_cut_and_said(void **state)
{
    (void)state;
    struct said s = reading(0);
    char text[FACTS_TEXT + 2];
    memset(text, 'x', sizeof text);
    facts_say(&s, FACT_PHONE_DESCRIPTION, view_str("SEP000000000001"), view_str(""), 0,
              view_of(text, sizeof text));
    assert_int_equal(facts_view(&facts, facts.list[0].value).n, FACTS_TEXT);
    assert_int_equal(facts.note_count, 1);
    assert_false(facts.notes[0].bad);
    facts_say(&s, FACT_PHONE_POOL, view_of(text, sizeof text), view_str(""), 0, view_str("DP"));
    assert_int_equal(facts.count, 1);
    assert_true(facts.notes[1].bad);
}

static void test_what_is_no_certificate_is_none(void **state)
{
    (void)state;
    struct said s = reading(0);
    char sha256[65];
    assert_false(facts_cert(&s, view_str("no certificate"), sha256));
    assert_false(facts_list(&s, view_str("no list"), sha256));
    assert_int_equal(facts.note_count, 2);
    assert_true(facts.notes[0].bad && facts.notes[1].bad);
    assert_null(facts_blob(&facts, "00", false));
}

static void test_texts_are_kept_once(void **state)
{
    (void)state;
    struct said s = reading(0);
    for (uint32_t i = 0; i < 20000; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "SEP%012X", i);
        facts_say_str(&s, FACT_PHONE_POOL, name, NULL, 0, "DP-HQ");
    }
    assert_int_equal(facts.text_count, 1 + 20000 + 1);
    assert_string_equal(facts_text(&facts, facts.list[19999].about), "SEP000000004E1F");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_fact_has_its_place, begin, end),
        cmocka_unit_test_setup_teardown(test_values_have_their_form, begin, end),
        cmocka_unit_test_setup_teardown(test_long_texts_are_cut_and_said, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_no_certificate_is_none, begin, end),
        cmocka_unit_test_setup_teardown(test_texts_are_kept_once, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
