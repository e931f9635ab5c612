/* CTL files: what is left of one without mixed mode, the licence, and CTLFile.tlv deleted by node.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/authority.h"
#include "nodes/certs.h"
#include "nodes/lists.h"
#include "tests/unit/nodes_fixture.h"

static const struct ct_list *ctl(void)
{
    return content_get_list(&content, cl.db.ctl);
}

struct want {
    uint16_t role;
    enum tl_form form;
    uint32_t cert; /* 0: emptied */
    const char *dns;
};

static void holds(const struct want *want, uint32_t count)
{
    assert_true(ctl()->is_ctl);
    assert_int_equal(ctl()->count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct ct_record *r = &ctl()->records[i];
        assert_int_equal(r->role, want[i].role);
        assert_int_equal(r->form, want[i].form);
        assert_int_equal(r->cert, want[i].cert);
        assert_string_equal(content_get_str(&content, r->dns), want[i].dns);
    }
}

#define HOLDS(...)                                                                                 \
    holds((const struct want[]){ __VA_ARGS__ },                                                    \
          sizeof((const struct want[]){ __VA_ARGS__ }) / sizeof(struct want))

/* ---- without mixed mode ---- */

/* Technotes 221657 and 118892, Security Guide 12.5. */
static void what_is_left(void **state)
{
    (void)state;
    for (uint64_t rest = CTL_CAPF_ALONE; rest <= CTL_ALL_EMPTIED; rest++) {
        make("12.5", 2);
        uint32_t capf = own_of(0, OWN_CAPF), rec = own_of(0, OWN_ITLRECOVERY),
                 ccm = own_of(0, OWN_CALLMANAGER);
        do_act((struct act){ .kind = DO_SET, .arg = { PARAM_CTL_NON_SECURE, rest } }, SECOND_US);
        do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
        assert_false(ctl()->empty);
        do_act((struct act){ .kind = DO_CTL_NON_SECURE_MODE }, SECOND_US);
        if (rest == CTL_CAPF_ALONE)
            HOLDS({ TL_CAPF, TL_FULL, capf, "pub" });
        if (rest == CTL_SERVERS_EMPTIED)
            HOLDS({ TL_SAST, TL_FULL, rec, "pub" }, { TL_SAST, TL_FULL, ccm, "pub" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "pub" }, { TL_CAPF, TL_FULL, capf, "pub" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "sub1" });
        if (rest == CTL_ALL_EMPTIED)
            HOLDS({ TL_SAST, TL_EMPTIED, 0, "pub" }, { TL_SAST, TL_EMPTIED, 0, "pub" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "pub" }, { TL_CAPF, TL_EMPTIED, 0, "pub" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "sub1" });
        assert_true(ctl()->empty);
        assert_int_equal(ctl()->envelope.cert, rec);
        unmake();
    }
}

/* ---- the licence ---- */

static bool can(struct act act, struct err *e)
{
    return cluster_can(&cl, &act, SECOND_US, e);
}

static void asks_for_a_licence(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        bool asks;
    } rows[] = { { "11.5", false }, { "12.0", true }, { "15", true } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = { "" };
        make(rows[i].version, 1);
        struct act licence = { .kind = DO_SET, .arg = { PARAM_EXPORT_CONTROLLED, 0 } };
        do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
        do_act(licence, SECOND_US);
        assert_int_equal(can((struct act){ .kind = DO_CTL_UPDATE }, &e), !rows[i].asks);
        assert_true(can((struct act){ .kind = DO_CTL_NON_SECURE_MODE }, &e));
        do_act((struct act){ .kind = DO_CTL_NON_SECURE_MODE }, SECOND_US);
        assert_int_equal(can((struct act){ .kind = DO_CTL_MIXED_MODE }, &e), !rows[i].asks);
        if (rows[i].asks)
            assert_string_equal(
                e.text,
                "HQ: Command cannot be executed because the Unified Communications Manager "
                "cluster is not registered to a Smart/Virtual Account with Allow "
                "export-controlled functionality. Please ensure Product Token received from the "
                "Smart/Virtual Account has Allow export-controlled functionality checked when "
                "registering the UCM Cluster.");
        licence.arg[1] = 1;
        do_act(licence, SECOND_US);
        assert_true(can((struct act){ .kind = DO_CTL_MIXED_MODE }, &e));
        unmake();
    }
}

