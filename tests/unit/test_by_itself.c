/* What a cluster does by itself after a change, to the microsecond, and what its database makes of
 * uploads and of the time to live of an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/nodes_fixture.h"

#define NOW_US   (1000 * SECOND_US)
#define BUILT_US (NOW_US + 25 * SECOND_US) /* replicated, and what restarts is back */

static struct act regenerate(uint32_t node, enum own own)
{
    return (struct act){ .kind = DO_REGENERATE, .node = (uint8_t)node, .arg = { own } };
}

static bool runs(uint32_t node, enum service s)
{
    return serve_running(&cl, node, s);
}

/* ---- 14: services, lists and phones ---- */

static void services_restart_by_themselves(void **state)
{
    (void)state;
    static const struct {
        enum own own;
        enum service service;
        bool in_14;
    } rows[] = { { OWN_TVS, SERVICE_TVS, true },
                 { OWN_CAPF, SERVICE_CAPF, true },
                 { OWN_CALLMANAGER, SERVICE_CALLMANAGER, false },
                 { OWN_CALLMANAGER, SERVICE_TFTP, false },
                 { OWN_TOMCAT, SERVICE_TOMCAT, false } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int in_14 = 0; in_14 < 2; in_14++) {
            make(in_14 ? "14" : "12.5", 1);
            do_act(regenerate(0, rows[i].own), NOW_US);
            bool restarts = in_14 && rows[i].in_14;
            assert_int_equal(runs(0, rows[i].service), !restarts);
            run_out(NOW_US);
            assert_true(runs(0, rows[i].service));
            bool tftp = in_14 && rows[i].service == SERVICE_TFTP; /* takes it up as it rebuilds */
            assert_int_equal(serve_certificate(&cl, 0, rows[i].service) == own_of(0, rows[i].own),
                             restarts || tftp);
            unmake();
        }
    }
    make("14", 1); /* what is stopped stays so */
    do_act((struct act){ .kind = DO_STOP, .arg = { SERVICE_CAPF } }, NOW_US);
    do_act(regenerate(0, OWN_CAPF), NOW_US);
    run_out(NOW_US);
    assert_false(runs(0, SERVICE_CAPF));
    unmake();
}

static void lists_are_rebuilt_when_all_have_it(void **state)
{
    (void)state;
    static const enum own in_lists[] = { OWN_CALLMANAGER, OWN_CALLMANAGER_ECDSA, OWN_TVS, OWN_CAPF,
                                         OWN_ITLRECOVERY };
    for (size_t i = 0; i < 5; i++) {
        make("15", 2);
        uint32_t itl[] = { cl.nodes[0].run.itl, cl.nodes[1].run.itl };
        do_act(regenerate(0, in_lists[i]), NOW_US);
        cluster_tick(&cl, BUILT_US - 1);
        for (uint32_t n = 0; n < 2; n++)
            assert_int_equal(cl.nodes[n].run.itl, itl[n]);
        cluster_tick(&cl, BUILT_US);
        assert_true(cl.nodes[0].run.itl != itl[0]);
        bool own_alone = in_lists[i] == OWN_CALLMANAGER || in_lists[i] == OWN_CALLMANAGER_ECDSA;
        assert_int_equal(cl.nodes[1].run.itl == itl[1], own_alone); /* that of pub is not in it */
        assert_false(cl.want_reset);
        cluster_tick(&cl, BUILT_US + 1);
        assert_true(cl.want_reset);
        assert_int_equal(cluster_deadline_us(&cl), 0);
        unmake();
    }
    static const enum own others[] = { OWN_TOMCAT, OWN_IPSEC };
    for (size_t i = 0; i < 2; i++) {
        make("15", 1);
        do_act(regenerate(0, others[i]), NOW_US);
        assert_int_equal(cluster_deadline_us(&cl), 0);
        unmake();
    }
    make("15", 1); /* a second change moves it */
    do_act(regenerate(0, OWN_TVS), NOW_US);
    do_act(regenerate(0, OWN_CALLMANAGER), NOW_US + SECOND_US);
    assert_int_equal(run_out(NOW_US), BUILT_US + SECOND_US + 1);
    unmake();
    make("15", 1); /* reset by hand, says the parameter */
    cluster_set_param(&cl, PARAM_PHONE_INTERACTION, 0);
    do_act(regenerate(0, OWN_TVS), NOW_US);
    assert_int_equal(run_out(NOW_US), BUILT_US);
    assert_false(cl.want_reset);
    unmake();
}

