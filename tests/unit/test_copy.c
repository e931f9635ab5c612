/* A driver copied in the middle of a run: both go on alike.  First machines of the test's own that
 * do whatever comes to their mind, then phones of the lab on trial. */
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"

#define MACHINES 8
#define NODES    2
#define INSTANTS 200
#define END_US   (400 * SECOND_US)

/* Everything that a machine does comes from its own stream; what happened to it is in its hash. */
struct machine {
    struct rng rng;
    uint64_t deadline_us, hash;
    uint16_t request;
    bool idle;
};

struct place {
    struct machine machines[MACHINES];
    uint32_t transfers[NODES], epoch[NODES];
    bool stopped[NODES];
    uint64_t nodes_at_us;
    uint32_t wakes;
    uint64_t costs[COSTS];
    struct world world;
    struct driver *driver;
};

static void ask_for_something(struct machine *m, struct outbox *out)
{
    static const uint8_t begins[] = { ACT_FETCH,      ACT_FETCH,     ACT_TVS_OPEN, ACT_CCM_OPEN,
                                      ACT_HTTPS_OPEN, ACT_HTTPS_GET, ACT_REGISTER };
    m->request++; /* over TCP, where it connects by itself */
    outbox_put(out, (struct action){ .type = begins[rng_below(&m->rng, sizeof begins)],
                                     .kind = TRANSPORT_TCP,
                                     .request = m->request,
                                     .server = (uint32_t)rng_below(&m->rng, NODES + 1),
                                     .a = (uint32_t)rng_below(&m->rng, 2) });
}

static void go_on(struct machine *m, uint8_t event, struct outbox *out)
{
    static const uint8_t follows[] = { ACT_REGISTER, ACT_HTTPS_GET, ACT_TVS_QUERY };
    uint8_t wanted = follows[rng_below(&m->rng, sizeof follows)];
    outbox_put(out, (struct action){ .type = event == EVENT_TLS_CERT ? ACT_TLS_ACCEPT : wanted,
                                     .kind = TRANSPORT_TLS,
                                     .request = m->request,
                                     .server = 1,
                                     .a = 7 });
}

static void machine_step(void *ctx, uint32_t n, const struct event *e, uint64_t now_us,
                         struct outbox *out)
{
    struct place *p = ctx;
    struct machine *m = &p->machines[n];
    m->hash = rng_mix(m->hash ^ now_us) + rng_mix((uint64_t)e->type << 32 | e->request);
    m->hash = rng_mix(m->hash ^ e->roles) + rng_mix((uint64_t)e->a << 32 | e->b);
    if (e->type == EVENT_TIMER)
        m->deadline_us = 0;
    if (e->type == EVENT_TLS_CERT || e->type == EVENT_TLS_OPEN)
        go_on(m, e->type, out);
    else if (rng_below(&m->rng, 4) != 0)
        ask_for_something(m, out);
    else if (rng_below(&m->rng, 2) == 0)
        outbox_put(out, (struct action){ .type = ACT_CANCEL, .request = m->request });
    m->deadline_us = now_us + rng_below(&m->rng, 4 * SECOND_US) + 1;
    m->idle = rng_below(&m->rng, 5) == 0;
    if (rng_below(&m->rng, 4) == 0)
        p->driver->deliver(p->driver->self, n, &(struct event){ .type = EVENT_PRESS },
                           now_us + rng_below(&m->rng, 20 * SECOND_US));
}

static uint64_t machine_deadline(void *ctx, uint32_t n, bool *idle)
{
    const struct machine *m = &((struct place *)ctx)->machines[n];
    *idle = m->idle;
    return m->deadline_us;
}

static uint64_t machine_wake(void *ctx, uint32_t n, uint64_t now_us)
{
    struct place *p = ctx;
    p->wakes++;
    return now_us + 1 + rng_below(&p->machines[n].rng, 3 * SECOND_US);
}

static bool place_node_at(void *ctx, uint32_t ip, uint32_t *node)
{
    (void)ctx;
    *node = ip;
    return ip < NODES;
}

static bool place_running(void *ctx, uint32_t node, enum ask_kind kind)
{
    (void)kind;
    return !((struct place *)ctx)->stopped[node];
}

static uint32_t place_epoch(void *ctx, uint32_t node, enum ask_kind kind)
{
    (void)kind;
    return ((struct place *)ctx)->epoch[node];
}

static enum ask_result place_ask(void *ctx, uint32_t node, const struct ask *ask, uint64_t now_us,
                                 struct event *answer)
{
    (void)now_us;
    *answer = (struct event){ .type = answers_of[ask->kind],
                              .roles = ROLE_BIT(9),
                              .a = 5,
                              .b = ask->kind == ASK_FILE ? 40000 : 99 };
    return place_running(ctx, node, (enum ask_kind)ask->kind) ? ASK_ANSWERED : ASK_STOPPED;
}

