/* Backups, restores, new installations, upgrades, other names: what of a cluster they bring back,
 * keep and make anew, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/backup.h"
#include "nodes/certs.h"
#include "tests/unit/nodes_fixture.h"

static void act(enum act_kind kind, uint32_t node, uint64_t arg, uint64_t now_us)
{
    do_act((struct act){ .kind = (uint8_t)kind, .node = (uint8_t)node, .arg = { arg } }, now_us);
}

static void refused(enum act_kind kind, uint32_t node, uint64_t arg, const char *said)
{
    struct err e = { "" };
    struct act a = { .kind = (uint8_t)kind, .node = (uint8_t)node, .arg = { arg } };
    uint64_t before = cluster_hash(&cl, 0);
    assert_false(cluster_do(&cl, &a, 0, &e));
    assert_string_equal(e.text, said);
    assert_true(cluster_hash(&cl, 0) == before);
}

static uint64_t text(const char *s)
{
    return content_str(&content, s);
}

/* Own certificates that are others than before: OWN_BIT of each. */
static uint32_t changed(uint32_t node, const uint32_t before[OWNS])
{
    uint32_t bits = 0;
    for (int own = 0; own < OWNS; own++)
        bits |= cl.nodes[node].disk.own[own] != before[own] ? OWN_BIT(own) : 0;
    return bits;
}

static void keep(uint32_t node, uint32_t out[OWNS])
{
    memcpy(out, cl.nodes[node].disk.own, OWNS * sizeof *out);
}

static const struct ct_list *itl_of(uint32_t node)
{
    return content_get_list(&content, cl.nodes[node].run.itl);
}

/* The publisher's disk and the database come back; what others have, and how many keys were made,
 * does not. */
static void the_publisher(void **state)
{
    (void)state;
    make("11.5", 2);
    uint32_t pub[OWNS], sub[OWNS], renewed;
    keep(0, pub);
    act(DO_BACKUP, 0, 0, SECOND_US);
    act(DO_REGENERATE, 0, OWN_CALLMANAGER, 2 * SECOND_US);
    act(DO_REGENERATE, 1, OWN_TVS, 2 * SECOND_US);
    act(DO_CTL_MIXED_MODE, 0, 0, 2 * SECOND_US);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_SHA512, 1 } }, 2 * SECOND_US);
    renewed = own_of(0, OWN_CALLMANAGER);
    keep(1, sub);
    act(DO_RESTORE, 0, 0, 60 * SECOND_US);
    assert_int_equal(changed(0, pub), 0);
    assert_int_equal(changed(1, sub), 0);
    assert_false(cl.db.mixed_mode);
    assert_int_equal(cl.db.ctl, 0);
    assert_int_equal(cl.db.params[PARAM_SHA512], 0);
    assert_int_equal(certs_known(&cl, 1, 0, OWN_CALLMANAGER, 60 * SECOND_US), pub[OWN_CALLMANAGER]);
    assert_int_equal(certs_known(&cl, 0, 1, OWN_TVS, 60 * SECOND_US), sub[OWN_TVS]);
    for (int s = 0; s < SERVICES; s++) {
        assert_int_equal(cl.nodes[0].run.services[s].state, SERVICE_STARTING);
        assert_int_equal(cl.nodes[1].run.services[s].state == SERVICE_STARTING, false);
    }
    run_out(60 * SECOND_US);
    assert_int_equal(itl_of(0)->envelope.cert, pub[OWN_CALLMANAGER]);
    act(DO_REGENERATE, 0, OWN_CALLMANAGER, 90 * SECOND_US);
    assert_int_not_equal(own_of(0, OWN_CALLMANAGER), renewed); /* no key comes twice */
    unmake();
}

