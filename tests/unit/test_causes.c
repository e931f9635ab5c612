/* What brought something back, by what was done and when: rows of losses, ends and acts, each at
 * its second.  The record is written here; nothing of it happens in the lab. */
#include "nodes/certs.h"
#include "nodes/settings.h"
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"
#include "sim/lab_impl.h"
#include "sim/predict/returns.h"

static struct lab *lab;
static struct returns r;
static uint64_t begin_us;

/* HQ: phones ask pub and sub1, nobody asks sub2, and TVS is stopped.  NEW is another's cluster. */
static int up(void **state)
{
    (void)state;
    static const char *const names[] = { "peer" };
    struct err e = { "" };
    uint32_t cluster;
    lab = make((struct fixture){ .version = "10.5(2)", .nodes = 3, .group = 2, .phones = 4 });
    assert_true(
        lab_cluster(lab, &(struct lab_cluster_spec){ "NEW", "8.6", names, 1, "" }, &cluster, &e));
    for (uint32_t n = 0; n < 3; n++) { /* so that to start it would change something */
        struct act stop = { .kind = DO_STOP, .node = (uint8_t)n, .arg = { SERVICE_TVS } };
        assert_true(lab_do(lab, 0, &stop, NULL));
    }
    settled(lab);
    lab_step(lab, "one");
    begin_us = lab_now_us(lab);
    return 0;
}

static int down(void **state)
{
    (void)state;
    returns_free(&r);
    lab_free(lab);
    return 0;
}

/* ---- rows ---- */

enum what { END, LOSE, OVER, DOES, THERE, TOUCH, STEP };

struct line {
    uint8_t what; /* enum what */
    uint32_t at_s;
    struct act act;
};

