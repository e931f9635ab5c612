/* Certificates and clocks: who refuses what is not within its time, when that begins, and what the
 * certificate monitor says of it.  In a cluster and in a lab; chains are in test_chain.c. */
#include "tests/unit/lab_fixture.h"

#include "nodes/calendar.h"
#include "nodes/certs.h"
#include "sim/base/sys.h"
#include "sim/predict/group.h"
#include "sim/predict/try.h"

#define YEAR_US (365 * DAY_US)
#define START_S 1736143200ll /* lab_defaults() */
#define FIVE_US (5 * YEAR_US)

static void set_param(struct lab *lab, enum param p, uint64_t value)
{
    assert_true(lab_do(lab, 0, &(struct act){ .kind = DO_SET, .arg = { p, value } }, NULL));
}

static void set_clocks(struct lab *lab, uint32_t first, uint32_t count, uint64_t ahead_s,
                       uint64_t behind_s)
{
    struct act act = { .kind = DO_PHONE_CLOCK, .arg = { ahead_s, behind_s } };
    struct err e = { "" };
    if (!lab_do_phones(lab, 0, &act, &(struct lab_whom){ .first = first, .count = count }, &e))
        fail_msg("%s", e.text);
}

static void node_clock(struct lab *lab, uint32_t node, uint64_t ahead_s, uint64_t behind_s)
{
    struct act act = { .kind = DO_NODE_CLOCK, .node = (uint8_t)node, .arg = { ahead_s, behind_s } };
    assert_true(lab_do(lab, 0, &act, NULL));
}

static void reboot_all(struct lab *lab)
{
    forget();
    power_all(lab, false);
    power_all(lab, true);
    settled(lab);
}

/* ---- dates of content ---- */

/* The seconds that it names are within its time; whose dates nobody told always is. */
static void a_date(void **state)
{
    (void)state;
    struct content c;
    content_init(&c, &sys_mem);
    uint32_t text = content_str(&c, "x");
    uint32_t dated = content_cert(&c, (struct ct_cert){ .subject = text,
                                                        .issuer = text,
                                                        .serial = text,
                                                        .not_before_s = 100,
                                                        .not_after_s = 200 });
    uint32_t none =
        content_cert(&c, (struct ct_cert){ .subject = text, .issuer = text, .serial = text });
    static const struct {
        int64_t clock_s;
        enum ct_date date;
    } rows[] = { { -5, DATE_BEFORE },
                 { 99, DATE_BEFORE },
                 { 100, DATE_WITHIN },
                 { 200, DATE_WITHIN },
                 { 201, DATE_OVER } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(content_date(&c, dated, rows[i].clock_s), rows[i].date);
        assert_int_equal(content_date(&c, none, rows[i].clock_s), DATE_WITHIN);
    }
    content_free(&c);
}

/* LSCs of another time are others, and mean the same; each knows its CAPF, which stands for one as
 * old as itself. */
static void lscs(void **state)
{
    (void)state;
    struct content c;
    content_init(&c, &sys_mem);
    uint32_t text = content_str(&c, "CN=CAPF");
    struct ct_key key = { .label = text };
    uint32_t capf = content_cert(&c, (struct ct_cert){ .subject = text,
                                                       .issuer = text,
                                                       .serial = text,
                                                       .key = content_key(&c, &key),
                                                       .not_after_s = 50 });
    uint32_t one = content_lsc(&c, capf, DIGEST_SHA1, 1, 10),
             other = content_lsc(&c, capf, DIGEST_SHA1, 1, 20);
    assert_true(one != other && content_lsc(&c, capf, DIGEST_SHA1, 1, 10) == one);
    assert_true(content_meaning(&c, one) == content_meaning(&c, other));
    assert_int_equal(content_lsc_issuer(&c, one), capf);
    assert_int_equal(content_lsc_issuer(&c, capf), capf);
    assert_int_equal(content_date(&c, one, 11), DATE_OVER);
    assert_int_equal(content_date(&c, other, 11), DATE_WITHIN);
    content_free(&c);
}

/* ---- phones ---- */