static void a_subscriber(void **state)
{
    (void)state;
    make("11.5", 2);
    uint32_t pub[OWNS], sub[OWNS];
    keep(1, sub);
    act(DO_BACKUP, 0, 0, SECOND_US);
    act(DO_REBUILD, 1, 0, 2 * SECOND_US);
    assert_int_equal(changed(1, sub), (1u << OWNS) - 1);
    act(DO_REGENERATE, 0, OWN_TVS, 2 * SECOND_US);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_SHA512, 1 } }, 2 * SECOND_US);
    keep(0, pub);
    act(DO_RESTORE, 1, 1, 60 * SECOND_US);
    assert_int_equal(changed(1, sub), 0);
    assert_int_equal(changed(0, pub), 0);
    assert_int_equal(cl.db.params[PARAM_SHA512], 1); /* the database is the publisher's */
    assert_int_equal(certs_known(&cl, 1, 1, OWN_TVS, 60 * SECOND_US), sub[OWN_TVS]);
    assert_int_equal(certs_known(&cl, 0, 1, OWN_TVS, 120 * SECOND_US), sub[OWN_TVS]);
    unmake();
}

static void which_of_them(void **state)
{
    (void)state;
    make("8.6", 1);
    uint32_t tvs[3];
    for (uint32_t i = 0; i < 3; i++) {
        tvs[i] = own_of(0, OWN_TVS);
        act(DO_BACKUP, 0, 0, i);
        act(DO_REGENERATE, 0, OWN_TVS, i);
    }
    static const struct {
        uint32_t nth, made;
    } rows[] = { { 0, 2 }, { 1, 2 }, { 2, 1 }, { 3, 0 } };
    for (size_t i = 0; i < 4; i++) {
        act(DO_RESTORE, 0, rows[i].nth, SECOND_US);
        assert_int_equal(own_of(0, OWN_TVS), tvs[rows[i].made]);
    }
    refused(DO_RESTORE, 0, 4, "HQ: there is no such backup: the oldest is number 3");
    unmake();
}

/* As a remedy: the two newest, where they bring back another certificate that phones look at. */
static void tried_as_a_remedy(void **state)
{
    (void)state;
    struct act acts[8];
    make("9.1", 2);
    assert_int_equal(act_candidates(&cl, DO_RESTORE, 0, acts, 8), 0); /* there is none */
    act(DO_BACKUP, 0, 0, 0);
    assert_int_equal(act_candidates(&cl, DO_RESTORE, 0, acts, 8), 0); /* nothing differs */
    act(DO_REGENERATE, 1, OWN_IPSEC, 0);
    assert_int_equal(act_candidates(&cl, DO_RESTORE, 0, acts, 8), 0); /* nor does it for phones */
    act(DO_REGENERATE, 1, OWN_TVS, 0);
    assert_int_equal(act_candidates(&cl, DO_RESTORE, 0, acts, 8), 1);
    assert_int_equal(acts[0].node, 1);
    assert_int_equal(acts[0].arg[0], 1);
    act(DO_BACKUP, 0, 0, 1);
    act(DO_BACKUP, 0, 0, 2);
    act(DO_REGENERATE, 0, OWN_CALLMANAGER, 3);
    /* Both nodes' newest two: of the subscriber neither brings back what it had. */
    assert_int_equal(act_candidates(&cl, DO_RESTORE, 4, acts, 8), 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(acts[i].node, 0);
        assert_int_equal(acts[i].arg[0], i + 1);
    }
    unmake();
}