#define LOSE(at)                                                                                   \
    {                                                                                              \
        LOSE, at,                                                                                  \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define OVER(at)                                                                                   \
    {                                                                                              \
        OVER, at,                                                                                  \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define STEP(at)                                                                                   \
    {                                                                                              \
        STEP, at,                                                                                  \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define DOES(at, ...)                                                                              \
    {                                                                                              \
        DOES, at,                                                                                  \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    } /* in HQ */
#define THERE(at, ...)                                                                             \
    {                                                                                              \
        THERE, at,                                                                                 \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    } /* in NEW */
#define TOUCH(at, ...)                                                                             \
    {                                                                                              \
        TOUCH, at,                                                                                 \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    } /* on the phone */

#define PUB  0
#define SUB1 1
#define SUB2 2

#define START_TVS(node)                                                                            \
    DO_START, node,                                                                                \
    {                                                                                              \
        SERVICE_TVS                                                                                \
    }
#define START_TFTP(node)                                                                           \
    DO_START, node,                                                                                \
    {                                                                                              \
        SERVICE_TFTP                                                                               \
    }
#define RESTART_TFTP(node)                                                                         \
    DO_RESTART, node,                                                                              \
    {                                                                                              \
        SERVICE_TFTP                                                                               \
    }
#define STOP_TVS(node)                                                                             \
    DO_STOP, node,                                                                                 \
    {                                                                                              \
        SERVICE_TVS                                                                                \
    }
#define LOCALKEY                                                                                   \
    DO_ITL_RESET_LOCALKEY, 0,                                                                      \
    {                                                                                              \
        0                                                                                          \
    }
#define ON                                                                                         \
    DO_POWER, 0,                                                                                   \
    {                                                                                              \
        1                                                                                          \
    }
#define PRESS                                                                                      \
    DO_PRESS, 0,                                                                                   \
    {                                                                                              \
        KEY_SERVICES                                                                               \
    }
#define RESET                                                                                      \
    DO_RESET, 0,                                                                                   \
    {                                                                                              \
        0                                                                                          \
    }
#define RESET_ALL                                                                                  \
    DO_RESET_ALL, 0,                                                                               \
    {                                                                                              \
        0                                                                                          \
    }
#define ERASE                                                                                      \
    DO_DELETE_TRUST_LIST, 0,                                                                       \
    {                                                                                              \
        0                                                                                          \
    }
#define LINK                                                                                       \
    DO_PHONE_LINK, 0,                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

static uint64_t at(uint32_t s)
{
    return begin_us + s * SECOND_US;
}

static void happens(const struct line *l, enum phone_function f)
{
    struct lab_whom whom = { .first = 0, .count = 1 };
    struct lab_loss *loss = lab_loss_for(lab, 0);
    if (at(l->at_s) > lab_now_us(lab))
        lab_run_until(lab, at(l->at_s));
    lab_press(lab, 3, KEY_DIRECTORIES, lab_now_us(lab)); /* something goes on besides */
    lab_run_until(lab, lab_now_us(lab));
    switch (l->what) {
    case LOSE:
        lab_loss_begins(loss, f, lab->record.step_count - 1, lab_now_us(lab));
        break;
    case OVER:
        lab_loss_ends(loss, f, lab_now_us(lab));
        break;
    case STEP:
        lab_step(lab, "next");
        break;
    default:
        returns_hear(&r, lab, l->what == THERE, &l->act, l->what == TOUCH ? &whom : NULL);
    }
}

static const char *cause(enum phone_function f)
{
    static char text[BACK_TEXT];
    uint16_t back = returns_of(&r, lab, 0, lab_loss_of(lab, 0), f);
    return back_words(lab, returns_back(&r, back), text);
}

struct row {
    struct line lines[8];
    const char *back;
};

static void rows_are(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        down(NULL);
        up(NULL);
        for (const struct line *l = rows[i].lines; l->what != END; l++)
            happens(l, FUNCTION_TRUST_LIST);
        if (strcmp(cause(FUNCTION_TRUST_LIST), rows[i].back) != 0)
            fail_msg("row %zu: %s", i, cause(FUNCTION_TRUST_LIST));
    }
}

#define ROWS(rows) rows_are(rows, sizeof rows / sizeof rows[0])
#define TVS_ON     "start Cisco Trust Verification Service on "

/* ---- when ---- */

static void between_loss_and_end(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { { LOSE(10), OVER(30) }, "by itself" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), OVER(30) }, TVS_ON "pub in step 1" },
        { { LOSE(10), STEP(12), DOES(20, START_TVS(PUB)), OVER(30) }, TVS_ON "pub in step 2" },
        { { DOES(5, START_TVS(PUB)), LOSE(10), OVER(30) }, "by itself" },
        { { LOSE(10), OVER(30), DOES(31, START_TVS(PUB)) }, "by itself" },
        { { LOSE(10), DOES(30, START_TVS(PUB)), OVER(30) }, TVS_ON "pub in step 1" },
        { { LOSE(10), OVER(30), DOES(30, START_TVS(PUB)) }, "by itself" },
        /* At the very instant: behind the loss, not before it. */
        { { DOES(10, START_TVS(PUB)), LOSE(10), OVER(30) }, "by itself" },
        { { LOSE(10), DOES(10, START_TVS(PUB)), OVER(30) }, TVS_ON "pub in step 1" },
        { { DOES(10, START_TVS(PUB)), LOSE(10), DOES(10, LOCALKEY), OVER(30) },
          "utils itl reset localkey in step 1" },
        { { LOSE(10), DOES(10, LOCALKEY), DOES(10, START_TVS(PUB)), OVER(30) },
          TVS_ON "pub in step 1" },
        { { TOUCH(10, RESET), LOSE(10), OVER(30) }, "by itself" },
        { { LOSE(10), TOUCH(10, RESET), OVER(30) }, "a reset in step 1" },
        { { LOSE(10), TOUCH(30, RESET), OVER(30) }, "a reset in step 1" },
        { { LOSE(10), TOUCH(20, RESET), OVER(30) }, "a reset in step 1" },
        { { TOUCH(5, RESET), LOSE(10), OVER(30) }, "by itself" },
        /* The last of several; one that was done before as well. */
        { { LOSE(10), DOES(12, START_TVS(PUB)), DOES(20, START_TVS(SUB1)), OVER(30) },
          TVS_ON "sub1 in step 1" },
        { { DOES(5, START_TVS(PUB)), LOSE(10), DOES(20, START_TVS(PUB)), OVER(30) },
          TVS_ON "pub in step 1" },
        /* What is stopped brings nothing back. */
        { { LOSE(10), DOES(20, STOP_TVS(PUB)), OVER(30) }, "by itself" },
        { { LOSE(10), DOES(15, START_TVS(PUB)), DOES(20, STOP_TVS(PUB)), OVER(30) },
          TVS_ON "pub in step 1" },
    };
    ROWS(rows);
}

