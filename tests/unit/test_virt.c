/* The contract between machines and the virtual driver: a small world of the test's own, then the
 * lab's phones. */
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"
#include "sim/lab_trace.h"
#include "sim/virt/slot.h"

#include <stdlib.h>

/* ---- a world of three machines that do as they are told ---- */

struct told {
    uint32_t phone;
    uint8_t type;
    uint16_t request;
    uint64_t at_us;
};

static struct {
    struct driver *driver;
    struct told log[64];
    uint32_t count;
    struct action next[4]; /* what the step under way asks for */
    uint32_t next_count;
    uint32_t on_type; /* event that gets them */
    uint64_t deadline_us[3];
    bool stopped;
    uint32_t epoch, transfers;
    uint64_t calendar_us;
    uint32_t dates;
    uint64_t nodes_at_us;
    uint32_t ticks;
} mock;

static void mock_step(void *ctx, uint32_t n, const struct event *e, uint64_t now_us,
                      struct outbox *out)
{
    (void)ctx;
    assert_true(mock.count < 64);
    mock.log[mock.count++] = (struct told){ n, e->type, e->request, now_us };
    if (e->type == EVENT_TIMER)
        mock.deadline_us[n] = 0;
    for (uint32_t i = 0; e->type == mock.on_type && i < mock.next_count; i++)
        outbox_put(out, mock.next[i]);
}

static uint64_t mock_deadline(void *ctx, uint32_t n, bool *idle)
{
    (void)ctx;
    *idle = false;
    return mock.deadline_us[n];
}

static bool mock_node_at(void *ctx, uint32_t ip, uint32_t *node)
{
    (void)ctx;
    *node = 0;
    return ip == 1;
}

static uint32_t mock_epoch(void *ctx, uint32_t node, enum ask_kind kind)
{
    (void)ctx;
    (void)node;
    (void)kind;
    return mock.epoch;
}

static enum ask_result mock_ask(void *ctx, uint32_t node, const struct ask *ask, uint64_t now_us,
                                struct event *answer)
{
    (void)ctx;
    (void)node;
    (void)now_us;
    answer->type = answers_of[ask->kind];
    answer->b = ask->kind == ASK_FILE ? 5438 : 0;
    return mock.stopped ? ASK_STOPPED : ASK_ANSWERED;
}

static bool mock_begin(void *ctx, uint32_t node)
{
    (void)ctx;
    (void)node;
    mock.transfers++;
    return true;
}

static void mock_end(void *ctx, uint32_t node)
{
    (void)ctx;
    (void)node;
    assert_true(mock.transfers > 0);
    mock.transfers--;
}

static uint64_t mock_nodes(void *ctx)
{
    (void)ctx;
    return mock.nodes_at_us;
}

static uint64_t mock_calendar(void *ctx)
{
    (void)ctx;
    return mock.calendar_us;
}

static void mock_tick(void *ctx, uint64_t now_us)
{
    (void)ctx;
    assert_true(mock.nodes_at_us == now_us || mock.calendar_us == now_us);
    if (mock.calendar_us == now_us) {
        mock.calendar_us = 0;
        mock.dates++;
        return;
    }
    mock.log[mock.count++] = (struct told){ 99, 0, 0, now_us };
    mock.nodes_at_us = 0;
    mock.ticks++;
}

static void mock_luck(void *ctx, uint32_t n)
{
    (void)ctx, (void)n;
}

static uint64_t mock_costs[COSTS];

static const struct world mock_world = {
    .costs = mock_costs,
    .phones = 3,
    .step = mock_step,
    .deadline_us = mock_deadline,
    .by_luck = mock_luck,
    .node_at = mock_node_at,
    .epoch = mock_epoch,
    .ask = mock_ask,
    .transfer_begin = mock_begin,
    .transfer_end = mock_end,
    .nodes_deadline_us = mock_nodes,
    .calendar_us = mock_calendar,
    .nodes_tick = mock_tick,
};

static int mock_up(void **state)
{
    (void)state;
    memset(&mock, 0, sizeof mock);
    struct virt_options o = { .seed = 3 };
    facts_initial(cost_table, COSTS, mock_costs);
    mock.driver = virt_new(&mock_world, &o, &sys_mem);
    return 0;
}

