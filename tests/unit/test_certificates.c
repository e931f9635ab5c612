/* Own certificates that are not as the version makes them: other keys, signed by somebody else,
 * one for all nodes; and what the page says where it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/authority.h"
#include "nodes/certs.h"
#include "nodes/lists.h"
#include "tests/unit/nodes_fixture.h"

enum { SELF, MULTI };

static uint32_t root, issuing;

static void set_up(const char *version, uint32_t nodes)
{
    make(version, nodes);
    root = authority_make(&env, &(struct authority_spec){ .name = "Root" }, START_S);
    issuing = authority_make(&env, &(struct authority_spec){ .name = "Issuing", .issuer = root },
                             START_S);
}

static void refused(struct act act, uint64_t now_us, const char *said)
{
    struct err e = { "" };
    uint64_t before = cluster_hash(&cl, now_us);
    assert_false(cluster_do(&cl, &act, now_us, &e));
    assert_string_equal(e.text, said);
    assert_true(cluster_hash(&cl, now_us) == before);
}

static uint32_t sign(uint32_t by, uint32_t node, enum own own, uint32_t years)
{
    struct err e = { "" };
    uint32_t cert = authority_sign(&env, by, &cl.nodes[node].disk.csr[own], years, START_S, &e);
    if (cert == 0)
        fail_msg("%s", e.text);
    return cert;
}

static const struct ct_cert *cert_of(uint32_t node, enum own own)
{
    return content_get_cert(&content, own_of(node, own));
}

static const char *text_of(uint32_t text)
{
    return content_get_str(&content, text);
}

static void upload(enum store store, uint32_t cert)
{
    do_act((struct act){ .kind = DO_UPLOAD, .arg = { store, cert } }, SECOND_US);
}

/* Every refusal of the page, one after the other, until it is taken. */
static void installed_at_last(void **state)
{
    (void)state;
    set_up("11.5", 2);
    struct act install = { .kind = DO_INSTALL, .node = 1, .arg = { OWN_TOMCAT, root } };
    refused(install, SECOND_US,
            "HQ: File /usr/local/platform/.security/tomcat/keys/tomcat.csr Does Not Exist");
    do_act((struct act){ .kind = DO_CSR, .node = 1, .arg = { OWN_TOMCAT } }, SECOND_US);
    refused(install, SECOND_US, "HQ: CSR Public Key and Certificate Public Key Do Not Match");

    struct csr others = cl.nodes[1].disk.csr[OWN_TOMCAT];
    others.dns = content_str(&content, "somebody.example.org");
    struct err e = { "" };
    install.arg[1] = authority_sign(&env, issuing, &others, 2, START_S, &e);
    refused(install, SECOND_US,
            "HQ: CSR Subject Alternate Name (SAN) and Certificate SAN Does Not Match");

    install.arg[1] = sign(issuing, 1, OWN_TOMCAT, 2);
    refused(install, SECOND_US,
            "HQ: CA Certificate is Not Available in the Trust-Store (tomcat-trust: "
            "CN=Issuing;O=cucmlab;C=NL)");
    upload(STORE_TOMCAT_TRUST, issuing);
    refused(install, SECOND_US,
            "HQ: CA Certificate is Not Available in the Trust-Store (tomcat-trust: "
            "CN=Root;O=cucmlab;C=NL)");
    upload(STORE_CALLMANAGER_TRUST, root); /* another store is none */
    assert_false(cluster_can(&cl, &install, SECOND_US, &e));
    upload(STORE_TOMCAT_TRUST, root);
    refused(install, 3 * 365 * 86400 * SECOND_US, "HQ: the certificate has expired");

    uint32_t before = own_of(0, OWN_TOMCAT), service = cl.nodes[1].run.used[SERVICE_TOMCAT];
    do_act(install, SECOND_US);
    assert_int_equal(own_of(1, OWN_TOMCAT), install.arg[1]);
    assert_int_equal(own_of(0, OWN_TOMCAT), before);
    assert_int_equal(cl.nodes[1].run.used[SERVICE_TOMCAT], service); /* until it is restarted */
    assert_int_equal(cl.nodes[1].disk.csr[OWN_TOMCAT].key, 0);
    assert_int_equal(certs_known(&cl, 0, 1, OWN_TOMCAT, 60 * SECOND_US), install.arg[1]);
    restart_service(1, SERVICE_TOMCAT, 60 * SECOND_US);
    run_out(60 * SECOND_US);
    assert_int_equal(cl.nodes[1].run.used[SERVICE_TOMCAT], install.arg[1]);
    assert_int_equal(cert_of(1, OWN_TOMCAT)->issuer_cert, issuing);
    assert_int_equal(cert_of(1, OWN_TOMCAT)->not_after_s, START_S + 2 * 365 * 86400);

    do_act((struct act){ .kind = DO_REGENERATE, .node = 1, .arg = { OWN_TOMCAT } }, SECOND_US);
    assert_int_equal(cert_of(1, OWN_TOMCAT)->issuer_cert, 0);
    unmake();
}