static void more_than_once(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { { LOSE(10), DOES(20, LOCALKEY), OVER(30), LOSE(40), OVER(50) }, "by itself" },
        { { LOSE(10), DOES(20, LOCALKEY), OVER(30), LOSE(40), DOES(45, START_TVS(PUB)), OVER(50) },
          TVS_ON "pub in step 1" },
        /* Lost again already: of the end that there was. */
        { { LOSE(10), DOES(20, LOCALKEY), OVER(30), LOSE(40) },
          "utils itl reset localkey in step 1" },
        { { LOSE(10), DOES(20, LOCALKEY), OVER(30), LOSE(40), DOES(45, START_TVS(PUB)) },
          "utils itl reset localkey in step 1" },
        { { DOES(5, LOCALKEY), LOSE(10), OVER(30), LOSE(40) }, "by itself" },
        /* What was told of the end before does not count again. */
        { { LOSE(10), DOES(12, LOCALKEY), OVER(15), THERE(16, START_TVS(PUB)), LOSE(18), OVER(30),
            LOSE(40) },
          "by itself" },
        { { LOSE(10), DOES(12, LOCALKEY), OVER(15), LOSE(18), DOES(20, START_TVS(PUB)), OVER(30),
            LOSE(40) },
          TVS_ON "pub in step 1" },
        /* Each beginning has its own instant. */
        { { LOSE(10), DOES(10, LOCALKEY), OVER(15), DOES(20, START_TVS(PUB)), LOSE(20), OVER(30) },
          "by itself" },
        { { LOSE(10), DOES(10, LOCALKEY), OVER(15), LOSE(20), DOES(20, START_TVS(PUB)), OVER(30) },
          TVS_ON "pub in step 1" },
    };
    ROWS(rows);
}

/* Of an upload its store says what TVS vouches for then: pages, lists and files. */
static void by_its_store(void **state)
{
    (void)state;
#define UPLOAD(store)                                                                              \
    DO_UPLOAD, PUB,                                                                                \
    {                                                                                              \
        store, CERT_OWN_NOW(0, OWN_TOMCAT)                                                         \
    }
    static const struct row rows[] = {
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(25, UPLOAD(STORE_TOMCAT_TRUST)), OVER(30) },
          TVS_ON "pub in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(25, UPLOAD(STORE_CAPF_TRUST)), OVER(30) },
          TVS_ON "pub in step 1" },
        { { LOSE(10), DOES(25, UPLOAD(STORE_IPSEC_TRUST)), OVER(30) }, "by itself" },
    };
    ROWS(rows);
}

/* ---- who ---- */

/* Its own nodes before others of its cluster, however late those are; of others the last. */
static void own_nodes_first(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { { LOSE(10), DOES(20, START_TVS(SUB2)), OVER(30) }, TVS_ON "sub2 in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(25, START_TFTP(SUB2)), OVER(30) },
          TVS_ON "pub in step 1" },
        { { LOSE(10), DOES(20, START_TVS(SUB1)), DOES(25, START_TFTP(SUB2)), OVER(30) },
          TVS_ON "sub1 in step 1" },
        { { LOSE(10), DOES(20, START_TFTP(SUB2)), DOES(25, START_TVS(SUB2)), OVER(30) },
          TVS_ON "sub2 in step 1" },
        { { LOSE(10), DOES(20, START_TFTP(SUB2)), DOES(25, START_TVS(PUB)), OVER(30) },
          TVS_ON "pub in step 1" },
        /* An act on the whole cluster is one on its own nodes. */
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(25, LOCALKEY), OVER(30) },
          "utils itl reset localkey in step 1" },
        { { LOSE(10), DOES(20, LOCALKEY), DOES(25, START_TVS(SUB2)), OVER(30) },
          "utils itl reset localkey in step 1" },
        /* Another's cluster is none of its own. */
        { { LOSE(10), THERE(20, START_TVS(PUB)), OVER(30) }, "by itself" },
        { { LOSE(10), DOES(20, START_TVS(SUB2)), THERE(25, START_TVS(PUB)), OVER(30) },
          TVS_ON "sub2 in step 1" },
    };
    ROWS(rows);
}