/* Each knob decides about its own kind of certificate.  A cluster of 12.5 whose certificates, but
 * for ITLRecovery, are over. */
static void knobs_of_phones(void **state)
{
    (void)state;
    static const struct {
        enum knob knob;
        bool pages, configuration;
    } rows[] = {
        { KNOBS, false, true },                  /* as they are: TVS and Tomcat count */
        { KNOB_DATES_OF_TVS, false, true },      /* Tomcat does still */
        { KNOB_DATES_OF_HTTPS, false, true },    /* TVS does still */
        { KNOB_DATES_OF_SIGNERS, false, false }, /* the configuration's signer, beside them */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct lab *lab = make((struct fixture){
            .version = "12.5", .nodes = 2, .group = 2, .phones = 4, .model = "8845" });
        lab_run_until(lab, FIVE_US + DAY_US);
        if (rows[i].knob != KNOBS)
            lab_set_knob(lab, rows[i].knob, !lab->state.knobs.value[rows[i].knob]);
        reboot_all(lab);
        assert_int_equal(registered(lab), 4);
        assert_int_equal(lost(lab, FUNCTION_TRUST_LIST), 0);
        assert_int_equal(lost(lab, FUNCTION_CONFIGURATION), rows[i].configuration ? 0 : 4);
        press_all(lab);
        assert_int_equal(heard[0].page[1], rows[i].pages);
        if (rows[i].knob == KNOB_DATES_OF_HTTPS || rows[i].knob == KNOBS)
            assert_int_equal(heard[0].tvs[TVS_CERT_EXPIRED], 2);
        lab_free(lab);
    }
    /* With both of them off the pages open. */
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 2, .group = 2, .phones = 4, .model = "8845" });
    lab_run_until(lab, FIVE_US + DAY_US);
    lab_set_knob(lab, KNOB_DATES_OF_TVS, 0);
    lab_set_knob(lab, KNOB_DATES_OF_HTTPS, 0);
    press_all(lab);
    assert_int_equal(heard[0].page[1], 1);
    lab_free(lab);
}

/* On 11.5 CallManager signs the ITL too. */
static void signer_of_the_list(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "11.5", .nodes = 1, .group = 1, .phones = 3 });
    lab_set_knob(lab, KNOB_DATES_OF_SIGNERS, 1);
    lab_run_until(lab, FIVE_US - HOUR_US);
    reboot_all(lab);
    fine(lab);
    lab_run_until(lab, FIVE_US + HOUR_US);
    reboot_all(lab); /* the list that they hold is no loss, their configuration is */
    assert_int_equal(lost(lab, FUNCTION_TRUST_LIST), 0);
    assert_int_equal(lost(lab, FUNCTION_CONFIGURATION), 3);
    regenerate(lab, 0, OWN_CAPF);
    service(lab, 0, 0, SERVICE_TFTP, DO_RESTART);
    settled(lab);
    reboot_all(lab);
    stuck(lab);
    lab_free(lab);
}

/* What the clock said of a refusal is told as it was then, whatever the time is now. */
static void told_as_it_was(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 1, .group = 1, .phones = 2, .model = "8845" });
    set_clocks(lab, 0, 1, 0, 3650 * 86400ull);
    lab_set_knob(lab, KNOB_DATES_OF_SIGNERS, 1);
    regenerate(lab, 0, OWN_CAPF);
    service(lab, 0, 0, SERVICE_TFTP, DO_RESTART);
    settled(lab);
    reboot_all(lab);
    struct phone_env env = lab_env_of(lab, 0);
    struct trust_chain chain;
    enum trust_verdict verdict;
    for (int again = 0; again < 2; again++) {
        assert_true(phone_explain(&lab->state.phones[0], &env, TRUST_ITL, &chain, &verdict) != 0);
        assert_int_equal(verdict, TRUST_REFUSED);
        assert_int_equal(chain.checks[chain.count - 1].result, CHECK_NOT_YET_VALID);
        env.ahead_s = 0; /* the clock is right by now */
    }
    assert_int_equal(phone_explain(&lab->state.phones[1], &env, TRUST_ITL, &chain, &verdict), 0);
    lab_free(lab);
}

