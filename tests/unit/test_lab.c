/* The core end to end, in virtual time and without Lua: clusters, phones, acts, outcomes.  The rows
 * are situations of Cisco's documents; docs/TRUST.md names them. */
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"
#include "sim/lab_trace.h"

static void first_boot(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 40 });
    fine(lab);
    holds_itl(lab, 0, TRUST_FIRST);
    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(heard[i].status[STATUS_ITL_INSTALLED], 1);
        assert_int_equal(heard[i].not_found[FILE_CTL], 1); /* normal where there is no CTL */
        assert_int_equal(heard[i].config_used[FILE_CNF_SGN], 1);
    }
    forget();
    reset(lab);
    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(heard[i].status[STATUS_ITL_INSTALLED], 0);
        assert_int_equal(heard[i].status[STATUS_TRUST_LIST_UPDATED], 0);
        assert_int_equal(heard[i].config_used[FILE_CNF_SGN], 1);
        assert_int_equal(heard[i].unregistered[CAUSE_RESET_RESET], 1);
    }
    lab_free(lab);
}

/* What was regenerated where, how many of 20 phones then refuse lists, and how the others took
 * the new one. */
static void regenerations(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        uint32_t nodes, group;
        uint32_t ccm, tvs; /* bit of each node */
        bool refused;
        enum trust_verdict by;
    } rows[] = {
        { "8.6", 1, 1, 1, 0, false, TRUST_BY_TVS },  { "8.6", 1, 1, 0, 1, false, TRUST_BY_ITL },
        { "8.6", 1, 1, 1, 1, true, TRUST_FIRST },    { "8.6", 2, 2, 1, 1, false, TRUST_BY_TVS },
        { "8.6", 2, 1, 1, 1, true, TRUST_FIRST },    { "8.6", 2, 2, 3, 3, true, TRUST_FIRST },
        { "9.1", 3, 3, 3, 3, false, TRUST_BY_TVS },  { "10.5(2)", 1, 1, 1, 1, true, TRUST_FIRST },
        { "11.5", 1, 1, 1, 1, true, TRUST_FIRST },   { "11.5", 1, 1, 1, 0, false, TRUST_BY_TVS },
        { "12.0", 2, 2, 3, 3, false, TRUST_BY_ITL }, { "12.5", 1, 1, 1, 0, false, TRUST_BY_ITL },
        { "12.5", 1, 1, 1, 1, false, TRUST_BY_ITL }, { "14", 2, 2, 3, 3, false, TRUST_BY_ITL },
        { "15", 1, 1, 1, 1, false, TRUST_BY_ITL },
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct lab *lab = make((struct fixture){ .version = rows[r].version,
                                                 .nodes = rows[r].nodes,
                                                 .group = rows[r].group,
                                                 .phones = 20 });
        for (uint32_t n = 0; n < rows[r].nodes; n++) {
            if ((rows[r].ccm >> n & 1) != 0)
                regenerate(lab, n, OWN_CALLMANAGER);
            if ((rows[r].tvs >> n & 1) != 0)
                regenerate(lab, n, OWN_TVS);
        }
        uint32_t old = lab->state.phones[0].itl;
        restart_everywhere(lab);
        reset(lab);
        if (lost(lab, FUNCTION_TRUST_LIST) != (rows[r].refused ? 20u : 0))
            fail_msg("row %zu: %u phones refused", r, lost(lab, FUNCTION_TRUST_LIST));
        if (rows[r].refused) {
            stuck(lab);
            assert_int_equal(lab->state.phones[7].itl, old);
            reset(lab); /* once more changes nothing */
            stuck(lab);
            for (uint32_t i = 0; i < 20; i++)
                lab_erase(lab, i, lab_now_us(lab));
            settled(lab);
        }
        fine(lab);
        holds_itl(lab, 0, rows[r].by);
        lab_free(lab);
    }
}

/* Through which TVS: the first shows a certificate that is not in the phone's list. */
static void failover_to_the_second_tvs(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 2, .group = 2, .phones = 10 });
    regenerate(lab, 0, OWN_CALLMANAGER);
    regenerate(lab, 0, OWN_TVS);
    restart(lab, 0);
    forget();
    reset(lab);
    fine(lab);
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(heard[i].tvs[TVS_CERT_REFUSED], 1);
        assert_int_equal(heard[i].tvs[TVS_TRUSTED], 1);
    }
    lab_free(lab);
}

