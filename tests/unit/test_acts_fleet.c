/* Services activated and deactivated, nodes, groups, pools and settings of phones: what each act
 * changes in the cluster, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/certs.h"
#include "nodes/network.h"
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

/* ---- nodes ---- */

static uint64_t text(const char *s)
{
    return content_str(&content, s);
}

static struct act new_node(const char *name)
{
    return (struct act){ .kind = DO_ADD_NODE, .arg = { text(name) } };
}

/* Its certificates, number, address and domain; what runs; who knows it, and when. */
static void a_node_more(void **state)
{
    (void)state;
    make("12.5", 3);
    do_act(new_node("sub3"), SECOND_US);
    const struct node *n = &cl.nodes[3];
    assert_int_equal(cl.node_count, 4);
    assert_string_equal(n->disk.name, "sub3");
    assert_string_equal(n->disk.domain, "example.org"); /* the publisher's */
    assert_int_equal(n->disk.ip, 0x7f00000e);
    assert_int_equal(n->disk.activated, 0);
    assert_int_equal(going(3), SERVICE_BIT(SERVICE_TOMCAT) | SERVICE_BIT(SERVICE_HAPROXY) |
                                   SERVICE_BIT(SERVICE_CERT_CHANGE));
    for (int own = 0; own < OWNS; own++)
        assert_int_equal(n->disk.own[own] != 0, true);
    assert_int_equal(n->disk.own[OWN_ITLRECOVERY], own_of(0, OWN_ITLRECOVERY));
    uint32_t tvs = own_of(3, OWN_TVS);
    assert_int_equal(certs_known(&cl, 3, 3, OWN_TVS, SECOND_US), tvs);
    assert_int_equal(certs_known(&cl, 0, 3, OWN_TVS, SECOND_US), 0); /* replication */
    assert_int_equal(certs_known(&cl, 0, 3, OWN_TVS, 6 * SECOND_US), tvs);
    run_out(SECOND_US);
    assert_string_equal(records_of(cl.nodes[0].run.itl), "SSCCVVVP"); /* until TFTP starts */
    restart_service(0, SERVICE_TFTP, 60 * SECOND_US);
    act(DO_ACTIVATE, 3, SERVICE_TFTP, 60 * SECOND_US);
    run_out(60 * SECOND_US);
    assert_string_equal(records_of(cl.nodes[0].run.itl), "SSCCVVVVP");
    assert_string_equal(records_of(cl.nodes[3].run.itl), "SSCCVVVVP");
    unmake();
}

/* From 14 on the lists follow by themselves; CAPF is the publisher's there. */
static void a_node_more_on_14(void **state)
{
    (void)state;
    make("14", 1);
    do_act(new_node("sub"), SECOND_US);
    assert_int_equal(own_of(1, OWN_CAPF), 0);
    run_out(SECOND_US);
    assert_string_equal(records_of(cl.nodes[0].run.itl), "SSCCVVP");
    assert_false(cl.want_reset);
    unmake();
}

/* The CTL has it when it is updated, and where it serves phones. */
static void a_node_more_in_mixed_mode(void **state)
{
    (void)state;
    make("12.5", 1);
    act(DO_CTL_MIXED_MODE, 0, 0, 0);
    do_act(new_node("sub"), SECOND_US);
    act(DO_CTL_UPDATE, 0, 0, 60 * SECOND_US);
    assert_string_equal(records_of(cl.db.ctl), "SSCP");
    act(DO_ACTIVATE, 1, SERVICE_CALLMANAGER, 61 * SECOND_US);
    assert_string_equal(records_of(cl.db.ctl), "SSCP");
    act(DO_CTL_UPDATE, 0, 0, 120 * SECOND_US);
    assert_string_equal(records_of(cl.db.ctl), "SSCPC");
    run_out(120 * SECOND_US);
    assert_true(cl.nodes[1].run.mixed_mode);
    unmake();
}