/* A secure phone judges CallManager when it connects, and stays where it is. */
static void callmanager_over_tls(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){ .version = "12.5",
                                             .nodes = 1,
                                             .group = 1,
                                             .phones = 3,
                                             .model = "8845",
                                             .security = CNF_ENCRYPTED,
                                             .mixed = true });
    set_param(lab, PARAM_DATES_OF_PHONES, 0);
    lab_run_until(lab, FIVE_US + DAY_US);
    fine(lab);
    reboot_all(lab);
    assert_int_equal(registered(lab), 0);
    lab_set_knob(lab, KNOB_DATES_OF_CCM, 0);
    settled(lab);
    assert_int_equal(registered(lab), 3);
    lab_free(lab);
}

/* ---- clocks ---- */

/* The same certificate, for phones with three clocks; the others of the fleet notice nothing. */
static void wrong_clocks(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 1, .group = 1, .phones = 4, .model = "8845" });
    set_clocks(lab, 0, 1, 6 * 365 * 86400ull, 0);
    set_clocks(lab, 1, 1, 0, 2 * 3600);
    set_clocks(lab, 2, 1, 0, 1800);
    assert_true(lab->state.clusters[0].done.dated); /* what is said of dates counts from now on */
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(lab_clock_is_wrong(lab, i), i < 3);
    assert_int_equal(lab_ahead_s(lab, 0), 6 * 365 * 86400ll);
    assert_int_equal(lab_ahead_s(lab, 1), -7200);
    assert_int_equal(lab_ahead_s(lab, 3), 0);
    press_all(lab);
    for (uint32_t i = 0; i < 4; i++) /* certificates begin an hour before they are made */
        assert_int_equal(heard[i].page[1], i > 1);
    assert_int_equal(heard[0].tvs[TVS_CERT_EXPIRED], 1);
    assert_int_equal(heard[1].tvs[TVS_CERT_NOT_YET], 1);
    /* Two hours later it is valid for the second, too. */
    lab_run_until(lab, lab_now_us(lab) + 2 * HOUR_US);
    press_all(lab);
    assert_int_equal(heard[0].page[1], 0);
    assert_int_equal(heard[1].page[1], 1);
    set_clocks(lab, 0, 1, 0, 0);
    press_all(lab);
    assert_int_equal(heard[0].page[1], 1);
    lab_free(lab);
}

/* It takes the time from where it registers, unless its clock is wrong by itself. */
static void clock_of_the_server(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 2, .group = 1, .phones = 3, .model = "8845" });
    node_clock(lab, 0, 86400, 0);
    set_clocks(lab, 2, 1, 0, 60);
    assert_int_equal(lab_ahead_s(lab, 0), 0); /* not before it registers anew */
    lab_reset_phone(lab, 0, lab_now_us(lab));
    lab_reset_phone(lab, 2, lab_now_us(lab));
    settled(lab);
    const int64_t want[] = { 86400, 0, -60 };
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(lab_ahead_s(lab, i), want[i]);
    set_clocks(lab, 2, 1, 0, 0); /* CallManager says it from now on */
    assert_int_equal(lab_ahead_s(lab, 2), 86400);
    node_clock(lab, 0, 0, 0);
    reboot_all(lab);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(lab_ahead_s(lab, i), 0);
    lab_free(lab);
}

/* A clock ahead or behind, not both; certificates of a node have its date. */
static void clock_of_a_node(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct act both = { .kind = DO_NODE_CLOCK, .arg = { 1, 1 } };
    struct err e = { "" };
    assert_false(lab_do(lab, 0, &both, &e));
    assert_string_equal(e.text, "HQ: a clock is ahead or behind, not both");
    both.kind = DO_PHONE_CLOCK;
    assert_false(lab_do_phones(lab, 0, &both, &(struct lab_whom){ .count = 1 }, &e));
    node_clock(lab, 0, 0, 1000);
    regenerate(lab, 0, OWN_TOMCAT);
    const struct cluster *cl = &lab->state.clusters[0];
    const struct ct_cert *k =
        content_get_cert(lab->base->content, cl->nodes[0].disk.own[OWN_TOMCAT]);
    int64_t now_s = START_S + (int64_t)(lab_now_us(lab) / SECOND_US);
    assert_int_equal(k->not_before_s, now_s - 1000 - 3600);
    assert_int_equal(k->not_after_s, now_s - 1000 + 5 * 365 * 86400ll);
    assert_int_equal(cluster_wall_s(cl, 0, lab_now_us(lab)), now_s - 1000);
    lab_free(lab);
}

