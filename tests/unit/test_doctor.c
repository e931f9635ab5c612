/* The doctor's table: every combination of findings has exactly one diagnosis, "must be erased" is
 * one of them under the four conditions alone, and what is missing is what makes a difference. */
#include "sim/base/rng.h"
#include "sim/doctor/exam.h"
#include "sim/doctor/judge.h"
#include "sim/doctor/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* How many values each finding has; written down once more, for the table must cover all. */
static const uint8_t values[FINDINGS] = {
    [FIND_FILES] = 6,     [FIND_CLOCK] = 2,     [FIND_CTL] = 4,        [FIND_ITL] = 6,
    [FIND_CONFIG] = 5,    [FIND_SIGNER] = 2,    [FIND_TVS_DATE] = 2,   [FIND_TVS] = 6,
    [FIND_NAMES] = 3,     [FIND_VOUCHES] = 3,   [FIND_TVS_SERVED] = 3, [FIND_KNOWS] = 3,
    [FIND_PHONE_ITL] = 3, [FIND_BY_ITSELF] = 4, [FIND_TVS_PHONE] = 3,  [FIND_REFUSES] = 3,
    [FIND_BACKUP] = 3,
};

/* ---- all combinations ---- */

static uint64_t covered, times[64];
static struct rng rng;

/* What must be so of every combination that begins like `f` up to `at` and has that diagnosis. */
static void check(struct findings f, uint32_t at, const struct diagnosis *d)
{
    const uint8_t *is = f.is;
    /* Whatever the rest is, judge() says the same. */
    for (int tries = 0; tries < 3; tries++) {
        for (uint32_t i = at; i < FINDINGS; i++)
            f.is[i] = (uint8_t)(rng_next(&rng) % values[i]);
        assert_ptr_equal(judge(&f), d);
    }
    if (d->erase) {
        assert_true(at > FIND_BACKUP); /* all were looked at */
        for (uint32_t i = 0; i < JUDGE_FOUR; i++)
            assert_int_equal(judge_holds(&f, i), ANSWER_YES);
        assert_int_equal(is[FIND_BY_ITSELF], BY_ITSELF_NO);
        assert_int_equal(is[FIND_CTL], CTL_FINE); /* the phone may know the signer by it */
        assert_int_equal(is[FIND_ITL], ITL_GOOD);
        assert_int_equal(is[FIND_TVS], TVS_ANSWERS);
        assert_int_equal(is[FIND_VOUCHES], ANSWER_YES);
    }
    if (d->outcome == OUTCOME_HEALTHY) {
        assert_int_equal(is[FIND_FILES], FILES_ANSWER);
        assert_int_equal(is[FIND_CLOCK], CLOCK_RIGHT);
        assert_int_equal(is[FIND_CTL], CTL_FINE);
        assert_int_equal(is[FIND_ITL], ITL_GOOD);
        assert_true(is[FIND_CONFIG] == CONFIG_GOOD || is[FIND_CONFIG] == CONFIG_UNKNOWN);
        assert_int_equal(is[FIND_SIGNER], DATE_FINE);
        assert_int_equal(is[FIND_TVS_DATE], DATE_FINE);
        assert_int_equal(is[FIND_TVS], TVS_ANSWERS);
        assert_int_equal(is[FIND_VOUCHES], ANSWER_YES);
        assert_int_not_equal(is[FIND_TVS_SERVED], SAME_NO);
        assert_int_not_equal(is[FIND_PHONE_ITL], SAME_NO);
    }
}

static bool is_open(const struct diagnosis *d, uint32_t at)
{
    for (uint32_t i = 0; i < JUDGE_CONDITIONS; i++)
        if (d->when[i].values != 0 && d->when[i].finding >= at)
            return true;
    return false;
}

