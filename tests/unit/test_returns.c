/* "By themselves" is said only of phones that nobody touched: what brought the others back, and
 * what hands the scenario itself sent. */
#include "told.h"

#include "sim/report/tracefile.h"

#define VERSION(v)                                                                                 \
    "local hq = cluster { name = 'HQ', version = '" v "', nodes = { 'pub' } } "                    \
    "local fleet = hq:phones { count = 20, model = '7942' } fleet:power('on') settle() "
#define LOCKED_OUT                                                                                 \
    "step('both') hq.pub:regenerate('CallManager', 'TVS') "                                        \
    "hq.pub:restart('Cisco Tftp', 'TVS') settle() fleet:reset() settle() wait('1h') "

static void says(const char *scenario, const char *verdict)
{
    struct told t;
    tell(&t, scenario);
    assert_string_equal(t.report.verdict, verdict);
    told_over(&t);
}

static void test_hands(void **state)
{
    (void)state;
    struct told t;
    tell(&t, VERSION("8.6") LOCKED_OUT "step('walk') fleet:delete_trust_list() settle()");
    assert_string_equal(
        t.report.verdict,
        "20 of 20 phones lose something; 20 came back after: deleted by hand in step 2");
    has(t.text, "came back after: deleted by hand in step 2\n");
    has(t.text, "Hands: 20 phones, 60 minutes of work at 3 a phone; with 2 people 0.5 hours, "
                "walking not counted.\nSomebody was at each of them in this run.\n");
    has(t.json, "\"hands\":\t{\n\t\t\"phones\":\t20,\n\t\t\"needed\":\t0,\n\t\t\"done\":\t20,\n"
                "\t\t\"work_minutes\":\t60,");
    has(t.json, "\"back\":\t\"hands\",\n\t\t\t\"back_after\":\t\"deleted by hand in step 2\"");
    assert_null(strstr(t.text, "themselves"));
    told_over(&t);
}

/* Some by hand, some not yet: both are hands, and each is told. */
static void test_hands_half_way(void **state)
{
    (void)state;
    struct told t;
    tell(&t, VERSION("8.6") LOCKED_OUT "step('walk') fleet:first(5):delete_trust_list() settle()");
    assert_string_equal(t.report.verdict, "15 of 20 phones need hands; 5 came back after: deleted "
                                          "by hand in step 2");
    has(t.json, "\"hands\":\t{\n\t\t\"phones\":\t20,\n\t\t\"needed\":\t15,\n\t\t\"done\":\t5,");
    has(t.text, "Somebody was at 5 of them in this run.\n");
    told_over(&t);
}

static void test_recovery_key(void **state)
{
    (void)state;
    says(VERSION("10.5(2)") LOCKED_OUT "step('key') hq:itl('reset localkey') settle() "
                                       "fleet:reset() settle()",
         "20 of 20 phones lose something; 20 came back after: utils itl reset localkey in step 2");
}

static void test_service_started(void **state)
{
    (void)state;
    says(VERSION("8.6") "step('stop') hq.pub:stop('Cisco CallManager') wait('1h') "
                        "step('start') hq.pub:start('Cisco CallManager') settle() wait('2h')",
         "20 of 20 phones lose something; 20 came back after: start Cisco CallManager on pub in "
         "step 2");
}

static void test_reset(void **state)
{
    (void)state;
    says(VERSION("8.6") "step('TVS') hq.pub:regenerate('TVS') hq.pub:restart('Cisco Tftp', 'TVS') "
                        "settle() wait('1h') step('reset') fleet:reset() settle()",
         "20 of 20 phones lose something; 20 came back after: a reset in step 2");
}

/* One half of the fleet was reset in one step, the other one in the next. */
static void test_several(void **state)
{
    (void)state;
    says(VERSION("8.6") "step('TVS') hq.pub:regenerate('TVS') hq.pub:restart('Cisco Tftp', 'TVS') "
                        "settle() wait('1h') step('some') local some = fleet:first(10) "
                        "some:reset() settle() step('others') fleet:except(some):reset() settle()",
         "20 of 20 phones lose something; 20 came back after: resets");
}

/* A step ends at the very instant when the last phone noticed: what comes then comes behind it, and
 * what brought the loss about at that instant does not. */
