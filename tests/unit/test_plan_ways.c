/* Ways back and on, held against what happens where exactly the named acts are done: a table of
 * clusters and changes.  What each comes to stands in the documentation of the product or follows
 * from it (Security by Default guide, technotes 214231 and 217138), and was written down first. */
#include "tests/unit/plan_made.h"

#define PAIR(version, more)                                                                        \
    "local hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub', 'sub' } " more    \
    " } hq:phones { count = 6, model = '7965' } settle() return hq"
#define ALONE(version)                                                                             \
    "local hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub' } } "              \
    "hq:phones { count = 6, model = '7965' } settle() return hq"
#define SECURE(version)                                                                            \
    "local hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub', 'sub' } } "       \
    "hq:phones { count = 6, model = '7965', security = 'encrypted', lsc = true } settle() "        \
    "hq:ctl('mixed-mode') for _, n in ipairs(hq.nodes) do n:restart('TFTP', 'CallManager') end "   \
    "settle() hq:reset() settle() return hq"
/* The certificate of every TVS is past its time: phones ask it nothing. */
#define ENDED(version)                                                                             \
    "start('2020-01-01 06:00') local hq = cluster { name = 'HQ', version = '" version              \
    "', nodes = { 'pub', 'sub' } } hq:phones { count = 6, model = '7965' } settle() "              \
    "for _, n in ipairs(hq.nodes) do n:generate('TVS', 'standard', 1) n:restart('TVS') end "       \
    "settle() for _, n in ipairs(hq.nodes) do n:restart('TFTP') end settle() hq:reset() settle() " \
    "wait('400d') return hq"
#define HQ                                                                                         \
    "local hq = ... local function each(act, what) for _, n in "                                   \
    "ipairs(hq.nodes) do n[act](n, what) end settle() end "
#define STEP(name, do) "step('" name "', function() " do " end) "
#define RENEW(own)     STEP("Renew " own, "each('regenerate', '" own "')")
#define RESTART        STEP("Restart", "each('restart', 'TVS') each('restart', 'TFTP')")
#define TFTP           STEP("Restart TFTP", "each('restart', 'TFTP')")
#define TVS            STEP("Restart TVS", "each('restart', 'TVS')")
#define RESET          STEP("Reset", "hq:reset() settle()")
#define SIGNER         STEP("Renew ITLRecovery", "hq.pub:regenerate('ITLRecovery') settle()")
#define LOCALKEY       STEP("Local key", "hq:itl('reset localkey') settle()")

static const struct {
    const char *name, *cluster, *change;
    uint32_t lack, hands; /* when it is over */
    uint32_t no_return;   /* step; 0: none */
    const char *says;     /* of what brings back what is lacked; NULL: not looked at */
    const char *acts;     /* exactly these done behind it; NULL: there are none */
} rows[] = {
    { "8.6, one node, both at once", ALONE("8.6"),
      HQ RENEW("CallManager") RENEW("TVS") RESTART RESET, 6, 6, 3, NULL, NULL },
    { "9.1, both at once", PAIR("9.1", ""), HQ RENEW("CallManager") RENEW("TVS") RESTART RESET, 6,
      6, 3, NULL, NULL },
    { "9.1, both at once, TFTP first", PAIR("9.1", ""),
      HQ RENEW("CallManager") RENEW("TVS") TFTP RESET TVS RESET, 0, 0, 0, NULL, NULL },
    { "9.1, both at once, phones not reset between", PAIR("9.1", ""),
      HQ RENEW("CallManager") TFTP RENEW("TVS") TVS TFTP RESET, 6, 6, 4, NULL, NULL },
    { "9.1, CallManager", PAIR("9.1", ""), HQ RENEW("CallManager") RESTART RESET, 0, 0, 0, NULL,
      NULL },
    { "9.1, TVS", PAIR("9.1", ""), HQ RENEW("TVS") RESTART RESET, 0, 0, 0, NULL, NULL },
    { "9.1, CallManager, TFTP not restarted", PAIR("9.1", ""), HQ RENEW("CallManager") RESET, 0, 0,
      0, NULL, NULL },
    { "10.5, both at once", PAIR("10.5", ""), HQ RENEW("CallManager") RENEW("TVS") RESTART RESET, 6,
      0, 0, "utils itl reset localkey", LOCALKEY RESET },
    { "11.5, TVS stopped meanwhile", PAIR("11.5", ""),
      HQ STEP("Stop TVS", "each('stop', 'TVS')") RENEW("CallManager") TFTP RESET, 6, 0, 0, "Trust",
      STEP("Start TVS", "each('start', 'TVS')") RESET },
    { "11.5, TVS ended before", ENDED("11.5"), HQ RENEW("CallManager") TFTP RESET, 6, 0, 0,
      "utils itl reset localkey", LOCALKEY RESET },
    { "9.1, TVS ended before", ENDED("9.1"), HQ RENEW("CallManager") TFTP RESET, 6, 6, 1, NULL,
      NULL },
    { "12.5, CallManager", PAIR("12.5", ""), HQ RENEW("CallManager") RESTART RESET, 0, 0, 0, NULL,
      NULL },
    { "12.5, TVS ended before", ENDED("12.5"), HQ RENEW("CallManager") TFTP RESET, 0, 0, 0, NULL,
      NULL },
    { "12.5, CallManager and TVS at once", PAIR("12.5", ""),
      HQ RENEW("CallManager") RENEW("TVS") RESTART RESET, 0, 0, 0, NULL, NULL },
    { "12.5, ITLRecovery, TVS untouched", PAIR("12.5", ""), HQ SIGNER RESTART RESET, 0, 0, 0, NULL,
      NULL },
    { "12.5, all three at once", PAIR("12.5", ""),
      HQ RENEW("CallManager") RENEW("TVS") SIGNER RESTART RESET, 6, 6, 4, NULL, NULL },
    { "12.5, secured, CallManager without the CTL", SECURE("12.5"),
      HQ RENEW("CallManager") RESTART STEP("Restart CallManager", "each('restart', 'CallManager')")
          RESET,
      6, 0, 0, "utils ctl update CTLFile",
      STEP("CTL", "hq:ctl('update') settle() each('restart', 'TFTP') each('restart', "
                  "'CallManager')") RESET },
    { "15, CallManager and TVS at once", PAIR("15", ""),
      HQ RENEW("CallManager") RENEW("TVS") RESTART RESET, 0, 0, 0, NULL, NULL },
    { "14, all three at once", PAIR("14", ""),
      HQ STEP("All",
              "hq.pub:regenerate('ITLRecovery') for _, own in ipairs { 'CallManager', 'TVS' } do "
              "for _, n in ipairs(hq.nodes) do n:regenerate(own) end end settle()") RESTART RESET,
      6, 6, 1, NULL, NULL },
};