static void one_after_the_other(void **state)
{
    (void)state;
    static const struct {
        enum own first, second;
        enum trust_verdict by[2];
    } rows[] = { { OWN_CALLMANAGER, OWN_TVS, { TRUST_BY_TVS, TRUST_BY_ITL } },
                 { OWN_TVS, OWN_CALLMANAGER, { TRUST_BY_ITL, TRUST_BY_TVS } } };
    for (size_t r = 0; r < 2; r++) {
        struct lab *lab =
            make((struct fixture){ .version = "8.6", .nodes = 2, .group = 2, .phones = 10 });
        for (int round = 0; round < 2; round++) {
            regenerate(lab, 0, round == 0 ? rows[r].first : rows[r].second);
            regenerate(lab, 1, round == 0 ? rows[r].first : rows[r].second);
            restart_everywhere(lab);
            reset(lab);
            fine(lab);
            holds_itl(lab, 0, rows[r].by[round]);
        }
        lab_free(lab);
    }
}

/* One node after the other: both certificates each time, as a change of name does. */
static void node_after_node(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 2, .group = 2, .phones = 10 });
    for (uint32_t n = 0; n < 2; n++) {
        regenerate(lab, n, OWN_CALLMANAGER);
        regenerate(lab, n, OWN_TVS);
        restart_everywhere(lab);
        reset(lab);
        fine(lab);
        /* The second node's CallManager signs only what that node serves. */
        holds_itl(lab, 0, n == 0 ? TRUST_BY_TVS : TRUST_BY_ITL);
    }
    lab_free(lab);
}

static void not_restarted(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 10 });
    uint32_t itl = lab->state.phones[0].itl;
    regenerate(lab, 0, OWN_CALLMANAGER);
    regenerate(lab, 0, OWN_TVS);
    reset(lab);
    fine(lab);
    assert_int_equal(lab->state.phones[3].itl, itl);
    service(lab, 0, 0, SERVICE_TVS, DO_RESTART);
    reset(lab); /* still the old signature */
    fine(lab);
    assert_int_equal(lab->state.phones[3].itl, itl);
    service(lab, 0, 0, SERVICE_TFTP, DO_RESTART);
    reset(lab);
    stuck(lab);
    lab_free(lab);
}

static void nothing_changed_keeps_the_itl(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "10.0", .nodes = 2, .group = 2, .phones = 2 });
    uint32_t itl = lab->state.clusters[0].nodes[0].run.itl;
    settled(lab);
    restart_everywhere(lab);
    settled(lab);
    assert_int_equal(lab->state.clusters[0].nodes[0].run.itl, itl);
    regenerate(lab, 0, OWN_TOMCAT);
    restart_everywhere(lab);
    settled(lab);
    assert_int_equal(lab->state.clusters[0].nodes[0].run.itl, itl);
    lab_free(lab);
}

static void localkey(struct lab *lab)
{
    struct err e = { "" };
    if (!lab_plain(lab, 0, DO_ITL_RESET_LOCALKEY, &e))
        fail_msg("%s", e.text);
}

/* The other SAST key saves phones that are stuck before 12.0. */
static void localkey_saves(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "10.5(2)", .nodes = 2, .group = 2, .phones = 10 });
    for (uint32_t n = 0; n < 2; n++) {
        regenerate(lab, n, OWN_CALLMANAGER);
        regenerate(lab, n, OWN_TVS);
    }
    restart_everywhere(lab);
    reset(lab);
    stuck(lab);
    localkey(lab);
    reset(lab);
    fine(lab);
    holds_itl(lab, 0, TRUST_BY_ITL);
    lab_free(lab);
}

static void itlrecovery(void **state)
{
    (void)state;
    struct fixture f = { .version = "12.5", .nodes = 2, .group = 2, .phones = 10 };
    struct lab *lab = make(f);
    regenerate(lab, 0, OWN_ITLRECOVERY);
    restart_everywhere(lab);
    reset(lab);
    fine(lab);
    holds_itl(lab, 0, TRUST_BY_TVS);
    lab_free(lab);

    lab = make(f);
    regenerate(lab, 0, OWN_ITLRECOVERY);
    localkey(lab); /* signed by CallManager for a while */
    reset(lab);
    fine(lab);
    holds_itl(lab, 0, TRUST_BY_ITL);
    uint32_t first = lab->state.phones[0].itl;
    service(lab, 0, 0, SERVICE_TFTP, DO_RESTART);
    service(lab, 0, 1, SERVICE_TFTP, DO_RESTART);
    reset(lab);
    fine(lab);
    holds_itl(lab, 0, TRUST_BY_ITL);
    assert_true(lab->state.phones[0].itl != first);
    lab_free(lab);

    lab = make(f); /* all three */
    for (uint32_t n = 0; n < 2; n++) {
        regenerate(lab, n, OWN_CALLMANAGER);
        regenerate(lab, n, OWN_TVS);
    }
    regenerate(lab, 0, OWN_ITLRECOVERY);
    restart_everywhere(lab);
    reset(lab);
    stuck(lab);
    localkey(lab); /* no SAST is known any more */
    reset(lab);
    stuck(lab);
    lab_free(lab);
}