static void a_node_less(void **state)
{
    (void)state;
    static const uint8_t both[] = { 1, 0 };
    struct err e = { "" };
    uint16_t g;
    make("12.5", 2);
    uint32_t tvs = own_of(1, OWN_TVS), callmanager = own_of(1, OWN_CALLMANAGER);
    must(config_add_group(&cl, "both", both, 2, &g, &e), &e);
    refuses((struct act){ .kind = DO_REMOVE, .node = 0 },
            "HQ: pub is the first node, it cannot be deleted");
    refuses((struct act){ .kind = DO_REMOVE, .node = 1 },
            "HQ: sub1 cannot be deleted, the CallManager group \"both\" names it");
    cluster_set_param(&cl, PARAM_GROUPS_LOSE_NODES, 1);
    act(DO_REMOVE, 1, 0, SECOND_US);
    assert_int_equal(cl.db.groups[0].count, 1);
    assert_int_equal(cl.db.groups[0].members[0], 0);
    assert_int_equal(going(1), 0);
    assert_int_equal(certs_known(&cl, 0, 1, OWN_TVS, SECOND_US), 0);
    assert_false(serve_tvs_verify(&cl, 0, callmanager, SECOND_US).trusted);
    restart_service(0, SERVICE_TFTP, SECOND_US);
    run_out(SECOND_US);
    assert_string_equal(records_of(cl.nodes[0].run.itl), "SSCCVP");
    refuses((struct act){ .kind = DO_RESTART, .node = 1 }, "HQ: sub1 is no node any more");
    /* The same name again is another node with other keys. */
    do_act(new_node("sub1"), 90 * SECOND_US);
    assert_int_equal(cl.node_count, 3);
    assert_int_equal(cl.nodes[2].disk.ip, 0x7f00000d);
    assert_true(content_meaning(&content, own_of(2, OWN_TVS)) != content_meaning(&content, tvs));
    unmake();
}

static void which_nodes_are_refused(void **state)
{
    (void)state;
    char name[16];
    make("12.5", 3);
    refuses(new_node("sub1"), "HQ: two nodes named \"sub1\"");
    refuses(new_node(""), "node \"\": 1 to 63 characters expected");
    refuses(new_node("a/b"), "node \"a/b\": letters, digits, '-', '.', '_' expected");
    do_act((struct act){ .kind = DO_ADDRESS, .node = 1, .arg = { 0x7f00000e } }, 0);
    refuses(new_node("sub3"), "HQ: sub1 has the address of a new node already");
    do_act((struct act){ .kind = DO_ADDRESS, .node = 1, .arg = { 0x7f0000ff } }, 0);
    for (int i = 3; i < CLUSTER_NODES; i++) {
        snprintf(name, sizeof name, "n%d", i);
        do_act(new_node(name), 0);
    }
    refuses(new_node("more"), "HQ: a cluster has at most 21 nodes");
    for (int i = CLUSTER_NODES; i < CLUSTER_PLACES; i++) {
        act(DO_REMOVE, (uint32_t)i - 1, 0, 0);
        snprintf(name, sizeof name, "n%d", i);
        do_act(new_node(name), 0);
    }
    act(DO_REMOVE, 2, 0, 0);
    refuses(new_node("more"), "HQ: 200 nodes came and went, there is no number left");
    unmake();
}

/* ---- groups and pools ---- */

static struct act members(uint64_t first, uint64_t second, uint64_t third, uint64_t group)
{
    return (struct act){ .kind = DO_CHANGE_GROUP, .arg = { first, second, third, group } };
}

