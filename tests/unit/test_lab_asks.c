/* What a lab is built from: addresses, places, classes of phones; and what it refuses, word for
 * word. */
#include "tests/unit/lab_fixture.h"

static struct lab *lab;
static struct err e;

static int up(void **state)
{
    (void)state;
    struct lab_options o = lab_defaults();
    lab = lab_new(&o);
    e.text[0] = '\0';
    return 0;
}

static int down(void **state)
{
    (void)state;
    lab_free(lab);
    return 0;
}

static const char *const four[] = { "pub", "sub1", "sub2", "sub3" };

static bool cluster(const char *name, const char *version, uint32_t nodes, uint32_t *index)
{
    struct lab_cluster_spec spec = { name, version, four, nodes, "" };
    return lab_cluster(lab, &spec, index, &e);
}

static void hq(uint32_t nodes)
{
    uint32_t index;
    assert_true(cluster("HQ", "12.5", nodes, &index));
}

/* ---- clusters, groups, pools ---- */

/* 127.0.<cluster>.<11 and on>; each node has both roles; a group of the first three, and a pool. */
static void clusters(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 2; c++) {
        uint32_t index;
        assert_true(cluster(c == 0 ? "HQ" : "NEW", "12.5", 4, &index));
        assert_int_equal(index, c);
        const struct cluster *cl = &lab->state.clusters[c];
        assert_int_equal(cl->number, c);
        for (uint32_t n = 0; n < 4; n++) {
            assert_int_equal(cl->nodes[n].disk.ip, 0x7f00000b + (c << 8) + n);
            assert_true(services_is_activated(cl, n, SERVICE_CALLMANAGER) &&
                        services_is_activated(cl, n, SERVICE_TFTP));
        }
        assert_int_equal(cl->db.group_count, 1);
        assert_int_equal(cl->db.groups[0].count, 3);
        for (uint8_t i = 0; i < 3; i++)
            assert_int_equal(cl->db.groups[0].members[i], i);
        assert_string_equal(cl->db.pools[0].name, "Default");
    }
    assert_int_equal(lab->state.cluster_count, 2);
}

static void refused_clusters(void **state)
{
    (void)state;
    uint32_t index, made = 1;
    hq(1);
    static const struct {
        const char *name, *version;
        uint32_t nodes;
        const char *text;
    } rows[] = {
        { "HQ", "12.5", 1, "two clusters named \"HQ\"" },
        { "NEW", "12.5", 0, "NEW: 0 nodes, 1 to 21 expected" },
        { "NEW", "12.5", 22, "NEW: 22 nodes, 1 to 21 expected" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(cluster(rows[i].name, rows[i].version, rows[i].nodes, &index));
        assert_string_equal(e.text, rows[i].text);
    }
    assert_false(cluster("NEW", "7.0", 1, &index));
    char want[400] = "no CUCM version \"7.0\" (one of ";
    for (uint32_t i = 0; i < version_count; i++)
        snprintf(want + strlen(want), sizeof want - strlen(want), "%s%s", i == 0 ? "" : ", ",
                 version_table[i].name);
    snprintf(want + strlen(want), sizeof want - strlen(want), ")");
    assert_string_equal(e.text, want);
    assert_int_equal(lab->state.cluster_count, 1);
    char name[] = "A";
    for (; made < LAB_CLUSTERS; made++, name[0]++)
        assert_true(cluster(name, "12.5", 1, &index));
    assert_false(cluster("LAST", "12.5", 1, &index));
    assert_string_equal(e.text, "more than 8 clusters");
}

static void groups_and_pools(void **state)
{
    (void)state;
    static const char *const stranger[] = { "pub", "x" };
    hq(4);
    assert_false(lab_group(lab, 0, "g", stranger, 2, &e));
    assert_string_equal(e.text, "HQ: CallManager group \"g\" names no node \"x\"");
    assert_false(lab_group(lab, 0, "g", four, 4, &e));
    assert_string_equal(e.text, "HQ: CallManager group \"g\" has 4 members, 1 to 3 expected");
    assert_false(lab_group(lab, 0, "g", four, 0, &e));
    static const char *const back[] = { "sub3", "sub1" };
    assert_true(lab_group(lab, 0, "g", back, 2, &e));
    const struct group *g = &lab->state.clusters[0].db.groups[1];
    assert_true(g->count == 2 && g->members[0] == 3 && g->members[1] == 1);
    assert_false(lab_pool(lab, 0, "p", "x", &e));
    assert_string_equal(e.text, "HQ: device pool \"p\" names no CallManager group \"x\"");
    assert_true(lab_pool(lab, 0, "p", "g", &e));
    assert_int_equal(lab->state.clusters[0].db.pools[1].group, 1);
}

/* ---- phones ---- */

static void refused_phones(void **state)
{
    (void)state;
    static const char *const empty[] = { "" }, *const sixteen[] = { "SEP0011215A1AE30" },
                             *const twice[] = { "SEP000000000001", "x", "SEP000000000001" },
                             *const again[] = { "SEP0000000000AA" }, *const good[] = { "a", "b" };
    static char load[CNF_NAME + 1];
    memset(load, 'l', CNF_NAME);
    const struct {
        struct lab_phones_spec spec;
        const char *text;
    } rows[] = {
        { { .count = 0, .model = "7965" }, "0 phones, 1 to 3999999 expected" },
        { { .count = LAB_PHONES_MOST + 1, .model = "7965" },
          "4000001 phones, 1 to 3999999 expected" },
        { { .count = 1, .model = "7965", .names = empty },
          "device name \"\": 1 to 15 characters expected" },
        { { .count = 1, .model = "7965", .names = sixteen },
          "device name \"SEP0011215A1AE30\": 1 to 15 characters expected" },
        { { .count = 3, .model = "7965", .names = twice },
          "two devices named \"SEP000000000001\"" },
        { { .count = 1, .model = "7965", .names = again },
          "two devices named \"SEP0000000000AA\"" },
        { { .count = 2, .model = "7965", .names = good, .pool = "x" },
          "HQ: no device pool \"x\" (there is Default)" },
        { { .count = 2, .model = "7965", .names = good, .load = load },
          "phone load \"llllllllllllllllllllllllllllllllllllllll…\": at most 63 characters" },
    };
    hq(2);
    uint32_t first;
    struct lab_phones_spec one = { .count = 1, .model = "7965", .names = again };
    assert_true(lab_phones(lab, 0, &one, &first, &e));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(lab_phones(lab, 0, &rows[i].spec, &first, &e));
        assert_string_equal(e.text, rows[i].text);
        assert_int_equal(lab->state.phone_count, 1);
        assert_int_equal(lab->state.fleet_count, 1);
    }
    load[CNF_NAME - 1] = '\0'; /* as long as may be */
    one.names = good;
    one.count = 2;
    one.load = load;
    assert_true(lab_phones(lab, 0, &one, &first, &e));
    assert_false(
        lab_phones(lab, 0, &(struct lab_phones_spec){ .count = 1, .model = "x" }, &first, &e));
    assert_memory_equal(e.text, "no phone model \"x\"", 18);
}