/* The most that was done: hands, then acts on cluster or network, then a reset, then power. */
static void the_most_that_was_done(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { { LOSE(10), TOUCH(20, ON), OVER(30) }, "power on in step 1" },
        { { LOSE(10), TOUCH(20, PRESS), OVER(30) }, "press Services in step 1" },
        { { LOSE(10), TOUCH(20, RESET), TOUCH(25, ON), OVER(30) }, "a reset in step 1" },
        { { LOSE(10), DOES(20, RESET_ALL), TOUCH(25, ON), OVER(30) }, "a reset in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), TOUCH(25, RESET), OVER(30) },
          TVS_ON "pub in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(25, RESET_ALL), OVER(30) },
          TVS_ON "pub in step 1" },
        { { LOSE(10), TOUCH(15, ERASE), DOES(20, START_TVS(PUB)), OVER(30) },
          "deleted by hand in step 1" },
        /* Acts on the phone's own network are acts; the later one of both. */
        { { LOSE(10), TOUCH(20, LINK), TOUCH(25, RESET), OVER(30) },
          "the phone's network in step 1" },
        { { LOSE(10), TOUCH(20, LINK), DOES(25, START_TVS(PUB)), OVER(30) },
          TVS_ON "pub in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), TOUCH(25, LINK), OVER(30) },
          "the phone's network in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), TOUCH(20, LINK), OVER(30) },
          "the phone's network in step 1" },
        { { LOSE(10), STEP(12), TOUCH(20, RESET), OVER(30) }, "a reset in step 2" },
    };
    ROWS(rows);
}

/* A cluster is a phone's own where it stands in its database, or where DHCP sends it. */
static void whose_cluster(void **state)
{
    (void)state;
    static const struct line lines[] = { LOSE(10), THERE(20, START_TVS(PUB)), OVER(30) };
    uint32_t hq = lab->state.clusters[0].nodes[2].disk.ip,
             peer = lab->state.clusters[1].nodes[0].disk.ip;
    const struct phone_place ways[] = {
        { { hq, 0 } }, { { peer, 0 } }, { { peer, hq } }, { { hq, peer } }, { { hq, hq } }
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        down(NULL);
        up(NULL);
        lab->state.phones[0].place = lab_dhcp(lab, ways[i].tftp[0], ways[i].tftp[1]);
        for (size_t k = 0; k < 3; k++)
            happens(&lines[k], FUNCTION_TRUST_LIST);
        bool own = ways[i].tftp[0] == peer || ways[i].tftp[1] == peer;
        assert_string_equal(cause(FUNCTION_TRUST_LIST),
                            own ? TVS_ON "peer in step 1" : "by itself");
    }
}

/* ---- what can have helped ---- */

#define RESTART(service)                                                                           \
    DO_RESTART, PUB,                                                                               \
    {                                                                                              \
        service                                                                                    \
    }
#define RENEW(own)                                                                                 \
    DO_REGENERATE, PUB,                                                                            \
    {                                                                                              \
        own                                                                                        \
    }

/* A service that has nothing to do with a list brought none back, however late it came; nor did one
 * that held nothing old, where something else was done. */
static void what_can_help(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(21, RESTART(SERVICE_TOMCAT)), OVER(30) },
          TVS_ON "pub in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(21, RENEW(OWN_TOMCAT)), OVER(30) },
          TVS_ON "pub in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(21, RENEW(OWN_TVS)), OVER(30) },
          "regenerate TVS on pub in step 1" },
        { { LOSE(10), DOES(20, RESTART(SERVICE_TOMCAT)), OVER(30) }, "by itself" },
        { { LOSE(10), DOES(20, RESTART(SERVICE_CALLMANAGER)), TOUCH(22, RESET), OVER(30) },
          "a reset in step 1" },
        { { LOSE(10), DOES(20, RESTART_TFTP(PUB)), OVER(30) },
          "restart Cisco Tftp on pub in step 1" },
        { { LOSE(10), DOES(20, START_TVS(PUB)), DOES(21, RESTART_TFTP(PUB)), OVER(30) },
          TVS_ON "pub in step 1" },
        /* On its own node, whether it held something old or not. */
        { { LOSE(10), DOES(20, RESTART_TFTP(PUB)), DOES(21, START_TVS(SUB2)), OVER(30) },
          "restart Cisco Tftp on pub in step 1" },
    };
    ROWS(rows);
}

