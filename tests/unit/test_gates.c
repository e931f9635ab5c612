/* 802.1X and phone VPN: whom RADIUS server and gateway trust, what a phone shows there, and what it
 * loses. */
#include "nodes/gate.h"
#include "nodes/settings.h"
#include "tests/unit/acts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#define HOUR_US 3600000000ull
#define DAY_US  (24 * HOUR_US)

static struct lab *lab;

static void set(enum setting s, bool on)
{
    struct act act = { .kind = DO_SET_PHONES, .arg = { s, on } };
    struct lab_whom whom = { .first = 0, .count = lab->state.phone_count };
    struct err e = { "" };
    if (!lab_do_phones(lab, 0, &act, &whom, &e))
        fail_msg("%s", e.text);
}

static void boot(void)
{
    lab_reset_all(lab, 0);
    lab_settle(lab, lab_now_us(lab) + HOUR_US);
}

static bool lost(enum phone_function f)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        n += (lab->state.phones[i].lost & FSM_BIT(f)) != 0;
    assert_true(n == 0 || n == lab->state.phone_count);
    return n > 0;
}

static void gate(enum act_kind kind, uint32_t cert, const char *said)
{
    struct act act = { .kind = (uint8_t)kind, .arg = { cert } };
    struct err e = { "" };
    assert_int_equal(lab_do(lab, 0, &act, &e), said == NULL);
    assert_string_equal(e.text, said == NULL ? "" : said);
    lab_settle(lab, lab_now_us(lab) + HOUR_US);
}

static void make(bool lsc, const char *model)
{
    struct err e = { "" };
    uint32_t cluster, first;
    struct lab_options options = lab_defaults();
    static const char *const nodes[] = { "pub", "sub" };
    lab = lab_new(&options);
    struct lab_cluster_spec spec = {
        .name = "HQ", .version = "12.5", .nodes = nodes, .node_count = 2, .domain = ""
    };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    struct lab_phones_spec phones = { .count = 3, .model = model, .lsc = lsc };
    assert_true(lab_phones(lab, 0, &phones, &first, &e));
    for (uint32_t i = 0; i < 3; i++)
        lab_power(lab, i, true, 0);
    lab_settle(lab, HOUR_US);
}

static uint32_t capf(void)
{
    return lab->state.clusters[0].nodes[0].disk.own[OWN_CAPF];
}

/* Each by its own setting, gate and function; the other notices nothing. */
static void each_gate(void **state)
{
    (void)state;
    static const struct {
        enum setting setting;
        enum act_kind add, remove;
        enum phone_function function, other;
        enum knob strict;
        const char *there, *gone;
    } rows[] = {
        { SETTING_DOT1X, DO_RADIUS_ADD, DO_RADIUS_REMOVE, FUNCTION_DOT1X, FUNCTION_VPN,
          KNOB_DOT1X_CLOSED, "HQ: the RADIUS server trusts this certificate already",
          "HQ: the RADIUS server does not trust this certificate" },
        { SETTING_VPN, DO_GATEWAY_ADD, DO_GATEWAY_REMOVE, FUNCTION_VPN, FUNCTION_DOT1X,
          KNOB_VPN_ONLY, "HQ: the VPN gateway trusts this certificate already",
          "HQ: the VPN gateway does not trust this certificate" },
    };
    for (size_t r = 0; r < 2; r++) {
        make(true, "8845");
        lab_set_knob(lab, rows[r].strict, 0);
        gate(rows[r].add, capf(), rows[r].there);
        gate(rows[r].remove, capf(), NULL);
        gate(rows[r].remove, capf(), rows[r].gone);
        boot();
        assert_false(lost(rows[r].function)); /* it does not go there */
        set(rows[r].setting, true);
        boot(); /* learns of it */
        boot();
        assert_true(lost(rows[r].function));
        assert_false(lost(rows[r].other));
        assert_false(lost(FUNCTION_REGISTRATION));
        lab_set_knob(lab, rows[r].strict, 1);
        boot();
        assert_true(lost(FUNCTION_REGISTRATION));
        assert_int_equal(lab->state.phones[0].state, PHONE_UNREGISTERED);
        assert_true(lab->state.phones[0].idle); /* sleeps until something changes */
        gate(rows[r].add, capf(), NULL);
        assert_false(lost(FUNCTION_REGISTRATION));
        assert_false(lost(rows[r].function));
        set(rows[r].setting, false);
        gate(rows[r].remove, capf(), NULL);
        boot(); /* with the configuration that it holds: at the gate, and it stays there */
        assert_true(lost(FUNCTION_REGISTRATION));
        lab_free(lab);
    }
}