/* The list that TFTP served before the one of now, alone, until it is built anew. */
static void the_itl_before(void **state)
{
    (void)state;
    make("9.1", 1);
    refused(DO_PREVIOUS_ITL, 0, 0, "HQ: pub has served no other ITL before");
    uint32_t first = cl.nodes[0].run.itl, key = own_of(0, OWN_CALLMANAGER);
    act(DO_RESTART, 0, SERVICE_TFTP, SECOND_US); /* the same list once more */
    run_out(SECOND_US);
    assert_int_equal(cl.nodes[0].run.itl, first);
    refused(DO_PREVIOUS_ITL, 0, 0, "HQ: pub has served no other ITL before");
    act(DO_REGENERATE, 0, OWN_CALLMANAGER, 60 * SECOND_US);
    act(DO_RESTART, 0, SERVICE_TFTP, 60 * SECOND_US);
    run_out(60 * SECOND_US);
    uint32_t second = cl.nodes[0].run.itl;
    assert_int_not_equal(second, first);
    act(DO_PREVIOUS_ITL, 0, 0, 120 * SECOND_US);
    assert_int_equal(cl.nodes[0].run.itl, first);
    assert_int_not_equal(own_of(0, OWN_CALLMANAGER), key);
    assert_int_equal(cl.nodes[0].run.used[SERVICE_TFTP], own_of(0, OWN_CALLMANAGER));
    refused(DO_PREVIOUS_ITL, 0, 0, "HQ: pub serves the ITL of before already");
    act(DO_RESTART, 0, SERVICE_TFTP, 180 * SECOND_US);
    run_out(180 * SECOND_US);
    assert_int_equal(itl_of(0)->envelope.cert, own_of(0, OWN_CALLMANAGER));
    act(DO_REBUILD, 0, 0, 240 * SECOND_US);
    run_out(240 * SECOND_US);
    refused(DO_PREVIOUS_ITL, 0, 0, "HQ: pub has served no other ITL before");
    unmake();
    make("8.0", 1);
    refused(DO_PREVIOUS_ITL, 0, 0,
            "HQ: version 8.0 has no Cisco TAC: the ITL before (CSCts01319) (it is there from 8.6)");
    unmake();
}

static void what_is_refused(void **state)
{
    (void)state;
    make("11.5", 2);
    refused(DO_RESTORE, 0, 0, "HQ: there is no such backup: none was made");
    act(DO_BACKUP, 0, 0, 0);
    act(DO_HOSTNAME, 1, text("other"), 0);
    refused(DO_RESTORE, 1, 0,
            "HQ: a backup can only be restored on a node of the same name and address: it is of "
            "sub1, this is other");
    act(DO_ADDRESS, 0, 0x7f000063, 0);
    refused(DO_RESTORE, 0, 0,
            "HQ: a backup can only be restored on a node of the same name and address: it is of "
            "127.0.0.11, this is 127.0.0.99");
    act(DO_UPGRADE, 0, (uint64_t)(version_find("12.5") - version_table), 0);
    refused(DO_RESTORE, 0, 0, "HQ: the backup is of version 11.5, the node runs 12.5");
    refused(DO_UPGRADE, 0, (uint64_t)(version_find("12.5") - version_table),
            "HQ: from 12.5 an upgrade goes to a later version only, not to 12.5");
    refused(DO_UPGRADE, 0, 0, "HQ: from 12.5 an upgrade goes to a later version only, not to 8.0");
    refused(DO_HOSTNAME, 0, text("other"), "HQ: a node is named other already");
    refused(DO_HOSTNAME, 0, text("a.b"), "HQ: a hostname without dots is expected");
    refused(DO_HOSTNAME, 0, text("a b"),
            "hostname \"a b\": letters, digits, '-', '.', '_' expected");
    refused(DO_WEB_SECURITY, 0, text("OU=a;O=b;L=c;ST=d"),
            "HQ: OU=...;O=...;L=...;ST=...;C=.. is expected, each of 1 to 64 letters, the country "
            "of two");
    refused(DO_WEB_SECURITY, 0, text("OU=a;O=b;L=c;ST=d;C=NLD"),
            "HQ: OU=...;O=...;L=...;ST=...;C=.. is expected, each of 1 to 64 letters, the country "
            "of two");
    refused(DO_WEB_SECURITY, 0, text("OU=a;O=b,c;L=c;ST=d;C=NL"),
            "HQ: OU=...;O=...;L=...;ST=...;C=.. is expected, each of 1 to 64 letters, the country "
            "of two");
    refused(DO_DOMAIN, 0, text("example.org"), "HQ: pub is in that domain already");
    char name[CLUSTER_NAME + 1], why[200];
    memset(name, 'x', CLUSTER_NAME);
    name[CLUSTER_NAME] = '\0';
    snprintf(why, sizeof why, "hostname \"%s\": 1 to 63 characters expected", name);
    refused(DO_HOSTNAME, 0, text(name), why);
    snprintf(why, sizeof why, "domain \"%s\": 1 to 63 characters expected", name);
    refused(DO_DOMAIN, 0, text(name), why);
    refused(DO_ADDRESS, 1, 0x7f000063, "HQ: pub has that address already");
    refused(DO_ADDRESS, 1, 0, "HQ: an address is expected");
    act(DO_DOMAIN, 0, text(""), SECOND_US); /* none any more */
    assert_string_equal(cl.nodes[0].disk.domain, "");
    unmake();
}

