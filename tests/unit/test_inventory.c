/* Phone exports and pool files: the sample, hand-made bad ones, and the way into a lab. */
#include "sim/base/sys.h"
#include "sim/inventory/inventory.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct inventory inventory;
static struct err error;

static bool read_text(const char *text)
{
    error.text[0] = '\0';
    return inventory_read(view_str(text), "phones.csv", (struct inventory_as){ NULL, 0 },
                          &inventory, &error);
}

/* No row vanishes: what became of each is counted, by type too. */
static void adds_up(void)
{
    uint32_t all = 0, types = 0, fates[ROWS_FATES] = { 0 };
    for (int k = 0; k < ROWS_FATES; k++)
        all += inventory.fates[k];
    for (uint32_t i = 0; i < inventory.type_count; i++) {
        types += inventory.types[i].rows;
        fates[inventory.types[i].fate] += inventory.types[i].rows;
    }
    assert_int_equal(all, inventory.total);
    assert_int_equal(types, inventory.total);
    assert_memory_equal(fates, inventory.fates, sizeof fates);
    assert_int_equal(inventory.count, fates[ROWS_SIMULATED] + fates[ROWS_AS_OTHER]);
}

static void good(const char *text)
{
    if (!read_text(text))
        fail_msg("%s", error.text);
    adds_up();
}

static void bad(const char *text, const char *expected)
{
    assert_false(read_text(text));
    assert_string_equal(error.text, expected);
    inventory_free(&inventory);
}

static const struct inventory_note *note_at(uint32_t line)
{
    for (uint32_t i = 0; i < inventory.note_count; i++) {
        if (inventory.notes[i].line == line)
            return &inventory.notes[i];
    }
    fail_msg("nothing said about line %u", line);
    return NULL;
}

static void row_is_bad(uint32_t line, const char *text)
{
    const struct inventory_note *n = note_at(line);
    assert_true(n->bad);
    assert_string_equal(n->text, text);
}

static struct view load(const char *path, struct arena *a)
{
    struct view file = { NULL, 0 };
    if (!sys_read_file(path, INVENTORY_FILE_MAX, a, &file, &error))
        fail_msg("%s", error.text);
    return file;
}

#define HEADER                                                                                     \
    "Device Name,Device Pool,Device Type,Device Security Profile,Phone Load Name,Device "          \
    "Protocol\n"

/* ---- reading ---- */

static void sample(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct view file = load("tests/vectors/phones.csv", &a);
    assert_true(
        inventory_read(file, "phones.csv", (struct inventory_as){ NULL, 0 }, &inventory, &error));
    assert_int_equal(inventory.count, 594);
    assert_int_equal(inventory.fates[ROWS_LEFT_OUT], 7);
    row_is_bad(42, "bad device name \"SEP00112Z5A0000\"");
    row_is_bad(205, "no device pool for \"SEP0011215A26C0\"");
    row_is_bad(256, "no device name");
    uint32_t encrypted = 0, authenticated = 0, jabber = 0;
    for (uint32_t i = 0; i < inventory.count; i++) {
        const struct inventory_row *r = &inventory.rows[i];
        encrypted += r->security_mode == CNF_ENCRYPTED;
        authenticated += r->security_mode == CNF_AUTHENTICATED;
        jabber += strcmp(r->name, "CSFABAKER") == 0;
    }
    assert_true(encrypted >= 10 && authenticated >= 5);
    assert_int_equal(jabber, 1);
    assert_string_equal(inventory.rows[0].name, "SEP0011215A0001");
    assert_string_equal(inventory.rows[0].load, "SCCP45.9-4-2SR3-1S");
    assert_string_equal(model_table[inventory.rows[0].model].name, "7965");
    assert_int_equal(inventory.rows[0].line, 2);
    /* A description with a line break in it: the next row's line counts it. */
    assert_int_equal(inventory.rows[inventory.count - 1].line, 603);
    inventory_free(&inventory);
    arena_free(&a);
}

