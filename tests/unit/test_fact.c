/* Facts: the tables of them, and the one reader of their values. */
#include "nodes/params.h"
#include "phones/knobs.h"
#include "sim/core/costs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const struct fact *table;
    uint32_t count;
} tables[] = { { knob_table, KNOBS }, { param_table, PARAMS }, { cost_table, COSTS } };

#define TABLES (sizeof tables / sizeof tables[0])

/* Every row is whole, and its default is a value that may be set. */
static void rows(void **state)
{
    (void)state;
    for (size_t t = 0; t < TABLES; t++) {
        for (uint32_t i = 0; i < tables[t].count; i++) {
            const struct fact *f = &tables[t].table[i];
            struct err e = { "" };
            assert_non_null(f->name);
            assert_true(f->doc != NULL && f->doc[0] != '\0');
            assert_true(fact_check(f, f->initial, &e));
            assert_true(f->unit != UNIT_SWITCH || (f->min == 0 && f->max == 1));
            assert_int_equal((f->bears_on & ~BEARS_ALL), 0);
            size_t n = strlen(f->name); /* a name says its unit, where it has one */
            assert_int_equal(f->unit == UNIT_US, n > 3 && strcmp(f->name + n - 3, "_us") == 0);
            for (size_t u = 0; u < TABLES; u++) { /* no name twice: one page and one report */
                uint32_t found;
                if (fact_find(tables[u].table, tables[u].count, f->name, &found))
                    assert_ptr_equal(&tables[u].table[found], f);
            }
        }
    }
}

/* Which losses each bears on, as a second table has it: r registration, f files, s services, t
 * files and services, n 802.1X and VPN, a all, l the trust list alone, - none. */
static void what_each_bears_on(void **state)
{
    static const char knobs[] =
        "boot_min_us a, boot_max_us a, fetch_timeout_us f, tvs_timeout_us t, register_timeout_us "
        "r, https_timeout_us s, keepalive_us r, keepalive_sccp_us -, keepalive_sccp_missed r, "
        "failback_us r, retry_us r, retry_max_us r, "
        "next_tvs_on_unknown t, ccm_in_itl r, ctl_by_ctl_alone -, register_at_tftp r, "
        "register_at_tftp_valid r, "
        "asks_ctl_file t, "
        "register_too_large -, dates_of_signers f, dates_of_tvs t, dates_of_https s, "
        "dates_of_callmanager -, capf_timeout_us -, capf_retry_us -, dot1x_closed -, vpn_only -, "
        "restart_asks_lists -, ";
    static const char params[] =
        "rollback -, phone_interaction -, sha512 -, signer_version_1_1 -, max_serving f, tvs_ttl_s "
        "t, tvs_db_on_restart t, tvs_ctl_cache t, replication_us t, service_start_us a, "
        "node_boot_us a, "
        "accept_capf_trust_lsc r, https_services -, ccm_role_by_mode l, ctl_served_at_once rf, "
        "localkey_renews_sast f, localkey_each_node f, localkey_from_disk f, capf_trust_keeps_old "
        "r, capf_trust_stays_local r, tls_min -, one_per_name t, newer_start_wins t, "
        "deletes_on_one_node t, "
        "modulus_code_3072 -, "
        "register_outside_group r, directory_host -, rename_renews_itlrecovery f, cscTn50405 -, "
        "cscTo60209 -, refresh_upgrade_us a, fn70613 -, itlrecovery_1024 -, itlrecovery_years -, "
        "tls_certificate_years -, proxy_asks_common f, sast_trust_signs_files f, "
        "remote_timeout_us f, lsc_days -, "
        "cert_notify_days -, "
        "cert_notify_every_days -, dates_of_phones r, dates_of_capf r, gates_take_mic n, "
        "tvs_vouches_expired t, "
        "auto_registration -, auto_registration_first -, auto_registration_last -, "
        "itl_all_tftp l, groups_lose_nodes r, "
        "ctl_non_secure f, export_controlled -, bulk_itlrecovery t, "
        "bulk_capf_to_capf_trust r, cscUy43181 -, accept_callmanager_trust_lsc r, "
        "ctl_holds_sast_trust f, third_party_keys -, server_names -, reuse_follows_tomcat rf, ";
    static const char costs[] =
        "sign_us f, handshake_us a, answer_us a, processors a, tftp_retry_us f, tcp_retry_us a, "
        "tcp_retry_max_us -, tftp_tries f, tcp_tries a, "
        "http_silence_us -, link_delay_us a, link_jitter_us a, reset_rate a, failback_rate r, ";
    static const char *const right[] = { knobs, params, costs };
    const uint32_t r = FSM_BIT(FUNCTION_REGISTRATION), l = FSM_BIT(FUNCTION_TRUST_LIST),
                   f = l | FSM_BIT(FUNCTION_CONFIGURATION) | FSM_BIT(FUNCTION_COMMON_FILES),
                   v = FSM_BIT(FUNCTION_SECURE_SERVICES),
                   w = FSM_BIT(FUNCTION_DOT1X) | FSM_BIT(FUNCTION_VPN);
    const struct {
        uint32_t bears_on;
        const char *letters;
    } words[] = { { r, "r" }, { f, "f" }, { v, "s" },      { f | v, "t" }, { r | f | v | w, "a" },
                  { w, "n" }, { l, "l" }, { r | f, "rf" }, { 0, "-" } };
    (void)state;
    for (size_t t = 0; t < TABLES; t++) {
        char text[2000] = "";
        for (uint32_t i = 0; i < tables[t].count; i++) {
            const struct fact *row = &tables[t].table[i];
            const char *letters = "?";
            for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
                if (words[k].bears_on == row->bears_on)
                    letters = words[k].letters;
            }
            size_t n = strlen(text);
            snprintf(text + n, sizeof text - n, "%s %s, ", row->name, letters);
        }
        assert_string_equal(text, right[t]);
    }
}