static void asks_for_its_service(void **state)
{
    (void)state;
    struct err e = { "" };
    make("12.5", 1);
    do_act((struct act){ .kind = DO_STOP, .arg = { SERVICE_CAPF } }, SECOND_US);
    assert_true(can((struct act){ .kind = DO_CTL_MIXED_MODE }, &e));
    do_act((struct act){ .kind = DO_STOP, .arg = { SERVICE_CTL_PROVIDER } }, SECOND_US);
    assert_false(can((struct act){ .kind = DO_CTL_MIXED_MODE }, &e));
    assert_string_equal(e.text, "HQ: Cisco CTL Provider does not run on pub");
    do_act((struct act){ .kind = DO_START, .arg = { SERVICE_CTL_PROVIDER } }, SECOND_US);
    run_out(SECOND_US);
    assert_true(can((struct act){ .kind = DO_CTL_MIXED_MODE }, &e));
    unmake();
}

/* ---- CTLFile.tlv by node ---- */

static void deleted_by_node(void **state)
{
    (void)state;
    struct err e = { "" };
    make("10.5(2)", 2);
    struct act delete = { .kind = DO_DELETE_CTL, .node = 1 };
    assert_false(can(delete, &e));
    assert_string_equal(e.text, "HQ: sub1 has no CTLFile.tlv (files: found = 0, deleted = 0)");
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
    restart_service(0, SERVICE_TFTP, SECOND_US);
    restart_service(1, SERVICE_TFTP, SECOND_US);
    uint64_t now_us = run_out(SECOND_US), hash = cluster_hash(&cl, now_us);
    uint32_t file = cl.db.ctl;
    do_act(delete, now_us);
    assert_true(cluster_hash(&cl, now_us) != hash);
    assert_int_equal(lists_ctl_on(&cl, 0), file);
    assert_int_equal(lists_ctl_on(&cl, 1), 0);
    assert_int_equal(cl.nodes[1].run.ctl, file); /* until TFTP starts */
    restart_service(0, SERVICE_TFTP, now_us);
    restart_service(1, SERVICE_TFTP, now_us);
    now_us = run_out(now_us);
    assert_int_equal(cl.nodes[0].run.ctl, file);
    assert_int_equal(cl.nodes[1].run.ctl, 0);
    assert_false(can(delete, &e));
    do_act((struct act){ .kind = DO_CTL_UPDATE }, now_us); /* copied to all nodes again */
    assert_int_equal(lists_ctl_on(&cl, 1), cl.db.ctl);
    unmake();
}

static void deleted_at_once(void **state)
{
    (void)state;
    make("14", 2);
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
    do_act((struct act){ .kind = DO_DELETE_CTL, .node = 1 }, SECOND_US);
    assert_int_equal(cl.nodes[0].run.ctl, cl.db.ctl);
    assert_int_equal(cl.nodes[1].run.ctl, 0);
    assert_false(cl.want_reset || cl.reset_us != 0); /* nobody is told */
    unmake();
}

/* ---- tokens ---- */

#define SUBJECT(name) "cn=\"" name "        \";ou=IPCBU;o=\"Cisco Systems"

static uint32_t token(const char *name)
{
    return token_make(&env, name);
}

static struct act client(enum client_task task, uint32_t first, uint32_t second)
{
    return (struct act){ .kind = DO_CTL_CLIENT, .arg = { task, first, second } };
}

