/* What documents disagree about: one scenario for each parameter, whose outcome differs with its
 * value, and a report that names the parameter where the result rests on it, and nowhere else. */
#include "run_script.h"

#include "sim/report/report.h"

static struct run ran;
static char *json;

static void tell(const char *text, const char *name, uint64_t value)
{
    char scenario[1500];
    struct report report;
    size_t n;
    snprintf(scenario, sizeof scenario, text, name, (unsigned)value);
    memset(&ran, 0, sizeof ran);
    run(&ran, scenario);
    assert_string_equal(ran.e.text, "");
    session_report(ran.session, 0, 0, &report);
    report.in.scenario = "s.lua";
    FILE *out = open_memstream(&json, &n);
    report_json(out, &report);
    fclose(out);
    report_free(&report);
}

static void told_over(void)
{
    free(json);
    done(&ran);
}

static bool named(const char *name)
{
    char member[80];
    snprintf(member, sizeof member, "\"%s\"", name);
    const char *assumed = strstr(json, "\"assumed\"");
    assert_non_null(assumed);
    return strstr(assumed, member) != NULL;
}

/* Phones that lack this now. */
static uint32_t lack(enum phone_function f)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < ran.lab->state.phone_count; i++)
        n += (ran.lab->state.phones[i].lost & FSM_BIT(f)) != 0;
    return n;
}

#define TWO(version)                                                                               \
    "local hq = cluster { name = 'HQ', version = '" version "', nodes = { 'pub', 'sub' } } "       \
    "hq:set('%s', %u) "

#define SECURE(version)                                                                            \
    TWO(version)                                                                                   \
    "local fleet = hq:phones { count = 5, model = '8845', security = 'encrypted', lsc = true } "   \
    "settle() hq:ctl('mixed-mode') "

#define RESTART(service) "for _, n in ipairs(hq.nodes) do n:restart(" service ") end settle() "

static const struct {
    const char *name, *scenario;
    enum phone_function lost;
    uint32_t phones[2]; /* by value */
} readings[] = {
    /* Configuration and CallManager follow the mode at once. */
    { "ctl_served_at_once",
      SECURE("12.5") "fleet:reset() settle()",
      FUNCTION_REGISTRATION,
      { 5, 0 } },
    /* Phones of the subscriber's TFTP: its ITL names its own CallManager. */
    { "localkey_each_node",
      TWO("12.5") "local fleet = hq:phones { count = 5, model = '8845' } fleet:power('off') "
                  "fleet:move { tftp = hq.sub } fleet:power('on') settle() "
                  "hq.pub:regenerate('ITLRecovery') for _, n in ipairs(hq.nodes) do "
                  "n:regenerate('TVS') n:restart('TVS') end settle() "
                  "hq:itl('reset localkey') fleet:reset() settle()",
      FUNCTION_TRUST_LIST,
      { 5, 0 } },
    /* Nobody but the list that localkey made knows the new ITLRecovery. */
    { "localkey_renews_sast",
      TWO("12.5") "local fleet = hq:phones { count = 5, model = '8845' } settle() "
                  "hq.pub:regenerate('ITLRecovery') for _, n in ipairs(hq.nodes) do "
                  "n:regenerate('TVS') n:restart('TVS') end settle() "
                  "hq:itl('reset localkey') fleet:reset() settle() " RESTART(
                      "'TFTP'") "fleet:reset() settle()",
      FUNCTION_TRUST_LIST,
      { 5, 0 } },
    /* Nobody but TVS knows the CallManager of the disk, and TVS is down. */
    { "localkey_from_disk",
      TWO("12.5") "local fleet = hq:phones { count = 5, model = '8845' } settle() "
                  "hq.pub:regenerate('CallManager') hq.pub:stop('TVS') hq.sub:stop('TVS') "
                  "hq:itl('reset localkey') fleet:reset() settle()",
      FUNCTION_TRUST_LIST,
      { 0, 5 } },
    /* LSCs of the CAPF before. */
    { "capf_trust_keeps_old",
      SECURE("12.5") RESTART("'TFTP', 'Cisco CallManager'") "fleet:reset() settle() "
                                                            "hq.pub:regenerate('CAPF') "
                                                            "hq:ctl('update') " RESTART(
                                                                "'TFTP'") "fleet:reset() settle()",
      FUNCTION_REGISTRATION,
      { 5, 0 } },
};

static void each_value_has_its_outcome(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        for (uint64_t value = 0; value < 2; value++) {
            tell(readings[i].scenario, readings[i].name, value);
            if (lack(readings[i].lost) != readings[i].phones[value])
                fail_msg("%s = %u: %u phones", readings[i].name, (unsigned)value,
                         lack(readings[i].lost));
            if (readings[i].phones[value] > 0)
                assert_true(named(readings[i].name));
            told_over();
        }
    }
}

/* A loss behind which no such act was done, nor would be. */
static void named_where_it_bears(void **state)
{
    (void)state;
    tell(TWO("8.6") "local fleet = hq:phones { count = 5, model = '7965' } settle() "
                    "for _, n in ipairs(hq.nodes) do n:regenerate('CallManager', 'TVS') "
                    "n:restart('TFTP', 'TVS') end settle() fleet:reset() settle()",
         "tvs_ttl_s", 86400);
    assert_int_equal(lack(FUNCTION_TRUST_LIST), 5);
    assert_true(named("tvs_db_on_restart"));
    static const char *const others[] = { "ccm_role_by_mode", "ctl_served_at_once",
                                          "localkey_renews_sast", "localkey_each_node",
                                          "capf_trust_keeps_old" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(named(others[i]));
    told_over();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_has_its_outcome),
        cmocka_unit_test(named_where_it_bears),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