static void what_no_csr_is_made_for(void **state)
{
    (void)state;
    set_up("10.0", 2);
    refused((struct act){ .kind = DO_CSR, .arg = { OWN_TOMCAT, MULTI } }, 0,
            "HQ: version 10.0 has no multi-server certificates");
    unmake();
    set_up("12.5", 2);
    refused((struct act){ .kind = DO_CSR, .arg = { OWN_ITLRECOVERY } }, 0,
            "HQ: ITLRecovery is always self-signed");
    refused((struct act){ .kind = DO_CSR, .arg = { OWN_TVS, MULTI } }, 0,
            "HQ: version 12.5 has no multi-server certificate TVS");
    refused((struct act){ .kind = DO_CSR, .arg = { OWN_TVS, SELF, KEY_EC_P256 + 1 } }, 0,
            "HQ: TVS has no key of type EC-256");
    refused((struct act){ .kind = DO_CSR, .node = 1, .arg = { OWN_ITLRECOVERY } }, 0,
            "HQ: sub1 has no certificate ITLRecovery of its own in version 12.5");
    unmake();
}

/* Names of the subject and of the extension, of the node alone and of all. */
static void names_of_a_csr(void **state)
{
    (void)state;
    static const struct {
        struct act act;
        const char *subject, *dns;
        uint8_t key;
    } rows[] = {
        { { DO_CSR, 0, { OWN_CALLMANAGER } },
          "CN=pub.example.org;",
          "pub.example.org",
          KEY_RSA_2048 },
        { { DO_CSR, 0, { OWN_CALLMANAGER_ECDSA, SELF, KEY_EC_P256 + 1 } },
          "CN=pub-EC.example.org;",
          "pub.example.org",
          KEY_EC_P256 },
        { { DO_CSR, 0, { OWN_CALLMANAGER, MULTI, KEY_RSA_4096 + 1 } },
          "CN=pub-ms.example.org;",
          "pub.example.org,sub1,sub2",
          KEY_RSA_4096 },
        { { DO_CSR, 1, { OWN_CALLMANAGER_ECDSA, MULTI } },
          "CN=sub1-EC-ms;",
          "pub.example.org,sub1,sub2",
          KEY_EC_P384 },
        { { DO_CSR, 2, { OWN_TOMCAT, SELF } }, "CN=sub2;", "sub2", KEY_RSA_2048 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set_up("12.5", 3);
        do_act(rows[i].act, SECOND_US);
        const struct csr *csr = &cl.nodes[rows[i].act.node].disk.csr[rows[i].act.arg[0]];
        assert_memory_equal(text_of(csr->subject), rows[i].subject, strlen(rows[i].subject));
        assert_string_equal(text_of(csr->dns), rows[i].dns);
        assert_int_equal(content_get_key(&content, csr->key)->type, rows[i].key);
        assert_int_equal(csr->multi_server, rows[i].act.arg[1] == MULTI);
        assert_int_equal(csr->ca, false);
        uint32_t first = csr->key;
        do_act(rows[i].act, SECOND_US); /* another key each time */
        assert_true(csr->key != first);
        unmake();
    }
}

static const struct ct_record *record(uint32_t list, uint32_t role, uint32_t nth)
{
    const struct ct_list *l = content_get_list(&content, list);
    for (uint32_t i = 0; i < l->count; i++) {
        if (l->records[i].role == role && nth-- == 0)
            return &l->records[i];
    }
    return NULL;
}

/* One certificate on all nodes: its name in the ITL of each, once in the CTL. */
static void one_for_all(void **state)
{
    (void)state;
    set_up("12.5", 3);
    upload(STORE_CALLMANAGER_TRUST, root);
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
    assert_non_null(record(cl.db.ctl, TL_CCM_TFTP, 2));
    do_act((struct act){ .kind = DO_CSR, .node = 1, .arg = { OWN_CALLMANAGER, MULTI } }, SECOND_US);
    uint32_t cert = sign(root, 1, OWN_CALLMANAGER, 1);
    do_act((struct act){ .kind = DO_INSTALL, .node = 1, .arg = { OWN_CALLMANAGER, cert } },
           SECOND_US);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(own_of(i, OWN_CALLMANAGER), cert);
        assert_int_equal(certs_known(&cl, 0, i, OWN_CALLMANAGER, 60 * SECOND_US), cert);
    }
    do_act((struct act){ .kind = DO_CTL_UPDATE }, 60 * SECOND_US);
    const struct ct_record *r = record(cl.db.ctl, TL_CCM_TFTP, 0);
    assert_int_equal(r->cert, cert);
    assert_string_equal(text_of(r->dns), "sub1-ms");
    assert_null(record(cl.db.ctl, TL_CCM_TFTP, 1));
    for (uint32_t i = 0; i < 2; i++) {
        restart_service(i, SERVICE_TFTP, 60 * SECOND_US);
        run_out(60 * SECOND_US);
        r = record(cl.nodes[i].run.itl, TL_CCM_TFTP, 0);
        assert_int_equal(r->cert, cert);
        assert_string_equal(text_of(r->dns), "sub1-ms");
        /* its own name stays on what is its own */
        assert_string_equal(text_of(record(cl.nodes[i].run.itl, TL_TVS, 0)->dns), "pub");
    }
    do_act((struct act){ .kind = DO_REGENERATE, .node = 2, .arg = { OWN_CALLMANAGER } },
           60 * SECOND_US);
    assert_int_equal(cl.nodes[2].disk.multi_server, 0);
    assert_int_equal(cl.nodes[1].disk.multi_server, OWN_BIT(OWN_CALLMANAGER));
    unmake();
}