/* As technote 118892 shows it: names of 56 and 42 bytes with their NUL, ten octets, 1024 bits. */
static void as_a_token_looks(void **state)
{
    (void)state;
    make("9.1", 1);
    uint32_t t = token("SAST-ADN0054f509");
    const struct ct_cert *k = content_get_cert(&content, t);
    assert_string_equal(content_get_str(&content, k->subject), SUBJECT("SAST-ADN0054f509"));
    assert_int_equal(content_get_text(&content, k->subject).n + 1, 56);
    assert_string_equal(content_get_str(&content, k->issuer),
                        "cn=Cisco Manufacturing CA;o=Cisco Systems");
    assert_int_equal(content_get_text(&content, k->issuer).n + 1, 42);
    assert_int_equal(content_get_text(&content, k->serial).n, 10);
    assert_int_equal(content_get_key(&content, k->key)->type, KEY_RSA_1024);
    assert_true(view_eq(certs_common_name(&content, t), view_str("SAST-ADN0054f509")));
    assert_true(token_is(&content, t));
    assert_false(token_is(&content, k->issuer_cert));
    /* its certificate has the names in capitals, padded as well */
    struct ct_cert capitals = *k;
    capitals.issuer_cert = 0;
    capitals.issuer = content_str(&content, "CN=Cisco Manufacturing CA;O=Cisco Systems");
    capitals.subject =
        content_str(&content, "CN=SAST-ADN0054f509        ;OU=IPCBU;O=Cisco Systems, Inc");
    uint32_t real = content_cert(&content, capitals);
    struct view cn = certs_common_name(&content, real);
    assert_true(token_is(&content, real));
    assert_int_equal(cn.n, strlen("SAST-ADN0054f509"));
    assert_memory_equal(cn.p, "SAST-ADN0054f509", cn.n);
    k = content_get_cert(&content, t);
    assert_false(token_is(&content, own_of(0, OWN_CALLMANAGER)));
    assert_int_equal(token("SAST-ADN0054f509"), t);
    assert_true(token("SAST-ADN008580ef") != t);
    unmake();
}

/* Security Guide 12.5, table of SAST roles; technote 118892 for what is left. */
static void by_the_client(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        bool beside;
    } rows[] = { { "8.0", false }, { "9.1", false }, { "10.5(2)", false },
                 { "11.5", true }, { "12.0", true }, { "14SU1", true } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].version, 2);
        uint32_t a = token("SAST-ADN0054f509"), b = token("SAST-ADN008580ef"),
                 capf = own_of(0, OWN_CAPF), pub = own_of(0, OWN_CALLMANAGER),
                 sub = own_of(1, OWN_CALLMANAGER), rec = own_of(0, OWN_ITLRECOVERY);
        do_act(client(CLIENT_MIXED, a, b), SECOND_US);
        assert_true(cl.db.mixed_mode);
        if (rows[i].beside)
            HOLDS({ TL_SAST, TL_TOKEN, a, "" }, { TL_SAST, TL_TOKEN, b, "" },
                  { TL_SAST, TL_TOKEN, rec, "127.0.0.11" },
                  { TL_SAST, TL_TOKEN, pub, "127.0.0.11" },
                  { TL_CCM_TFTP, TL_TOKEN, pub, "127.0.0.11" },
                  { TL_CAPF, TL_TOKEN, capf, "127.0.0.11" },
                  { TL_CCM_TFTP, TL_TOKEN, sub, "127.0.0.12" });
        else
            HOLDS({ TL_SAST, TL_TOKEN, a, "" }, { TL_SAST, TL_TOKEN, b, "" },
                  { TL_CCM_TFTP, TL_TOKEN, pub, "127.0.0.11" },
                  { TL_CAPF, TL_TOKEN, capf, "127.0.0.11" },
                  { TL_CCM_TFTP, TL_TOKEN, sub, "127.0.0.12" });
        assert_int_equal(ctl()->envelope.cert, a);
        do_act(client(CLIENT_NON_SECURE, b, 0), SECOND_US); /* the other one signs */
        assert_false(cl.db.mixed_mode);
        assert_int_equal(ctl()->envelope.cert, b);
        assert_true(ctl()->empty);
        if (!rows[i].beside)
            HOLDS({ TL_SAST, TL_TOKEN, a, "" }, { TL_SAST, TL_TOKEN, b, "" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "127.0.0.11" },
                  { TL_CAPF, TL_TOKEN, capf, "127.0.0.11" },
                  { TL_CCM_TFTP, TL_EMPTIED, 0, "127.0.0.12" });
        unmake();
    }
}