/* MIC, LSC, nothing; and their times. */
static void what_is_shown(void **state)
{
    (void)state;
    make(false, "8845");
    set(SETTING_DOT1X, true);
    boot();
    gate(DO_RADIUS_REMOVE, capf(), NULL);
    boot();
    assert_false(lost(FUNCTION_DOT1X)); /* a MIC */
    lab_param(lab, 0, PARAM_GATES_TAKE_MIC, 0);
    boot();
    assert_true(lost(FUNCTION_DOT1X));
    lab_free(lab);

    make(false, "7960"); /* no MIC, no LSC */
    set(SETTING_DOT1X, true);
    boot();
    boot();
    assert_true(lost(FUNCTION_DOT1X));
    lab_free(lab);

    make(true, "8845");
    set(SETTING_VPN, true);
    boot();
    boot();
    assert_false(lost(FUNCTION_VPN));
    lab_run_until(lab, lab_now_us(lab) + 1900 * DAY_US); /* the LSC's five years, and the CAPF's */
    boot();
    assert_true(lost(FUNCTION_VPN));
    lab_free(lab);
}

/* The network without 802.1X, which stays lost. */
static void ports_that_are_open(void **state)
{
    (void)state;
    make(true, "8845");
    set(SETTING_DOT1X, true);
    boot();
    gate(DO_RADIUS_REMOVE, capf(), NULL);
    lab_set_knob(lab, KNOB_DOT1X_CLOSED, 1);
    boot();
    assert_true(lost(FUNCTION_REGISTRATION));
    gate(DO_DOT1X_CLOSED, 0, "HQ: the ports of the switches are closed already");
    gate(DO_DOT1X_OPEN, 0, NULL);
    assert_false(lost(FUNCTION_REGISTRATION));
    assert_true(lost(FUNCTION_DOT1X));
    gate(DO_DOT1X_OPEN, 0, "HQ: the ports of the switches are open already");
    gate(DO_DOT1X_CLOSED, 0, NULL);
    assert_false(lost(FUNCTION_REGISTRATION)); /* the port stands until it boots */
    boot();
    assert_true(lost(FUNCTION_REGISTRATION));
    lab_free(lab);
}

/* What one cluster says of MICs holds before all, whenever the others came. */
static void one_of_two_takes_no_mic(void **state)
{
    (void)state;
    make(false, "8845");
    set(SETTING_DOT1X, true);
    boot();
    gate(DO_RADIUS_REMOVE, capf(), NULL);
    lab_param(lab, 0, PARAM_GATES_TAKE_MIC, 0);
    static const char *const nodes[] = { "other" };
    struct lab_cluster_spec other = {
        .name = "Other", .version = "12.5", .nodes = nodes, .node_count = 1, .domain = ""
    };
    uint32_t cluster;
    struct err e = { "" };
    assert_true(lab_cluster(lab, &other, &cluster, &e));
    boot();
    assert_true(lost(FUNCTION_DOT1X));
    lab_param(lab, 0, PARAM_GATES_TAKE_MIC, 1);
    boot();
    assert_false(lost(FUNCTION_DOT1X));
    lab_param(lab, cluster, PARAM_GATES_TAKE_MIC, 0);
    boot();
    assert_true(lost(FUNCTION_DOT1X));
    lab_free(lab);
}

/* A fork and a trial know it; the hash does too. */
static void told_apart(void **state)
{
    (void)state;
    make(true, "8845");
    set(SETTING_DOT1X, true);
    boot();
    uint64_t before = lab_hash(lab);
    uint32_t first = 0;
    struct lab *fork = lab_fork(lab), *trial = lab_trial(lab, &first, 1);
    assert_true(lab_hash(fork) == before);
    assert_memory_equal(trial->state.gates, lab->state.gates, sizeof lab->state.gates);
    gate(DO_RADIUS_REMOVE, capf(), NULL);
    assert_true(lab_hash(lab) != before);
    assert_true(lab_hash(fork) == before);
    gate(DO_RADIUS_ADD, capf(), NULL);
    assert_true(cluster_hash(&lab->state.clusters[0], 0) ==
                cluster_hash(&fork->state.clusters[0], 0));
    lab_free(fork);
    lab_free(trial);
    lab_free(lab);
}

/* The gate has room for eight. */
static void full(void **state)
{
    (void)state;
    make(true, "8845");
    struct cluster *cl = &lab->state.clusters[0];
    const struct node *n = cl->nodes;
    const uint32_t certs[] = { n[0].disk.own[OWN_TVS],         n[1].disk.own[OWN_TVS],
                               n[0].disk.own[OWN_CALLMANAGER], n[1].disk.own[OWN_CALLMANAGER],
                               n[0].disk.own[OWN_TOMCAT],      n[1].disk.own[OWN_TOMCAT],
                               n[0].disk.own[OWN_IPSEC],       n[1].disk.own[OWN_IPSEC] };
    for (int i = 0; i < 7; i++)
        gate(DO_RADIUS_ADD, certs[i], NULL);
    gate(DO_RADIUS_ADD, certs[7], "HQ: the RADIUS server trusts 8 certificates already");
    assert_true(gate_trusts(cl, GATE_RADIUS, certs[6]));
    assert_false(gate_trusts(cl, GATE_VPN, certs[6]));
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_gate),           cmocka_unit_test(what_is_shown),
        cmocka_unit_test(ports_that_are_open), cmocka_unit_test(one_of_two_takes_no_mic),
        cmocka_unit_test(told_apart),          cmocka_unit_test(full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