static void columns_in_any_order(void **state)
{
    (void)state;
    good("\xef\xbb\xbf\"phone LOAD name\",x,DEVICE TYPE,device pool,,Device Name\r\n"
         "load,\"a \"\"b\"\", c\r\nd\",Cisco 7965G,\" HQ \",,SEP0011215a1ae3\r\n"
         "\r\n"
         ",,Cisco 8861,B,,CSF.one\r\n");
    assert_int_equal(inventory.count, 2);
    assert_int_equal(inventory.note_count, 3);
    const struct inventory_row *r = inventory.rows;
    assert_string_equal(r[0].name, "SEP0011215A1AE3"); /* CUCM has MAC addresses in upper case */
    assert_string_equal(r[0].pool, "HQ");
    assert_string_equal(r[0].load, ""); /* it says nothing */
    assert_string_equal(note_at(1)->text,
                        "no column \"Device Security Profile\": all phones count as non-secure");
    assert_string_equal(
        inventory.notes[1].text,
        "no column \"Device Protocol\": all phones speak the usual protocol of their "
        "model");
    assert_string_equal(inventory.notes[2].text,
                        "the load of 1 phone is not followed: nothing is known of what it does "
                        "differently from the newest");
    assert_string_equal(model_table[r[0].model].name, "7965");
    assert_int_equal(r[0].security_mode, CNF_NON_SECURE);
    assert_int_equal(r[0].line, 2);
    assert_string_equal(r[1].name, "CSF.one");
    assert_int_equal(r[1].line, 5);
    inventory_free(&inventory);
}

static void bad_rows_are_left_out(void **state)
{
    (void)state;
    good(HEADER "SEP0011215A1AE3,HQ,Cisco 7965,,\n"
                "SEP0011215A1AE,HQ,Cisco 7965,,\n"       /* 3: eleven digits */
                "SEP0011215A1AE3,HQ,Cisco 7965,,\n"      /* 4: again */
                "sep0011215a1ae3,HQ,Cisco 7965,,\n"      /* 5: again */
                "SEP0011215A1AE4,,Cisco 7965,,\n"        /* 6 */
                "SEP0011215A1AE5,HQ,,,\n"                /* 7 */
                "SEP0011215A1AE6,H\tQ,Cisco 7965,,\n"    /* 8 */
                ",HQ,Cisco 7965,,\n"                     /* 9 */
                "SEP0011215A1AE7\n"                      /* 10: ragged */
                "\"SEP0011215A1AE8\"x,HQ,Cisco 7965,,\n" /* 11 */
                "A NAME,HQ,Cisco 7965,,\n"               /* 12 */
                "SEP0011215A1AE9,HQ,Cisco 7965,,0123456789012345678901234567890123456789"
                "012345678901234567890123456789\n" /* 13 */
                "SEP0011215A1AEA,HQ,Cisco 7965,,\n"
                "SEP0011215A1AEB,\"HQ,Cisco 7965,,\n"); /* 15: the quote does not end */
    assert_int_equal(inventory.count, 2);
    assert_int_equal(inventory.fates[ROWS_LEFT_OUT], 12);
    row_is_bad(3, "bad device name \"SEP0011215A1AE\"");
    row_is_bad(4, "second row of \"SEP0011215A1AE3\"");
    row_is_bad(5, "second row of \"sep0011215a1ae3\"");
    row_is_bad(6, "no device pool for \"SEP0011215A1AE4\"");
    row_is_bad(7, "no device type for \"SEP0011215A1AE5\"");
    row_is_bad(8, "control characters in the device pool \"H?Q\"");
    row_is_bad(9, "no device name");
    row_is_bad(10, "one field alone, where the header has several: \"SEP0011215A1AE7\"");
    row_is_bad(11, "text after a closing quote");
    row_is_bad(12, "bad device name \"A NAME\"");
    assert_string_equal(note_at(13)->text, "bad phone load name \"012345678901234567890123456789"
                                           "012345678901234567890123456789...\"");
    row_is_bad(15, "the quote that begins here does not end");
    assert_string_equal(inventory.rows[1].name, "SEP0011215A1AEA");
    inventory_free(&inventory);
}

/* Types stand in reports: no control character of a file comes into one, and no half of a letter.
 */
static void bad_types_can_be_shown(void **state)
{
    (void)state;
    good(HEADER "SEP0011215A1AE3,HQ,Cisco 7965,,\n"
                "SEP0011215A1AE4,HQ,\x1b[2JPhone,,\n"
                "SEP0011215A1AE5,HQ,\x1b[2JPhone,,\n"
                "SEP0011215A1AE6,HQ,\x7fPhone\x01,,\n");
    static const char *const shown[] = { "Cisco 7965", "?[2JPhone", "?Phone?" };
    assert_int_equal(inventory.type_count, 3);
    for (int i = 0; i < 3; i++)
        assert_string_equal(inventory.types[i].type, shown[i]);
    assert_int_equal(inventory.types[1].rows, 2);
    inventory_free(&inventory);
    char text[400] = HEADER "SEP0011215A1AE3,HQ,Cisco 7965,,\nSEP0011215A1AE4,HQ,x";
    size_t n = strlen(text);
    for (int i = 0; i < 70; i++, n += 2)
        memcpy(text + n, "\xc3\xa9", 2);
    memcpy(text + n, ",,\n", 4);
    good(text);
    assert_string_equal(inventory.types[1].type + 57, "\xc3\xa9...");
    inventory_free(&inventory);
}