/* Database and disk differ: the list names the one, its signature is the other's. */
static void cscTn50405(void **state)
{
    (void)state;
    make("8.6", 1);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_CSCTN50405, 1 } }, 0);
    uint32_t old = own_of(0, OWN_CALLMANAGER), tvs = own_of(0, OWN_TVS);
    act(DO_BACKUP, 0, 0, 0);
    act(DO_REBUILD, 0, 0, SECOND_US);
    uint32_t installed = own_of(0, OWN_CALLMANAGER);
    act(DO_RESTORE, 0, 0, 2 * SECOND_US);
    uint64_t now = run_out(2 * SECOND_US);
    assert_int_equal(own_of(0, OWN_CALLMANAGER), installed);
    assert_int_equal(own_of(0, OWN_TVS), tvs);
    const struct ct_list *l = itl_of(0);
    assert_int_equal(l->envelope.cert, old);
    assert_int_equal(l->envelope.key, content_get_cert(&content, installed)->key);
    assert_int_equal(l->records[0].cert, old);
    assert_false(content_signed_by(&content, cl.nodes[0].run.itl, old));
    for (int own = 0; own < OWNS; own++)
        assert_int_equal(certs_is_spoilt(&cl, 0, (enum own)own), own == OWN_CALLMANAGER);
    act(DO_REGENERATE, 0, OWN_CALLMANAGER, now);
    assert_false(certs_is_spoilt(&cl, 0, OWN_CALLMANAGER));
    restart_service(0, SERVICE_TFTP, now);
    run_out(now);
    assert_true(content_signed_by(&content, cl.nodes[0].run.itl, own_of(0, OWN_CALLMANAGER)));
    unmake();
}

/* What is entered on a page comes with the database; how the product is nobody restores. */
static void settings_alone(void **state)
{
    (void)state;
    make("11.5", 2);
    const uint64_t slow_us = 600 * SECOND_US;
    act(DO_BACKUP, 0, 0, 0);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_ROLLBACK, 1 } }, 0);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_REPLICATION_US, slow_us } }, 0);
    act(DO_RESTORE, 0, 0, SECOND_US);
    assert_int_equal(cl.db.params[PARAM_ROLLBACK], 0);
    assert_int_equal(cl.db.params[PARAM_REPLICATION_US], slow_us);
    uint64_t now = run_out(2 * SECOND_US);
    act(DO_UPGRADE, 0, (uint64_t)(version_find("12.5") - version_table), now);
    now = run_out(now);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_TVS_TTL_S, 60 } }, now);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_TVS_DB_ON_RESTART, 1 } }, now);
    do_act((struct act){ .kind = DO_SWITCH_VERSION }, now);
    assert_int_equal(cl.db.params[PARAM_TVS_TTL_S], 86400);
    assert_int_equal(cl.db.params[PARAM_TVS_DB_ON_RESTART], 1);
    unmake();
}

