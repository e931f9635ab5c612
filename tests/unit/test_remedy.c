/* What brings phones back, found by trying; what nobody has noticed yet, found by probing. */
#include "tests/unit/acts.h"
#include "sim/predict/losses.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#define PHONES 20
#define SECOND 1000000ull
#define HOUR   (3600 * SECOND)

struct bench {
    struct lab *lab;
    struct losses losses; /* of those that listen() */
    uint32_t cluster, first;
    struct err e;
};

static void must(struct bench *b, bool ok)
{
    if (!ok)
        fail_msg("%s", b->e.text);
}

static void settle(struct bench *b)
{
    assert_true(lab_settle(b->lab, lab_now_us(b->lab) + 24 * HOUR).quiet);
}

/* A cluster whose phones have booted. */
static struct bench booted(const char *version, uint32_t nodes)
{
    static const char *const names[] = { "pub", "sub1", "sub2" };
    struct bench b = { .e = { "" } };
    struct lab_options o = lab_defaults();
    o.cache_dir = keyring_default_cache();
    b.lab = lab_new(&o);
    struct lab_cluster_spec c = {
        .name = "HQ", .version = version, .nodes = names, .node_count = nodes, .domain = ""
    };
    must(&b, lab_cluster(b.lab, &c, &b.cluster, &b.e));
    struct lab_phones_spec p = { .count = PHONES, .model = "7965" };
    must(&b, lab_phones(b.lab, b.cluster, &p, &b.first, &b.e));
    for (uint32_t i = 0; i < PHONES; i++)
        lab_power(b.lab, i, true, lab_now_us(b.lab));
    settle(&b);
    for (uint32_t i = 0; i < PHONES; i++)
        assert_true(phone_is_registered(&b.lab->state.phones[i]));
    return b;
}

static void regenerate(struct bench *b, enum own own)
{
    must(b, lab_regenerate(b->lab, b->cluster, 0, own, &b->e));
}

static void service(struct bench *b, enum service s, enum act_kind act)
{
    must(b, lab_service(b->lab, b->cluster, 0, s, act, &b->e));
}

static void both_regenerated(struct bench *b)
{
    lab_step(b->lab, "regenerate both");
    regenerate(b, OWN_CALLMANAGER);
    regenerate(b, OWN_TVS);
    service(b, SERVICE_TFTP, DO_RESTART);
    service(b, SERVICE_TVS, DO_RESTART);
    settle(b);
}

static void reset_all(struct bench *b)
{
    lab_step(b->lab, "reset the phones");
    lab_reset_all(b->lab, b->cluster);
    settle(b);
}

/* From now on the end of a step is kept. */
static void listen_to(struct bench *b)
{
    losses_init(&b->losses, b->lab);
}

static void end(struct bench *b)
{
    losses_free(&b->losses);
    lab_free(b->lab);
}

/* What the phones said themselves. */
static uint8_t said_lost(const struct bench *b, uint32_t phone)
{
    const struct lab_loss *loss = lab_loss_of(b->lab, phone);
    return loss == NULL ? 0 : loss->open;
}

/* Of what they said themselves. */
static void all_have(struct bench *b, enum way_kind kind, const char *name)
{
    struct remedies r;
    uint8_t lost[PHONES];
    for (uint32_t i = 0; i < PHONES; i++)
        lost[i] = said_lost(b, i);
    remedies_find(b->lab, lost, &r);
    for (uint32_t i = 0; i < PHONES; i++) {
        char found[WAY_TEXT];
        const struct way *w = remedies_of(&r, i);
        way_name(w, found);
        if (w->kind != kind || strcmp(found, name) != 0)
            fail_msg("phone %u: %s, not %s", i, found, name);
    }
    assert_int_equal(remedies_phones(&r, kind), kind == WAY_NONE ? 0 : PHONES);
    assert_int_equal(remedies_worst(&r), kind);
    remedies_free(&r);
}

static void nothing_lost(void **state)
{
    (void)state;
    struct bench b = booted("8.6", 1);
    all_have(&b, WAY_NONE, "none");
    lab_free(b.lab);
}

