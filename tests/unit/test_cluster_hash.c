/* What tells one cluster from another: each thing that decides how it goes on, changed alone in a
 * copy, gives a hash that nothing else has; what says nothing of it gives the same one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/backup.h"
#include "nodes/remote.h"
#include "tests/unit/nodes_fixture.h"

#define NOW_US (1000 * SECOND_US)

/* Two nodes in mixed mode; TVS of the second is starting, its CTL is behind, a row of each node has
 * ended, one comes, one goes. */
static void set_up(void)
{
    static const uint8_t members[] = { 0, 1 };
    struct err e = { "" };
    uint16_t group, pool, index;
    make("14", 2);
    for (uint32_t i = 0; i < 2; i++) {
        struct device_class class;
        must(config_add_group(&cl, i == 0 ? "g" : "h", members + i, 2 - i, &group, &e), &e);
        must(config_add_pool(&cl, i == 0 ? "p" : "q", group, &pool, &e), &e);
        memset(&class, 0, sizeof class);
        class.pool = pool;
        class.security_mode = CNF_AUTHENTICATED;
        must(config_class(&cl, &class, &index, &e), &e);
    }
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
    do_act((struct act){ DO_REGENERATE, 1, { OWN_CALLMANAGER } }, NOW_US - 900 * SECOND_US);
    cluster_tick(&cl, NOW_US - 1);
    do_act((struct act){ DO_REGENERATE, 0, { OWN_TVS } }, NOW_US);
    restart_service(1, SERVICE_TVS, NOW_US);
    for (uint32_t i = 0; i < 2; i++)
        cl.nodes[i].run.rebuild_us = 0;
    cl.want_reset = false;
    cl.reset_us = 0;
}

/* ---- what counts ---- */

/* The row that came last, or of those that ended the one that goes last. */
static struct cert_row *row_that(struct cluster *c, bool ended)
{
    struct cert_row *last = NULL;
    for (uint32_t i = 0; i < c->db.row_count; i++) {
        struct cert_row *row = &c->db.rows[i];
        if ((row->until_us != UINT64_MAX) == ended &&
            (last == NULL || row->gone_us >= last->gone_us))
            last = row;
    }
    assert_non_null(last);
    return last;
}

#define CHANGE(name, what)                                                                         \
    static void name(struct cluster *c)                                                            \
    {                                                                                              \
        what;                                                                                      \
    }