/* Each partition has its own version, database, certificates; there and back is where it was. */
static void partitions(void **state)
{
    (void)state;
    make("10.5(2)", 2);
    uint32_t pub[OWNS], sub[OWNS], renewed;
    uint64_t later = (uint64_t)(version_find("12.5(1)SU3") - version_table);
    refused(DO_SWITCH_VERSION, 0, 0, "HQ: there is no version on the inactive partition");
    keep(0, pub);
    keep(1, sub);
    act(DO_UPGRADE, 0, later, SECOND_US);
    act(DO_REGENERATE, 0, OWN_CALLMANAGER, 2 * SECOND_US);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_SHA512, 1 } }, 2 * SECOND_US);
    renewed = own_of(0, OWN_CALLMANAGER);
    uint64_t now = run_out(2 * SECOND_US);
    act(DO_SWITCH_VERSION, 0, 0, now);
    now = run_out(now);
    assert_string_equal(cl.version->name, "10.5(2)");
    assert_int_equal(cl.db.params[PARAM_SHA512], 0);
    assert_int_equal(changed(0, pub), 0);
    assert_int_equal(changed(1, sub), 0);
    assert_int_equal(itl_of(0)->records[0].cert, pub[OWN_CALLMANAGER]);
    assert_true(content_signed_by(&content, cl.nodes[0].run.itl, pub[OWN_CALLMANAGER]));
    act(DO_SWITCH_VERSION, 0, 0, now);
    now = run_out(now);
    assert_string_equal(cl.version->name, "12.5(1)SU3");
    assert_int_equal(cl.db.params[PARAM_SHA512], 1);
    assert_int_equal(own_of(0, OWN_CALLMANAGER), renewed);
    assert_true(content_signed_by(&content, cl.nodes[0].run.itl, own_of(0, OWN_ITLRECOVERY)));
    unmake();
}

/* A node that came later has nothing to go back to. */
static void partition_of_a_new_node(void **state)
{
    (void)state;
    make("11.5", 2);
    act(DO_UPGRADE, 0, (uint64_t)(version_find("12.5") - version_table), SECOND_US);
    act(DO_ADD_NODE, 0, text("late"), 2 * SECOND_US);
    refused(DO_SWITCH_VERSION, 0, 0, "HQ: late has no version on its inactive partition");
    act(DO_REMOVE, 2, 0, 3 * SECOND_US);
    act(DO_SWITCH_VERSION, 0, 0, 4 * SECOND_US);
    assert_string_equal(cl.version->name, "11.5");
    unmake();
}

/* A copy has the backups too, and what becomes of one is nothing to the other. */
static void copies_share(void **state)
{
    (void)state;
    make("8.6", 1);
    uint32_t tvs = own_of(0, OWN_TVS);
    uint64_t before = cluster_hash(&cl, 0);
    act(DO_BACKUP, 0, 0, 0);
    assert_true(cluster_hash(&cl, 0) != before);
    struct cluster copy;
    struct err e = { "" };
    cluster_clone(&copy, &cl, &env);
    assert_true(cluster_hash(&copy, 0) == cluster_hash(&cl, 0));
    act(DO_BACKUP, 0, 0, 0); /* the original's alone */
    assert_non_null(backup_nth(&cl, 2));
    assert_null(backup_nth(&copy, 2));
    act(DO_REGENERATE, 0, OWN_TVS, 0);
    cluster_free(&cl);
    assert_true(cluster_do(&copy, &(struct act){ .kind = DO_RESTORE }, 0, &e));
    assert_int_equal(copy.nodes[0].disk.own[OWN_TVS], tvs);
    cl = copy;
    unmake();
}