/* From 14 on TVS shares one too: every ITL holds it once, by its common name. */
static void one_tvs_for_all(void **state)
{
    (void)state;
    set_up("14", 3);
    upload(STORE_TVS_TRUST, root);
    do_act((struct act){ .kind = DO_CSR, .arg = { OWN_TVS, MULTI } }, SECOND_US);
    uint32_t cert = sign(root, 0, OWN_TVS, 1);
    do_act((struct act){ .kind = DO_INSTALL, .arg = { OWN_TVS, cert } }, SECOND_US);
    run_out(SECOND_US);
    for (uint32_t i = 0; i < 2; i++) {
        const struct ct_list *l = content_get_list(&content, cl.nodes[i].run.itl);
        uint32_t records = 0;
        for (uint32_t r = 0; r < l->count; r++)
            records += l->records[r].role == TL_TVS;
        assert_int_equal(records, 1);
        assert_int_equal(record(cl.nodes[i].run.itl, TL_TVS, 0)->cert, cert);
        assert_int_equal(cl.nodes[i].run.used[SERVICE_TVS], cert);
    }
    do_act((struct act){ .kind = DO_REGENERATE, .node = 1, .arg = { OWN_TVS } }, 60 * SECOND_US);
    run_out(60 * SECOND_US);
    assert_int_equal(record(cl.nodes[0].run.itl, TL_TVS, 0)->cert, cert);
    assert_int_equal(record(cl.nodes[0].run.itl, TL_TVS, 1)->cert, own_of(1, OWN_TVS));
    unmake();
}

