/* What somebody does at a phone, or sends to it: keys, where its menu is closed, a factory reset,
 * keys over the network and by a tool, a cable; and what the search says of them. */
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"
#include "sim/predict/remedy.h"
#include "sim/wire/text.h"

/* ---- a lab whose phones have these settings ---- */

static void with(struct lab *lab, bool web, uint8_t settings)
{
    struct cluster *cl = &lab->state.clusters[0];
    for (uint32_t i = 0; i < cl->db.class_count; i++) {
        cl->db.classes[i].web_access = web;
        cl->db.classes[i].settings = settings;
        cl->db.classes[i].profile = 0;
    }
}

static struct lab *lab_with(const char *model, bool web, uint8_t settings)
{
    struct lab *lab = make_off(
        (struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 2, .model = model });
    with(lab, web, settings);
    power_all(lab, true);
    settled(lab);
    return lab;
}

static bool on_all(struct lab *lab, enum act_kind kind, struct err *e)
{
    struct act act = { .kind = (uint8_t)kind };
    struct lab_whom whom = { .first = 0, .count = lab->state.phone_count };
    bool ok = lab_do_phones(lab, 0, &act, &whom, e);
    settled(lab);
    return ok;
}

/* Nobody knows the new signer, nor the new TVS. */
static void lose_trust(struct lab *lab)
{
    regenerate(lab, 0, OWN_CALLMANAGER);
    regenerate(lab, 0, OWN_TVS);
    restart(lab, 0);
    reset(lab);
    stuck(lab);
}

/* ---- keys and settings ---- */

static void keys_of_the_model(void **state)
{
    struct err e = { "" };
    (void)state;
    for (uint8_t settings = SETTINGS_ENABLED; settings <= SETTINGS_DISABLED; settings++) {
        struct lab *lab = lab_with("7965", false, settings);
        lose_trust(lab);
        forget();
        assert_true(on_all(lab, DO_DELETE_TRUST_LIST, &e));
        assert_int_equal(heard[0].status[STATUS_ERASING], settings == SETTINGS_ENABLED);
        if (settings == SETTINGS_ENABLED)
            fine(lab);
        else
            stuck(lab);
        assert_true(on_all(lab, DO_FACTORY_RESET, &e));
        fine(lab);
        lab_free(lab);
    }
}

/* The factory reset takes all that was ever set: with its LSC gone a phone shows its MIC. */
static void what_a_factory_reset_takes(void **state)
{
    struct lab *lab = make(encrypted_pair);
    struct err e = { "" };
    (void)state;
    assert_true(lab->state.phones[0].lsc != 0);
    lab_factory_reset(lab, 0, lab_now_us(lab));
    const struct phone *p = &lab->state.phones[0];
    assert_int_equal(p->ctl, 0);
    assert_int_equal(p->itl, 0);
    assert_int_equal(p->config, 0);
    assert_int_equal(p->lsc, 0);
    assert_int_equal(phone_identity(p), CONTENT_MIC);
    assert_int_equal(p->state, PHONE_STARTING);
    assert_true(lab->state.phones[1].lsc != 0);
    (void)e;
    lab_free(lab);
}

/* ---- keys that are sent ---- */

static void keys_over_the_network(void **state)
{
    static const struct {
        const char *model;
        bool web;
        uint8_t settings;
        bool https, lost, right; /* right: the lists are gone */
    } cases[] = {
        { "7965", true, SETTINGS_ENABLED, true, false, true }, /* trust is there */
        { "7965", false, SETTINGS_ENABLED, true, false, false },
        { "7965", true, SETTINGS_RESTRICTED, true, false, false },
        { "7965", true, SETTINGS_DISABLED, true, false, false },
        { "7965", true, SETTINGS_ENABLED, true, true, false }, /* HTTPS wants TVS */
        { "7965", true, SETTINGS_ENABLED, false, true, true },
        { "8845", true, SETTINGS_ENABLED, false, true, true },
        { "8875", true, SETTINGS_ENABLED, false, true, false }, /* its model takes none */
    };
    struct err e = { "" };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab *lab = make_off((struct fixture){
            .version = "8.6", .nodes = 1, .group = 1, .phones = 1, .model = cases[i].model });
        cluster_set_param(&lab->state.clusters[0], PARAM_HTTPS_SERVICES, cases[i].https);
        with(lab, cases[i].web, cases[i].settings);
        power_all(lab, true);
        settled(lab);
        if (cases[i].lost)
            lose_trust(lab);
        forget();
        assert_true(on_all(lab, DO_SEND_KEYS, &e));
        assert_int_equal(heard[0].status[STATUS_ERASING], cases[i].right);
        assert_int_equal(heard[0].status[STATUS_HOST_NOT_FOUND], 0);
        assert_int_equal(phone_page(&lab->state.phones[0]), KEY_DIRECTORIES); /* not those keys */
        lab_free(lab);
    }
}