/* A phone asleep because nothing would change is woken when a certificate becomes valid for it. */
static void a_sleeper_wakes(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){ .version = "12.5",
                                             .nodes = 1,
                                             .group = 1,
                                             .phones = 2,
                                             .model = "8845",
                                             .security = CNF_AUTHENTICATED,
                                             .mixed = true });
    uint64_t made_us = lab_now_us(lab);
    set_clocks(lab, 0, 1, 0, 30 * 86400ull);
    reboot_all(lab);
    assert_int_equal(registered(lab), 1);
    assert_int_equal(lab->driver->settle(lab->driver->self, lab_now_us(lab)).idle_retries, 1);
    lab_run_until(lab, made_us + 29 * DAY_US);
    assert_int_equal(registered(lab), 1);
    uint64_t events = lab->driver->events(lab->driver->self);
    lab_run_until(lab, made_us + 30 * DAY_US);
    assert_int_equal(registered(lab), 2);
    assert_true(lab->driver->events(lab->driver->self) - events < 60);
    lab_free(lab);
}

static bool everybody(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost)
{
    (void)ctx, (void)lab, (void)phone;
    *lost = 0;
    return true;
}

/* Forks and trials have the clocks, and hashes tell them apart. */
static void clocks_are_state(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 1, .group = 1, .phones = 3, .model = "8845" });
    uint64_t before = lab_hash(lab);
    const struct phone *p = lab->state.phones;
    struct phone_env right = lab_env_of(lab, 0);
    uint64_t phone_before = phone_hash(&p[0], &right);
    set_clocks(lab, 1, 2, 500, 0);
    assert_true(lab_hash(lab) != before);
    struct phone_env wrong = lab_env_of(lab, 1);
    assert_true(phone_hash(&p[1], &wrong) != phone_hash(&p[1], &right));
    assert_true(phone_hash(&p[0], &right) == phone_before);
    struct lab *fork = lab_fork(lab);
    assert_true(lab_hash(fork) == lab_hash(lab));
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(lab_ahead_s(fork, i), i == 0 ? 0 : 500);
    lab_free(fork);
    const uint32_t chosen[] = { 2, 0 };
    struct lab *trial = lab_trial(lab, chosen, 2);
    assert_int_equal(lab_ahead_s(trial, 0), 500);
    assert_int_equal(lab_ahead_s(trial, 1), 0);
    lab_free(trial);
    set_clocks(lab, 1, 2, 0, 0);
    assert_true(lab_hash(lab) == before);
    /* A node's clock, and a certificate that is over, are another state of the cluster. */
    const struct cluster *cl = &lab->state.clusters[0];
    uint64_t now_us = lab_now_us(lab), cluster = cluster_hash(cl, now_us);
    assert_true(cluster_hash(cl, now_us + YEAR_US) == cluster);
    assert_true(cluster_hash(cl, now_us + FIVE_US) != cluster);
    node_clock(lab, 0, 1, 0);
    assert_true(cluster_hash(cl, now_us) != cluster);
    lab_free(lab);
}

/* As wrong as its CallManager's, by itself: alike now, and not once that is set right. */
static void own_clocks_are_told_apart(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 1, .group = 1, .phones = 2, .model = "8845" });
    struct phone_groups groups;
    node_clock(lab, 0, 0, 500);
    reboot_all(lab);
    assert_int_equal(lab_ahead_s(lab, 1), -500);
    groups_find(lab, everybody, NULL, &groups);
    assert_int_equal(groups.count, 1);
    groups_free(&groups);
    uint64_t before = lab_hash(lab), state_before = try_state(lab, 1);
    set_clocks(lab, 1, 1, 0, 500);
    assert_int_equal(lab_ahead_s(lab, 1), -500);
    assert_true(lab_hash(lab) != before);
    assert_true(try_state(lab, 1) != state_before);
    groups_find(lab, everybody, NULL, &groups);
    assert_int_equal(groups.count, 2);
    groups_free(&groups);
    lab_free(lab);
}