/* Fleets one behind the other, each with its cluster, its row and its option 150: publisher, then
 * the first subscriber where there is one. */
static void fleets(void **state)
{
    (void)state;
    static const char *const names[] = { "SEP0000000000AA", "kitchen" };
    static const char *const members[] = { "sub1" };
    uint32_t first, index;
    hq(1);
    assert_true(cluster("NEW", "12.5", 2, &index));
    assert_true(lab_group(lab, 1, "g", members, 1, &e) && lab_pool(lab, 1, "p", "g", &e));
    const struct lab_phones_spec specs[] = {
        { .count = 3, .model = "8845" },
        { .count = 2,
          .model = "7965",
          .names = names,
          .pool = "p",
          .encrypted = true,
          .lsc = true,
          .security_mode = CNF_ENCRYPTED },
        { .count = 1, .model = "8845" },
    };
    for (uint32_t f = 0; f < 3; f++) {
        assert_true(lab_phones(lab, f % 2, &specs[f], &first, &e));
        assert_int_equal(first, f == 0 ? 0 : f == 1 ? 3 : 5);
    }
    assert_int_equal(lab->state.phone_count, 6);
    static const uint8_t fleet_of[] = { 0, 0, 0, 1, 1, 2 };
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t c = fleet_of[i] % 2, found;
        const struct lab_fleet *fleet = lab_fleet_of(lab, i);
        const struct phone *p = &lab->state.phones[i];
        char name[DEVICE_NAME];
        assert_ptr_equal(fleet, &lab->state.fleets[fleet_of[i]]);
        assert_int_equal(fleet->cluster, c);
        assert_string_equal(fleet->name, c == 0 ? "HQ" : "NEW");
        assert_string_equal(lab_pool_of(lab, i), c == 0 ? "Default" : "p");
        lab_phone_name(lab, i, name);
        assert_true(lab_find_phone(lab, name, &found));
        assert_int_equal(found, i);
        const struct phone_place *place = &lab->state.dhcp[p->place];
        assert_int_equal(place->tftp[0], lab->state.clusters[c].nodes[0].disk.ip);
        assert_int_equal(place->tftp[1], c == 0 ? 0 : lab->state.clusters[c].nodes[1].disk.ip);
        assert_int_equal(p->lsc == 0 ? 0 : content_lsc_issuer(lab->base->content, p->lsc),
                         c == 0 ? 0 : lab->state.clusters[1].nodes[0].disk.own[OWN_CAPF]);
        assert_int_equal(p->state, PHONE_OFF);
        const struct device_class *k = config_class_of(&lab->state.clusters[c], i);
        assert_int_equal(k->encrypted, c);
        assert_int_equal(k->security_mode, c == 0 ? CNF_NON_SECURE : CNF_ENCRYPTED);
        assert_int_equal(k->lsc, p->lsc);
        assert_int_equal(k->protocol, model_table[p->model].protocol);
        assert_null(config_class_of(&lab->state.clusters[1 - c], i));
    }
    assert_int_equal(lab->state.dhcp_count, 2); /* equal places are one */
    assert_null(lab_fleet_of(lab, 6));
    assert_string_equal(lab_pool_of(lab, 6), "");
    char name[DEVICE_NAME];
    lab_phone_name(lab, 4, name);
    assert_string_equal(name, "kitchen");
    assert_false(lab_find_phone(lab, "kitchen2", &first));
}

static void functions(void **state)
{
    (void)state;
    static const char *const names[FUNCTIONS] = { "registration",    "configuration", "trust list",
                                                  "secure services", "802.1X",        "phone VPN",
                                                  "common files" };
    for (int f = 0; f < FUNCTIONS; f++)
        assert_string_equal(lab_function_name((enum phone_function)f), names[f]);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(clusters),       TEST(refused_clusters), TEST(groups_and_pools),
        TEST(refused_phones), TEST(fleets),           TEST(functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