static int mock_down(void **state)
{
    (void)state;
    mock.driver->free(mock.driver->self);
    return 0;
}

static void say(uint32_t phone, enum event_type type, uint64_t at_us)
{
    mock.driver->deliver(mock.driver->self, phone, &(struct event){ .type = (uint8_t)type }, at_us);
}

static void on_press(struct action a)
{
    mock.on_type = EVENT_PRESS;
    mock.next_count = 1;
    mock.next[0] = a;
}

static bool run_quiet(void)
{
    return mock.driver->settle(mock.driver->self, 60 * SECOND_US).quiet;
}

static void answers_carry_their_number(void **state)
{
    (void)state;
    on_press((struct action){ .type = ACT_FETCH, .request = 41, .server = 1 });
    say(0, EVENT_PRESS, 0);
    assert_true(run_quiet());
    assert_int_equal(mock.count, 2);
    assert_int_equal(mock.log[1].type, EVENT_FILE);
    assert_int_equal(mock.log[1].request, 41);
    assert_int_equal(mock.transfers, 0);

    mock.stopped = true;
    say(0, EVENT_PRESS, 0);
    assert_true(run_quiet());
    assert_int_equal(mock.log[3].type, EVENT_REFUSED);
    assert_int_equal(mock.log[3].request, 41);

    on_press((struct action){ .type = ACT_FETCH, .request = 42, .server = 7 });
    say(0, EVENT_PRESS, 0); /* nobody has that address: no answer */
    assert_true(run_quiet());
    assert_int_equal(mock.count, 5);
}

static void a_driver_invents_no_timeout(void **state)
{
    (void)state;
    struct link down = { .down = true };
    mock.driver->phone_link(mock.driver->self, 0, &down);
    on_press((struct action){ .type = ACT_FETCH, .request = 1, .server = 1 });
    say(0, EVENT_PRESS, 0);
    assert_true(run_quiet());
    assert_int_equal(mock.count, 1);
    mock.deadline_us[0] = 20 * SECOND_US;
    say(0, EVENT_ERASE, 0);
    assert_true(run_quiet());
    assert_int_equal(mock.count, 3);
    assert_int_equal(mock.log[2].type, EVENT_TIMER);
    assert_int_equal(mock.log[2].at_us, 20 * SECOND_US);
}

static void cancel_ends_a_request(void **state)
{
    (void)state;
    static const uint8_t begins[] = { ACT_FETCH,      ACT_TVS_OPEN,  ACT_CCM_OPEN,
                                      ACT_HTTPS_OPEN, ACT_HTTPS_GET, ACT_REGISTER };
    for (size_t i = 0; i < sizeof begins; i++) {
        mock.count = 0;
        mock.on_type = EVENT_PRESS;
        mock.next_count = 2;
        mock.next[0] = (struct action){ .type = begins[i], .request = 5, .server = 1 };
        mock.next[1] = (struct action){ .type = ACT_CANCEL, .request = 6 };
        say(0, EVENT_PRESS, 0); /* another number: it goes on */
        assert_true(run_quiet());
        assert_int_equal(mock.count, 2);
        mock.next[1].request = 5;
        say(0, EVENT_PRESS, 0);
        assert_true(run_quiet());
        assert_int_equal(mock.count, 3);
        assert_int_equal(mock.transfers, 0);
    }
    /* While the answer is on its way. */
    mock.count = 0;
    on_press((struct action){ .type = ACT_FETCH, .request = 8, .server = 1 });
    say(0, EVENT_PRESS, 0);
    mock.driver->run(mock.driver->self, mock.driver->now_us(mock.driver->self) + 5000);
    assert_int_equal(mock.transfers, 1);
    mock.on_type = EVENT_ERASE;
    mock.next[0] = (struct action){ .type = ACT_CANCEL, .request = 8 };
    say(0, EVENT_ERASE, 0);
    assert_int_equal(mock.transfers, 0);
    assert_true(run_quiet());
    assert_int_equal(mock.count, 2);
}