static void test_at_that_very_instant(void **state)
{
    (void)state;
    static const char lost[] = VERSION(
        "8.6") "a = fleet:first(10) step('stop') hq.pub:stop('TVS') settle() "
               "hq:set('rollback', false) fleet:press('Directories') settle() step('then') ";
    char text[1000];
    static const struct {
        const char *then, *verdict;
    } cases[] = {
        { "hq.pub:start('TVS') settle() fleet:press('Directories') settle()",
          "20 of 20 phones lose something; 20 came back after: start Cisco Trust Verification "
          "Service on pub in step 2" },
        /* Of two at that instant the last. */
        { "hq.pub:start('TVS') hq:set('rollback', false) settle() fleet:press('Directories') "
          "settle()",
          "20 of 20 phones lose something; 20 came back after: set \"Prepare Cluster "
          "for Rollback to pre 8.0\" to False in step 2" },
        { "fleet:delete_trust_list() hq.pub:start('TVS') settle() fleet:press('Directories') "
          "settle()",
          "20 of 20 phones lose something; 20 came back after: deleted by hand in step 2" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, "%s%s", lost, cases[i].then);
        says(text, cases[i].verdict);
    }
    /* The act that made them lose it, at the instant of the loss. */
    says(VERSION("8.6") "step('x') hq:set('rollback', false) hq.pub:restart('Cisco CallManager') "
                        "settle()",
         "20 of 20 phones lose something; all come back by themselves");
}

/* Nobody did anything behind the loss. */
static void test_by_itself(void **state)
{
    (void)state;
    struct told t;
    tell(&t, VERSION("8.6") "step('restart') hq.pub:restart('Cisco CallManager') settle() "
                            "wait('2h')");
    has(t.report.verdict, "; all come back by themselves");
    told_over(&t);
}

/* A service that is stopped brings nothing back, though it was the last that was done. */
static void test_stopped_behind_it(void **state)
{
    (void)state;
    says(VERSION("8.6") "step('stop') hq.pub:stop('Cisco CallManager') hq.pub:stop('TVS') "
                        "wait('1h') step('restart') hq.pub:start('TVS') settle() "
                        "hq.pub:restart('Cisco CallManager') wait('1s') hq.pub:stop('TVS') "
                        "wait('2h') hq.pub:start('TVS') settle()",
         "20 of 20 phones lose something; 20 came back after: restart Cisco CallManager on pub in "
         "step 2");
}

/* Switched off when it lacked something, and on again: it boots, and has what it lacked. */
static void test_switched_on(void **state)
{
    (void)state;
    static const char lost[] = VERSION("8.6") "step('TVS') hq.pub:regenerate('TVS') "
                                              "hq.pub:restart('Cisco Tftp', 'TVS') settle() "
                                              "wait('1h') step('off') fleet:power('off') settle() ";
    char on[1000];
    says(lost, "20 of 20 phones lose something; 20 come back when switched on");
    snprintf(on, sizeof on, "%sstep('on') fleet:first(5):power('on') settle()", lost);
    says(on, "20 of 20 phones lose something; 15 come back when switched on; 5 came back after: "
             "power on in step 3");
    snprintf(on, sizeof on, "%sstep('on') fleet:power('on') settle()", lost);
    says(on, "20 of 20 phones lose something; 20 came back after: power on in step 3");
}

/* Unplugged it has power again ten seconds later, and nobody waits for it to be switched on. */
static void test_unplugged(void **state)
{
    (void)state;
    says(VERSION("8.6") "step('TVS') hq.pub:regenerate('TVS') hq.pub:restart('Cisco Tftp', 'TVS') "
                        "settle() wait('1h') step('cable') fleet:unplug('5m') settle()",
         "20 of 20 phones lose something; 20 came back after: the phone's cable, or the port of "
         "its switch in step 2");
}

