/* A CallManager that goes and comes back: who hears it and when, what is lost since when, who goes
 * back, and what the record of outages says of it. */
#include "tests/unit/lab_fixture.h"

#include "sim/lab_outage.h"

#define MINUTE_US (60 * SECOND_US)
#define TURN_US   10000u /* between two phones that a CallManager takes back: 100 a second */

/* ---- all that one phone says of its registration, with its times ---- */

struct line {
    uint64_t at_us;
    uint8_t kind;
    uint32_t a;
};

static struct line said[64][64];
static uint32_t said_count[64];

static void hear_line(void *ctx, uint32_t phone, const struct phone *before,
                      const struct event *event, const struct outbox *out,
                      const struct phone *after, uint64_t now_us)
{
    const uint32_t kinds = FSM_BIT(NOTE_REGISTERED) | FSM_BIT(NOTE_UNREGISTERED) |
                           FSM_BIT(NOTE_REJECTED) | FSM_BIT(NOTE_LOST) | FSM_BIT(NOTE_REGAINED);
    uint32_t at = 0;
    const struct action *note;
    (void)ctx, (void)before, (void)event, (void)after;
    while (phone < 64 && (note = lab_next_note(out, &at)) != NULL) {
        if ((kinds & FSM_BIT(note->kind)) == 0 || said_count[phone] == 64)
            continue;
        said[phone][said_count[phone]++] = (struct line){ now_us, note->kind, note->a };
    }
}

static struct observer lines = { .phone = hear_line };

static void hear_from_here(struct lab *lab)
{
    memset(said_count, 0, sizeof said_count);
    lab_unobserve(lab, &lines);
    lab_observe(lab, &lines);
}

static void says(uint32_t phone, const struct line *want, uint32_t count)
{
    assert_int_equal(said_count[phone], count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(said[phone][i].kind, want[i].kind);
        assert_int_equal(said[phone][i].a, want[i].a);
        assert_int_equal(said[phone][i].at_us, want[i].at_us);
    }
}

static struct lab *begun(struct fixture f)
{
    struct lab *lab = make_off(f);
    lab_outage_keep(lab);
    /* Every way takes a millisecond, work none: times can be written down. */
    lab->state.costs[COST_LINK_JITTER_US] = 0;
    lab->state.costs[COST_ANSWER_US] = 0;
    power_all(lab, true);
    settled(lab);
    hear_from_here(lab);
    return lab;
}

static void run_for(struct lab *lab, uint64_t us)
{
    lab_run_until(lab, lab_now_us(lab) + us);
}

static void steps(const struct lab *lab, struct lab_outage_step *out, uint32_t count)
{
    assert_int_equal(lab->record.step_count, count);
    lab_outage_steps(lab, out);
}

static void step_is(const struct lab_outage_step *s, struct lab_outage_step want)
{
    assert_int_equal(s->phones, want.phones);
    assert_int_equal(s->lost, want.lost);
    assert_int_equal(s->open, want.open);
    assert_int_equal(s->total_us, want.total_us);
    assert_int_equal(s->median_us, want.median_us);
    assert_int_equal(s->most_us, want.most_us);
    assert_int_equal(s->times, want.times);
    assert_int_equal(s->reboots, want.reboots);
    assert_int_equal(s->failovers, want.failovers);
    assert_int_equal(s->failbacks, want.failbacks);
}

/* ---- stopped ---- */

/* One node, 60 s and a start of 20 s: nobody can call for 80 s at least, and the stop is to blame.
 */
