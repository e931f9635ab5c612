/* What is done in a trial, act by act: links mended, services restarted, time that passes. */
#include "tests/unit/lab_fixture.h"

#include "nodes/certs.h"
#include "sim/predict/try.h"

static struct lab *lab;

static int up(void **state)
{
    (void)state;
    lab = make((struct fixture){ .version = "8.6", .nodes = 3, .group = 3, .phones = 4 });
    return 0;
}

static int down(void **state)
{
    (void)state;
    lab_free(lab);
    return 0;
}

static bool node_is_down(uint32_t node)
{
    return lab->driver->node_link_of(lab->driver->self, node).down;
}

static bool phone_is_down(uint32_t phone)
{
    return lab->driver->phone_link_of(lab->driver->self, phone).down;
}

static uint32_t found(struct way_act acts[64], enum act_kind kind)
{
    static const struct try_places nowhere;
    uint32_t n = try_acts(lab, &nowhere, acts, 64), kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (acts[i].act.kind == kind)
            acts[kept++] = acts[i];
    }
    return kept;
}

/* A link that is down can be mended, and no other: one by one, and all at once where there are
 * several; how slow it was stays. */
static void links_of_nodes(void **state)
{
    (void)state;
    struct way_act acts[64];
    static const uint32_t phones[] = { 0 };
    assert_int_equal(found(acts, DO_NODE_LINK), 0);
    lab_node_link(lab, 0, 1, &(struct link){ .down = true, .delay_us = 7000 });
    assert_int_equal(found(acts, DO_NODE_LINK), 1);
    assert_true(acts[0].width == WIDTH_ONE && acts[0].act.node == 1);
    lab_node_link(lab, 0, 2, &(struct link){ .down = true, .delay_us = 9000 });
    assert_int_equal(found(acts, DO_NODE_LINK), 3);
    assert_true(acts[0].act.node == 1 && acts[1].act.node == 2 && acts[2].width == WIDTH_ALL);
    try_act(lab, &acts[1], phones, 1);
    assert_true(node_is_down(1) && !node_is_down(2));
    lab_node_link(lab, 0, 2, &(struct link){ .down = true, .delay_us = 9000 });
    try_act(lab, &acts[2], phones, 1);
    for (uint32_t n = 0; n < 3; n++) {
        struct link l = lab->driver->node_link_of(lab->driver->self, n);
        assert_false(l.down);
        if (n > 0)
            assert_int_equal(l.delay_us, n == 1 ? 7000 : 9000);
    }
}

/* Of the phones that are asked about, those whose link is down. */
static void links_of_phones(void **state)
{
    (void)state;
    struct way_act acts[64];
    struct err e = { "" };
    static const uint32_t phones[] = { 0, 1, 3 };
    assert_int_equal(found(acts, DO_PHONE_LINK), 0);
    for (uint32_t i = 1; i < 4; i++)
        assert_true(lab_phone_link(lab, i, &(struct link){ .down = true, .delay_us = 6000 }, &e));
    struct link first = lab->driver->phone_link_of(lab->driver->self, 0);
    assert_int_equal(found(acts, DO_PHONE_LINK), 1);
    try_act(lab, &acts[0], phones, 3);
    assert_true(!phone_is_down(1) && phone_is_down(2) && !phone_is_down(3));
    assert_int_equal(lab->driver->phone_link_of(lab->driver->self, 3).delay_us, 6000);
    struct link same = lab->driver->phone_link_of(lab->driver->self, 0);
    assert_true(same.delay_us == first.delay_us && same.rate == first.rate && !same.down);
}

/* Behind an upload the services that answer for it start anew, on every node where they run. */
static void restarted_behind(void **state)
{
    (void)state;
    static const char *const names[] = { "peer" };
    struct lab_cluster_spec spec = { "NEW", "8.6", names, 1, "" };
    struct err e = { "" };
    uint32_t cluster, uploads = 0;
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    service(lab, 0, 2, SERVICE_TVS, DO_STOP);
    settled(lab);
    uint32_t epochs[3][SERVICES], rows = lab->state.clusters[0].db.row_count;
    for (uint32_t n = 0; n < 3; n++)
        for (int s = 0; s < SERVICES; s++)
            epochs[n][s] = lab->state.clusters[0].nodes[n].run.services[s].epoch;
    struct way_act acts[64];
    uint32_t n = found(acts, DO_UPLOAD);
    for (uint32_t i = 0; i < n; i++) {
        if (acts[i].cluster != 0)
            continue;
        uploads++;
        assert_int_equal(acts[i].width, WIDTH_ALL);
        try_act(lab, &acts[i], NULL, 0);
    }
    assert_int_equal(uploads, 1);
    assert_true(lab->state.clusters[0].db.row_count > rows);
    uint32_t behind = act_table[DO_UPLOAD]->remedy.then(&lab->state.clusters[0], &acts[0].act);
    assert_int_equal(behind, SERVICE_BIT(SERVICE_TVS));
    for (uint32_t k = 0; k < 3; k++) {
        const struct service_run *runs = lab->state.clusters[0].nodes[k].run.services;
        for (int s = 0; s < SERVICES; s++) {
            bool anew = s == SERVICE_TVS && k < 2;
            assert_int_equal(runs[s].epoch != epochs[k][s], anew);
            assert_int_equal(runs[s].state == SERVICE_STARTING, anew);
        }
    }
    settled(lab);
    assert_true(lab->state.clusters[0].nodes[1].run.services[SERVICE_TVS].state == SERVICE_RUNNING);
    assert_true(lab->state.clusters[0].nodes[2].run.services[SERVICE_TVS].state == SERVICE_STOPPED);
}

