/* Who is told what when something changes, and when: links as they are set, phones one after the
 * other, servers that go and come back, a lab that goes on under another driver. */
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"

static struct lab *two_nodes(uint32_t phones)
{
    return make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = phones });
}

static void power(struct lab *lab, uint32_t phone, bool on)
{
    lab_power(lab, phone, on, lab_now_us(lab));
}

static uint32_t said(enum restart_cause cause, uint32_t phones)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < phones; i++)
        n += heard[i].unregistered[cause];
    return n;
}

static uint32_t registered_at(const struct lab *lab, uint32_t server)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct phone *p = &lab->state.phones[i];
        n += phone_is_registered(p) && p->server == server;
    }
    return n;
}

/* ---- links ---- */

static void is_link(struct link is, const struct link *want)
{
    assert_int_equal(is.delay_us, want->delay_us);
    assert_int_equal(is.jitter_us, want->jitter_us);
    assert_int_equal(is.loss_ppm, want->loss_ppm);
    assert_int_equal(is.rate, want->rate);
    assert_int_equal(is.down, want->down);
    assert_int_equal(is.mtu, want->mtu);
}

/* An act sets each part of a link, of the one node and of the phones that it names. */
static void each_part_of_a_link(void **state)
{
    (void)state;
    struct lab *lab = two_nodes(3);
    struct driver *d = lab->driver;
    struct err e = { "" };
    struct link before = d->node_link_of(d->self, 0), phone = d->phone_link_of(d->self, 0);
    for (int down = 0; down < 2; down++) {
        struct link link = { 20001, 302, 4003, 50004, down != 0, 1306 };
        struct act node = lab_link_act(DO_NODE_LINK, 1, &link),
                   one = lab_link_act(DO_PHONE_LINK, 0, &link);
        assert_true(lab_do(lab, 0, &node, &e));
        is_link(d->node_link_of(d->self, 1), &link);
        is_link(d->node_link_of(d->self, 0), &before);
        struct lab_whom whom = { .first = 2, .count = 1 };
        assert_true(lab_do_phones(lab, 0, &one, &whom, &e));
        is_link(d->phone_link_of(d->self, 2), &link);
        is_link(d->phone_link_of(d->self, 1), &phone);
    }
    lab_free(lab);
}

/* Since when a node can be reached again: where it was cut off, whether down or losing all. */
static void reached_again(void **state)
{
    static const struct link kinds[] = {
        { .delay_us = 1000 }, { .delay_us = 90000 }, { .loss_ppm = 1000000 }, { .down = true }
    };
    (void)state;
    for (uint32_t k = 0; k < 16; k++) {
        uint32_t from = k / 4, to = k % 4;
        struct lab *lab = two_nodes(1);
        uint64_t *reached_us = &lab->state.clusters[0].nodes[1].run.reached_us;
        lab_node_link(lab, 0, 1, &kinds[from]);
        lab_run_until(lab, lab_now_us(lab) + SECOND_US);
        *reached_us = 7;
        lab_node_link(lab, 0, 1, &kinds[to]);
        assert_int_equal(*reached_us, from >= 2 && to < 2 ? lab_now_us(lab) : 7);
        lab_free(lab);
    }
}

/* ---- changes ---- */

/* Whatever phones could depend on counts as a change, and when it was; what is sent to phones is
 * counted apart. */