/* Which certificates another name, another domain, another address make anew. */
static void other_names(void **state)
{
    (void)state;
    const uint32_t all = (1u << OWNS) - 1;
    static const struct {
        const char *version;
        bool renews;
        uint32_t node, spared, others; /* OWN_BIT: what stays, what the other node gets */
    } rows[] = {
        { "8.6", true, 0,
          OWN_BIT(OWN_CALLMANAGER_ECDSA) | OWN_BIT(OWN_TOMCAT_ECDSA) | OWN_BIT(OWN_ITLRECOVERY),
          0 },
        { "11.5", true, 1, 0, 0 },
        { "11.5", false, 1, OWN_BIT(OWN_ITLRECOVERY), 0 },
        { "12.5", true, 0, 0, OWN_BIT(OWN_ITLRECOVERY) },
        { "12.5", true, 1, OWN_BIT(OWN_ITLRECOVERY), 0 }, /* the publisher's */
        { "14", false, 0, OWN_BIT(OWN_ITLRECOVERY), 0 },
        { "14", true, 1, OWN_BIT(OWN_ITLRECOVERY) | OWN_BIT(OWN_CAPF), 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct act acts[] = { { DO_HOSTNAME, 0, { 0 } },
                                    { DO_DOMAIN, 0, { 0 } },
                                    { DO_ADDRESS, 0, { 0x7f000063 } } };
        for (int k = 0; k < 3; k++) {
            make(rows[i].version, 2);
            do_act(
                (struct act){ .kind = DO_SET, .arg = { PARAM_RENAME_RENEWS_REC, rows[i].renews } },
                0);
            uint32_t node = rows[i].node, before[OWNS], other[OWNS];
            struct act a = acts[k];
            a.node = (uint8_t)node;
            if (k < 2)
                a.arg[0] = text(k == 0 ? "fresh" : "fresh.example");
            keep(node, before);
            keep(1 - node, other);
            do_act((struct act){ DO_CSR, (uint8_t)node, { OWN_TOMCAT } }, 0);
            do_act(a, 0);
            assert_int_equal(changed(node, before), all & ~rows[i].spared);
            assert_int_equal(changed(1 - node, other), rows[i].others);
            assert_int_equal(cl.nodes[node].disk.csr[OWN_TOMCAT].key, 0);
            assert_string_equal(cl.nodes[node].disk.name, k == 0      ? "fresh"
                                                          : node == 0 ? "pub"
                                                                      : "sub1");
            if (k == 1)
                assert_string_equal(cl.nodes[node].disk.domain, "fresh.example");
            assert_int_equal(cl.nodes[node].disk.ip, k == 2 ? 0x7f000063u : 0x7f00000bu + node);
            assert_int_equal(cl.nodes[node].run.services[SERVICE_TVS].state, SERVICE_STARTING);
            assert_int_equal(cl.nodes[1 - node].run.services[SERVICE_CALLMANAGER].state,
                             SERVICE_RUNNING);
            unmake();
        }
    }
}

/* A node is away while a refresh upgrade is installed there, and what it has stays as it was. */
static void installed(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool away;
    } rows[] = {
        { "8.0", "8.6", true },          { "8.6", "9.1", false },    { "9.1", "10.0", true },
        { "10.5(2)", "11.5", false },    { "12.0", "12.5", true },   { "11.5", "14", true },
        { "12.5", "12.5(1)SU6", false }, { "12.5", "14SU3", false }, { "12.5", "15", false },
        { "14SU1", "15SU2", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].from, 2);
        uint32_t before[OWNS];
        keep(1, before);
        act(DO_INSTALL_UPGRADE, 1, (uint64_t)(version_find(rows[i].to) - version_table), SECOND_US);
        const struct service_run *run = &cl.nodes[1].run.services[SERVICE_CALLMANAGER];
        assert_int_equal(run->state, rows[i].away ? SERVICE_STARTING : SERVICE_RUNNING);
        if (rows[i].away)
            assert_int_equal(run->ready_us, SECOND_US + 7200 * SECOND_US + 300 * SECOND_US +
                                                cl.db.params[PARAM_SERVICE_START_US]);
        assert_int_equal(cl.nodes[0].run.services[SERVICE_CALLMANAGER].state, SERVICE_RUNNING);
        assert_int_equal(changed(1, before), 0);
        assert_string_equal(cl.version->name, rows[i].from);
        unmake();
    }
}