static void tomcat_for_callmanager(void **state)
{
    (void)state;
    set_up("12.5", 2);
    refused(
        (struct act){ .kind = DO_REUSE_CERTIFICATE }, 0,
        "HQ: version 12.5 has no Certificate Management: Reuse Certificate (it is there from 14)");
    unmake();
    set_up("14", 2);
    refused((struct act){ .kind = DO_REUSE_CERTIFICATE }, 0,
            "HQ: the tomcat certificate is no multi-server certificate");
    upload(STORE_TOMCAT_TRUST, root);
    do_act((struct act){ .kind = DO_CSR, .arg = { OWN_TOMCAT, MULTI, KEY_RSA_3072 + 1 } },
           SECOND_US);
    do_act((struct act){ .kind = DO_INSTALL, .arg = { OWN_TOMCAT, sign(root, 0, OWN_TOMCAT, 1) } },
           SECOND_US);
    refused(
        (struct act){ .kind = DO_REUSE_CERTIFICATE }, SECOND_US,
        "HQ: no source has the modulus code of 3072 bits, so no list or file can be signed with "
        "such a CallManager (the parameter \"modulus_code_3072\" names one)");
    do_act((struct act){ .kind = DO_CSR, .arg = { OWN_TOMCAT, MULTI } }, SECOND_US);
    uint32_t cert = sign(root, 0, OWN_TOMCAT, 1);
    do_act((struct act){ .kind = DO_INSTALL, .arg = { OWN_TOMCAT, cert } }, SECOND_US);
    do_act((struct act){ .kind = DO_REUSE_CERTIFICATE }, SECOND_US);
    assert_int_equal(own_of(1, OWN_CALLMANAGER), cert);
    assert_true(cl.done.renewed[OWN_CALLMANAGER]);
    refused((struct act){ .kind = DO_REUSE_CERTIFICATE }, SECOND_US,
            "HQ: CallManager has the tomcat certificate already");
    run_out(SECOND_US); /* 14: lists are rebuilt by themselves */
    assert_int_equal(record(cl.nodes[1].run.itl, TL_TFTP, 0)->cert, cert);
    unmake();
}

/* Type of key and validity, said or not; the standard is what regenerate makes. */
static void generated(void **state)
{
    (void)state;
    static const struct {
        uint8_t own, key, years, made, lasts;
    } rows[] = {
        { OWN_TVS, 0, 0, KEY_RSA_2048, 5 },
        { OWN_TVS, KEY_RSA_3072 + 1, 7, KEY_RSA_3072, 7 },
        { OWN_CALLMANAGER, KEY_RSA_4096 + 1, 0, KEY_RSA_4096, 5 },
        { OWN_CALLMANAGER_ECDSA, KEY_EC_P521 + 1, 1, KEY_EC_P521, 1 },
        { OWN_ITLRECOVERY, 0, 0, KEY_RSA_2048, 20 },
        { OWN_ITLRECOVERY, 0, 10, KEY_RSA_2048, 10 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set_up("12.5", 1);
        do_act(
            (struct act){ .kind = DO_GENERATE, .arg = { rows[i].own, rows[i].key, rows[i].years } },
            0);
        const struct ct_cert *k = cert_of(0, (enum own)rows[i].own);
        assert_int_equal(content_get_key(&content, k->key)->type, rows[i].made);
        assert_int_equal(k->not_after_s, START_S + rows[i].lasts * 365ll * 86400);
        assert_true(cl.done.renewed[rows[i].own]);
        unmake();
    }
    set_up("12.5", 1);
    struct act act = { .kind = DO_GENERATE, .arg = { OWN_ITLRECOVERY, KEY_RSA_3072 + 1 } };
    refused(
        act, 0,
        "HQ: no source has the modulus code of 3072 bits, so no list or file can be signed with "
        "such a ITLRecovery (the parameter \"modulus_code_3072\" names one)");
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_MODULUS_3072, 3 } }, 0); /* has a meaning */
    assert_false(cluster_can(&cl, &act, 0, NULL));
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_MODULUS_3072, 9 } }, 0);
    do_act(act, 0);
    restart_service(0, SERVICE_TFTP, 0);
    run_out(0);
    assert_int_equal(content_get_list(&content, cl.nodes[0].run.itl)->envelope.modulus_code, 9);
    unmake();
}

/* Regenerate keeps the length of the key (Security Guide 14), 1024 bits apart; a new installation
 * begins with what the version makes. */