static void another_epoch_gives_no_answer(void **state)
{
    (void)state;
    on_press((struct action){ .type = ACT_FETCH, .request = 8, .server = 1 });
    say(0, EVENT_PRESS, 0);
    mock.driver->run(mock.driver->self, 5000); /* serving has begun */
    assert_int_equal(mock.transfers, 1);
    mock.epoch++;
    assert_true(run_quiet());
    assert_int_equal(mock.count, 1);
    assert_int_equal(mock.transfers, 0); /* what it took is given back */

    /* A TVS that restarted does not know the connection any more. */
    mock.on_type = EVENT_TLS_CERT;
    mock.next_count = 2;
    mock.next[0] = (struct action){ .type = ACT_TLS_ACCEPT, .request = 9 };
    mock.next[1] = (struct action){ .type = ACT_TVS_QUERY, .request = 9 };
    for (uint32_t again = 0; again < 2; again++) {
        struct action open = { .type = ACT_TVS_OPEN, .request = 9, .server = 1 };
        uint32_t before = mock.count;
        mock.on_type = EVENT_PRESS;
        struct action kept = mock.next[0];
        mock.next[0] = open;
        mock.next_count = 1;
        say(0, EVENT_PRESS, 0);
        mock.on_type = EVENT_TLS_CERT;
        mock.next[0] = kept;
        mock.next_count = 2;
        while (mock.count < before + 2)
            mock.driver->run(mock.driver->self, mock.driver->now_us(mock.driver->self) + 100);
        mock.epoch += again;
        assert_true(run_quiet());
        assert_int_equal(mock.count, before + (again == 0 ? 3 : 2));
    }
}

static void order_is_total(void **state)
{
    (void)state;
    mock.deadline_us[0] = 1000;
    say(0, EVENT_ERASE, 0); /* pulls its deadline */
    mock.count = 0;
    say(2, EVENT_PRESS, 1000);
    say(1, EVENT_PRESS, 1000);
    say(2, EVENT_ERASE, 1000);
    say(1, EVENT_ERASE, 999);
    mock.nodes_at_us = 1000;
    mock.driver->changed(mock.driver->self);
    assert_true(run_quiet());
    static const struct told want[] = { { 1, EVENT_ERASE, 0, 999 },  { 99, 0, 0, 1000 },
                                        { 2, EVENT_PRESS, 0, 1000 }, { 1, EVENT_PRESS, 0, 1000 },
                                        { 2, EVENT_ERASE, 0, 1000 }, { 0, EVENT_TIMER, 0, 1000 } };
    assert_int_equal(mock.count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(mock.log[i].phone, want[i].phone);
        assert_int_equal(mock.log[i].type, want[i].type);
        assert_int_equal(mock.log[i].at_us, want[i].at_us);
    }
}

/* The calendar is due like a node's deadline; nothing waits for it, and it hides no deadline. */
static void the_calendar(void **state)
{
    (void)state;
    struct driver *d = mock.driver;
    mock.calendar_us = 5 * SECOND_US;
    d->changed(d->self);
    assert_true(run_quiet());
    assert_int_equal(d->now_us(d->self), 0);
    assert_int_equal(mock.dates, 0);
    mock.nodes_at_us = 9 * SECOND_US;
    d->changed(d->self);
    assert_true(run_quiet());
    assert_int_equal(d->now_us(d->self), 9 * SECOND_US);
    assert_int_equal(mock.dates, 1); /* on the way */
    assert_int_equal(mock.ticks, 1);
    mock.calendar_us = 3600 * SECOND_US;
    d->changed(d->self);
    assert_true(run_quiet());
    assert_int_equal(mock.dates, 1);
    d->run(d->self, 3600 * SECOND_US);
    assert_int_equal(mock.dates, 2);
}

/* What an answer overtook stays in the queue and means nothing: quiet all the same. */
static void quiet_does_not_count_what_means_nothing(void **state)
{
    (void)state;
    mock.deadline_us[0] = 30 * SECOND_US;
    say(0, EVENT_PRESS, 0);
    mock.deadline_us[0] = 0;
    say(0, EVENT_PRESS, 0);
    struct settled s = mock.driver->settle(mock.driver->self, SECOND_US);
    assert_true(s.quiet);
    assert_int_equal(s.at_us, 0);
    mock.deadline_us[0] = 5 * SECOND_US;
    say(0, EVENT_PRESS, 0);
    s = mock.driver->settle(mock.driver->self, SECOND_US);
    assert_false(s.quiet);
    assert_int_equal(s.at_us, SECOND_US);
}

