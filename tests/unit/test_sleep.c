/* Nobody sleeps for ever: a phone sleeps only where nothing that could help is still on its way.
 * Where all is quiet, to wake everybody changes nothing. */
#include "tests/unit/lab_fixture.h"

#define MONTH_US (30 * DAY_US)

static void comes_to_rest(struct lab *lab)
{
    assert_true(lab_settle(lab, lab_now_us(lab) + MONTH_US).quiet);
}

/* A change that changes nothing: whoever sleeps tries once more. */
static void wake(struct lab *lab)
{
    lab_set_knob(lab, KNOB_HTTPS_TIMEOUT_US, lab->state.knobs.value[KNOB_HTTPS_TIMEOUT_US]);
}

static void nobody_slept_in_vain(struct lab *lab, uint64_t seed)
{
    bool before[64];
    uint32_t n = lab->state.phone_count;
    comes_to_rest(lab);
    for (uint32_t i = 0; i < n; i++)
        before[i] = phone_is_registered(&lab->state.phones[i]);
    wake(lab);
    comes_to_rest(lab);
    for (uint32_t i = 0; i < n; i++) {
        if (phone_is_registered(&lab->state.phones[i]) != before[i])
            fail_msg("seed %u: phone %u %s", (unsigned)seed, (unsigned)i,
                     before[i] ? "is gone" : "slept and could have registered");
    }
}

/* ---- random situations ---- */

static struct link random_link(struct rng *r)
{
    return (struct link){ .delay_us = rng_below(r, 200000),
                          .jitter_us = rng_below(r, 400000),
                          .loss_ppm = (uint32_t)(rng_below(r, 3) == 0 ? rng_below(r, 100000) : 0),
                          .down = rng_below(r, 4) == 0 };
}

static void random_act(struct lab *lab, struct rng *r)
{
    static const uint8_t services[] = { SERVICE_TFTP, SERVICE_TVS, SERVICE_CALLMANAGER,
                                        SERVICE_CALLMANAGER };
    static const uint8_t kinds[] = { DO_STOP, DO_START, DO_RESTART };
    uint32_t node = (uint32_t)rng_below(r, 2),
             phone = (uint32_t)rng_below(r, lab->state.phone_count);
    uint64_t now_us = lab_now_us(lab);
    struct link link = random_link(r);
    switch (rng_below(r, 9)) {
    case 0:
        (void)lab_regenerate(lab, 0, node, rng_below(r, 2) != 0 ? OWN_CALLMANAGER : OWN_TVS, NULL);
        break;
    case 1:
        lab_node_link(lab, 0, node, &link);
        break;
    case 2:
        assert_true(lab_phone_link(lab, phone, &link, NULL));
        break;
    case 3:
        lab_power(lab, phone, rng_below(r, 2) != 0, now_us);
        break;
    case 4:
        lab_reset_all(lab, 0);
        break;
    case 5:
        lab_press(lab, phone, KEY_DIRECTORIES, now_us);
        break;
    default:
        (void)lab_service(lab, 0, node, (enum service)services[rng_below(r, sizeof services)],
                          (enum act_kind)kinds[rng_below(r, sizeof kinds)], NULL);
    }
}

static void random_situations(void **state)
{
    (void)state;
    static const char *const versions[] = { "8.6", "10.5(2)", "12.5", "14" };
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct rng r = rng_of(seed, "sleep", 0);
        bool secure = rng_below(&r, 3) == 0;
        uint32_t version = (uint32_t)rng_below(&r, 4);
        struct fixture f = { .version = versions[secure && version == 0 ? 1 : version],
                             .nodes = 2,
                             .group = 1 + (uint32_t)rng_below(&r, 2),
                             .phones = 8,
                             .model = secure ? "8861" : NULL,
                             .seed = seed };
        f.security = secure ? CNF_ENCRYPTED : 0;
        f.lsc = f.mixed = secure;
        struct lab *lab = make(f);
        lab_param(lab, 0, PARAM_REPLICATION_US, rng_below(&r, 4) == 0 ? HOUR_US : 5 * SECOND_US);
        /* Where bad luck helps (who misses its files by it goes to its second TFTP server, and may
         * register there) nobody can tell who sleeps in vain. */
        lab_set_knob(lab, KNOB_REGISTER_AT_TFTP, 0);
        lab_set_knob(lab, KNOB_REGISTER_TIMEOUT_US, 6 * SECOND_US + rng_below(&r, 6 * SECOND_US));
        for (int i = 0; i < 12; i++) {
            random_act(lab, &r);
            lab_run_until(lab, lab_now_us(lab) + rng_below(&r, 10 * 60 * SECOND_US));
        }
        nobody_slept_in_vain(lab, seed);
        lab_free(lab);
    }
}

/* ---- what is on its way ---- */

/* A rush at a server ends: nobody who was turned away sleeps beside a server that idles. */
static void a_rush(void **state)
{
    (void)state;
    struct lab *lab =
        make_off((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 400 });
    lab->state.costs[COST_ANSWER_US] = SECOND_US; /* 13 minutes of work for one request of each */
    power_all(lab, true);
    comes_to_rest(lab);
    assert_int_equal(registered(lab), 400);
    lab_free(lab);
}