static bool place_begin(void *ctx, uint32_t node)
{
    struct place *p = ctx;
    if (p->transfers[node] == 2)
        return false;
    p->transfers[node]++;
    return true;
}

static void place_end(void *ctx, uint32_t node)
{
    struct place *p = ctx;
    assert_true(p->transfers[node] > 0);
    p->transfers[node]--;
}

static uint64_t place_deadline(void *ctx)
{
    return ((struct place *)ctx)->nodes_at_us;
}

/* A node stops or starts; who sleeps is woken. */
static void place_tick(void *ctx, uint64_t now_us)
{
    struct place *p = ctx;
    uint32_t node = now_us / SECOND_US % NODES;
    p->stopped[node] = !p->stopped[node];
    p->epoch[node]++;
    p->nodes_at_us = now_us + 7 * SECOND_US + 1;
    p->driver->changed(p->driver->self);
}

static void machine_luck(void *ctx, uint32_t n)
{
    (void)ctx, (void)n;
}

static struct world world_of(struct place *p)
{
    return (struct world){
        .ctx = p,
        .costs = p->costs,
        .phones = MACHINES,
        .step = machine_step,
        .deadline_us = machine_deadline,
        .by_luck = machine_luck,
        .wake_us = machine_wake,
        .node_at = place_node_at,
        .running = place_running,
        .epoch = place_epoch,
        .ask = place_ask,
        .transfer_begin = place_begin,
        .transfer_end = place_end,
        .nodes_deadline_us = place_deadline,
        .nodes_tick = place_tick,
    };
}

static void start(struct place *p, uint32_t loss_ppm)
{
    memset(p, 0, sizeof *p);
    for (uint32_t i = 0; i < MACHINES; i++)
        p->machines[i].rng = rng_of(11, "machine", i);
    p->nodes_at_us = SECOND_US;
    p->world = world_of(p);
    facts_initial(cost_table, COSTS, p->costs);
    p->costs[COST_SIGN_US] = 20000;
    struct virt_options o = { .seed = 3 };
    p->driver = virt_new(&p->world, &o, &sys_mem);
    struct driver *d = p->driver;
    for (uint32_t i = 0; i < MACHINES; i++) {
        struct link link = { .delay_us = 2000 * i, .jitter_us = 9000, .loss_ppm = loss_ppm };
        link.rate = i % 2 == 0 ? 0 : 20000;
        assert_true(d->phone_link(d->self, i, &link));
        d->deliver(d->self, i, &(struct event){ .type = EVENT_POWER_ON }, i * SECOND_US);
    }
    d->node_link(d->self, 1, &(struct link){ .delay_us = 500, .jitter_us = 77 });
    d->changed(d->self);
}

/* Runs on from `from_us`; whoever is run has the same done to it from outside. */
static void run_on(struct place *p, uint64_t from_us, uint64_t until_us)
{
    static const uint64_t acts_us[] = { 90 * SECOND_US, 200 * SECOND_US, 310 * SECOND_US };
    struct driver *d = p->driver;
    for (uint32_t i = 0; i < 3; i++) {
        if (acts_us[i] <= from_us || acts_us[i] > until_us)
            continue;
        d->run(d->self, acts_us[i]);
        d->node_link(d->self, 0, &(struct link){ .delay_us = 100, .down = i % 2 == 0 });
        for (uint32_t m = 0; m < MACHINES; m++)
            d->deliver(d->self, m, &(struct event){ .type = EVENT_ERASE }, acts_us[i] + SECOND_US);
        d->changed(d->self);
    }
    d->run(d->self, until_us);
}

static void stop(struct place *p)
{
    p->driver->free(p->driver->self);
}

static void same(const struct place *a, const struct place *b)
{
    for (uint32_t i = 0; i < MACHINES; i++)
        assert_true(a->machines[i].hash == b->machines[i].hash);
    assert_memory_equal(a->transfers, b->transfers, sizeof a->transfers);
    assert_int_equal(a->wakes, b->wakes);
    assert_true(a->driver->events(a->driver->self) == b->driver->events(b->driver->self));
    assert_true(a->driver->now_us(a->driver->self) == b->driver->now_us(b->driver->self));
}

static uint64_t run_to_an_instant(struct place *p, struct rng *r)
{
    uint64_t at_us = rng_below(r, END_US);
    run_on(p, 0, at_us);
    return at_us;
}