static void groups_and_pools_change(void **state)
{
    (void)state;
    static const uint8_t pair[] = { 0, 1 }, alone[] = { 0 };
    struct err e = { "" };
    uint16_t g, pool;
    make("12.5", 3);
    must(config_add_group(&cl, "pair", pair, 2, &g, &e), &e);
    must(config_add_pool(&cl, "p", g, &pool, &e), &e);
    must(config_add_group(&cl, "alone", alone, 1, &g, &e), &e);
    do_act(members(3, 2, 1, 0), 0);
    assert_int_equal(cl.db.groups[0].count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(cl.db.groups[0].members[i], 2 - i);
    do_act(members(0, 2, 0, 0), 0); /* what is left out in front counts as left out */
    assert_int_equal(cl.db.groups[0].count, 1);
    assert_int_equal(cl.db.groups[0].members[0], 1);
    refuses(members(0, 0, 0, 0), "HQ: CallManager group \"pair\" has 0 members, 1 to 3 expected");
    refuses(members(2, 0, 2, 0), "HQ: CallManager group \"pair\" names sub1 twice");
    refuses(members(4, 0, 0, 0), "HQ: change_group: no such members");
    refuses(members(1, 0, 0, 2), "HQ: change_group: no such group");
    do_act((struct act){ .kind = DO_CHANGE_POOL, .arg = { 1, 0 } }, 0);
    assert_int_equal(cl.db.pools[0].group, 1);
    unmake();
}

/* As a remedy: a group that no CallManager is left in gets each node that has one as its first. */
static void who_is_put_first(void **state)
{
    (void)state;
    static const uint8_t pair[] = { 1, 2 };
    struct act acts[8];
    struct err e = { "" };
    uint16_t g;
    make("12.5", 3);
    must(config_add_group(&cl, "pair", pair, 2, &g, &e), &e);
    assert_int_equal(act_candidates(&cl, DO_CHANGE_GROUP, 0, acts, 8), 0);
    act(DO_STOP, 1, SERVICE_CALLMANAGER, 0); /* it can be started */
    act(DO_DEACTIVATE, 2, SERVICE_CALLMANAGER, 0);
    assert_int_equal(act_candidates(&cl, DO_CHANGE_GROUP, 0, acts, 8), 0);
    act(DO_DEACTIVATE, 1, SERVICE_CALLMANAGER, 0);
    assert_int_equal(act_candidates(&cl, DO_CHANGE_GROUP, 0, acts, 8), 1);
    const struct act first = members(1, 0, 0, 0);
    assert_memory_equal(&acts[0], &first, sizeof first);
    unmake();
}

/* ---- auto-registration ---- */

static enum reject_reason asks(uint32_t node, uint32_t device)
{
    serve_auto_register(&cl, node, device, CNF_SIP, 10);
    return serve_register(&cl, node, device, TRANSPORT_TCP, CONTENT_MIC, SECOND_US);
}

static void numbers(uint64_t first, uint64_t last)
{
    cluster_set_param(&cl, PARAM_AUTO_FIRST, first);
    cluster_set_param(&cl, PARAM_AUTO_LAST, last);
}

static void who_registers_by_itself(void **state)
{
    (void)state;
    static const uint8_t pair[] = { 0, 1 };
    struct err e = { "" };
    uint16_t g, pool;
    make("9.1", 3);
    must(config_add_group(&cl, "first", pair, 2, &g, &e), &e);
    must(config_add_pool(&cl, "first", g, &pool, &e), &e);
    assert_int_equal(asks(0, 3), REJECT_UNKNOWN_DEVICE); /* off */
    cluster_set_param(&cl, PARAM_AUTO_REGISTRATION, 1);
    numbers(5, 6);
    assert_int_equal(asks(2, 3), REJECT_UNKNOWN_DEVICE); /* no server of the first group */
    cl.nodes[0].run.off = true;                          /* nobody writes the row */
    assert_int_equal(asks(1, 3), REJECT_UNKNOWN_DEVICE);
    cl.nodes[0].run.off = false;
    assert_int_equal(asks(1, 3), REJECT_NONE);
    const struct device_class *k = config_class_of(&cl, 3);
    assert_int_equal(k->pool, pool);
    assert_int_equal(k->protocol, CNF_SIP);
    assert_int_equal(k->security_mode, CNF_NON_SECURE);
    assert_int_equal(asks(0, 3), REJECT_NONE); /* the same phone again takes no number */
    assert_int_equal(cl.db.numbers, 1);
    assert_int_equal(asks(0, 4), REJECT_NONE);
    assert_int_equal(asks(0, 5), REJECT_UNKNOWN_DEVICE); /* none is left */
    assert_int_equal(asks(0, 10), REJECT_UNKNOWN_DEVICE);
    /* Each is to be reset once, and is like any other then. */
    assert_true(serve_is_fresh(&cl, 3));
    assert_false(serve_is_fresh(&cl, 3));
    assert_false(serve_is_fresh(&cl, 5));
    assert_true(serve_is_fresh(&cl, 4));
    assert_ptr_equal(config_class_of(&cl, 3), config_class_of(&cl, 4));
    numbers(9, 8);
    assert_int_equal(asks(0, 5), REJECT_UNKNOWN_DEVICE);
    unmake();
}

static void in_mixed_mode_by_version(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        enum reject_reason answer;
    } rows[] = { { "10.5(2)", REJECT_UNKNOWN_DEVICE },
                 { "11.5", REJECT_NONE },
                 { "15", REJECT_NONE } };
    static const uint8_t pub[] = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = { "" };
        uint16_t g, pool;
        make(rows[i].version, 1);
        must(config_add_group(&cl, "first", pub, 1, &g, &e), &e);
        must(config_add_pool(&cl, "first", g, &pool, &e), &e);
        cluster_set_param(&cl, PARAM_AUTO_REGISTRATION, 1);
        act(DO_CTL_MIXED_MODE, 0, 0, 0);
        restart_service(0, SERVICE_CALLMANAGER, 0);
        run_out(0);
        assert_int_equal(asks(0, 3), rows[i].answer);
        assert_int_equal(serve_register(&cl, 0, 4, TRANSPORT_TLS, CONTENT_MIC, SECOND_US),
                         REJECT_UNKNOWN_DEVICE);
        unmake();
    }
}

