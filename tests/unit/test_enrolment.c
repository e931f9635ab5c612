/* What a phone's page orders of CAPF, what the row in the database is then, and what CAPF says to
 * the phone, message by message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "nodes/capf.h"
#include "nodes/certs.h"
#include "nodes/config.h"
#include "sim/core/mic.h"
#include "sim/wire/capf.h"
#include "tests/unit/nodes_fixture.h"

enum { PHONE, OTHER, STRANGER };
enum { NULL_STRING, STRING, LSC_FIRST, MIC_FIRST }; /* words of ARG_CAPF_MODE */

#define DAY_S  86400
#define DAY_US (DAY_S * SECOND_US)

static void set_up(void)
{
    struct device_class row = { .security_mode = CNF_NON_SECURE };
    uint16_t index;
    make("12.5", 2);
    run_out(0);
    assert_true(config_class(&cl, &row, &index, NULL));
    for (uint32_t i = PHONE; i <= OTHER; i++)
        config_set_class(&cl, i, index, 2);
}

static void order(enum act_kind kind, uint64_t mode, const char *string, uint64_t days)
{
    struct act act = { .kind = (uint8_t)kind,
                       .arg = { 0, days, string == NULL ? 0 : content_str(&content, string),
                                mode } };
    struct err e = { "" };
    if (!cluster_can(&cl, &act, 0, &e))
        fail_msg("%s", e.text);
    assert_true(acts_order(&cl, PHONE, &act, 0, &e));
}

/* "Operation Pending 2048 By Null String 10d": the row of PHONE; and OTHER's is as it was. */
static void row_is(const char *want, uint32_t lsc)
{
    char text[200];
    const struct device_class *k = config_class_of(&cl, PHONE);
    long long days = k->capf.until_s == 0 ? 0 : (long long)(k->capf.until_s - START_S) / DAY_S;
    snprintf(text, sizeof text, "%s %u %s%s%s %lldd", capf_status_name(k->capf.status),
             k->capf.bits, capf_mode_name(k->capf.by), k->capf.string == 0 ? "" : " ",
             content_get_str(&content, k->capf.string), days);
    assert_string_equal(text, want);
    assert_int_equal(k->lsc, lsc);
    const struct device_class *other = config_class_of(&cl, OTHER);
    assert_int_equal(other->capf.status, CAPF_STATUS_NONE);
    assert_int_equal(other->lsc, 0);
}

static void says(struct capf_answer is, enum capf_says says, uint32_t with)
{
    assert_int_equal(is.says, says);
    assert_int_equal(is.with, with);
}

static struct capf_answer comes(uint32_t shown, const char *string, uint64_t now_us)
{
    uint32_t text = string == NULL ? 0 : content_str(&content, string);
    return capf_auth(&cl, 0, PHONE, shown, text, now_us);
}

static void install(void **state)
{
    (void)state;
    set_up();
    order(DO_INSTALL_LSC, NULL_STRING, NULL, 0);
    row_is("Operation Pending 2048 By Null String 10d", 0);
    says(comes(CONTENT_NOBODY, NULL, SECOND_US), CAPF_SAYS_KEY, 2048);
    struct capf_answer stored = capf_key(&cl, 0, PHONE, SECOND_US);
    assert_int_equal(stored.says, CAPF_SAYS_STORE);
    /* From its CAPF, from that day on, for 1825 days (documented). */
    const struct ct_cert *lsc = content_get_cert(&content, stored.with);
    int64_t day_s = START_S - START_S % DAY_S;
    assert_int_equal(lsc->issuer_cert, own_of(0, OWN_CAPF));
    assert_int_equal(lsc->not_before_s, day_s - CERT_EARLY_S);
    assert_int_equal(lsc->not_after_s, day_s + 1825ll * DAY_S);
    row_is("Operation Pending 2048 By Null String 10d", 0);
    says(capf_done(&cl, 0, PHONE, stored.with), CAPF_SAYS_END, CAPF_UPDATE_CERT);
    row_is("Upgrade Success 0  0d", stored.with);
    /* Nothing more is to be done, and nobody else is known. */
    says(comes(CONTENT_NOBODY, NULL, SECOND_US), CAPF_SAYS_END, CAPF_NO_ACTION);
    says(capf_auth(&cl, 0, STRANGER, CONTENT_MIC, 0, SECOND_US), CAPF_SAYS_END,
         CAPF_UNKNOWN_DEVICE);
    row_is("Upgrade Success 0  0d", stored.with);
    order(DO_DELETE_LSC, MIC_FIRST, NULL, 3);
    row_is("Operation Pending 2048 By Existing Certificate (Precedence to MIC) 3d", stored.with);
    says(comes(CONTENT_MIC, NULL, SECOND_US), CAPF_SAYS_DELETE, 2048);
    says(capf_done(&cl, 0, PHONE, 0), CAPF_SAYS_END, CAPF_UPDATE_CERT);
    row_is("Delete Success 0  0d", 0);
    unmake();
}