/* Which own certificate lies in which trust store, by what TVS says of it there. */
static bool lies_in(enum own own, enum store store)
{
    switch (store) {
    case STORE_CALLMANAGER_TRUST:
        return own == OWN_CALLMANAGER || own == OWN_CALLMANAGER_ECDSA;
    case STORE_PHONE_SAST_TRUST:
        return own == OWN_CALLMANAGER || own == OWN_CALLMANAGER_ECDSA || own == OWN_ITLRECOVERY;
    case STORE_CAPF_TRUST:
        return own == OWN_CAPF;
    default:
        return store == STORE_TOMCAT_TRUST && (own == OWN_TOMCAT || own == OWN_TOMCAT_ECDSA);
    }
}

/* How many certificates of that cluster lie here; each where it belongs (`all`), or none. */
static uint32_t held_of(const struct cluster *here, const struct cluster *peer, bool all)
{
    uint32_t count = 0;
    for (int own = 0; own < OWNS; own++) {
        for (int store = STORE_OWN + 1; store < STORES; store++) {
            uint32_t before = 0;
            FOR_EACH_NODE(peer, n)
            {
                uint32_t cert = peer->nodes[n].disk.own[own];
                bool there = cert != 0 && certs_in_store(here, (enum store)store, cert) != NULL;
                bool wants = all && cert != 0 && lies_in((enum own)own, (enum store)store);
                assert_int_equal(there, wants);
                count += there && cert != before; /* ITLRecovery is copied */
                before = cert;
            }
        }
    }
    return count;
}

/* The certificates of all nodes of that other cluster, each to its stores here, and of no third. */
static void uploads(void **state)
{
    (void)state;
    static const char *const names[] = { "n1", "n2", "o1" };
    struct err e = { "" };
    struct way_act acts[64];
    uint32_t cluster;
    assert_true(
        lab_cluster(lab, &(struct lab_cluster_spec){ "NEW", "12.5", names, 2, "" }, &cluster, &e));
    assert_true(lab_cluster(lab, &(struct lab_cluster_spec){ "OLD", "10.5(2)", names + 2, 1, "" },
                            &cluster, &e));
    settled(lab);
    assert_int_equal(found(acts, DO_UPLOAD), 6);
    for (uint32_t i = 0; i < 6; i++) {
        struct lab *fork = lab_fork(lab);
        uint32_t to = i / 2, from = (uint32_t)(i % 2 < to ? i % 2 : i % 2 + 1);
        assert_int_equal(acts[i].cluster, to);
        try_act(fork, &acts[i], NULL, 0);
        for (uint32_t c = 0; c < 3; c++) {
            uint32_t rows = lab->state.clusters[c].db.row_count, held = 0;
            for (uint32_t k = 0; k < 3; k++)
                held += held_of(&fork->state.clusters[c], &fork->state.clusters[k],
                                c == to && k == from);
            assert_int_equal(held > 0, c == to);
            assert_int_equal(fork->state.clusters[c].db.row_count, rows + held);
        }
        lab_free(fork);
    }
}

