/* A cluster without phones and without a driver: certificates on disk and in service, what lists
 * hold by version, what TVS and CallManager answer, what is refused with which words. */
#include "tests/unit/acts.h"
#include "nodes/services.h"
#include "nodes/serve.h"
#include "sim/base/sys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#define SECOND_US 1000000ull

static struct content content;

static void nobody_listens(void *ctx, const struct trace_line *line)
{
    (void)ctx, (void)line;
}
static struct cluster_env env;
static struct cluster cl;

static void make(const char *version, uint32_t nodes)
{
    static const struct node_spec specs[] = { { "pub", "example.org", 0x7f00000b, true, true },
                                              { "sub1", "", 0x7f00000c, true, true },
                                              { "sub2", "", 0x7f00000d, true, false } };
    struct err e = { "" };
    content_init(&content, &sys_mem);
    env = (struct cluster_env){ &content, &sys_mem, nobody_listens, NULL, 1, 1736143200, NULL, 0 };
    if (!cluster_init(
            &cl, &env,
            &(struct cluster_spec){
                .name = "HQ", .version = version_find(version), .nodes = specs, .count = nodes },
            0, &e))
        fail_msg("%s", e.text);
    uint8_t members[] = { 0, 1, 2 };
    uint16_t group, pool, class;
    assert_true(config_add_group(&cl, "g", members, nodes, &group, &e));
    assert_true(config_add_pool(&cl, "p", group, &pool, &e));
    struct device_class k;
    memset(&k, 0, sizeof k);
    k.pool = pool;
    k.security_mode = CNF_NON_SECURE;
    assert_true(config_class(&cl, &k, &class, &e));
    config_set_class(&cl, 0, class, 2);
}

static void unmake(void)
{
    cluster_free(&cl);
    content_free(&content);
}

static uint32_t count_role(uint32_t list, uint16_t role)
{
    const struct ct_list *l = content_get_list(&content, list);
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->count; i++)
        n += l->records[i].role == role && l->records[i].cert != 0;
    return n;
}

static void must(bool ok, const struct err *e)
{
    if (!ok)
        fail_msg("%s", e->text);
}