/* Switched off when it lacked something is not back, and boots into the same. */
static void test_switched_off(void **state)
{
    (void)state;
    struct told t;
    tell(&t, VERSION("8.6") LOCKED_OUT "step('evening') fleet:power('off') settle()");
    assert_string_equal(t.report.verdict, "20 of 20 phones lose something; 20 phones that are off "
                                          "will need hands when they boot");
    has(t.text, "it was switched off\n");
    has(t.json, "\"need_hands\":\t20");
    told_over(&t);
    /* The boot fails again: it never was back, whatever was done before. */
    tell(&t, VERSION("8.6") LOCKED_OUT "step('evening') fleet:power('off') settle() "
                                       "step('morning') fleet:power('on') wait('1h')");
    has(t.text, "needs hands         trust list              20");
    has(t.text, "it was switched off\n");
    assert_null(strstr(t.text, "came back after: a reset"));
    told_over(&t);
    tell(&t, VERSION("10.5(2)") LOCKED_OUT "step('evening') fleet:power('off') settle() "
                                           "step('key') hq:itl('reset localkey') settle()");
    assert_string_equal(
        t.report.verdict,
        "20 of 20 phones lose something; 20 come back when switched on; at the next "
        "restart of Cisco Tftp on pub: 20 of 20 phones lose something");
    told_over(&t);
    /* It boots and is back, and stays so whatever is done behind that. */
    tell(&t, VERSION("10.5(2)") LOCKED_OUT "step('evening') fleet:power('off') settle() "
                                           "step('key') hq:itl('reset localkey') settle() "
                                           "step('morning') fleet:power('on') settle() "
                                           "step('noon') hq:set('max_serving', 400) settle()");
    assert_null(strstr(t.text, "switched off"));
    has(t.text, "came back after: power on in step 4\n");
    told_over(&t);
}

/* An empty ITL trusts whoever comes first where there is no full CTL beside it; with one, nobody.
 */
static void test_empty_lists(void **state)
{
    (void)state;
    static const struct {
        const char *version, *mode;
        bool anybody;
    } labs[] = { { "8.6", "", true },
                 { "12.5", "", true },
                 { "12.5", "hq:ctl('mixed-mode') hq.pub:restart('TFTP', 'CallManager') ", false },
                 { "14", "hq:ctl('mixed-mode') hq.pub:restart('TFTP', 'CallManager') ", false } };
    for (size_t i = 0; i < sizeof labs / sizeof *labs; i++) {
        struct told t;
        char text[600];
        snprintf(text, sizeof text,
                 "local hq = cluster { name = 'HQ', version = '%s', nodes = { 'pub' } } %s"
                 "local f = hq:phones { count = 2, model = '8845' } settle() step('prepare') "
                 "hq:set('rollback', true) hq.pub:restart('TFTP', 'TVS') settle() f:reset() "
                 "settle() step('stop') hq.pub:stop('CallManager') settle()",
                 labs[i].version, labs[i].mode);
        tell(&t, text);
        has(t.text, labs[i].anybody ? "(empty: it trusts whoever comes first)\n" : "(empty)\n");
        assert_true((strstr(t.text, "whoever comes first") != NULL) == labs[i].anybody);
        assert_true((strstr(t.text, "    CTL            none\n") != NULL) == labs[i].anybody);
        told_over(&t);
    }
}

/* What is no command stands there as its page or place is called, without what it does not say. */
/* The most common kind stands for all, and who came back in several ways is told so. */
static void test_example(void **state)
{
    (void)state;
    struct told t;
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "hq:phones { count = 1, model = '7962' } "
             "local fleet = hq:phones { count = 9, model = '7965' } settle() " LOCKED_OUT);
    assert_int_equal(t.report.outcome_count, 1);
    assert_int_equal(t.report.outcomes[0].example, 1);
    assert_int_equal(t.report.outcomes[0].alike, 9);
    assert_int_equal(t.report.outcomes[0].phones, 10);
    told_over(&t);
    tell(&t, VERSION("8.6") "step('stop') hq.pub:stop('TVS') settle() fleet:reset() settle() "
                            "step('start') hq.pub:start('TVS') settle() step('again') "
                            "hq.pub:stop('Tomcat') settle() wait('1h') step('mend') "
                            "hq.pub:start('Tomcat') settle() wait('1h')");
    has(t.text, "came back after: start Cisco Tomcat on pub in step 4, the last time\n");
    has(t.json, "\"back_others\":\ttrue");
    told_over(&t);
}

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *does, *after;
    } cases[] = {
        { "hq.pub:link { down = true } fleet:reset() wait('1h') step('mend') hq.pub:link {}",
          "came back after: the network of pub in step 2\n" },
        { "fleet:link { down = true } wait('1h') step('mend') fleet:link {}",
          "came back after: the phone's network in step 2\n" },
        { "fleet:insert { cluster = br } fleet:move { tftp = br.b1 } fleet:reset() settle() "
          "step('back') fleet:move { tftp = hq.pub } fleet:reset()",
          "came back after: DHCP option 150 to HQ/pub in step 2\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char scenario[1024];
        struct told t;
        snprintf(scenario, sizeof scenario,
                 "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
                 "local br = cluster { name = 'BR', version = '8.6', nodes = { 'b1' } } "
                 "local fleet = hq:phones { count = 4, model = '7965' } settle() step('x') "
                 "%s settle()",
                 cases[i].does);
        tell(&t, scenario);
        has(t.text, cases[i].after);
        told_over(&t);
    }
}