static void strings(void **state)
{
    (void)state;
    static const char *const wrong[] = { NULL, "4712", "" };
    for (size_t i = 0; i < 3; i++) {
        set_up();
        order(DO_INSTALL_LSC, STRING, "4711", 0);
        row_is("Operation Pending 2048 By Authentication String 4711 10d", 0);
        says(comes(CONTENT_MIC, wrong[i], SECOND_US), CAPF_SAYS_END, CAPF_INVALID_ELEMENT);
        row_is("Upgrade Failed 0  0d", 0);
        says(comes(CONTENT_MIC, "4711", SECOND_US), CAPF_SAYS_END, CAPF_NO_ACTION);
        unmake();
    }
    set_up();
    order(DO_INSTALL_LSC, STRING, "4711", 10);
    says(comes(CONTENT_NOBODY, "4711", 10 * DAY_US), CAPF_SAYS_KEY, 2048);
    says(comes(CONTENT_NOBODY, "4711", 10 * DAY_US + SECOND_US), CAPF_SAYS_END,
         CAPF_INVALID_ELEMENT); /* Operation Completes By */
    row_is("Upgrade Failed 0  0d", 0);
    unmake();
}

static void existing_certificate(void **state)
{
    (void)state;
    set_up();
    uint32_t good = capf_issue(&cl, 0, 0);
    order(DO_TROUBLESHOOT_LSC, LSC_FIRST, NULL, 0);
    says(comes(CONTENT_NOBODY, NULL, 0), CAPF_SAYS_END, CAPF_INVALID_ELEMENT);
    row_is("Troubleshoot Failed 0  0d", 0);
    order(DO_TROUBLESHOOT_LSC, LSC_FIRST, NULL, 0);
    says(comes(good, NULL, 0), CAPF_SAYS_FETCH, 2048);
    says(capf_done(&cl, 0, PHONE, good), CAPF_SAYS_END, CAPF_NO_ACTION);
    row_is("Troubleshoot Success 0  0d", 0);
    order(DO_TROUBLESHOOT_LSC, NULL_STRING, NULL, 0);
    says(comes(CONTENT_NOBODY, NULL, 0), CAPF_SAYS_FETCH, 2048);
    says(capf_done(&cl, 0, PHONE, CONTENT_NOBODY), CAPF_SAYS_END, CAPF_NO_ACTION);
    row_is("Troubleshoot Failed 0  0d", 0); /* it has none to show */
    /* Of a CAPF that is gone. */
    do_act((struct act){ .kind = DO_REGENERATE, .arg = { OWN_CAPF } }, SECOND_US);
    order(DO_INSTALL_LSC, LSC_FIRST, NULL, 0);
    says(comes(good, NULL, 2 * SECOND_US), CAPF_SAYS_END, CAPF_INVALID_ELEMENT);
    row_is("Upgrade Failed 0  0d", 0);
    unmake();
}

/* The certificate in service: five years old, it issues none; a new one does once CAPF has it. */
static void expired(void **state)
{
    (void)state;
    const uint64_t late_us = 1900 * DAY_US;
    set_up();
    order(DO_INSTALL_LSC, NULL_STRING, NULL, 3000);
    assert_int_equal(capf_issue(&cl, 0, late_us), 0);
    says(comes(CONTENT_NOBODY, NULL, late_us), CAPF_SAYS_END, CAPF_INVALID_ELEMENT);
    row_is("Upgrade Failed 0  0d", 0);
    do_act((struct act){ .kind = DO_REGENERATE, .arg = { OWN_CAPF } }, late_us);
    assert_int_equal(capf_issue(&cl, 0, late_us), 0);
    restart_service(0, SERVICE_CAPF, late_us);
    run_out(late_us);
    assert_int_equal(content_lsc_issuer(&content, capf_issue(&cl, 0, late_us)),
                     own_of(0, OWN_CAPF));
    unmake();
}