static void each_change_counts(void **state)
{
    static const struct act acts[] = {
        { .kind = DO_MOVE, .arg = { 0x7f00000c } },
        { .kind = DO_PHONE_LINK, .arg = { 5000 } },
        { DO_NODE_LINK, 1, { 5000 } },
        { .kind = DO_SET, .arg = { PARAM_MAX_SERVING, 400 } },
        { DO_REGENERATE, 1, { OWN_TVS } },
        { .kind = DO_PRESS, .arg = { KEY_DIRECTORIES } },
        { .kind = DO_RESET },
    };
    (void)state;
    struct lab *lab = two_nodes(2);
    for (uint32_t i = 0; i < 2 + sizeof acts / sizeof acts[0]; i++) {
        const struct lab_state *s = &lab->state;
        struct err e = { "" };
        lab_run_until(lab, lab_now_us(lab) + HOUR_US);
        uint32_t changes = s->changes, delivered = s->delivered;
        uint64_t changed_us = s->changed_us;
        bool sent = i >= 2 && act_table[acts[i - 2].kind]->touches == TOUCHES_PHONES &&
                    acts[i - 2].kind != DO_MOVE;
        if (i == 0)
            lab_set_knob(lab, KNOB_RETRY_US, 5 * SECOND_US);
        else if (i == 1)
            lab_set_cost(lab, COST_SIGN_US, 200);
        else if (act_table[acts[i - 2].kind]->scope == ON_PHONES)
            assert_true(lab_do_phones(lab, 0, &acts[i - 2], &(struct lab_whom){ .count = 1 }, &e));
        else
            assert_true(lab_do(lab, 0, &acts[i - 2], &e));
        assert_int_equal(s->changes, changes + !sent);
        assert_int_equal(s->delivered, delivered + sent);
        assert_int_equal(s->changed_us, sent ? changed_us : lab_now_us(lab));
    }
    lab_free(lab);
}

/* ---- one after the other ---- */

static uint64_t came_us[10];

static void when(void *ctx, uint32_t phone, const struct phone *before, const struct event *event,
                 const struct outbox *out, const struct phone *after, uint64_t now_us)
{
    (void)ctx, (void)before, (void)out, (void)after;
    if (event->type == EVENT_PRESS || event->type == EVENT_RESET)
        came_us[phone] = now_us;
}

/* What is spread over a time comes evenly, the first at once; a reset at the cluster's own rate. */
static void turns(void **state)
{
    static struct observer ear = { .phone = when };
    static const uint64_t overs[] = { 0, 7, 70000001, 3 * HOUR_US };
    (void)state;
    struct lab *lab = two_nodes(10);
    struct err e = { "" };
    lab_observe(lab, &ear);
    for (size_t k = 0; k < 4; k++) {
        const uint32_t some[] = { 8, 3, 5, 1, 9, 0, 2 };
        struct lab_whom whom = { .phones = some, .count = 7, .over_us = overs[k] };
        struct act press = { .kind = DO_PRESS, .arg = { KEY_DIRECTORIES } };
        uint64_t now_us = lab_now_us(lab);
        memset(came_us, 0, sizeof came_us);
        assert_true(lab_do_phones(lab, 0, &press, &whom, &e));
        settled(lab);
        lab_run_until(lab, now_us + 4 * HOUR_US);
        for (uint32_t i = 0; i < 7; i++)
            assert_int_equal(came_us[some[i]], now_us + overs[k] * i / 7);
        assert_true(came_us[4] == 0 && came_us[6] == 0 && came_us[7] == 0);
    }
    for (uint64_t rate = 0; rate < 3; rate++) {
        lab_set_cost(lab, COST_RESET_RATE, rate);
        uint64_t now_us = lab_now_us(lab);
        memset(came_us, 0, sizeof came_us);
        if (rate == 1) /* who is not registered is passed over, and takes no turn */
            power(lab, 4, false);
        lab_run_until(lab, now_us + SECOND_US);
        now_us = lab_now_us(lab);
        lab_reset_all(lab, 0);
        lab_run_until(lab, now_us + HOUR_US);
        uint64_t turn = 0;
        for (uint32_t i = 0; i < 10; i++) {
            bool off = rate >= 1 && i == 4;
            uint64_t at_us = now_us + (rate == 0 ? 0 : turn * SECOND_US / rate);
            assert_int_equal(came_us[i], off ? 0 : at_us);
            turn += !off;
        }
    }
    lab_free(lab);
}

/* Two device pools at once: neither waits for the other, and phones of a
 * third are left alone. */