static void no_localkey_before_10(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "9.1", .nodes = 1, .group = 1, .phones = 1 });
    struct err e = { "" };
    assert_false(lab_plain(lab, 0, DO_ITL_RESET_LOCALKEY, &e));
    assert_non_null(strstr(e.text, "9.1"));
    assert_false(lab_plain(lab, 0, DO_CTL_MIXED_MODE, &e));
    assert_false(lab_regenerate(lab, 0, 0, OWN_ITLRECOVERY, &e));
    lab_free(lab);
}

static void resets_by_itself(void **state)
{
    (void)state;
    static const char *const versions[] = { "14", "14SU1", "15" };
    for (size_t v = 0; v < 3; v++) {
        struct lab *lab =
            make((struct fixture){ .version = versions[v], .nodes = 2, .group = 2, .phones = 10 });
        const struct node *pub = &lab->state.clusters[0].nodes[0];
        forget();
        uint32_t old = lab->state.phones[0].itl;
        regenerate(lab, 0, OWN_CALLMANAGER);
        settled(lab);
        fine(lab);
        assert_true(lab->state.phones[0].itl != old);
        holds_itl(lab, 0, TRUST_BY_ITL);
        for (uint32_t i = 0; i < 10; i++)
            assert_int_equal(heard[i].unregistered[CAUSE_RESET_RESET], 1);
        assert_int_equal(pub->run.used[SERVICE_CALLMANAGER] == pub->disk.own[OWN_CALLMANAGER],
                         v > 0);

        lab_param(lab, 0, PARAM_PHONE_INTERACTION, 0);
        old = lab->state.phones[0].itl;
        forget();
        regenerate(lab, 0, OWN_CALLMANAGER);
        settled(lab);
        fine(lab);
        assert_true(pub->run.itl != old); /* Mismatch until they are reset */
        assert_int_equal(lab->state.phones[0].itl, old);
        assert_int_equal(heard[0].unregistered[CAUSE_RESET_RESET], 0);
        reset(lab);
        fine(lab);
        holds_itl(lab, 0, TRUST_BY_ITL);
        lab_free(lab);
    }
}

/* ---- mixed mode ---- */

static void mixed_mode(void **state)
{
    (void)state;
    for (int secure = 0; secure < 2; secure++) {
        struct lab *lab = make((struct fixture){ .version = "12.5",
                                                 .nodes = 2,
                                                 .group = 2,
                                                 .phones = 10,
                                                 .mixed = true,
                                                 .lsc = secure != 0,
                                                 .security = secure ? CNF_ENCRYPTED : 0 });
        fine(lab);
        assert_int_equal(heard[0].status[STATUS_CTL_AND_ITL_INSTALLED], 1);
        for (uint32_t n = 0; n < 2; n++) {
            regenerate(lab, n, OWN_CALLMANAGER);
            service(lab, 0, n, SERVICE_TFTP, DO_RESTART);
            service(lab, 0, n, SERVICE_CALLMANAGER, DO_RESTART);
        }
        settled(lab);
        reset(lab);
        assert_int_equal(registered(lab), secure ? 0 : 10);
        assert_int_equal(lost(lab, FUNCTION_REGISTRATION), secure ? 10 : 0);
        assert_int_equal(lost(lab, FUNCTION_TRUST_LIST), 0);
        /* ITLRecovery signed it, and the CTL lists that as SAST: it is asked before the ITL. */
        holds_itl(lab, 0, TRUST_BY_CTL);
        if (secure)
            ctl(lab, DO_CTL_UPDATE);
        fine(lab);
        if (secure) {
            for (uint32_t i = 0; i < 10; i++) {
                assert_int_equal(lab->state.phones[i].ctl, lab->state.clusters[0].db.ctl);
                assert_int_equal(phone_accepted_by(&lab->state.phones[i], TRUST_CTL), TRUST_BY_CTL);
            }
        }
        lab_free(lab);
    }
}

