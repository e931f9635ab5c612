/* The core end to end, in virtual time and without Lua: clusters, phones, acts, outcomes. */
#include "sim/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#define HOUR_US 3600000000ull

static struct lab *make(const char *version, uint32_t nodes, uint32_t group, uint32_t phones)
{
    static const char *const names[] = { "pub", "sub1", "sub2" };
    struct lab_options o = lab_defaults();
    struct lab *lab = lab_new(&o);
    struct err e = { "" };
    uint32_t cluster, first;
    struct lab_cluster_spec spec = { "HQ", version, names, nodes, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    assert_true(lab_group(lab, cluster, "g", names, group, &e));
    assert_true(lab_pool(lab, cluster, "p", "g", &e));
    struct lab_phones_spec p = { .count = phones, .model = "7965", .pool = "p" };
    assert_true(lab_phones(lab, cluster, &p, &first, &e));
    for (uint32_t i = 0; i < phones; i++)
        lab_power(lab, i, true, 0);
    assert_true(lab_settle(lab, HOUR_US).quiet);
    return lab;
}

static void restart(struct lab *lab, uint32_t node)
{
    struct err e = { "" };
    assert_true(lab_service(lab, 0, node, SERVICE_TFTP, ACT_RESTART, &e));
    assert_true(lab_service(lab, 0, node, SERVICE_TVS, ACT_RESTART, &e));
}

static void regenerate(struct lab *lab, uint32_t node, enum own own)
{
    struct err e = { "" };
    assert_true(lab_regenerate(lab, 0, node, own, &e));
}

static void reset(struct lab *lab)
{
    assert_true(lab_settle(lab, lab_now_us(lab) + HOUR_US).quiet);
    lab_reset_all(lab, 0);
    assert_true(lab_settle(lab, lab_now_us(lab) + HOUR_US).quiet);
}

static uint32_t lost(const struct lab *lab, enum phone_function f)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < lab->phone_count; i++)
        n += (lab->phones[i].lost & FSM_BIT(f)) != 0;
    return n;
}

static uint32_t count_registered(const struct lab *lab)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < lab->phone_count; i++)
        n += phone_is_registered(&lab->phones[i]);
    return n;
}

static void first_boot(void **state)
{
    (void)state;
    struct lab *lab = make("8.6", 1, 1, 50);
    assert_int_equal(count_registered(lab), 50);
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(lab->phones[i].itl, lab->clusters[0].nodes[0].itl);
        assert_int_equal(lab->phones[i].lost, 0);
    }
    lab_free(lab);
}

/* What was regenerated where, and how many of 40 phones then refuse lists. */
static void regenerations(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        uint32_t nodes, group;
        uint32_t ccm, tvs; /* bit of each node */
        uint32_t refused;
    } rows[] = {
        { "8.6", 1, 1, 1, 0, 0 },   { "8.6", 1, 1, 0, 1, 0 },  { "8.6", 1, 1, 1, 1, 40 },
        { "8.6", 2, 2, 1, 1, 0 },   { "8.6", 2, 1, 1, 1, 40 }, { "8.6", 2, 2, 3, 3, 40 },
        { "12.5", 1, 1, 1, 0, 0 },  { "12.5", 1, 1, 1, 1, 0 }, { "9.1", 3, 3, 3, 3, 0 },
        { "11.5", 1, 1, 1, 1, 40 }, { "14", 2, 2, 3, 3, 0 },   { "15", 1, 1, 1, 1, 0 },
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct lab *lab = make(rows[r].version, rows[r].nodes, rows[r].group, 40);
        for (uint32_t n = 0; n < rows[r].nodes; n++) {
            if ((rows[r].ccm >> n & 1) != 0)
                regenerate(lab, n, OWN_CALLMANAGER);
            if ((rows[r].tvs >> n & 1) != 0)
                regenerate(lab, n, OWN_TVS);
        }
        for (uint32_t n = 0; n < rows[r].nodes; n++)
            restart(lab, n);
        reset(lab);
        if (lost(lab, FUNCTION_TRUST_LIST) != rows[r].refused)
            fail_msg("row %zu: %u phones refused, %u expected", r, lost(lab, FUNCTION_TRUST_LIST),
                     rows[r].refused);
        assert_int_equal(lost(lab, FUNCTION_CONFIGURATION), rows[r].refused);
        assert_int_equal(count_registered(lab), 40); /* not secure: they register all the same */
        lab_free(lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(first_boot),
                                        cmocka_unit_test(regenerations) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