/* A service for each function that hangs on it; [service] by function. */
static void which_service(void **state)
{
    (void)state;
    static const struct {
        uint8_t service, functions;
    } hang[] = {
        { SERVICE_TFTP, 127 },     { SERVICE_TVS, 79 },         { SERVICE_CALLMANAGER, 1 },
        { SERVICE_TOMCAT, 8 },     { SERVICE_HAPROXY, 8 },      { SERVICE_CAPF, 49 },
        { SERVICE_CTIMANAGER, 0 }, { SERVICE_CTL_PROVIDER, 0 },
    };
    for (size_t i = 0; i < sizeof hang / sizeof hang[0]; i++) {
        const struct line does = DOES(20, RESTART(hang[i].service)), lose = LOSE(10),
                          over = OVER(30);
        down(NULL);
        up(NULL);
        for (int f = 0; f < FUNCTIONS; f++)
            happens(&lose, (enum phone_function)f);
        happens(&does, 0);
        for (int f = 0; f < FUNCTIONS; f++)
            happens(&over, (enum phone_function)f);
        for (int f = 0; f < FUNCTIONS; f++)
            assert_int_equal(strcmp(cause((enum phone_function)f), "by itself") != 0,
                             hang[i].functions >> f & 1);
    }
}

/* What came back before, after something else, is told apart. */
static void others(void **state)
{
    (void)state;
    static const struct {
        struct line lines[12];
        bool others;
    } rows[] = {
        { { LOSE(10), DOES(20, START_TVS(PUB)), OVER(30) }, false },
        { { LOSE(10), DOES(20, START_TVS(PUB)), OVER(30), LOSE(40), DOES(50, LOCALKEY), OVER(60) },
          true },
        { { LOSE(10), DOES(20, LOCALKEY), OVER(30), LOSE(40), DOES(50, LOCALKEY), OVER(60) },
          false },
        { { LOSE(10), DOES(20, LOCALKEY), OVER(30), LOSE(40), OVER(60), DOES(70, RESET_ALL) },
          false }, /* nothing was done between these ends: one is known */
        { { LOSE(10), OVER(15), LOSE(16), DOES(20, LOCALKEY), OVER(30), DOES(31, RESET_ALL),
            LOSE(40), DOES(50, LOCALKEY), OVER(60), DOES(70, RESET_ALL) },
          true }, /* the first time by itself */
        { { LOSE(10), DOES(11, START_TVS(PUB)), OVER(15), LOSE(16), DOES(20, LOCALKEY), OVER(30),
            LOSE(40), DOES(50, LOCALKEY), OVER(60), DOES(70, RESET_ALL) },
          true },
        { { LOSE(10), DOES(11, START_TVS(PUB)), OVER(15), LOSE(16), DOES(20, LOCALKEY), OVER(30),
            LOSE(40), DOES(50, LOCALKEY), OVER(60) },
          true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        down(NULL);
        up(NULL);
        for (const struct line *l = rows[i].lines; l->what != END; l++)
            happens(l, FUNCTION_TRUST_LIST);
        const struct lab_loss *loss = lab_loss_of(lab, 0);
        if (returns_others(&r, lab, 0, loss, FUNCTION_TRUST_LIST) != rows[i].others)
            fail_msg("row %zu", i);
        assert_false(returns_others(&r, lab, 0, loss, FUNCTION_REGISTRATION));
    }
}

/* More different acts than an index has room for: the last one stands for what comes behind it. */
static void room(void **state)
{
    (void)state;
    static const struct line lose = LOSE(10), one = DOES(20, LOCALKEY),
                             two = DOES(21, START_TVS(PUB)), over = OVER(30);
    const uint32_t most = UINT16_MAX - RETURNS_FIRST;
    mem_reserve(&sys_mem, (void **)&r.backs, &r.back_cap, most, sizeof *r.backs);
    memset(r.backs, 0xff, most * sizeof *r.backs);
    for (uint32_t i = 0; i < most; i++)
        r.backs[i].words = NULL;
    r.back_count = most - 1;
    happens(&lose, FUNCTION_TRUST_LIST);
    happens(&one, 0);
    assert_int_equal(r.back_count, most);
    happens(&two, 0);
    assert_int_equal(r.back_count, most);
    happens(&over, FUNCTION_TRUST_LIST);
    assert_string_equal(cause(FUNCTION_TRUST_LIST), "utils itl reset localkey in step 1");
}

/* Each function by itself. */
static void functions(void **state)
{
    (void)state;
    static const struct line lines[] = { LOSE(10), DOES(20, LOCALKEY), OVER(30),
                                         DOES(35, RESTART_TFTP(PUB)) };
    static const struct line later[] = { LOSE(32), DOES(40, START_TVS(PUB)), OVER(50) };
    happens(&lines[0], FUNCTION_TRUST_LIST);
    happens(&lines[0], FUNCTION_CONFIGURATION);
    happens(&lines[1], 0);
    happens(&lines[2], FUNCTION_TRUST_LIST);
    happens(&later[0], FUNCTION_REGISTRATION);
    happens(&lines[3], 0);
    happens(&later[1], 0);
    happens(&later[2], FUNCTION_REGISTRATION);
    happens(&later[2], FUNCTION_CONFIGURATION);
    assert_string_equal(cause(FUNCTION_TRUST_LIST), "utils itl reset localkey in step 1");
    assert_string_equal(cause(FUNCTION_REGISTRATION), TVS_ON "pub in step 1");
    assert_string_equal(cause(FUNCTION_CONFIGURATION), TVS_ON "pub in step 1");
}

/* ---- what is kept ---- */

/* Phones that are touched one after the other, each at its own time; those that have lost nothing
 * are not kept, but for hands. */
static void one_after_the_other(void **state)
{
    (void)state;
    static const uint32_t some[] = { 3, 0, 2 };
    static const struct act reset = { RESET }, erase = { ERASE }, localkey = { LOCALKEY };
    for (uint32_t i = 0; i < 3; i++)
        lab_loss_begins(lab_loss_for(lab, i), FUNCTION_CONFIGURATION, 1, lab_now_us(lab));
    returns_hear(&r, lab, 0, &reset,
                 &(struct lab_whom){ .first = 0, .count = 4, .over_us = 10000003 });
    static const uint64_t at_us[] = { 0, 2500000, 5000001 };
    for (uint32_t i = 0; i < 3; i++) {
        const struct returns_loss *l = &r.losses[lab->state.cold[i].loss - 1];
        assert_true(l->at_us[BACK_RESET] == begin_us + at_us[i]);
        assert_int_equal(returns_back(&r, l->by_act[BACK_RESET])->act.kind, DO_RESET);
        assert_int_equal(l->by_act[BACK_HANDS], 0);
        assert_int_equal(l->open[BACK_RESET], FSM_BIT(FUNCTION_CONFIGURATION));
    }
    assert_int_equal(r.loss_count, 3);
    returns_hear(&r, lab, 0, &erase,
                 &(struct lab_whom){ .phones = some, .count = 3, .over_us = 3000000 });
    assert_true(r.losses[lab->state.cold[0].loss - 1].at_us[BACK_HANDS] == begin_us + 1000000);
    assert_true(r.losses[lab->state.cold[2].loss - 1].at_us[BACK_HANDS] == begin_us + 2000000);
    static const uint32_t visits[] = { 1, 0, 1, 1, 0 };
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(returns_visits(&r, i), visits[i]);
    for (uint32_t i = 0; i < 300; i++)
        returns_hear(&r, lab, 0, &erase, &(struct lab_whom){ .first = 1, .count = 1 });
    assert_int_equal(returns_visits(&r, 1), 255); /* and no further */
    assert_int_equal(returns_visits(&r, 0), 1);
    /* Equal acts of a step are one, and a different step, cluster, node or argument another. */
    static const struct {
        uint32_t cluster;
        struct act act;
        uint32_t count;
    } acts[] = {
        { 0, { LOCALKEY }, 3 },         { 0, { LOCALKEY }, 3 },
        { 0, { START_TVS(PUB) }, 4 },   { 0, { START_TVS(SUB1) }, 5 },
        { 0, { START_TFTP(SUB1) }, 6 }, { 0, { RESTART_TFTP(SUB1) }, 7 },
        { 0, { STOP_TVS(PUB) }, 7 }, /* not kept */
        { 1, { START_TVS(PUB) }, 8 },   { 0, { START_TVS(PUB) }, 8 },
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        returns_hear(&r, lab, acts[i].cluster, &acts[i].act, NULL);
        assert_int_equal(r.back_count, acts[i].count);
    }
    lab_step(lab, "two");
    returns_hear(&r, lab, 0, &localkey, NULL);
    assert_int_equal(r.back_count, 9);
    assert_int_equal(r.act_count, 9);
    assert_int_equal(r.backs[8].step, 2);
}

static void names(void **state)
{
    (void)state;
    static const char *const want[] = { "itself", "power", "reset", "act", "hands", "not" };
    for (int k = 0; k < BACK_KINDS; k++)
        assert_string_equal(back_name((enum back_kind)k), want[k]);
    char text[BACK_TEXT];
    assert_string_equal(back_words(lab, returns_back(&r, RETURNS_NOT), text),
                        "it was switched off");
    /* No word that only scenarios have, no number in a unit of the program. */
    static const struct {
        struct act act;
        const char *words;
    } acts[] = {
        { { .kind = DO_RADIUS_ADD }, "the RADIUS server: trusted CAs, Add" },
        { { .kind = DO_REMOTE_TFTP_DELETE, .arg = { 1 } },
          "Advanced Features: Cluster View: Delete Selected" },
        { { .kind = DO_RESTORE, .arg = { 1 } }, "restore on pub" },
        { { .kind = DO_REBOOT, .node = 1 }, "utils system restart on sub1" },
        { { .kind = DO_BACKUP },
          "Disaster Recovery System: Backup; utils disaster_recovery backup network" },
        { { .kind = DO_RESTORE, .arg = { 2 } }, "restore 2 on pub" },
        { { .kind = DO_SET, .arg = { PARAM_REMOTE_TIMEOUT_US, 1000000 } },
          "set \"timeout of a remote TFTP\" to 1 s" },
        { { .kind = DO_SET, .arg = { PARAM_HTTPS_SERVICES, 0 } },
          "set \"Secured Phone URL Parameters\" to http:// URLs (port 8080)" },
        { { .kind = DO_SET, .arg = { PARAM_ROLLBACK, 0 } },
          "set \"Prepare Cluster for Rollback to pre 8.0\" to False" },
    };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct back b = { .act = acts[i].act, .kind = BACK_ACT };
        assert_string_equal(back_words(lab, &b, text), acts[i].words);
    }
    assert_int_equal(returns_back(&r, RETURNS_NOT)->kind, BACK_NOT);
    assert_int_equal(returns_back(&r, 0)->kind, BACK_BY_ITSELF);
}

