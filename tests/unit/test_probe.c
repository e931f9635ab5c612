/* Whether secured services would open, by what a phone is and holds; the lab stays as it is. */
#include "tests/unit/lab_fixture.h"

#include "sim/predict/probe.h"

static struct lab *lab;

/* Phones 0 to 3 open secured URLs, 4 and 5 know none. */
static int up(void **state)
{
    (void)state;
    struct err e = { "" };
    uint32_t first;
    lab = make_off((struct fixture){ .version = "8.6", .nodes = 2, .group = 2, .phones = 4 });
    assert_true(
        lab_phones(lab, 0, &(struct lab_phones_spec){ .count = 2, .model = "7940" }, &first, &e));
    power_all(lab, true);
    settled(lab);
    fine(lab);
    return 0;
}

static int down(void **state)
{
    (void)state;
    lab_free(lab);
    return 0;
}

static void answers(const uint8_t want[6])
{
    uint8_t got[6];
    uint64_t worked_us[6];
    uint64_t hash = lab_hash(lab), now_us = lab_now_us(lab);
    memset(got, 255, sizeof got);
    probe_services(lab, got, worked_us);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(got[i], want[i]);
        assert_true(worked_us[i] == 0); /* nobody remembers an answer of TVS */
    }
    assert_true(lab_hash(lab) == hash && lab_now_us(lab) == now_us);
}

#define ANSWERS(...) answers((const uint8_t[]){ __VA_ARGS__ })
#define WORKS        PROBE_WORKS
#define FAILS        PROBE_FAILS
#define NOTHING      PROBE_NOTHING

static void stop_tvs(enum act_kind act)
{
    service(lab, 0, 0, SERVICE_TVS, act);
    service(lab, 0, 1, SERVICE_TVS, act);
}

static void by_what_it_holds(void **state)
{
    (void)state;
    ANSWERS(WORKS, WORKS, WORKS, WORKS, WORKS, WORKS);
    lab_power(lab, 0, false, lab_now_us(lab));
    lab_power(lab, 4, false, lab_now_us(lab));
    lab_run_until(lab, lab_now_us(lab) + SECOND_US);
    lab->state.phones[1].config = 0; /* it knows of none */
    lab->state.phones[5].config = 0;
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(probe_can_press(lab, i), i == 2 || i == 3);
    ANSWERS(NOTHING, NOTHING, WORKS, WORKS, NOTHING, NOTHING);
}

/* Tomcat's certificate stands in no list: without TVS nobody vouches for it. */
static void without_tvs(void **state)
{
    (void)state;
    stop_tvs(DO_STOP);
    settled(lab);
    ANSWERS(FAILS, FAILS, FAILS, FAILS, WORKS, WORKS);
    /* What is starting is waited for. */
    stop_tvs(DO_START);
    ANSWERS(WORKS, WORKS, WORKS, WORKS, WORKS, WORKS);
    settled(lab);
    ANSWERS(WORKS, WORKS, WORKS, WORKS, WORKS, WORKS);
}

/* Plain URLs are nothing that one could lose, from the configuration on that says so. */
static void plain_urls(void **state)
{
    (void)state;
    lab_param(lab, 0, PARAM_HTTPS_SERVICES, 0);
    for (uint32_t i = 0; i < 2; i++)
        lab_reset_phone(lab, i, lab_now_us(lab));
    settled(lab);
    stop_tvs(DO_STOP);
    settled(lab);
    ANSWERS(WORKS, WORKS, FAILS, FAILS, WORKS, WORKS);
}

/* On its way somewhere, nothing is known of it; a group of phones is asked once. */
static void on_the_way(void **state)
{
    (void)state;
    lab_reset_phone(lab, 2, lab_now_us(lab));
    lab_run_until(lab, lab_now_us(lab) + SECOND_US);
    ANSWERS(WORKS, WORKS, NOTHING, WORKS, WORKS, WORKS);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    service(lab, 0, 1, SERVICE_CALLMANAGER, DO_STOP);
    settled(lab);
    ANSWERS(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(by_what_it_holds),
        TEST(without_tvs),
        TEST(plain_urls),
        TEST(on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