static void a_ctl_update_resets(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        uint64_t interaction;
        bool resets;
    } rows[] = { { "12.5", 1, false }, { "14", 1, true }, { "15", 1, true }, { "15", 0, false } };
    for (size_t i = 0; i < 4; i++) {
        make(rows[i].version, 2);
        cluster_set_param(&cl, PARAM_PHONE_INTERACTION, rows[i].interaction);
        do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
        run_out(SECOND_US);
        assert_false(cl.want_reset);
        do_act((struct act){ .kind = DO_CTL_UPDATE }, NOW_US);
        for (uint32_t n = 0; n < 2; n++)
            assert_int_equal(cl.nodes[n].run.ctl, cl.db.ctl);
        uint64_t end_us = run_out(NOW_US);
        assert_int_equal(cl.want_reset, rows[i].resets);
        assert_int_equal(end_us, rows[i].resets ? NOW_US + 5 * SECOND_US + 1 : NOW_US);
        unmake();
    }
}

/* Between the sources on 10.x and on 14 stands a parameter, for 12.0 and 12.5 alone: of the list
 * and of the mode that CallManager goes by. */
static void a_new_ctl_is_served(void **state)
{
    (void)state;
    for (uint32_t v = 0; v < version_count; v++) {
        const struct version *version = &version_table[v];
        for (uint64_t p = 0; p < 2 && version->ctl_signer != OWN_NONE; p++) {
            make(version->name, 2);
            cluster_set_param(&cl, PARAM_CTL_AT_ONCE, p);
            do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, NOW_US);
            bool is_12 = strncmp(version->name, "12", 2) == 0;
            bool from_14 = version->name[0] == '1' && version->name[1] >= '4';
            for (uint32_t n = 0; n < 2; n++) {
                assert_int_equal(cl.nodes[n].run.ctl != 0, from_14 || (is_12 && p));
                assert_int_equal(cl.nodes[n].run.mixed_mode, from_14 || (is_12 && p));
                assert_int_equal(services_is_outdated(&cl, n, SERVICE_CALLMANAGER),
                                 !cl.nodes[n].run.mixed_mode);
            }
            restart_service(1, SERVICE_TFTP, NOW_US);
            restart_service(1, SERVICE_CALLMANAGER, NOW_US);
            run_out(NOW_US);
            assert_true(cl.nodes[1].run.mixed_mode);
            assert_int_equal(cl.nodes[1].run.ctl, cl.db.ctl);
            unmake();
        }
    }
}

static void rollback_takes_effect(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        bool by_itself;
    } rows[] = { { "8.6", false }, { "12.0", false }, { "12.5", true }, { "15", true } };
    for (size_t i = 0; i < 4; i++) {
        make(rows[i].version, 2);
        for (uint64_t to = 2; to-- > 0;) { /* on, and off again */
            uint64_t now_us = NOW_US * (3 - to);
            do_act((struct act){ .kind = DO_SET, .arg = { PARAM_ROLLBACK, to } }, now_us);
            uint64_t end_us = run_out(now_us);
            bool empty = content_get_list(&content, cl.nodes[1].run.itl)->empty;
            assert_int_equal(empty, rows[i].by_itself && to == 1);
            assert_int_equal(cl.want_reset, rows[i].by_itself);
            assert_int_equal(end_us, rows[i].by_itself ? now_us + 25 * SECOND_US + 1 : now_us);
            cl.want_reset = false;
            do_act((struct act){ .kind = DO_SET, .arg = { PARAM_ROLLBACK, to } }, end_us);
            assert_int_equal(cluster_deadline_us(&cl), 0); /* as it was: nothing to do */
        }
        unmake();
    }
}

/* ---- TVS ---- */

static struct tvs_answer answer(uint32_t node, uint32_t cert, uint64_t now_us)
{
    return serve_tvs_query(&cl, node, content_get_cert(&content, cert)->signer, now_us);
}

/* What TVS of a node knows of the CTL is the cluster's file, whatever its TFTP serves so far. */
static void tvs_follows_the_ctl_file(void **state)
{
    (void)state;
    make("10.5(2)", 2);
    uint32_t old = own_of(0, OWN_CALLMANAGER);
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, NOW_US);
    do_act(regenerate(0, OWN_CALLMANAGER), NOW_US + 1);
    uint64_t later = NOW_US + 100 * SECOND_US; /* replicated */
    for (uint32_t n = 0; n < 2; n++) {
        assert_int_equal(cl.nodes[n].run.ctl, 0); /* no TFTP was restarted */
        struct tvs_answer a = answer(n, old, later);
        assert_true(a.trusted);
        assert_int_equal(a.cert, old);
        assert_int_equal(a.roles, ROLE_BIT(TL_SAST));
    }
    do_act((struct act){ .kind = DO_CTL_UPDATE }, later);
    for (uint32_t n = 0; n < 2; n++)
        assert_false(answer(n, old, later).trusted);
    /* Only a SAST record vouches: CallManager of sub1 stands in it as CCM+TFTP. */
    uint32_t sub = own_of(1, OWN_CALLMANAGER);
    do_act(regenerate(1, OWN_CALLMANAGER), later);
    later += 100 * SECOND_US;
    assert_false(answer(0, sub, later).trusted);
    assert_false(serve_tvs_verify(&cl, 0, sub, later).trusted);
    unmake();
}