/* All that were ever added stay listed, lost or not; a new one signs once it is in the file. */
static void tokens_that_come_and_go(void **state)
{
    (void)state;
    make("9.1", 1);
    uint32_t a = token("SAST-A"), b = token("SAST-B"), c = token("SAST-C");
    do_act(client(CLIENT_MIXED, a, b), SECOND_US);
    do_act((struct act){ .kind = DO_LOSE_TOKEN, .arg = { a } }, SECOND_US);
    assert_int_equal(cl.token_count, 1);
    assert_int_equal(cl.tokens[0], b);
    do_act(client(CLIENT_UPDATE, b, c), SECOND_US);
    struct client_ctl in;
    lists_client_ctl(&cl, &in);
    assert_int_equal(in.token_count, 3);
    assert_int_equal(in.tokens[0], a);
    assert_int_equal(in.tokens[1], b);
    assert_int_equal(in.tokens[2], c);
    assert_int_equal(in.tftp_count, 0);
    do_act(client(CLIENT_UPDATE, c, 0), SECOND_US);
    assert_int_equal(ctl()->envelope.cert, c);
    assert_int_equal(cl.token_count, 2);
    do_act((struct act){ .kind = DO_DELETE_CTL }, SECOND_US);
    lists_client_ctl(&cl, &in);
    assert_int_equal(in.token_count, 0);
    do_act(client(CLIENT_MIXED, b, c), SECOND_US); /* a new file */
    lists_client_ctl(&cl, &in);
    assert_int_equal(in.token_count, 2);
    unmake();
}

/* A TFTP server of somebody else is a record of its own, which stays when the client is run again
 * and is gone from a file that `utils ctl` makes. */
static void a_tftp_server_is_added(void **state)
{
    (void)state;
    make("10.5(2)", 1);
    uint32_t a = token("SAST-A"), b = token("SAST-B");
    uint32_t other = cl.nodes[0].disk.own[OWN_TOMCAT];
    struct act add = { .kind = DO_ADD_CTL_TFTP, .arg = { a, other } };
    struct err e = { "" };
    assert_false(cluster_do(&cl, &add, SECOND_US, &e));
    assert_string_equal(e.text, "HQ: there is no CTL file to add a TFTP server to");
    do_act(client(CLIENT_MIXED, a, b), SECOND_US);
    add.arg[0] = token("SAST-C");
    assert_false(cluster_do(&cl, &add, SECOND_US, &e));
    assert_string_equal(e.text,
                        "HQ: The Security Token you have inserted does not exist in the CTL File");
    add.arg[0] = b;
    do_act(add, SECOND_US);
    assert_false(cluster_do(&cl, &add, SECOND_US, &e));
    assert_string_equal(e.text, "HQ: the CTL file has this TFTP server already");
    for (int again = 0; again < 2; again++) {
        const struct ct_record *r = &ctl()->records[ctl()->count - 1];
        assert_int_equal(ctl()->envelope.cert, again == 0 ? b : a);
        assert_int_equal(r->role, TL_TFTP);
        assert_int_equal(r->form, TL_TOKEN);
        assert_int_equal(r->cert, other);
        assert_string_equal(content_get_str(&content, r->dns), "pub.example.org");
        do_act(client(CLIENT_UPDATE, a, 0), SECOND_US);
    }
    do_act((struct act){ .kind = DO_CTL_UPDATE }, SECOND_US);
    for (uint32_t i = 0; i < ctl()->count; i++)
        assert_true(ctl()->records[i].role != TL_TFTP);
    unmake();
}