/* ---- nodes ---- */

/* CallManager: LSC, MIC and the CAPF behind an LSC, each by its parameter. */
static void phones_at_callmanager(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){ .version = "12.5",
                                             .nodes = 1,
                                             .group = 1,
                                             .phones = 2,
                                             .model = "8845",
                                             .security = CNF_ENCRYPTED,
                                             .lsc = true,
                                             .mixed = true });
    struct cluster *cl = &lab->state.clusters[0];
    struct content *c = lab->base->content;
    uint32_t capf = cl->nodes[0].disk.own[OWN_CAPF], lsc = lab->state.phones[0].lsc;
    int64_t capf_s = content_get_cert(c, capf)->not_after_s;
    assert_int_equal(content_get_cert(c, lsc)->not_after_s, capf_s); /* 1825 days */
    uint32_t later = content_lsc(c, capf, DIGEST_SHA1, START_S, capf_s + 86400);
    uint64_t over_us = FIVE_US + HOUR_US, mic_us = (CONTENT_MIC_UNTIL_S - START_S) * SECOND_US;
    struct {
        uint64_t phones, chain; /* the parameters */
        uint32_t shows;
        uint64_t at_us;
        enum reject_reason why;
    } rows[] = {
        { 1, 0, lsc, FIVE_US, REJECT_NONE },
        { 1, 0, lsc, over_us, REJECT_DATES },
        { 0, 0, lsc, over_us, REJECT_NONE },
        { 0, 1, lsc, over_us, REJECT_DATES },
        { 1, 0, later, over_us, REJECT_NONE },
        { 1, 1, later, over_us, REJECT_DATES },
        { 1, 1, later, FIVE_US, REJECT_NONE },
        { 1, 0, capf, over_us, REJECT_DATES },
        { 1, 0, CONTENT_MIC, mic_us, REJECT_NONE },
        { 1, 0, CONTENT_MIC, mic_us + SECOND_US, REJECT_DATES },
        { 0, 1, CONTENT_MIC, mic_us + SECOND_US, REJECT_NONE },
        { 1, 0, CONTENT_NOBODY, FIVE_US, REJECT_LSC },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cl->db.params[PARAM_DATES_OF_PHONES] = rows[i].phones;
        cl->db.params[PARAM_DATES_OF_CAPF] = rows[i].chain;
        enum reject_reason why =
            serve_register(cl, 0, 0, TRANSPORT_TLS, rows[i].shows, rows[i].at_us);
        if (why != rows[i].why)
            fail_msg("row %zu: %d", i, why);
    }
    /* By the clock of the node. */
    cl->db.params[PARAM_DATES_OF_PHONES] = 1;
    cl->nodes[0].ahead_s = 7200;
    assert_int_equal(serve_register(cl, 0, 0, TRANSPORT_TLS, lsc, FIVE_US - HOUR_US), REJECT_DATES);
    cl->nodes[0].ahead_s = -7200;
    assert_int_equal(serve_register(cl, 0, 0, TRANSPORT_TLS, lsc, over_us), REJECT_NONE);
    lab_free(lab);
}

/* TVS vouches for what is over, or does not, by its parameter and its clock. */
static void what_tvs_vouches_for(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct cluster *cl = &lab->state.clusters[0];
    uint32_t tomcat = cl->nodes[0].disk.own[OWN_TOMCAT];
    uint32_t signer = content_get_cert(lab->base->content, tomcat)->signer;
    for (uint64_t vouches = 0; vouches < 2; vouches++) {
        cl->db.params[PARAM_TVS_VOUCHES_EXPIRED] = vouches;
        assert_true(serve_tvs_verify(cl, 0, tomcat, FIVE_US).trusted);
        assert_int_equal(serve_tvs_verify(cl, 0, tomcat, FIVE_US + HOUR_US).trusted, vouches);
        assert_int_equal(serve_tvs_query(cl, 0, signer, FIVE_US + HOUR_US).trusted, vouches);
        cl->nodes[0].ahead_s = -3 * 3600; /* it has not begun for this node */
        assert_int_equal(serve_tvs_verify(cl, 0, tomcat, SECOND_US).trusted, vouches);
        cl->nodes[0].ahead_s = 0;
    }
    lab_free(lab);
}