/* Several at once: all that are of use, or all of one service. */
static void several(void **state)
{
    (void)state;
    static const struct {
        uint8_t width;
        uint64_t service;
        uint32_t starts[3]; /* of TFTP, TVS, CallManager: a bit for each node */
    } rows[] = {
        { WIDTH_ONE, SERVICE_TVS, { 0, 2, 0 } },
        { WIDTH_EVERYWHERE, SERVICE_TVS, { 0, 6, 0 } },
        { WIDTH_EVERYWHERE, SERVICE_TFTP, { 1, 0, 0 } },
        { WIDTH_ALL, 0, { 1, 6, 4 } },
    };
    static const enum service kinds[] = { SERVICE_TFTP, SERVICE_TVS, SERVICE_CALLMANAGER };
    service(lab, 0, 0, SERVICE_TFTP, DO_STOP);
    service(lab, 0, 1, SERVICE_TVS, DO_STOP);
    service(lab, 0, 2, SERVICE_TVS, DO_STOP);
    service(lab, 0, 2, SERVICE_CALLMANAGER, DO_STOP);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lab *fork = lab_fork(lab);
        const struct cluster *cl = &fork->state.clusters[0];
        struct way_act a = { .act = { .kind = DO_START, .node = 1, .arg = { rows[i].service } },
                             .width = rows[i].width };
        try_act(fork, &a, NULL, 0);
        for (int k = 0; k < 3; k++) {
            uint32_t starts = 0;
            FOR_EACH_NODE(cl, n)
            {
                bool starting = cl->nodes[n].run.services[kinds[k]].state == SERVICE_STARTING;
                starts |= (uint32_t)starting << n;
            }
            assert_int_equal(starts, rows[i].starts[k]);
        }
        lab_free(fork);
    }
}

/* Late in a run too: services start, and rows reach the other nodes. */
static void quiet(void **state)
{
    (void)state;
    lab_run_until(lab, 3 * DAY_US);
    lab->state.clusters[0].db.params[PARAM_REPLICATION_US] = 500 * SECOND_US;
    regenerate(lab, 1, OWN_TVS);
    service(lab, 0, 0, SERVICE_TFTP, DO_RESTART);
    uint64_t begun = lab_now_us(lab);
    try_quiet(lab);
    assert_true(lab_now_us(lab) >= begun + 500 * SECOND_US);
    assert_true(lab_now_us(lab) < begun + HOUR_US);
    assert_int_equal(lab->state.clusters[0].nodes[0].run.services[SERVICE_TFTP].state,
                     SERVICE_RUNNING);
}

/* Off, and nobody waits for a place at a TFTP server. */
static void alone(void **state)
{
    (void)state;
    static const uint32_t some[] = { 3, 1 };
    lab->state.clusters[0].db.params[PARAM_MAX_SERVING] = 1;
    struct lab *trial = try_alone(lab, some, 2);
    assert_int_equal(trial->state.phone_count, 2);
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(trial->state.phones[i].state, PHONE_OFF);
    assert_int_equal(trial->state.clusters[0].db.params[PARAM_MAX_SERVING],
                     param_table[PARAM_MAX_SERVING].max);
    lab_free(trial);
    assert_int_equal(lab->state.clusters[0].db.params[PARAM_MAX_SERVING], 1);
    lab->state.clusters[0].db.params[PARAM_MAX_SERVING] = 0; /* 0 serves nobody, in a trial too */
    trial = try_alone(lab, some, 1);
    assert_int_equal(trial->state.clusters[0].db.params[PARAM_MAX_SERVING], 0);
    lab_free(trial);
}

/* What a boot starts from: answers of TVS are gone by then. */
static void what_counts(void **state)
{
    (void)state;
    struct phone *p = &lab->state.phones[1];
    uint64_t as_it_is = try_state(lab, 1);
    p->cache[0] = (struct trust_cached){
        content_vouch(lab->base->content, lab->state.clusters[0].nodes[0].disk.own[OWN_TOMCAT], 1),
        UINT32_MAX
    };
    assert_true(try_state(lab, 1) == as_it_is);
    p->itl = 0;
    assert_true(try_state(lab, 1) != as_it_is);
}

/* From off; a phone that reaches nobody has neither registration nor services. */
static void boots(void **state)
{
    (void)state;
    static const uint32_t all[] = { 0, 1, 2, 3 };
    static const uint8_t had[4] = { 0 };
    struct err e = { "" };
    assert_true(lab_phone_link(lab, 2, &(struct link){ .down = true }, &e));
    lab_run_until(lab, 2 * DAY_US);
    struct lab *trial = try_alone(lab, all, 4);
    uint8_t lost[4], boots_of[4] = { 0 };
    try_boots(trial, had, lost, boots_of);
    uint8_t out_of_service = FSM_BIT(FUNCTION_REGISTRATION) | FSM_BIT(FUNCTION_SECURE_SERVICES);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(lost[i] & out_of_service, i == 2 ? out_of_service : 0);
        assert_int_equal(phone_is_registered(&trial->state.phones[i]), i != 2);
        assert_int_equal(boots_of[i], 1); /* the first changes nothing: it is as it was */
    }
    lab_free(trial);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(links_of_nodes), TEST(links_of_phones), TEST(restarted_behind),
        TEST(uploads),        TEST(several),         TEST(quiet),
        TEST(alone),          TEST(what_counts),     TEST(boots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