static void pools_reset(void **state)
{
    static struct observer ear = { .phone = when };
    (void)state;
    struct lab *lab = two_nodes(3);
    struct err e = { "" };
    uint32_t first;
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "q" : "r";
        assert_true(lab_pool(lab, 0, name, "g", &e));
        struct lab_phones_spec spec = { .count = 3, .model = "7965", .pool = name };
        assert_true(lab_phones(lab, 0, &spec, &first, &e));
    }
    power_all(lab, true);
    settled(lab);
    power(lab, 1, false);
    lab_set_cost(lab, COST_RESET_RATE, 1);
    lab_run_until(lab, lab_now_us(lab) + SECOND_US);
    lab_observe(lab, &ear);
    memset(came_us, 0, sizeof came_us);
    uint64_t now_us = lab_now_us(lab);
    for (uint64_t pool = 0; pool < 2; pool++) {
        struct act act = { .kind = DO_RESET_POOL };
        assert_true(
            act_parse_arg(&lab->state.clusters[0], ARG_POOL, pool == 0 ? "p" : "q", &act.arg[0]));
        assert_true(lab_do(lab, 0, &act, &e));
    }
    settled(lab);
    const uint64_t want[] = { 0, 9, 1, 0, 1, 2, 9, 9, 9 };
    for (uint32_t i = 0; i < 9; i++)
        assert_int_equal(came_us[i], want[i] == 9 ? 0 : now_us + want[i] * SECOND_US);
    lab_free(lab);
}

/* All device pools of a CallManager group, and no other. */
static void groups_reset(void **state)
{
    static struct observer ear = { .phone = when };
    static const char *const pools[] = { "q", "other" }, *const sub[] = { "sub1" };
    (void)state;
    struct lab *lab = two_nodes(2);
    struct err e = { "" };
    uint32_t first;
    assert_true(lab_group(lab, 0, "other", sub, 1, &e));
    for (int i = 0; i < 2; i++) {
        assert_true(lab_pool(lab, 0, pools[i], i == 0 ? "g" : "other", &e));
        struct lab_phones_spec spec = { .count = 2, .model = "7965", .pool = pools[i] };
        assert_true(lab_phones(lab, 0, &spec, &first, &e));
    }
    power_all(lab, true);
    settled(lab);
    lab_observe(lab, &ear);
    struct act act = { .kind = DO_RESET_GROUP };
    for (uint32_t k = 0; k < 2; k++) {
        memset(came_us, 0, sizeof came_us);
        assert_true(
            act_parse_arg(&lab->state.clusters[0], ARG_GROUP, k == 0 ? "g" : "other", &act.arg[0]));
        assert_true(lab_do(lab, 0, &act, &e));
        settled(lab);
        for (uint32_t i = 0; i < 6; i++)
            assert_int_equal(came_us[i] != 0, (i < 4) == (k == 0));
    }
    lab_free(lab);
}

/* A second reset begins with the first phone again. */
static void resets_one_behind_the_other(void **state)
{
    (void)state;
    struct lab *lab = two_nodes(3);
    for (uint32_t n = 1; n <= 3; n++) {
        reset(lab);
        assert_int_equal(said(CAUSE_RESET_RESET, 3), 3 * n);
    }
    lab_free(lab);
}

/* ---- servers ---- */

/* Nobody goes back while nobody better answers, though something changed while it registered; and
 * everybody once, when somebody does. */
static void back_to_a_better_one_alone(void **state)
{
    (void)state;
    struct lab *lab = two_nodes(10);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    for (int i = 0; i < 200; i++) { /* changes at every stage of the failover */
        lab_run_until(lab, lab_now_us(lab) + SECOND_US / 10);
        lab_param(lab, 0, PARAM_MAX_SERVING, (uint64_t)(400 + i));
    }
    settled(lab);
    lab_run_until(lab, lab_now_us(lab) + HOUR_US);
    assert_int_equal(registered_at(lab, 1), 10);
    assert_int_equal(said(CAUSE_FAILBACK, 10), 0);
    assert_int_equal(said(CAUSE_CM_CLOSED_TCP, 10), 10);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    for (int i = 0; i < 100; i++) {
        lab_run_until(lab, lab_now_us(lab) + 2 * SECOND_US);
        lab_param(lab, 0, PARAM_MAX_SERVING, (uint64_t)(400 + i));
    }
    lab_run_until(lab, lab_now_us(lab) + HOUR_US);
    assert_int_equal(registered_at(lab, 0), 10);
    assert_int_equal(said(CAUSE_FAILBACK, 10), 10);
    lab_free(lab);
}