/* 10.5(1): the CTL is signed by CallManager alone. */
static void tokenless_ctl_through_tvs(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "10.5(1)", .nodes = 2, .group = 2, .phones = 10, .mixed = true });
    fine(lab);
    regenerate(lab, 0, OWN_CALLMANAGER);
    ctl(lab, DO_CTL_UPDATE);
    reset(lab);
    fine(lab);
    holds_itl(lab, 0, TRUST_BY_CTL);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(phone_accepted_by(&lab->state.phones[i], TRUST_CTL), TRUST_BY_TVS);
    lab_free(lab);
}

static void leaving_mixed_mode(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){ .version = "12.5",
                                             .nodes = 1,
                                             .group = 1,
                                             .phones = 5,
                                             .mixed = true,
                                             .lsc = true,
                                             .security = CNF_AUTHENTICATED });
    fine(lab);
    ctl(lab, DO_CTL_NON_SECURE_MODE);
    reset(lab);
    fine(lab);
    const struct ct_list *l = content_get_list(lab->base->content, lab->state.phones[0].ctl);
    assert_true(l->empty); /* CAPF alone */
    assert_int_equal(l->count, 1);
    lab_free(lab);
}

static void encrypted_configuration(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){ .version = "12.5",
                                             .nodes = 1,
                                             .group = 1,
                                             .phones = 6,
                                             .mixed = true,
                                             .lsc = true,
                                             .encrypted = true,
                                             .security = CNF_ENCRYPTED });
    fine(lab);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(heard[i].config_used[FILE_CNF_ENC], 1);
        assert_int_equal(heard[i].config_used[FILE_CNF_SGN], 0);
    }
    forget();
    uint32_t config = lab->state.phones[1].config;
    lab->state.phones[1].lsc = 0; /* its LSC was deleted: the file is for another key */
    reset(lab);
    assert_int_equal(lab->state.phones[1].lost, FSM_BIT(FUNCTION_CONFIGURATION));
    assert_int_equal(lab->state.phones[1].config, config); /* keeps what it has */
    assert_int_equal(heard[1].status[STATUS_FILE_REFUSED], 1);
    assert_int_equal(lab->state.phones[2].lost, 0);
    lab_free(lab);
}

/* An LSC of another cluster's CAPF opens no registration; in CAPF-trust it does. */
/* Nobody issued it where there is no CAPF, and nobody can be asked for one. */
static void lsc_without_capf(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "file server", .nodes = 1, .group = 1, .phones = 1 });
    struct lab_phones_spec spec = { .count = 1, .model = "7965", .lsc = true };
    struct act act = { .kind = DO_INSTALL_LSC };
    struct lab_whom whom = { .first = 0, .count = 1 };
    struct err e = { "" };
    uint32_t first;
    assert_false(lab_phones(lab, 0, &spec, &first, &e));
    assert_non_null(strstr(e.text, ": phones cannot have an LSC, version file server has no CAPF"));
    assert_false(lab_do_phones(lab, 0, &act, &whom, &e));
    assert_non_null(strstr(e.text, ": version file server has no CAPF"));
    lab_free(lab);
}

static void foreign_lsc(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){ .version = "12.5",
                                             .nodes = 1,
                                             .group = 1,
                                             .phones = 4,
                                             .mixed = true,
                                             .lsc = true,
                                             .security = CNF_AUTHENTICATED });
    static const char *const nodes[] = { "other" };
    struct lab_cluster_spec spec = { "B", "12.5", nodes, 1, "" };
    struct err e = { "" };
    uint32_t other;
    assert_true(lab_cluster(lab, &spec, &other, &e));
    uint32_t capf = lab->state.clusters[other].nodes[0].disk.own[OWN_CAPF];
    lab->state.phones[2].lsc = capf;
    reset(lab);
    assert_int_equal(registered(lab), 3);
    assert_true(heard[2].rejected[REJECT_LSC] > 0);
    assert_true(lab_upload(lab, 0, 0, STORE_CAPF_TRUST, capf, &e));
    settled(lab);
    assert_int_equal(registered(lab), 4);
    lab_free(lab);
}

/* ---- rollback ---- */

