/* Services activated and deactivated, nodes, groups, pools and settings of phones: what each act
 * changes in the cluster, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/certs.h"
#include "nodes/services.h"
#include "tests/unit/nodes_fixture.h"

static void act(enum act_kind kind, uint32_t node, uint64_t arg, uint64_t now_us)
{
    do_act((struct act){ .kind = (uint8_t)kind, .node = (uint8_t)node, .arg = { arg } }, now_us);
}

static void refuses(struct act a, const char *said)
{
    struct err e = { "" };
    uint64_t before = cluster_hash(&cl, 0);
    assert_false(cluster_do(&cl, &a, 0, &e));
    assert_string_equal(e.text, said);
    assert_true(cluster_hash(&cl, 0) == before);
}

/* Roles of the records of the ITL that a node serves, one letter each in their order. */
static const char *records_of(uint32_t list)
{
    static char text[64];
    const struct ct_list *l = content_get_list(&content, list);
    for (uint32_t i = 0; i <= l->count; i++) {
        uint16_t role = i < l->count ? l->records[i].role : 0;
        text[i] = i == l->count     ? '\0'
                  : role == TL_SAST ? 'S'
                  : role == TL_TVS  ? 'V'
                  : role == TL_CAPF ? 'P'
                                    : 'C';
    }
    return text;
}

/* Which services of a node do not stand still, by SERVICE_BIT. */
static uint32_t going(uint32_t node)
{
    uint32_t bits = 0;
    for (int s = 0; s < SERVICES; s++)
        bits |= cl.nodes[node].run.services[s].state != SERVICE_STOPPED ? SERVICE_BIT(s) : 0;
    return bits;
}

static void what_is_activated_where(void **state)
{
    (void)state;
    const uint32_t everywhere = SERVICE_BIT(SERVICE_TOMCAT) | SERVICE_BIT(SERVICE_HAPROXY) |
                                SERVICE_BIT(SERVICE_CERT_CHANGE),
                   calls = SERVICE_BIT(SERVICE_CALLMANAGER) | SERVICE_BIT(SERVICE_CTIMANAGER),
                   of_pub = SERVICE_BIT(SERVICE_CAPF) | SERVICE_BIT(SERVICE_CTL_PROVIDER),
                   tftp = SERVICE_BIT(SERVICE_TFTP), tvs = SERVICE_BIT(SERVICE_TVS);
    make("12.5", 3);
    assert_int_equal(going(0), everywhere | calls | of_pub | tftp | tvs);
    assert_int_equal(going(1), everywhere | calls | tftp | tvs);
    assert_int_equal(going(2), everywhere | calls | tvs);
    /* TVS is no feature service: it goes with the last of both, and comes with the first. */
    act(DO_DEACTIVATE, 2, SERVICE_CALLMANAGER, SECOND_US);
    assert_int_equal(going(2), everywhere | SERVICE_BIT(SERVICE_CTIMANAGER));
    act(DO_ACTIVATE, 2, SERVICE_TFTP, 2 * SECOND_US);
    assert_int_equal(going(2), everywhere | SERVICE_BIT(SERVICE_CTIMANAGER) | tftp | tvs);
    assert_int_equal(cl.nodes[2].run.services[SERVICE_TFTP].state, SERVICE_STARTING);
    run_out(2 * SECOND_US);
    assert_string_equal(records_of(cl.nodes[2].run.itl), "SSCCVVVP");
    /* What was stopped by hand is not started by that. */
    act(DO_STOP, 1, SERVICE_TVS, 60 * SECOND_US);
    act(DO_DEACTIVATE, 1, SERVICE_TFTP, 60 * SECOND_US);
    act(DO_ACTIVATE, 1, SERVICE_TFTP, 60 * SECOND_US);
    assert_int_equal(going(1) & tvs, 0);
    unmake();
}

static void what_the_page_refuses(void **state)
{
    (void)state;
    static const struct {
        struct act act;
        const char *said;
    } rows[] = {
        { { DO_ACTIVATE, 0, { SERVICE_TFTP } }, "HQ: Cisco Tftp is already activated on pub" },
        { { DO_DEACTIVATE, 2, { SERVICE_TFTP } }, "HQ: Cisco Tftp is not activated on sub2" },
        { { DO_DEACTIVATE, 1, { SERVICE_TOMCAT } },
          "HQ: Cisco Tomcat is a network service, it is not activated by hand" },
        { { DO_ACTIVATE, 1, { SERVICE_TVS } },
          "HQ: Cisco Trust Verification Service is a network service, it is not activated by "
          "hand" },
        { { DO_ACTIVATE, 1, { SERVICE_CAPF } },
          "HQ: Cisco Certificate Authority Proxy Function is activated on pub alone, the "
          "publisher" },
    };
    make("12.5", 3);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuses(rows[i].act, rows[i].said);
    unmake();
}

/* Groups lose the node, in their order; one of it alone has nobody left. */
static void groups_lose_a_callmanager(void **state)
{
    (void)state;
    static const uint8_t all[] = { 2, 1, 0 }, alone[] = { 1 };
    struct err e = { "" };
    uint16_t g;
    make("12.5", 3);
    must(config_add_group(&cl, "all", all, 3, &g, &e), &e);
    must(config_add_group(&cl, "alone", alone, 1, &g, &e), &e);
    act(DO_DEACTIVATE, 1, SERVICE_TFTP, 0);
    assert_int_equal(cl.db.groups[0].count, 3);
    act(DO_DEACTIVATE, 1, SERVICE_CALLMANAGER, 0);
    assert_int_equal(cl.db.groups[0].count, 2);
    assert_int_equal(cl.db.groups[0].members[0], 2);
    assert_int_equal(cl.db.groups[0].members[1], 0);
    assert_int_equal(cl.db.groups[1].count, 0);
    act(DO_ACTIVATE, 1, SERVICE_CALLMANAGER, 0);
    assert_int_equal(cl.db.groups[0].count, 2); /* it is put back by hand */
    unmake();
}

/* CAPF has a record where it is activated; the list follows by itself from 14 on. */
static void capf_in_lists(void **state)
{
    (void)state;
    static const char *const versions[] = { "12.5", "14" };
    for (int i = 0; i < 2; i++) {
        make(versions[i], 2);
        assert_string_equal(records_of(cl.nodes[1].run.itl), "SSCCVVP");
        act(DO_DEACTIVATE, 0, SERVICE_CAPF, 0);
        run_out(0);
        assert_string_equal(records_of(cl.nodes[1].run.itl), i == 0 ? "SSCCVVP" : "SSCCVV");
        restart_service(1, SERVICE_TFTP, 100 * SECOND_US);
        run_out(100 * SECOND_US);
        assert_string_equal(records_of(cl.nodes[1].run.itl), "SSCCVV");
        assert_false(cl.want_reset);
        act(DO_CTL_MIXED_MODE, 0, 0, 200 * SECOND_US);
        assert_string_equal(records_of(cl.db.ctl), "SSCC");
        act(DO_ACTIVATE, 0, SERVICE_CAPF, 300 * SECOND_US);
        assert_string_equal(records_of(cl.db.ctl), "SSCC");
        act(DO_CTL_UPDATE, 0, 0, 400 * SECOND_US);
        assert_string_equal(records_of(cl.db.ctl), "SSCPC");
        unmake();
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_activated_where),
        cmocka_unit_test(what_the_page_refuses),
        cmocka_unit_test(groups_lose_a_callmanager),
        cmocka_unit_test(capf_in_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