/* Everything there stops, nothing starts by itself, and what a dead node cannot do is refused; with
 * the publisher's, what the database would have to take. */
static void without_power(void **state)
{
    (void)state;
    make("15", 2);
    uint32_t before = going(1);
    do_act((struct act){ DO_SHUT_DOWN, 1, { 0 } }, SECOND_US);
    assert_int_equal(going(1), 0);
    for (enum port p = 0; p < PORTS; p++)
        assert_int_equal(network_between(&cl, 0, 1).drops >> p & 1, 1);
    assert_int_equal(network_between(&cl, 0, 0).drops, 0);
    refuses((struct act){ DO_SHUT_DOWN, 1, { 0 } }, "HQ: sub1 is shut down");
    refuses((struct act){ DO_RESTART, 1, { SERVICE_TVS } }, "HQ: sub1 is shut down");
    refuses((struct act){ DO_REGENERATE, 1, { OWN_TVS } }, "HQ: sub1 is shut down");
    refuses((struct act){ DO_SWITCH_ON, 0, { 0 } }, "HQ: pub is not shut down");
    assert_true(cluster_can(&cl, &(struct act){ DO_NODE_LINK, 1, { 0 } }, SECOND_US, NULL));
    do_act((struct act){ DO_REGENERATE, 0, { OWN_TVS } },
           2 * SECOND_US); /* 15 restarts by itself */
    uint64_t now = run_out(2 * SECOND_US);
    assert_int_equal(going(1), 0);
    do_act((struct act){ DO_SWITCH_ON, 1, { 0 } }, now);
    assert_int_equal(going(1), before);
    assert_int_equal(network_between(&cl, 0, 1).drops, 0);
    assert_int_equal(run_out(now) - now,
                     cl.db.params[PARAM_NODE_BOOT_US] + cl.db.params[PARAM_SERVICE_START_US]);
    do_act((struct act){ DO_SHUT_DOWN, 0, { 0 } }, now);
    refuses((struct act){ DO_SET, 0, { PARAM_ROLLBACK, 1 } }, "HQ: pub is shut down");
    refuses((struct act){ DO_BACKUP, 0, { 0 } }, "HQ: pub is shut down");
    do_act((struct act){ DO_RESTART, 1, { SERVICE_TFTP } }, now);
    unmake();
}

/* Services stop at once and are back when the node has booted and they have started. */
static void reboot(void **state)
{
    (void)state;
    make("12.5", 2);
    uint32_t before = going(0), other = cl.nodes[1].run.services[SERVICE_TFTP].epoch;
    do_act((struct act){ DO_REGENERATE, 0, { OWN_CALLMANAGER } }, SECOND_US);
    uint64_t now = run_out(SECOND_US);
    cluster_set_param(&cl, PARAM_NODE_BOOT_US, 60 * SECOND_US);
    do_act((struct act){ DO_REBOOT, 0, { 0 } }, now);
    assert_int_equal(going(0), before);
    cluster_tick(&cl, now + 60 * SECOND_US + cl.db.params[PARAM_SERVICE_START_US] - 1);
    assert_int_not_equal(cl.nodes[0].run.services[SERVICE_TFTP].state, SERVICE_RUNNING);
    cluster_tick(&cl, now + 60 * SECOND_US + cl.db.params[PARAM_SERVICE_START_US]);
    assert_int_equal(cl.nodes[0].run.services[SERVICE_TFTP].state, SERVICE_RUNNING);
    assert_int_equal(cl.nodes[0].run.used[SERVICE_CALLMANAGER],
                     cl.nodes[0].disk.own[OWN_CALLMANAGER]);
    assert_int_equal(cl.nodes[1].run.services[SERVICE_TFTP].epoch, other);
    unmake();
}

