/* Settings of phones: what the act changes in the database, what stands in the configuration then,
 * and what a phone makes of it. */
#include "tests/unit/lab_fixture.h"

#include "nodes/profile.h"
#include "nodes/settings.h"

static bool set(struct lab *lab, uint32_t phone, enum setting s, uint64_t value, struct err *e)
{
    struct act act = { .kind = DO_SET_PHONES, .arg = { s, value } };
    return lab_do_phones(lab, 0, &act, &(struct lab_whom){ .first = phone, .count = 1 }, e);
}

static const struct cnf *profile_of(struct lab *lab, uint32_t phone)
{
    struct cluster *cl = &lab->state.clusters[0];
    uint32_t index = (uint32_t)(config_class_of(cl, phone) - cl->db.classes);
    profile_build(cl, index);
    return content_get_cnf(lab->base->content, cl->db.classes[index].profile);
}

static uint64_t text(struct lab *lab, const char *s)
{
    return content_str(lab->base->content, s);
}

/* Each setting: the value by its word, and what the configuration says. */
static void what_stands_in_the_configuration(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 2 });
    struct err e = { "" };
    const struct cnf before = *profile_of(lab, 0);
    assert_int_equal(before.web_access, 1); /* 1: off */
    assert_string_equal(before.secure_directory_url,
                        "https://127.0.0.11:8443/ccmcip/xmldirectory.jsp");
    assert_true(set(lab, 0, SETTING_WEB_ACCESS, 1, &e));
    assert_int_equal(profile_of(lab, 0)->web_access, 0);
    assert_true(set(lab, 0, SETTING_URLS, URLS_HTTP, &e));
    assert_string_equal(profile_of(lab, 0)->secure_directory_url,
                        "http://127.0.0.11:8080/ccmcip/xmldirectory.jsp");
    lab_param(lab, 0, PARAM_HTTPS_SERVICES, 0);
    assert_true(set(lab, 0, SETTING_URLS, URLS_HTTPS, &e));
    assert_string_equal(profile_of(lab, 0)->secure_services_url,
                        "https://127.0.0.11:8443/ccmcip/getservicesmenu.jsp");
    assert_true(set(lab, 0, SETTING_URLS, URLS_ENTERPRISE, &e));
    assert_string_equal(profile_of(lab, 0)->secure_services_url,
                        "http://127.0.0.11:8080/ccmcip/getservicesmenu.jsp");
    assert_true(set(lab, 0, SETTING_LOAD, text(lab, "SCCP45.8-5-4S"), &e));
    assert_string_equal(profile_of(lab, 0)->load, "SCCP45.8-5-4S");
    assert_true(set(lab, 0, SETTING_LOAD, text(lab, ""), &e));
    assert_string_equal(profile_of(lab, 0)->load, "");
    assert_true(set(lab, 0, SETTING_SECURITY, 2, &e));
    assert_int_equal(profile_of(lab, 0)->security_mode, CNF_NON_SECURE); /* no mixed mode */
    assert_int_equal(config_class_of(&lab->state.clusters[0], 0)->security_mode, CNF_ENCRYPTED);
    assert_true(set(lab, 0, SETTING_POOL, 0, &e));
    assert_string_equal(profile_of(lab, 0)->device_pool, "Default");
    /* The other phone is as it was, but for the parameter. */
    assert_int_equal(profile_of(lab, 1)->web_access, 1);
    assert_string_equal(profile_of(lab, 1)->device_pool, "p");
    lab_free(lab);
}

/* What is in force is what the phone has taken, and it takes it at a reset. */
static void when_a_phone_has_it(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct err e = { "" };
    const struct phone *p = &lab->state.phones[0];
    const struct content *c = lab->base->content;
    const char *(*web)(const struct cnf *) = setting_table[SETTING_WEB_ACCESS].in_force;
    const char *(*urls)(const struct cnf *) = setting_table[SETTING_URLS].in_force;
    assert_true(set(lab, 0, SETTING_WEB_ACCESS, 1, &e));
    assert_true(set(lab, 0, SETTING_URLS, URLS_HTTP, &e));
    settled(lab);
    assert_string_equal(web(phone_config(p, c)), "disabled");
    assert_string_equal(urls(phone_config(p, c)), "https");
    reset(lab);
    assert_string_equal(web(phone_config(p, c)), "enabled");
    assert_string_equal(urls(phone_config(p, c)), "http");
    lab_free(lab);
}