static void rollback(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "9.1", .nodes = 1, .group = 1, .phones = 8 });
    lab_param(lab, 0, PARAM_ROLLBACK, 1);
    restart_everywhere(lab);
    forget();
    reset(lab);
    fine(lab);
    for (uint32_t i = 0; i < 8; i++) {
        assert_true(content_get_list(lab->base->content, lab->state.phones[i].itl)->empty);
        assert_int_equal(phone_accepted_by(&lab->state.phones[i], TRUST_ITL),
                         TRUST_BY_ITL); /* still signed */
        assert_int_equal(heard[i].config_used[FILE_CNF], 1);
        assert_int_equal(heard[i].config_used[FILE_CNF_SGN], 0);
    }
    /* Whatever comes now is taken: both certificates at once. */
    regenerate(lab, 0, OWN_CALLMANAGER);
    regenerate(lab, 0, OWN_TVS);
    lab_param(lab, 0, PARAM_ROLLBACK, 0);
    restart_everywhere(lab);
    reset(lab);
    fine(lab);
    holds_itl(lab, 0, TRUST_FIRST);
    lab_free(lab);
}

static void rollback_keeps_the_ctl(void **state)
{
    (void)state;
    struct lab *lab = make(
        (struct fixture){ .version = "11.5", .nodes = 1, .group = 1, .phones = 4, .mixed = true });
    lab_param(lab, 0, PARAM_ROLLBACK, 1);
    restart_everywhere(lab);
    forget();
    reset(lab);
    fine(lab);
    const struct phone *p = &lab->state.phones[1];
    assert_true(content_get_list(lab->base->content, p->itl)->empty);
    assert_false(content_get_list(lab->base->content, p->ctl)->empty);
    assert_false(trust_is_first(lab->base->content, p->ctl, p->itl));
    assert_int_equal(heard[1].config_used[FILE_CNF_SGN], 1);
    lab_free(lab);
}

/* ---- secure services ---- */

static void directories(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "9.1", .nodes = 2, .group = 2, .phones = 8 });
    regenerate(lab, 0, OWN_TOMCAT);
    service(lab, 0, 0, SERVICE_TOMCAT, DO_RESTART);
    settled(lab);
    press_all(lab);
    assert_int_equal(heard[3].page[1], 1);
    assert_int_equal(heard[3].tvs[TVS_TRUSTED], 1);
    for (uint32_t n = 0; n < 2; n++)
        service(lab, 0, n, SERVICE_TVS, DO_STOP);
    press_all(lab); /* from the cache */
    assert_int_equal(heard[3].page[1], 1);
    assert_int_equal(heard[3].tvs[TVS_CONN_REFUSED], 0);
    lab_run_until(lab, lab_now_us(lab) + DAY_US + 60 * SECOND_US);
    press_all(lab);
    assert_int_equal(heard[3].page[0], 1);
    assert_int_equal(heard[3].status[STATUS_HOST_NOT_FOUND], 1);
    assert_int_equal(heard[3].tvs[TVS_CONN_REFUSED], 2);
    assert_int_equal(lost(lab, FUNCTION_SECURE_SERVICES), 8);
    assert_int_equal(registered(lab), 8);
    service(lab, 0, 1, SERVICE_TVS, DO_START);
    settled(lab);
    press_all(lab);
    fine(lab);
    lab_free(lab);
}

/* A time to live of 0 serves the decision under way, the longest one does not wrap. */
/* Secured URLs made plain ones: nothing is judged, no TVS is needed. */
static void plain_services(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 10 });
    struct err e = { "" };
    lab_param(lab, 0, PARAM_HTTPS_SERVICES, 0);
    reset(lab);
    assert_true(lab_service(lab, 0, 0, SERVICE_TVS, DO_STOP, &e));
    forget();
    press_all(lab);
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(heard[i].page[1], 1);
        assert_int_equal(heard[i].page[0], 0);
        assert_int_equal(heard[i].states[PHONE_TVS], 0);
    }
    assert_true(lab_service(lab, 0, 0, SERVICE_TOMCAT, DO_STOP, &e));
    forget();
    press_all(lab);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(heard[i].page[0], 1);
    lab_free(lab);
}

