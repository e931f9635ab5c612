/* A central TFTP asks another one over the network: what it costs, and what comes of servers that
 * refuse, are cut off, slow or gone.  Times are worked out by hand: three ways of 30 ms there, one
 * back, 50 us of work. */
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"

#define MS 1000ull

/* Asks for the phone's ITL alone: who is asked, what came before, with what result, and when. */
static struct {
    struct observer ear;
    char text[200];
    uint64_t first_us;
} told;

static void hear_ask(void *ctx, uint32_t node, const struct ask *ask, enum ask_result result,
                     const struct event *answer, uint64_t now_us)
{
    static const char *const came[] = { "", " file", " none", " silent" };
    (void)ctx;
    if (ask->kind != ASK_FILE || ask->file != FILE_ITL)
        return;
    size_t n = strlen(told.text);
    if (n == 0)
        told.first_us = now_us;
    snprintf(told.text + n, sizeof told.text - n, "%s%u%s%s %s", n == 0 ? "" : ", ", node >> 8,
             ask->by_node ? "*" : "", came[ask->came],
             result == ASK_ELSEWHERE         ? "elsewhere"
             : result == ASK_STOPPED         ? "stopped"
             : result == ASK_SILENT          ? "off"
             : answer->type == EVENT_FILE    ? "file"
             : answer->type == EVENT_NO_FILE ? "none"
                                             : "?");
    n = strlen(told.text);
    snprintf(told.text + n, sizeof told.text - n, " +%llu",
             (unsigned long long)(now_us - told.first_us));
}

static uint32_t address(const struct lab *lab, uint32_t cluster, uint32_t node)
{
    return lab->state.clusters[cluster].nodes[node].disk.ip;
}

static void link_of(struct lab *lab, uint32_t cluster, uint32_t node, struct link link)
{
    struct err e = { "" };
    struct act act = lab_link_act(DO_NODE_LINK, node, &link);
    if (!lab_do(lab, cluster, &act, &e))
        fail_msg("%s", e.text);
}

/* Cluster 0 asks for what it has not at both nodes of cluster 1, whose phone is behind it. */
static struct lab *make_central(bool bytes)
{
    static const char *const names[2][2] = { { "hq" }, { "w1", "w2" } };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster, first;
    o.bytes = bytes;
    struct lab *lab = lab_new(&o);
    for (uint32_t c = 0; c < 2; c++) {
        struct lab_cluster_spec spec = { c == 0 ? "Central" : "West", "11.5", names[c], c + 1, "" };
        assert_true(lab_cluster(lab, &spec, &cluster, &e));
    }
    struct act add = { .kind = DO_REMOTE_TFTP_ADD,
                       .arg = { address(lab, 1, 0), address(lab, 1, 1) } };
    if (!lab_do(lab, 0, &add, &e))
        fail_msg("%s", e.text);
    assert_true(
        lab_phones(lab, 1, &(struct lab_phones_spec){ .count = 1, .model = "7965" }, &first, &e));
    struct act move = { .kind = DO_MOVE, .arg = { address(lab, 0, 0) } };
    assert_true(lab_do_phones(lab, 1, &move, &(struct lab_whom){ .count = 1 }, &e));
    link_of(lab, 0, 0, (struct link){ .delay_us = 10 * MS });
    for (uint32_t n = 0; n < 2; n++)
        link_of(lab, 1, n, (struct link){ .delay_us = 20 * MS });
    memset(&told, 0, sizeof told);
    told.ear.ask = hear_ask;
    lab_observe(lab, &told.ear);
    return lab;
}

static void boots_with(struct lab *lab, const char *right)
{
    lab_power(lab, 0, true, lab_now_us(lab));
    settled(lab);
    assert_string_equal(told.text, right);
    lab_free(lab);
}

static void there_and_back(void **state)
{
    (void)state;
    for (int bytes = 0; bytes < 2; bytes++)
        boots_with(make_central(bytes != 0), "0 elsewhere +0, 1* file +90000, 0 file file +120050");
}