/* From version to version: what a node has then, and what of it is new. */
static void upgrades(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool notice;
        uint32_t fresh[2], gone[2]; /* OWN_BIT, of publisher and subscriber */
    } rows[] = {
        { "8.6", "9.1", false, { 0 }, { 0 } },
        { "9.1", "10.0", false, { OWN_BIT(OWN_ITLRECOVERY), OWN_BIT(OWN_ITLRECOVERY) }, { 0 } },
        { "10.5(2)",
          "11.5",
          true,
          { OWN_BIT(OWN_CALLMANAGER_ECDSA) | OWN_BIT(OWN_TOMCAT_ECDSA),
            OWN_BIT(OWN_CALLMANAGER_ECDSA) | OWN_BIT(OWN_TOMCAT_ECDSA) },
          { 0 } },
        /* the subscriber gets the publisher's */
        { "11.5", "12.5", false, { 0, OWN_BIT(OWN_ITLRECOVERY) }, { 0 } },
        { "11.5", "12.5", true, { OWN_BIT(OWN_ITLRECOVERY), OWN_BIT(OWN_ITLRECOVERY) }, { 0 } },
        /* mended in 12.5(1)SU3, by the field notice */
        { "12.0", "12.5(1)SU3", true, { 0, OWN_BIT(OWN_ITLRECOVERY) }, { 0 } },
        { "12.5", "12.5(1)SU3", true, { 0 }, { 0 } },
        { "12.5", "14", true, { 0, OWN_BIT(OWN_CAPF) }, { 0, OWN_BIT(OWN_CAPF) } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].from, 2);
        do_act((struct act){ .kind = DO_SET, .arg = { PARAM_FN70613, rows[i].notice } }, 0);
        uint32_t before[2][OWNS];
        keep(0, before[0]);
        keep(1, before[1]);
        act(DO_UPGRADE, 0, (uint64_t)(version_find(rows[i].to) - version_table), SECOND_US);
        assert_string_equal(cl.version->name, rows[i].to);
        for (uint32_t n = 0; n < 2; n++) {
            assert_int_equal(changed(n, before[n]), rows[i].fresh[n]);
            for (int own = 0; own < OWNS; own++) {
                bool gone = (rows[i].gone[n] >> own & 1) != 0;
                if (gone)
                    assert_int_equal(own_of(n, (enum own)own), 0);
                if (gone || certs_has_own(&cl, n, (enum own)own))
                    assert_int_equal(certs_known(&cl, n, n, (enum own)own, 60 * SECOND_US),
                                     own_of(n, (enum own)own));
            }
        }
        if (strcmp(rows[i].to, "12.5") == 0)
            assert_int_equal(own_of(1, OWN_ITLRECOVERY), own_of(0, OWN_ITLRECOVERY));
        run_out(SECOND_US);
        assert_int_equal(itl_of(1)->envelope.cert, own_of(1, (enum own)cl.version->itl_signer));
        unmake();
    }
}

#define YEAR_US (365 * 86400 * SECOND_US)

/* Expired certificates of the trust stores are not imported from 12.5(1)SU6 and 14SU2 on: those of
 * five years, six years later; not the one of twenty, and no node's own. */
static void expired_left_behind(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool kept;
    } rows[] = {
        { "12.5", "12.5(1)SU3", true }, { "12.5", "12.5(1)SU6", false },
        { "12.5(1)SU6", "14", true },   { "14", "14SU1", true },
        { "14", "14SU2", false },       { "14SU1", "14SU3", false },
        { "12.5(1)SU3", "15", false },  { "14SU3", "15SU2", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].from, 2);
        uint32_t before[OWNS], five = own_of(1, OWN_TVS), twenty = own_of(0, OWN_ITLRECOVERY);
        enum store stores[] = { STORE_PHONE_SAST_TRUST, STORE_CALLMANAGER_TRUST };
        keep(0, before);
        for (int s = 0; s < 2; s++) {
            uint64_t certs[] = { five, twenty };
            for (int c = 0; c < 2; c++)
                do_act((struct act){ .kind = DO_UPLOAD, .arg = { stores[s], certs[c] } }, 0);
        }
        act(DO_UPGRADE, 0, (uint64_t)(version_find(rows[i].to) - version_table), 6 * YEAR_US);
        for (int s = 0; s < 2; s++) {
            assert_int_equal(certs_in_store(&cl, stores[s], five) != NULL, rows[i].kept);
            assert_non_null(certs_in_store(&cl, stores[s], twenty));
        }
        assert_int_equal(changed(0, before), 0);
        assert_int_equal(certs_known(&cl, 0, 1, OWN_TVS, 6 * YEAR_US), five);
        unmake();
    }
}