/* They go back `failback_us` after it answers, so many a second as `failback_rate` says; what is on
 * its way comes once, however often something changes meanwhile. */
static void back_one_after_the_other(void **state)
{
    (void)state;
    struct lab *lab = two_nodes(6);
    lab_set_cost(lab, COST_FAILBACK_RATE, 2);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    settled(lab);
    lab_run_until(lab, lab_now_us(lab) + HOUR_US);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    uint64_t from_us = lab_now_us(lab) + 20 * SECOND_US + lab->state.knobs.value[KNOB_FAILBACK_US];
    for (int i = 0; i < 300; i++) {
        lab_run_until(lab, lab_now_us(lab) + SECOND_US);
        lab_param(lab, 0, PARAM_MAX_SERVING, (uint64_t)(400 + i));
    }
    assert_int_equal(registered_at(lab, 0), 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(heard[i].unregistered[CAUSE_FAILBACK], 1);
        assert_int_equal(heard[i].lost_us, from_us + i * SECOND_US / 2);
    }
    lab_free(lab);
}

/* A server that answered only while the turn of the phone was awaited takes nobody back. */
static void gone_again_before_its_turn(void **state)
{
    (void)state;
    struct lab *lab = two_nodes(3);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    settled(lab);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    lab_run_until(lab, lab_now_us(lab) + 60 * SECOND_US);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    lab_run_until(lab, lab_now_us(lab) + HOUR_US);
    assert_int_equal(registered_at(lab, 1), 3);
    assert_int_equal(said(CAUSE_FAILBACK, 3), 0);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    lab_run_until(lab, lab_now_us(lab) + HOUR_US);
    assert_int_equal(registered_at(lab, 0), 3);
    assert_int_equal(said(CAUSE_FAILBACK, 3), 3);
    lab_free(lab);
}

/* ---- a fork under another driver ---- */

/* A driver that cannot be copied (live) leaves behind what was on its way: phones of a node that is
 * cut off hear of it all the same, and links are as they were. */
static void begun_anew(void **state)
{
    (void)state;
    struct lab *lab = two_nodes(4);
    struct driver *d = lab->driver;
    const struct link cut = { .down = true }, slow = { .delay_us = 30000 };
    lab_node_link(lab, 0, 0, &cut);
    lab_node_link(lab, 0, 1, &slow);
    struct err e = { "" };
    assert_true(lab_phone_link(lab, 3, &cut, &e));
    struct driver *(*copy)(const void *, const struct world *, const struct driver_selection *) =
        d->copy;
    d->copy = NULL;
    struct lab *fork = lab_fork(lab);
    d->copy = copy;
    is_link(fork->driver->node_link_of(fork->driver->self, 1), &slow);
    assert_true(fork->driver->node_link_of(fork->driver->self, 0).down);
    assert_true(fork->driver->phone_link_of(fork->driver->self, 3).down);
    assert_false(fork->driver->phone_link_of(fork->driver->self, 2).down);
    assert_int_equal(lab_now_us(fork), lab_now_us(lab));
    lab_run_until(fork, lab_now_us(fork) + HOUR_US);
    assert_int_equal(registered_at(fork, 1), 3);
    assert_int_equal(registered(lab), 4);
    lab_free(fork);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_of_a_link),
        cmocka_unit_test(reached_again),
        cmocka_unit_test(each_change_counts),
        cmocka_unit_test(turns),
        cmocka_unit_test(resets_one_behind_the_other),
        cmocka_unit_test(pools_reset),
        cmocka_unit_test(groups_reset),
        cmocka_unit_test(back_to_a_better_one_alone),
        cmocka_unit_test(back_one_after_the_other),
        cmocka_unit_test(gone_again_before_its_turn),
        cmocka_unit_test(begun_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