static void files_without_a_row(void **state)
{
    (void)state;
    bad("", "phones.csv: empty: a header with \"Device Name\" was expected");
    bad("\n\n", "phones.csv: empty: a header with \"Device Name\" was expected");
    bad("Device Name,Device Type\nSEP0011215A1AE3,Cisco 7965\n",
        "phones.csv:1: no column \"Device Pool\" in the header; it begins with "
        "\"Device Name\"");
    bad("\nDevice Pool,Device Type\n",
        "phones.csv:2: no column \"Device Name\" in the header; it begins with "
        "\"Device Pool\"");
    bad("Device Name,\"Device Pool\n", "phones.csv:1: the quote that begins here does not end");
    bad(HEADER, "phones.csv:1: no phone in it can be used: no rows");
    bad(HEADER "x y,HQ,Cisco 7965,,\n",
        "phones.csv:2: no phone in it can be used: bad device name \"x y\"");
}

static void security_from_the_name(void **state)
{
    (void)state;
    static const struct {
        const char *profile;
        uint8_t mode;
        bool encrypted, said;
    } cases[] = {
        { "Cisco 7965 - Standard SCCP Non-Secure Profile", CNF_NON_SECURE, false, false },
        { "", CNF_NON_SECURE, false, false },
        { "HQ Secure 7965", CNF_ENCRYPTED, false, true },
        { "HQ encrypted", CNF_ENCRYPTED, false, true },
        { "Authenticated SIP", CNF_AUTHENTICATED, false, true },
        { "Secure with ENCRYPTED CONFIG", CNF_ENCRYPTED, true, true },
        { "NonSecure", CNF_NON_SECURE, false, false },
        { "Universal Device Template - Model-independent Security Profile", CNF_NON_SECURE, false,
          true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[600];
        snprintf(text, sizeof text,
                 HEADER "SEP0011215A1AE3,HQ,Cisco 7965,%s,\nSEP0011215A1AE4,HQ,Cisco 7965,%s,\n",
                 cases[i].profile, cases[i].profile);
        good(text);
        assert_int_equal(inventory.count, 2);
        assert_int_equal(inventory.rows[0].security_mode, cases[i].mode);
        assert_int_equal(inventory.rows[1].encrypted, cases[i].encrypted);
        assert_int_equal(inventory.note_count, cases[i].said); /* once a profile */
        assert_int_equal(inventory.fates[ROWS_LEFT_OUT], 0);
        inventory_free(&inventory);
    }
}

/* ---- pools ---- */

static void pools(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        { "", "pools.csv: no pool in it" },
        { "pool,members\n", "pools.csv: no pool in it" },
        { "HQ\n", "pools.csv:1: no group members for pool \"HQ\"" },
        { "Device Name,Device Pool,Device Type\n",
          "pools.csv:1: this is an export of phones, for --inventory; pools are lines "
          "\"DP-HQ-Floor1,sub1,sub2\"" },
        { "HQ,a,b,c,d\n", "pools.csv:1: more than 3 group members for pool \"HQ\"" },
        { "Pool,a\nHQ,a\n\nB,b\nHQ,b\n", "pools.csv:5: pool \"HQ\" stands in line 2 already" },
        { ",a\n", "pools.csv:1: bad pool name \"\"" },
        { "HQ,\"a\n", "pools.csv:1: the quote that begins here does not end" },
    };
    struct inventory_pools p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(inventory_read_pools(view_str(cases[i].text), "pools.csv", &p, &error));
        assert_string_equal(error.text, cases[i].expected);
        inventory_free_pools(&p);
    }
    assert_true(
        inventory_read_pools(view_str("HQ, pub ,,\r\n\"B,C\",sub1,pub\r\n"), "p", &p, &error));
    assert_int_equal(p.count, 2);
    assert_string_equal(p.pools[0].members[0], "pub");
    assert_int_equal(p.pools[0].count, 1);
    assert_string_equal(p.pools[1].name, "B,C");
    assert_string_equal(p.pools[1].members[1], "pub");
    inventory_free_pools(&p);
}