static bool fits(const struct diagnosis *d, uint32_t finding, uint8_t value)
{
    for (uint32_t i = 0; i < JUDGE_CONDITIONS; i++)
        if (d->when[i].values != 0 && d->when[i].finding == finding &&
            (d->when[i].values >> value & 1u) == 0)
            return false;
    return true;
}

/* The rows of `alive` are those that all findings before `at` leave.  As soon as nothing open
 * decides, one look stands for all combinations of what follows. */
static void go(struct findings *f, uint32_t at, uint64_t alive)
{
    uint32_t first = 0;
    while ((alive >> first & 1u) == 0)
        first++;
    assert_true(first < judge_count);
    if (!is_open(&judge_rows[first], at)) {
        uint64_t all = 1;
        for (uint32_t i = at; i < FINDINGS; i++)
            all *= values[i];
        covered += all;
        times[first] += all;
        check(*f, at, &judge_rows[first]);
        return;
    }
    for (uint8_t v = 0; v < values[at]; v++) {
        uint64_t left = 0;
        for (uint32_t r = 0; r < judge_count; r++)
            if ((alive >> r & 1u) != 0 && fits(&judge_rows[r], at, v))
                left |= UINT64_C(1) << r;
        f->is[at] = v;
        go(f, at + 1, left);
    }
}

static void test_every_combination_has_one(void **state)
{
    struct findings f = { { 0 } };
    uint64_t all = 1;
    (void)state;
    assert_true(judge_count < 64);
    rng = rng_of(1, "doctor", 0);
    go(&f, 0, (UINT64_C(1) << judge_count) - 1);
    for (uint32_t i = 0; i < FINDINGS; i++)
        all *= values[i];
    assert_int_equal(covered, all);
    for (uint32_t r = 0; r < judge_count; r++)
        if (times[r] == 0)
            fail_msg("no combination is \"%s\"", judge_rows[r].key);
}

static void test_rows_say_what_they_must(void **state)
{
    uint32_t erase = 0;
    (void)state;
    for (uint32_t r = 0; r < judge_count; r++) {
        const struct diagnosis *d = &judge_rows[r];
        erase += d->erase;
        assert_true(strlen(d->key) > 0 && strlen(d->title) > 0 && strlen(d->why) > 0);
        assert_true(strlen(d->title) <= 100);
        assert_int_equal(d->steps[0] == NULL, d->outcome == OUTCOME_HEALTHY);
        for (uint32_t k = 0; k < r; k++) {
            assert_string_not_equal(d->key, judge_rows[k].key);
            assert_string_not_equal(d->title, judge_rows[k].title);
        }
    }
    assert_int_equal(erase, 1);
}

