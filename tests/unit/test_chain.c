/* Whole chains of the trust decision: every check in its order, with its record, its server and the
 * certificate that it found.  A row is a question and the text of what must come of it. */
#include "tests/unit/trust_fixture.h"

/* Records until the empty one. */
static uint32_t list_of(const struct ct_record *records)
{
    uint32_t n = 0;
    while (records[n].cert != 0 || records[n].signer != 0)
        n++;
    struct ct_envelope e = signed_by(other);
    return content_list(&c, false, &e, records, n);
}
#define LIST(...) list_of((const struct ct_record[]){ __VA_ARGS__, { 0 } })

/* ---- a chain as text ---- */

static const char *name_of(uint32_t cert)
{
    return cert == 0      ? "-"
           : cert == twin ? "twin"
                          : content_get_str(&c, content_get_cert(&c, cert)->subject);
}

static size_t put_check(char *out, size_t room, const struct trust_check *k)
{
    static const char *const wheres[] = { "first", "ctl", "itl", "cache", "tvs" };
    static const char *const results[] = { "absent",   "none", "role",    "signature",
                                           "unsigned", "hash", "expired", "nobody",
                                           "asked",    "yes",  "over",    "early" };
    static const char *const outcomes[] = { "not asked",   "silent",  "closed", "stranger",
                                            "not trusted", "trusted", "over",   "early" };
    if (k->result == CHECK_TVS)
        return (size_t)snprintf(out, room, "%s %u %s %s; ", wheres[k->where], k->server + 1u,
                                outcomes[k->outcome], name_of(k->cert));
    char record[16] = "";
    if (k->record != 0)
        snprintf(record, sizeof record, " %u", k->record);
    return (size_t)snprintf(out, room, "%s %s%s%s%s; ", wheres[k->where], results[k->result],
                            record, k->cert != 0 ? " " : "", k->cert != 0 ? name_of(k->cert) : "");
}

/* The question, answered with a chain and without one, is `want`: "checks; => verdict". */
static void is(struct trust_question q, const char *want)
{
    static const char *const verdicts[] = { "first",  "by CTL",  "by ITL", "by cache",
                                            "by TVS", "ask TVS", "refused" };
    char text[600];
    size_t n = 0;
    struct trust_chain chain = { .count = 0 };
    q.content = &c;
    enum trust_verdict verdict = trust_decide(&q, &chain);
    for (uint32_t i = 0; i < chain.count; i++)
        n += put_check(text + n, sizeof text - n, &chain.checks[i]);
    snprintf(text + n, sizeof text - n, "=> %s", verdicts[verdict]);
    assert_string_equal(text, want);
    for (int again = 0; again < 2; again++)
        assert_int_equal(trust_decide(&q, NULL), verdict);
}

static void lists(void **state)
{
    (void)state;
    uint32_t full = LIST({ .role = TL_TVS, .cert = tvs });
    is((struct trust_question){ .purpose = TRUST_ITL, .what = offered(ccm) },
       "first yes; => first");
    is((struct trust_question){ .purpose = TRUST_CONFIG, .what = file_of(0), .itl = full },
       "first none; ctl unsigned; => refused");
    is((struct trust_question){ .purpose = TRUST_CTL, .what = offered(ccm), .ctl = full },
       "first none; ctl none; itl absent; cache none; tvs nobody; => refused");
    /* The first record with these names and a fitting role; one before it that does not fit, or is
     * emptied, is passed over; where none fits, the last is named. */
    uint32_t five =
        LIST({ .role = TL_SAST, .cert = other }, { .role = TL_TVS, .cert = tvs },
             { .role = TL_SAST, .cert = 0, .signer = content_get_cert(&c, ccm)->signer },
             { .role = TL_CCM_TFTP, .cert = ccm }, { .role = TL_SAST, .cert = ccm },
             { .role = TL_SAST, .cert = ccm });
    is((struct trust_question){ .purpose = TRUST_ITL, .what = offered(ccm), .itl = five },
       "first none; ctl absent; itl yes 5 ccm; => by ITL");
    is((struct trust_question){ .purpose = TRUST_ITL, .what = offered(ccm), .ctl = five },
       "first none; ctl yes 4 ccm; => by CTL");
    is((struct trust_question){ .purpose = TRUST_CONFIG, .what = file_of(ccm), .itl = five },
       "first none; ctl absent; itl yes 4 ccm; => by ITL");
    is((struct trust_question){ .purpose = TRUST_HTTPS, .what = ccm, .itl = five },
       "ctl absent; itl role 6 ccm; cache none; tvs nobody; => refused");
    /* A role that no set of roles has a bit for. */
    is((struct trust_question){ .purpose = TRUST_ITL,
                                .what = offered(ccm),
                                .itl = LIST({ .role = 32 + TL_SAST, .cert = ccm },
                                            { .role = TL_TVS, .cert = tvs }) },
       "first none; ctl absent; itl role 1 ccm; cache none; tvs nobody; => refused");
}