/* ---- the calendar ---- */

static char said[64][TRACE_TEXT];
static uint64_t said_us[64];
static uint32_t said_count;

static void hear_node(void *ctx, const struct trace_line *line)
{
    (void)ctx;
    if (line->what != TRACE_ALARM || said_count == 64)
        return;
    snprintf(said[said_count], TRACE_TEXT, "%u %s", (unsigned)(line->id & 255), line->text);
    said_us[said_count++] = line->at_us;
}

/* A cluster of one node on whose clock all but these kinds last for ever. */
static void only(struct cluster *cl, uint32_t kinds)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        if ((OWN_BIT(cl->db.rows[i].own) & kinds) == 0)
            cl->db.rows[i].until_us = 0;
    }
    cl->dates_for = 0;
}

/* Every step at the first run of the monitor that sees it: once a day, and every hour once a
 * certificate has less than a day left. */
static void monitor(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 1 });
    struct observer o = { .node = hear_node };
    lab_observe(lab, &o);
    only(&lab->state.clusters[0], OWN_BIT(OWN_TOMCAT));
    said_count = 0;
    set_param(lab, PARAM_CERT_NOTIFY_DAYS, 30);
    set_param(lab, PARAM_CERT_NOTIFY_EVERY, 7);
    uint64_t events = lab->driver->events(lab->driver->self);
    lab_run_until(lab, FIVE_US + 300 * DAY_US);
    assert_true(lab->driver->events(lab->driver->self) == events);
    /* It ends at 5 years and a second: a run at that very instant is a second too early. */
    static const struct {
        uint64_t us;
        const char *name;
    } want[] = {
        { FIVE_US - 29 * DAY_US, "4-CertValidLessThanMonth" },
        { FIVE_US - 22 * DAY_US, "4-CertValidLessThanMonth" },
        { FIVE_US - 15 * DAY_US, "4-CertValidLessThanMonth" },
        { FIVE_US - 8 * DAY_US, "4-CertValidLessThanMonth" },
        { FIVE_US - 6 * DAY_US, "2-CertValidFor7Days" },
        { FIVE_US, "1-CertValidLessThanADay" },
        { FIVE_US + HOUR_US, "0-CertExpired" },
    };
    assert_int_equal(said_count, sizeof want / sizeof want[0]);
    for (uint32_t i = 0; i < said_count; i++) {
        assert_true(said_us[i] == want[i].us);
        assert_non_null(strstr(said[i], want[i].name));
    }
    assert_string_equal(
        said[6], "0 %UC_CERT-0-CertExpired: %[Message=Certificate expiration Notification. "
                 "Certificate name:tomcat.der Unit:tomcat Type:own-cert Expiration:Sat Jan 05 "
                 "06:00:00:000 UTC][AppID=Cisco Certificate Monitor][ClusterID=][NodeID=pub]: "
                 "Certificate has Expired and needs to be changed at the earliest");
    lab_unobserve(lab, &o);
    lab_free(lab);
}

/* A certificate of strangers in a trust store: it may have ended before 1970, and its name is any
 * bytes. */