static void an_answer_has_the_time_of_its_certificate(void **state)
{
    (void)state;
    make("12.5", 2);
    uint32_t tvs = own_of(0, OWN_TVS), ccm = own_of(0, OWN_CALLMANAGER);
    uint64_t before = cluster_hash(&cl, NOW_US);
    assert_int_equal(answer(1, ccm, NOW_US).ttl_s, 86400);
    do_act((struct act){ .kind = DO_TVS_TTL, .arg = { ccm, 60 } }, NOW_US);
    assert_true(cluster_hash(&cl, NOW_US) != before);
    for (uint32_t n = 0; n < 2; n++) {
        assert_int_equal(answer(n, ccm, NOW_US).ttl_s, 60);
        assert_int_equal(serve_tvs_verify(&cl, n, ccm, NOW_US).ttl_s, 60);
        assert_int_equal(answer(n, tvs, NOW_US).ttl_s, 86400);
    }
    cluster_set_param(&cl, PARAM_TVS_TTL_S, 7200);
    assert_int_equal(answer(0, ccm, NOW_US).ttl_s, 60);
    assert_int_equal(answer(0, tvs, NOW_US).ttl_s, 7200);
    do_act((struct act){ .kind = DO_TVS_TTL, .arg = { ccm, 0 } }, NOW_US);
    assert_int_equal(answer(0, ccm, NOW_US).ttl_s, 0);
    do_act(regenerate(0, OWN_CALLMANAGER), NOW_US); /* another certificate */
    assert_int_equal(answer(0, own_of(0, OWN_CALLMANAGER), NOW_US).ttl_s, 7200);
    struct act gone = { .kind = DO_TVS_TTL, .arg = { ccm, 60 } };
    struct err e = { "" };
    assert_false(cluster_do(&cl, &gone, NOW_US, &e));
    assert_string_equal(e.text, "HQ: the database does not hold this certificate");
    unmake();
}

/* ---- trust stores ---- */

static uint32_t foreign(const char *subject, const char *serial, enum key_type type)
{
    struct ct_key key = { .label = content_str(&content, serial), .type = (uint8_t)type };
    uint32_t name = content_str(&content, subject);
    return content_cert(&content, (struct ct_cert){ .subject = name,
                                                    .issuer = name,
                                                    .serial = content_str(&content, serial),
                                                    .key = content_key(&content, &key) });
}

static struct act upload(enum store store, uint32_t cert)
{
    return (struct act){ .kind = DO_UPLOAD, .arg = { store, cert } };
}

static void a_later_upload_replaces(void **state)
{
    (void)state;
    make("14", 2);
    uint32_t first = foreign("CN=cm;O=a", "1", KEY_RSA_2048);
    uint32_t second = foreign("CN=cm;O=b", "2", KEY_RSA_1024); /* same name, same kind */
    uint32_t ec = foreign("CN=cm;O=a", "3", KEY_EC_P384);
    uint32_t longer = foreign("CN=cm2;O=a", "4", KEY_RSA_2048);
    do_act(upload(STORE_PHONE_SAST_TRUST, first), NOW_US);
    do_act(upload(STORE_CALLMANAGER_TRUST, first), NOW_US);
    do_act(upload(STORE_PHONE_SAST_TRUST, ec), NOW_US);
    do_act(upload(STORE_PHONE_SAST_TRUST, longer), NOW_US);
    uint64_t later = NOW_US + 100 * SECOND_US;
    for (uint32_t n = 0; n < 2; n++) {
        assert_int_equal(answer(n, first, later).roles, ROLE_BIT(TL_SAST) | ROLE_BIT(TL_TFTP));
        assert_int_equal(answer(n, ec, later).roles, ROLE_BIT(TL_SAST));
    }
    do_act(upload(STORE_PHONE_SAST_TRUST, second), later);
    assert_int_equal(answer(0, first, later).roles, ROLE_BIT(TL_TFTP)); /* in the other store yet */
    assert_int_equal(answer(1, first, later).roles, ROLE_BIT(TL_SAST) | ROLE_BIT(TL_TFTP));
    later += 100 * SECOND_US;
    for (uint32_t n = 0; n < 2; n++) {
        assert_int_equal(answer(n, first, later).roles, ROLE_BIT(TL_TFTP));
        assert_int_equal(answer(n, second, later).roles, ROLE_BIT(TL_SAST));
        assert_int_equal(answer(n, ec, later).roles, ROLE_BIT(TL_SAST));
        assert_int_equal(answer(n, longer, later).roles, ROLE_BIT(TL_SAST));
    }
    do_act(upload(STORE_PHONE_SAST_TRUST, first), later); /* and back */
    assert_false(answer(0, second, later).trusted);
    unmake();
}