static void a_tool(void **state)
{
    struct lab *lab = lab_with("7965", false, SETTINGS_ENABLED);
    struct err e = { "" };
    (void)state;
    lose_trust(lab);
    assert_false(on_all(lab, DO_THIRD_PARTY_KEYS, &e));
    assert_non_null(strstr(e.text, "third_party_keys"));
    cluster_set_param(&lab->state.clusters[0], PARAM_THIRD_PARTY_KEYS, 1);
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_STOP);
    settled(lab);
    forget();
    assert_true(on_all(lab, DO_THIRD_PARTY_KEYS, &e));
    assert_int_equal(heard[0].status[STATUS_ERASING], 0); /* nobody is registered */
    service(lab, 0, 0, SERVICE_CALLMANAGER, DO_START);
    settled(lab);
    assert_true(on_all(lab, DO_THIRD_PARTY_KEYS, &e));
    fine(lab);
    lab_free(lab);
}

static void unplugged(void **state)
{
    struct lab *lab = lab_with("7965", false, SETTINGS_ENABLED);
    struct act act = { .kind = DO_UNPLUG };
    struct lab_whom whom = { .first = 1, .count = 1 };
    struct err e = { "" };
    (void)state;
    assert_true(lab_do_phones(lab, 0, &act, &whom, &e));
    assert_int_equal(lab->state.phones[1].state, PHONE_OFF);
    assert_int_equal(lab->state.phones[0].state, PHONE_REGISTERED);
    lab_run_until(lab, lab_now_us(lab) + 10 * SECOND_US - 1);
    assert_int_equal(lab->state.phones[1].state, PHONE_OFF);
    lab_run_until(lab, lab_now_us(lab) + 1);
    assert_int_equal(lab->state.phones[1].state, PHONE_STARTING);
    settled(lab);
    fine(lab);
    lab_free(lab);
}

/* ---- what the search says ---- */