static void found(void **state)
{
    (void)state;
    uint32_t i;
    assert_true(fact_find(param_table, PARAMS, "Maximum Serving Count", &i));
    assert_int_equal(i, PARAM_MAX_SERVING);
    assert_true(fact_find(cost_table, COSTS, "reset_rate", &i));
    assert_int_equal(i, COST_RESET_RATE);
    assert_false(fact_find(knob_table, KNOBS, "", &i));
    assert_false(fact_find(knob_table, KNOBS, "reset_rate", &i));
    for (uint32_t k = 0; k < KNOBS; k++) {
        enum knob knob = KNOBS;
        assert_true(knob_find(knob_table[k].name, &knob));
        assert_int_equal(knob, k);
        assert_false(knob_find("", &knob));
        assert_int_equal(knob, k); /* left as it was */
    }
    for (uint32_t k = 0; k < PARAMS; k++) {
        enum param param = PARAMS;
        assert_true(param_find(param_table[k].title, &param));
        assert_int_equal(param, k);
        assert_false(param_find("", &param));
        assert_int_equal(param, k);
    }
}

static const struct fact count_of = { .name = "n", .min = 2, .max = 9, .unit = UNIT_COUNT };
static const struct fact switch_of = { .name = "on", .max = 1, .unit = UNIT_SWITCH };
static const struct fact time_of = { .name = "t", .max = 100000000, .unit = UNIT_US };
static const struct fact seconds_of = { .name = "s", .max = 100000, .unit = UNIT_S };
static const struct fact rate_of = { .name = "r", .max = UINT64_MAX, .unit = UNIT_PER_SECOND };

static const struct fact tls_of = { .name = "tls", .max = 3, .unit = UNIT_TLS };

