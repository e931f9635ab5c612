/* What a search in one lab came to is known in another of other luck, where phones and clusters
 * stand alike, and nowhere else. */
#include "tests/unit/acts.h"
#include "sim/predict/recall.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#define PHONES 8
#define HOUR   3600000000ull

struct stuck {
    struct lab *lab;
    uint8_t lost[PHONES];
};

static void settle(struct lab *lab)
{
    assert_true(lab_settle(lab, lab_now_us(lab) + 24 * HOUR).quiet);
}

/* Phones that refuse the list signed with a new CallManager key, TVS renewed with it or not. */
static struct stuck stuck(uint64_t seed, bool tvs, struct recall *recall)
{
    static const char *const names[] = { "pub" };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster, first;
    o.seed = seed;
    o.recall = recall;
    struct stuck s = { .lab = lab_new(&o) };
    struct lab_cluster_spec c = {
        .name = "HQ", .version = "8.6", .nodes = names, .node_count = 1, .domain = ""
    };
    struct lab_phones_spec p = { .count = PHONES, .model = "7965" };
    assert_true(lab_cluster(s.lab, &c, &cluster, &e) && lab_phones(s.lab, cluster, &p, &first, &e));
    for (uint32_t i = 0; i < PHONES; i++)
        lab_power(s.lab, i, true, lab_now_us(s.lab));
    settle(s.lab);
    assert_true(lab_regenerate(s.lab, cluster, 0, OWN_CALLMANAGER, &e));
    if (tvs)
        assert_true(lab_regenerate(s.lab, cluster, 0, OWN_TVS, &e));
    assert_true(lab_service(s.lab, cluster, 0, SERVICE_TFTP, DO_RESTART, &e));
    assert_true(lab_service(s.lab, cluster, 0, SERVICE_TVS, tvs ? DO_RESTART : DO_STOP, &e));
    settle(s.lab);
    lab_reset_all(s.lab, cluster);
    settle(s.lab);
    for (uint32_t i = 0; i < PHONES; i++)
        s.lost[i] = lab_loss_of(s.lab, i) == NULL ? 0 : lab_loss_of(s.lab, i)->open;
    assert_true(s.lost[0] != 0);
    return s;
}

static struct remedies searched(struct stuck *s, const uint8_t *without)
{
    struct remedies r;
    struct remedies_wish wish = { .longest = 1, .kinds = true, .without = without };
    remedies_search(s->lab, s->lost, wish, &r);
    return r;
}

static void other_luck(void **state)
{
    (void)state;
    for (int tvs = 0; tvs < 2; tvs++) {
        enum way_kind kind = tvs ? WAY_HANDS : WAY_ACTS;
        struct recall *recall = recall_new();
        struct stuck one = stuck(1, tvs, recall), two = stuck(2, tvs, recall);
        struct remedies r = searched(&one, NULL);
        assert_true(r.bound.sequences > 0);
        assert_int_equal(remedies_worst(&r), kind);
        remedies_free(&r);
        recall_close(recall);
        r = searched(&two, NULL);
        assert_int_equal(r.bound.sequences, 0); /* nothing was tried */
        assert_int_equal(remedies_worst(&r), kind);
        assert_int_equal(remedies_phones(&r, kind), PHONES);
        remedies_free(&r);
        lab_free(one.lab);
        lab_free(two.lab);
        recall_free(recall);
    }
}

/* Other clusters, another question, or one that was closed before: searched as ever. */
static void nothing_else(void **state)
{
    (void)state;
    static const uint8_t without[PHONES] = { [0 ... PHONES - 1] = FSM_BIT(FUNCTION_TRUST_LIST) };
    struct recall *recall = recall_new();
    struct stuck acts = stuck(1, false, recall), hands = stuck(2, true, recall);
    struct remedies r = searched(&acts, NULL);
    remedies_free(&r);
    recall_close(recall);
    for (int again = 0; again < 2; again++) {
        r = searched(&hands, NULL);
        assert_true(r.bound.sequences > 0);
        assert_int_equal(remedies_worst(&r), WAY_HANDS);
        remedies_free(&r);
    }
    r = searched(&acts, without);
    assert_true(r.bound.sequences > 0);
    remedies_free(&r);
    lab_free(acts.lab);
    lab_free(hands.lab);
    recall_free(recall);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(other_luck),
                                        cmocka_unit_test(nothing_else) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
