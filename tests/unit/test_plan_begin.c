/* What fails in preflight and touches a plan: an own plan that goes on all the same is told not to
 * begin, a ready-made one mends it first; and what a restored backup holds that nobody knows. */
#include "tests/unit/plan_made.h"

#define CLUSTER(version, found)                                                                    \
    "local hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub', 'sub1', 'sub2' "  \
    "} } " found " hq:group('A', { 'sub1', 'sub2' }) hq:pool('A', 'A') hq:phones { count = 8, "    \
    "model = '8845', pool = 'A' } settle() "

static const struct {
    const char *cluster;
    const char *check; /* that fails */
    const char *first; /* the step that mends it in a ready-made change */
    const char *says;  /* of it in the verdict */
    const char *mends; /* Lua: an own plan mends it by this */
} sick[] = {
    { CLUSTER("12.5", "") "hq.sub1:dbreplication('stop') settle() return hq", "replication",
      "First: repair the replication of the database", "Replication of the database to sub1",
      "hq.sub1:dbreplication('reset')" },
    { CLUSTER("12.5", "found { nodes = { sub2 = { replication = 4 } } }") "return hq",
      "replication", "First: repair the replication of the database",
      "Replication of the database to sub2 is setup failed (4)", "hq.sub2:dbreplication('reset')" },
    { CLUSTER("9.1", "") "hq.sub1:stop('TVS') hq.sub2:stop('TVS') settle() return hq",
      "tvs-stopped", "First: start what is stopped", "8 phones there can ask nobody",
      "hq.sub1:start('TVS') hq.sub2:start('TVS')" },
    { CLUSTER("15", "") "hq.pub:stop('TFTP') hq.sub1:stop('TFTP') settle() return hq",
      "tftp-stopped", "First: start what is stopped", "no file comes to 8 phones",
      "hq.pub:start('TFTP') hq.sub1:start('TFTP')" },
    { CLUSTER("9.1", "") "hq:set('rollback', true) settle() return hq", "rollback",
      "First: Prepare Cluster for Rollback to pre 8.0 is False again",
      "Prepare Cluster for Rollback to pre 8.0 is True", "hq:set('rollback', false)" },
    { CLUSTER("14SU3", "") "hq:set('rollback', true) settle() return hq", "rollback",
      "First: Prepare Cluster for Rollback to pre 8.0 is False again",
      "Prepare Cluster for Rollback to pre 8.0 is True", "hq:set('rollback', false)" },
    { CLUSTER("9.1", "") "hq.sub1:regenerate('TVS') hq.sub1:restart('TVS') settle() return hq",
      "tvs-listed", "First: make the lists of now",
      "The ITL of pub has not the certificate that TVS on sub1 works with",
      "for _, n in ipairs(hq.nodes) do n:restart('TFTP') end settle() hq:reset()" },
    { CLUSTER("12.5", "found { backup = 'none' }") "return hq", "backup", "Backup from before",
      "There is no backup", "hq:backup()" },
};
enum { SICK = sizeof sick / sizeof *sick };

#define RENEWS                                                                                     \
    "step('Renew', function() for _, n in ipairs(hq.nodes) do n:regenerate('CallManager') end "    \
    "settle() for _, n in ipairs(hq.nodes) do n:restart('TFTP') end settle() hq:reset() settle() " \
    "end)"

static const struct plan_finding *of_check(const struct plan *p, const char *check)
{
    for (uint32_t i = 0; i < p->preflight_count; i++) {
        if (strcmp(p->preflight[i].check, check) == 0 && p->preflight[i].fails)
            return &p->preflight[i];
    }
    fail_msg("%s does not fail", check);
    return NULL;
}

/* A change that touches it, and does not mend it, must not begin. */
static void test_refused(void **state)
{
    (void)state;
    for (int i = 0; i < SICK; i++) {
        struct made m = { 0 };
        make(&m, sick[i].cluster,
             "local hq = ... step('Renew', function() for _, n in ipairs(hq.nodes) do "
             "n:regenerate('CallManager') end settle() end) step('Reset', function() hq:reset() "
             "settle() end)");
        const struct plan *p = &m.plan;
        assert_true(m.good);
        if (strncmp(p->head.verdict, "do not begin: step 1 (Renew)", 28) != 0 ||
            strstr(p->head.verdict, sick[i].says) == NULL)
            fail_msg("%s: %s", sick[i].check, p->head.verdict);
        assert_true(p->head.refused && p->head.at_risk);
        assert_int_equal(of_check(p, sick[i].check)->stops, 1);
        assert_true(p->steps[0].refused.count >= 1);
        char *html = written(p, plan_html), *md = written(p, plan_markdown);
        assert_non_null(strstr(html, "<div class=\"verdict bad\">"));
        assert_non_null(strstr(html, "Do not do this step while preflight fails in this:"));
        assert_non_null(strstr(md, "**Step 1 must wait for it.**"));
        free(html);
        free(md);
        done(&m);
    }
}

/* One that mends it before may. */
static void test_mended(void **state)
{
    (void)state;
    for (int i = 0; i < SICK; i++) {
        struct made m = { 0 };
        char change[900];
        snprintf(change, sizeof change,
                 "local hq = ... step('Mend', function() %s settle() end) " RENEWS, sick[i].mends);
        make(&m, sick[i].cluster, change);
        assert_true(m.good);
        if (m.plan.head.refused)
            fail_msg("%s: %s", sick[i].check, m.plan.head.verdict);
        assert_int_equal(of_check(&m.plan, sick[i].check)->mended, 1);
        done(&m);
    }
}

