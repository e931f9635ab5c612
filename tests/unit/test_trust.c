/* The trust decision, rule by rule: which record serves which purpose, in which order the places
 * are asked, and the chain that says so. */
#include "tests/unit/trust_fixture.h"

/* A list with one record. */
static uint32_t list_of(uint16_t role, uint32_t cert)
{
    struct ct_record r = { .role = role, .cert = cert };
    struct ct_envelope e = signed_by(other);
    return content_list(&c, false, &e, &r, 1);
}

static enum trust_verdict decide(enum trust_purpose purpose, uint32_t what, uint32_t ctl,
                                 uint32_t itl)
{
    struct trust_question q = {
        .content = &c, .purpose = (uint8_t)purpose, .what = what, .ctl = ctl, .itl = itl
    };
    struct trust_chain chain = { .count = 0 };
    enum trust_verdict slow = trust_decide(&q, &chain);
    for (int again = 0; again < 2; again++) /* remembered: the same */
        assert_int_equal(trust_decide(&q, NULL), slow);
    assert_in_range(chain.count, 1, 12);
    return slow;
}

/* Which role counts for which purpose, in the CTL and in the ITL. */
static void roles(void **state)
{
    (void)state;
    static const uint16_t all[] = { TL_SAST, TL_CCM,        TL_CCM_TFTP, TL_TFTP,
                                    TL_CAPF, TL_APP_SERVER, TL_TVS };
    static const struct {
        uint32_t ctl, itl;
    } good[TRUST_PURPOSES] = {
        [TRUST_CTL] = { ROLE_BIT(TL_SAST), ROLE_BIT(TL_SAST) },
        [TRUST_ITL] = { ROLE_BIT(TL_SAST) | ROLE_BIT(TL_CCM_TFTP), ROLE_BIT(TL_SAST) },
        [TRUST_CONFIG] = { ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP),
                           ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP) },
        [TRUST_HTTPS] = { ROLE_BIT(TL_APP_SERVER), ROLE_BIT(TL_APP_SERVER) },
        [TRUST_CAPF] = { ROLE_BIT(TL_CAPF), ROLE_BIT(TL_CAPF) },
        [TRUST_TVS_SERVER] = { ROLE_BIT(TL_TVS), ROLE_BIT(TL_TVS) },
        [TRUST_CCM_SERVER] = { ROLE_BIT(TL_CCM) | ROLE_BIT(TL_CCM_TFTP), 0 },
    };
    uint32_t full = list_of(TL_TVS, tvs); /* beside it: no first trust */
    for (int p = 0; p < TRUST_PURPOSES; p++) {
        uint32_t what = p == TRUST_CONFIG ? file_of(ccm) : p < TRUST_CONFIG ? offered(ccm) : ccm;
        for (size_t r = 0; r < sizeof all / sizeof all[0]; r++) {
            uint32_t list = list_of(all[r], ccm);
            bool ctl = (good[p].ctl & ROLE_BIT(all[r])) != 0;
            bool itl = (good[p].itl & ROLE_BIT(all[r])) != 0;
            assert_int_equal(decide((enum trust_purpose)p, what, list, full),
                             ctl ? TRUST_BY_CTL : TRUST_REFUSED);
            assert_int_equal(decide((enum trust_purpose)p, what, full, list),
                             itl ? TRUST_BY_ITL : TRUST_REFUSED);
        }
    }
}