/* No act on the cluster helps, and deleting the lists does. */
static void both_on_one_node_need_hands(void **state)
{
    (void)state;
    struct bench b = booted("8.6", 1);
    both_regenerated(&b);
    reset_all(&b);
    assert_int_equal(said_lost(&b, 0),
                     FSM_BIT(FUNCTION_CONFIGURATION) | FSM_BIT(FUNCTION_TRUST_LIST));
    all_have(&b, WAY_HANDS, "hands");
    lab_free(b.lab);
}

/* From 10.0 the list that they hold knows ITLRecovery: `utils itl reset localkey` signs with it. */
static void recovery_key_helps(void **state)
{
    (void)state;
    struct bench b = booted("10.5(2)", 1);
    both_regenerated(&b);
    reset_all(&b);
    assert_true(said_lost(&b, 0) != 0);
    all_have(&b, WAY_ACTS, "reset-localkey");
    lab_free(b.lab);
}

static void stopped_service(void **state)
{
    (void)state;
    struct bench b = booted("8.6", 1);
    lab_step(b.lab, "stop");
    service(&b, SERVICE_CALLMANAGER, DO_STOP);
    settle(&b);
    assert_int_equal(said_lost(&b, 0), FSM_BIT(FUNCTION_REGISTRATION));
    all_have(&b, WAY_ACTS, "start-services");
    lab_free(b.lab);
}

/* What was tried has touched nothing: the same answer twice, and the run goes on as it would. */
static void trials_leave_no_mark(void **state)
{
    (void)state;
    uint64_t hash[2];
    for (int k = 0; k < 2; k++) {
        struct bench b = booted("8.6", 1);
        both_regenerated(&b);
        reset_all(&b);
        if (k == 1) {
            struct boots boots;
            const uint8_t none[PHONES] = { 0 };
            all_have(&b, WAY_HANDS, "hands");
            all_have(&b, WAY_HANDS, "hands");
            boots_find(b.lab, none, &boots);
            boots_free(&boots);
        }
        for (uint32_t i = 0; i < PHONES; i++)
            lab_erase(b.lab, i, lab_now_us(b.lab));
        settle(&b);
        hash[k] = lab_now_us(b.lab);
        for (uint32_t i = 0; i < PHONES; i++) {
            assert_int_equal(said_lost(&b, i), 0);
            hash[k] = rng_hash(hash[k], view_of(&b.lab->state.phones[i].rng, sizeof(struct rng)));
        }
        lab_free(b.lab);
    }
    assert_int_equal(hash[0], hash[1]);
}

static void answers_follow_the_lab(void **state)
{
    (void)state;
    struct bench b = booted("8.6", 1);
    listen_to(&b);
    assert_false(losses_need_hands(&b.losses, 0) || losses_need_hands(&b.losses, 7));
    both_regenerated(&b);
    reset_all(&b);
    assert_true(losses_need_hands(&b.losses, 0) && losses_need_hands(&b.losses, 7));
    const struct remedies *r = losses_remedies(&b.losses);
    assert_true(r->groups.count >= 1 && r->groups.count < PHONES);
    assert_int_equal(remedies_phones(r, WAY_HANDS), PHONES);
    end(&b);
}

/* ---- probes ---- */

/* What is lost already hides nothing of it and is not told again. */
static void next_boot(void **state)
{
    (void)state;
    struct bench b = booted("8.6", 1);
    listen_to(&b);
    const struct verdict *v = losses_verdict(&b.losses);
    assert_int_equal(v->boots[STANDS_UP].all, PHONES);
    assert_int_equal(v->boots[STANDS_UP].phones, 0);
    both_regenerated(&b);
    assert_int_equal(said_lost(&b, 0), 0); /* nobody has booted yet */
    assert_int_equal(losses_now(&b.losses, 0), FSM_BIT(FUNCTION_SECURE_SERVICES));
    const struct verdict_boot *boot = &losses_verdict(&b.losses)->boots[STANDS_UP];
    assert_int_equal(boot->phones, PHONES);
    assert_int_equal(boot->example, 0);
    assert_int_equal(boot->lost[FUNCTION_CONFIGURATION], PHONES);
    assert_int_equal(boot->lost[FUNCTION_TRUST_LIST], PHONES);
    assert_int_equal(boot->lost[FUNCTION_REGISTRATION], 0);
    assert_int_equal(boot->lost[FUNCTION_SECURE_SERVICES], 0);
    assert_int_equal(boot->by_way[WAY_HANDS], PHONES);
    assert_int_equal(said_lost(&b, 0), 0);
    reset_all(&b);
    assert_int_equal(losses_verdict(&b.losses)->boots[STANDS_UP].phones, 0);
    end(&b);
}

