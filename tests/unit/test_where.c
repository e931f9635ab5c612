/* Where a phone goes: outside its CallManager group, to its last resort, to Directories, to the
 * TFTP servers of option 150. */
#include "tests/unit/lab_fixture.h"

static void option_150_is(struct lab *lab, uint32_t tftp)
{
    struct act move = { .kind = DO_MOVE, .arg = { tftp, 0 } };
    struct lab_whom whom = { .first = 0, .count = lab->state.phone_count };
    assert_true(lab_do_phones(lab, 0, &move, &whom, NULL));
}

/* Nodes pub, sub1, sub2 in 9.1; phones of the group {sub1, sub2}, whose TFTP server is pub. */
static struct lab *elsewhere(uint32_t phones, const char *model)
{
    static const char *const nodes[] = { "pub", "sub1", "sub2" };
    struct lab_options o = lab_defaults();
    struct lab *lab = lab_new(&o);
    struct err e = { "" };
    uint32_t cluster, first;
    listen_to(lab);
    forget();
    struct lab_cluster_spec spec = { "HQ", "9.1", nodes, 3, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    assert_true(lab_group(lab, 0, "subs", nodes + 1, 2, &e));
    assert_true(lab_pool(lab, 0, "p", "subs", &e));
    struct lab_phones_spec p = { .count = phones, .model = model, .pool = "p" };
    assert_true(lab_phones(lab, 0, &p, &first, &e));
    option_150_is(lab, lab->state.clusters[0].nodes[0].disk.ip);
    power_all(lab, true);
    settled(lab);
    fine(lab);
    return lab;
}

static void stop_subs(struct lab *lab)
{
    service(lab, 0, 1, SERVICE_CALLMANAGER, DO_STOP);
    service(lab, 0, 2, SERVICE_CALLMANAGER, DO_STOP);
    settled(lab);
}

/* Whoever took its configuration has its servers; who did not goes to its TFTP server; each a
 * knob. */
static void the_last_resort(void **state)
{
    (void)state;
    static const struct {
        bool valid_knob, other_knob, has_config;
        uint32_t registered;
    } rows[] = { { false, true, true, 0 },
                 { true, true, true, 6 },
                 { true, false, true, 6 },
                 { false, true, false, 6 },
                 { true, false, false, 0 } };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct lab *lab = elsewhere(6, "7965");
        lab_set_knob(lab, KNOB_REGISTER_AT_TFTP_VALID, rows[r].valid_knob);
        lab_set_knob(lab, KNOB_REGISTER_AT_TFTP, rows[r].other_knob);
        for (uint32_t n = 0; n < 3 && !rows[r].has_config; n++)
            service(lab, 0, n, SERVICE_TFTP, DO_STOP);
        if (!rows[r].has_config) {
            lab_reset_all(lab, 0);
            settled(lab);
            assert_int_equal(lost(lab, FUNCTION_CONFIGURATION), 6);
        }
        stop_subs(lab);
        assert_int_equal(registered(lab), rows[r].registered);
        for (uint32_t i = 0; i < 6 && rows[r].registered > 0; i++) {
            assert_int_equal(lab->state.cold[i].node, 1);     /* at pub */
            assert_int_equal(lab->state.phones[i].server, 2); /* behind those of its group */
        }
        /* From its last resort it goes back to its group. */
        service(lab, 0, 2, SERVICE_CALLMANAGER, DO_START);
        settled(lab);
        for (uint32_t i = 0; i < 6; i++) {
            assert_int_equal(lab->state.cold[i].node, 3);
            assert_int_equal(heard[i].unregistered[CAUSE_FAILBACK], rows[r].registered > 0);
        }
        lab_free(lab);
    }
}

/* A node that their group does not name takes phones of the database, or rejects them. */
static void outside_the_group(void **state)
{
    (void)state;
    for (int takes = 0; takes < 2; takes++) {
        struct lab *lab = elsewhere(4, "7965");
        lab_set_knob(lab, KNOB_REGISTER_AT_TFTP_VALID, 1);
        lab_param(lab, 0, PARAM_OUTSIDE_GROUP, (uint64_t)takes);
        forget();
        stop_subs(lab);
        assert_int_equal(registered(lab), takes ? 4 : 0);
        for (uint32_t i = 0; i < 4; i++)
            assert_int_equal(heard[i].rejected[REJECT_GROUP] > 0, !takes);
        lab_free(lab);
    }
}

/* Directories: the first server of the phone's group, unless the URL names the publisher. */
static void directories(void **state)
{
    (void)state;
    for (int named = 0; named < 2; named++) {
        struct lab *lab = elsewhere(3, "7965");
        lab_param(lab, 0, PARAM_DIRECTORY_HOST, (uint64_t)named);
        reset(lab);
        service(lab, 0, named ? 0 : 1, SERVICE_TOMCAT, DO_STOP);
        press_all(lab);
        assert_int_equal(lost(lab, FUNCTION_SECURE_SERVICES), 3);
        service(lab, 0, named ? 0 : 1, SERVICE_TOMCAT, DO_START);
        service(lab, 0, named ? 1 : 0, SERVICE_TOMCAT, DO_STOP);
        settled(lab);
        press_all(lab);
        assert_int_equal(lost(lab, FUNCTION_SECURE_SERVICES), 0);
        lab_free(lab);
    }
}

/* A model without an ITL opens the plain URL: nothing is judged, and it has no secured service to
 * lose. */
static void plain_ones(void **state)
{
    (void)state;
    static const char *const models[] = { "7940", "7960" };
    for (int m = 0; m < 2; m++) {
        struct lab *lab = elsewhere(3, models[m]);
        press_all(lab);
        fine(lab);
        for (uint32_t i = 0; i < 3; i++) {
            assert_int_equal(heard[i].page[1], 1);
            assert_int_equal(heard[i].states[PHONE_TVS], 0);
        }
        service(lab, 0, 1, SERVICE_TOMCAT, DO_STOP);
        press_all(lab);
        for (uint32_t i = 0; i < 3; i++) {
            assert_int_equal(heard[i].page[0], 1);
            assert_int_equal(heard[i].status[STATUS_HOST_NOT_FOUND], 1);
            assert_null(lab_loss_of(lab, i));
        }
        fine(lab);
        lab_free(lab);
    }
}

/* Option 150 is learned with the lease: at the next boot, not at the next try. */
static void option_150(void **state)
{
    (void)state;
    struct lab *lab = elsewhere(2, "7965");
    lab_set_knob(lab, KNOB_REGISTER_AT_TFTP, 0);
    stop_subs(lab);
    assert_int_equal(registered(lab), 0);
    service(lab, 0, 0, SERVICE_TFTP, DO_STOP); /* the one that they know */
    option_150_is(lab, lab->state.clusters[0].nodes[2].disk.ip);
    forget();
    lab_set_knob(lab, KNOB_HTTPS_TIMEOUT_US, SECOND_US); /* a change: who sleeps tries */
    settled(lab);
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(heard[i].status[STATUS_TFTP_ERROR] > 0);
        assert_int_equal(heard[i].config_used[FILE_CNF_SGN], 0);
    }
    forget();
    power_all(lab, false);
    power_all(lab, true);
    settled(lab);
    for (uint32_t i = 0; i < 2; i++)
        assert_true(heard[i].config_used[FILE_CNF_SGN] > 0);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_resort), cmocka_unit_test(outside_the_group),
        cmocka_unit_test(directories),     cmocka_unit_test(plain_ones),
        cmocka_unit_test(option_150),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