static void read_values(void **state)
{
    (void)state;
    static const struct {
        const struct fact *fact;
        const char *text;
        uint64_t value;
        const char *error; /* NULL: none */
    } cases[] = {
        { &count_of, "7", 7, NULL },
        { &count_of, "1", 0, "n is at least 2" },
        { &count_of, "10", 0, "n is at most 9" },
        { &count_of, "7s", 0, "the value of n is a whole number, not 7s" },
        { &count_of, "", 0, "the value of n is a whole number, not " },
        { &count_of, "true", 0, "the value of n is a whole number, not true" },
        { &switch_of, "true", 1, NULL },
        { &switch_of, "false", 0, NULL },
        { &switch_of, "1", 1, NULL },
        { &switch_of, "2", 0, "on is at most 1" },
        { &switch_of, "yes", 0, "the value of on is true or false, not yes" },
        { &tls_of, "1.2", 2, NULL },
        { &tls_of, "3", 3, NULL },
        { &tls_of, "1.4", 0, "tls is at most 3" },
        { &tls_of, "2.0", 0, "the value of tls is a version of TLS (\"1.2\", or 2), not 2.0" },
        { &tls_of, "1.", 0, "the value of tls is a version of TLS (\"1.2\", or 2), not 1." },
        { &time_of, "1500", 1500, NULL },
        { &time_of, "1m30s", 90000000, NULL },
        { &time_of, "0.5s", 500000, NULL },
        { &time_of, "2m", 0, "t is at most 100000000" },
        { &time_of, "false", 0, "the value of t is a time (\"10s\", or microseconds), not false" },
        { &seconds_of, "90", 90, NULL },
        { &seconds_of, "2h", 7200, NULL },
        { &seconds_of, "1500ms", 0,
          "the value of s is a time in whole seconds (\"2h\", or seconds), not 1500ms" },
        { &rate_of, "18446744073709551615", UINT64_MAX, NULL },
        { &rate_of, "18446744073709551616", 0,
          "the value of r is a whole number, not 18446744073709551616" },
        { &rate_of, "-1", 0, "the value of r is a whole number, not -1" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = { "" };
        uint64_t value = 0;
        bool good = fact_parse(cases[i].fact, cases[i].text, &value, &e);
        assert_string_equal(e.text, cases[i].error == NULL ? "" : cases[i].error);
        assert_int_equal(good, cases[i].error == NULL);
        if (good)
            assert_int_equal(value, cases[i].value);
    }
}

static void print_values(void **state)
{
    static const char *const sure[] = { "documented", "observed", "inferred", "assumed" };
    (void)state;
    for (int i = 0; i <= ASSUMED; i++)
        assert_string_equal(sureness_name((enum sureness)i), sure[i]);
    char out[FACT_TEXT];
    assert_string_equal(fact_print(&count_of, 7, out), "7");
    assert_string_equal(fact_print(&switch_of, 1, out), "1");
    assert_string_equal(fact_print(&tls_of, 2, out), "1.2");
    assert_string_equal(fact_print(&time_of, 60000000, out), "60 s");
    assert_string_equal(fact_print(&time_of, 1500000, out), "1500 ms");
    assert_string_equal(fact_print(&time_of, 300, out), "300 us");
    assert_string_equal(fact_print(&time_of, 1000, out), "1 ms");
    assert_string_equal(fact_print(&time_of, 1000001, out), "1000001 us");
    assert_string_equal(fact_print(&seconds_of, 60000000, out), "60000000 s");
    assert_string_equal(fact_print(&count_of, 60000000, out), "60000000");
    assert_string_equal(fact_print(&time_of, 0, out), "0 s");
    assert_string_equal(fact_print(&seconds_of, 5, out), "5 s");
    assert_string_equal(fact_print(&rate_of, 200, out), "200 a second");
}

/* What the page prints can be written into a scenario. */
static void times_there_and_back(void **state)
{
    (void)state;
    static const struct {
        uint64_t us;
        const char *text;
    } rows_of[] = { { 0, "0s" },
                    { 1, "1us" },
                    { 1500, "1500us" },
                    { 200000, "200ms" },
                    { 45000000, "45s" },
                    { 90000000, "90s" },
                    { 600000000, "10m" },
                    { 7200000000, "2h" },
                    { 259200000000, "3d" },
                    { 3000, "3ms" },
                    { 60000000, "1m" },
                    { 61000000, "61s" },
                    { 86400000000, "1d" },
                    { 86400000001, "86400000001us" },
                    { 1234567890123, "1234567890123us" },
                    { TIME_MAX_US - 1, "3162239999999999us" },
                    { TIME_MAX_US, "36600d" } };
    for (size_t i = 0; i < sizeof rows_of / sizeof rows_of[0]; i++) {
        char out[FACT_TEXT];
        uint64_t us;
        assert_string_equal(time_print(rows_of[i].us, out), rows_of[i].text);
        assert_true(time_parse(out, &us));
        assert_int_equal(us, rows_of[i].us);
    }
}

/* Every unit, and the last that is a time. */
static void times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t us;
    } good[] = { { "7us", 7 },
                 { "7ms", 7000 },
                 { "7s", 7000000 },
                 { "7m", 420000000 },
                 { "7h", 25200000000 },
                 { "7d", 604800000000 },
                 { "0.000001s", 1 },
                 { "1.25d", 108000000000 },
                 { "1.5us", 1 },
                 { "0.123456d", 10666598400 },
                 { "3162240000000000us", TIME_MAX_US },
                 { "000000000000000001us", 1 },
                 { "1h1h", 7200000000 },
                 { "2s3ms4us", 2003004 },
                 { "36600d", TIME_MAX_US },
                 { "36599d24h", TIME_MAX_US } };
    static const char *const bad[] = {
        "",
        "s",
        "1",
        "1.s",
        "1.1234567s",
        ".5s",
        "1 s",
        "1S",
        "1x",
        "1mss",
        "1sx",
        "-1s",
        "3162240000000001us",
        "36601d",
        "1s ",
        "1s1",
        "1e3s",
        "1..5s",
        "36600d1us",
        "36599d25h",
        "878400h1us",
        "36600.5d",
        "0000000000000000001us",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t us;
        assert_true(time_parse(good[i].text, &us));
        assert_int_equal(us, good[i].us);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t us;
        if (time_parse(bad[i], &us))
            fail_msg("a time: \"%s\"", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),         cmocka_unit_test(what_each_bears_on),
        cmocka_unit_test(found),        cmocka_unit_test(read_values),
        cmocka_unit_test(print_values), cmocka_unit_test(times_there_and_back),
        cmocka_unit_test(times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