/* An old load makes another phone of it, and a newer one the one it was. */
static void another_load(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct err e = { "" };
    uint8_t newest = lab->state.phones[0].model;
    assert_true(model_table[newest].https);
    assert_true(set(lab, 0, SETTING_LOAD, text(lab, "SCCP45.8-5-4S"), &e));
    reset(lab);
    assert_int_equal(lab->state.phones[0].model, newest + 1);
    assert_false(model_table[newest + 1].https);
    assert_true(set(lab, 0, SETTING_LOAD, text(lab, "SCCP45.9-4-2SR3-1S"), &e));
    reset(lab);
    assert_int_equal(lab->state.phones[0].model, newest);
    lab_free(lab);
}

static void what_is_refused(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 1, .group = 1, .phones = 1, .model = "8845" });
    struct err e = { "" };
    uint64_t before = lab_hash(lab);
    assert_false(set(lab, 0, SETTING_LOAD, text(lab, "sip8845_65.12-8-1-0001-455"), &e));
    assert_string_equal(e.text, "nothing is known of what loads of a Cisco 8845 do differently");
    assert_false(set(lab, 0, SETTING_WEB_ACCESS, 2, &e));
    assert_string_equal(e.text, "HQ: set: no such value");
    assert_false(set(lab, 0, SETTING_POOL, 99, &e));
    assert_string_equal(e.text, "HQ: set: no such value");
    assert_false(set(lab, 0, SETTING_LOAD, 0xffffffff, &e));
    assert_string_equal(e.text, "HQ: set: no such value");
    assert_false(set(lab, 0, SETTINGS, 0, &e));
    assert_string_equal(e.text, "HQ: set: no such setting");
    assert_true(lab_hash(lab) == before);
    lab_free(lab);
}

/* Words of each value, and back. */
static void words(void **state)
{
    (void)state;
    static const struct {
        enum setting s;
        const char *text;
        uint64_t value;
    } rows[] = {
        { SETTING_SECURITY, "non-secure", 0 }, { SETTING_SECURITY, "encrypted", 2 },
        { SETTING_ENCRYPTED, "no", 0 },        { SETTING_ENCRYPTED, "yes", 1 },
        { SETTING_WEB_ACCESS, "disabled", 0 }, { SETTING_WEB_ACCESS, "enabled", 1 },
        { SETTING_URLS, "enterprise", 0 },     { SETTING_URLS, "http", 1 },
        { SETTING_URLS, "https", 2 },          { SETTING_POOL, "p", 1 },
        { SETTING_POOL, "Default", 0 },        { SETTING_DOT1X, "disabled", 0 },
        { SETTING_DOT1X, "enabled", 1 },       { SETTING_VPN, "disabled", 0 },
        { SETTING_VPN, "enabled", 1 },
    };
    static const struct {
        enum setting s;
        const char *text;
    } none[] = { { SETTING_SECURITY, "secure" }, { SETTING_ENCRYPTED, "" }, { SETTING_POOL, "q" } };
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct cluster *cl = &lab->state.clusters[0];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[CNF_NAME];
        uint64_t value = 99;
        struct device_class k;
        memset(&k, 0, sizeof k);
        assert_true(setting_parse(cl, rows[i].s, rows[i].text, &value));
        assert_int_equal(value, rows[i].value);
        setting_print(cl, rows[i].s, value, out, sizeof out);
        assert_string_equal(out, rows[i].text);
        setting_table[rows[i].s].put(cl, &k, value);
        assert_int_equal(setting_table[rows[i].s].get(cl, &k), value);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        uint64_t value;
        assert_false(setting_parse(cl, none[i].s, none[i].text, &value));
    }
    char longest[CNF_NAME], longer[CNF_NAME + 1];
    uint64_t value;
    memset(longest, 'x', sizeof longest);
    memset(longer, 'x', sizeof longer);
    longest[CNF_NAME - 1] = longer[CNF_NAME] = '\0';
    assert_true(setting_parse(cl, SETTING_LOAD, longest, &value));
    assert_false(setting_parse(cl, SETTING_LOAD, longer, &value));
    lab_free(lab);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_in_the_configuration),
        cmocka_unit_test(when_a_phone_has_it),
        cmocka_unit_test(another_load),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
