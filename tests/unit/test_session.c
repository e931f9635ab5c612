/* Sessions: what they are made of, what they refuse, and that they do not know of each other. */
#include "run_script.h"

#define BOTH                                                                                       \
    LAB "fleet:power('on') settle() step('regenerate') hq.pub:regenerate('CallManager') "          \
        "hq.pub:restart('Cisco Tftp') settle() step('reset') fleet:reset() settle() "              \
        "expect(fleet:count { registered = true }):equals(10)"

struct outcome {
    char *serial, *json; /* of the new CallManager certificate */
    uint64_t events, hash;
};

static struct outcome outcome_of(struct run *r)
{
    const struct content *c = r->lab->base->content;
    const struct ct_cert *cert =
        content_get_cert(c, r->lab->state.clusters[0].nodes[0].disk.own[OWN_CALLMANAGER]);
    struct view serial = content_get_text(c, cert->serial);
    struct outcome o = { .serial = strndup((const char *)serial.p, serial.n) };
    struct report report;
    size_t n;
    FILE *out = open_memstream(&o.json, &n);
    session_report(r->session, 0, 0, &report);
    report.in.scenario = "s.lua";
    report_json(out, &report);
    report_free(&report);
    fclose(out);
    o.events = r->lab->driver->events(r->lab->driver->self);
    for (uint32_t i = 0; i < r->lab->state.phone_count; i++)
        o.hash = rng_hash(o.hash, view_of(&r->lab->state.phones[i].rng, sizeof(struct rng)));
    return o;
}

static void same(const struct outcome *a, const struct outcome *b)
{
    assert_string_equal(a->serial, b->serial);
    assert_string_equal(a->json, b->json);
    assert_true(a->events == b->events && a->hash == b->hash);
}

static void free_outcome(struct outcome *o)
{
    free(o->serial);
    free(o->json);
}

static struct session_options options(struct run *r, uint64_t seed, uint64_t identity)
{
    put_file(r->path, BOTH, strlen(BOTH));
    struct session_options o = options_for(r, r->path, seed);
    o.lab.identity = identity;
    return o;
}

static struct outcome ran(uint64_t seed, uint64_t identity)
{
    struct run r = { 0 };
    struct session_options o = options(&r, seed, identity);
    run_file(&r, &o);
    assert_string_equal(r.e.text, "");
    assert_int_equal(r.result, SCRIPT_PASSED);
    struct outcome out = outcome_of(&r);
    done(&r);
    return out;
}

/* Who it is and what luck it has are two things. */
static void test_two_seeds(void **state)
{
    (void)state;
    struct outcome a = ran(1, 1), luck = ran(2, 1), other = ran(1, 2);
    assert_string_equal(luck.serial, a.serial); /* the same certificate */
    assert_true(luck.hash != a.hash);
    assert_string_not_equal(other.serial, a.serial);
    assert_true(other.hash == a.hash && other.events == a.events);
    assert_non_null(strstr(a.json, "\"seed\":\t\"1\",\n\t\"identity\":\t\"1\""));
    assert_non_null(strstr(other.json, "\"seed\":\t\"1\",\n\t\"identity\":\t\"2\""));
    free_outcome(&a);
    free_outcome(&luck);
    free_outcome(&other);
}

/* Two at a time, made, run and freed across each other: as alone. */
static void test_side_by_side(void **state)
{
    (void)state;
    struct outcome alone[2] = { ran(1, 1), ran(3, 2) }, both[2];
    struct run r[2] = { 0 };
    size_t n;
    FILE *out[2];
    for (int i = 0; i < 2; i++) {
        struct session_options o = options(&r[i], i == 0 ? 1 : 3, i == 0 ? 1 : 2);
        o.script.out = out[i] = open_memstream(&r[i].out, &n);
        open_file(&r[i], &o);
    }
    for (int i = 2; i-- > 0;) {
        r[i].result = session_run(r[i].session, &r[i].e);
        fclose(out[i]);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(r[i].result, SCRIPT_PASSED);
        both[i] = outcome_of(&r[i]);
        done(&r[i]);
        same(&both[i], &alone[i]);
        free_outcome(&both[i]);
        free_outcome(&alone[i]);
    }
}

/* A failed CHECK tells of the session that was at work, and of none behind it. */
static void test_check_context(void **state)
{
    (void)state;
    const struct check_context mine = { .seed = 77 };
    const struct check_context *before = sys_check_context(&mine);
    struct outcome o = ran(1, 1);
    free_outcome(&o);
    assert_ptr_equal(sys_check_context(before), &mine);
}

static void refused(struct session_options o, const char *said)
{
    struct err e = { "" };
    assert_null(session_new(&o, &e));
    if (strstr(e.text, said) == NULL)
        fail_msg("%s: expected \"%s\"", e.text, said);
}

static void test_refused(void **state)
{
    (void)state;
    struct session_options o = session_defaults();
    o.script.path = "x.lua";
    static const char *const pools[] = { "pools.csv" }, *const phones[] = {
        "/nonexistent/phones.csv"
    };
    o.pools = pools;
    o.pools_count = 1;
    refused(o, "--pools pools.csv: it says the groups of --inventory FILE");
    o.inventories = phones;
    o.inventory_count = 1;
    refused(o, "/nonexistent/phones.csv: ");
    o = session_defaults();
    o.script.path = "x.lua";
    o.dump = "/nonexistent/a/b";
    refused(o, "--dump /nonexistent/a/b: ");
    o.dump = NULL;
    o.trace = "/nonexistent/trace";
    refused(o, "/nonexistent/trace: ");
}

static void test_inventory(void **state)
{
    (void)state;
    struct run r = { 0 };
    static const char text[] = "cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } }";
    char *notes;
    size_t n;
    put_file(r.path, text, strlen(text));
    struct session_options o = options_for(&r, r.path, 1);
    static const char *const phones[] = { "tests/vectors/phones.csv" };
    o.inventories = phones;
    o.inventory_count = 1;
    o.notes = open_memstream(&notes, &n);
    run_file(&r, &o);
    fflush(o.notes);
    assert_int_equal(n, 0); /* an error comes first */
    session_notes(r.session);
    fclose(o.notes);
    assert_int_equal(r.result, SCRIPT_ERROR);
    assert_non_null(strstr(
        r.e.text, "it adds no phones, so --inventory tests/vectors/phones.csv was not used"));
    assert_non_null(strstr(notes, "tests/vectors/phones.csv: 601 rows: 594 phones, 7 left out\n"));
    free(notes);
    done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_seeds),     cmocka_unit_test(test_side_by_side),
        cmocka_unit_test(test_check_context), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_inventory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