CHANGE(nothing, (void)c)
CHANGE(number, c->number = 1)
CHANGE(version, c->version = version_find("14SU1"))
CHANGE(wants_reset, c->want_reset = true)
CHANGE(will_reset, c->reset_us = NOW_US + 5)
CHANGE(will_reset_later, c->reset_us = NOW_US + 6)
CHANGE(no_mixed_mode, c->db.mixed_mode = false)
CHANGE(other_ctl, c->db.ctl = c->nodes[0].run.itl)
CHANGE(first_param, c->db.params[0]++)
CHANGE(last_param, c->db.params[PARAMS - 1]++)
CHANGE(group_name, c->db.groups[1].name[0] = 'x')
CHANGE(first_member, c->db.groups[0].members[0] = 1)
CHANGE(last_member, c->db.groups[0].members[1] = 2)
CHANGE(fewer_members, c->db.groups[0].count = 1)
CHANGE(pool_name, c->db.pools[1].name[0] = 'x')
CHANGE(pool_group, c->db.pools[1].group = 0)
CHANGE(class_load, c->db.classes[1].load[0] = 'x')
CHANGE(class_lsc, c->db.classes[1].lsc = c->nodes[0].disk.own[OWN_CAPF])
CHANGE(class_pool, c->db.classes[1].pool = 0)
CHANGE(class_protocol, c->db.classes[1].protocol++)
CHANGE(class_security, c->db.classes[1].security_mode++)
CHANGE(class_encrypted, c->db.classes[1].encrypted = true)
CHANGE(class_web_access, c->db.classes[1].web_access = true)
CHANGE(class_urls, c->db.classes[1].urls++)
CHANGE(class_fresh, c->db.classes[1].fresh = true)
CHANGE(class_dot1x, c->db.classes[1].dot1x = true)
CHANGE(class_vpn, c->db.classes[1].vpn = true)
CHANGE(order_install, c->db.classes[1].capf.operation = CAPF_INSTALL)
CHANGE(order_delete, c->db.classes[1].capf.operation = CAPF_DELETE)
CHANGE(order_by, order_install(c); c->db.classes[1].capf.by = 1)
CHANGE(order_string, order_install(c); c->db.classes[1].capf.string = 1)
CHANGE(order_until, order_install(c); c->db.classes[1].capf.until_s = 5)
CHANGE(mic_ca_gone, c->db.mic_cas_gone[STORE_CAPF_TRUST] = 1)
CHANGE(mic_ca_gone_elsewhere, c->db.mic_cas_gone[STORE_CALLMANAGER_TRUST] = 1)
CHANGE(radius_empty, c->gates[GATE_RADIUS].count = 0)
CHANGE(radius_other, c->gates[GATE_RADIUS].ca[0] = c->nodes[1].disk.own[OWN_CAPF])
CHANGE(ports_open, c->gates[GATE_RADIUS].open = true)
CHANGE(gateway_empty, c->gates[GATE_VPN].count = 0)
CHANGE(services_elsewhere, c->db.services_host = 1)
CHANGE(bulk_elsewhere, c->db.bulk_directory = content_str(c->env->content, "sftp:/elsewhere"))
CHANGE(numbers_given, c->db.numbers = 1)
CHANGE(node_removed, c->nodes[1].removed = true)
CHANGE(node_name, c->nodes[1].disk.name[0] = 'x')
CHANGE(node_itl_before, c->nodes[1].disk.itl_before = c->nodes[0].run.itl)
CHANGE(node_organisation, c->nodes[1].disk.organisation = 1)
CHANGE(node_domain, c->nodes[1].disk.domain[0] = 'x')
CHANGE(node_ip, c->nodes[1].disk.ip++)
CHANGE(node_callmanager, c->nodes[1].disk.activated &= ~SERVICE_BIT(SERVICE_CALLMANAGER))
CHANGE(node_tftp, c->nodes[1].disk.activated &= ~SERVICE_BIT(SERVICE_TFTP))
CHANGE(first_own, c->nodes[1].disk.own[0] = c->nodes[0].disk.own[0])
CHANGE(last_own, c->nodes[1].disk.own[OWN_IPSEC] = 0)
CHANGE(first_made, c->nodes[1].made[0]++)
CHANGE(last_made, c->nodes[1].made[OWNS - 1]++)
CHANGE(stopped, c->nodes[1].run.services[SERVICE_TFTP].state = SERVICE_STOPPED)
CHANGE(started, c->nodes[1].run.services[SERVICE_TVS].state = SERVICE_RUNNING)
CHANGE(starts_later, c->nodes[1].run.services[SERVICE_TVS].ready_us++)
CHANGE(works_with, c->nodes[1].run.used[SERVICE_TFTP] = c->nodes[0].run.used[SERVICE_TFTP])
CHANGE(serves_itl, c->nodes[1].run.itl = c->nodes[0].run.itl)
CHANGE(serves_ctl, c->nodes[1].run.ctl = c->nodes[0].run.itl)
CHANGE(goes_by_mode, c->nodes[1].run.mixed_mode = !c->nodes[1].run.mixed_mode)
CHANGE(signs_with, c->nodes[1].run.digest++)
CHANGE(will_rebuild, c->nodes[1].run.rebuild_us = NOW_US + 5)
CHANGE(takes_back, c->nodes[1].run.turn_us = NOW_US + 5)
CHANGE(transfers, c->nodes[1].run.transfers = 1)
CHANGE(no_row, c->db.row_count--)
CHANGE(row_store, row_that(c, false)->store = STORE_CAPF_TRUST)
CHANGE(row_node, row_that(c, false)->node++)
CHANGE(row_own, row_that(c, false)->own++)
CHANGE(row_cert, row_that(c, false)->cert = c->nodes[1].disk.own[OWN_IPSEC])
CHANGE(row_seen, row_that(c, false)->seen_us++)
CHANGE(row_time, row_that(c, false)->has_ttl = true)
CHANGE(row_other_time, row_time(c); row_that(c, false)->ttl_s = 60)
CHANGE(row_on_one_node, row_that(c, false)->stays = true)
CHANGE(row_stays, row_that(c, true)->until_us = UINT64_MAX)
CHANGE(row_gone, row_that(c, true)->gone_us++)
CHANGE(row_ended_at, row_that(c, true)->ended_at = 1)
CHANGE(row_deleted, row_that(c, false)->deleted_on[0] = 2)
CHANGE(row_deleted_elsewhere, row_that(c, false)->deleted_on[1] = 2)
CHANGE(row_comes_back, row_deleted(c); row_that(c, false)->back_us = NOW_US + 7)
CHANGE(has_backup, backup_make(c, NOW_US))
CHANGE(has_partition, has_backup(c); c->inactive = c->backup; c->backup = NULL)
CHANGE(partition_built_on, has_partition(c); c->built_on = !c->built_on)
CHANGE(node_stopped, c->nodes[1].stopped_us = 1)
CHANGE(node_off, c->nodes[1].run.off = true)
CHANGE(partition_older, has_partition(c); c->inactive->version = version_find("12.5"))
CHANGE(asks_remote, remote_add(c, (uint32_t[]){ 5, 0, 0 }))
CHANGE(asks_at_third, remote_add(c, (uint32_t[]){ 5, 0, 6 }))