/* ---- into a lab ---- */

static struct lab *lab_with_nodes(uint32_t *cluster)
{
    static const char *const nodes[] = { "pub", "sub1", "sub2" };
    struct lab_options o = lab_defaults();
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    struct lab_cluster_spec c = {
        .name = "HQ", .version = "8.6", .nodes = nodes, .node_count = 3, .domain = ""
    };
    if (!lab_cluster(lab, &c, cluster, &error))
        fail_msg("%s", error.text);
    return lab;
}

static void sample_in_a_lab(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct inventory_pools p;
    uint32_t cluster;
    struct lab_taken taken;
    struct lab *lab = lab_with_nodes(&cluster);
    assert_true(inventory_read(load("tests/vectors/phones.csv", &a), "phones.csv",
                               (struct inventory_as){ NULL, 0 }, &inventory, &error));
    assert_true(inventory_read_pools(load("tests/vectors/pools.csv", &a), "pools.csv", &p, &error));
    struct inventory_file f = {
        .path = "phones.csv", .pools_path = "pools.csv", .phones = inventory, .pools = p
    };
    if (!inventory_add(lab, cluster, &f, NULL, &taken, &error))
        fail_msg("%s", error.text);
    assert_int_equal(taken.first, 0);
    assert_int_equal(taken.count, 594);
    assert_int_equal(taken.other_count, 0);
    mem_free(&sys_mem, taken.others);
    assert_int_equal(lab->state.phone_count, 594);
    for (uint32_t i = 0; i < inventory.count; i++) {
        const struct inventory_row *r = &inventory.rows[i];
        uint32_t phone;
        assert_true(lab_find_phone(lab, r->name, &phone));
        assert_string_equal(lab_pool_of(lab, phone), r->pool);
        assert_int_equal(lab->state.phones[phone].model, r->model);
        assert_int_equal(lab->state.phones[phone].lsc != 0, r->security_mode >= CNF_AUTHENTICATED);
    }
    /* Its group in the order of the pool file: sub2 first, for a phone of Floor2. */
    uint16_t pool;
    assert_true(config_find_pool(&lab->state.clusters[cluster], "DP-HQ-Floor2", &pool));
    const struct group *g =
        &lab->state.clusters[cluster].db.groups[lab->state.clusters[cluster].db.pools[pool].group];
    assert_int_equal(g->count, 3);
    assert_int_equal(g->members[0], 2);
    inventory_free(&inventory);
    inventory_free_pools(&p);
    lab_free(lab);
    arena_free(&a);
}

static bool add(struct lab *lab, uint32_t cluster, const char *rows, const char *pools)
{
    struct lab_taken taken;
    struct inventory_file f = { .path = "phones.csv", .pools_path = "pools.csv" };
    good(rows);
    f.phones = inventory;
    if (pools != NULL)
        assert_true(inventory_read_pools(view_str(pools), "pools.csv", &f.pools, &error));
    bool ok = inventory_add(lab, cluster, &f, NULL, &taken, &error);
    mem_free(&sys_mem, taken.others);
    inventory_file_free(&f);
    return ok;
}

static void unknown_pools_and_nodes(void **state)
{
    (void)state;
    uint32_t cluster;
    struct lab *lab = lab_with_nodes(&cluster);
    static const char rows[] = HEADER "SEP0011215A1AE3,Default,Cisco 7965,,\n"
                                      "SEP0011215A1AE4,Elsewhere,Cisco 7965,,\n"
                                      "SEP0011215A1AE5,Nowhere,Cisco 7965,,\n"
                                      "SEP0011215A1AE6,Elsewhere,Cisco 7965,,\n";
    assert_false(add(lab, cluster, rows, NULL));
    assert_string_equal(error.text,
                        "phones.csv:3: device pools that stand in no --pools file and not in the "
                        "scenario: \"Elsewhere\" (2 from line 3), \"Nowhere\" (1 from line 4)");
    assert_false(add(lab, cluster, rows, "Elsewhere,nowhere\n"));
    assert_memory_equal(error.text, "pools.csv:1: ", 13);
    assert_non_null(strstr(error.text, "nowhere"));
    lab_free(lab);
}