/* Who signs, and how many SAST records, by version. */
static void signers(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        enum own itl, ctl;
        uint32_t itl_sast, ctl_sast;
        bool full;
    } rows[] = {
        { "8.0", OWN_CALLMANAGER, OWN_NONE, 1, 0, false },
        { "8.6", OWN_CALLMANAGER, OWN_NONE, 1, 0, false },
        { "9.1", OWN_CALLMANAGER, OWN_NONE, 1, 0, false },
        { "10.0", OWN_CALLMANAGER, OWN_CALLMANAGER, 2, 1, false },
        { "10.5(1)", OWN_CALLMANAGER, OWN_CALLMANAGER, 2, 1, false },
        { "10.5(2)", OWN_CALLMANAGER, OWN_CALLMANAGER, 2, 2, false },
        { "11.0", OWN_CALLMANAGER, OWN_CALLMANAGER, 2, 2, false },
        { "11.5", OWN_CALLMANAGER, OWN_CALLMANAGER, 2, 2, false },
        { "11.5(1)SU1", OWN_CALLMANAGER, OWN_CALLMANAGER, 2, 2, false },
        { "11.5(1)SU3", OWN_CALLMANAGER, OWN_CALLMANAGER, 2, 2, false },
        { "12.0", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, false },
        { "12.5", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
        { "12.5(1)SU3", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
        { "12.5(1)SU6", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
        { "14", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
        { "14SU1", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
        { "14SU2", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
        { "14SU3", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
        { "15", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
        { "15SU2", OWN_ITLRECOVERY, OWN_ITLRECOVERY, 2, 2, true },
    };
    assert_int_equal(version_count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < version_count; i++) {
        make(rows[i].version, 3);
        struct err e = { "" };
        for (uint32_t n = 0; n < 2; n++) { /* the third runs no TFTP */
            const struct node *node = &cl.nodes[n];
            const struct ct_list *l = content_get_list(&content, node->run.itl);
            assert_int_equal(l->envelope.cert, node->disk.own[rows[i].itl]);
            assert_int_equal(count_role(node->run.itl, TL_SAST), rows[i].itl_sast);
            bool ec = node->disk.own[OWN_CALLMANAGER_ECDSA] != 0;
            assert_int_equal(count_role(node->run.itl, TL_TFTP), 1 + ec); /* its own */
            assert_int_equal(count_role(node->run.itl, TL_CCM_TFTP), 0);
            assert_int_equal(count_role(node->run.itl, TL_TVS), 3); /* of the whole cluster */
            assert_int_equal(count_role(node->run.itl, TL_CAPF), 1);
            assert_true(l->has_tftp && !l->empty);
            for (uint32_t r = 0; r < l->count; r++) {
                uint16_t role = l->records[r].role;
                bool hashed = (role == TL_TVS || role == TL_CAPF) && !rows[i].full;
                assert_int_equal(l->records[r].form, hashed ? TL_HASH : TL_FULL);
                assert_int_equal(l->records[r].ip, 0);
            }
        }
        assert_int_equal(cl.nodes[2].run.itl, 0);
        assert_true(cl.nodes[0].run.itl != cl.nodes[1].run.itl);
        bool one = cl.nodes[0].disk.own[OWN_ITLRECOVERY] == cl.nodes[1].disk.own[OWN_ITLRECOVERY];
        bool shared = strncmp(rows[i].version, "12.5", 4) == 0 ||
                      strncmp(rows[i].version, "14", 2) == 0 ||
                      strncmp(rows[i].version, "15", 2) == 0;
        if (rows[i].itl_sast == 2)
            assert_int_equal(one, shared);
        bool made = cluster_plain(&cl, DO_CTL_MIXED_MODE, 0, &e);
        assert_int_equal(made, rows[i].ctl != OWN_NONE);
        if (made) {
            const struct ct_list *l = content_get_list(&content, cl.db.ctl);
            assert_int_equal(l->envelope.cert, cl.nodes[0].disk.own[rows[i].ctl]);
            assert_int_equal(count_role(cl.db.ctl, TL_SAST), rows[i].ctl_sast);
            assert_int_equal(count_role(cl.db.ctl, TL_CCM_TFTP), 3);
            assert_int_equal(count_role(cl.db.ctl, TL_TVS), 0);
            assert_int_equal(count_role(cl.db.ctl, TL_CAPF), 1);
        }
        unmake();
    }
}

static void disk_and_service(void **state)
{
    (void)state;
    make("8.6", 1);
    struct err e = { "" };
    struct node *n = &cl.nodes[0];
    uint32_t old = n->disk.own[OWN_TVS], itl = n->run.itl;
    uint64_t now = 100 * SECOND_US;
    must(cluster_regenerate(&cl, 0, OWN_TVS, now, &e), &e);
    assert_true(n->disk.own[OWN_TVS] != old);
    assert_int_equal(serve_certificate(&cl, 0, SERVICE_TVS), old);
    uint32_t epoch = serve_epoch(&cl, 0, SERVICE_TVS);
    must(cluster_service(&cl, 0, SERVICE_TVS, DO_RESTART, now, &e), &e);
    assert_false(serve_running(&cl, 0, SERVICE_TVS));
    assert_true(serve_epoch(&cl, 0, SERVICE_TVS) > epoch);
    uint64_t ready = cluster_deadline_us(&cl);
    assert_int_equal(ready, now + 20 * SECOND_US);
    cluster_tick(&cl, ready - 1);
    assert_false(serve_running(&cl, 0, SERVICE_TVS));
    cluster_tick(&cl, ready);
    assert_true(serve_running(&cl, 0, SERVICE_TVS));
    assert_int_equal(serve_certificate(&cl, 0, SERVICE_TVS), n->disk.own[OWN_TVS]);
    assert_int_equal(n->run.itl, itl); /* TFTP has not restarted */
    assert_int_equal(cluster_deadline_us(&cl), 0);
    must(cluster_service(&cl, 0, SERVICE_TFTP, DO_RESTART, ready, &e), &e);
    cluster_tick(&cl, ready + 20 * SECOND_US);
    assert_true(n->run.itl != itl);
    itl = n->run.itl;
    must(cluster_service(&cl, 0, SERVICE_TFTP, DO_RESTART, ready, &e), &e);
    cluster_tick(&cl, ready + 900 * SECOND_US);
    assert_int_equal(n->run.itl, itl); /* "Tftp Itl hash not changed" */
    unmake();
}

static void replication(void **state)
{
    (void)state;
    make("9.1", 2);
    struct err e = { "" };
    uint64_t now = 1000 * SECOND_US;
    uint32_t old = cl.nodes[0].disk.own[OWN_CALLMANAGER];
    must(cluster_regenerate(&cl, 0, OWN_CALLMANAGER, now, &e), &e);
    uint32_t new = cl.nodes[0].disk.own[OWN_CALLMANAGER];
    uint32_t signer[] = { content_get_cert(&content, old)->signer,
                          content_get_cert(&content, new)->signer };
    for (uint32_t after = 0; after < 2; after++) {
        uint64_t at = after ? now + 5 * SECOND_US : now + 5 * SECOND_US - 1;
        assert_false(serve_tvs_query(&cl, 0, signer[0], at).trusted);
        assert_true(serve_tvs_query(&cl, 0, signer[1], at).trusted);
        assert_int_equal(serve_tvs_query(&cl, 1, signer[0], at).trusted, !after);
        assert_int_equal(serve_tvs_query(&cl, 1, signer[1], at).trusted, after);
    }
    struct tvs_answer a = serve_tvs_query(&cl, 1, signer[1], now + 9 * SECOND_US);
    assert_int_equal(a.cert, new);
    assert_int_equal(a.roles, ROLE_BIT(TL_SAST) | ROLE_BIT(TL_CCM_TFTP));
    assert_int_equal(a.ttl_s, 86400);
    unmake();
}

static void stores_and_roles(void **state)
{
    (void)state;
    static const struct {
        enum store store;
        uint32_t roles;
    } rows[] = { { STORE_CALLMANAGER_TRUST, ROLE_BIT(TL_TFTP) },
                 { STORE_PHONE_SAST_TRUST, ROLE_BIT(TL_SAST) },
                 { STORE_CAPF_TRUST, ROLE_BIT(TL_CAPF) },
                 { STORE_TOMCAT_TRUST, ROLE_BIT(TL_APP_SERVER) } };
    make("10.5(2)", 1);
    struct err e = { "" };
    struct ct_key key = { .label = content_str(&content, "foreign") };
    uint32_t name = content_str(&content, "CN=foreign");
    uint32_t foreign = content_cert(
        &content,
        (struct ct_cert){
            .subject = name, .issuer = name, .serial = name, .key = content_key(&content, &key) });
    uint32_t roles = 0, signer = content_get_cert(&content, foreign)->signer;
    uint64_t now = 50 * SECOND_US;
    assert_false(serve_tvs_verify(&cl, 0, foreign, now).trusted);
    for (size_t i = 0; i < 4; i++) {
        must(cluster_store(&cl, 0, DO_UPLOAD, rows[i].store, foreign, now, &e), &e);
        assert_false(
            cluster_store(&cl, 0, DO_UPLOAD, rows[i].store, foreign, now, &e)); /* already there */
        roles |= rows[i].roles;
        assert_int_equal(serve_tvs_verify(&cl, 0, foreign, now).roles, roles);
        assert_int_equal(serve_tvs_query(&cl, 0, signer, now).roles, roles);
    }
    for (size_t i = 0; i < 4; i++)
        must(cluster_store(&cl, 0, DO_DELETE, rows[i].store, foreign, now + 1, &e), &e);
    assert_false(serve_tvs_verify(&cl, 0, foreign, now + 1).trusted);
    assert_false(cluster_store(&cl, 0, DO_DELETE, STORE_CAPF_TRUST, foreign, now + 1, &e));

    cluster_set_param(&cl, PARAM_TVS_DB_ON_RESTART, 1); /* TVS reads at its start alone */
    must(cluster_store(&cl, 0, DO_UPLOAD, STORE_PHONE_SAST_TRUST, foreign, now + 10, &e), &e);
    assert_false(serve_tvs_verify(&cl, 0, foreign, now + SECOND_US).trusted);
    must(cluster_service(&cl, 0, SERVICE_TVS, DO_RESTART, now + SECOND_US, &e), &e);
    cluster_tick(&cl, now + 30 * SECOND_US);
    assert_true(serve_tvs_verify(&cl, 0, foreign, now + 30 * SECOND_US).trusted);
    unmake();
}

/* What is deleted is gone at once where that was done, elsewhere after replication, whoever
 * uploaded it. */
static void deleted_here(void **state)
{
    (void)state;
    make("12.5", 3);
    struct err e = { "" };
    uint64_t now = 50 * SECOND_US, late = cl.db.params[PARAM_REPLICATION_US];
    struct ct_key key = { .label = content_str(&content, "foreign") };
    uint32_t name = content_str(&content, "CN=foreign");
    uint32_t cert = content_cert(&content, (struct ct_cert){ .subject = name,
                                                             .issuer = name,
                                                             .serial = name,
                                                             .key = content_key(&content, &key) });
    must(cluster_store(&cl, 1, DO_UPLOAD, STORE_TOMCAT_TRUST, cert, now, &e), &e);
    now += 10 * late;
    struct act act = { .kind = DO_DELETE, .node = 2, .arg = { STORE_TOMCAT_TRUST, cert } };
    uint64_t before = cluster_hash(&cl, now);
    must(cluster_do(&cl, &act, now, &e), &e);
    assert_false(serve_tvs_verify(&cl, 2, cert, now).trusted);
    assert_true(serve_tvs_verify(&cl, 1, cert, now + late - 1).trusted);
    assert_true(serve_tvs_verify(&cl, 0, cert, now + late - 1).trusted);
    assert_false(serve_tvs_verify(&cl, 1, cert, now + late).trusted);
    assert_true(cluster_hash(&cl, now) != before);
    unmake();
}

static uint32_t certificate(const char *label, const char *common_name, bool ca)
{
    struct ct_key key = { .label = content_str(&content, label) };
    uint32_t name = content_str(&content, common_name);
    return content_cert(&content, (struct ct_cert){ .subject = name,
                                                    .issuer = name,
                                                    .serial = key.label,
                                                    .key = content_key(&content, &key),
                                                    .ca = ca });
}

/* Whether CallManager of each node takes an LSC that this CAPF issued, a letter a node. */
static void takes(uint32_t capf, uint64_t now, const char *expected)
{
    uint32_t name = content_str(&content, "CN=SEP001122334455");
    uint32_t lsc = content_cert(
        &content,
        (struct ct_cert){ .subject = name, .issuer_cert = capf, .serial = name, .key = 0 });
    char letters[CLUSTER_NODES + 1] = "";
    FOR_EACH_NODE(&cl, i)
    {
        bool takes = serve_judge(&cl, i, lsc, STORE_CALLMANAGER_TRUST, now) == REJECT_NONE;
        letters[i] = takes ? 'y' : 'n';
        letters[i + 1] = '\0';
    }
    assert_string_equal(letters, expected);
}

static void store_on(uint32_t node, enum act_kind kind, uint32_t cert, uint64_t now)
{
    struct err e = { "" };
    must(cluster_store(&cl, node, kind, STORE_CAPF_TRUST, cert, now, &e), &e);
}

/* What is uploaded to CAPF-trust lies on that node alone (technote 214231); it is deleted from all
 * of them (from 11.0 on, likewise). */
static void stays_on_one_node(void **state)
{
    (void)state;
    struct err e = { "" };
    uint64_t now = 50 * SECOND_US, late = now + 3600 * SECOND_US;
    make("12.5", 3);
    cluster_set_param(&cl, PARAM_DATES_OF_PHONES, 0);
    uint32_t capf = certificate("foreign", "CN=CAPF-1", true);
    uint32_t newer = certificate("newer", "CN=CAPF-1", true);
    takes(capf, now, "nnn");
    store_on(1, DO_UPLOAD, capf, now);
    takes(capf, now, "nyn");
    takes(capf, late, "nyn");
    assert_false(cluster_store(&cl, 1, DO_UPLOAD, STORE_CAPF_TRUST, capf, late, &e));
    assert_false(cluster_store(&cl, 0, DO_DELETE, STORE_CAPF_TRUST, capf, late, &e));
    store_on(0, DO_UPLOAD, capf, late);
    takes(capf, late, "yyn");

    store_on(2, DO_UPLOAD, newer, late); /* of the same name: it replaces nothing elsewhere */
    takes(capf, late, "yyn");
    store_on(0, DO_UPLOAD, newer, late);
    takes(capf, late, "nyn");
    takes(newer, late, "yny");

    cl.nodes[1].stopped_us = late; /* replication has nothing to do with it */
    store_on(1, DO_UPLOAD, newer, late + SECOND_US);
    takes(newer, late + SECOND_US, "yyy");
    takes(capf, late + SECOND_US, "nnn");
    cl.nodes[1].stopped_us = 0;
    store_on(1, DO_DELETE, newer, late + SECOND_US);
    takes(newer, late + SECOND_US, "yny");
    takes(newer, late + 60 * SECOND_US, "nnn");

    cluster_set_param(&cl, PARAM_CAPF_TRUST_HERE, 0);
    store_on(1, DO_UPLOAD, capf, late + 100 * SECOND_US);
    takes(capf, late + 100 * SECOND_US, "nyn");
    takes(capf, late + 200 * SECOND_US, "yyy");
    unmake();
}

/* Before 11.0 it is deleted from that node alone, and Certificate Change Notification brings back
 * what lies everywhere, not what was uploaded to others alone. */
static void stays_deleted_there(void **state)
{
    (void)state;
    uint64_t now = 50 * SECOND_US, late = now + 3600 * SECOND_US;
    make("10.5(2)", 3);
    cluster_set_param(&cl, PARAM_DATES_OF_PHONES, 0);
    uint32_t capf = certificate("foreign", "CN=CAPF-1", true);
    store_on(0, DO_UPLOAD, capf, now);
    store_on(1, DO_UPLOAD, capf, now);
    store_on(0, DO_DELETE, capf, now + SECOND_US);
    takes(capf, late, "nyn");
    store_on(1, DO_DELETE, capf, late);
    takes(capf, late, "nnn");
    takes(capf, late + 3600 * SECOND_US, "nnn");
    unmake();
}

/* A node that is installed anew has an empty CAPF-trust; the others keep theirs. */
static void stays_gone_with_the_disk(void **state)
{
    (void)state;
    struct err e = { "" };
    uint64_t now = 50 * SECOND_US, late = now + 3600 * SECOND_US;
    for (uint8_t node = 0; node < 2; node++) {
        make("12.5", 3);
        cluster_set_param(&cl, PARAM_DATES_OF_PHONES, 0);
        uint32_t capf = certificate("foreign", "CN=CAPF-1", true);
        for (uint32_t i = 0; i < 2; i++)
            store_on(i, DO_UPLOAD, capf, now);
        struct act rebuild = { .kind = DO_REBUILD, .node = node };
        must(cluster_do(&cl, &rebuild, now, &e), &e);
        takes(capf, late, node == 0 ? "nyn" : "ynn");
        store_on(node, DO_UPLOAD, capf, late);
        takes(capf, late, "yyn");
        unmake();
    }
}

/* Who signs a CAPF has to lie on the node that takes it. */
static void issuer_on_that_node(void **state)
{
    (void)state;
    struct err e = { "" };
    uint64_t now = 50 * SECOND_US;
    make("12.5", 2);
    uint32_t root = certificate("root", "CN=root", true);
    struct act csr = { .kind = DO_CSR, .arg = { OWN_CAPF } };
    must(cluster_do(&cl, &csr, now, &e), &e);
    const struct csr *asked = &cl.nodes[0].disk.csr[OWN_CAPF];
    struct act install = { .kind = DO_INSTALL, .arg = { OWN_CAPF } };
    install.arg[1] = content_cert(&content, (struct ct_cert){ .subject = asked->subject,
                                                              .issuer = root,
                                                              .issuer_cert = root,
                                                              .serial = asked->subject,
                                                              .dns = asked->dns,
                                                              .key = asked->key,
                                                              .ca = true });
    store_on(1, DO_UPLOAD, root, now);
    assert_false(cluster_do(&cl, &install, now + 100 * SECOND_US, &e));
    assert_string_equal(e.text, "HQ: CA Certificate is Not Available in the Trust-Store "
                                "(CAPF-trust: CN=root)");
    store_on(0, DO_UPLOAD, root, now + 100 * SECOND_US);
    must(cluster_do(&cl, &install, now + 100 * SECOND_US, &e), &e);
    unmake();
}

/* Whether TVS of each node knows it, a letter a node. */
static void known(uint32_t cert, uint64_t now, const char *expected)
{
    char letters[CLUSTER_NODES + 1] = "";
    FOR_EACH_NODE(&cl, i)
    {
        letters[i] = serve_tvs_verify(&cl, i, cert, now).trusted ? 'y' : 'n';
        letters[i + 1] = '\0';
    }
    assert_string_equal(letters, expected);
}

/* Before 11.0 a trust certificate is deleted on one node alone, and Certificate Change Notification
 * brings it back from another (technote 211300). */
static void deleted_and_back(void **state)
{
    (void)state;
    make("10.5(2)", 3);
    struct err e = { "" };
    uint64_t now = 50 * SECOND_US, late = cl.db.params[PARAM_REPLICATION_US];
    struct ct_key key = { .label = content_str(&content, "foreign") };
    uint32_t name = content_str(&content, "CN=foreign");
    uint32_t cert = content_cert(&content, (struct ct_cert){ .subject = name,
                                                             .issuer = name,
                                                             .serial = name,
                                                             .key = content_key(&content, &key) });
    must(cluster_store(&cl, 0, DO_UPLOAD, STORE_PHONE_SAST_TRUST, cert, now, &e), &e);
    now += late;
    known(cert, now, "yyy");
    must(cluster_store(&cl, 1, DO_DELETE, STORE_PHONE_SAST_TRUST, cert, now, &e), &e);
    known(cert, now, "yny");
    assert_false(cluster_store(&cl, 1, DO_DELETE, STORE_PHONE_SAST_TRUST, cert, now, &e));
    known(cert, now + late - 1, "yny");
    cluster_tick(&cl, now);
    assert_int_equal(cluster_deadline_us(&cl), now + late);
    now += late;
    known(cert, now, "yyy");

    /* The service stopped on all nodes: it stays away, and is gone once it was deleted on each. */
    for (uint32_t i = 0; i < 3; i++)
        must(cluster_service(&cl, i, SERVICE_CERT_CHANGE, DO_STOP, now, &e), &e);
    must(cluster_store(&cl, 1, DO_DELETE, STORE_PHONE_SAST_TRUST, cert, now, &e), &e);
    known(cert, now + 100 * late, "yny");
    must(cluster_store(&cl, 1, DO_UPLOAD, STORE_PHONE_SAST_TRUST, cert, now, &e), &e);
    known(cert, now, "yyy");
    must(cluster_store(&cl, 1, DO_DELETE, STORE_PHONE_SAST_TRUST, cert, now, &e), &e);
    must(cluster_service(&cl, 1, SERVICE_CERT_CHANGE, DO_START, now, &e), &e);
    now += cl.db.params[PARAM_SERVICE_START_US];
    cluster_tick(&cl, now);
    known(cert, now + 100 * late, "yny"); /* it has nothing to tell */
    must(cluster_service(&cl, 2, SERVICE_CERT_CHANGE, DO_START, now, &e), &e);
    now += cl.db.params[PARAM_SERVICE_START_US];
    cluster_tick(&cl, now);
    known(cert, now, "yny");
    known(cert, now + late, "yyy");
    now += late;
    for (uint32_t i = 1; i < 3; i++)
        must(cluster_service(&cl, i, SERVICE_CERT_CHANGE, DO_STOP, now, &e), &e);
    for (uint32_t i = 0; i < 3; i++)
        must(cluster_store(&cl, i, DO_DELETE, STORE_PHONE_SAST_TRUST, cert, now, &e), &e);
    known(cert, now, "nnn");
    must(cluster_service(&cl, 0, SERVICE_CERT_CHANGE, DO_START, now, &e), &e);
    cluster_tick(&cl, now + 60 * SECOND_US);
    known(cert, now + 100 * SECOND_US, "nnn");
    unmake();
}

/* A signer that nothing but the CTL file knows any more. */
static void ctl_cache(void **state)
{
    (void)state;
    make("10.5(1)", 1);
    struct err e = { "" };
    uint64_t now = 50 * SECOND_US;
    must(cluster_plain(&cl, DO_CTL_MIXED_MODE, now, &e), &e);
    must(cluster_service(&cl, 0, SERVICE_TFTP, DO_RESTART, now, &e), &e);
    cluster_tick(&cl, now + 30 * SECOND_US);
    now += 30 * SECOND_US;
    uint32_t old = cl.nodes[0].disk.own[OWN_CALLMANAGER];
    must(cluster_regenerate(&cl, 0, OWN_CALLMANAGER, now, &e), &e);
    uint32_t signer = content_get_cert(&content, old)->signer;
    struct tvs_answer a = serve_tvs_query(&cl, 0, signer, now + 1);
    assert_true(a.trusted && a.cert == old);
    assert_int_equal(a.roles, ROLE_BIT(TL_SAST));
    cluster_set_param(&cl, PARAM_TVS_CTL_CACHE, 0);
    assert_false(serve_tvs_query(&cl, 0, signer, now + 1).trusted);
    unmake();
}

static void files(void **state)
{
    (void)state;
    make("9.1", 1);
    for (uint32_t k = 0; k < FILE_KINDS; k++) {
        uint32_t here = serve_file(&cl, 0, (enum file_kind)k, 0, 0);
        uint32_t stranger = serve_file(&cl, 0, (enum file_kind)k, 1, 0);
        uint32_t nobody = serve_file(&cl, 0, (enum file_kind)k, UINT32_MAX, 0);
        bool own = k == FILE_CTL || k == FILE_ITL || k == FILE_CNF || k == FILE_CNF_SGN ||
                   k == FILE_CNF_ENC;
        bool missing = k == FILE_CTL || k == FILE_CTL_COMMON || k == FILE_CNF_ENC;
        assert_int_equal(here != 0, !missing);
        assert_int_equal(stranger != 0, !missing && !own);
        assert_int_equal(nobody, stranger);
        assert_int_equal(serve_file(&cl, 0, (enum file_kind)k, 0, 0), here); /* the same again */
        if (here != 0 && content_kind(&content, here) == CT_FILE) {
            bool sgn = k == FILE_CNF_SGN || k == FILE_DEFAULT_SGN || k == FILE_LOCALE_SGN ||
                       k == FILE_RINGLIST_SGN;
            assert_int_equal(content_get_file(&content, here)->envelope.cert,
                             sgn ? cl.nodes[0].disk.own[OWN_CALLMANAGER] : 0);
        }
    }
    unmake();
}

static void what_it_refuses(void **state)
{
    (void)state;
    make("9.1", 3);
    static const char *const good[] = { "8.0", "10.5(2)", "14SU1" };
    for (size_t i = 0; i < 3; i++)
        assert_non_null(version_find(good[i]));
    assert_null(version_find("7.0"));
    assert_ptr_equal(version_find("7.1(5)SU1"), version_find("7.1"));
    assert_null(version_find(""));
    struct err e = { "" };
    uint16_t index;
    uint8_t member = 0;
    assert_false(cluster_regenerate(&cl, 9, OWN_TVS, 0, &e));
    assert_non_null(strstr(e.text, "no node 9"));
    assert_false(cluster_regenerate(&cl, 0, OWN_CALLMANAGER_ECDSA, 0, &e));
    assert_false(cluster_service(&cl, 0, SERVICE_TVS, DO_START, 0, &e));
    assert_non_null(strstr(e.text, "already started on pub"));
    assert_false(cluster_service(&cl, 2, SERVICE_TFTP, DO_START, 0, &e));
    assert_non_null(strstr(e.text, "not activated on sub2"));
    assert_true(cluster_service(&cl, 0, SERVICE_TVS, DO_STOP, 0, &e));
    assert_false(cluster_service(&cl, 0, SERVICE_TVS, DO_STOP, 0, &e));
    assert_false(cluster_plain(&cl, DO_CTL_UPDATE, 0, &e));
    assert_false(config_add_group(&cl, "g", &member, 1, &index, &e));
    assert_false(config_add_group(&cl, "h", &member, 0, &index, &e));
    assert_false(config_add_pool(&cl, "p", 0, &index, &e));
    assert_false(config_add_pool(&cl, "", 0, &index, &e));
    unmake();
    make("11.5", 1);
    assert_false(cluster_plain(&cl, DO_CTL_UPDATE, 0, &e)); /* not in mixed mode */
    assert_non_null(strstr(e.text, "mixed mode"));
    unmake();

    struct node_spec two[] = { { "a", "", 1, true, true }, { "a", "", 2, true, true } };
    struct node_spec odd = { "a b", "", 1, true, true };
    content_init(&content, &sys_mem);
    assert_false(
        cluster_init(&cl, &env,
                     &(struct cluster_spec){
                         .name = "HQ", .version = version_find("9.1"), .nodes = two, .count = 2 },
                     0, &e));
    cluster_free(&cl);
    assert_false(
        cluster_init(&cl, &env,
                     &(struct cluster_spec){
                         .name = "HQ", .version = version_find("9.1"), .nodes = &odd, .count = 1 },
                     0, &e));
    cluster_free(&cl);
    assert_false(
        cluster_init(&cl, &env,
                     &(struct cluster_spec){
                         .name = "H Q", .version = version_find("9.1"), .nodes = two, .count = 1 },
                     0, &e));
    unmake();
}

static void a_clone_is_its_own(void **state)
{
    (void)state;
    make("12.5", 2);
    struct err e = { "" };
    struct cluster copy;
    cluster_clone(&copy, &cl, &env);
    uint32_t tvs = cl.nodes[0].disk.own[OWN_TVS], rows = cl.db.row_count;
    must(cluster_regenerate(&copy, 0, OWN_TVS, SECOND_US, &e), &e);
    assert_int_equal(cl.nodes[0].disk.own[OWN_TVS], tvs);
    assert_int_equal(cl.db.row_count, rows);
    assert_true(serve_tvs_verify(&cl, 0, tvs, 9 * SECOND_US).trusted);
    assert_false(serve_tvs_verify(&copy, 0, tvs, 9 * SECOND_US).trusted);
    /* The same act on the original gives the same certificate: identity does not depend on the way.
     */
    must(cluster_regenerate(&cl, 0, OWN_TVS, SECOND_US, &e), &e);
    assert_int_equal(cl.nodes[0].disk.own[OWN_TVS], copy.nodes[0].disk.own[OWN_TVS]);
    cluster_free(&copy);
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signers),
        cmocka_unit_test(disk_and_service),
        cmocka_unit_test(replication),
        cmocka_unit_test(stores_and_roles),
        cmocka_unit_test(stays_on_one_node),
        cmocka_unit_test(stays_deleted_there),
        cmocka_unit_test(stays_gone_with_the_disk),
        cmocka_unit_test(issuer_on_that_node),
        cmocka_unit_test(deleted_here),
        cmocka_unit_test(deleted_and_back),
        cmocka_unit_test(ctl_cache),
        cmocka_unit_test(files),
        cmocka_unit_test(what_it_refuses),
        cmocka_unit_test(a_clone_is_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