static void time_to_live(void **state)
{
    (void)state;
    for (int longest = 0; longest < 2; longest++) {
        struct lab *lab =
            make((struct fixture){ .version = "9.1", .nodes = 1, .group = 1, .phones = 3 });
        lab_param(lab, 0, PARAM_TVS_TTL_S, longest ? UINT32_MAX : 0);
        press_all(lab);
        assert_int_equal(heard[0].page[1], 1);
        lab_run_until(lab, lab_now_us(lab) + 100 * DAY_US);
        press_all(lab);
        assert_int_equal(heard[0].page[1], 1);
        assert_int_equal(heard[0].tvs[TVS_TRUSTED], longest ? 0 : 1);
        lab_free(lab);
    }
}

/* The server goes away while a service is open: the phone goes on to the next one. */
static void server_lost_in_a_service(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "9.1", .nodes = 2, .group = 2, .phones = 1 });
    for (uint32_t n = 0; n < 2; n++) {
        struct link slow = { .delay_us = 2 * SECOND_US };
        lab_node_link(lab, 0, n, &slow);
    }
    lab_press(lab, 0, KEY_DIRECTORIES, lab_now_us(lab));
    lab_run_until(lab, lab_now_us(lab) + 5 * SECOND_US);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    assert_int_equal(lab->state.phones[0].state, PHONE_SERVICE);
    assert_false(phone_is_registered(&lab->state.phones[0]));
    assert_int_equal(heard[0].unregistered[CAUSE_CM_CLOSED_TCP], 1);
    settled(lab);
    assert_int_equal(registered(lab), 1);
    assert_int_equal(lab->state.cold[0].node, (0u << 8 | 1u) + 1);
    lab_free(lab);
}

/* ---- two clusters ---- */

struct move {
    const char *from, *to;
    bool sast, itlrecovery; /* what was uploaded to the old cluster */
    bool old_up;
};

static void know_device_there(struct lab *lab, uint32_t cluster)
{
    struct err e = { "" };
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        assert_true(lab_insert(lab, cluster, i, &e));
    struct act act = { .kind = DO_INSERT, .arg = { 0, 7 } };
    struct lab_whom whom = { .first = 0, .count = 1 };
    assert_false(lab_do_phones(lab, cluster, &act, &whom, &e)); /* no such pool */
}

static void upload(struct lab *lab, enum store store, uint32_t cert)
{
    struct err e = { "" };
    if (!lab_upload(lab, 0, 0, store, cert, &e))
        fail_msg("%s", e.text);
}

static struct lab *move(struct move m)
{
    struct lab *lab =
        make((struct fixture){ .version = m.from, .nodes = 2, .group = 2, .phones = 6 });
    static const char *const nodes[] = { "newpub" };
    struct lab_cluster_spec spec = { "NEW", m.to, nodes, 1, "" };
    struct err e = { "" };
    uint32_t to;
    assert_true(lab_cluster(lab, &spec, &to, &e));
    know_device_there(lab, to);
    const struct node *pub = &lab->state.clusters[to].nodes[0];
    if (m.sast) {
        upload(lab, STORE_PHONE_SAST_TRUST, pub->disk.own[OWN_CALLMANAGER]);
        upload(lab, STORE_CALLMANAGER_TRUST, pub->disk.own[OWN_CALLMANAGER]);
    }
    if (m.itlrecovery) {
        upload(lab, STORE_PHONE_SAST_TRUST, pub->disk.own[OWN_ITLRECOVERY]);
        upload(lab, STORE_CALLMANAGER_TRUST, pub->disk.own[OWN_ITLRECOVERY]);
    }
    for (uint32_t n = 0; n < 2; n++)
        service(lab, 0, n, SERVICE_TVS, DO_RESTART);
    settled(lab);
    for (uint32_t i = 0; i < 6; i++)
        lab_option150(lab, i, pub->disk.ip, 0);
    power_all(lab, false);
    for (uint32_t n = 0; n < 2 && !m.old_up; n++) {
        service(lab, 0, n, SERVICE_TVS, DO_STOP);
        service(lab, 0, n, SERVICE_TFTP, DO_STOP);
        service(lab, 0, n, SERVICE_CALLMANAGER, DO_STOP);
    }
    power_all(lab, true);
    settled(lab);
    return lab;
}