static void stopped_alone(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 50 });
    run_for(lab, MINUTE_US);
    lab_step(lab, "stop");
    uint64_t stop_us = lab_now_us(lab);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    lab_step(lab, "wait"); /* at the same instant */
    run_for(lab, MINUTE_US);
    assert_int_equal(registered(lab), 0);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    settled(lab);
    fine(lab);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < 50; i++) {
        const struct lab_loss *l = lab_loss_of(lab, i);
        assert_non_null(l);
        assert_int_equal(l->ever, FSM_BIT(FUNCTION_REGISTRATION));
        assert_int_equal(l->first_us[FUNCTION_REGISTRATION], stop_us);
        assert_int_equal(l->step[FUNCTION_REGISTRATION], 1);
        assert_true(l->total_us[FUNCTION_REGISTRATION] >= 80 * SECOND_US);
        struct lab_outage o;
        assert_true(lab_outage_of(lab, i, &o));
        assert_int_equal(o.us, l->total_us[FUNCTION_REGISTRATION]);
        assert_true(o.lost && !o.open && o.times == 1 && o.reboots == 0 && o.failovers == 0);
        sum += o.us;
        assert_int_equal(said[i][0].kind, NOTE_UNREGISTERED);
        assert_int_equal(said[i][0].a, CAUSE_CM_CLOSED_TCP);
        assert_int_equal(said[i][0].at_us, stop_us);
    }
    struct lab_outage_step s[3];
    steps(lab, s, 3);
    assert_int_equal(s[0].phones + s[2].phones, 0);
    assert_int_equal(s[1].phones, 50);
    assert_int_equal(s[1].lost, 50);
    assert_int_equal(s[1].total_us, sum);
    lab_free(lab);
}

/* Two nodes: over to the second at once, and back when the first has answered for a while. */
static void failover_and_failback(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 2, .group = 2, .phones = 20 });
    run_for(lab, MINUTE_US);
    lab_step(lab, "stop");
    uint64_t stop_us = lab_now_us(lab);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    run_for(lab, 20 * MINUTE_US);
    lab_step(lab, "start");
    uint64_t ready_us = lab_now_us(lab) + 20 * SECOND_US;
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    settled(lab);
    /* Refused by the first: connection and request there (3 ms), the answer back (1); the same at
     * the second. */
    uint64_t over_us = 8000, back_us = 4000;
    for (uint32_t i = 0; i < 20; i++) {
        uint64_t turn_us = ready_us + 120 * SECOND_US + i * TURN_US;
        says(i,
             (struct line[]){ { stop_us, NOTE_UNREGISTERED, CAUSE_CM_CLOSED_TCP },
                              { stop_us + over_us, NOTE_REGISTERED, 1 },
                              { turn_us, NOTE_UNREGISTERED, CAUSE_FAILBACK },
                              { turn_us + back_us, NOTE_REGISTERED, 0 } },
             4);
        assert_null(lab_loss_of(lab, i));
        struct lab_outage o;
        assert_true(lab_outage_of(lab, i, &o));
        assert_int_equal(o.us, over_us + back_us);
        assert_int_equal(o.times, 2);
    }
    struct lab_outage_step s[3];
    steps(lab, s, 3);
    assert_int_equal(s[0].phones, 0);
    step_is(&s[1], (struct lab_outage_step){ .phones = 20,
                                             .total_us = 20 * over_us,
                                             .median_us = over_us,
                                             .most_us = over_us,
                                             .times = 20,
                                             .failovers = 20 });
    step_is(&s[2], (struct lab_outage_step){ .phones = 20,
                                             .total_us = 20 * back_us,
                                             .median_us = back_us,
                                             .most_us = back_us,
                                             .times = 20,
                                             .failbacks = 20 });
    assert_true(lab_now_us(lab) < ready_us + 130 * SECOND_US); /* and then all is quiet */
    lab_free(lab);
}

/* A restart is a stop: each phone says so once, those too whose keepalive would come when the
 * server is up again. */
static void restarted(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 64 });
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_RESTART);
    settled(lab);
    fine(lab);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(heard[i].unregistered[CAUSE_CM_CLOSED_TCP], 1);
        assert_int_equal(heard[i].unregistered[CAUSE_KEEPALIVE_TO], 0);
        assert_true(lab_loss_of(lab, i)->total_us[FUNCTION_REGISTRATION] >= 20 * SECOND_US);
    }
    lab_free(lab);
}

/* ---- cut off ---- */

/* A node whose link is down says nothing: found by keepalive, out of service since the link went.
 */
