/* Every record of trust lists, compared whole (function, form, certificate, node) with lists
 * written out here; their signature, digest and date; what another mode and localkey make of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/nodes_fixture.h"

struct want {
    uint16_t role;
    enum tl_form form;
    enum own own;
    uint32_t node;
};

/* Short names, for tables. */
#define CM   OWN_CALLMANAGER
#define EC   OWN_CALLMANAGER_ECDSA
#define ITLR OWN_ITLRECOVERY
#define FULL TL_FULL
#define HASH TL_HASH
#define GONE TL_EMPTIED

static void holds(const struct cluster *c, uint32_t list, bool ctl, const struct want *want,
                  uint32_t count)
{
    const struct ct_list *l = content_get_list(&content, list);
    assert_int_equal(l->is_ctl, ctl);
    assert_int_equal(l->count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct ct_record *r = &l->records[i];
        const struct node_disk *d = &c->nodes[want[i].node].disk;
        assert_int_equal(r->role, want[i].role);
        assert_int_equal(r->form, want[i].form);
        assert_int_equal(r->cert, want[i].form == GONE ? 0 : d->own[want[i].own]);
        assert_string_equal(content_get_str(&content, r->dns), d->name);
        assert_int_equal(r->ip, ctl ? d->ip : 0);
    }
}

#define HOLDS(list, ctl, ...)                                                                      \
    holds(&cl, list, ctl, (const struct want[]){ __VA_ARGS__ },                                    \
          sizeof((const struct want[]){ __VA_ARGS__ }) / sizeof(struct want))

static uint32_t itl(uint32_t node)
{
    return cl.nodes[node].run.itl;
}

static void signed_by(uint32_t list, enum own own, uint32_t node)
{
    assert_int_equal(content_get_list(&content, list)->envelope.cert, own_of(node, own));
}

/* In mixed mode, with TFTP restarted on every node. */
static uint64_t mixed(uint64_t now_us)
{
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, now_us);
    restart_service(0, SERVICE_TFTP, now_us);
    if (cl.node_count > 1)
        restart_service(1, SERVICE_TFTP, now_us);
    return run_out(now_us);
}

/* ---- what they hold ---- */

static void of_8_6(void **state)
{
    (void)state;
    make("8.6", 3);
    HOLDS(itl(0), false, { TL_SAST, FULL, CM, 0 }, { TL_TFTP, FULL, CM, 0 },
          { TL_TVS, HASH, OWN_TVS, 0 }, { TL_TVS, HASH, OWN_TVS, 1 }, { TL_TVS, HASH, OWN_TVS, 2 },
          { TL_CAPF, HASH, OWN_CAPF, 0 });
    HOLDS(itl(1), false, { TL_SAST, FULL, CM, 1 }, { TL_TFTP, FULL, CM, 1 },
          { TL_TVS, HASH, OWN_TVS, 0 }, { TL_TVS, HASH, OWN_TVS, 1 }, { TL_TVS, HASH, OWN_TVS, 2 },
          { TL_CAPF, HASH, OWN_CAPF, 0 });
    signed_by(itl(0), CM, 0);
    signed_by(itl(1), CM, 1);
    assert_int_equal(itl(2), 0); /* one for each TFTP node */
    assert_int_equal(cl.db.ctl, 0);
    unmake();
}

static void of_11_5_in_mixed_mode(void **state)
{
    (void)state;
    make("11.5", 2);
    HOLDS(itl(1), false, { TL_SAST, FULL, CM, 1 }, { TL_SAST, FULL, ITLR, 1 },
          { TL_TFTP, FULL, CM, 1 }, { TL_TFTP, FULL, EC, 1 }, { TL_TVS, HASH, OWN_TVS, 0 },
          { TL_TVS, HASH, OWN_TVS, 1 }, { TL_CAPF, HASH, OWN_CAPF, 0 });
    mixed(SECOND_US);
    HOLDS(itl(0), false, { TL_SAST, FULL, CM, 0 }, { TL_SAST, FULL, ITLR, 0 },
          { TL_CCM_TFTP, FULL, CM, 0 }, { TL_CCM_TFTP, FULL, EC, 0 }, { TL_TVS, HASH, OWN_TVS, 0 },
          { TL_TVS, HASH, OWN_TVS, 1 }, { TL_CAPF, HASH, OWN_CAPF, 0 });
    HOLDS(itl(1), false, { TL_SAST, FULL, CM, 1 }, { TL_SAST, FULL, ITLR, 1 },
          { TL_CCM_TFTP, FULL, CM, 1 }, { TL_CCM_TFTP, FULL, EC, 1 }, { TL_TVS, HASH, OWN_TVS, 0 },
          { TL_TVS, HASH, OWN_TVS, 1 }, { TL_CAPF, HASH, OWN_CAPF, 0 });
    signed_by(itl(1), CM, 1);
    assert_true(own_of(0, ITLR) != own_of(1, ITLR)); /* each node its own */
    HOLDS(cl.db.ctl, true, { TL_SAST, FULL, CM, 0 }, { TL_SAST, FULL, ITLR, 0 },
          { TL_CCM_TFTP, FULL, CM, 0 }, { TL_CAPF, FULL, OWN_CAPF, 0 },
          { TL_CCM_TFTP, FULL, CM, 1 });
    signed_by(cl.db.ctl, CM, 0);
    assert_int_equal(cl.nodes[0].run.ctl, cl.db.ctl); /* one for the cluster */
    assert_int_equal(cl.nodes[1].run.ctl, cl.db.ctl);
    unmake();
}