static void keeps(struct cluster *c, uint32_t device, uint32_t file, uint64_t now_us)
{
    remote_keep(c, &(struct relayed_name){ .kind = FILE_ITL, .device = device }, file, now_us);
}
CHANGE(keeps_file, keeps(c, 1, c->nodes[0].run.itl, NOW_US))
CHANGE(keeps_of_other, keeps(c, 2, c->nodes[0].run.itl, NOW_US))
CHANGE(keeps_another, keeps(c, 1, c->nodes[1].run.itl, NOW_US))
CHANGE(keeps_no_more, keeps_file(c); c->relays.list[0].until_us = NOW_US)

/* ---- what does not ---- */

static void rows_swapped(struct cluster *c)
{
    struct cert_row row = c->db.rows[0];
    c->db.rows[0] = c->db.rows[c->db.row_count - 1];
    c->db.rows[c->db.row_count - 1] = row;
}
CHANGE(cluster_name, c->name[0] = 'x')
CHANGE(times_past, c->nodes[1].run.services[SERVICE_TFTP].ready_us -= 7;
       c->nodes[1].run.rebuild_us = NOW_US; c->nodes[1].run.turn_us = NOW_US - 5;
       c->nodes[1].run.reached_us = 3)
CHANGE(counts, c->change++; c->nodes[1].run.services[SERVICE_TFTP].epoch++)
CHANGE(rows_of_old, c->db.rows[0].since_us += 9; row_that(c, true)->since_us += 9)
CHANGE(row_is_back, row_deleted(c); row_that(c, false)->back_us = NOW_US)
CHANGE(time_of_none, row_that(c, false)->ttl_s = 60)
CHANGE(profiles, c->db.classes[0].profile = 5)
CHANGE(order_over, c->db.classes[1].capf.status = CAPF_UPGRADE_FAILED)

static uint64_t hash_with(void (*change)(struct cluster *), uint64_t now_us)
{
    struct cluster copy;
    cluster_clone(&copy, &cl, &env);
    change(&copy);
    uint64_t hash = cluster_hash(&copy, now_us);
    cluster_free(&copy);
    return hash;
}