/* Told as it was when it was done, with a group and a device pool that a restore has taken out of
 * the database since. */
static void words_of_then(void **state)
{
    (void)state;
    struct act backup = { .kind = DO_BACKUP }, restore = { .kind = DO_RESTORE };
    char text[ACT_TEXT], then[BACK_TEXT];
    struct cluster *cl = &lab->state.clusters[0];
    assert_true(lab_do(lab, 0, &backup, NULL));
    assert_true(lab_group(lab, 0, "Late", (const char *[]){ "pub" }, 1, NULL));
    assert_true(lab_pool(lab, 0, "Late", "Late", NULL));
    struct act pool = { .kind = DO_CHANGE_POOL,
                        .arg = { cl->db.group_count - 1, cl->db.pool_count - 1 } };
    returns_hear(&r, lab, 0, &pool, NULL);
    struct act set = { .kind = DO_SET_PHONES, .arg = { SETTING_POOL, cl->db.pool_count - 1 } };
    returns_hear(&r, lab, 0, &set, &(struct lab_whom){ .count = 1 });
    back_words(lab, &r.backs[0], then);
    assert_true(lab_do(lab, 0, &restore, NULL));
    assert_string_equal(back_words(lab, &r.backs[0], text), then);
    act_print(cl, &pool, text);
    assert_string_equal(text, "change_pool group=? pool=?");
    assert_string_equal(back_words(lab, &r.backs[1], text), "set pool Late in step 1");
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(between_loss_and_end),
        TEST(more_than_once),
        TEST(by_its_store),
        TEST(own_nodes_first),
        TEST(the_most_that_was_done),
        TEST(whose_cluster),
        TEST(functions),
        TEST(one_after_the_other),
        TEST(names),
        TEST(words_of_then),
        TEST(room),
        TEST(others),
        TEST(what_can_help),
        TEST(which_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