/* ---- the lab's phones ---- */

static uint64_t events(const struct lab *lab)
{
    return lab->driver->events(lab->driver->self);
}

static void run_for(struct lab *lab, uint64_t us)
{
    lab_run_until(lab, lab_now_us(lab) + us);
}

static void tftp_restarts_in_mid_transfer(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 3 });
    struct link slow = { .delay_us = 1000, .rate = 2000 };
    uint32_t itl = lab->state.phones[0].itl, config = lab->state.phones[0].config;
    assert_true(lab_phone_link(lab, 0, &slow, NULL));
    forget();
    lab_reset_phone(lab, 0, lab_now_us(lab));
    while (lab->state.clusters[0].nodes[0].run.transfers == 0)
        run_for(lab, 100000);
    assert_int_equal(lab->state.phones[0].state, PHONE_ITL);
    run_for(lab, SECOND_US);
    service(lab, 0, 0, SERVICE_TFTP, DO_RESTART);
    settled(lab);
    assert_int_equal(heard[0].status[STATUS_TFTP_TIMEOUT], 1);
    assert_int_equal(heard[0].not_found[FILE_ITL], 0);
    assert_int_equal(lab->state.phones[0].itl, itl);
    assert_int_equal(lab->state.phones[0].config, config);
    assert_true(phone_is_registered(&lab->state.phones[0]));
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 0);
    lab_free(lab);
}

static void keepalives_are_no_events(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 500 });
    uint64_t before = events(lab);
    run_for(lab, 2 * DAY_US);
    assert_int_equal(events(lab), before);
    assert_int_equal(registered(lab), 500);
    lab_free(lab);
}

static void a_boot_costs_few_events(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 100 });
    assert_in_range(events(lab) / 100, 1, 40);
    lab_free(lab);
}

/* A node that is cut off says nothing: each phone finds out at its own keepalive. */
static void a_silent_server_is_seen_once(void **state)
{
    (void)state;
    uint64_t points[2][64];
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct lab *lab = make((struct fixture){
            .version = "8.6", .nodes = 2, .group = 2, .phones = 64, .seed = seed });
        uint64_t from_us = lab_now_us(lab);
        forget();
        lab_node_link(lab, 0, 0, &(struct link){ .down = true });
        uint64_t *point = points[seed - 1];
        for (uint32_t i = 0; i < 64; i++)
            point[i] = phone_keepalive_us(&lab->state.phones[i], lab->base->content,
                                          &lab->state.knobs, from_us) -
                       from_us;
        settled(lab);
        uint64_t sum = 0;
        for (uint32_t i = 0; i < 64; i++) {
            assert_int_equal(heard[i].unregistered[CAUSE_KEEPALIVE_TO], 1);
            assert_int_equal(heard[i].lost_us - from_us, point[i]);
            assert_in_range(point[i], 1, 120 * SECOND_US);
            sum += point[i];
        }
        assert_in_range(sum / 64, 40 * SECOND_US, 80 * SECOND_US); /* spread over the interval */
        fine(lab);                                                 /* at the second server */
        lab_free(lab);
    }
    assert_memory_not_equal(points[0], points[1], sizeof points[0]); /* seeded */
}

static void back_before_the_keepalive(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 20 });
    struct link down = { .down = true }, up = { .delay_us = 1000 };
    forget();
    lab_node_link(lab, 0, 0, &down);
    lab_node_link(lab, 0, 0, &up);
    settled(lab);
    for (uint32_t i = 0; i < 20; i++)
        assert_int_equal(heard[i].unregistered[CAUSE_KEEPALIVE_TO], 0);
    lab_free(lab);
}

static struct lab *locked_out(uint32_t phones)
{
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = phones });
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    return lab;
}

static void sleepers(void **state)
{
    (void)state;
    struct lab *lab = locked_out(20000);
    struct settled s = lab_settle(lab, lab_now_us(lab) + HOUR_US);
    assert_true(s.quiet);
    assert_int_equal(s.idle_retries, 20000);
    assert_int_equal(registered(lab), 0);
    uint64_t before = events(lab);
    run_for(lab, 2 * DAY_US);
    assert_in_range(events(lab) - before, 0, 20000);
    uint64_t from_us = lab_now_us(lab);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    s = lab_settle(lab, from_us + HOUR_US);
    assert_true(s.quiet);
    assert_int_equal(s.idle_retries, 0);
    fine(lab);
    lab_free(lab);
}

