/* Settings of phones: what the act changes in the database, what stands in the configuration then,
 * and what a phone makes of it. */
#include "tests/unit/lab_fixture.h"

#include "nodes/profile.h"
#include "nodes/settings.h"
#include "sim/lab_impl.h"

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

/* Services of somebody else; the other URLs stay where they were. */
static void another_host_of_services(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 1 });
    struct err e = { "" };
    struct act act = { .kind = DO_SERVICES_URL };
    const struct cnf before = *profile_of(lab, 0);
    assert_false(lab_do(lab, 0, &act, &e));
    assert_string_equal(e.text, "HQ: the URL has to name a server");
    act.arg[0] = 0x0a000005;
    assert_true(lab_do(lab, 0, &act, &e));
    struct cnf after = *profile_of(lab, 0);
    assert_string_equal(after.secure_services_url,
                        "https://10.0.0.5:8443/ccmcip/getservicesmenu.jsp");
    assert_string_equal(after.services_url, "http://10.0.0.5:8080/ccmcip/getservicesmenu.jsp");
    memcpy(after.secure_services_url, before.secure_services_url, sizeof after.secure_services_url);
    memcpy(after.services_url, before.services_url, sizeof after.services_url);
    assert_memory_equal(&after, &before, sizeof after);
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

/* A phone that nobody entered: XMLDefault, a row, a reset, a configuration of its own. */
static void a_phone_that_nobody_entered(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct lab_phones_spec spec = { .count = 2, .model = "8845", .unknown = true };
    struct err e = { "" };
    uint32_t first;
    assert_true(lab_phones(lab, 0, &spec, &first, &e));
    forget();
    lab_power(lab, first, true, lab_now_us(lab));
    settled(lab);
    const struct phone *p = &lab->state.phones[first];
    assert_false(phone_is_registered(p));
    assert_true(phone_config(p, lab->base->content)->is_default);
    assert_true(heard[first].rejected[REJECT_UNKNOWN_DEVICE] > 0);
    lab_param(lab, 0, PARAM_AUTO_REGISTRATION, 1);
    settled(lab);
    assert_true(phone_is_registered(p));
    assert_false(phone_config(p, lab->base->content)->is_default);
    assert_int_equal(heard[first].unregistered[CAUSE_RESET_RESET], 1);
    assert_string_equal(lab_pool_of(lab, first), "Default");
    assert_string_equal(lab_pool_of(lab, first + 1), ""); /* it is off */
    assert_int_equal(lab->state.clusters[0].db.numbers, 1);
    lab_free(lab);
}

/* Bytes of the ITL of the largest cluster, and its certificates, each counted once. */
struct weight {
    uint32_t bytes, certs;
};

static struct weight weigh(struct lab *lab)
{
    uint32_t itl = lab->state.clusters[0].nodes[0].run.itl, seen[100], count = 0;
    const struct ct_list *l = content_get_list(lab->base->content, itl);
    struct forge_device device = forge_device_of(0, "SEP001121000000");
    struct err e = { "" };
    for (uint32_t i = 0; i < l->count; i++) {
        uint32_t k = 0;
        while (k < count && seen[k] != l->records[i].cert)
            k++;
        seen[k] = l->records[i].cert;
        count += k == count;
    }
    return (struct weight){ forge_length(lab->base->forge, itl, FILE_ITL, &device, &e), count };
}