static void moves(void **state)
{
    (void)state;
    static const struct {
        struct move move;
        bool taken;
        uint32_t at; /* cluster where they register then */
    } rows[] = {
        { { "10.5(2)", "11.5", true, true, true }, true, 1 },
        { { "10.5(2)", "11.5", true, true, false }, false, 1 }, /* nobody left to vouch */
        { { "9.1", "12.5", true, true, true }, true, 1 },
        { { "9.1", "12.5", true, false, true }, false, 0 }, /* the signer is ITLRecovery */
        { { "9.1", "11.5", false, false, true }, false, 0 },
        { { "9.1", "11.5", false, false, false }, false, 1 }, /* last resort: the TFTP server */
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct lab *lab = move(rows[r].move);
        for (uint32_t i = 0; i < 6; i++) {
            const struct phone *p = &lab->state.phones[i];
            bool taken = p->itl == lab->state.clusters[1].nodes[0].run.itl;
            if (taken != rows[r].taken)
                fail_msg("row %zu: ITL %s", r, taken ? "taken" : "refused");
            if (taken)
                assert_int_equal(phone_accepted_by(p, TRUST_ITL), TRUST_BY_TVS);
            assert_int_equal((p->lost & FSM_BIT(FUNCTION_TRUST_LIST)) == 0, taken);
            /* Without the ITL, a configuration may still be vouched for on its own. */
            bool config = taken || rows[r].move.sast;
            config = config && rows[r].move.old_up;
            assert_int_equal((p->lost & FSM_BIT(FUNCTION_CONFIGURATION)) == 0, config);
            assert_true(phone_is_registered(p));
            if (!config || taken)
                assert_int_equal((lab->state.cold[i].node - 1u) >> 8, rows[r].at);
        }
        lab_free(lab);
    }
}

static void empty_lists_move_anywhere(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "9.1", .nodes = 1, .group = 1, .phones = 4 });
    static const char *const nodes[] = { "newpub" };
    struct lab_cluster_spec spec = { "NEW", "14", nodes, 1, "" };
    struct err e = { "" };
    uint32_t to;
    assert_true(lab_cluster(lab, &spec, &to, &e));
    know_device_there(lab, to);
    lab_param(lab, 0, PARAM_ROLLBACK, 1);
    restart_everywhere(lab);
    reset(lab);
    service(lab, 0, 0, SERVICE_TVS, DO_STOP);
    for (uint32_t i = 0; i < 4; i++)
        lab_option150(lab, i, lab->state.clusters[to].nodes[0].disk.ip, 0);
    reset(lab);
    fine(lab);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(lab->state.phones[i].itl, lab->state.clusters[to].nodes[0].run.itl);
        assert_int_equal(phone_accepted_by(&lab->state.phones[i], TRUST_ITL), TRUST_FIRST);
        assert_int_equal((lab->state.cold[i].node - 1u) >> 8, to);
    }
    lab_free(lab);
}

/* One whole change: the hash of its trace, and of the bytes of the ITL that it ends with. */
static void change_of(const char *version, bool bytes, uint64_t *hash, uint64_t *itl)
{
    static const char *const nodes[] = { "pub", "sub1" };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster, first;
    o.bytes = bytes;
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    struct lab_trace trace;
    lab_trace_begin(&trace, lab, NULL, NULL);
    struct lab_cluster_spec spec = { "HQ", version, nodes, 2, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    struct lab_phones_spec p = { .count = 10, .model = "8861" };
    assert_true(lab_phones(lab, cluster, &p, &first, &e));
    for (uint32_t i = 0; i < p.count; i++)
        lab_power(lab, i, true, 0);
    settled(lab);
    assert_true(lab_regenerate(lab, 0, 0, OWN_CALLMANAGER, &e));
    assert_true(lab_regenerate(lab, 0, 0, OWN_TVS, &e));
    assert_true(lab_service(lab, 0, 0, SERVICE_TFTP, DO_RESTART, &e));
    assert_true(lab_service(lab, 0, 0, SERVICE_TVS, DO_RESTART, &e));
    reset(lab);
    for (uint32_t i = 0; i < p.count; i++)
        lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab));
    settled(lab);
    struct arena a = arena_of(&sys_mem);
    struct view file;
    assert_true(
        lab_file_bytes(lab, lab->state.clusters[0].nodes[0].run.itl, FILE_ITL, 0, &a, &file, &e));
    *hash = trace.trace.hash;
    *itl = rng_hash(0, file);
    assert_true(trace.trace.lines > 100);
    lab_trace_end(&trace, lab);
    arena_free(&a);
    lab_free(lab);
}