static void a_copy_goes_on_exactly(void **state)
{
    (void)state;
    static struct place reference, one, two;
    struct rng instants = { 5 };
    uint32_t held = 0;
    start(&reference, 20000);
    run_on(&reference, 0, END_US);
    assert_in_range(reference.driver->events(reference.driver->self), 3000, 100000);
    assert_true(reference.wakes > 20);
    for (uint32_t i = 0; i < INSTANTS; i++) {
        start(&one, 20000);
        uint64_t at_us = run_to_an_instant(&one, &instants);
        two = one;
        two.world.ctx = &two;
        two.driver = one.driver->copy(one.driver->self, &two.world, NULL);
        held += two.transfers[0] + two.transfers[1];
        run_on(&two, at_us, END_US); /* the copy first: it takes nothing from the original */
        run_on(&one, at_us, END_US);
        same(&two, &reference);
        same(&one, &reference);
        stop(&one);
        stop(&two);
    }
    assert_true(held > INSTANTS / 4); /* transfers were under way when copies were made */
    stop(&reference);
}

/* All machines in another order, and no loss in either: each lives on as it would have. */
static void a_selection_takes_along_what_is_in_flight(void **state)
{
    (void)state;
    static const uint32_t order[MACHINES] = { 3, 0, 7, 5, 1, 6, 2, 4 };
    static struct place one, two;
    struct rng instants = { 6 };
    for (uint32_t i = 0; i < INSTANTS; i++) {
        start(&one, 0);
        uint64_t at_us = run_to_an_instant(&one, &instants);
        two = one;
        two.world.ctx = &two;
        memset(two.transfers, 0, sizeof two.transfers);
        for (uint32_t m = 0; m < MACHINES; m++)
            two.machines[m] = one.machines[order[m]];
        struct driver_selection all = { order, MACHINES };
        two.driver = one.driver->copy(one.driver->self, &two.world, &all);
        assert_memory_equal(two.transfers, one.transfers, sizeof one.transfers);
        run_on(&two, at_us, END_US);
        run_on(&one, at_us, END_US);
        for (uint32_t m = 0; m < MACHINES; m++)
            assert_true(two.machines[m].hash == one.machines[order[m]].hash);
        stop(&one);
        stop(&two);
    }
}

/* Who is not chosen is gone with all that was his. */
static void a_selection_is_alone(void **state)
{
    (void)state;
    static struct place one, two;
    struct rng instants = { 7 };
    uint32_t lived = 0;
    for (uint32_t i = 0; i < INSTANTS; i++) {
        start(&one, 500000);
        (void)run_to_an_instant(&one, &instants);
        two = one;
        two.world.ctx = &two;
        two.world.phones = 1;
        two.machines[0] = one.machines[i % MACHINES];
        memset(two.transfers, 0, sizeof two.transfers);
        uint32_t chosen = i % MACHINES;
        two.driver = one.driver->copy(one.driver->self, &two.world,
                                      &(struct driver_selection){ &chosen, 1 });
        assert_in_range(two.transfers[0] + two.transfers[1], 0, 1);
        uint64_t others = two.machines[1].hash, its = two.machines[0].hash;
        two.driver->run(two.driver->self, END_US + 60 * SECOND_US);
        assert_true(two.machines[1].hash == others);
        lived += two.machines[0].hash != its;
        stop(&one);
        stop(&two);
    }
    assert_true(lived > INSTANTS * 9 / 10); /* an answer may take longer than that */
}

/* ---- the lab's phones on trial ---- */

static void a_trial_goes_on_with_a_transfer(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 3 });
    struct link slow = { .delay_us = 1000, .rate = 2000 };
    assert_true(lab_phone_link(lab, 2, &slow, NULL));
    lab_reset_phone(lab, 2, lab_now_us(lab));
    while (lab->state.clusters[0].nodes[0].run.transfers == 0)
        lab_run_until(lab, lab_now_us(lab) + 100000);
    forget();
    uint32_t phone = 2;
    struct lab *t = lab_trial(lab, &phone, 1);
    listen_to(t);
    assert_int_equal(t->state.clusters[0].nodes[0].run.transfers, 1);
    settled(t);
    assert_int_equal(t->state.clusters[0].nodes[0].run.transfers, 0);
    assert_true(phone_is_registered(&t->state.phones[0]));
    for (uint32_t kind = 0; kind < STATUS_MESSAGES; kind++)
        assert_true(heard[0].status[kind] == 0 || kind == STATUS_CONFIG_USED ||
                    kind == STATUS_FILE_NOT_FOUND);
    assert_int_equal(heard[0].status[STATUS_TFTP_TIMEOUT], 0);
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 1);
    settled(lab);
    assert_true(lab_now_us(lab) == lab_now_us(t)); /* as long as it takes without a trial */
    lab_free(t);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_goes_on_exactly),
        cmocka_unit_test(a_selection_takes_along_what_is_in_flight),
        cmocka_unit_test(a_selection_is_alone),
        cmocka_unit_test(a_trial_goes_on_with_a_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