/* Right names and role, another key or another certificate: the search ends there, though a later
 * record, the other list, the cache and a TVS would have vouched. */
static void another_ends_the_search(void **state)
{
    (void)state;
    uint32_t all = ROLE_BIT(TL_SAST) | ROLE_BIT(TL_APP_SERVER);
    struct trust_cached cache[TRUST_CACHE] = { { content_vouch(&c, twin, all), 1000 } };
    uint32_t names = LIST({ .role = TL_SAST, .cert = ccm }, { .role = TL_APP_SERVER, .cert = ccm },
                          { .role = TL_TVS, .cert = tvs });
    uint32_t good = LIST({ .role = TL_SAST, .cert = twin }, { .role = TL_APP_SERVER, .cert = twin },
                         { .role = TL_TVS, .cert = tvs });
    struct trust_question q = {
        .purpose = TRUST_HTTPS, .what = twin, .servers = 1, .cache = cache
    };
    q.itl = names;
    is(q, "ctl absent; itl hash 2 ccm; => refused");
    q.ctl = names;
    q.itl = good;
    is(q, "ctl hash 2 ccm; => refused");
    q.purpose = TRUST_ITL;
    q.what = offered(twin);
    is(q, "first none; ctl signature 1 ccm; => refused");
    q.ctl = 0;
    q.itl = names;
    is(q, "first none; ctl absent; itl signature 1 ccm; => refused");
    q.itl = good;
    is(q, "first none; ctl absent; itl yes 1 twin; => by ITL");
}