static void what_the_client_refuses(void **state)
{
    (void)state;
    struct err e = { "" };
    make("10.5(2)", 1);
    uint32_t a = token("SAST-A"), b = token("SAST-B"), c = token("SAST-C");
#define REFUSED(act, said)                                                                         \
    assert_false(can(act, &e));                                                                    \
    assert_string_equal(e.text, said)
    REFUSED(client(CLIENT_MIXED, 0, 0), "HQ: no security token is plugged in");
    REFUSED(client(CLIENT_MIXED, own_of(0, OWN_TVS), a),
            "HQ: CN=pub.example.org;OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL is no security "
            "token");
    REFUSED(client(CLIENT_MIXED, a, a),
            "HQ: Please remove any Security Tokens already inserted and insert another Security "
            "Token. Click Ok when done. (two are needed)");
    REFUSED(client(CLIENT_UPDATE, a, b), "HQ: there is no CTL file to update");
    struct act lose = { .kind = DO_LOSE_TOKEN, .arg = { a } };
    REFUSED(lose, "HQ: this token was never plugged in here, or is lost already");
    do_act(client(CLIENT_MIXED, a, b), SECOND_US);
    REFUSED(client(CLIENT_UPDATE, c, a),
            "HQ: The Security Token you have inserted does not exist in the CTL File");
    do_act((struct act){ .kind = DO_DELETE_CTL }, SECOND_US);
    REFUSED(client(CLIENT_UPDATE, a, b),
            "HQ: No CTL File exists on the server but the Call Manager Cluster Security Mode is "
            "in Secure Mode. For the system to function, you must create the CTL File and set "
            "Call Manager Cluster the Secure Mode.");
    do_act((struct act){ .kind = DO_CTL_UPDATE }, SECOND_US); /* without tokens now */
    REFUSED(client(CLIENT_MIXED, a, b),
            "HQ: The Security Token you have inserted does not exist in the CTL File");
    do_act((struct act){ .kind = DO_STOP, .arg = { SERVICE_CTL_PROVIDER } }, SECOND_US);
    REFUSED(client(CLIENT_MIXED, a, b), "HQ: Cisco CTL Provider does not run on pub");
    unmake();
    make("14SU3", 1);
    REFUSED(client(CLIENT_MIXED, token("SAST-A"), token("SAST-B")),
            "HQ: version 14SU3 has no Cisco CTL Client (it is there up to 14SU2)");
    unmake();
}

/* Out of mixed mode, the file of the client still there: each token that it lists leads back. */
static void back_into_mixed_mode(void **state)
{
    (void)state;
    make("9.1", 1);
    uint32_t a = token("SAST-A"), b = token("SAST-B");
    do_act(client(CLIENT_MIXED, a, b), SECOND_US);
    do_act(client(CLIENT_NON_SECURE, a, 0), SECOND_US);
    struct act acts[4];
    assert_int_equal(act_candidates(&cl, DO_CTL_CLIENT, SECOND_US, acts, 4), 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(acts[i].arg[0], CLIENT_MIXED);
        assert_int_equal(acts[i].arg[1], i == 0 ? a : b);
    }
    unmake();
}

/* What can be done is what decides the future. */
static void a_lost_token_is_another_cluster(void **state)
{
    (void)state;
    make("9.1", 1);
    uint32_t a = token("SAST-A"), b = token("SAST-B");
    do_act(client(CLIENT_MIXED, a, b), SECOND_US);
    uint64_t before = cluster_hash(&cl, SECOND_US);
    struct act acts[4];
    assert_int_equal(act_candidates(&cl, DO_CTL_CLIENT, SECOND_US, acts, 4), 2);
    assert_int_equal(acts[0].arg[1], a);
    assert_int_equal(acts[1].arg[1], b);
    do_act((struct act){ .kind = DO_LOSE_TOKEN, .arg = { a } }, SECOND_US);
    assert_true(cluster_hash(&cl, SECOND_US) != before);
    assert_int_equal(act_candidates(&cl, DO_CTL_CLIENT, SECOND_US, acts, 4), 1);
    assert_int_equal(acts[0].arg[1], b);
    unmake();
}

