/* The boxes of the trust decision: a flow without circles in which everything is reached, and every
 * way out of a box is taken by some question, which the chain then names. */
#include "tests/unit/trust_fixture.h"

#include "sim/report/tables.h"

enum { ENDS = TRUST_REFUSED + 1, ALL = TRUST_BOXES + ENDS };

static uint32_t exits_of(uint32_t box)
{
    uint32_t n = 0;
    while (n < TRUST_EXITS && trust_boxes[box].exits[n].word != NULL)
        n++;
    return n;
}

static void a_flow(void **state)
{
    bool reached[ALL] = { false };
    (void)state;
    for (int p = 0; p < TRUST_PURPOSES; p++)
        reached[trust_start((enum trust_purpose)p)] = true;
    for (uint32_t b = 0; b < TRUST_BOXES; b++) {
        const struct trust_box_row *row = &trust_boxes[b];
        assert_non_null(row->name);
        assert_non_null(row->asks);
        assert_true(reached[b]); /* a box leads to later ones alone */
        assert_true(exits_of(b) >= 2);
        for (uint32_t k = 0; k < b; k++)
            assert_string_not_equal(row->name, trust_boxes[k].name);
        for (uint32_t k = 0; k < exits_of(b); k++) {
            assert_true(row->exits[k].to > b && row->exits[k].to < ALL);
            reached[row->exits[k].to] = true;
            for (uint32_t m = 0; m < k; m++)
                assert_string_not_equal(row->exits[k].word, row->exits[m].word);
        }
    }
    for (uint32_t e = TRUST_BOXES; e < ALL; e++)
        assert_true(reached[e]);
}

/* ---- every way out ---- */

static uint32_t list_of(uint16_t role, uint32_t cert)
{
    struct ct_record r = { .role = role, .cert = cert };
    struct ct_envelope e = signed_by(other);
    return content_list(&c, false, &e, &r, 1);
}

static struct trust_cached cache[TRUST_CACHE];
static struct ct_said said;

/* Of a list that `ccm` signed, by a phone that holds an ITL which says nothing of it. */
static struct trust_question question(void)
{
    memset(cache, 0, sizeof cache);
    memset(&said, 0, sizeof said);
    return (struct trust_question){ .content = &c,
                                    .purpose = TRUST_ITL,
                                    .what = offered(ccm),
                                    .itl = list_of(TL_TVS, tvs),
                                    .cache = cache,
                                    .said = &said,
                                    .servers = 1,
                                    .now_s = 100 };
}

/* A decision ends there, having asked `box` last; fast as with its chain. */
static void ends(const struct trust_question *q, enum trust_box box, enum trust_verdict verdict)
{
    struct trust_chain chain = { .count = 0 };
    assert_int_equal(trust_decide(q, &chain), verdict);
    assert_int_equal(chain.stopped, box);
    for (int again = 0; again < 2; again++)
        assert_int_equal(trust_decide(q, NULL), verdict);
    bool has_exit = false;
    for (uint32_t k = 0; k < exits_of(box); k++)
        has_exit |= trust_boxes[box].exits[k].to == TRUST_BOXES + verdict;
    assert_true(has_exit);
}

static void refused_at_each(void **state)
{
    uint32_t full = list_of(TL_TVS, tvs);
    (void)state;
    struct trust_question q = question();
    q.purpose = TRUST_CONFIG;
    q.what = file_of(0);
    ends(&q, BOX_SIGNED, TRUST_REFUSED);
    q = question();
    q.ctl = list_of(TL_SAST, twin);
    ends(&q, BOX_CTL, TRUST_REFUSED);
    q = question();
    q.purpose = TRUST_CTL;
    q.ctl = full;
    q.rules.ctl_by_ctl_alone = true;
    ends(&q, BOX_CTL_ALONE, TRUST_REFUSED);
    q = question();
    q.ctl = full; /* beside a list of SASTs alone: no first trust */
    q.itl = list_of(TL_SAST, twin);
    ends(&q, BOX_ITL, TRUST_REFUSED);
    q = question();
    q.purpose = TRUST_TVS_SERVER;
    q.what = other;
    ends(&q, BOX_MAY_ASK, TRUST_REFUSED);
    q = question();
    cache[1] = (struct trust_cached){ content_vouch(&c, ccm, ROLE_BIT(TL_TFTP)), 200 };
    ends(&q, BOX_CACHE, TRUST_REFUSED);
    q = question();
    said.outcome[0] = TVS_CERT_REFUSED;
    ends(&q, BOX_TVS, TRUST_REFUSED);
    q = question();
    q.servers = 0;
    ends(&q, BOX_TVS, TRUST_REFUSED);
    q = question();
    said.outcome[0] = TVS_TRUSTED;
    cache[1] = (struct trust_cached){ content_vouch(&c, twin, ROLE_BIT(TL_SAST)), 200 };
    ends(&q, BOX_ANSWER, TRUST_REFUSED);
    struct ct_cert old = *content_get_cert(&c, ccm);
    old.not_before_s = 1000;
    old.not_after_s = 2000;
    q = question();
    uint32_t expired = content_cert(&c, old);
    q.what = offered(expired);
    q.ctl = full;
    q.itl = list_of(TL_SAST, expired);
    q.clock_s = 3000;
    q.rules.dates = 1u << TRUST_ITL;
    ends(&q, BOX_DATE, TRUST_REFUSED);
}

static void taken_at_each(void **state)
{
    (void)state;
    struct trust_question q = question();
    q.itl = 0;
    ends(&q, BOX_FIRST, TRUST_FIRST);
    q = question();
    q.ctl = list_of(TL_SAST, ccm);
    ends(&q, BOX_DATE, TRUST_BY_CTL);
    q = question();
    q.ctl = list_of(TL_TVS, tvs);
    q.itl = list_of(TL_SAST, ccm);
    ends(&q, BOX_DATE, TRUST_BY_ITL);
    q = question();
    cache[1] = (struct trust_cached){ content_vouch(&c, ccm, ROLE_BIT(TL_SAST)), 200 };
    ends(&q, BOX_DATE, TRUST_BY_CACHE);
    said.outcome[0] = TVS_TRUSTED;
    ends(&q, BOX_DATE, TRUST_BY_TVS);
    q = question();
    ends(&q, BOX_TVS, TRUST_ASK_TVS);
}

/* ---- the picture ---- */

static void the_picture_has_all(void **state)
{
    (void)state;
    for (int dot = 0; dot < 2; dot++) {
        struct sys_text text;
        FILE *out = sys_text_open(&text);
        tables_trust(out, dot != 0);
        fputc('\0', out);
        fclose(out);
        uint32_t arrows = 0, want = 2;
        for (const char *p = text.p; (p = strstr(p, " -> ")) != NULL; p++)
            arrows++;
        for (uint32_t b = 0; b < TRUST_BOXES; b++) {
            assert_non_null(strstr(text.p, trust_boxes[b].name));
            want += exits_of(b);
        }
        assert_int_equal(arrows, dot ? want : 0);
        sys_text_free(&text);
    }
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(a_flow),
        TEST(refused_at_each),
        TEST(taken_at_each),
        TEST(the_picture_has_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