static void monitor_of_strangers(void **state)
{
    (void)state;
    static const struct {
        int64_t end_s;
        const char *day;
    } ends[] = { { -315619201, "Thu Dec 31 23:59:59:000 UTC" }, /* 1959 */
                 { -315619200, "Fri Jan 01 00:00:00:000 UTC" },
                 { -1, "Wed Dec 31 23:59:59:000 UTC" },
                 { -432001, "Fri Dec 26 23:59:59:000 UTC" } };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct lab *lab =
            make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 1 });
        struct cluster *cl = &lab->state.clusters[0];
        struct observer o = { .node = hear_node };
        struct content *c = cl->env->content;
        struct ct_cert like = *content_get_cert(c, cl->nodes[0].disk.own[OWN_TOMCAT]);
        char expected[120];
        like.subject = content_str(c, "CN=a b\x1b[2J\n\xff;O=x");
        like.not_after_s = ends[i].end_s;
        certs_add(cl, STORE_TOMCAT_TRUST, 0, content_cert(c, like), lab_now_us(lab));
        set_param(lab, PARAM_CERT_NOTIFY_EVERY, 7);
        lab_observe(lab, &o);
        said_count = 0;
        lab_run_until(lab, 2 * DAY_US);
        assert_true(said_count > 0);
        snprintf(expected, sizeof expected,
                 "name:a b\\x1b[2J\\x0a\\xff.der Unit:tomcat-trust Type:trust-cert "
                 "Expiration:%s]",
                 ends[i].day);
        if (strstr(said[0], expected) == NULL)
            fail_msg("%s\n  in %s", expected, said[0]);
        lab_unobserve(lab, &o);
        lab_free(lab);
    }
}

/* Regenerated: nothing is said of the one before.  In a trust store the publisher says it. */
static void monitor_of_others(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 2, .group = 2, .phones = 1 });
    struct cluster *cl = &lab->state.clusters[0];
    struct observer o = { .node = hear_node };
    struct err e = { "" };
    lab_observe(lab, &o);
    said_count = 0;
    uint32_t tomcat = cl->nodes[1].disk.own[OWN_TOMCAT];
    assert_true(lab_do(
        lab, 0,
        &(struct act){ .kind = DO_UPLOAD, .node = 1, .arg = { STORE_TOMCAT_TRUST, tomcat } }, &e));
    lab_run_until(lab, FIVE_US - 100 * DAY_US);
    for (uint32_t n = 0; n < 2; n++) {
        for (int own = 0; own < OWNS; own++) {
            if (certs_has_own(cl, n, (enum own)own))
                regenerate(lab, n, (enum own)own);
        }
    }
    lab_run_until(lab, FIVE_US - 25 * DAY_US);
    assert_int_equal(said_count, 1);
    assert_non_null(strstr(said[0], "0 %UC_CERT-4-CertValidLessThanMonth"));
    assert_non_null(strstr(said[0], "name:sub1.der Unit:tomcat-trust Type:trust-cert"));
    lab_unobserve(lab, &o);
    lab_free(lab);
}

/* settle() does not wait for it, however near it is; a year costs no event of a phone. */
static void nothing_waits(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 2, .group = 2, .phones = 50, .model = "8845" });
    assert_true(lab_now_us(lab) < HOUR_US);
    lab_run_until(lab, FIVE_US - HOUR_US);
    struct settled s = lab_settle(lab, FIVE_US + DAY_US);
    assert_true(s.quiet && lab_now_us(lab) == FIVE_US - HOUR_US);
    uint64_t events = lab->driver->events(lab->driver->self);
    lab_run_until(lab, FIVE_US + 10 * YEAR_US);
    assert_true(lab->driver->events(lab->driver->self) == events);
    assert_int_equal(registered(lab), 50);
    lab_free(lab);
}

/* The next instant, and what counts as a certificate that matters. */
static void the_next_instant(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct cluster *cl = &lab->state.clusters[0];
    only(cl, OWN_BIT(OWN_TVS));
    uint64_t now_us = lab_now_us(lab);
    assert_false(calendar_matters(cl, now_us));
    assert_true(calendar_matters(cl, FIVE_US + SECOND_US));
    (void)calendar_us(cl, now_us, NULL, 0);
    assert_true(cl->edge_us == FIVE_US + SECOND_US);
    assert_true(cl->alarm_us == FIVE_US - 29 * DAY_US);
    /* A phone's clock a day ahead meets it a day earlier. */
    const int64_t ahead_s[] = { 86400 };
    cl->dates_for = 0;
    (void)calendar_us(cl, now_us, ahead_s, 1);
    assert_true(cl->edge_us == FIVE_US + SECOND_US - DAY_US);
    cl->dates_for = 0;
    (void)calendar_us(cl, FIVE_US + SECOND_US, ahead_s, 1);
    assert_true(cl->edge_us == 0);
    uint64_t change = cl->change;
    cl->edge_us = FIVE_US;
    calendar_tick(cl, FIVE_US - 1);
    assert_int_equal(cl->change, change);
    calendar_tick(cl, FIVE_US);
    assert_true(cl->change == change + 1 && cl->done.dated);
    assert_true(calendar_matters(cl, now_us));
    lab_free(lab);
}