static void of_12_5(void **state)
{
    (void)state;
    make("12.5", 3);
    HOLDS(itl(1), false, { TL_SAST, FULL, ITLR, 1 }, { TL_SAST, FULL, CM, 1 },
          { TL_TFTP, FULL, CM, 1 }, { TL_TFTP, FULL, EC, 1 }, { TL_TVS, FULL, OWN_TVS, 0 },
          { TL_TVS, FULL, OWN_TVS, 1 }, { TL_TVS, FULL, OWN_TVS, 2 },
          { TL_CAPF, FULL, OWN_CAPF, 0 });
    assert_int_equal(own_of(0, ITLR), own_of(1, ITLR)); /* the publisher's, copied */
    assert_int_equal(own_of(0, ITLR), own_of(2, ITLR));
    signed_by(itl(0), ITLR, 0);
    unmake();
}

static void of_14_in_mixed_mode(void **state)
{
    (void)state;
    make("14", 3);
    uint32_t before = itl(0);
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
    HOLDS(cl.db.ctl, true, { TL_SAST, FULL, ITLR, 0 }, { TL_SAST, FULL, CM, 0 },
          { TL_CCM_TFTP, FULL, CM, 0 }, { TL_CAPF, FULL, OWN_CAPF, 0 },
          { TL_CCM_TFTP, FULL, CM, 1 }, { TL_CCM_TFTP, FULL, CM, 2 });
    for (uint32_t n = 0; n < 3; n++)
        assert_int_equal(cl.nodes[n].run.ctl, cl.db.ctl); /* at once */
    assert_int_equal(itl(0), before);
    assert_int_equal(run_out(SECOND_US), 26 * SECOND_US); /* by itself */
    HOLDS(itl(0), false, { TL_SAST, FULL, ITLR, 0 }, { TL_SAST, FULL, CM, 0 },
          { TL_CCM_TFTP, FULL, CM, 0 }, { TL_CCM_TFTP, FULL, EC, 0 }, { TL_TVS, FULL, OWN_TVS, 0 },
          { TL_TVS, FULL, OWN_TVS, 1 }, { TL_TVS, FULL, OWN_TVS, 2 },
          { TL_CAPF, FULL, OWN_CAPF, 0 });
    assert_false(cl.want_reset); /* a new mode is no update of the CTL */
    unmake();
}

static void of_a_cluster_prepared_for_rollback(void **state)
{
    (void)state;
    make("12.5", 2);
    do_act((struct act){ .kind = DO_SET, .arg = { PARAM_ROLLBACK, 1 } }, SECOND_US);
    run_out(SECOND_US);
    HOLDS(itl(0), false, { TL_SAST, FULL, ITLR, 0 }, { TL_SAST, FULL, CM, 0 },
          { TL_TFTP, GONE, CM, 0 }, { TL_TVS, GONE, OWN_TVS, 0 }, { TL_TVS, GONE, OWN_TVS, 1 },
          { TL_CAPF, FULL, OWN_CAPF, 0 });
    assert_true(content_get_list(&content, itl(0))->empty);
    unmake();
}

static void of_a_cluster_that_left_mixed_mode(void **state)
{
    (void)state;
    make("12.5", 2);
    uint32_t plain = itl(1);
    uint64_t now_us = mixed(SECOND_US);
    assert_true(itl(1) != plain);
    do_act((struct act){ .kind = DO_CTL_NON_SECURE_MODE }, now_us);
    HOLDS(cl.db.ctl, true, { TL_CAPF, FULL, OWN_CAPF, 0 });
    signed_by(cl.db.ctl, ITLR, 0);
    restart_service(1, SERVICE_TFTP, now_us);
    run_out(now_us);
    HOLDS(itl(1), false, { TL_SAST, FULL, ITLR, 1 }, { TL_SAST, FULL, CM, 1 },
          { TL_TFTP, FULL, CM, 1 }, { TL_TFTP, FULL, EC, 1 }, { TL_TVS, FULL, OWN_TVS, 0 },
          { TL_TVS, FULL, OWN_TVS, 1 }, { TL_CAPF, FULL, OWN_CAPF, 0 });
    unmake();
}