#define SERVICES_BIT FSM_BIT(FUNCTION_SECURE_SERVICES)

/* Nobody presses a key. */
static void services_that_nobody_pressed(void **state)
{
    (void)state;
    struct bench b = booted("8.6", 1);
    struct lab_loss loss;
    listen_to(&b);
    assert_false(losses_of(&b.losses, 3, &loss)); /* TVS vouches for Tomcat */
    lab_step(b.lab, "stop TVS");
    uint64_t at = lab_now_us(b.lab);
    service(&b, SERVICE_TVS, DO_STOP);
    settle(&b);
    lab_run_until(b.lab, lab_now_us(b.lab) + HOUR); /* a remembered answer is past its time */
    for (uint32_t i = 0; i < PHONES; i++) {
        assert_int_equal(losses_now(&b.losses, i), SERVICES_BIT);
        assert_true(losses_of(&b.losses, i, &loss));
        assert_int_equal(loss.step[FUNCTION_SECURE_SERVICES], 1);
        assert_int_equal(loss.since_us[FUNCTION_SECURE_SERVICES], at);
        assert_null(lab_loss_of(b.lab, i)); /* the step is not over */
    }
    assert_int_equal(remedies_phones(losses_remedies(&b.losses), WAY_ACTS), PHONES);
    lab_step(b.lab, "start it again");
    assert_int_equal(said_lost(&b, 3), SERVICES_BIT); /* now it is kept */
    service(&b, SERVICE_TVS, DO_START);
    settle(&b);
    assert_int_equal(losses_now(&b.losses, 3), 0);
    assert_true(losses_of(&b.losses, 3, &loss));
    assert_int_equal(loss.ever, SERVICES_BIT);
    assert_in_range(losses_us(&b.losses, 3, FUNCTION_SECURE_SERVICES), HOUR, 2 * HOUR);
    end(&b);
}

/* A phone without Security by Default has no such services to lose. */
static void models_without_services(void **state)
{
    (void)state;
    struct bench b = booted("8.6", 1);
    struct lab_phones_spec p = { .count = 2, .model = "7960" };
    uint32_t first;
    must(&b, lab_phones(b.lab, b.cluster, &p, &first, &b.e));
    for (uint32_t i = first; i < first + 2; i++)
        lab_power(b.lab, i, true, lab_now_us(b.lab));
    settle(&b);
    service(&b, SERVICE_TVS, DO_STOP);
    settle(&b);
    listen_to(&b);
    assert_int_equal(losses_now(&b.losses, 0), SERVICES_BIT);
    assert_int_equal(losses_now(&b.losses, first), 0);
    end(&b);
}

/* ---- words ---- */

static struct way one(enum act_kind kind, enum way_width width, uint64_t arg)
{
    return (struct way){ .kind = WAY_ACTS,
                         .count = 1,
                         .acts = { { .act = { .kind = (uint8_t)kind, .arg = { arg } },
                                     .width = (uint8_t)width } } };
}

static void says(const struct lab *lab, const struct way *w, const char *name, const char *title,
                 const char *after, const char *sentence)
{
    char text[WAY_TEXT];
    way_name(w, text);
    assert_string_equal(text, name);
    way_title(w, text);
    assert_string_equal(text, title);
    assert_true(strlen(title) <= 19); /* its column */
    way_after(lab, w, text);
    assert_string_equal(text, after);
    way_sentence(lab, w, text);
    assert_string_equal(text, sentence);
}

