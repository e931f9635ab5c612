/* Phone exports and pool files: the sample, hand-made bad ones, and the way into a lab. */
#include "sim/base/sys.h"
#include "sim/inventory.h"

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
    return inventory_read(view_str(text), "phones.csv", &inventory, &error);
}

static void good(const char *text)
{
    if (!read_text(text))
        fail_msg("%s", error.text);
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

#define HEADER "Device Name,Device Pool,Device Type,Device Security Profile,Phone Load Name\n"

/* ---- reading ---- */

static void sample(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct view file = load("tests/vectors/phones.csv", &a);
    assert_true(inventory_read(file, "phones.csv", &inventory, &error));
    assert_int_equal(inventory.count, 594);
    assert_int_equal(inventory.bad, 7);
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
    assert_int_equal(inventory.note_count, 0);
    const struct inventory_row *r = inventory.rows;
    assert_string_equal(r[0].name, "SEP0011215A1AE3"); /* CUCM has MAC addresses in upper case */
    assert_string_equal(r[0].pool, "HQ");
    assert_string_equal(r[0].load, "load");
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
                "SEP0011215A1AE6,HQ,Cisco 9999,,\n"      /* 8 */
                ",HQ,Cisco 7965,,\n"                     /* 9 */
                "SEP0011215A1AE7\n"                      /* 10: ragged */
                "\"SEP0011215A1AE8\"x,HQ,Cisco 7965,,\n" /* 11 */
                "A NAME,HQ,Cisco 7965,,\n"               /* 12 */
                "SEP0011215A1AE9,HQ,Cisco 7965,,0123456789012345678901234567890123456789"
                "012345678901234567890123456789\n" /* 13 */
                "SEP0011215A1AEA,HQ,Cisco 7965,,\n"
                "SEP0011215A1AEB,\"HQ,Cisco 7965,,\n"); /* 15: the quote does not end */
    assert_int_equal(inventory.count, 2);
    assert_int_equal(inventory.bad, 12);
    row_is_bad(3, "bad device name \"SEP0011215A1AE\"");
    row_is_bad(4, "second row of \"SEP0011215A1AE3\"");
    row_is_bad(5, "second row of \"sep0011215a1ae3\"");
    row_is_bad(6, "no device pool for \"SEP0011215A1AE4\"");
    row_is_bad(7, "no device type for \"SEP0011215A1AE5\"");
    row_is_bad(8, "unknown device type \"Cisco 9999\"");
    row_is_bad(9, "no device name");
    row_is_bad(10, "no device pool for \"SEP0011215A1AE7\"");
    row_is_bad(11, "text behind a closing quote");
    row_is_bad(12, "bad device name \"A NAME\"");
    assert_memory_equal(note_at(13)->text, "phone load name too long: \"", 27);
    row_is_bad(15, "the quote that begins here does not end");
    assert_string_equal(inventory.rows[1].name, "SEP0011215A1AEA");
    inventory_free(&inventory);
}

static void files_without_a_row(void **state)
{
    (void)state;
    bad("", "phones.csv: empty: a header with \"Device Name\" was expected");
    bad("\n\n", "phones.csv: empty: a header with \"Device Name\" was expected");
    bad("Device Name,Device Type\nSEP0011215A1AE3,Cisco 7965\n",
        "phones.csv:1: no column \"Device Pool\" in the header");
    bad("\nDevice Pool,Device Type\n", "phones.csv:2: no column \"Device Name\" in the header");
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
        assert_int_equal(inventory.bad, 0);
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
        { "HQ,a,b,c,d\n", "pools.csv:1: more than 3 group members for pool \"HQ\"" },
        { "Pool,a\nHQ,a\n\nHQ,b\n", "pools.csv:4: pool \"HQ\" stands in line 2 already" },
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
    uint32_t cluster, first, count;
    struct lab *lab = lab_with_nodes(&cluster);
    assert_true(
        inventory_read(load("tests/vectors/phones.csv", &a), "phones.csv", &inventory, &error));
    assert_true(inventory_read_pools(load("tests/vectors/pools.csv", &a), "pools.csv", &p, &error));
    if (!inventory_add(lab, cluster,
                       &(struct inventory_source){ &inventory, "phones.csv", &p, "pools.csv" },
                       &first, &count, &error))
        fail_msg("%s", error.text);
    assert_int_equal(first, 0);
    assert_int_equal(count, 594);
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

static void unknown_pools_and_nodes(void **state)
{
    (void)state;
    uint32_t cluster, first, count;
    struct inventory_pools p;
    struct lab *lab = lab_with_nodes(&cluster);
    good(HEADER "SEP0011215A1AE3,Default,Cisco 7965,,\nSEP0011215A1AE4,Elsewhere,Cisco 7965,,\n");
    assert_false(inventory_add(lab, cluster,
                               &(struct inventory_source){ &inventory, "phones.csv", NULL, NULL },
                               &first, &count, &error));
    assert_string_equal(error.text, "phones.csv:3: device pool \"Elsewhere\" of SEP0011215A1AE4 is "
                                    "in no --pools file and not in the scenario");
    assert_true(inventory_read_pools(view_str("Elsewhere,nowhere\n"), "pools.csv", &p, &error));
    assert_false(inventory_add(
        lab, cluster, &(struct inventory_source){ &inventory, "phones.csv", &p, "pools.csv" },
        &first, &count, &error));
    assert_memory_equal(error.text, "pools.csv:1: ", 13);
    assert_non_null(strstr(error.text, "nowhere"));
    inventory_free_pools(&p);
    inventory_free(&inventory);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample),
        cmocka_unit_test(columns_in_any_order),
        cmocka_unit_test(bad_rows_are_left_out),
        cmocka_unit_test(files_without_a_row),
        cmocka_unit_test(security_from_the_name),
        cmocka_unit_test(pools),
        cmocka_unit_test(sample_in_a_lab),
        cmocka_unit_test(unknown_pools_and_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