static bool says(const struct plan *p, const char *words)
{
    bool found = words == NULL;
    for (uint32_t i = 0; i < p->risk_count; i++)
        found = found || strstr(p->risks[i].back, words) != NULL;
    return found;
}

/* Behind the change the named acts, and nobody lacks anything; where none are named, whatever keys
 * sign the lists next helps nobody. */
static bool agrees(size_t i)
{
    struct made m = { 0 };
    char text[4000];
    snprintf(text, sizeof text, "%s%s", rows[i].change, rows[i].acts == NULL ? "" : rows[i].acts);
    make(&m, rows[i].cluster, text);
    bool good = m.good && m.plan.head.error == NULL &&
                m.plan.head.lost_now == (rows[i].acts == NULL ? rows[i].lack : 0) &&
                m.plan.head.hands == rows[i].hands;
    if (!good)
        print_error("%s, with the acts: %u lack, %u hands: %s\n", rows[i].name,
                    m.plan.head.lost_now, m.plan.head.hands,
                    m.good ? m.plan.head.verdict : m.e.text);
    done(&m);
    return good;
}

static void test_agreement(void **state)
{
    uint32_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made m = { 0 };
        make(&m, rows[i].cluster, rows[i].change);
        const struct plan_head *h = &m.plan.head;
        if (!m.good || h->error != NULL || h->lost_now != rows[i].lack ||
            h->hands != rows[i].hands || m.plan.no_return != rows[i].no_return ||
            !says(&m.plan, rows[i].says)) {
            print_error("%s: %u lack, %u hands, no return %u: %s: %s\n", rows[i].name, h->lost_now,
                        h->hands, m.plan.no_return, m.good ? h->verdict : m.e.text,
                        m.plan.risk_count > 0 ? m.plan.risks[0].back : "");
            wrong++;
        }
        done(&m);
        wrong += !agrees(i);
    }
    assert_int_equal(wrong, 0);
}

/* Of phones that are off the next boot counts: a lock-out is a visit, another list is none, and
 * neither is a backup that would take the change back. */
static void test_off(void **state)
{
    static const struct {
        const char *cluster, *change;
        bool visits;
    } off[] = {
        { PAIR("9.1", ""), HQ RENEW("CallManager") RENEW("TVS") RESTART, true },
        { PAIR("9.1", ""),
          HQ STEP("Backup", "hq:backup() settle()") RENEW("CallManager") RESTART RESET RENEW("TVS")
              RESTART RESET,
          true },
        { PAIR("9.1", ""), HQ RENEW("CallManager") RESTART RESET, false },
        { PAIR("9.1", ""), HQ STEP("Backup", "hq:backup() settle()"), false },
        { PAIR("12.5", ""), HQ RENEW("CallManager") RENEW("TVS") RESTART RESET, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
        struct made m = { 0 };
        struct plan_options o = options_of(&m, off[i].cluster, off[i].change);
        o.off_percent = 99; /* drawn for each: all six */
        make_with(&m, &o);
        assert_true(m.good);
        const struct plan_run *run = &m.plan.runs.list[1];
        assert_int_equal(run->kind, RUN_OFF);
        assert_int_equal(run->hands, off[i].visits ? 6 : 0);
        assert_int_equal(run->lost_now, run->hands);
        done(&m);
    }
}

/* A step that ends before what it began says so: from 14 on phones are reset by themselves. */
static void test_under_way(void **state)
{
    (void)state;
    struct made m = { 0 };
    make(&m, PAIR("14", ""),
         HQ "step('Renew', function() hq.pub:regenerate('CallManager') end) " STEP("Wait",
                                                                                   "settle()"));
    assert_true(m.good);
    assert_true(m.plan.steps[0].under_way);
    assert_false(m.plan.steps[1].under_way);
    done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_agreement),
                                        cmocka_unit_test(test_off),
                                        cmocka_unit_test(test_under_way) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