/* The story says of each loss what the table says: what is over with the step in which it was lost
 * first, and apart from what is lost still.  A server that is cut off takes nobody. */
static void test_story(void **state)
{
    (void)state;
    struct told t;
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "local fleet = hq:phones { count = 4, model = '7965' } settle() "
             "step('restart') hq.pub:restart('Cisco CallManager') settle() "
             "step('cut') hq.pub:link { down = true } wait('1h')");
    has(t.text, "  It lost registration after \"restart\", for 1 minute.\n"
                "  It has lost registration after \"cut\", at ");
    has(t.text, "      1. CallManager pub: its network is cut off\n");
    has(t.text, "      TFTP server pub: its network is cut off\n");
    told_over(&t);
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "local fleet = hq:phones { count = 4, model = '7965' } settle() "
             "step('restart') hq.pub:restart('Cisco CallManager') settle() "
             "step('again') hq.pub:restart('Cisco CallManager') settle()");
    has(t.text, "  It lost registration after \"restart\", for 2 minutes.\n");
    told_over(&t);
}

/* Whoever takes nobody says why, and whose network is cut off is said of that one. */
static void test_why_nobody_takes_it(void **state)
{
    (void)state;
    struct told t;
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub' } } "
             "pool { name = 'S', group = { 'sub' } } hq:set('register_outside_group', false) "
             "knob('register_at_tftp_valid', true) "
             "local fleet = hq:phones { count = 2, model = '7965', pool = 'S' } settle() "
             "step('stop') hq.sub:stop('Cisco CallManager') wait('20m')");
    has(t.text,
        "  It could not register. As things are now:\n"
        "      1. CallManager sub: the service does not run\n"
        "      2. CallManager pub: takes nobody whose CallManager group does not name it\n");
    told_over(&t);
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "local fleet = hq:phones { count = 2, model = '7965' } settle() "
             "step('cut') fleet:link { loss = 1 } wait('20m')");
    has(t.text, "      1. CallManager pub: the phone's own network is cut off\n");
    has(t.text, "      TFTP server pub: the phone's own network is cut off\n");
    told_over(&t);
    tell(&t, "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub' } } "
             "local fleet = hq:phones { count = 2, model = '7965' } settle() "
             "step('off') hq.pub:shut_down() wait('20m')");
    has(t.text, "      1. CallManager pub: the node is shut down\n");
    has(t.text, "      TFTP server pub: the node is shut down\n");
    told_over(&t);
}

static void test_rejections(void **state)
{
    (void)state;
    static const char *const words[REJECT_REASONS] = {
        "rejected by server 2: taken",
        "rejected by server 2: unknown device",
        "rejected by server 2: LSC not trusted",
        "rejected by server 2: security mode",
        "rejected by server 2: not in its CallManager group",
        "rejected by server 2: certificate not within its time",
        "rejected by server 2: for a reason of its own",
    };
    for (uint32_t why = 0; why < REJECT_REASONS; why++) {
        char text[256];
        tracefile_note(NULL, 0, NOTE_REJECTED, why, 1, 0, text);
        assert_string_equal(text, words[why]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hands),
        cmocka_unit_test(test_hands_half_way),
        cmocka_unit_test(test_recovery_key),
        cmocka_unit_test(test_service_started),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_at_that_very_instant),
        cmocka_unit_test(test_by_itself),
        cmocka_unit_test(test_stopped_behind_it),
        cmocka_unit_test(test_switched_on),
        cmocka_unit_test(test_unplugged),
        cmocka_unit_test(test_switched_off),
        cmocka_unit_test(test_example),
        cmocka_unit_test(test_empty_lists),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_story),
        cmocka_unit_test(test_why_nobody_takes_it),
        cmocka_unit_test(test_rejections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