static void same_length(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        uint8_t own, key, again, anew;
        bool fips;
    } rows[] = {
        { "12.5", OWN_CALLMANAGER, KEY_RSA_4096, KEY_RSA_4096, KEY_RSA_2048, false },
        { "12.5", OWN_TVS, KEY_RSA_3072, KEY_RSA_3072, KEY_RSA_2048, false },
        { "12.5", OWN_TVS, KEY_RSA_1024, KEY_RSA_2048, KEY_RSA_2048, false },
        { "14", OWN_CALLMANAGER_ECDSA, KEY_EC_P256, KEY_EC_P256, KEY_EC_P384, false },
        { "9.1", OWN_CALLMANAGER, KEY_RSA_2048, KEY_RSA_2048, KEY_RSA_1024, false },
        { "9.1", OWN_CALLMANAGER, KEY_RSA_1024, KEY_RSA_1024, KEY_RSA_1024, false },
        { "9.1", OWN_CALLMANAGER, KEY_RSA_1024, KEY_RSA_2048, KEY_RSA_1024, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum own own = (enum own)rows[i].own;
        set_up(rows[i].version, 1);
        do_act((struct act){ .kind = DO_GENERATE, .arg = { own, rows[i].key + 1u } }, 0);
        if (rows[i].fips) /* makes all anew */
            do_act((struct act){ .kind = DO_FIPS_ENABLE }, SECOND_US);
        else
            do_act((struct act){ .kind = DO_REGENERATE, .arg = { own } }, SECOND_US);
        assert_int_equal(content_get_key(&content, cert_of(0, own)->key)->type, rows[i].again);
        do_act((struct act){ .kind = DO_REBUILD }, 2 * SECOND_US);
        assert_int_equal(content_get_key(&content, cert_of(0, own)->key)->type, rows[i].anew);
        unmake();
    }
}

/* From 14 on one certificate for all nodes without an authority; CallManager follows a tomcat that
 * it has. */
static void self_signed_for_all(void **state)
{
    (void)state;
    struct act act = { .kind = DO_GENERATE, .node = 1, .arg = { OWN_TOMCAT, 0, 0, MULTI } };
    static const enum own others[] = { OWN_CAPF, OWN_ITLRECOVERY, OWN_IPSEC };
    set_up("12.5", 2);
    refused(act, 0, "HQ: version 12.5 has no multi-server certificates that are self-signed");
    unmake();
    set_up("14", 2);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(cluster_can(
            &cl, &(struct act){ .kind = DO_GENERATE, .arg = { others[i], 0, 0, MULTI } }, 0, NULL));
    do_act(act, SECOND_US);
    uint32_t cert = own_of(0, OWN_TOMCAT);
    assert_int_equal(own_of(1, OWN_TOMCAT), cert);
    const struct ct_cert *k = content_get_cert(&content, cert);
    assert_string_equal(content_get_str(&content, k->subject),
                        "CN=sub1-ms;OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL");
    assert_int_equal(k->issuer, k->subject);
    assert_string_equal(content_get_str(&content, k->dns), "pub.example.org,sub1");
    assert_int_equal(k->not_after_s, START_S + 5 * 365ll * 86400 + 1);
    do_act((struct act){ .kind = DO_REUSE_CERTIFICATE }, 2 * SECOND_US);
    act.arg[1] = KEY_RSA_3072 + 1;
    assert_false(cluster_can(&cl, &act, 0, NULL)); /* CallManager would sign with it */
    act.arg[1] = KEY_RSA_4096 + 1;
    do_act(act, 3 * SECOND_US);
    assert_int_equal(own_of(0, OWN_CALLMANAGER), own_of(1, OWN_TOMCAT));
    do_act((struct act){ .kind = DO_REGENERATE, .arg = { OWN_CALLMANAGER } }, 4 * SECOND_US);
    assert_true(own_of(0, OWN_CALLMANAGER) != own_of(1, OWN_CALLMANAGER));
    assert_int_equal(own_of(1, OWN_CALLMANAGER), own_of(1, OWN_TOMCAT));
    unmake();
}

/* What no list can be signed with is not made again either. */
static void no_code_no_more(void **state)
{
    (void)state;
    set_up("12.5", 1);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_MODULUS_3072, 9 } }, 0);
    do_act((struct act){ .kind = DO_GENERATE, .arg = { OWN_CALLMANAGER, KEY_RSA_3072 + 1 } }, 0);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_MODULUS_3072, 0 } }, 0);
    assert_false(cluster_can(
        &cl, &(struct act){ .kind = DO_REGENERATE, .arg = { OWN_CALLMANAGER } }, 0, NULL));
    unmake();
}