static void first_trust(void **state)
{
    (void)state;
    uint32_t empty = list_of(TL_CAPF, other), full = list_of(TL_TVS, tvs);
    const struct {
        uint32_t ctl, itl;
        bool first;
    } rows[] = { { 0, 0, true },         { empty, 0, true },    { 0, empty, true },
                 { empty, empty, true }, { full, 0, false },    { 0, full, false },
                 { full, empty, false }, { empty, full, false } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(trust_is_first(&c, rows[i].ctl, rows[i].itl), rows[i].first);
        enum trust_verdict want = rows[i].first ? TRUST_FIRST : TRUST_REFUSED;
        assert_int_equal(decide(TRUST_ITL, offered(ccm), rows[i].ctl, rows[i].itl), want);
        assert_int_equal(decide(TRUST_CONFIG, file_of(ccm), rows[i].ctl, rows[i].itl), want);
        assert_int_equal(decide(TRUST_CONFIG, file_of(0), rows[i].ctl, rows[i].itl), want);
        /* Certificates are never trusted blindly. */
        assert_int_equal(decide(TRUST_HTTPS, tomcat, rows[i].ctl, rows[i].itl), TRUST_REFUSED);
        assert_int_equal(decide(TRUST_CCM_SERVER, ccm, rows[i].ctl, rows[i].itl), TRUST_REFUSED);
    }
}

/* The names match, the key does not: no other place is asked. */
static void another_key_under_the_same_names(void **state)
{
    (void)state;
    uint32_t list = list_of(TL_SAST, ccm), full = list_of(TL_TVS, tvs);
    assert_int_equal(decide(TRUST_ITL, offered(ccm), full, list), TRUST_BY_ITL);
    assert_int_equal(decide(TRUST_ITL, offered(twin), full, list), TRUST_REFUSED);
    assert_int_equal(
        decide(TRUST_ITL, offered(twin), list_of(TL_CCM_TFTP, ccm), list_of(TL_SAST, twin)),
        TRUST_REFUSED);
    uint32_t https = list_of(TL_APP_SERVER, ccm);
    assert_int_equal(decide(TRUST_HTTPS, twin, full, https), TRUST_REFUSED);
    assert_int_equal(decide(TRUST_HTTPS, ccm, full, https), TRUST_BY_ITL);
}

static void asks_signed(void **state)
{
    (void)state;
    assert_false(trust_asks_signed(&c, 0, 0));
    assert_false(trust_asks_signed(&c, list_of(TL_SAST, ccm), list_of(TL_TVS, tvs)));
    assert_true(trust_asks_signed(&c, list_of(TL_CCM_TFTP, ccm), 0));
    assert_true(trust_asks_signed(&c, 0, list_of(TL_TFTP, ccm)));
    assert_false(trust_asks_signed(&c, 0, list_of(TL_CCM, ccm)));
}

/* ---- TVS ---- */

static struct trust_cached vouched(uint32_t cert, uint32_t as, uint32_t until_s)
{
    return (struct trust_cached){ content_vouch(&c, cert, as), until_s };
}

static enum trust_verdict with_tvs(enum trust_purpose purpose, uint32_t what,
                                   struct trust_cached entry, const uint8_t outcome[3],
                                   uint8_t servers, bool next_on_unknown, struct trust_chain *chain)
{
    struct trust_cached cache[TRUST_CACHE] = { { 0 }, entry, { 0 } };
    struct ct_said said = { .about = what,
                            .shown = { tvs, tvs, tvs },
                            .outcome = { outcome[0], outcome[1], outcome[2] } };
    struct trust_question q = { .content = &c,
                                .purpose = (uint8_t)purpose,
                                .what = what,
                                .itl = list_of(TL_TVS, tvs),
                                .cache = cache,
                                .said = &said,
                                .servers = servers,
                                .now_s = 100,
                                .rules = { .next_tvs_on_unknown = next_on_unknown } };
    chain->count = 0;
    enum trust_verdict v = trust_decide(&q, chain);
    assert_int_equal(trust_decide(&q, NULL), v);
    if (outcome[0] == TVS_NOT_ASKED) { /* nothing said at all is the same */
        q.said = NULL;
        assert_int_equal(trust_decide(&q, NULL), v);
    }
    return v;
}