/* What a cluster takes after its installation, what an upgrade leaves, what can be set. */
static void oldest_tls(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        uint64_t installed, highest;
    } rows[] = { { "8.6", 0, 0 },   { "11.5", 0, 0 }, { "11.5(1)SU3", 0, 2 }, { "12.5", 0, 2 },
                 { "14SU3", 0, 2 }, { "15", 0, 2 },   { "15SU2", 2, 3 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].version, 1);
        assert_int_equal(cl.db.params[PARAM_TLS_MIN], rows[i].installed);
        for (uint64_t tls = 0; tls <= 3; tls++) {
            struct err e = { "" };
            struct act set = { .kind = DO_SET, .arg = { PARAM_TLS_MIN, tls } };
            assert_int_equal(cluster_do(&cl, &set, 0, &e), tls <= rows[i].highest);
        }
        unmake();
    }
    make("11.5", 1);
    struct err e = { "" };
    struct act set = { .kind = DO_SET, .arg = { PARAM_TLS_MIN, 1 } };
    assert_false(cluster_do(&cl, &set, 0, &e));
    assert_string_equal(e.text,
                        "HQ: version 11.5 cannot be set to take nothing older than TLS 1.1");
    refused(DO_UPGRADE, 0, (uint64_t)(version_find("15SU2") - version_table),
            "HQ: a direct upgrade from 11.5 to 15SU2 is not supported: first to 12.5 or later");
    act(DO_UPGRADE, 0, (uint64_t)(version_find("12.5") - version_table), SECOND_US);
    act(DO_UPGRADE, 0, (uint64_t)(version_find("15SU2") - version_table), 2 * SECOND_US);
    assert_int_equal(cl.db.params[PARAM_TLS_MIN], 0);
    unmake();
}

/* The publisher installed anew: nothing of the database but groups, pools and phones. */
static void installed_anew(void **state)
{
    (void)state;
    make("12.5", 2);
    uint32_t before[OWNS], other[OWNS], tvs = own_of(1, OWN_TVS);
    act(DO_CTL_MIXED_MODE, 0, 0, 0);
    do_act((struct act){ .kind = DO_UPLOAD, .arg = { STORE_PHONE_SAST_TRUST, tvs } }, 0);
    keep(0, before);
    keep(1, other);
    act(DO_REBUILD, 0, 0, SECOND_US);
    assert_int_equal(changed(0, before), (1u << OWNS) - 1);
    assert_int_equal(changed(1, other), OWN_BIT(OWN_ITLRECOVERY));
    assert_false(cl.db.mixed_mode);
    assert_int_equal(cl.db.ctl, 0);
    assert_null(certs_in_store(&cl, STORE_PHONE_SAST_TRUST, tvs));
    assert_int_equal(cl.nodes[0].run.itl, 0);
    run_out(SECOND_US);
    assert_int_equal(itl_of(0)->envelope.cert, own_of(0, OWN_ITLRECOVERY));
    assert_int_equal(cl.nodes[0].run.ctl, 0);
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_publisher),
        cmocka_unit_test(a_subscriber),
        cmocka_unit_test(which_of_them),
        cmocka_unit_test(tried_as_a_remedy),
        cmocka_unit_test(the_itl_before),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(cscTn50405),
        cmocka_unit_test(copies_share),
        cmocka_unit_test(other_names),
        cmocka_unit_test(installed),
        cmocka_unit_test(upgrades),
        cmocka_unit_test(expired_left_behind),
        cmocka_unit_test(oldest_tls),
        cmocka_unit_test(installed_anew),
        cmocka_unit_test(settings_alone),
        cmocka_unit_test(partitions),
        cmocka_unit_test(partition_of_a_new_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