/* Each CA by itself, in each of the two stores, and its own time: 2029, 2037, 2023 (twice). */
static void mics(void **state)
{
    (void)state;
    static const int64_t ends_s[] = { 1873484742, 2141643617, 1675726593, 1696969657 };
    static const char *const names[] = { "Cisco_Manufacturing_CA", "Cisco_Manufacturing_CA_SHA2",
                                         "CAP-RTP-001", "CAP-RTP-002" };
    static const enum store stores[] = { STORE_CALLMANAGER_TRUST, STORE_CAPF_TRUST };
    enum mic_ca ca;
    set_up();
    assert_true(mic_is(CONTENT_MIC, &ca) && ca == MIC_CA_1);
    assert_false(mic_is(CONTENT_NOBODY, &ca));
    assert_false(mic_is(capf_issue(&cl, 0, 0), &ca));
    for (uint32_t i = 0; i < MIC_CAS; i++) {
        assert_string_equal(mic_cas[i].name, names[i]);
        assert_true(mic_is(mic_of((enum mic_ca)i), &ca) && ca == i);
        uint64_t over_us = ends_s[i] < START_S ? 0 : (uint64_t)(ends_s[i] - START_S) * SECOND_US;
        for (int s = 0; s < 2; s++) {
            struct act gone = { .kind = DO_DELETE_MIC_CA, .arg = { stores[s], i } },
                       back = { .kind = DO_UPLOAD_MIC_CA, .arg = { stores[s], i } };
            struct err e = { "" };
            enum reject_reason before = ends_s[i] < START_S ? REJECT_DATES : REJECT_NONE;
            uint32_t mic = mic_of((enum mic_ca)i), other = mic_of((enum mic_ca)(i ^ 1));
            enum reject_reason of_other = ends_s[i ^ 1] < START_S ? REJECT_DATES : REJECT_NONE;
            assert_int_equal(serve_judge(&cl, 0, mic, stores[s], over_us), before);
            assert_int_equal(serve_judge(&cl, 0, mic, stores[s], over_us + SECOND_US),
                             REJECT_DATES);
            assert_false(cluster_do(&cl, &back, 0, &e));
            do_act(gone, 0);
            assert_false(cluster_do(&cl, &gone, 0, &e));
            assert_int_equal(serve_judge(&cl, 0, mic, stores[s], 0), REJECT_LSC);
            assert_int_equal(serve_judge(&cl, 0, mic, stores[1 - s], 0), before);
            assert_int_equal(serve_judge(&cl, 0, other, stores[s], 0), of_other);
            do_act(back, 0);
            assert_int_equal(serve_judge(&cl, 0, mic, stores[s], 0), before);
        }
    }
    struct err e = { "" };
    struct act wrong = { .kind = DO_DELETE_MIC_CA, .arg = { STORE_TOMCAT_TRUST, 0 } };
    assert_false(cluster_do(&cl, &wrong, 0, &e));
    assert_string_equal(e.text, "HQ: tomcat-trust does not hold the CAs of MICs");
    unmake();
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        uint64_t bits, days;
        const char *string;
        uint64_t mode;
        const char *said;
    } rows[] = {
        { 2047, 0, NULL, NULL_STRING,
          "HQ: a key size of 512, 1024, 2048, 3072 or 4096 bits is expected" },
        { 0, 3651, NULL, NULL_STRING,
          "HQ: at most 3650 days until the operation is to be completed" },
        { 0, 0, NULL, STRING, "HQ: an authentication string of 4 to 10 digits is expected" },
        { 0, 0, "123", STRING, "HQ: an authentication string of 4 to 10 digits is expected" },
        { 0, 0, "12345678901", STRING,
          "HQ: an authentication string of 4 to 10 digits is expected" },
        { 0, 0, "12a4", STRING, "HQ: an authentication string of 4 to 10 digits is expected" },
        { 4096, 3650, "1234567890", STRING, "" },
        { 512, 0, "12a4", NULL_STRING, "" },
    };
    set_up();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = { "" };
        uint32_t string = rows[i].string == NULL ? 0 : content_str(&content, rows[i].string);
        struct act act = { .kind = DO_INSTALL_LSC,
                           .arg = { rows[i].bits, rows[i].days, string, rows[i].mode } };
        assert_int_equal(cluster_can(&cl, &act, 0, &e), rows[i].said[0] == '\0');
        assert_string_equal(e.text, rows[i].said);
    }
    unmake();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(install),
        cmocka_unit_test(strings),
        cmocka_unit_test(existing_certificate),
        cmocka_unit_test(expired),
        cmocka_unit_test(refusals),
        cmocka_unit_test(mics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