/* What changes while an attempt is under way may come too late for it: nobody sleeps through it. */
static void a_change_is_never_missed(void **state)
{
    (void)state;
    for (uint64_t at_us = 0; at_us < 200 * SECOND_US; at_us += 4 * SECOND_US) {
        struct lab *lab =
            make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 16 });
        struct link slow = { .delay_us = 300000 };
        lab_node_link(lab, 0, 0, &slow);
        lab_param(lab, 0, PARAM_SERVICE_START_US, 0);
        service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
        run_for(lab, 60 * SECOND_US + at_us);
        service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
        settled(lab);
        if (registered(lab) != 16)
            fail_msg("started after %u s: %u registered", (unsigned)(at_us / SECOND_US),
                     registered(lab));
        lab_free(lab);
    }
}

/* A reset goes through CallManager: a phone that boots hears nothing of it. */
static void a_reset_that_does_not_arrive(void **state)
{
    (void)state;
    struct lab *lab =
        make_off((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 4 });
    struct link slow = { .delay_us = 50000 };
    lab_node_link(lab, 0, 0, &slow);
    power_all(lab, true);
    for (uint64_t t = 45 * SECOND_US; t < 100 * SECOND_US; t += 130000)
        for (uint32_t i = 0; i < 4; i++)
            if (!phone_is_registered(&lab->state.phones[i]))
                lab_reset_phone(lab, i, t);
    lab_run_until(lab, 44 * SECOND_US);
    while (registered(lab) < 4 && lab_now_us(lab) < 100 * SECOND_US) {
        run_for(lab, 100000);
        for (uint32_t i = 0; i < 4; i++)
            assert_int_equal(heard[i].status[STATUS_TFTP_TIMEOUT], 0);
    }
    settled(lab);
    fine(lab);
    lab_free(lab);
}

/* Somebody presses a key while the phone is about to be woken. */
static void a_key_at_a_sleeper(void **state)
{
    (void)state;
    for (int config = 0; config < 2; config++) {
        struct lab *lab = locked_out(8);
        settled(lab);
        for (uint32_t i = 0; i < 8 && config == 0; i++)
            lab->state.phones[i].config = 0; /* it never had one */
        lab_param(lab, 0, PARAM_TVS_TTL_S, 5);
        for (uint32_t i = 0; i < 8; i++)
            lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab) + i * 8 * SECOND_US);
        settled(lab);
        service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
        settled(lab);
        assert_int_equal(registered(lab), 8);
        lab_free(lab);
    }
}

static void one_more_phone_changes_nobody(void **state)
{
    (void)state;
    uint64_t hashes[2][5];
    for (uint32_t more = 0; more < 2; more++) {
        struct lab *lab =
            make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 5 + more });
        regenerate(lab, 0, OWN_CALLMANAGER);
        restart(lab, 0);
        settled(lab);
        for (uint32_t i = 0; i < 5; i++) /* far apart: queues of the servers are shared */
            lab_reset_phone(lab, i, lab_now_us(lab) + i * HOUR_US / 2);
        settled(lab);
        for (uint32_t i = 0; i < 5; i++)
            hashes[more][i] = heard[i].hash;
        lab_free(lab);
    }
    assert_memory_equal(hashes[0], hashes[1], sizeof hashes[0]);
}

/* ---- limits and links ---- */