/* The other reading: functions that no mode changes. */
static void of_a_cluster_whose_roles_stay(void **state)
{
    (void)state;
    make("12.5", 1);
    cluster_set_param(&cl, PARAM_ROLE_BY_MODE, 0);
    restart_service(0, SERVICE_TFTP, SECOND_US);
    uint64_t now_us = run_out(SECOND_US);
    uint32_t before = itl(0);
    HOLDS(before, false, { TL_SAST, FULL, ITLR, 0 }, { TL_SAST, FULL, CM, 0 },
          { TL_CCM_TFTP, FULL, CM, 0 }, { TL_TFTP, FULL, EC, 0 }, { TL_TVS, FULL, OWN_TVS, 0 },
          { TL_CAPF, FULL, OWN_CAPF, 0 });
    mixed(now_us);
    assert_int_equal(itl(0), before); /* technote 221657 */
    unmake();
}

/* The same names and numbers, another cluster: other certificates, other lists. */
static void of_a_second_cluster(void **state)
{
    (void)state;
    struct cluster other;
    make("11.5", 2);
    make_as(&other, 1, "11.5", 2);
    holds(&other, other.nodes[1].run.itl, false,
          (const struct want[]){ { TL_SAST, FULL, CM, 1 },
                                 { TL_SAST, FULL, ITLR, 1 },
                                 { TL_TFTP, FULL, CM, 1 },
                                 { TL_TFTP, FULL, EC, 1 },
                                 { TL_TVS, HASH, OWN_TVS, 0 },
                                 { TL_TVS, HASH, OWN_TVS, 1 },
                                 { TL_CAPF, HASH, OWN_CAPF, 0 } },
          7);
    for (int own = 0; own < OWNS; own++) {
        for (uint32_t n = 0; n < 2; n++) {
            uint32_t here = own_of(n, (enum own)own), there = other.nodes[n].disk.own[own];
            assert_true(here != there && here != 0 && there != 0);
            assert_int_not_equal(content_get_cert(&content, here)->key,
                                 content_get_cert(&content, there)->key);
        }
    }
    cluster_free(&other);
    unmake();
}

/* ---- signature, digest, date ---- */

static void envelope_is(uint32_t list, uint8_t digest, int16_t signer_version, uint64_t made_us)
{
    const struct ct_envelope *e = &content_get_list(&content, list)->envelope;
    assert_int_equal(e->digest, digest);
    assert_int_equal(e->signer_version, signer_version);
    assert_int_equal(e->timestamp, START_S + made_us / SECOND_US);
    assert_int_equal(e->key, content_get_cert(&content, e->cert)->key);
}

static void digest_and_date(void **state)
{
    (void)state;
    make("11.5", 1);
    uint32_t first = itl(0);
    envelope_is(first, DIGEST_SHA1, 0x0100, 0);
    restart_service(0, SERVICE_TFTP, 100 * SECOND_US);
    run_out(100 * SECOND_US);
    assert_int_equal(itl(0), first); /* nothing is new: neither list nor date */
    cluster_set_param(&cl, PARAM_SHA512, 1);
    restart_service(0, SERVICE_TFTP, 200 * SECOND_US);
    assert_int_equal(run_out(200 * SECOND_US), 220 * SECOND_US);
    envelope_is(itl(0), DIGEST_SHA512, 0x0100, 220 * SECOND_US);
    struct want same[] = { { TL_SAST, FULL, CM, 0 },     { TL_SAST, FULL, ITLR, 0 },
                           { TL_TFTP, FULL, CM, 0 },     { TL_TFTP, FULL, EC, 0 },
                           { TL_TVS, HASH, OWN_TVS, 0 }, { TL_CAPF, HASH, OWN_CAPF, 0 } };
    holds(&cl, itl(0), false, same, 6);
    cluster_set_param(&cl, PARAM_SIGNER_1_1, 1);
    do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, 300 * SECOND_US);
    envelope_is(cl.db.ctl, DIGEST_SHA512, 0x0101, 300 * SECOND_US);
    do_act((struct act){ .kind = DO_CTL_UPDATE }, 400 * SECOND_US);
    envelope_is(cl.db.ctl, DIGEST_SHA512, 0x0101, 400 * SECOND_US); /* an act makes it anew */
    unmake();

    static const struct {
        const char *version;
        int16_t signer_version;
    } others[] = { { "8.0", -1 }, { "10.5(2)", -1 }, { "12.0", 0x0100 }, { "15", 0x0100 } };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        make(others[i].version, 1);
        envelope_is(itl(0), DIGEST_SHA1, others[i].signer_version, 0);
        unmake();
    }
}