/* What it was given it keeps, for the next boot. */
static void kept(void **state)
{
    (void)state;
    struct lab *lab = make_central(false);
    lab_power(lab, 0, true, 0);
    settled(lab);
    lab_power(lab, 0, false, lab_now_us(lab));
    settled(lab);
    told.text[0] = '\0';
    boots_with(lab, "0 file +0");
}

static void refused(void **state)
{
    (void)state;
    struct lab *lab = make_central(false);
    service(lab, 1, 0, SERVICE_TFTP, DO_STOP);
    boots_with(lab, "0 elsewhere +0, 1* stopped +90000, 0 silent elsewhere +120000, "
                    "1* file +210000, 0 file file +240050");
}

/* The parameter says how long it waits: 5 s. */
static void silent(void **state)
{
    const struct link cut = { .delay_us = 20 * MS, .down = true }, slow = { .delay_us = 1690 * MS };
    (void)state;
    struct lab *lab = make_central(false);
    link_of(lab, 1, 0, cut);
    boots_with(lab, "0 elsewhere +0, 0 silent elsewhere +5000000, 1* file +5090000, "
                    "0 file file +5120050");
    /* Three ways there take longer than that; then the way back does. */
    lab = make_central(false);
    link_of(lab, 1, 0, slow);
    boots_with(lab, "0 elsewhere +0, 0 silent elsewhere +5000000, 1* file +5090000, "
                    "0 file file +5120050");
    lab = make_central(false);
    link_of(lab, 1, 0, (struct link){ .delay_us = 1490 * MS });
    boots_with(lab, "0 elsewhere +0, 1* file +4500000, 0 silent elsewhere +5000000, "
                    "1* file +5090000, 0 file file +5120050");
    /* A node that was shut down does not even say that nobody listens there. */
    lab = make_central(false);
    assert_true(lab_do(lab, 1, &(struct act){ .kind = DO_SHUT_DOWN }, NULL));
    boots_with(lab, "0 elsewhere +0, 1* off +90000, 0 silent elsewhere +5000000, "
                    "1* file +5090000, 0 file file +5120050");
    /* Nobody has the address any more. */
    lab = make_central(false);
    lab->state.clusters[1].nodes[0].disk.ip++;
    boots_with(lab, "0 elsewhere +0, 0 silent elsewhere +5000000, 1* file +5090000, "
                    "0 file file +5120050");
}

/* A TFTP that is restarted meanwhile knows nothing of what comes back; the phone asks again. */
static void restarted(void **state)
{
    (void)state;
    struct lab *lab = make_central(false);
    lab_power(lab, 0, true, 0);
    while (told.text[0] == '\0')
        lab_run_until(lab, lab_now_us(lab) + 10 * MS);
    lab->state.clusters[0].db.params[PARAM_SERVICE_START_US] = 0;
    service(lab, 0, 0, SERVICE_TFTP, DO_RESTART);
    lab_run_until(lab, told.first_us + 10 * SECOND_US);
    assert_string_equal(told.text, "0 elsewhere +0, 1* file +90000");
    assert_int_equal(lab->state.clusters[0].relays.count, 0);
    lab_free(lab);
}

/* A fork in the middle goes on as the original does. */
static void forked(void **state)
{
    (void)state;
    struct lab *lab = make_central(false);
    lab_power(lab, 0, true, 0);
    while (told.text[0] == '\0')
        lab_run_until(lab, lab_now_us(lab) + 1 * MS);
    for (int i = 0; i < 30; i++) { /* there, back, and behind it */
        lab_run_until(lab, lab_now_us(lab) + 5 * MS);
        uint32_t phone = 0;
        struct lab *fork = i % 2 == 0 ? lab_fork(lab) : lab_trial(lab, &phone, 1);
        settled(fork);
        assert_true(fork->state.phones[0].itl == lab->state.clusters[1].nodes[0].run.itl);
        assert_true(phone_is_registered(&fork->state.phones[0]));
        assert_int_equal(fork->state.clusters[0].relays.count, 2); /* ITL and configuration */
        lab_free(fork);
    }
    settled(lab);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back), cmocka_unit_test(kept),      cmocka_unit_test(refused),
        cmocka_unit_test(silent),         cmocka_unit_test(restarted), cmocka_unit_test(forked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