static void tvs_servers_in_order(void **state)
{
    (void)state;
    enum { _ = TVS_NOT_ASKED };
    static const struct {
        uint8_t outcome[3];
        uint8_t servers;
        bool next_on_unknown;
        enum trust_verdict want;
    } rows[] = {
        { { _, _, _ }, 0, false, TRUST_REFUSED },
        { { _, _, _ }, 1, false, TRUST_ASK_TVS },
        { { TVS_NO_ANSWER, _, _ }, 1, false, TRUST_REFUSED },
        { { TVS_NO_ANSWER, _, _ }, 2, false, TRUST_ASK_TVS },
        { { TVS_CONN_REFUSED, TVS_CERT_REFUSED, _ }, 3, false, TRUST_ASK_TVS },
        { { TVS_CONN_REFUSED, TVS_CERT_REFUSED, TVS_NO_ANSWER }, 3, false, TRUST_REFUSED },
        { { TVS_NOT_TRUSTED, _, _ }, 3, false, TRUST_REFUSED },
        { { TVS_NOT_TRUSTED, _, _ }, 3, true, TRUST_ASK_TVS },
        { { TVS_NOT_TRUSTED, TVS_NOT_TRUSTED, TVS_NOT_TRUSTED }, 3, true, TRUST_REFUSED },
    };
    struct trust_cached none = { 0 };
    struct trust_chain chain;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(with_tvs(TRUST_ITL, offered(ccm), none, rows[i].outcome, rows[i].servers,
                                  rows[i].next_on_unknown, &chain),
                         rows[i].want);
        assert_int_equal(chain.checks[0].where, WHERE_EMPTY_LISTS);
        assert_int_equal(chain.checks[1].where, WHERE_CTL);
        assert_int_equal(chain.checks[1].result, CHECK_ABSENT);
        assert_int_equal(chain.checks[2].where, WHERE_ITL);
        assert_int_equal(chain.checks[2].result, CHECK_NO_MATCH);
        assert_int_equal(chain.checks[3].where, WHERE_CACHE);
    }
}

static void the_cache(void **state)
{
    (void)state;
    static const uint8_t nothing[3] = { 0 },
                         third[3] = { TVS_NO_ANSWER, TVS_CERT_REFUSED, TVS_TRUSTED };
    uint32_t sast = ROLE_BIT(TL_SAST), tftp = ROLE_BIT(TL_TFTP);
    struct trust_chain chain;
    struct trust_cached e = vouched(ccm, sast, 101);
    assert_int_equal(with_tvs(TRUST_ITL, offered(ccm), e, nothing, 1, false, &chain),
                     TRUST_BY_CACHE);
    e.until_s = 100; /* over at this very second: ask again */
    assert_int_equal(with_tvs(TRUST_ITL, offered(ccm), e, nothing, 1, false, &chain),
                     TRUST_ASK_TVS);
    e = vouched(ccm, tftp, 101);
    assert_int_equal(with_tvs(TRUST_ITL, offered(ccm), e, nothing, 1, false, &chain),
                     TRUST_REFUSED); /* vouched for configurations, not for lists */
    assert_int_equal(with_tvs(TRUST_CONFIG, file_of(ccm), e, nothing, 1, false, &chain),
                     TRUST_BY_CACHE);
    e = vouched(twin, sast, 101);
    assert_int_equal(with_tvs(TRUST_ITL, offered(ccm), e, nothing, 1, false, &chain),
                     TRUST_REFUSED);
    e = vouched(ccm, sast, 101);
    assert_int_equal(with_tvs(TRUST_ITL, offered(ccm), e, third, 3, false, &chain), TRUST_BY_TVS);
    assert_int_equal(chain.count, 7);
    for (uint8_t i = 0; i < 3; i++) {
        assert_int_equal(chain.checks[3 + i].where, WHERE_TVS);
        assert_int_equal(chain.checks[3 + i].server, i);
        assert_int_equal(chain.checks[3 + i].outcome, third[i]);
    }
    assert_int_equal(chain.checks[6].where, WHERE_CACHE);
    assert_int_equal(chain.checks[6].result, CHECK_MATCH);
}

