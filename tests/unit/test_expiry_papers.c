/* Certificates and clocks in the language of scenarios and in the report: days of installation and
 * of LSCs, wrong clocks, what expires, what the result rests on, when a loss began. */
#include "tests/unit/run_script.h"

#include "sim/base/sys.h"

#include <cjson/cJSON.h>

#define DATED "start('2031-01-01 06:00', '+01:00') "
#define HQ    "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub' }, "

static void days(void **state)
{
    (void)state;
    expect_output(DATED HQ "installed = '2026-01-06 06:00' } "
                           "local f = hq:phones { count = 2, model = '8845' } settle() "
                           "step('a') wait('5d') print(f:count { lost = 'secure services' }) "
                           "step('b') print(f:count { lost = 'secure services' }, "
                           "f:count { registered = true })",
                  "2\n2\t2\n");
    static const struct {
        const char *text, *said;
    } bad[] = {
        { DATED HQ "installed = '2031-01-01 06:01' }",
          "cluster: installed: 2031-01-01 06:01 is still to come" },
        { DATED HQ "installed = 'in May' }", "cluster: installed: a date is written" },
        { DATED HQ "installed = 5 }", "cluster: installed is a text, not 5" },
        { DATED HQ "} hq:phones { count = 1, model = '8845', lsc = '2040-01-01 00:00' }",
          "phones: lsc: 2040-01-01 00:00 is still to come" },
        { DATED HQ "} hq:phones { count = 1, model = '8845', lsc = 5 }", "phones: lsc is " },
        { DATED HQ "} hq.pub:clock { ahead = '1d', behind = '1d' }",
          "clock: HQ: a clock is ahead or behind, not both" },
        { DATED HQ "} hq.pub:clock { late = '1d' }", "clock: no field \"late\"" },
        { DATED HQ "} hq.pub:clock { ahead = 'soon' }", "clock: ahead is a time" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_error(bad[i].text, 1, bad[i].said);
    /* A day a minute earlier is over. */
    expect_output(DATED HQ "installed = '2031-01-01 06:00' } print(hq.name)", "HQ\n");
}

static void clocks(void **state)
{
    (void)state;
    expect_output(HQ "} local f = hq:phones { count = 4, model = '8845' } settle() "
                     "f:first(3):clock { behind = '10d' } step('a') "
                     "print(f:count { lost = 'secure services' }) f:first(2):clock {} "
                     "print(f:count { lost = 'secure services' }) f:clock { ahead = '90m' } "
                     "print(f:count { lost = 'secure services' })",
                  "3\n1\n0\n");
}

/* ---- the report ---- */

struct paper {
    struct run run;
    struct report report;
};

static char *text_of(struct paper *p, const char *scenario,
                     void (*put)(FILE *, const struct report *))
{
    char *text;
    size_t n;
    memset(p, 0, sizeof *p);
    put_file(p->run.path, scenario, strlen(scenario));
    struct session_options o = options_for(&p->run, p->run.path, 1);
    run_file(&p->run, &o);
    assert_string_equal(p->run.e.text, "");
    session_report(p->run.session, 0, 0, &p->report);
    FILE *out = open_memstream(&text, &n);
    put(out, &p->report);
    fclose(out);
    return text;
}

static void end_paper(struct paper *p, char *text)
{
    free(text);
    report_free(&p->report);
    done(&p->run);
}

static void says(const char *text, const char *line)
{
    if (strstr(text, line) == NULL)
        fail_msg("not said: %s\nin: %s", line, text);
}

static void is_silent(const char *text, const char *line)
{
    if (strstr(text, line) != NULL)
        fail_msg("said: %s", line);
}

static const char over[] =
    DATED HQ "installed = '2026-01-06 06:00' } "
             "local f = hq:phones { count = 3, model = '8845', lsc = '2026-02-01 06:00' } "
             "hq:phones { count = 1200, model = '7940', lsc = true } settle() "
             "hq.pub:regenerate('tomcat') hq.pub:restart('Cisco Tomcat') "
             "hq.sub:upload('tomcat-trust', hq.pub:certificate('TVS')) settle() "
             "step('time') wait('20d') step('after')";

static void what_expires(void **state)
{
    (void)state;
    struct paper p;
    char *text = text_of(&p, over, report_print);
    says(text,
         "Certificates that expire, up to a year after the end of this run:\n"
         "  2031-01-05 06:00:00  LSC of 1,200 phones: has expired\n"
         "  2031-01-05 06:00:00  pub in tomcat-trust of every node: has expired\n"
         "  2031-01-05 06:00:00  CAPF, CallManager, CallManager-ECDSA, TVS, ipsec, tomcat-ECDSA of "
         "pub, sub: has expired\n"
         "  2031-01-05 06:00:00  tomcat of sub: has expired\n"
         "  2031-01-31 06:00:00  LSC of 3 phones: in 9 days\n\n");
    /* The pages stopped on the day, not when the step began; what dates rest on is named. */
    says(text, "It has lost secure services after \"time\", at 2031-01-05 06:00:01");
    says(text, "(dates_of_tvs)");
    says(text, "(dates_of_https)");
    says(text, "(tvs_vouches_expired)");
    says(text, "by the phone's clock that certificate has expired, on 2031-01-05T06:00:00+01:00");
    end_paper(&p, text);
}

static void what_expires_in_json(void **state)
{
    (void)state;
    struct paper p;
    char *text = text_of(&p, over, report_json);
    cJSON *root = cJSON_Parse(text);
    cJSON *list = cJSON_GetObjectItem(root, "certificates_that_expire");
    static const char *const want[] = {
        "{\"cluster\":\"HQ\",\"certificate\":\"LSC\",\"phones\":1200,"
        "\"expires\":\"2031-01-05T06:00:00+01:00\",\"expired\":true}",
        "{\"cluster\":\"HQ\",\"certificate\":\"pub in tomcat-trust\",\"nodes\":\"every node\","
        "\"expires\":\"2031-01-05T06:00:00+01:00\",\"expired\":true}",
        "{\"cluster\":\"HQ\",\"certificate\":\"CAPF\",\"nodes\":\"pub, sub\","
        "\"expires\":\"2031-01-05T06:00:00+01:00\",\"expired\":true}",
    };
    assert_int_equal(cJSON_GetArraySize(list), 10);
    for (int i = 0; i < 3; i++) {
        char *one = cJSON_PrintUnformatted(cJSON_GetArrayItem(list, i));
        assert_string_equal(one, want[i]);
        cJSON_free(one);
    }
    cJSON *last = cJSON_GetArrayItem(list, 9);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(last, "expired")));
    cJSON_Delete(root);
    end_paper(&p, text);
}