/* ---- utils itl reset localkey ---- */

static void localkey(uint64_t now_us)
{
    do_act((struct act){ .kind = DO_ITL_RESET_LOCALKEY }, now_us);
}

/* The list that is there gets another signature: nothing that is on the disk alone goes in. */
static void localkey_signs_what_is_there(void **state)
{
    (void)state;
    static const char *const versions[] = { "10.5(2)", "11.5", "12.0", "12.5" };
    for (size_t i = 0; i < 4; i++) {
        make(versions[i], 2);
        uint32_t old = own_of(0, CM), was = itl(0);
        do_act((struct act){ .kind = DO_REGENERATE, .node = 0, .arg = { CM } }, SECOND_US);
        localkey(2 * SECOND_US);
        const struct ct_list *before = content_get_list(&content, was);
        const struct ct_list *after = content_get_list(&content, itl(0));
        bool recovery = cl.version->localkey == ITLR;
        assert_int_equal(after->envelope.cert, recovery ? own_of(0, ITLR) : old); /* in service */
        assert_int_equal(after->envelope.timestamp, START_S + 2);
        assert_int_equal(after->count, before->count);
        assert_memory_equal(after->records, before->records,
                            before->count * sizeof *before->records);
        assert_int_equal(itl(1), itl(0)); /* every TFTP gets the publisher's */
        unmake();
    }
}

/* `utils ctl reset localkey`: what an update would hold, signed by the other SAST; an update signs
 * as ever again. */
static void localkey_of_the_ctl(void **state)
{
    (void)state;
    static const char *const versions[] = { "12.0", "12.5", "14", "15" };
    for (size_t i = 0; i < 4; i++) {
        make(versions[i], 2);
        do_act((struct act){ .kind = DO_CTL_MIXED_MODE }, SECOND_US);
        uint32_t before = cl.db.ctl, old = own_of(0, ITLR);
        do_act((struct act){ .kind = DO_REGENERATE, .node = 0, .arg = { ITLR } }, 60 * SECOND_US);
        assert_int_equal(cl.db.ctl, before);
        do_act((struct act){ .kind = DO_CTL_RESET_LOCALKEY }, 120 * SECOND_US);
        assert_int_not_equal(own_of(0, ITLR), old);
        HOLDS(cl.db.ctl, true, { TL_SAST, FULL, ITLR, 0 }, { TL_SAST, FULL, CM, 0 },
              { TL_CCM_TFTP, FULL, CM, 0 }, { TL_CAPF, FULL, OWN_CAPF, 0 },
              { TL_CCM_TFTP, FULL, CM, 1 });
        signed_by(cl.db.ctl, CM, 0);
        assert_true(cl.db.mixed_mode);
        do_act((struct act){ .kind = DO_CTL_UPDATE }, 180 * SECOND_US);
        signed_by(cl.db.ctl, ITLR, 0);
        unmake();
    }
}

/* The record of ITLRecovery alone, the signer's or the second SAST, and no other one. */
static void localkey_renews_itlrecovery(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        uint32_t recovery; /* which record */
        enum own signs;
    } rows[] = { { "10.0", 1, ITLR }, { "11.5", 1, ITLR }, { "12.0", 0, CM }, { "12.5", 0, CM } };
    for (uint32_t k = 0; k < 8; k++) {
        bool renews = k % 2 == 1;
        uint32_t at = rows[k / 2].recovery;
        make(rows[k / 2].version, 2);
        cluster_set_param(&cl, PARAM_LOCALKEY_RENEWS_SAST, renews);
        const struct ct_list *was = content_get_list(&content, itl(0));
        do_act((struct act){ .kind = DO_REGENERATE, .arg = { ITLR } }, SECOND_US);
        localkey(2 * SECOND_US);
        const struct ct_list *l = content_get_list(&content, itl(0));
        assert_int_equal(l->count, was->count);
        for (uint32_t i = 0; i < l->count; i++) {
            uint32_t cert = renews && i == at ? own_of(0, ITLR) : was->records[i].cert;
            assert_int_equal(l->records[i].role, was->records[i].role);
            assert_int_equal(l->records[i].cert, cert);
            assert_int_equal(l->records[i].signer, content_get_cert(&content, cert)->signer);
        }
        assert_true(was->records[at].cert != own_of(0, ITLR));
        signed_by(itl(0), rows[k / 2].signs, 0);
        restart_service(0, SERVICE_TFTP, 3 * SECOND_US); /* signs with its own again */
        run_out(3 * SECOND_US);
        signed_by(itl(0), at == 0 ? ITLR : CM, 0);
        unmake();
    }
}