static void maximum_serving_count(void **state)
{
    (void)state;
    static const char *const models[] = { "7965", "8861" };
    for (int m = 0; m < 2; m++) {
        struct lab *lab = make((struct fixture){
            .version = "9.1", .nodes = 1, .group = 1, .phones = 30, .model = models[m] });
        uint32_t itl = lab->state.phones[0].itl, config = lab->state.phones[0].config;
        lab_param(lab, 0, PARAM_MAX_SERVING, 1);
        lab->state.knobs.value[KNOB_BOOT_MIN_US] = lab->state.knobs.value[KNOB_BOOT_MAX_US];
        struct link slow = { .delay_us = 1000, .rate = 1500 };
        lab_node_link(lab, 0, 0, &slow);
        for (uint32_t i = 0; i < 30; i++)
            lab_reset_phone(lab, i, lab_now_us(lab));
        forget();
        uint32_t by_udp = 0, timeouts = 0;
        struct virt *v = lab->driver->self;
        for (int t = 0; t < 6000; t++) {
            run_for(lab, 100000);
            assert_in_range(lab->state.clusters[0].nodes[0].run.transfers, 0, 1);
            for (uint32_t i = 0; i < 30; i++)
                by_udp += v->slots[i].ask == ASK_FILE && v->slots[i].pending != PENDING_NONE &&
                          !v->slots[i].http;
        }
        settled(lab);
        for (uint32_t i = 0; i < 30; i++) {
            timeouts += heard[i].status[STATUS_TFTP_TIMEOUT];
            assert_int_equal(heard[i].not_found[FILE_ITL] + heard[i].not_found[FILE_ITL_COMMON] +
                                 heard[i].not_found[FILE_CNF_SGN] +
                                 heard[i].not_found[FILE_DEFAULT_SGN],
                             0);
            assert_int_equal(lab->state.phones[i].itl, itl);
            assert_int_equal(lab->state.phones[i].config, config);
        }
        assert_true(by_udp > 0); /* HTTP phones as well: 503, then UDP */
        assert_true(timeouts > 0);
        assert_int_equal(registered(lab), 30);
        assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 0);
        lab_free(lab);
    }
}

static void links_go_down(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "9.1", .nodes = 1, .group = 1, .phones = 6 });
    struct link down = { .down = true }, up = { .delay_us = 1000 };
    forget();
    assert_true(lab_phone_link(lab, 2, &down, NULL));
    settled(lab);
    assert_int_equal(registered(lab), 5);
    assert_int_equal(heard[2].unregistered[CAUSE_KEEPALIVE_TO], 1);
    assert_int_equal(lab->state.phones[2].lost & FSM_BIT(FUNCTION_REGISTRATION),
                     FSM_BIT(FUNCTION_REGISTRATION));
    run_for(lab, HOUR_US);
    assert_true(lab_phone_link(lab, 2, &up, NULL));
    settled(lab);
    fine(lab);
    lab_node_link(lab, 0, 0, &down);
    settled(lab);
    assert_int_equal(registered(lab), 0);
    lab_node_link(lab, 0, 0, &up);
    settled(lab);
    fine(lab);
    lab_free(lab);
}

/* TFTP waits the same each time, TCP twice as long up to a bound; after so many tries never. */
static void lost_again_and_again(void **state)
{
    (void)state;
    static const struct {
        uint8_t ask;
        bool http;
        uint64_t want_us;
    } rows[] = { { ASK_FILE, false, 2 * 4000 },
                 { ASK_FILE, true, 200 + 400 + 500 },
                 { ASK_REGISTER, false, 200 + 400 + 500 } };
    static const uint64_t costs[COSTS] = { [COST_TFTP_RETRY_US] = 4000,
                                           [COST_TFTP_TRIES] = 2,
                                           [COST_TCP_RETRY_US] = 200,
                                           [COST_TCP_RETRY_MAX_US] = 500,
                                           [COST_TCP_TRIES] = 3 };
    const struct world world = { .costs = costs };
    const struct virt v = { .world = &world };
    const struct link all_but_lost = { .loss_ppm = 999999 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slot s = { .ask = rows[i].ask & 15, .http = rows[i].http, .luck = 7 };
        uint64_t in_us;
        assert_false(virt_request_us(&v, &s, &all_but_lost, &in_us));
        assert_int_equal(in_us, rows[i].want_us);
        assert_int_equal(s.luck_had, 1);
    }
}