/* An unsigned file is refused before anybody is asked; a TVS or CallManager is never vouched for
 * by a TVS. */
static void never_through_tvs(void **state)
{
    (void)state;
    static const uint8_t nothing[3] = { 0 };
    struct trust_cached e = vouched(ccm, UINT32_MAX, UINT32_MAX);
    struct trust_chain chain;
    assert_int_equal(with_tvs(TRUST_CONFIG, file_of(0), e, nothing, 3, false, &chain),
                     TRUST_REFUSED);
    assert_int_equal(chain.checks[1].result, CHECK_NOT_SIGNED);
    assert_int_equal(with_tvs(TRUST_TVS_SERVER, ccm, e, nothing, 3, false, &chain), TRUST_REFUSED);
    assert_int_equal(with_tvs(TRUST_CCM_SERVER, ccm, e, nothing, 3, false, &chain), TRUST_REFUSED);
}

static void ccm_in_itl(void **state)
{
    (void)state;
    for (int knob = 0; knob < 2; knob++) {
        struct trust_question q = { .content = &c,
                                    .purpose = TRUST_CCM_SERVER,
                                    .what = ccm,
                                    .itl = list_of(TL_CCM_TFTP, ccm),
                                    .rules = { .ccm_in_itl = knob != 0 } };
        assert_int_equal(trust_decide(&q, NULL), knob ? TRUST_BY_ITL : TRUST_REFUSED);
        assert_int_equal(trust_roles(TRUST_CCM_SERVER, &q.rules).in_itl,
                         knob ? ROLE_BIT(TL_CCM) | ROLE_BIT(TL_CCM_TFTP) : 0);
    }
}

/* A CTL that the phone's own does not know: by its ITL, or not at all. */
static void ctl_by_ctl_alone(void **state)
{
    (void)state;
    uint32_t full = list_of(TL_TVS, tvs), empty = list_of(TL_CAPF, other);
    struct ct_record both[] = { { .role = TL_SAST, .cert = ccm }, { .role = TL_TVS, .cert = tvs } };
    struct ct_envelope e = signed_by(other);
    uint32_t by_itl = content_list(&c, false, &e, both, 2);
    for (int knob = 0; knob < 2; knob++) {
        struct trust_question q = { .content = &c,
                                    .purpose = TRUST_CTL,
                                    .what = offered(ccm),
                                    .servers = 1,
                                    .itl = by_itl,
                                    .rules = { .ctl_by_ctl_alone = knob != 0 } };
        const struct {
            uint32_t ctl;
            enum trust_verdict want;
        } rows[] = { { full, knob ? TRUST_REFUSED : TRUST_BY_ITL },
                     { list_of(TL_SAST, ccm), TRUST_BY_CTL },
                     { empty, TRUST_BY_ITL }, /* a CTL that says nothing is none */
                     { 0, TRUST_BY_ITL } };
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            q.ctl = rows[i].ctl;
            for (int again = 0; again < 2; again++)
                assert_int_equal(trust_decide(&q, NULL), rows[i].want);
        }
        q.ctl = full;
        q.itl = full;
        assert_int_equal(trust_decide(&q, NULL), knob ? TRUST_REFUSED : TRUST_ASK_TVS);
        q.purpose = TRUST_ITL; /* the ITL is judged as ever */
        q.itl = by_itl;
        assert_int_equal(trust_decide(&q, NULL), TRUST_BY_ITL);
    }
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(roles),
        TEST(first_trust),
        TEST(another_key_under_the_same_names),
        TEST(asks_signed),
        TEST(tvs_servers_in_order),
        TEST(the_cache),
        TEST(never_through_tvs),
        TEST(ccm_in_itl),
        TEST(ctl_by_ctl_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