static void the_subject_of_an_own_one(void **state)
{
    (void)state;
    static const char *const versions[] = { "14SU3", "15" };
    for (uint32_t k = 0; k < 4 * OWNS; k++) {
        uint32_t node = k / 2 % 2;
        enum own own = (enum own)(k / 4);
        make(versions[k % 2], 2);
        struct err e = { "" };
        if (own_of(node, own) == 0) {
            unmake();
            continue;
        }
        const struct ct_cert *its = content_get_cert(&content, own_of(node, own));
        const char *subject = content_get_str(&content, its->subject);
        bool is_ec = content_get_key(&content, its->key)->type >= KEY_EC_P256;
        struct act rsa = upload(STORE_TOMCAT_TRUST, foreign(subject, "9", KEY_RSA_2048));
        struct act ec = upload(STORE_TOMCAT_TRUST, foreign(subject, "8", KEY_EC_P384));
        const struct act *same = is_ec ? &ec : &rsa, *other = is_ec ? &rsa : &ec;
        assert_int_equal(cluster_do(&cl, same, NOW_US, &e), k % 2 == 0);
        if (k % 2 == 1)
            assert_string_equal(e.text, "HQ: version 15 takes no certificate into tomcat-trust "
                                        "whose subject is that of a node's own");
        assert_true(cluster_do(&cl, other, NOW_US, &e));
        unmake();
    }
}

/* ---- LSC ---- */

static void lsc_of_the_capf_before(void **state)
{
    (void)state;
    for (uint64_t keeps = 0; keeps < 2; keeps++) {
        for (uint64_t accepts = 0; accepts < 2; accepts++) {
            make("12.5", 1);
            uint16_t group, pool, class;
            struct err e = { "" };
            must(config_add_group(&cl, "g", (uint8_t[]){ 0 }, 1, &group, &e), &e);
            must(config_add_pool(&cl, "p", group, &pool, &e), &e);
            struct device_class k;
            memset(&k, 0, sizeof k);
            k.security_mode = CNF_ENCRYPTED;
            must(config_class(&cl, &k, &class, &e), &e);
            config_set_class(&cl, 0, class, 1);
            cluster_set_param(&cl, PARAM_CAPF_KEEPS_OLD, keeps);
            cluster_set_param(&cl, PARAM_ACCEPT_FOREIGN_LSC, accepts);
            do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, NOW_US);
            uint32_t old = own_of(0, OWN_CAPF);
            do_act(regenerate(0, OWN_CAPF), NOW_US);
            assert_int_equal(serve_register(&cl, 0, 0, TRANSPORT_TLS, old, NOW_US),
                             keeps && accepts ? REJECT_NONE : REJECT_LSC);
            assert_int_equal(serve_register(&cl, 0, 0, TRANSPORT_TLS, own_of(0, OWN_CAPF), NOW_US),
                             REJECT_NONE);
            assert_int_equal(answer(0, old, NOW_US).roles, keeps ? ROLE_BIT(TL_CAPF) : 0);
            unmake();
        }
    }
}

/* Every own certificate whole, as a second table has it: who it is, how long it lives, whose key.
 */