/* What the documents say that is to be done must be among the steps. */
static void test_steps_of_the_documents(void **state)
{
    static const struct {
        const char *key, *words; /* and from where */
    } rows[] = {
        { "erase", "CSCts01319" },                       /* 116232: TAC may have the ITL before */
        { "erase", "Restricted or Disabled" },           /* 116232 */
        { "erase", "Manual Backup" },                    /* Security Guide 14 */
        { "itl-corrupt", "set cert regen CallManager" }, /* 116232, of CSCtn50405 */
        { "itl-corrupt", "Manual Backup" },
        { "tvs-expired", "set cert regen TVS" },
        { "tvs-expired", "Manual Backup" },
        { "signer-expired", "utils itl reset localkey" }, /* Security Guide 14, of ITLRecovery */
        { "signer-expired", "utils ctl reset localkey" },
        { "signer-expired", "utils ctl update CTLFile" }, /* 214231 */
        { "signer-expired", "Manual Backup" },
        { "recovery-key", "utils itl reset localkey" }, /* CLI reference */
        { "recovery-key", "1024 bits" },                /* 214231 */
        { "recovery-key", "utils ctl reset localkey" }, /* Security Guide 12.5 */
        { "both-restore-the-key", "Restore Wizard" },
        { "both-restore-the-key", "utils itl reset remotekey" },
        { "itl-too-large", "39 certificates" },            /* Security Guide 12.5, in its reason */
        { "itl-too-large", "reused for CallManager" },     /* 221070 */
        { "ctl-not-updated", "utils ctl update CTLFile" }, /* 214231 */
        { "rollback-on", "wait ten minutes" },             /* Security Guide 12.5 */
        { "wrong-time", "utils ntp server add" }, /* CLI reference; "config" only shows it */
        { "http-busy", "Maximum Serving Count" },
        { "another-cluster", "Bulk Certificate Management" },                /* 215539 */
        { "another-cluster", "restart Cisco Trust Verification Service" },   /* 213407 */
        { "another-cluster", "Rollback to pre 8.0" },                        /* Security Guide 14 */
        { "another-cluster", "Not where the old cluster is in mixed mode" }, /* 213407 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t r = 0, found = 0;
        while (r < judge_count && strcmp(judge_rows[r].key, rows[i].key) != 0)
            r++;
        assert_true(r < judge_count);
        found += strstr(judge_rows[r].why, rows[i].words) != NULL;
        for (uint32_t k = 0; k < JUDGE_STEPS && judge_rows[r].steps[k] != NULL; k++)
            found += strstr(judge_rows[r].steps[k], rows[i].words) != NULL;
        if (found == 0)
            fail_msg("%s does not say \"%s\"", rows[i].key, rows[i].words);
    }
}

/* ---- the phone's half, one by one ---- */

static struct findings good_servers(void)
{
    struct findings f = { { 0 } };
    f.is[FIND_ITL] = ITL_GOOD;
    f.is[FIND_CONFIG] = CONFIG_GOOD;
    f.is[FIND_TVS] = TVS_ANSWERS;
    f.is[FIND_VOUCHES] = ANSWER_YES;
    f.is[FIND_TVS_SERVED] = SAME_YES;
    return f;
}

static const uint8_t phone[] = { FIND_PHONE_ITL, FIND_BY_ITSELF, FIND_TVS_PHONE, FIND_REFUSES,
                                 FIND_BACKUP };
enum { PHONE = sizeof phone, COMBINATIONS = 3 * 4 * 3 * 3 * 3 };

static struct findings phone_of(uint32_t number)
{
    struct findings f = good_servers();
    for (uint32_t i = 0; i < PHONE; i++) {
        f.is[phone[i]] = (uint8_t)(number % values[phone[i]]);
        number /= values[phone[i]];
    }
    return f;
}

/* The four conditions of technote 116232, written here as they stand there. */
static bool four_hold(const struct findings *f)
{
    return f->is[FIND_PHONE_ITL] == SAME_NO && f->is[FIND_TVS_PHONE] == SAME_NO &&
           f->is[FIND_REFUSES] == ANSWER_YES && f->is[FIND_BACKUP] == ANSWER_NO;
}

static void test_erase_is_the_four_conditions(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < COMBINATIONS; n++) {
        struct findings f = phone_of(n);
        bool no_other_key = f.is[FIND_BY_ITSELF] == BY_ITSELF_NO;
        assert_int_equal(judge(&f)->erase, four_hold(&f) && no_other_key);
    }
}

/* Whether `f` may turn out to be `g`: what is known stays. */
static bool may_be(const struct findings *f, const struct findings *g)
{
    for (uint32_t i = 0; i < FINDINGS; i++)
        if (f->is[i] != g->is[i] && f->is[i] != 0)
            return false;
    return true;
}

/* A "cannot tell" names what is missing: something is, and nothing that makes no difference; with
 * all of it known there is an answer.  What is told needs nothing more. */
static void test_missing_makes_the_difference(void **state)
{
    uint32_t told = 0, untold = 0;
    (void)state;
    for (uint32_t n = 0; n < COMBINATIONS; n++) {
        struct findings f = phone_of(n);
        uint32_t missing = judge_missing(&f);
        if (judge(&f)->outcome != OUTCOME_UNTOLD) {
            assert_int_equal(missing, 0);
            told++;
            continue;
        }
        untold++;
        assert_int_not_equal(missing, 0);
        for (uint32_t i = 0; i < FINDINGS; i++)
            assert_true((missing >> i & 1u) == 0 || f.is[i] == 0);
        for (uint32_t m = 0; m < COMBINATIONS; m++) {
            struct findings g = phone_of(m);
            bool all_known = true;
            for (uint32_t i = 0; i < FINDINGS; i++)
                all_known &= (missing >> i & 1u) == 0 || g.is[i] != 0;
            if (all_known && may_be(&f, &g))
                assert_int_not_equal(judge(&g)->outcome, OUTCOME_UNTOLD);
        }
    }
    assert_true(told > 100 && untold > 20);
}

/* The ten states of the manual check, and healthy. */
static void test_states(void **state)
{
    static const struct {
        const char *key;
        uint8_t finding[4], value[4];
    } states[] = {
        { "healthy-servers", { 0 }, { 0 } },
        { "healthy", { FIND_PHONE_ITL }, { SAME_YES } },
        { "itl-differs-tvs-good", { FIND_PHONE_ITL, FIND_TVS_PHONE }, { SAME_NO, SAME_YES } },
        { "tvs-differs-itl-same", { FIND_PHONE_ITL, FIND_TVS_SERVED }, { SAME_YES, SAME_NO } },
        { "differs-untold", { FIND_PHONE_ITL, FIND_TVS_PHONE }, { SAME_NO, SAME_NO } },
        { "recovery-key",
          { FIND_PHONE_ITL, FIND_TVS_PHONE, FIND_BY_ITSELF },
          { SAME_NO, SAME_NO, BY_ITSELF_SPARE } },
        { "tvs-down", { FIND_TVS }, { TVS_REFUSES } },
        { "tvs-expired", { FIND_TVS_DATE }, { DATE_EXPIRED } },
        { "itl-corrupt", { FIND_ITL }, { ITL_BAD } },
        { "itl-too-large", { FIND_ITL }, { ITL_LARGE } },
        { "ctl-not-updated", { FIND_CTL }, { CTL_STALE } },
        { "rollback-on", { FIND_ITL }, { ITL_EMPTY } },
        { "tftp-not-restarted", { FIND_TVS_SERVED, FIND_KNOWS }, { SAME_NO, KNOWS_SHOWN } },
        { "tvs-not-restarted", { FIND_TVS_SERVED, FIND_KNOWS }, { SAME_NO, KNOWS_LISTED } },
        { "wrong-time", { FIND_CLOCK }, { CLOCK_WRONG } },
        { "tvs-blocked", { FIND_TVS }, { TVS_SILENT } },
        { "files-silent", { FIND_FILES }, { FILES_SILENT } },
        { "configuration-not-fetched", { FIND_CONFIG }, { CONFIG_DID_NOT_COME } },
        { "ctl-not-fetched", { FIND_CTL }, { CTL_DID_NOT_COME } },
        { "http-blocked", { FIND_FILES }, { FILES_BY_TFTP } },
        { "http-busy", { FIND_FILES }, { FILES_BUSY } },
        { "another-cluster", { FIND_PHONE_ITL, FIND_NAMES }, { SAME_NO, NAMES_OTHER } },
        { "another-cluster",
          { FIND_PHONE_ITL, FIND_NAMES, FIND_TVS_PHONE },
          { SAME_NO, NAMES_OTHER, SAME_NO } },
        { "not-exchanged",
          { FIND_PHONE_ITL, FIND_NAMES, FIND_TVS_PHONE, FIND_VOUCHES },
          { SAME_NO, NAMES_OTHER, SAME_YES, ANSWER_NO } },
        { "itl-differs-tvs-good",
          { FIND_PHONE_ITL, FIND_NAMES, FIND_TVS_PHONE },
          { SAME_NO, NAMES_OTHER, SAME_YES } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct findings f = good_servers();
        for (int k = 0; k < 4; k++)
            if (states[i].value[k] != 0)
                f.is[states[i].finding[k]] = states[i].value[k];
        assert_string_equal(judge(&f)->key, states[i].key);
    }
}

/* ---- what is looked at ---- */

/* What does not come is not what is not there, and no reason to be content. */
static void test_what_did_not_come(void **state)
{
    static const enum fetched_end ends[] = { FETCHED_SILENT, FETCHED_REFUSED, FETCHED_BROKEN };
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct exam x = { .ctl = { .name = "c", .end = ends[i] },
                          .config = { .name = "n", .end = ends[i] } };
        look(&x);
        assert_int_equal(x.found.is[FIND_CTL], CTL_DID_NOT_COME);
        assert_int_equal(x.found.is[FIND_CONFIG], CONFIG_DID_NOT_COME);
    }
    struct exam x = { .ctl = { .name = "c", .end = FETCHED_MISSING } };
    look(&x);
    assert_int_equal(x.found.is[FIND_CTL], CTL_FINE);
    assert_int_equal(x.found.is[FIND_CONFIG], CONFIG_UNKNOWN);
}

/* That TFTP answers does not heal an HTTP port that phones ask first and that gives no file; one
 * where nobody listens costs them nothing. */
static void test_http_that_gives_no_file(void **state)
{
    static const struct {
        enum fetched_end http;
        enum files files;
    } rows[] = { { FETCHED_CAME, FILES_ANSWER },
                 { FETCHED_REFUSED, FILES_ANSWER },
                 { FETCHED_SILENT, FILES_BY_TFTP },
                 { FETCHED_BROKEN, FILES_BY_TFTP } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct exam x = { .tries = { { true, 6970, rows[i].http }, { false, 69, FETCHED_CAME } },
                          .try_count = 2 };
        look(&x);
        assert_int_equal(x.found.is[FIND_FILES], rows[i].files);
    }
}

/* A phone that hears "no" asks no further: that another TVS says yes heals nothing. */
/* To the byte: what a phone loads still is good. */
static void test_largest_itl(void **state)
{
    static uint8_t bytes[65536];
    (void)state;
    for (size_t n = 65535; n <= sizeof bytes; n++) {
        struct tl_record tvs = { .role = TL_TVS, .certificate = view_str("x") };
        struct exam x = { .itl = { .end = FETCHED_CAME,
                                   .good = true,
                                   .bytes = view_of(bytes, n),
                                   .list = { .records = &tvs, .count = 1 } } };
        look(&x);
        assert_int_equal(x.found.is[FIND_ITL], n == 65535 ? ITL_GOOD : ITL_LARGE);
    }
}

static void test_one_no_is_told(void **state)
{
    (void)state;
    for (uint32_t at = 0; at < 2; at++) {
        struct exam x = { .tvs_count = 2 };
        x.tvs[at].vouches = ANSWER_NO;
        x.tvs[1 - at].vouches = ANSWER_YES;
        look(&x);
        assert_int_equal(x.found.is[FIND_VOUCHES], ANSWER_NO);
        x.tvs[at].vouches = ANSWER_UNKNOWN;
        look(&x);
        assert_int_equal(x.found.is[FIND_VOUCHES], ANSWER_YES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_combination_has_one),
        cmocka_unit_test(test_rows_say_what_they_must),
        cmocka_unit_test(test_steps_of_the_documents),
        cmocka_unit_test(test_erase_is_the_four_conditions),
        cmocka_unit_test(test_missing_makes_the_difference),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_what_did_not_come),
        cmocka_unit_test(test_largest_itl),
        cmocka_unit_test(test_one_no_is_told),
        cmocka_unit_test(test_http_that_gives_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