static void (*const counts_for_it[])(struct cluster *) = {
    nothing,
    number,
    version,
    wants_reset,
    will_reset,
    no_mixed_mode,
    will_reset_later,
    other_ctl,
    first_param,
    last_param,
    group_name,
    first_member,
    last_member,
    fewer_members,
    pool_name,
    pool_group,
    class_load,
    class_lsc,
    class_pool,
    class_protocol,
    class_security,
    class_encrypted,
    node_itl_before,
    node_organisation,
    node_removed,
    node_name,
    node_domain,
    node_ip,
    node_callmanager,
    node_tftp,
    first_own,
    last_own,
    first_made,
    last_made,
    stopped,
    started,
    starts_later,
    works_with,
    serves_itl,
    serves_ctl,
    goes_by_mode,
    signs_with,
    will_rebuild,
    takes_back,
    transfers,
    no_row,
    row_store,
    row_node,
    row_own,
    row_cert,
    row_seen,
    row_time,
    row_other_time,
    row_stays,
    row_on_one_node,
    row_gone,
    row_ended_at,
    row_deleted,
    row_deleted_elsewhere,
    row_comes_back,
    class_web_access,
    class_urls,
    class_fresh,
    numbers_given,
    services_elsewhere,
    asks_remote,
    asks_at_third,
    keeps_file,
    keeps_of_other,
    keeps_another,
    class_dot1x,
    class_vpn,
    order_install,
    order_delete,
    order_by,
    order_string,
    order_until,
    mic_ca_gone,
    mic_ca_gone_elsewhere,
    radius_empty,
    radius_other,
    gateway_empty,
    bulk_elsewhere,
    has_backup,
    has_partition,
    partition_older,
    partition_built_on,
    node_off,
    ports_open,
    node_stopped,
};

static void each_thing(void **state)
{
    static void (*const says_nothing[])(struct cluster *) = {
        rows_swapped, cluster_name, times_past,  counts,        rows_of_old,
        time_of_none, profiles,     row_is_back, keeps_no_more, order_over,
    };
    enum { COUNT = sizeof counts_for_it / sizeof counts_for_it[0] };
    uint64_t hash[COUNT] = { 0 };
    (void)state;
    set_up();
    for (size_t i = 0; i < COUNT; i++) {
        hash[i] = hash_with(counts_for_it[i], NOW_US);
        for (size_t k = 0; k < i; k++) {
            if (hash[k] == hash[i])
                fail_msg("number %zu as number %zu", i, k);
        }
    }
    assert_true(hash[0] == cluster_hash(&cl, NOW_US));
    for (size_t i = 0; i < sizeof says_nothing / sizeof says_nothing[0]; i++) {
        if (hash_with(says_nothing[i], NOW_US) != hash[0])
            fail_msg("number %zu of what says nothing", i);
    }
    unmake();
}

/* ---- rows that end ---- */

/* Once all nodes know, it says nothing who ended a row, nor that it was there; where TVS reads the
 * database at its start alone, those that have not started since know it still. */
static void rows_that_end(void **state)
{
    (void)state;
    for (uint64_t at_start = 0; at_start < 2; at_start++) {
        set_up();
        cl.db.params[PARAM_TVS_DB_ON_RESTART] = at_start;
        uint64_t gone_us = row_that(&cl, true)->gone_us;
        for (uint64_t at = gone_us - 1; at <= gone_us + 1; at++) {
            bool over = at >= gone_us;
            uint64_t hash = cluster_hash(&cl, at);
            assert_int_equal(hash_with(row_ended_at, at) == hash, over);
        }
        for (int k = 0; k < 2 * SERVICES; k++) /* nothing else is under way */
            cl.nodes[k / SERVICES].run.services[k % SERVICES].state = SERVICE_RUNNING;
        assert_true(cluster_hash(&cl, gone_us) == cluster_hash(&cl, gone_us + 1));
        assert_true(cluster_hash(&cl, gone_us - 1) != cluster_hash(&cl, gone_us));
        unmake();
    }
}

/* A file that came anew is due when the first was: a copy of the cluster wakes when it does. */
static void copies_wake_alike(void **state)
{
    (void)state;
    struct cluster copy;
    set_up();
    keeps(&cl, 1, cl.nodes[0].run.itl, NOW_US);
    uint64_t due_us = cl.relays.due_us;
    keeps(&cl, 1, cl.nodes[0].run.itl, NOW_US + 600000000);
    assert_int_equal(cl.relays.due_us, due_us);
    cluster_clone(&copy, &cl, cl.env);
    assert_int_equal(copy.relays.due_us, due_us);
    cluster_free(&copy);
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thing),
        cmocka_unit_test(rows_that_end),
        cmocka_unit_test(copies_wake_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