static void loss_only_delays(void **state)
{
    (void)state;
    uint64_t took[2];
    for (uint32_t lossy = 0; lossy < 2; lossy++) {
        struct lab *lab = make_off((struct fixture){ .version = "9.1",
                                                     .nodes = 1,
                                                     .group = 1,
                                                     .phones = 60,
                                                     .model = lossy ? "8861" : "7965" });
        for (uint32_t i = 0; i < 60; i++)
            assert_true(lab_phone_link(
                lab, i, &(struct link){ .delay_us = 5000, .loss_ppm = 30000 }, NULL));
        power_all(lab, true);
        settled(lab);
        took[lossy] = lab_now_us(lab);
        for (int again = 0; again < 4 && lost(lab, FUNCTION_CONFIGURATION) != 0; again++)
            reset(lab); /* a file may time out: the next boot gets it */
        fine(lab);
        lab_free(lab);
    }
    assert_true(took[1] < took[0]); /* TCP sends again sooner than TFTP */
}

static void a_rate_delays(void **state)
{
    (void)state;
    uint64_t took[2];
    for (uint32_t slow = 0; slow < 2; slow++) {
        struct lab *lab =
            make_off((struct fixture){ .version = "9.1", .nodes = 1, .group = 1, .phones = 1 });
        assert_true(lab_phone_link(
            lab, 0, &(struct link){ .delay_us = 1000, .rate = slow ? 1000 : 0 }, NULL));
        power_all(lab, true);
        settled(lab);
        fine(lab);
        took[slow] = lab_now_us(lab);
        lab_free(lab);
    }
    assert_in_range(took[1] - took[0], 5 * SECOND_US, 60 * SECOND_US);
}

/* ---- the same again ---- */

static uint64_t story(bool bytes, uint64_t seed)
{
    struct lab *lab = make_off((struct fixture){ .version = "12.5",
                                                 .nodes = 2,
                                                 .group = 2,
                                                 .phones = 6,
                                                 .mixed = true,
                                                 .encrypted = true,
                                                 .lsc = true,
                                                 .security = CNF_ENCRYPTED,
                                                 .bytes = bytes,
                                                 .seed = seed });
    struct err e = { "" };
    uint32_t first; /* it asks for CTLFile.tlv: the same list under another name */
    struct lab_phones_spec old = { .count = 3, .model = "7960", .pool = "p" };
    assert_true(lab_phones(lab, 0, &old, &first, &e));
    struct lab_trace trace;
    lab_trace_begin(&trace, lab, NULL, NULL);
    power_all(lab, true);
    settled(lab);
    fine(lab);
    regenerate(lab, 0, OWN_ITLRECOVERY);
    restart_everywhere(lab);
    reset(lab);
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab));
    settled(lab);
    lab_trace_end(&trace, lab);
    assert_true(trace.trace.lines > 100);
    lab_free(lab);
    return trace.trace.hash;
}

static void the_same_again(void **state)
{
    (void)state;
    uint64_t once = story(false, 1);
    assert_true(once == story(false, 1));
    assert_true(once == story(true, 1));
    assert_true(once != story(false, 2));
}

/* ---- costs ---- */

static uint64_t boot_took(enum cost cost, uint64_t value)
{
    struct lab *lab = make_off((struct fixture){
        .version = "11.5", .nodes = 1, .group = 1, .phones = 20, .model = "8861" });
    lab->state.knobs.value[KNOB_BOOT_MIN_US] = lab->state.knobs.value[KNOB_BOOT_MAX_US] = 1;
    lab->state.costs[cost] = value; /* phones and their driver are there already */
    power_all(lab, true);
    settled(lab);
    fine(lab);
    uint64_t took_us = lab_now_us(lab);
    lab_free(lab);
    return took_us;
}

/* Work of nodes and an unset link take as long as they are said to, from then on. */
static void costs_cost(void **state)
{
    (void)state;
    static const enum cost more[] = { COST_SIGN_US, COST_ANSWER_US, COST_LINK_DELAY_US,
                                      COST_LINK_JITTER_US };
    uint64_t usual_us = boot_took(COST_PROCESSORS, 2);
    assert_true(boot_took(COST_PROCESSORS, 1) > usual_us);
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        assert_true(boot_took(more[i], 500000) > usual_us + 400000);
}