static void ways(void **state)
{
    static const struct {
        bool web, https, tool;
        uint8_t settings;
        const char *name, *words;
    } cases[] = {
        { false, true, false, SETTINGS_ENABLED, "hands",
          "Somebody must delete the trust lists on the phone itself: none of the acts on the "
          "cluster "
          "that were tried helps." },
        { false, true, false, SETTINGS_RESTRICTED, "hands",
          "Somebody must reset the phone to its factory settings: none of the acts on the cluster "
          "that were tried helps." },
        { true, false, false, SETTINGS_ENABLED, "send-keys",
          "Send the keys that erase the trust lists to the phone over the network "
          "(CiscoIPPhoneExecute)." },
        { true, true, false, SETTINGS_ENABLED, "hands", NULL },
        { false, true, true, SETTINGS_ENABLED, "third-party-keys",
          "Press the keys that erase the trust lists with a tool of somebody else." },
        { false, true, true, SETTINGS_RESTRICTED, "hands", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab *lab =
            make_off((struct fixture){ .version = "8.6", .nodes = 1, .group = 1, .phones = 2 });
        cluster_set_param(&lab->state.clusters[0], PARAM_HTTPS_SERVICES, cases[i].https);
        cluster_set_param(&lab->state.clusters[0], PARAM_THIRD_PARTY_KEYS, cases[i].tool);
        with(lab, cases[i].web, cases[i].settings);
        power_all(lab, true);
        settled(lab);
        lose_trust(lab);
        uint8_t lost[2] = { lab->state.phones[0].lost, lab->state.phones[1].lost };
        struct remedies r;
        char text[WAY_TEXT];
        remedies_find(lab, lost, &r);
        const struct way *way = remedies_of(&r, 0);
        way_name(way, text);
        assert_string_equal(text, cases[i].name);
        way_sentence(lab, way, text);
        if (cases[i].words != NULL)
            assert_string_equal(text, cases[i].words);
        remedies_free(&r);
        lab_free(lab);
    }
}

/* An act on the cluster goes before keys that are sent to each phone, however many acts it is. */
static void dearer_than_any_act(void **state)
{
    struct way acts = { .kind = WAY_ACTS,
                        .count = 3,
                        .acts = { { .act = { .kind = DO_RESTART } },
                                  { .act = { .kind = DO_REGENERATE } },
                                  { .act = { .kind = DO_MOVE } } } };
    struct way keys = { .kind = WAY_ACTS,
                        .count = 1,
                        .acts = { { .act = { .kind = DO_SEND_KEYS } } } };
    struct way tool = keys, hands = { .kind = WAY_HANDS };
    (void)state;
    tool.acts[0].act.kind = DO_THIRD_PARTY_KEYS;
    assert_true(way_compare(&acts, &keys) < 0);
    assert_true(way_compare(&keys, &tool) < 0);
    assert_true(way_compare(&tool, &hands) < 0);
    acts.harm.phones = 1; /* but one that costs others something goes behind */
    assert_true(way_compare(&acts, &keys) > 0);
}

/* ---- names ---- */

static void names_of_hosts(void **state)
{
    struct lab *lab =
        make_off((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 1 });
    struct cluster *cl = &lab->state.clusters[0];
    uint32_t node = 7;
    (void)state;
    assert_int_equal(text_host("127.0.0.11"), 0x7f00000b);
    assert_int_equal(text_host(""), 0);
    assert_true(text_is_name(text_host("sub1")) && text_host("sub1") == text_host("SUB1"));
    assert_true(text_host("sub1") != text_host("sub2"));
    assert_false(text_is_name(0) || text_is_name(0x7f00000b));
    assert_true(cluster_node_at(cl, text_host("sub1"), &node) && node == 1);
    assert_false(cluster_node_at(cl, text_host("sub1.example.com"), &node));
    snprintf(cl->nodes[1].disk.domain, CLUSTER_NAME, "example.com");
    assert_true(cluster_node_at(cl, text_host("Sub1.example.com"), &node) && node == 1);
    assert_false(cluster_node_at(cl, text_host("sub1"), &node));

    cluster_set_param(cl, PARAM_SERVER_NAMES, 1);
    config_forget_profiles(cl);
    power_all(lab, true);
    settled(lab);
    fine(lab);
    const struct cnf *c = phone_config(&lab->state.phones[0], lab->base->content);
    assert_string_equal(c->servers[0].address, "pub");
    assert_string_equal(c->servers[1].address, "sub1.example.com");
    assert_string_equal(c->tvs[1].address, "sub1.example.com");
    assert_string_equal(c->capf_address, "pub");
    assert_string_equal(c->secure_directory_url, "https://pub:8443/ccmcip/xmldirectory.jsp");
    lab_free(lab);
}

/* What DNS does not know at a site nobody there comes to, and a wait is all where others do. */
static void names_that_are_missing(void **state)
{
    struct lab *lab =
        make_off((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 2 });
    struct cluster *cl = &lab->state.clusters[0];
    struct err e = { "" };
    struct act gone = { .kind = DO_NODE_DNS, .node = 0, .arg = { 1, 0 } },
               down = { .kind = DO_SITE_DNS, .arg = { 1, 0 } };
    (void)state;
    cluster_set_param(cl, PARAM_SERVER_NAMES, 1);
    config_forget_profiles(cl);
    power_all(lab, true);
    settled(lab);
    uint64_t before = lab_hash(lab);
    assert_true(lab_do(lab, 0, &gone, &e));
    assert_true(lab_hash(lab) != before);
    reset(lab);
    assert_string_equal(lab_server_of(lab, 0), "sub1");
    lab_run_until(lab, lab_now_us(lab) + HOUR_US);
    assert_string_equal(lab_server_of(lab, 0), "sub1");
    assert_true(lab_do(lab, 0, &down, &e));
    lab_reset_all(lab, 0);
    settled(lab);
    assert_int_equal(registered(lab), 0);
    gone.arg[0] = down.arg[0] = 0;
    assert_true(lab_do(lab, 0, &down, &e) && lab_do(lab, 0, &gone, &e));
    settled(lab);
    fine(lab);
    assert_string_equal(lab_server_of(lab, 0), "pub");
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_the_model),
        cmocka_unit_test(what_a_factory_reset_takes),
        cmocka_unit_test(keys_over_the_network),
        cmocka_unit_test(a_tool),
        cmocka_unit_test(unplugged),
        cmocka_unit_test(ways),
        cmocka_unit_test(dearer_than_any_act),
        cmocka_unit_test(names_of_hosts),
        cmocka_unit_test(names_that_are_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