/* Nothing of it where nothing expires within a year: no list, no knob of dates. */
static void nothing_expires(void **state)
{
    (void)state;
    struct paper p;
    const char *quiet = HQ "} local f = hq:phones { count = 3, model = '8845' } settle() "
                           "step('stop') hq.pub:stop('Cisco Trust Verification Service') "
                           "hq.sub:stop('Cisco Trust Verification Service') settle()";
    char *text = text_of(&p, quiet, report_print);
    says(text, "This result rests on what is assumed:");
    is_silent(text, "expire");
    is_silent(text, "dates_of");
    end_paper(&p, text);
    text = text_of(&p, quiet, report_json);
    is_silent(text, "certificates_that_expire");
    end_paper(&p, text);
}

/* Why CallManager takes no phone, in the story and in the way back. */
static void lsc_in_words(void **state)
{
    (void)state;
    struct paper p;
    char *text = text_of(&p,
                         DATED HQ "} hq:ctl('mixed-mode') local f = hq:phones { count = 2, model = "
                                  "'8845', security = 'encrypted', lsc = '2026-01-10 06:00' } "
                                  "settle() step('time') wait('20d') hq:reset() settle()",
                         report_print);
    says(text, "and refuses its LSC or MIC: not within its time");
    says(text, "Have CAPF of HQ install the LSC anew");
    says(text, "(dates_of_phones)");
    end_paper(&p, text);
}

