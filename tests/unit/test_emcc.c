/* Extension mobility across clusters: who may log in (Feature Configuration Guide 15), and what a
 * phone, its place and the database of the home cluster are then; forks and trials know of it. */
#include "run_script.h"

#include "nodes/config.h"
#include "sim/predict/try.h"

#define CLUSTERS                                                                                   \
    "home = cluster { name = 'Home', version = '11.5', nodes = { 'h1', 'h2', 'h3' } } "            \
    "vis = cluster { name = 'Vis', version = '11.5', nodes = { 'v1' } } "                          \
    "f = vis:phones { count = 2, model = '7821' } settle() "
#define EXCHANGE                                                                                   \
    "for _, c in ipairs { home, vis } do c:bulk('sftp', 'x') c:bulk('export') end "                \
    "home:bulk('consolidate') for _, c in ipairs { home, vis } do c:bulk('import') end settle() "
#define LOGIN "f:emcc('login', { cluster = home }) settle() "

static void who_may(void **state)
{
    static const struct {
        const char *script, *said; /* said: NULL, he may */
    } rows[] = {
        { CLUSTERS EXCHANGE LOGIN, NULL },
        { CLUSTERS LOGIN, "emcc: Home: Login is unavailable: Vis and Home do not have each other's "
                          "tomcat certificate" },
        { CLUSTERS EXCHANGE "h = home.h1 h:regenerate('tomcat') " LOGIN,
          NULL }, /* not in use yet */
        { CLUSTERS EXCHANGE
          "vis.v1:regenerate('tomcat') vis.v1:restart('Cisco Tomcat') settle() " LOGIN,
          "emcc: Home: Login is unavailable: Vis and Home do not have each other's tomcat "
          "certificate" },
        { CLUSTERS EXCHANGE "home.h1:stop('Cisco Tomcat') " LOGIN,
          "emcc: Home: Login is unavailable: Cisco Tomcat does not run on h1" },
        { CLUSTERS EXCHANGE "f:insert { cluster = home } " LOGIN,
          "emcc: Home: the device is in its database already, login fails (37)" },
        { CLUSTERS EXCHANGE LOGIN LOGIN, "emcc: Home: somebody is logged in there already" },
        { CLUSTERS EXCHANGE "f:emcc('login', { cluster = vis }) ",
          "emcc: Vis: the device is in its database already, login fails (37)" },
        { CLUSTERS EXCHANGE "vis:ctl('mixed-mode') vis.v1:restart('TFTP', 'CallManager') settle() "
                            "f = vis:phones { count = 1, model = '8861', security = 'encrypted' } "
                            "settle() " LOGIN,
          "emcc: Home: login fails: the phone is secure and the cluster is not in mixed mode" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct run r = { 0 };
        run(&r, rows[i].script);
        if (rows[i].said == NULL)
            assert_string_equal(r.e.text, "");
        else if (strstr(r.e.text, rows[i].said) == NULL)
            fail_msg("%s: %s", rows[i].script + sizeof CLUSTERS - 1, r.e.text);
        done(&r);
    }
}

static void what_it_does(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, CLUSTERS EXCHANGE LOGIN);
    assert_string_equal(r.e.text, "");
    const struct lab_state *s = &r.lab->state;
    uint32_t h1 = s->clusters[0].nodes[0].disk.ip, h2 = s->clusters[0].nodes[1].disk.ip,
             v1 = s->clusters[1].nodes[0].disk.ip;
    for (uint32_t p = 0; p < 2; p++) {
        assert_true(lab_is_visited(r.lab, p));
        assert_non_null(config_class_of(&s->clusters[0], p));
        assert_int_equal(s->dhcp[s->phones[p].dhcp].tftp[0], h1);
        assert_int_equal(s->dhcp[s->phones[p].dhcp].tftp[1], h2);
        assert_string_equal(lab_server_of(r.lab, p), "h1");
        assert_int_equal(s->phones[p].lost, 0);
    }
    /* A fork goes on as it does; a trial has the one that came along. */
    struct err e = { "" };
    struct act logout = { .kind = DO_EMCC_LOGOUT }, move = { .kind = DO_MOVE, .arg = { v1 + 7 } };
    struct lab_whom whom = { .first = 0, .count = 2 };
    struct lab *fork = lab_fork(r.lab);
    const uint32_t second = 1;
    struct lab *trial = lab_trial(r.lab, &second, 1);
    assert_int_equal(lab_hash(fork), lab_hash(r.lab));
    assert_true(lab_is_visited(trial, 0));
    assert_int_equal(lab_visit_hash(trial, 0), lab_visit_hash(r.lab, 1));
    /* Option 150 changes under it: he is told at his logout. */
    assert_true(lab_do_phones(fork, 1, &move, &whom, &e));
    assert_int_not_equal(lab_hash(fork), lab_hash(r.lab));
    assert_int_equal(fork->state.dhcp[fork->state.phones[0].dhcp].tftp[0], h1);
    assert_true(lab_do_phones(fork, 1, &logout, &whom, &e));
    assert_int_equal(fork->state.dhcp[fork->state.phones[0].dhcp].tftp[0], v1 + 7);
    assert_null(config_class_of(&fork->state.clusters[0], 0));
    lab_free(fork);
    lab_free(trial);
    assert_true(lab_do_phones(r.lab, 1, &logout, &whom, &e));
    try_quiet(r.lab);
    for (uint32_t p = 0; p < 2; p++) {
        assert_false(lab_is_visited(r.lab, p));
        assert_int_equal(lab_visit_hash(r.lab, p), 0);
        assert_null(config_class_of(&s->clusters[0], p));
        assert_int_equal(s->dhcp[s->phones[p].dhcp].tftp[0], v1);
        assert_string_equal(lab_server_of(r.lab, p), "v1");
        assert_int_equal(s->phones[p].lost, 0);
    }
    assert_true(lab_do_phones(r.lab, 1, &logout, &whom, &e)); /* nobody is left to log out */
    done(&r);
}

/* One that is not registered is left alone. */
static void without_power(void **state)
{
    (void)state;
    struct run r = { 0 };
    run(&r, CLUSTERS EXCHANGE "f:power('off') settle() " LOGIN);
    assert_string_equal(r.e.text, "");
    assert_false(lab_is_visited(r.lab, 0));
    assert_null(config_class_of(&r.lab->state.clusters[0], 0));
    done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(who_may), cmocka_unit_test(what_it_does),
                                        cmocka_unit_test(without_power) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