static void the_largest_cluster(void **state)
{
    (void)state;
    char names[CLUSTER_NODES][16];
    const char *list[CLUSTER_NODES];
    struct lab_options o = lab_defaults();
    struct lab *lab = lab_new(&o);
    struct err e = { "" };
    uint32_t cluster;
    for (int i = 0; i < CLUSTER_NODES; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i);
        list[i] = names[i];
    }
    struct lab_cluster_spec spec = { "HQ", "12.5", list, CLUSTER_NODES, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    /* ITLRecovery, CallManager RSA and EC, 21 TVS, CAPF. */
    struct weight usual = weigh(lab);
    assert_int_equal(usual.certs, 25);
    assert_true(usual.bytes < 50 * 1024);
    lab_param(lab, 0, PARAM_ITL_ALL_TFTP, 1);
    restart(lab, 0);
    settled(lab);
    struct weight all = weigh(lab);
    assert_int_equal(all.certs, 25 + 2 * 20);
    assert_true(all.certs > 39 && all.bytes > 64 * 1024);
    lab_param(lab, 0, PARAM_ITL_ALL_TFTP, 0);
    for (uint8_t n = 0; n < CLUSTER_NODES; n++) {
        static const uint8_t kinds[] = { OWN_CALLMANAGER, OWN_TVS, OWN_CAPF, OWN_ITLRECOVERY };
        for (int k = 0; k < (n == 0 ? 4 : 2); k++) {
            struct act act = { DO_GENERATE, n, { kinds[k], KEY_RSA_4096 + 1 } };
            assert_true(lab_do(lab, 0, &act, &e));
        }
    }
    settled(lab);
    restart(lab, 0);
    settled(lab);
    struct weight longest = weigh(lab);
    assert_int_equal(longest.certs, 25);
    assert_true(longest.bytes > 64 * 1024 && longest.bytes < 72 * 1024);
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

/* Kinds of which there is no phone any more make room; where there is none left, an act on phones
 * changes none of them. */
static void kinds_of_phones(void **state)
{
    (void)state;
    enum { KINDS = 2500 };
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 1 });
    struct err e = { "" };
    uint32_t first = lab->state.phone_count, from;
    for (uint32_t i = 0; i < 2 * KINDS; i++) {
        char load[16];
        snprintf(load, sizeof load, "load-%u", (unsigned)(i % KINDS));
        struct lab_phones_spec p = { .count = 1, .model = "7965", .load = load };
        assert_true(lab_phones(lab, 0, &p, &from, &e));
    }
    const struct database *db = &lab->state.clusters[0].db;
    struct act off = { .kind = DO_SET_PHONES, .arg = { SETTING_WEB_ACCESS, 1 } };
    struct lab_whom half = { .first = first, .count = KINDS };
    uint16_t *before = malloc(db->device_count * sizeof *before);
    memcpy(before, db->device_class, db->device_count * sizeof *before);
    assert_false(lab_do_phones(lab, 0, &off, &half, &e)); /* the other half keeps the kinds */
    assert_string_equal(e.text,
                        "HQ: more than 4000 kinds of phones (pool, protocol, security, load)");
    assert_memory_equal(db->device_class, before, db->device_count * sizeof *before);
    for (uint64_t times = 0; times < 2; times++) { /* pairs of all: a kind goes when both went */
        off.arg[1] = times % 2;
        for (uint32_t i = 0; i < KINDS; i++) {
            uint32_t pair[] = { first + i, first + KINDS + i };
            struct lab_whom both = { .phones = pair, .count = 2 };
            if (!lab_do_phones(lab, 0, &off, &both, &e))
                fail_msg("%s", e.text);
        }
    }
    free(before);
    lab_free(lab);
}

/* ---- links ---- */

static void count_act(void *ctx, uint32_t cluster, const struct act *act,
                      const struct lab_whom *whom, uint64_t now_us)
{
    (void)cluster, (void)act, (void)whom, (void)now_us;
    ++*(uint32_t *)ctx;
}

/* What has no room is refused before it is told, and changes nobody. */
static void kinds_of_links(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 257 });
    uint32_t told = 0;
    struct observer ear = { .ctx = &told, .act = count_act };
    struct err e = { "" };
    lab_observe(lab, &ear);
    for (uint32_t i = 0; i < 255; i++) { /* beside that of whom nobody set */
        struct act one = { .kind = DO_PHONE_LINK, .arg = { 1 + i } };
        assert_true(lab_do_phones(lab, 0, &one, &(struct lab_whom){ .first = i, .count = 1 }, &e));
    }
    struct act more = { .kind = DO_PHONE_LINK, .arg = { 1000 } };
    assert_false(lab_do_phones(lab, 0, &more, &(struct lab_whom){ .count = 257 }, &e));
    assert_string_equal(e.text, "more than 256 kinds of links at once");
    assert_int_equal(told, 255);
    assert_int_equal(lab->driver->phone_link_of(lab->driver->self, 0).delay_us, 1);
    lab_unobserve(lab, &ear);
    lab_free(lab);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_phones),
        cmocka_unit_test(what_stands_in_the_configuration),
        cmocka_unit_test(another_host_of_services),
        cmocka_unit_test(when_a_phone_has_it),
        cmocka_unit_test(another_load),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(a_phone_that_nobody_entered),
        cmocka_unit_test(the_largest_cluster),
        cmocka_unit_test(words),
        cmocka_unit_test(kinds_of_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