/* Pools with equal node lists share a CallManager group: hundreds of pools are normal. */
static void pools_share_groups(void **state)
{
    (void)state;
    static const char *const lists[] = { "pub", "pub,sub1", "sub1,pub", "sub2,sub1,pub" };
    uint32_t cluster;
    struct lab *lab = lab_with_nodes(&cluster);
    char *rows, *pools;
    size_t n;
    FILE *a = open_memstream(&rows, &n), *b = open_memstream(&pools, &n);
    fputs(HEADER, a);
    for (int i = 0; i < 600; i++) {
        fprintf(a, "SEP0011215A%04X,P%d,Cisco 7841,,\n", i, i);
        fprintf(b, "P%d,%s\n", i, lists[i % 4]);
    }
    fclose(a);
    fclose(b);
    if (!add(lab, cluster, rows, pools))
        fail_msg("%s", error.text);
    const struct database *db = &lab->state.clusters[cluster].db;
    assert_int_equal(db->pool_count, 601);
    assert_int_equal(db->group_count, 5); /* and "Default" */
    for (uint16_t i = 0; i < 600; i++) {
        char name[16];
        uint16_t pool;
        snprintf(name, sizeof name, "P%d", i);
        assert_true(config_find_pool(&lab->state.clusters[cluster], name, &pool));
        const struct group *g = &db->groups[db->pools[pool].group];
        static const uint8_t members[][3] = { { 0 }, { 0, 1 }, { 1, 0 }, { 2, 1, 0 } };
        assert_int_equal(g->count, i % 4 == 0 ? 1 : i % 4 == 3 ? 3 : 2);
        assert_memory_equal(g->members, members[i % 4], g->count);
    }
    free(rows);
    free(pools);
    lab_free(lab);
}

/* Phones of one class stand in the order of the file; what decides their configuration goes with
 * them. */
static void classes(void **state)
{
    (void)state;
    uint32_t cluster, phone, last = 0;
    struct lab *lab = lab_with_nodes(&cluster);
    if (!add(lab, cluster,
             HEADER "SEP000000000009,Default,Cisco 7965,,,SIP\n"
                    "SEP000000000001,Default,Cisco 7965,HQ secure,,SCCP\n"
                    "SEP000000000008,Default,Cisco 7965,,,SIP\n"
                    "SEP000000000002,Default,Cisco 7965,,SCCP45.9-2-1S,SCCP\n"
                    "SEP000000000007,Default,Cisco 7965,,,SIP\n"
                    "SEP000000000003,Default,Cisco 7841,,,SCCP\n"
                    "SEP000000000004,Default,Cisco 7965,HQ secure encrypted config,,\n",
             NULL))
        fail_msg("%s", error.text);
    static const char *const same[] = { "SEP000000000009", "SEP000000000008", "SEP000000000007" };
    for (int i = 0; i < 3; i++) {
        assert_true(lab_find_phone(lab, same[i], &phone));
        assert_true(i == 0 || phone == last + 1);
        last = phone;
    }
    static const struct {
        const char *name;
        uint8_t protocol, mode;
        bool encrypted, https, lsc;
    } rows[] = {
        { "SEP000000000009", CNF_SIP, CNF_NON_SECURE, false, true, false },
        { "SEP000000000001", CNF_SCCP, CNF_ENCRYPTED, false, true, true },
        { "SEP000000000002", CNF_SCCP, CNF_NON_SECURE, false, false, false },
        { "SEP000000000003", CNF_SIP, CNF_NON_SECURE, false, true, false }, /* speaks SIP alone */
        { "SEP000000000004", CNF_SCCP, CNF_ENCRYPTED, true, true, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(lab_find_phone(lab, rows[i].name, &phone));
        const struct device_class *k = config_class_of(&lab->state.clusters[cluster], phone);
        assert_int_equal(k->protocol, rows[i].protocol);
        assert_int_equal(k->security_mode, rows[i].mode);
        assert_int_equal(k->encrypted, rows[i].encrypted);
        assert_int_equal(k->lsc != 0, rows[i].lsc);
        assert_int_equal(model_table[lab->state.phones[phone].model].https, rows[i].https);
    }
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample),
        cmocka_unit_test(columns_in_any_order),
        cmocka_unit_test(bad_rows_are_left_out),
        cmocka_unit_test(bad_types_can_be_shown),
        cmocka_unit_test(files_without_a_row),
        cmocka_unit_test(security_from_the_name),
        cmocka_unit_test(pools),
        cmocka_unit_test(sample_in_a_lab),
        cmocka_unit_test(unknown_pools_and_nodes),
        cmocka_unit_test(pools_share_groups),
        cmocka_unit_test(classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