/* ---- ITLRecovery.p12 ---- */

static const struct ct_list *itl(uint32_t node)
{
    return content_get_list(&content, cl.nodes[node].run.itl);
}

/* CLI reference: the list that the publisher serves, another signature; with the key that was
 * saved, though a new installation has another one. */
static void signed_by_the_key_that_was_saved(void **state)
{
    (void)state;
    struct err e = { "" };
    static const char *const versions[] = { "10.5(2)", "12.5" };
    for (size_t i = 0; i < 2; i++) {
        make(versions[i], 2);
        struct act save = { .kind = DO_SAVE_ITLRECOVERY },
                   reset = { .kind = DO_ITL_RESET_REMOTEKEY }, found[2];
        uint32_t saved = own_of(0, OWN_ITLRECOVERY);
        assert_false(can(reset, &e));
        assert_string_equal(e.text, "HQ: no ITLRecovery.p12 was saved");
        uint64_t before = cluster_hash(&cl, SECOND_US);
        do_act(save, SECOND_US);
        assert_true(cluster_hash(&cl, SECOND_US) != before);
        assert_int_equal(act_candidates(&cl, DO_ITL_RESET_REMOTEKEY, SECOND_US, found, 2), 0);
        do_act((struct act){ .kind = DO_REBUILD }, SECOND_US);
        uint64_t now_us = run_out(SECOND_US);
        assert_true(own_of(0, OWN_ITLRECOVERY) != saved);
        assert_int_equal(act_candidates(&cl, DO_ITL_RESET_REMOTEKEY, now_us, found, 2), 1);
        struct ct_record was[8];
        uint32_t count = itl(0)->count;
        memcpy(was, itl(0)->records, count * sizeof *was);
        do_act(reset, now_us);
        assert_int_equal(itl(0)->envelope.cert, saved);
        assert_int_equal(itl(0)->count, count);
        assert_memory_equal(itl(0)->records, was, count * sizeof *was);
        assert_int_equal(cl.nodes[1].run.itl, cl.nodes[0].run.itl);
        do_act((struct act){ .kind = DO_SET, .arg = { PARAM_LOCALKEY_EACH_NODE, 1 } }, now_us);
        restart_service(1, SERVICE_TFTP, now_us);
        now_us = run_out(now_us);
        do_act(reset, now_us);
        assert_int_equal(itl(1)->envelope.cert, saved);
        assert_true(cl.nodes[1].run.itl != cl.nodes[0].run.itl);
        restart_service(0, SERVICE_TFTP, now_us); /* takes it back */
        run_out(now_us);
        assert_int_equal(itl(0)->envelope.cert, own_of(0, cl.version->itl_signer));
        unmake();
    }
    make("9.1", 1);
    assert_false(can((struct act){ .kind = DO_SAVE_ITLRECOVERY }, &e));
    assert_string_equal(
        e.text, "HQ: version 9.1 has no file get tftp ITLRecovery.p12 (it is there from 10.0)");
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_left),
                                        cmocka_unit_test(asks_for_a_licence),
                                        cmocka_unit_test(asks_for_its_service),
                                        cmocka_unit_test(deleted_by_node),
                                        cmocka_unit_test(deleted_at_once),
                                        cmocka_unit_test(as_a_token_looks),
                                        cmocka_unit_test(by_the_client),
                                        cmocka_unit_test(tokens_that_come_and_go),
                                        cmocka_unit_test(a_tftp_server_is_added),
                                        cmocka_unit_test(what_the_client_refuses),
                                        cmocka_unit_test(back_into_mixed_mode),
                                        cmocka_unit_test(a_lost_token_is_another_cluster),
                                        cmocka_unit_test(signed_by_the_key_that_was_saved) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