static void cut_off(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 2, .group = 2, .phones = 20 });
    run_for(lab, MINUTE_US);
    lab_step(lab, "cut");
    uint64_t cut_us = lab_now_us(lab),
             timeout_us = lab->state.knobs.value[KNOB_REGISTER_TIMEOUT_US], sum = 0;
    lab_node_link(lab, 0, 0, &(struct link){ .down = true });
    for (uint32_t i = 0; i < 20; i++)
        sum += phone_keepalive_us(&lab->state.phones[i], lab->base->content, &lab->state.knobs,
                                  cut_us) -
               cut_us + timeout_us + 4000;
    settled(lab);
    for (uint32_t i = 0; i < 20; i++) {
        uint64_t seen_us = phone_keepalive_us(&lab->state.phones[i], lab->base->content,
                                              &lab->state.knobs, cut_us);
        says(i,
             (struct line[]){ { seen_us, NOTE_UNREGISTERED, CAUSE_KEEPALIVE_TO },
                              { seen_us + timeout_us + 4000, NOTE_REGISTERED, 1 } },
             2);
    }
    struct lab_outage_step s[2];
    steps(lab, s, 2);
    assert_int_equal(s[1].total_us, sum);
    assert_int_equal(s[1].failovers, 20);
    hear_from_here(lab);
    uint64_t mend_us = lab_now_us(lab);
    lab_node_link(lab, 0, 0, &(struct link){ 0 });
    settled(lab);
    for (uint32_t i = 0; i < 20; i++)
        says(i,
             (struct line[]){
                 { mend_us + 120 * SECOND_US + i * TURN_US, NOTE_UNREGISTERED, CAUSE_FAILBACK },
                 { mend_us + 120 * SECOND_US + i * TURN_US + 4000, NOTE_REGISTERED, 0 } },
             2);
    lab_free(lab);
}

/* Mended before the keepalive: nobody says anything, and nobody could call meanwhile. */
static void cut_off_for_a_moment(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 1, .group = 1, .phones = 5 });
    lab->state.knobs.value[KNOB_KEEPALIVE_US] = HOUR_US;
    lab->state.knobs.value[KNOB_KEEPALIVE_SCCP_US] = HOUR_US;
    lab_step(lab, "cut");
    lab_node_link(lab, 0, 0, &(struct link){ .down = true });
    run_for(lab, 7 * SECOND_US);
    lab_node_link(lab, 0, 0, &(struct link){ 0 });
    settled(lab);
    for (uint32_t i = 0; i < 5; i++)
        says(i, NULL, 0);
    struct lab_outage_step s[2];
    steps(lab, s, 2);
    step_is(&s[1], (struct lab_outage_step){ .phones = 5,
                                             .total_us = 35 * SECOND_US,
                                             .median_us = 7 * SECOND_US,
                                             .most_us = 7 * SECOND_US,
                                             .times = 5 });
    lab_free(lab);
}

/* ---- planned ---- */

/* A reset is no loss, and each phone is out of service from the reset until it is registered. */
static void resets_and_power(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 1, .group = 1, .phones = 10 });
    run_for(lab, MINUTE_US);
    lab_step(lab, "reset");
    lab_reset_all(lab, 0);
    settled(lab);
    lab_step(lab, "power");
    power_all(lab, false);
    run_for(lab, HOUR_US);
    hear_from_here(lab);
    uint64_t on_us = lab_now_us(lab), sum = 0;
    power_all(lab, true);
    settled(lab);
    for (uint32_t i = 0; i < 10; i++) {
        assert_null(lab_loss_of(lab, i));
        assert_int_equal(said_count[i], 1);
        sum += said[i][0].at_us - on_us; /* the hour without power counts for nothing */
        struct lab_outage o;
        assert_true(lab_outage_of(lab, i, &o));
        assert_int_equal(o.reboots, 2);
        assert_in_range(o.us, 90 * SECOND_US, 185 * SECOND_US);
    }
    struct lab_outage_step s[3];
    steps(lab, s, 3);
    assert_int_equal(s[0].phones, 0); /* the first boot is no outage */
    assert_int_equal(s[1].phones, 10);
    assert_int_equal(s[1].reboots, 10);
    assert_in_range(s[1].median_us, 45 * SECOND_US, 91 * SECOND_US);
    assert_true(s[1].most_us >= s[1].median_us && s[1].total_us >= 10 * 45 * SECOND_US);
    assert_int_equal(s[2].total_us, sum);
    assert_int_equal(s[2].reboots, 10);
    lab_free(lab);
}