/* Every own certificate is another one, and every service starts anew. */
static void fips(void **state)
{
    (void)state;
    set_up("8.0", 1);
    assert_false(cluster_can(&cl, &(struct act){ .kind = DO_FIPS_ENABLE }, 0, NULL));
    unmake();
    set_up("11.5", 2);
    uint32_t before[OWNS], other[OWNS];
    memcpy(before, cl.nodes[0].disk.own, sizeof before);
    memcpy(other, cl.nodes[1].disk.own, sizeof other);
    do_act((struct act){ .kind = DO_FIPS_ENABLE }, SECOND_US);
    for (int own = 0; own < OWNS; own++) {
        assert_true(own_of(0, (enum own)own) != before[own]);
        assert_int_equal(own_of(1, (enum own)own), other[own]);
    }
    for (int s = 0; s < SERVICES; s++)
        assert_int_equal(cl.nodes[0].run.services[s].state, SERVICE_STARTING);
    run_out(SECOND_US);
    assert_int_equal(cl.nodes[0].run.used[SERVICE_TVS], own_of(0, OWN_TVS));
    refused((struct act){ .kind = DO_FIPS_ENABLE }, SECOND_US,
            "HQ: FIPS mode is enabled on pub already");
    refused((struct act){ .kind = DO_GENERATE, .arg = { OWN_TOMCAT, KEY_RSA_1024 + 1 } }, SECOND_US,
            "HQ: in FIPS mode keys have 2048 bits at least");
    refused((struct act){ .kind = DO_FIPS_DISABLE, .node = 1 }, SECOND_US,
            "HQ: FIPS mode is disabled on sub1 already");
    do_act((struct act){ .kind = DO_FIPS_DISABLE }, SECOND_US);
    assert_false(cl.nodes[0].disk.fips);
    unmake();
}

/* Two of one name: which of them a trust store holds in the end, by version and parameters. */
static void two_of_one_name(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        bool one_per_name, newer_start_wins, newer_first;
        bool old_stays, new_stays;
    } rows[] = {
        { "14", true, false, false, false, true },   { "14", true, false, true, true, false },
        { "14", true, true, false, false, true },    { "14", true, true, true, false, true },
        { "14", false, false, false, false, true },  { "11.5", false, false, false, true, true },
        { "11.5", true, false, false, false, true }, { "11.5", false, true, true, true, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set_up(rows[i].version, 1);
        do_act((struct act){ .kind = DO_SET, .arg = { PARAM_ONE_PER_NAME, rows[i].one_per_name } },
               0);
        do_act((struct act){ .kind = DO_SET,
                             .arg = { PARAM_NEWER_START_WINS, rows[i].newer_start_wins } },
               0);
        struct cluster_env other = env;
        other.identity = 2;
        uint32_t certs[] = { root,
                             authority_make(&other, &(struct authority_spec){ .name = "Root" },
                                            START_S + 86400) };
        for (uint32_t k = 0; k < 2; k++) {
            struct act act = { .kind = DO_UPLOAD,
                               .arg = { STORE_TVS_TRUST, certs[k ^ rows[i].newer_first] } };
            if (cluster_can(&cl, &act, SECOND_US, NULL))
                do_act(act, SECOND_US);
        }
        assert_int_equal(certs_in_store(&cl, STORE_TVS_TRUST, certs[0]) != NULL, rows[i].old_stays);
        assert_int_equal(certs_in_store(&cl, STORE_TVS_TRUST, certs[1]) != NULL, rows[i].new_stays);
        unmake();
    }
}

static void authorities(void **state)
{
    (void)state;
    set_up("12.5", 1);
    struct err e = { "" };
    const struct ct_cert *r = content_get_cert(&content, root),
                         *i = content_get_cert(&content, issuing);
    assert_true(r->ca && i->ca && r->issuer_cert == 0 && i->issuer_cert == root);
    assert_int_equal(i->issuer, r->subject);
    assert_int_equal(r->not_after_s, START_S + 10 * 365ll * 86400);
    assert_int_equal(authority_make(&env, &(struct authority_spec){ .name = "Root" }, START_S),
                     root);
    assert_int_equal(authority_sign(&env, root, &cl.nodes[0].disk.csr[OWN_TVS], 1, START_S, &e), 0);
    assert_string_equal(e.text, "there is no CSR to sign");
    do_act((struct act){ .kind = DO_CSR, .arg = { OWN_CAPF } }, 0);
    uint32_t capf = sign(root, 0, OWN_CAPF, 1);
    assert_true(content_get_cert(&content, capf)->ca);
    assert_int_equal(
        authority_sign(&env, own_of(0, OWN_TVS), &cl.nodes[0].disk.csr[OWN_CAPF], 1, START_S, &e),
        0);
    assert_string_equal(e.text,
                        "CN=pub.example.org;OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL signs "
                        "no certificates");
    /* Again is another one. */
    assert_true(authority_sign(&env, root, &cl.nodes[0].disk.csr[OWN_CAPF], 1, START_S + 1, &e) !=
                capf);
    unmake();
}

