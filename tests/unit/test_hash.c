/* Labs that will go on differently have different hashes: pairs of forks, each with something that
 * the other has not. */
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"

static struct lab *two_clusters(void)
{
    static const char *const nodes[] = { "newpub" };
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 3 });
    struct lab_cluster_spec spec = { "NEW", "14", nodes, 1, "" };
    struct err e = { "" };
    uint32_t cluster;
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    return lab;
}

static void insert_one(struct lab *lab, uint32_t phone)
{
    struct err e = { "" };
    if (!lab_insert(lab, 1, phone, &e))
        fail_msg("%s", e.text);
}

static void insert_0(struct lab *lab)
{
    insert_one(lab, 0);
}

static void insert_1(struct lab *lab)
{
    insert_one(lab, 1);
}

static void node_down(struct lab *lab)
{
    lab_node_link(lab, 0, 1, &(struct link){ .down = true });
}

static void phone_slow(struct lab *lab)
{
    struct err e = { "" };
    assert_true(lab_phone_link(lab, 1, &(struct link){ .delay_us = 90000 }, &e));
}

static void phone_off(struct lab *lab)
{
    lab_power(lab, 2, false, lab_now_us(lab));
    settled(lab);
}

static void other_knob(struct lab *lab)
{
    lab->state.knobs.value[KNOB_TVS_TIMEOUT_US] += 1;
}

static void other_cost(struct lab *lab)
{
    lab->state.costs[COST_SIGN_US] += 1;
}

static void resetting(struct lab *lab)
{
    lab_reset_all(lab, 0);
}

static void nothing(struct lab *lab)
{
    (void)lab;
}

static void pairs_differ(void **state)
{
    (void)state;
    static void (*const changes[])(struct lab *) = { nothing,    insert_0,   insert_1,
                                                     node_down,  phone_slow, phone_off,
                                                     other_knob, other_cost, resetting };
    enum { COUNT = sizeof changes / sizeof changes[0] };
    uint64_t hash[COUNT] = { 0 };
    struct lab *lab = two_clusters();
    for (int i = 0; i < COUNT; i++) {
        struct lab *fork = lab_fork(lab);
        changes[i](fork);
        hash[i] = lab_hash(fork);
        for (int k = 0; k < i; k++)
            assert_true(hash[k] != hash[i]);
        lab_free(fork);
    }
    assert_true(hash[0] == lab_hash(lab));
    lab_free(lab);
}

/* What is left of an answer's time is part of it, and so is when TVS read the database. */
static void time_differs(void **state)
{
    (void)state;
    struct lab *lab = two_clusters();
    lab_press(lab, 0, KEY_DIRECTORIES, lab_now_us(lab));
    settled(lab);
    uint64_t before = lab_hash(lab);
    lab_run_until(lab, lab_now_us(lab) + 11 * HOUR_US);
    assert_true(lab_hash(lab) != before);
    lab_run_until(lab, lab_now_us(lab) + 20 * HOUR_US); /* over: one more day is nothing */
    before = lab_hash(lab);
    lab_run_until(lab, lab_now_us(lab) + 20 * HOUR_US);
    assert_true(lab_hash(lab) == before);

    uint64_t hash[2];
    for (int order = 0; order < 2; order++) {
        struct lab *fork = lab_fork(lab);
        lab_param(fork, 0, PARAM_TVS_DB_ON_RESTART, 1);
        for (int i = 0; i < 2; i++) {
            if (i == order)
                regenerate(fork, 0, OWN_CALLMANAGER);
            else
                service(fork, 0, 0, SERVICE_TVS, DO_RESTART);
            settled(fork);
            lab_run_until(fork, lab_now_us(fork) + SECOND_US);
        }
        lab_run_until(fork, lab_now_us(fork) + HOUR_US);
        hash[order] = cluster_hash(&fork->state.clusters[0], lab_now_us(fork));
        lab_free(fork);
    }
    assert_true(hash[0] != hash[1]);
    lab_free(lab);
}

/* What another node has seen it goes on knowing, however slow replication gets. */
static void replicated_is_replicated(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 2, .group = 2, .phones = 3 });
    regenerate(lab, 0, OWN_CALLMANAGER);
    restart(lab, 0);
    settled(lab);
    lab_run_until(lab, lab_now_us(lab) + HOUR_US);
    uint32_t cert = lab->state.clusters[0].nodes[0].disk.own[OWN_CALLMANAGER];
    assert_true(serve_tvs_verify(&lab->state.clusters[0], 1, cert, lab_now_us(lab)).trusted);
    lab_param(lab, 0, PARAM_REPLICATION_US, DAY_US);
    assert_true(serve_tvs_verify(&lab->state.clusters[0], 1, cert, lab_now_us(lab)).trusted);
    lab_free(lab);
}

/* Forks that are taken back leave nothing: not content, not a length. */
static void taken_back(void **state)
{
    (void)state;
    uint64_t hash[2], end_us[2];
    for (int with_forks = 0; with_forks < 2; with_forks++) {
        struct lab *lab =
            make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 3 });
        for (int i = 0; i < 20 && with_forks; i++) {
            struct lab_mark mark = lab_mark(lab);
            uint32_t count = lab->base->content->count;
            struct lab *fork = lab_fork(lab);
            regenerate(fork, 0, i % 2 == 0 ? OWN_TVS : OWN_CALLMANAGER);
            restart_everywhere(fork);
            reset(fork);
            assert_true(lab->base->content->count > count);
            lab_free(fork);
            lab_rewind(lab, &mark);
            assert_int_equal(lab->base->content->count, count);
        }
        lab_param(lab, 0, PARAM_ROLLBACK, 1);
        regenerate(lab, 0, OWN_TVS);
        restart_everywhere(lab);
        reset(lab);
        hash[with_forks] = lab_hash(lab);
        end_us[with_forks] = lab_now_us(lab);
        lab_free(lab);
    }
    assert_true(hash[0] == hash[1]);
    assert_int_equal(end_us[0], end_us[1]);
}

static void names_are_one(void **state)
{
    (void)state;
    struct lab_options o = lab_defaults();
    struct lab *lab = lab_new(&o);
    static const char *const nodes[] = { "pub" };
    static const char *const names[] = { "SEP001121000001", "SEP001121000003" };
    struct lab_cluster_spec spec = { "HQ", "8.6", nodes, 1, "" };
    struct err e = { "" };
    uint32_t cluster, first, found;
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    struct lab_phones_spec named = { .count = 2, .names = names, .model = "8845" };
    struct lab_phones_spec many = { .count = 5, .model = "7965" };
    assert_true(lab_phones(lab, cluster, &named, &first, &e));
    assert_true(lab_phones(lab, cluster, &many, &first, &e));
    assert_true(lab_phones(lab, cluster, &many, &first, &e));
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        char name[DEVICE_NAME];
        lab_phone_name(lab, i, name);
        assert_true(lab_find_phone(lab, name, &found));
        assert_int_equal(found, i);
    }
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_differ),
        cmocka_unit_test(time_differs),
        cmocka_unit_test(replicated_is_replicated),
        cmocka_unit_test(taken_back),
        cmocka_unit_test(names_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