static void own_certificates(void **state)
{
    (void)state;
    static const char rest[] = ";OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL";
    static const struct {
        const char *name, *pub, *sub; /* kinds; subjects up to the rest */
        bool ca;
    } kinds[OWNS] = {
        [OWN_CALLMANAGER] = { "CallManager", "CN=pub.example.org", "CN=sub1", false },
        [OWN_CALLMANAGER_ECDSA] = { "CallManager-ECDSA", "CN=pub-EC.example.org", "CN=sub1-EC",
                                    false },
        [OWN_TVS] = { "TVS", "CN=pub.example.org", "CN=sub1", false },
        [OWN_CAPF] = { "CAPF", "CN=CAPF-", "CN=CAPF-", true },
        [OWN_TOMCAT] = { "tomcat", "CN=pub.example.org", "CN=sub1", false },
        [OWN_TOMCAT_ECDSA] = { "tomcat-ECDSA", "CN=pub-EC.example.org", "CN=sub1-EC", false },
        [OWN_ITLRECOVERY] = { "ITLRecovery", "CN=ITLRECOVERY_pub", "CN=ITLRECOVERY_sub1", false },
        [OWN_IPSEC] = { "ipsec", "CN=pub.example.org", "CN=sub1", false },
    };
    static const struct {
        const char *version;
        int recovery_years;
        uint32_t of_pub, of_sub; /* bits of what there is */
        uint8_t digest;
    } rows[] = {
        { "8.6", 0, OWN_BIT(OWN_CALLMANAGER) | OWN_BIT(OWN_TVS), 0, DIGEST_SHA1 },
        { "10.0", 5, OWN_BIT(OWN_ITLRECOVERY), OWN_BIT(OWN_ITLRECOVERY), DIGEST_SHA1 },
        { "10.5(2)", 5, OWN_BIT(OWN_ITLRECOVERY), OWN_BIT(OWN_ITLRECOVERY), DIGEST_SHA1 },
        { "11.0", 5, OWN_BIT(OWN_CALLMANAGER_ECDSA), 0, DIGEST_SHA256 },
        { "12.5", 20, OWN_BIT(OWN_IPSEC), OWN_BIT(OWN_IPSEC), DIGEST_SHA256 },
        { "15", 20, OWN_BIT(OWN_CAPF), 0, DIGEST_SHA256 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].version, 2);
        for (uint32_t node = 0; node < 2; node++) {
            uint32_t there = 0;
            for (int own = 0; own < OWNS; own++) {
                uint32_t cert = own_of(node, (enum own)own);
                if (cert == 0 || (node == 1 && cert == own_of(0, (enum own)own)))
                    continue;
                there |= OWN_BIT(own);
                struct ct_cert k = *content_get_cert(&content, cert);
                const struct ct_key *key = content_get_key(&content, k.key);
                const char *subject = content_get_str(&content, k.subject);
                char want[64];
                size_t n = (size_t)snprintf(want, sizeof want, "%s",
                                            node == 0 ? kinds[own].pub : kinds[own].sub);
                assert_memory_equal(subject, want, n);
                if (own == OWN_CAPF)
                    n += strspn(subject + n, "0123456789abcdef");
                assert_int_equal(n, own == OWN_CAPF ? 16 : strlen(want));
                assert_string_equal(subject + n, rest);
                snprintf(want, sizeof want, "cluster 0 node %u %s 0", (unsigned)node,
                         kinds[own].name);
                assert_string_equal(content_get_str(&content, key->label), want);
                assert_int_equal(key->type, cl.version->key[own]);
                struct view serial = content_get_text(&content, k.serial);
                assert_int_equal(serial.n, 16);
                assert_in_range(serial.p[0], 0x40, 0x7f);
                int years = own == OWN_ITLRECOVERY ? rows[i].recovery_years : 5;
                struct ct_cert all = { .subject = k.subject,
                                       .issuer = k.subject,
                                       .serial = k.serial,
                                       .signer = k.signer,
                                       .key = k.key,
                                       .not_before_s = START_S - 3600,
                                       .not_after_s = START_S + years * 365ll * 86400,
                                       .digest = rows[i].digest,
                                       .ca = kinds[own].ca,
                                       .unmarked = kinds[own].ca,
                                       .ipsec = rows[i].digest == DIGEST_SHA1 && own != OWN_CAPF &&
                                                own != OWN_ITLRECOVERY };
                assert_memory_equal(&k, &all, sizeof k);
            }
            uint32_t least = node == 0 ? rows[i].of_pub : rows[i].of_sub;
            assert_int_equal(there & least, least);
        }
        unmake();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_restart_by_themselves),
        cmocka_unit_test(lists_are_rebuilt_when_all_have_it),
        cmocka_unit_test(a_ctl_update_resets),
        cmocka_unit_test(a_new_ctl_is_served),
        cmocka_unit_test(rollback_takes_effect),
        cmocka_unit_test(tvs_follows_the_ctl_file),
        cmocka_unit_test(an_answer_has_the_time_of_its_certificate),
        cmocka_unit_test(a_later_upload_replaces),
        cmocka_unit_test(the_subject_of_an_own_one),
        cmocka_unit_test(lsc_of_the_capf_before),
        cmocka_unit_test(own_certificates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