/* What is still going on counts up to now. */
static void under_way(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 1, .group = 1, .phones = 3 });
    lab_step(lab, "stop");
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    run_for(lab, HOUR_US);
    lab_step(lab, "later");
    struct lab_outage_step s[3];
    steps(lab, s, 3);
    step_is(&s[1], (struct lab_outage_step){ .phones = 3,
                                             .lost = 3,
                                             .open = 3,
                                             .total_us = 3 * HOUR_US,
                                             .median_us = HOUR_US,
                                             .most_us = HOUR_US,
                                             .times = 3 });
    assert_int_equal(s[2].phones, 0);
    lab_free(lab);
}

/* ---- who does not go back, and who does ---- */

/* The first server is no better where the phone refuses its certificate: one try, and no more for
 * whatever else changes. */
static void no_way_back(void **state)
{
    (void)state;
    struct lab *lab = begun(encrypted_pair);
    regenerate(lab, 0, OWN_CALLMANAGER);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_RESTART);
    settled(lab);
    assert_int_equal(registered(lab), 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(lab->state.cold[i].node, 2);
        assert_int_equal(heard[i].unregistered[CAUSE_FAILBACK], 1);
    }
    restart_everywhere(lab);
    settled(lab);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(heard[i].unregistered[CAUSE_FAILBACK], 1);
    lab_free(lab);
}

/* Registered at the first server, a phone costs nothing however often the others come and go. */
static void at_home(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 2, .group = 2, .phones = 20 });
    uint64_t before = lab->driver->events(lab->driver->self);
    for (int i = 0; i < 10; i++) {
        service(lab, 0, 1, SERVICE_CALLMANAGER, DO_RESTART);
        settled(lab);
    }
    assert_int_equal(lab->driver->events(lab->driver->self), before);
    lab_free(lab);
}

/* Down again before its turn comes: the phone stays where it is, and goes when it is up for good.
 */
static void down_again(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 2, .group = 2, .phones = 3 });
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_RESTART);
    run_for(lab, 100 * SECOND_US);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    settled(lab);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(said_count[i], 2); /* over to the second */
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    settled(lab);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(said_count[i], 4);
        assert_int_equal(lab->state.cold[i].node, 1);
    }
    lab_free(lab);
}

/* The phone's knobs and the server's rate: how long, and how many a second. */
static void the_wait_and_the_rate(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 2, .group = 2, .phones = 4 });
    lab_set_knob(lab, KNOB_FAILBACK_US, 7 * SECOND_US);
    lab_set_cost(lab, COST_FAILBACK_RATE, 2);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    run_for(lab, MINUTE_US);
    uint64_t ready_us = lab_now_us(lab) + 20 * SECOND_US;
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    settled(lab);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(said[i][2].at_us, ready_us + 7 * SECOND_US + i * SECOND_US / 2);
    lab_free(lab);
}

/* A fork in the middle of the wait goes on as the original does. */
static void forks_go_back(void **state)
{
    (void)state;
    struct lab *lab =
        begun((struct fixture){ .version = "11.5", .nodes = 2, .group = 2, .phones = 8 });
    lab_step(lab, "stop");
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_RESTART);
    run_for(lab, 100 * SECOND_US);
    struct lab *fork = lab_fork(lab);
    uint32_t two[] = { 3, 5 };
    struct lab *trial = lab_trial(lab, two, 2);
    assert_true(lab_hash(lab) == lab_hash(fork));
    settled(lab);
    settled(fork);
    settled(trial);
    assert_true(lab_hash(lab) == lab_hash(fork));
    struct lab_outage_step a[2], b[2];
    steps(lab, a, 2);
    steps(fork, b, 2);
    assert_memory_equal(a, b, sizeof a);
    assert_int_equal(a[1].failbacks, 8);
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(trial->state.cold[i].node, 1);
    lab_free(trial);
    lab_free(fork);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stopped_alone),
        cmocka_unit_test(failover_and_failback),
        cmocka_unit_test(restarted),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(cut_off_for_a_moment),
        cmocka_unit_test(resets_and_power),
        cmocka_unit_test(under_way),
        cmocka_unit_test(no_way_back),
        cmocka_unit_test(at_home),
        cmocka_unit_test(down_again),
        cmocka_unit_test(the_wait_and_the_rate),
        cmocka_unit_test(forks_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