/* A link that was set does not follow the knobs of those that were not. */
static void set_links_stay(void **state)
{
    (void)state;
    uint64_t took_us[2];
    for (int i = 0; i < 2; i++) {
        struct lab *lab = make_off((struct fixture){
            .version = "11.5", .nodes = 1, .group = 1, .phones = 1, .model = "8861" });
        struct link as_unset = { .delay_us = lab->state.costs[COST_LINK_DELAY_US],
                                 .jitter_us = lab->state.costs[COST_LINK_JITTER_US] };
        assert_true(lab_phone_link(lab, 0, &as_unset, NULL));
        lab->state.costs[COST_LINK_DELAY_US] += (uint64_t)i * SECOND_US;
        power_all(lab, true);
        settled(lab);
        took_us[i] = lab_now_us(lab);
        lab_free(lab);
    }
    assert_int_equal(took_us[0], took_us[1]);
}

/* The pace of a reset is one number, whoever resets: the cluster all its phones, or a scenario. */
static void resets_keep_their_pace(void **state)
{
    (void)state;
    for (int whole = 0; whole < 2; whole++) {
        struct lab *lab = make((struct fixture){
            .version = "11.5", .nodes = 1, .group = 1, .phones = 10, .model = "7965" });
        lab->state.knobs.value[KNOB_BOOT_MIN_US] = lab->state.knobs.value[KNOB_BOOT_MAX_US] = 1;
        lab->state.costs[COST_RESET_RATE] = 1;
        uint64_t begun_us = lab_now_us(lab);
        struct act act = { .kind = DO_RESET };
        struct err e = { "" };
        if (whole)
            lab_reset_all(lab, 0);
        else
            assert_true(
                lab_do_phones(lab, 0, &act, &(struct lab_whom){ .first = 0, .count = 10 }, &e));
        settled(lab);
        assert_in_range(lab_now_us(lab) - begun_us, 9 * SECOND_US, 12 * SECOND_US);
        lab_free(lab);
    }
}

/* A phone calls itself at TVS as the real ones do, in bytes too. */
static void (*lab_tvs_name)(void *ctx, uint32_t n, char out[TVS_NAME]);
static uint32_t names_asked;

static void count_name(void *ctx, uint32_t n, char out[TVS_NAME])
{
    char expected[TVS_NAME], device[DEVICE_NAME];
    lab_tvs_name(ctx, n, out);
    lab_phone_name(ctx, n, device);
    snprintf(expected, sizeof expected, "CP-7965-%s", device);
    assert_string_equal(out, expected);
    names_asked++;
}

static void names_at_tvs(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "11.5", .nodes = 1, .group = 1, .phones = 2, .model = "7965", .bytes = true });
    lab_tvs_name = lab->world.tvs_name;
    lab->world.tvs_name = count_name;
    names_asked = 0;
    regenerate(lab, 0, OWN_CALLMANAGER);
    restart_everywhere(lab);
    reset(lab);
    assert_int_equal(names_asked, 2); /* one request each */
    lab_free(lab);
}

int main(void)
{
#define MOCK(test) cmocka_unit_test_setup_teardown(test, mock_up, mock_down)
    const struct CMUnitTest tests[] = {
        MOCK(answers_carry_their_number),
        MOCK(a_driver_invents_no_timeout),
        MOCK(cancel_ends_a_request),
        MOCK(another_epoch_gives_no_answer),
        MOCK(order_is_total),
        MOCK(the_calendar),
        MOCK(quiet_does_not_count_what_means_nothing),
        cmocka_unit_test(tftp_restarts_in_mid_transfer),
        cmocka_unit_test(keepalives_are_no_events),
        cmocka_unit_test(a_boot_costs_few_events),
        cmocka_unit_test(a_silent_server_is_seen_once),
        cmocka_unit_test(back_before_the_keepalive),
        cmocka_unit_test(sleepers),
        cmocka_unit_test(a_change_is_never_missed),
        cmocka_unit_test(a_reset_that_does_not_arrive),
        cmocka_unit_test(a_key_at_a_sleeper),
        cmocka_unit_test(one_more_phone_changes_nobody),
        cmocka_unit_test(maximum_serving_count),
        cmocka_unit_test(links_go_down),
        cmocka_unit_test(lost_again_and_again),
        cmocka_unit_test(loss_only_delays),
        cmocka_unit_test(a_rate_delays),
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(names_at_tvs),
        cmocka_unit_test(costs_cost),
        cmocka_unit_test(set_links_stay),
        cmocka_unit_test(resets_keep_their_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