static void localkey_on_each_node(void **state)
{
    (void)state;
    make("12.5", 3);
    cluster_set_param(&cl, PARAM_LOCALKEY_EACH_NODE, 1);
    localkey(SECOND_US);
    for (uint32_t n = 0; n < 2; n++) {
        HOLDS(itl(n), false, { TL_SAST, FULL, ITLR, n }, { TL_SAST, FULL, CM, n },
              { TL_TFTP, FULL, CM, n }, { TL_TFTP, FULL, EC, n }, { TL_TVS, FULL, OWN_TVS, 0 },
              { TL_TVS, FULL, OWN_TVS, 1 }, { TL_TVS, FULL, OWN_TVS, 2 },
              { TL_CAPF, FULL, OWN_CAPF, 0 });
        signed_by(itl(n), CM, n);
    }
    assert_int_equal(itl(2), 0);
    unmake();
}

/* In 14 TFTP builds its list anew by itself: that comes first, and undoes nothing later. */
static void localkey_before_a_rebuild(void **state)
{
    (void)state;
    make("14", 1);
    do_act((struct act){ .kind = DO_REGENERATE, .arg = { ITLR } }, SECOND_US);
    do_act((struct act){ .kind = DO_REGENERATE, .arg = { OWN_TVS } }, SECOND_US);
    localkey(2 * SECOND_US);
    uint32_t list = itl(0);
    signed_by(list, CM, 0);
    HOLDS(list, false, { TL_SAST, FULL, ITLR, 0 }, { TL_SAST, FULL, CM, 0 },
          { TL_TFTP, FULL, CM, 0 }, { TL_TFTP, FULL, EC, 0 }, { TL_TVS, FULL, OWN_TVS, 0 },
          { TL_CAPF, FULL, OWN_CAPF, 0 });
    uint64_t now_us = run_out(2 * SECOND_US);
    assert_true(cl.want_reset);
    assert_int_equal(itl(0), list);
    restart_service(0, SERVICE_TFTP, now_us);
    run_out(now_us);
    signed_by(itl(0), ITLR, 0);
    unmake();
}

/* However many signers of others lie in Phone-SAST-trust, the CTL has a record of each. */
static void many_foreign_signers(void **state)
{
    enum { MANY = 600 };
    char text[32];
    (void)state;
    make("12.5", 1);
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "CN=other%u", (unsigned)i);
        uint32_t name = content_str(&content, text);
        struct ct_key key = { .label = name, .type = KEY_RSA_2048 };
        uint32_t cert =
            content_cert(&content, (struct ct_cert){ .subject = name,
                                                     .issuer = name,
                                                     .serial = content_str(&content, "1"),
                                                     .not_after_s = INT64_MAX,
                                                     .key = content_key(&content, &key) });
        do_act((struct act){ .kind = DO_UPLOAD, .arg = { STORE_PHONE_SAST_TRUST, cert } },
               SECOND_US);
    }
    mixed(2 * SECOND_US);
    const struct ct_list *l = content_get_list(&content, cl.db.ctl);
    assert_int_equal(l->count,
                     4 + MANY); /* ITLRecovery, CallManager; CallManager as server, CAPF */
    assert_int_equal(l->records[l->count - 1].role, TL_SAST);
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_8_6),
        cmocka_unit_test(of_11_5_in_mixed_mode),
        cmocka_unit_test(of_12_5),
        cmocka_unit_test(of_14_in_mixed_mode),
        cmocka_unit_test(of_a_cluster_prepared_for_rollback),
        cmocka_unit_test(of_a_cluster_that_left_mixed_mode),
        cmocka_unit_test(of_a_cluster_whose_roles_stay),
        cmocka_unit_test(of_a_second_cluster),
        cmocka_unit_test(digest_and_date),
        cmocka_unit_test(localkey_signs_what_is_there),
        cmocka_unit_test(localkey_of_the_ctl),
        cmocka_unit_test(localkey_renews_itlrecovery),
        cmocka_unit_test(localkey_on_each_node),
        cmocka_unit_test(localkey_before_a_rebuild),
        cmocka_unit_test(many_foreign_signers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