/* A link that loses packets: sooner or later each phone comes through. */
static void a_lossy_link(void **state)
{
    (void)state;
    struct lab *lab =
        make_off((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 60 });
    lab->state.knobs.value[KNOB_REGISTER_TIMEOUT_US] = 500000;
    struct link lossy = { .delay_us = 1000, .loss_ppm = 700000 };
    for (uint32_t i = 0; i < 60; i++)
        assert_true(lab_phone_link(lab, i, &lossy, NULL));
    power_all(lab, true);
    comes_to_rest(lab);
    assert_int_equal(registered(lab), 60);
    lab_free(lab);
}

/* Through one that loses every packet nothing comes: as if it were down. */
static void nothing_comes_through(void **state)
{
    (void)state;
    for (int node = 0; node < 2; node++) {
        struct lab *lab =
            make_off((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 20 });
        struct link all_lost = { .delay_us = 1000, .loss_ppm = 1000000 };
        for (uint32_t i = 0; i < 20 && !node; i++)
            assert_true(lab_phone_link(lab, i, &all_lost, NULL));
        if (node)
            lab_node_link(lab, 0, 0, &all_lost);
        power_all(lab, true);
        comes_to_rest(lab);
        assert_int_equal(registered(lab), 0);
        for (uint32_t i = 0; i < 20; i++)
            assert_true(lab->state.phones[i].idle);
        lab_free(lab);
    }
}

/* A certificate that other nodes see in an hour only: quiet is not before, and who waits for it
 * wakes then. */
static void replication(void **state)
{
    (void)state;
    struct lab *lab = make(encrypted_pair);
    lab_param(lab, 0, PARAM_REPLICATION_US, HOUR_US);
    lab_param(lab, 0, PARAM_ACCEPT_FOREIGN_LSC, 1);
    lab_param(lab, 0, PARAM_CAPF_TRUST_HERE, 0);
    /* Phones have an LSC of the old CAPF; it comes to CAPF-trust, and sub1 knows it an hour later.
     */
    uint32_t old = lab->state.clusters[0].nodes[0].disk.own[OWN_CAPF];
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    settled(lab);
    regenerate(lab, 0, OWN_CAPF);
    lab_run_until(lab, lab_now_us(lab) + 2 * HOUR_US); /* sub1 has forgotten the old one */
    lab_reset_all(lab, 0);
    settled(lab);
    assert_int_equal(registered(lab), 0);
    uint64_t upload_us = lab_now_us(lab);
    struct act upload = { .kind = DO_UPLOAD, .arg = { STORE_CAPF_TRUST, old } };
    assert_true(lab_do(lab, 0, &upload, NULL));
    comes_to_rest(lab);
    assert_int_equal(registered(lab), 5);
    assert_in_range(lab_now_us(lab), upload_us + HOUR_US, upload_us + 2 * HOUR_US);
    lab_free(lab);
}

/* A knob, a row of the database: what was set since may be what was missing. */
static void knobs_are_changes(void **state)
{
    (void)state;
    struct lab *lab =
        make_off((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 5 });
    struct link slow = { .delay_us = SECOND_US };
    for (uint32_t i = 0; i < 5; i++)
        assert_true(lab_phone_link(lab, i, &slow, NULL));
    lab_set_knob(lab, KNOB_REGISTER_TIMEOUT_US, SECOND_US);
    power_all(lab, true);
    comes_to_rest(lab);
    assert_int_equal(registered(lab), 0); /* by no luck: the way is too long */
    assert_true(lab->state.phones[0].idle);
    lab_set_knob(lab, KNOB_REGISTER_TIMEOUT_US, 20 * SECOND_US);
    comes_to_rest(lab);
    assert_int_equal(registered(lab), 5);
    lab_free(lab);
}

/* Two attempts that both fail prove nothing where they ended differently. */
static void another_end(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 1 });
    const struct phone *p = &lab->state.phones[0];
    struct service_run *tftp = &lab->state.clusters[0].nodes[0].run.services[SERVICE_TFTP];
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    for (int attempt = 0; attempt < 3; attempt++) {
        lab_run_until(lab, attempt == 0 ? lab_now_us(lab) + SECOND_US : p->deadline_us + SECOND_US);
        assert_int_equal(p->state, PHONE_UNREGISTERED);
        assert_int_equal(p->idle, attempt == 2); /* 1 and 2 had no TFTP */
        if (attempt == 0)
            tftp->state = SERVICE_STOPPED; /* without a word to anybody */
    }
    lab_free(lab);
}

/* However many phones have a change of their own in one attempt, none is missed. */
static void a_change_of_each(void **state)
{
    (void)state;
    struct lab *lab =
        make_off((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 2 });
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    power_all(lab, true);
    lab_run_until(lab, 100 * SECOND_US);
    struct link same = { .delay_us = 1000 };
    lab_run_until(lab, lab->state.phones[0].deadline_us + 1); /* in the middle of an attempt */
    for (uint32_t i = 0; i < 65536; i++)
        assert_true(lab_phone_link(lab, 0, &same, NULL));
    assert_true(lab->state.cold[0].hope);
    assert_int_equal(lab->state.changes >> 16, 1);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_situations), cmocka_unit_test(a_rush),
        cmocka_unit_test(a_lossy_link),      cmocka_unit_test(nothing_comes_through),
        cmocka_unit_test(replication),       cmocka_unit_test(knobs_are_changes),
        cmocka_unit_test(a_change_of_each),  cmocka_unit_test(another_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
