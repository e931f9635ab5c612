/* Nodes that are shut down: which acts that refuses, for every row of the table of acts, and what
 * the others do without them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/act_sample.h"
#include "tests/unit/nodes_fixture.h"

/* Who must not be shut down, as a second table has it: t the node of the act, p the publisher, b
 * both, a all nodes, - nobody.  The publisher alone writes the database (documented); what an
 * upgrade and a shared certificate do without a node no source says (assumed: refused). */
static const char right[] =
    "regenerate t, generate a, csr a, install t, fips enable t, fips disable t, web_security t, "
    "hostname b, domain b, address b, restore b, rebuild b, previous_itl t, "
    "install_upgrade t, remove p, reboot t, shut_down t, switch_on -, dbreplication stop t, "
    "dbreplication reset b, "
    "start t, stop t, restart t, activate b, deactivate b, "
    "upload t, delete t, save_itlrecovery t, delete_ctl t, "
    "bulk sftp p, bulk export p, bulk consolidate p, bulk import p, "
    "link -, block -, open -, link -, dns -, dns -, "
    "set p, tvs_ttl p, reuse_certificate a, backup p, upgrade a, switch_version a, "
    "services_url p, add_node p, change_group p, change_pool p, "
    "ctl mixed-mode p, ctl non-secure-mode p, ctl update p, ctl reset localkey p, "
    "itl reset localkey p, itl reset remotekey p, ctl_client p, add_ctl_tftp p, lose_token -, "
    "add_remote_tftp p, delete_remote_tftp p, "
    "reset -, reset_pool -, reset_group -, power -, reset -, restart -, apply_config -, press -, "
    "symmetric_key p, type_key -, send_keys -, third_party_keys -, "
    "delete_trust_list -, factory_reset -, unplug -, move -, set p, insert p, "
    "emcc login -, emcc logout -, delete p, link -, site -, clock -, clock -, "
    "install_lsc p, delete_lsc p, troubleshoot_lsc p, enter_string -, "
    "radius_add -, radius_remove -, dot1x open -, dot1x closed -, gateway_add -, gateway_remove -, "
    "delete_mic_ca p, upload_mic_ca p, ";

static bool refused(enum act_kind kind, uint32_t off, uint32_t n)
{
    static const char *const names[] = { "HQ: pub is shut down", "HQ: sub1 is shut down",
                                         "HQ: sub2 is shut down" };
    struct act act = { .kind = (uint8_t)kind, .node = 1 };
    struct err e = { "" };
    for (uint32_t i = 0; i < act_arg_count(kind); i++)
        act.arg[i] = sample(&cl, (enum arg_type)act_table[kind]->args[i].type, n + i);
    return !cluster_can(&cl, &act, SECOND_US, &e) && strcmp(e.text, names[off]) == 0;
}

/* Of an act on sub1, or the cluster: a bit for each node without which it is refused with some
 * arguments (of which some are out of range, or not in this version). */
static uint32_t needs(const char *version, enum act_kind kind)
{
    uint32_t bits = 0;
    for (uint32_t off = 0; off < 3; off++) {
        static const uint8_t all[] = { 0, 1, 2 };
        struct err e = { "" };
        uint16_t group, pool;
        make(version, 3);
        must(config_add_group(&cl, "g", all, 3, &group, &e), &e);
        must(config_add_pool(&cl, "p", group, &pool, &e), &e);
        cl.nodes[off].run.off = true;
        for (uint32_t k = 0; k < 12; k++)
            bits |= refused(kind, off, k) ? 1u << off : 0;
        unmake();
    }
    return bits;
}

static const char *letter_of(uint32_t bits)
{
    static const char *const letters[8] = { "-", "p", "t", "b", "?", "?", "?", "a" };
    return letters[bits];
}

static void every_row(void **state)
{
    (void)state;
    static const char *const versions[] = { "10.5(2)", "15", "8.6" };
    char text[4000] = "";
    for (int kind = 0; kind < ACTS; kind++) {
        uint32_t bits = 0;
        for (size_t v = 0; v < sizeof versions / sizeof versions[0]; v++)
            bits |= needs(versions[v], (enum act_kind)kind);
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s %s, ", act_table[kind]->name, letter_of(bits));
    }
    assert_string_equal(text, right);
}

/* One for the node alone is made without the others; one for all is not, and is not installed. */
static void shared_certificates(void **state)
{
    (void)state;
    make("12.5", 3);
    struct err e = { "" };
    struct act own = { DO_CSR, 1, { OWN_TOMCAT, 0 } }, shared = { DO_CSR, 0, { OWN_TOMCAT, 1 } };
    do_act((struct act){ DO_SHUT_DOWN, 2, { 0 } }, SECOND_US);
    do_act(own, SECOND_US);
    assert_false(cluster_do(&cl, &shared, SECOND_US, &e));
    assert_string_equal(e.text, "HQ: sub2 is shut down");
    do_act((struct act){ DO_SWITCH_ON, 2, { 0 } }, SECOND_US);
    do_act(shared, SECOND_US);
    const struct csr *asked = &cl.nodes[0].disk.csr[OWN_TOMCAT];
    struct act install = { DO_INSTALL, 0, { OWN_TOMCAT } };
    install.arg[1] = content_cert(&content, (struct ct_cert){ .subject = asked->subject,
                                                              .issuer = asked->subject,
                                                              .serial = asked->subject,
                                                              .dns = asked->dns,
                                                              .key = asked->key,
                                                              .not_after_s = START_S + 86400 });
    do_act((struct act){ DO_SHUT_DOWN, 1, { 0 } }, SECOND_US);
    assert_false(cluster_do(&cl, &install, SECOND_US, &e));
    assert_string_equal(e.text, "HQ: sub1 is shut down");
    do_act((struct act){ DO_SWITCH_ON, 1, { 0 } }, SECOND_US);
    do_act(install, SECOND_US);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(own_of(i, OWN_TOMCAT), install.arg[1]);
    unmake();
}

/* A backup has the nodes that ran. */
static void backup_without_one(void **state)
{
    (void)state;
    make("12.5", 3);
    struct err e = { "" };
    struct act one = { DO_RESTORE, 1, { 0 } }, two = { DO_RESTORE, 2, { 0 } };
    do_act((struct act){ .kind = DO_BACKUP }, SECOND_US);
    do_act((struct act){ DO_SHUT_DOWN, 2, { 0 } }, SECOND_US);
    do_act((struct act){ .kind = DO_BACKUP }, 2 * SECOND_US);
    do_act((struct act){ DO_SWITCH_ON, 2, { 0 } }, 2 * SECOND_US);
    assert_false(cluster_do(&cl, &two, run_out(2 * SECOND_US), &e));
    assert_string_equal(e.text, "HQ: the backup has no node sub2");
    two.arg[0] = 2; /* the one before */
    do_act(two, 2 * SECOND_US);
    do_act(one, 2 * SECOND_US);
    unmake();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(shared_certificates),
        cmocka_unit_test(backup_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