/* CAPF does not know the LSCs of the CAPF before: nobody loses anything, and nothing was done. */
static void operations_in_words(void **state)
{
    (void)state;
    struct paper p;
    const char *failed =
        HQ "} local f = hq:phones { count = 3, model = '8845', lsc = true } settle() "
           "step('CAPF') hq.pub:regenerate('CAPF') "
           "hq.pub:restart('Cisco Certificate Authority Proxy Function') settle() "
           "step('LSC') f:install_lsc { by = 'By Existing Certificate (Precedence to LSC)' } "
           "f:first(2):reset() settle()";
    char *text = text_of(&p, failed, report_print);
    says(text, "VERDICT: no phone loses anything\n");
    says(text, "Certificate Operation Status (CAPF), on the pages of phones:\n"
               "  Operation Pending: 1 phone; it is SEP001121000002\n"
               "  Upgrade Failed: 2 phones; one of them is SEP001121000000\n\n");
    end_paper(&p, text);
    text = text_of(&p, failed, report_json);
    cJSON *root = cJSON_Parse(text);
    char *list = cJSON_PrintUnformatted(cJSON_GetObjectItem(root, "certificate_operations"));
    assert_string_equal(list, "[{\"cluster\":\"HQ\",\"status\":\"Operation Pending\","
                              "\"phones\":1,\"example\":\"SEP001121000002\"},"
                              "{\"cluster\":\"HQ\",\"status\":\"Upgrade Failed\","
                              "\"phones\":2,\"example\":\"SEP001121000000\"}]");
    cJSON_free(list);
    cJSON_Delete(root);
    end_paper(&p, text);
}

/* A day, not "1 days"; what ends today ends within a day. */
static void days_left(void **state)
{
    (void)state;
    struct paper p;
    char *text = text_of(&p,
                         DATED HQ "installed = '2026-01-03 08:00' } settle() "
                                  "hq:phones { count = 1, model = '8845', lsc = "
                                  "'2026-01-02 20:00' } settle()",
                         report_print);
    says(text, "LSC of 1 phone: within a day\n");
    says(text, " of pub, sub: in 1 day\n");
    end_paper(&p, text);
}

/* What brings back who has a wrong clock: setting it, the phone's or that of the node. */
static void clocks_set_right(void **state)
{
    (void)state;
    struct paper p;
    char *text = text_of(&p,
                         DATED HQ "} local f = hq:phones { count = 4, model = '8845' } settle() "
                                  "step('clocks') f:first(3):clock { behind = '3650d' } settle()",
                         report_print);
    says(text, "3 come back after an act on the cluster");
    says(text, "Set the phone's clock right (NTP reference).");
    says(text, "Its clock is 3650d behind: 2021-01-03T");
    says(text, "that certificate is not valid yet, it begins on 2031-01-01T05:00:00+01:00");
    end_paper(&p, text);
    text = text_of(&p,
                   DATED HQ "} local f = hq:phones { count = 4, model = '8845' } settle() "
                            "step('clock') hq.pub:clock { ahead = '3650d' } f:reset() settle()",
                   report_print);
    says(text, "Set the clock of pub (NTP), then reset the phone.");
    says(text, "Its clock is 3650d ahead: 2040-12-29T");
    end_paper(&p, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),
        cmocka_unit_test(clocks),
        cmocka_unit_test(what_expires),
        cmocka_unit_test(what_expires_in_json),
        cmocka_unit_test(nothing_expires),
        cmocka_unit_test(lsc_in_words),
        cmocka_unit_test(operations_in_words),
        cmocka_unit_test(days_left),
        cmocka_unit_test(clocks_set_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