/* What is worked with still counts, though another one lies on the disk. */
static void replaced_but_in_service(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 1 });
    struct cluster *cl = &lab->state.clusters[0];
    lab_run_until(lab, YEAR_US);
    regenerate(lab, 0, OWN_TOMCAT);
    only(cl, OWN_BIT(OWN_TOMCAT));
    (void)calendar_us(cl, YEAR_US, NULL, 0);
    assert_true(cl->edge_us == FIVE_US + SECOND_US);
    service(lab, 0, 0, SERVICE_TOMCAT, DO_RESTART);
    settled(lab);
    cl->dates_for = 0;
    (void)calendar_us(cl, YEAR_US + HOUR_US, NULL, 0);
    assert_true(cl->edge_us == FIVE_US + YEAR_US + SECOND_US);
    lab_free(lab);
}

/* A certificate that is over is regenerated as a remedy, with what takes it up. */
static void regenerate_as_a_remedy(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 1 });
    struct cluster *cl = &lab->state.clusters[0];
    struct act acts[64];
    assert_int_equal(act_candidates(cl, DO_REGENERATE, lab_now_us(lab), acts, 64), 0);
    lab_run_until(lab, FIVE_US + HOUR_US);
    uint32_t n = act_candidates(cl, DO_REGENERATE, lab_now_us(lab), acts, 64), ipsec = 0;
    for (uint32_t i = 0; i < n; i++)
        ipsec += acts[i].arg[0] == OWN_IPSEC || acts[i].arg[0] == OWN_ITLRECOVERY ||
                 acts[i].arg[0] == OWN_TOMCAT_ECDSA;
    assert_int_equal(n, 10); /* CallManager, its EC one, TVS, CAPF, tomcat of two nodes */
    assert_int_equal(ipsec, 0);
    static const struct {
        const char *version;
        enum own own;
        uint32_t then;
    } rows[] = {
        { "8.6", OWN_TVS, SERVICE_BIT(SERVICE_TVS) | SERVICE_BIT(SERVICE_TFTP) },
        { "8.6", OWN_CALLMANAGER, SERVICE_BIT(SERVICE_CALLMANAGER) | SERVICE_BIT(SERVICE_TFTP) },
        { "8.6", OWN_TOMCAT, SERVICE_BIT(SERVICE_TOMCAT) },
        { "14", OWN_TVS, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct act act = { .kind = DO_REGENERATE, .arg = { rows[i].own } };
        cl->version = version_find(rows[i].version);
        assert_int_equal(act_table[DO_REGENERATE]->remedy.then(cl, &act), rows[i].then);
    }
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date),
        cmocka_unit_test(lscs),
        cmocka_unit_test(knobs_of_phones),
        cmocka_unit_test(signer_of_the_list),
        cmocka_unit_test(told_as_it_was),
        cmocka_unit_test(callmanager_over_tls),
        cmocka_unit_test(wrong_clocks),
        cmocka_unit_test(clock_of_the_server),
        cmocka_unit_test(clock_of_a_node),
        cmocka_unit_test(a_sleeper_wakes),
        cmocka_unit_test(clocks_are_state),
        cmocka_unit_test(own_clocks_are_told_apart),
        cmocka_unit_test(phones_at_callmanager),
        cmocka_unit_test(what_tvs_vouches_for),
        cmocka_unit_test(monitor),
        cmocka_unit_test(monitor_of_others),
        cmocka_unit_test(monitor_of_strangers),
        cmocka_unit_test(nothing_waits),
        cmocka_unit_test(the_next_instant),
        cmocka_unit_test(replaced_but_in_service),
        cmocka_unit_test(regenerate_as_a_remedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