/* Ready-made ones do, and nobody is left without anything. */
static void test_mended_first(void **state)
{
    (void)state;
    static const char *const changes[] = { "renew:all", "renew:callmanager", "renew:tvs",
                                           "rename:sub1=other" };
    for (int i = 0; i < SICK; i++) {
        for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
            struct made m = { 0 };
            assert_true(make_recipe(&m, sick[i].cluster, changes[k]));
            const struct plan *p = &m.plan;
            if (p->head.refused || p->head.unmended || p->head.hands > 0 || p->head.lost_now > 0 ||
                p->head.failed.count > 0 || p->head.error != NULL)
                fail_msg("%s, %s: %s", sick[i].check, changes[k], p->head.verdict);
            uint32_t step = of_check(p, sick[i].check)->mended;
            assert_in_range(step, 1, p->step_count);
            if (strcmp(p->steps[0].name, sick[i].first) != 0)
                fail_msg("%s, %s: first \"%s\"", sick[i].check, changes[k], p->steps[0].name);
            done(&m);
        }
    }
}

/* What a change does not touch does not stop it, and a cluster in good order has no first steps. */
static void test_not_stopped(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, sick[0].cluster,
         "local hq = ... step('Reset', function() hq:reset() settle() end) step('Set', function() "
         "hq:set('max_serving', 100) settle() end)");
    assert_false(m.plan.head.refused);
    assert_true(m.plan.head.unmended);
    assert_int_equal(of_check(&m.plan, "replication")->stops, 0);
    char *html = written(&m.plan, plan_html);
    assert_non_null(strstr(html, "<div class=\"verdict warn\">")); /* not green */
    free(html);
    done(&m);
    assert_true(make_recipe(&m, CLUSTER("14", "") "return hq", "renew:tvs"));
    assert_string_equal(m.plan.steps[0].name, "Backup from before");
    html = written(&m.plan, plan_html);
    assert_non_null(strstr(html, "<div class=\"verdict good\">"));
    free(html);
    done(&m);
}

/* The rollback parameter that a change needs itself is none of its faults. */
static void test_own_rollback(void **state)
{
    (void)state;
    struct made m = { 0 };
    assert_true(make_recipe(&m,
                            "local hq = cluster { name = 'HQ', version = '9.1', nodes = 'pub' } "
                            "hq:phones { count = 4, model = '7965' } return hq",
                            "rename:pub=other"));
    assert_false(m.plan.head.refused);
    assert_int_equal(m.plan.head.hands, 0);
    done(&m);
}

/* An ITLRecovery that is too small is renewed before what leans on it, and as it should be: no
 * phone meets a list of its new key before another key that it knows has signed one. */
static void test_small_recovery(void **state)
{
    (void)state;
    struct made m = { 0 };
    static const char *const versions[] = { "11.5", "12.5" };
    for (int i = 0; i < 2; i++) {
        char cluster[600];
        snprintf(cluster, sizeof cluster,
                 "local hq = cluster { name = 'HQ', version = '%s', nodes = { 'pub', 'sub1' } } "
                 "hq:set('itlrecovery_1024', true) hq:phones { count = 4, model = '8845' } "
                 "settle() return hq",
                 versions[i]);
        assert_true(make_recipe(&m, cluster, "renew:callmanager"));
        const struct plan *p = &m.plan;
        if (p->head.refused || p->head.hands > 0 || p->head.lost_now > 0)
            fail_msg("%s: %s", versions[i], p->head.verdict);
        assert_string_equal(p->steps[1].name, "Renew ITLRecovery");
        assert_int_equal(of_check(p, "itlrecovery-small")->mended, 2);
        done(&m);
        make(&m, cluster, "local hq = ... " RENEWS);
        assert_true(m.plan.head.refused);
        done(&m);
        make(&m, cluster,
             "local hq = ... step('tomcat', function() hq.pub:regenerate('tomcat') settle() end)");
        assert_false(m.plan.head.refused);
        done(&m);
    }
}

/* ---- a backup that was found ---- */

static void test_restore(void **state)
{
    static const struct {
        const char *found, *says; /* NULL: it can be written */
    } rows[] = { { "found { backup = '2024-12-01 02:00' }", NULL },
                 { "found {}", "cannot know: no file says when the last backup succeeded" },
                 { "found { backup = 'none' }", "there is no backup" },
                 { "found { backup = '2024-12-01 02:00', backup_restores = false }",
                   "the backup cannot be restored" },
                 { "", NULL } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made m = { 0 };
        char cluster[600];
        snprintf(cluster, sizeof cluster,
                 "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub1' } } "
                 "%s hq:phones { count = 4, model = '8845' } settle() return hq",
                 rows[i].found);
        bool good = make_recipe(&m, cluster, "restore:sub1");
        if (good != (rows[i].says == NULL) || (!good && strstr(m.e.text, rows[i].says) == NULL))
            fail_msg("%s: %s", rows[i].found, good ? m.plan.head.verdict : m.e.text);
        if (good)
            assert_int_equal(m.plan.head.hands, 0);
        done(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_mended),
        cmocka_unit_test(test_mended_first), cmocka_unit_test(test_not_stopped),
        cmocka_unit_test(test_own_rollback), cmocka_unit_test(test_small_recovery),
        cmocka_unit_test(test_restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
