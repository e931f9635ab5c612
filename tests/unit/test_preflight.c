/* The table of checks, how findings are put in order, and what is written of them. */
#include "tests/unit/preflight_fixture.h"

#define BOTH_RENEWED                                                                               \
    OLD "pool { name = 'One', group = { 'pub' } } pool { name = 'Two', group = { 'sub1', 'pub' } " \
        "} "                                                                                       \
        "local one = hq:phones { count = 4, model = '7965', pool = 'One' } "                       \
        "local two = hq:phones { count = 6, model = '7965', pool = 'Two' } settle() "              \
        "one:first(2):power('off') two:first(2):power('off') settle() "                            \
        "for _, c in ipairs { 'CallManager', 'TVS' } do "                                          \
        "  hq.pub:regenerate(c) hq.pub:restart('Cisco Tftp', 'Cisco Trust Verification Service') " \
        "  settle() hq:reset() settle() end "

/* ---- groups of one node ---- */

static void group_of_one(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    look_at(&l, TWO "pool { name = 'P', group = { 'pub' } } "
                    "hq:phones { count = 3, model = '8845', pool = 'P' } settle()");
    const struct preflight_finding *f =
        says(&l, "group-of-one", PREFLIGHT_WARN, "has pub alone: 3 phones");
    assert_int_equal(f->who.phones, 3);
    assert_int_equal(f->who.nodes[0], 1);
    end_sight(&l);
    expect_said(TWO "hq:phones { count = 3, model = '8845' } settle()", "group-of-one",
                PREFLIGHT_PASS, "two nodes");
}

/* ---- TVS of a group ---- */

static void tvs_of_a_group(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    tell(2);
    told_nodes[0].services[SERVICE_TVS].state = FOUND_STARTED;
    told_nodes[1].services[SERVICE_TVS].state = FOUND_STARTED;
    look_at(&l, TWO "hq:phones { count = 3, model = '8845' } settle()");
    passes(&l, "tvs-stopped");
    end_sight(&l);
    look_at(&l, TWO "hq:phones { count = 3, model = '8845' } settle() "
                    "hq.sub1:stop('Cisco Trust Verification Service') settle()");
    says(&l, "tvs-stopped", PREFLIGHT_WARN, "does not run on sub1 of group Default");
    end_sight(&l);
    look_at(&l, TWO "pool { name = 'P', group = { 'sub1' } } "
                    "hq:phones { count = 3, model = '8845', pool = 'P' } settle() "
                    "hq.sub1:stop('Cisco Trust Verification Service') settle()");
    says(&l, "tvs-stopped", PREFLIGHT_FAIL, "3 phones there can ask nobody");
    end_sight(&l);
    expect_said(TWO "hq:phones { count = 3, model = '8845' } settle()", "tvs-stopped",
                PREFLIGHT_PASS, "(assumed on pub, sub1)");
    expect_said(TWO "hq:phones { count = 3, model = '8845' } settle()", "services-told",
                PREFLIGHT_UNKNOWN, "pub, sub1");
}

/* ---- phones that hold another list ---- */

/* Technotes 116232 and 214231: of those that were off while both were renewed, the ones whose group
 * is the publisher alone need hands; the others come back through the subscriber's TVS. */
static void lists_that_phones_hold(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    look_at(&l, BOTH_RENEWED);
    const struct preflight_finding *f =
        says(&l, "lists-held", PREFLIGHT_FAIL, "2 phones with the ITL that pub signed on");
    assert_non_null(strstr(f->fact, "needs hands at the phone"));
    assert_int_equal(f->who.phones, 2);
    const struct preflight_finding *next = f + 1;
    while (next < l.p.list + l.p.count && strcmp(next->check->name, "lists-held") != 0)
        next++;
    assert_int_equal(next->severity, PREFLIGHT_WARN);
    assert_int_equal(next->who.phones, 2);
    assert_non_null(strstr(next->fact, "at its next reset"));
    assert_true(preflight_failed(&l.p, false));
    end_sight(&l);
    expect_said(TWO "hq:phones { count = 3, model = '8845' } settle()", "lists-held",
                PREFLIGHT_PASS, "");
}

/* ---- order and files ---- */

static void worst_first(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    look_at(&l, BOTH_RENEWED);
    static const uint8_t rank[] = {
        [PREFLIGHT_FAIL] = 0, [PREFLIGHT_WARN] = 1, [PREFLIGHT_UNKNOWN] = 2, [PREFLIGHT_PASS] = 3
    };
    uint32_t counts[PREFLIGHT_SEVERITIES] = { 0 };
    for (uint32_t i = 0; i < l.p.count; i++) {
        counts[l.p.list[i].severity]++;
        assert_true(i == 0 || rank[l.p.list[i - 1].severity] <= rank[l.p.list[i].severity]);
    }
    assert_memory_equal(counts, l.p.counts, sizeof counts);
    end_sight(&l);
}

static char *written(const struct preflight *p, void (*print)(FILE *out, const struct preflight *p))
{
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    print(out, p);
    fclose(out);
    return text;
}

static void csv_of_phones(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    look_at(&l, BOTH_RENEWED);
    char *text = written(&l.p, preflight_csv);
    uint32_t lines = 0;
    for (const char *at = text; (at = strstr(at, "\r\n")) != NULL; at += 2)
        lines++;
    assert_int_equal(lines, 5); /* the head, two phones that need hands, two that a reset brings */
    assert_memory_equal(text, "name,model,pool,touch,holds,served_by,loses,brings_back\r\n", 57);
    assert_non_null(strstr(text, ",7965,One,yes,"));
    assert_non_null(strstr(text, ",7965,Two,no,"));
    assert_non_null(strstr(text, "Its next reset."));
    free(text);
    end_sight(&l);
}

static void strict_counts_what_nobody_knows(void **state)
{
    struct sight l;
    (void)state;
    told_nothing();
    look_at(&l, TWO "hq:phones { count = 3, model = '8845' } settle()");
    assert_int_equal(l.p.counts[PREFLIGHT_FAIL], 0);
    assert_false(preflight_failed(&l.p, false));
    assert_true(l.p.counts[PREFLIGHT_UNKNOWN] > 0);
    assert_true(preflight_failed(&l.p, true));
    end_sight(&l);
}

/* Every row says what it asks, why and what to do, and no two have one name. */
static void rows_are_whole(void **state)
{
    struct preflight_row at = { 0, 0 };
    const struct preflight_check *c;
    (void)state;
    while ((c = preflight_next(&at)) != NULL) {
        assert_ptr_equal(preflight_find(c->name), c);
        assert_true(strlen(c->name) < 24);
        assert_true(c->title != NULL && c->good != NULL && c->source != NULL && c->why != NULL &&
                    c->what != NULL && c->look != NULL);
        assert_true(c->worst > PREFLIGHT_PASS);
        assert_null(strchr(c->why, '|'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group_of_one),           cmocka_unit_test(tvs_of_a_group),
        cmocka_unit_test(lists_that_phones_hold), cmocka_unit_test(worst_first),
        cmocka_unit_test(csv_of_phones),          cmocka_unit_test(strict_counts_what_nobody_knows),
        cmocka_unit_test(rows_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