static void words(void **state)
{
    (void)state;
    struct bench b = booted("11.5", 2);
    struct way w = { .kind = WAY_NONE };
    says(b.lab, &w, "none", "back already", "came back by itself",
         "Nothing to do: it came back during the run.");
    w = (struct way){ .kind = WAY_BOOT };
    says(b.lab, &w, "boot", "next boot", "its next boot",
         "Reset the phone, or wait until it boots: it comes back by itself.");
    w = one(DO_RESTART, WIDTH_ONE, SERVICE_TFTP);
    w.acts[0].act.node = 1;
    says(b.lab, &w, "restart-services", "restart services",
         "`utils service restart Cisco Tftp` on sub1, then a reset",
         "`utils service restart Cisco Tftp` on sub1, then reset the phone.");
    w.acts[0].width = WIDTH_EVERYWHERE;
    says(b.lab, &w, "restart-services", "restart services",
         "`utils service restart Cisco Tftp` on every node, then a reset",
         "`utils service restart Cisco Tftp` on every node, then reset the phone.");
    w.acts[w.count++] = one(DO_ITL_RESET_LOCALKEY, WIDTH_ONE, 0).acts[0];
    w.harm = (struct way_harm){ 3, FSM_BIT(FUNCTION_TRUST_LIST) };
    says(b.lab, &w, "restart-services+reset-localkey", "2 acts",
         "`utils service restart Cisco Tftp` on every node, then a reset; `utils itl reset "
         "localkey` on pub, then a reset",
         "`utils service restart Cisco Tftp` on every node, then reset the phone; then `utils itl "
         "reset localkey` on pub, then reset the phone. It would cost 3 other phones trust list.");
    w = one(DO_START, WIDTH_ALL, 0);
    w.kind = WAY_HANDS;
    says(b.lab, &w, "hands", "needs hands",
         "start every service that is stopped, on every node; deleting its trust lists by hand",
         "Start every service that is stopped, on every node, then reset the phone; then somebody "
         "must delete the trust lists on the phone itself.");
    w = (struct way){ .kind = WAY_HANDS };
    says(
        b.lab, &w, "hands", "needs hands", "deleting its trust lists by hand",
        "Somebody must delete the trust lists on the phone itself: none of the acts on the cluster "
        "that were tried helps.");
    lab_free(b.lab);
}

/* Kind, harm, what is given up, number of acts, how narrow they are. */
static void order(void **state)
{
    (void)state;
    struct way two = one(DO_RESTART, WIDTH_ONE, SERVICE_TVS);
    two.acts[two.count++] = one(DO_ITL_RESET_LOCALKEY, WIDTH_ONE, 0).acts[0];
    struct way plain = one(DO_SET, WIDTH_ONE, PARAM_HTTPS_SERVICES);
    struct way harmful = one(DO_RESTART, WIDTH_ONE, SERVICE_TFTP);
    harmful.harm.phones = 1;
    const struct way ways[] = {
        { .kind = WAY_NONE },
        { .kind = WAY_BOOT },
        one(DO_START, WIDTH_ONE, SERVICE_TFTP),
        one(DO_RESTART, WIDTH_ONE, SERVICE_TFTP),
        one(DO_RESTART, WIDTH_EVERYWHERE, SERVICE_TFTP),
        one(DO_RESTART, WIDTH_ALL, 0),
        one(DO_ITL_RESET_LOCALKEY, WIDTH_ONE, 0),
        one(DO_CTL_UPDATE, WIDTH_ONE, 0),
        two,
        plain,
        harmful,
        { .kind = WAY_HANDS },
        { .kind = WAY_HANDS, .count = 1 },
        { .kind = WAY_UNKNOWN },
    };
    const size_t n = sizeof ways / sizeof ways[0];
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++)
            assert_int_equal(way_compare(&ways[i], &ways[k]), i < k ? -1 : i > k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_lost),
        cmocka_unit_test(both_on_one_node_need_hands),
        cmocka_unit_test(recovery_key_helps),
        cmocka_unit_test(stopped_service),
        cmocka_unit_test(trials_leave_no_mark),
        cmocka_unit_test(answers_follow_the_lab),
        cmocka_unit_test(next_boot),
        cmocka_unit_test(services_that_nobody_pressed),
        cmocka_unit_test(models_without_services),
        cmocka_unit_test(words),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