static uint32_t serial_of(uint32_t cert)
{
    return content_get_cert(&content, cert)->serial;
}

/* No issuer gives one number to two certificates, and the date of a run makes no other ones. */
static void serial_numbers(void **state)
{
    (void)state;
    set_up("12.5", 1);
    struct err e = { "" };
    const struct authority_spec spec = { .name = "Root" }, longer = { .name = "Root", .years = 20 };
    do_act((struct act){ .kind = DO_CSR, .arg = { OWN_CAPF } }, 0);
    const struct csr *csr = &cl.nodes[0].disk.csr[OWN_CAPF];
    const uint32_t others[] = { authority_make(&env, &spec, START_S + 1),
                                authority_make(&env, &longer, START_S),
                                authority_sign(&env, root, csr, 1, START_S, &e),
                                authority_sign(&env, root, csr, 2, START_S, &e),
                                authority_sign(&env, root, csr, 1, START_S + 1, &e) };
    const uint32_t n = sizeof others / sizeof others[0];
    for (uint32_t i = 0; i < n; i++) {
        assert_true(serial_of(others[i]) != serial_of(root));
        for (uint32_t k = 0; k < i; k++)
            assert_true(serial_of(others[i]) != serial_of(others[k]));
    }
    assert_int_equal(content_get_cert(&content, others[0])->key,
                     content_get_cert(&content, root)->key);
    struct cluster_env later = env;
    later.start_s += 86400;
    const uint32_t same[] = { authority_make(&later, &spec, START_S + 86401),
                              authority_make(&later, &longer, START_S + 86400),
                              authority_sign(&later, root, csr, 1, START_S + 86400, &e),
                              authority_sign(&later, root, csr, 2, START_S + 86400, &e),
                              authority_sign(&later, root, csr, 1, START_S + 86401, &e) };
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(serial_of(same[i]), serial_of(others[i]));
    unmake();
}

/* How long new ones last: five years, ITLRecovery by version, from 14 on by two parameters, as
 * documents disagree; CAPF signs others and lasts five. */
static void lifetimes(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        uint64_t recovery, tls; /* the parameters; 0: as they are */
        uint8_t lasts[3];       /* ITLRecovery, CallManager, CAPF */
    } rows[] = { { "10.0", 0, 0, { 5, 5, 5 } },  { "11.5", 7, 3, { 5, 5, 5 } },
                 { "12.5", 5, 3, { 20, 5, 5 } }, { "14", 0, 0, { 20, 5, 5 } },
                 { "14", 5, 3, { 5, 3, 5 } },    { "15SU2", 10, 0, { 10, 5, 5 } } };
    static const uint8_t kinds[] = { OWN_ITLRECOVERY, OWN_CALLMANAGER, OWN_CAPF };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].version, 1);
        if (rows[i].recovery != 0)
            do_act(
                (struct act){ .kind = DO_SET, .arg = { PARAM_RECOVERY_YEARS, rows[i].recovery } },
                0);
        if (rows[i].tls != 0)
            do_act((struct act){ .kind = DO_SET, .arg = { PARAM_TLS_YEARS, rows[i].tls } }, 0);
        for (int k = 0; k < 3; k++) {
            do_act((struct act){ .kind = DO_REGENERATE, .arg = { kinds[k] } }, 0);
            const struct ct_cert *c = content_get_cert(&content, own_of(0, (enum own)kinds[k]));
            assert_int_equal((c->not_after_s - START_S) / (365 * 86400), rows[i].lasts[k]);
        }
        unmake();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lifetimes),
        cmocka_unit_test(installed_at_last),
        cmocka_unit_test(what_no_csr_is_made_for),
        cmocka_unit_test(names_of_a_csr),
        cmocka_unit_test(one_for_all),
        cmocka_unit_test(one_tvs_for_all),
        cmocka_unit_test(tomcat_for_callmanager),
        cmocka_unit_test(generated),
        cmocka_unit_test(same_length),
        cmocka_unit_test(self_signed_for_all),
        cmocka_unit_test(no_code_no_more),
        cmocka_unit_test(fips),
        cmocka_unit_test(two_of_one_name),
        cmocka_unit_test(authorities),
        cmocka_unit_test(serial_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