static void the_same_again(void **state)
{
    (void)state;
    uint64_t last = 0;
    for (uint32_t v = 0; v < version_count; v++) {
        uint64_t trace[3], itl[3];
        for (int i = 0; i < 3; i++) /* twice, then with real bytes at every hop */
            change_of(version_table[v].name, i == 2, &trace[i], &itl[i]);
        assert_true(trace[0] == trace[1] && trace[1] == trace[2]);
        assert_true(itl[0] == itl[1] && itl[1] == itl[2]);
        assert_true(v == 0 || strcmp(version_table[v].name, "12.5") != 0 || trace[0] != last);
        last = trace[0];
    }
}

struct lines {
    uint64_t last_us;
    char acts[400]; /* one behind the other, with a "; " */
};

static void take_line(void *ctx, const struct trace_line *l)
{
    struct lines *seen = ctx;
    assert_true(l->at_us >= seen->last_us);
    seen->last_us = l->at_us;
    size_t n = strlen(seen->acts);
    if (l->who == TRACE_ACT)
        snprintf(seen->acts + n, sizeof seen->acts - n, "%s; ", l->text);
}

/* Every act of an administrator is a line of the trace, and time never goes back in it. */
static void acts_are_traced(void **state)
{
    (void)state;
    struct lab *lab =
        make_off((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 2 });
    struct lines seen = { 0, "" };
    struct err e = { "" };
    struct lab_trace trace;
    lab_trace_begin(&trace, lab, take_line, &seen);
    power_all(lab, true);
    settled(lab);
    uint32_t tvs = lab->state.clusters[0].nodes[0].disk.own[OWN_TVS];
    assert_true(lab_regenerate(lab, 0, 0, OWN_TVS, &e));
    assert_true(lab_service(lab, 0, 0, SERVICE_TFTP, DO_RESTART, &e));
    settled(lab);
    assert_true(lab_upload(lab, 0, 0, STORE_CAPF_TRUST, tvs, &e));
    assert_true(lab_plain(lab, 0, DO_CTL_MIXED_MODE, &e));
    assert_true(lab_plain(lab, 0, DO_ITL_RESET_LOCALKEY, &e));
    lab_param(lab, 0, PARAM_ROLLBACK, 1);
    lab_node_link(lab, 0, 0, &(struct link){ .delay_us = 3, .down = true });
    lab_reset_all(lab, 0);
    struct act power = { .kind = DO_POWER };
    assert_true(lab_do_phones(lab, 0, &power, &(struct lab_whom){ .count = 2 }, &e));
    assert_true(lab_do_phones(lab, 0, &power, &(struct lab_whom){ .first = 1, .count = 1 }, &e));
    char expected[400];
    char serial[40] = "";
    struct view v =
        content_get_text(lab->base->content, content_get_cert(lab->base->content, tvs)->serial);
    for (size_t i = 0; i < v.n; i++)
        snprintf(serial + 2 * i, 3, "%02X", v.p[i]);
    snprintf(expected, sizeof expected,
             "regenerate TVS; restart Cisco Tftp; upload CAPF-trust pub/%s; ctl mixed-mode; "
             "itl reset localkey; set rollback 1; "
             "link delay=3us jitter=0us loss=0ppm rate=0 down=yes mtu=0; reset; "
             "2 phones (SEP001121000000 first): power off; SEP001121000001: power off; ",
             serial);
    assert_string_equal(seen.acts, expected);
    lab_trace_end(&trace, lab);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acts_are_traced),
        cmocka_unit_test(first_boot),
        cmocka_unit_test(regenerations),
        cmocka_unit_test(failover_to_the_second_tvs),
        cmocka_unit_test(one_after_the_other),
        cmocka_unit_test(node_after_node),
        cmocka_unit_test(not_restarted),
        cmocka_unit_test(nothing_changed_keeps_the_itl),
        cmocka_unit_test(localkey_saves),
        cmocka_unit_test(itlrecovery),
        cmocka_unit_test(no_localkey_before_10),
        cmocka_unit_test(resets_by_itself),
        cmocka_unit_test(mixed_mode),
        cmocka_unit_test(tokenless_ctl_through_tvs),
        cmocka_unit_test(leaving_mixed_mode),
        cmocka_unit_test(encrypted_configuration),
        cmocka_unit_test(lsc_without_capf),
        cmocka_unit_test(foreign_lsc),
        cmocka_unit_test(rollback),
        cmocka_unit_test(rollback_keeps_the_ctl),
        cmocka_unit_test(directories),
        cmocka_unit_test(time_to_live),
        cmocka_unit_test(plain_services),
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(server_lost_in_a_service),
        cmocka_unit_test(moves),
        cmocka_unit_test(empty_lists_move_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