/* A node whose replication is stopped knows what it knew, and what is done on it itself. */
static void replication_stopped(void **state)
{
    (void)state;
    make("11.5", 3);
    uint32_t before = own_of(0, OWN_TVS), there = own_of(1, OWN_TVS);
    act(DO_DBREPLICATION_STOP, 1, 0, SECOND_US);
    refuses((struct act){ DO_DBREPLICATION_STOP, 1, { 0 } },
            "HQ: replication is stopped on sub1 already");
    act(DO_REGENERATE, 0, OWN_TVS, 2 * SECOND_US);
    act(DO_REGENERATE, 1, OWN_TVS, 2 * SECOND_US);
    uint64_t now = run_out(2 * SECOND_US) + 3600 * SECOND_US;
    uint64_t hash = cluster_hash(&cl, now);
    assert_int_equal(certs_known(&cl, 1, 0, OWN_TVS, now), before);
    assert_int_equal(certs_known(&cl, 1, 1, OWN_TVS, now), own_of(1, OWN_TVS));
    for (uint32_t n = 0; n < 3; n += 2) { /* the others know both */
        assert_int_equal(certs_known(&cl, n, 0, OWN_TVS, now), own_of(0, OWN_TVS));
        assert_int_equal(certs_known(&cl, n, 1, OWN_TVS, now), own_of(1, OWN_TVS));
    }
    assert_false(serve_tvs_verify(&cl, 1, own_of(0, OWN_TVS), now).trusted);
    assert_true(serve_tvs_verify(&cl, 1, before, now).trusted);
    assert_int_not_equal(own_of(1, OWN_TVS), there);
    act(DO_REBUILD, 1, 0, now); /* set up anew with the node */
    now = run_out(now);
    assert_int_equal(certs_known(&cl, 1, 0, OWN_TVS, now), own_of(0, OWN_TVS));
    assert_true(cluster_hash(&cl, now) != hash);

    before = own_of(1, OWN_TVS);
    act(DO_DBREPLICATION_STOP, 0, 0, now); /* the publisher tells nobody */
    act(DO_REGENERATE, 1, OWN_TVS, now + SECOND_US);
    now = run_out(now + SECOND_US);
    assert_int_equal(certs_known(&cl, 0, 1, OWN_TVS, now), own_of(1, OWN_TVS));
    assert_int_equal(certs_known(&cl, 2, 1, OWN_TVS, now), before);
    act(DO_DBREPLICATION_RESET, 2, 0, now); /* which was not stopped there */
    assert_int_equal(certs_known(&cl, 2, 1, OWN_TVS, now), before);
    struct act found[3];
    assert_int_equal(act_candidates(&cl, DO_DBREPLICATION_RESET, now, found, 3), 1);
    assert_int_equal(found[0].node, 0);
    assert_int_equal(act_table[DO_DBREPLICATION_RESET]->remedy.then(&cl, found),
                     SERVICE_BIT(SERVICE_TFTP));
    act(DO_DBREPLICATION_RESET, 0, 0, now);
    assert_int_equal(certs_known(&cl, 2, 1, OWN_TVS, now), own_of(1, OWN_TVS));
    assert_int_equal(act_candidates(&cl, DO_DBREPLICATION_RESET, now, found, 3), 0);
    unmake();
    make("11.5", 1);
    refuses((struct act){ DO_DBREPLICATION_STOP, 0, { 0 } },
            "HQ: pub has nobody to replicate with");
    refuses((struct act){ DO_DBREPLICATION_RESET, 0, { 0 } },
            "HQ: pub has nobody to replicate with");
    unmake();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_activated_where),
        cmocka_unit_test(what_the_page_refuses),
        cmocka_unit_test(groups_lose_a_callmanager),
        cmocka_unit_test(capf_in_lists),
        cmocka_unit_test(a_node_more),
        cmocka_unit_test(a_node_more_on_14),
        cmocka_unit_test(a_node_more_in_mixed_mode),
        cmocka_unit_test(a_node_less),
        cmocka_unit_test(which_nodes_are_refused),
        cmocka_unit_test(groups_and_pools_change),
        cmocka_unit_test(who_is_put_first),
        cmocka_unit_test(who_registers_by_itself),
        cmocka_unit_test(in_mixed_mode_by_version),
        cmocka_unit_test(without_power),
        cmocka_unit_test(reboot),
        cmocka_unit_test(replication_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