static void the_cache(void **state)
{
    (void)state;
    uint32_t sast = ROLE_BIT(TL_SAST), itl = LIST({ .role = TL_TVS, .cert = tvs });
    struct trust_cached cache[TRUST_CACHE];
    struct trust_question q = { .purpose = TRUST_ITL,
                                .what = offered(ccm),
                                .itl = itl,
                                .servers = 1,
                                .cache = cache,
                                .now_s = 100 };
    const struct {
        struct trust_cached entries[TRUST_CACHE];
        const char *want;
    } rows[] = {
        { { { 0 } }, "none; => ask TVS" },
        { { { content_vouch(&c, other, sast), 500 }, { 0 }, { content_vouch(&c, ccm, sast), 101 } },
          "yes ccm; => by cache" },
        { { { content_vouch(&c, ccm, sast), 100 } }, "expired ccm; => ask TVS" },
        /* One that ran out hides no other of the same names. */
        { { { content_vouch(&c, twin, sast), 100 }, { content_vouch(&c, ccm, sast), 101 } },
          "yes ccm; => by cache" },
        { { { content_vouch(&c, ccm, ROLE_BIT(TL_TFTP)), 101 } }, "role ccm; => refused" },
        { { { content_vouch(&c, twin, sast), 101 }, { content_vouch(&c, ccm, sast), 101 } },
          "signature twin; => refused" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char want[200];
        memcpy(cache, rows[i].entries, sizeof cache);
        snprintf(want, sizeof want, "first none; ctl absent; itl none; cache %s", rows[i].want);
        is(q, want);
    }
}

/* Each TVS in turn, as it went; where one vouched, its answer is in the cache by then. */
static void servers(void **state)
{
    (void)state;
    enum { _ = TVS_NOT_ASKED };
    uint32_t sast = ROLE_BIT(TL_SAST), itl = LIST({ .role = TL_TVS, .cert = tvs });
    struct trust_cached vouch = { content_vouch(&c, ccm, sast), 200 }, old = { vouch.vouch, 90 };
    struct trust_cached wrong = { content_vouch(&c, ccm, ROLE_BIT(TL_TFTP)), 200 };
    const struct {
        uint8_t outcome[3], servers;
        bool next_on_unknown;
        struct trust_cached cached;
        const char *want;
    } rows[] = {
        { { _, _, _ }, 0, false, { 0 }, "cache none; tvs nobody; => refused" },
        { { _, _, _ }, 3, false, { 0 }, "cache none; => ask TVS" },
        { { TVS_NO_ANSWER, _, _ },
          2,
          false,
          old,
          "cache expired ccm; tvs 1 silent other; => ask TVS" },
        { { TVS_NO_ANSWER, TVS_CONN_REFUSED, TVS_CERT_REFUSED },
          3,
          false,
          { 0 },
          "cache none; tvs 1 silent other; tvs 2 closed -; tvs 3 stranger tvs; => refused" },
        { { TVS_CONN_REFUSED, TVS_NOT_TRUSTED, _ },
          3,
          false,
          { 0 },
          "cache none; tvs 1 closed other; tvs 2 not trusted -; => refused" },
        { { TVS_CONN_REFUSED, TVS_NOT_TRUSTED, _ },
          3,
          true,
          { 0 },
          "cache none; tvs 1 closed other; tvs 2 not trusted -; => ask TVS" },
        { { TVS_TRUSTED, _, _ }, 1, false, vouch, "tvs 1 trusted other; cache yes ccm; => by TVS" },
        { { TVS_NO_ANSWER, TVS_CERT_REFUSED, TVS_TRUSTED },
          3,
          false,
          vouch,
          "tvs 1 silent other; tvs 2 stranger -; tvs 3 trusted tvs; cache yes ccm; => by TVS" },
        { { TVS_NOT_TRUSTED, TVS_TRUSTED, _ },
          2,
          true,
          vouch,
          "tvs 1 not trusted other; tvs 2 trusted -; cache yes ccm; => by TVS" },
        /* It vouched, for another role. */
        { { TVS_TRUSTED, _, _ },
          1,
          false,
          wrong,
          "tvs 1 trusted other; cache role ccm; => refused" },
        /* One behind those that the configuration names now does not count. */
        { { TVS_NO_ANSWER, TVS_TRUSTED, _ }, 1, false, vouch, "cache yes ccm; => by cache" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ct_said said = { .shown = { other, 0, tvs } };
        memcpy(said.outcome, rows[i].outcome, sizeof rows[i].outcome);
        struct trust_cached cache[TRUST_CACHE] = { { 0 }, rows[i].cached, { 0 } };
        char want[300];
        snprintf(want, sizeof want, "first none; ctl absent; itl none; %s", rows[i].want);
        is((struct trust_question){ .purpose = TRUST_ITL,
                                    .what = offered(ccm),
                                    .itl = itl,
                                    .cache = cache,
                                    .said = &said,
                                    .servers = rows[i].servers,
                                    .now_s = 100,
                                    .rules = { .next_tvs_on_unknown = rows[i].next_on_unknown } },
           want);
    }
}

/* No TVS is asked about a TVS or a CallManager, whatever the cache holds. */
static void lists_alone(void **state)
{
    (void)state;
    struct trust_cached cache[TRUST_CACHE] = { { content_vouch(&c, ccm, UINT32_MAX), 1000 } };
    uint32_t list = LIST({ .role = TL_CCM_TFTP, .cert = ccm }, { .role = TL_TVS, .cert = other });
    struct trust_question q = { .what = ccm, .servers = 1, .cache = cache, .ctl = list };
    q.purpose = TRUST_CCM_SERVER;
    is(q, "ctl yes 1 ccm; => by CTL");
    q.ctl = 0;
    q.itl = list;
    is(q, "ctl absent; => refused");
    q.rules.ccm_in_itl = true;
    is(q, "ctl absent; itl yes 1 ccm; => by ITL");
    q.purpose = TRUST_TVS_SERVER;
    is(q, "ctl absent; itl role 1 ccm; => refused");
    q.what = other;
    is(q, "ctl absent; itl yes 2 other; => by ITL");
}

/* Whoever knows it: what matched must be within its time by this clock, where the rules say so of
 * the purpose.  A refusal that is over is told as the clock had it then. */
static void dates(void **state)
{
    (void)state;
    struct ct_key key = { .label = content_str(&c, "dated") };
    uint32_t text = content_str(&c, "dated");
    uint32_t cert = content_cert(&c, (struct ct_cert){ .subject = text,
                                                       .issuer = text,
                                                       .serial = text,
                                                       .key = content_key(&c, &key),
                                                       .not_before_s = 100,
                                                       .not_after_s = 200 });
    uint32_t list = LIST({ .role = TL_SAST, .cert = cert }, { .role = TL_TVS, .cert = cert },
                         { .role = TL_CCM_TFTP, .cert = cert });
    struct trust_cached cache[TRUST_CACHE] = { { content_vouch(&c, cert, UINT32_MAX), 1000 } };
    static const struct {
        enum trust_purpose purpose;
        bool held; /* in both lists; else what TVS said is remembered */
        const char *before, *fine, *after;
    } rows[] = {
        { TRUST_ITL, true, "first none; ctl yes 1 dated; ", "by CTL", "ctl" },
        { TRUST_CONFIG, true, "first none; ctl yes 3 dated; ", "by CTL", "ctl" },
        { TRUST_TVS_SERVER, true, "ctl yes 2 dated; ", "by CTL", "ctl" },
        { TRUST_CCM_SERVER, true, "ctl yes 3 dated; ", "by CTL", "ctl" },
        { TRUST_HTTPS, false, "ctl absent; itl absent; cache yes dated; ", "by cache", "cache" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char want[200];
        struct trust_question q = { .content = &c,
                                    .purpose = (uint8_t)rows[i].purpose,
                                    .what = rows[i].purpose == TRUST_ITL      ? offered(cert)
                                            : rows[i].purpose == TRUST_CONFIG ? file_of(cert)
                                                                              : cert,
                                    .ctl = rows[i].held ? list : 0,
                                    .itl = rows[i].held ? list : 0,
                                    .cache = cache,
                                    .clock_s = 201 };
        snprintf(want, sizeof want, "%s=> %s", rows[i].before, rows[i].fine);
        is(q, want); /* nobody looks */
        q.rules.dates = (uint8_t)~FSM_BIT(rows[i].purpose);
        is(q, want); /* nor at this purpose */
        q.rules.dates = (uint8_t)FSM_BIT(rows[i].purpose);
        q.clock_s = 200;
        is(q, want);
        assert_int_equal(trust_date(&q), DATE_WITHIN);
        q.clock_s = 201;
        snprintf(want, sizeof want, "%s%s over dated; => refused", rows[i].before, rows[i].after);
        is(q, want);
        assert_int_equal(trust_date(&q), DATE_OVER);
        q.clock_s = 99;
        snprintf(want, sizeof want, "%s%s early dated; => refused", rows[i].before, rows[i].after);
        is(q, want);
        assert_int_equal(trust_date(&q), DATE_BEFORE);
        struct ct_said then = { .over = true, .dated = DATE_OVER };
        q.said = &then;
        snprintf(want, sizeof want, "%s%s over dated; => refused", rows[i].before, rows[i].after);
        is(q, want);
        then.dated = DATE_WITHIN;
        snprintf(want, sizeof want, "%s=> %s", rows[i].before, rows[i].fine);
        is(q, want);
    }
    /* First trust asks nobody; what is refused anyway has no date. */
    struct trust_question first = { .content = &c,
                                    .purpose = TRUST_ITL,
                                    .what = offered(cert),
                                    .clock_s = 201,
                                    .rules = { .dates = 255 } };
    is(first, "first yes; => first");
    first.itl = LIST({ .role = TL_TVS, .cert = tvs });
    is(first, "first none; ctl absent; itl none; cache none; tvs nobody; => refused");
    assert_int_equal(trust_date(&first), DATE_WITHIN);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(lists),       TEST(another_ends_the_search),
        TEST(the_cache),   TEST(servers),
        TEST(lists_alone), TEST(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
