/* Rows of an export, whole: what each field becomes, and where a row begins behind a stray quote.
 */
#include "tests/unit/told.h"

#include "sim/text/csv.h"
#include "sim/inventory/inventory.h"

#include <unistd.h>

#define HEADER                                                                                     \
    "Device Name,Device Pool,Device Type,Device Security Profile,Phone Load Name,Device "          \
    "Protocol,Settings Access,XML\n"

static struct inventory v;

static void read_text(const char *text)
{
    struct err e = { "" };
    inventory_free(&v);
    if (!inventory_read(view_str(text), "f.csv", (struct inventory_as){ NULL, 0 }, &v, &e))
        fail_msg("%s", e.text);
}

/* All rows and notes in one text. */
static void is(const char *text, const char *want)
{
    char *said;
    size_t n;
    FILE *out = open_memstream(&said, &n);
    static const char *const settings[] = { "enabled", "restricted", "disabled" };
    read_text(text);
    for (uint32_t i = 0; i < v.count; i++) {
        const struct inventory_row *r = &v.rows[i];
        fprintf(out, "%u %s %s %s \"%s\" mode %u speaks %u %s%s\n", r->line, r->name, r->pool,
                model_table[r->model].name, r->load, r->security_mode, r->speaks,
                settings[r->settings], r->encrypted ? " encrypted" : "");
    }
    for (uint32_t i = 0; i < v.note_count; i++)
        fprintf(out, "%u: %s%s\n", v.notes[i].line, v.notes[i].text,
                v.notes[i].bad ? " (bad)" : "");
    fprintf(out, "%u rows: %u %u %u %u%s\n", v.total, v.fates[ROWS_SIMULATED],
            v.fates[ROWS_AS_OTHER], v.fates[ROWS_NOTHING], v.fates[ROWS_LEFT_OUT],
            inventory_bent(&v) ? ", bent" : "");
    fclose(out);
    if (strcmp(said, want) != 0)
        fail_msg("not\n%s\nbut\n%s", want, said);
    free(said);
    inventory_free(&v);
}

/* A type is one however many blanks stand between its words. */
static void blanks(void **state)
{
    (void)state;
    is(HEADER "SEP000000000001,A,Cisco  7841,,,SIP,,\n"
              "SEP000000000002,A, cisco   7841 ,,,SIP,,\n",
       "2 SEP000000000001 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "3 SEP000000000002 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "2 rows: 2 0 0 0\n");
}

static void settings_access(void **state)
{
    (void)state;
    is(HEADER "SEP000000000001,A,Cisco 7841,,,SIP,0,\n"
              "SEP000000000002,A,Cisco 7841,,,SIP,1,\n"
              "SEP000000000003,A,Cisco 7841,,,SIP,2,\n"
              "SEP000000000004,A,Cisco 7841,,,SIP,DISABLED,\n"
              "SEP000000000005,A,Cisco 7841,,,SIP,restricted,\n"
              "SEP000000000006,A,Cisco 7841,,,SIP,Enabled,\n"
              "SEP000000000007,A,Cisco 7841,,,SIP,,<a/><settingsAccess>2</settingsAccess>\n"
              "SEP000000000008,A,Cisco 7841,,,SIP,,<SETTINGSACCESS>0\n"
              "SEP000000000009,A,Cisco 7841,,,SIP,,<settingsAccess>\n"
              "SEP00000000000A,A,Cisco 7841,,,SIP,1,<settingsAccess>0</settingsAccess>\n"
              "SEP00000000000B,A,Cisco 7841,,,SIP,,<webAccess>0</webAccess>\n",
       "2 SEP000000000001 A 7841 \"\" mode 1 speaks 2 disabled\n"
       "3 SEP000000000002 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "4 SEP000000000003 A 7841 \"\" mode 1 speaks 2 restricted\n"
       "5 SEP000000000004 A 7841 \"\" mode 1 speaks 2 disabled\n"
       "6 SEP000000000005 A 7841 \"\" mode 1 speaks 2 restricted\n"
       "7 SEP000000000006 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "8 SEP000000000007 A 7841 \"\" mode 1 speaks 2 restricted\n"
       "9 SEP000000000008 A 7841 \"\" mode 1 speaks 2 disabled\n"
       "10 SEP000000000009 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "11 SEP00000000000A A 7841 \"\" mode 1 speaks 2 enabled\n"
       "12 SEP00000000000B A 7841 \"\" mode 1 speaks 2 enabled\n"
       "11 rows: 11 0 0 0\n");
}

static void profiles(void **state)
{
    (void)state;
    is(HEADER "SEP000000000001,A,Cisco 7841,Standard SIP Non-Secure,,SIP\n"
              "SEP000000000002,A,Cisco 7841,NONSECURE,,SIP\n"
              "SEP000000000003,A,Cisco 7841,non secure,,SIP\n"
              "SEP000000000004,A,Cisco 7841,7841 Secure,,SIP\n"
              "SEP000000000005,A,Cisco 7841,7841 Authenticated,,SIP\n"
              "SEP000000000006,A,Cisco 7841,encrypt,,SIP\n"
              "SEP000000000007,A,Cisco 7841,plain,,SIP\n"
              "SEP000000000008,A,Cisco 7841,Non-Secure Encrypted Config,,SIP\n"
              "SEP000000000009,A,Cisco 7841,TFTP Encrypted Config,,SIP\n",
       "2 SEP000000000001 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "3 SEP000000000002 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "4 SEP000000000003 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "5 SEP000000000004 A 7841 \"\" mode 3 speaks 2 enabled\n"
       "6 SEP000000000005 A 7841 \"\" mode 2 speaks 2 enabled\n"
       "7 SEP000000000006 A 7841 \"\" mode 3 speaks 2 enabled\n"
       "8 SEP000000000007 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "9 SEP000000000008 A 7841 \"\" mode 1 speaks 2 enabled encrypted\n"
       "10 SEP000000000009 A 7841 \"\" mode 3 speaks 2 enabled encrypted\n"
       "7: security profile \"encrypt\" (1 phone) is taken by its name as encrypted, with an LSC "
       "of "
       "this cluster if it is their home\n"
       "10: security profile \"TFTP Encrypted Config\" (1 phone) is taken by its name as "
       "encrypted, "
       "with an LSC of this cluster if it is their home, configuration files encrypted\n"
       "6: security profile \"7841 Authenticated\" (1 phone) is taken by its name as "
       "authenticated, with an LSC of this cluster if it is their home\n"
       "5: security profile \"7841 Secure\" (1 phone) is taken by its name as encrypted, with an "
       "LSC of this cluster if it is their home\n"
       "8: security profile \"plain\" (1 phone) is taken by its name as non-secure\n"
       "9 rows: 9 0 0 0\n");
}

/* The row behind a stray quote begins where a line looks like one of a phone. */
static void stray_quotes(void **state)
{
    (void)state;
    static const char *const rest[] = {
        "SEP000000000002,A,Acme Door,,,SIP\n",  /* by its name */
        "ATA000000000002,A,Cisco 7841,,,SIP\n", /* by its type */
        "ATA000000000002,A,Cisco 8899,,,SIP\n", /* by its family */
    };
    static const char *const rows[] = {
        "3 SEP000000000002 A SIP device \"\" mode 1 speaks 2 enabled\n",
        "3 ATA000000000002 A 7841 \"\" mode 1 speaks 2 enabled\n",
        "3 ATA000000000002 A 88xx \"\" mode 1 speaks 2 enabled\n",
    };
    for (int i = 0; i < 3; i++) {
        char text[500], want[500];
        snprintf(text, sizeof text, HEADER "SEP000000000001,\"A,Cisco 7841,,,SIP\n%s%s", rest[i],
                 "SEP000000000003,A,\"Cisco 7841\",,,SIP\n");
        snprintf(want, sizeof want,
                 "%s4 SEP000000000003 A 7841 \"\" mode 1 speaks 2 enabled\n"
                 "2: the quote that begins here does not end (bad)\n3 rows: %s 0 1, bent\n",
                 rows[i], i == 1 ? "2 0" : "1 1");
        is(text, want);
    }
    /* What looks like none stays in the quote. */
    is(HEADER "SEP000000000001,\"A\nATA000000000002,A,Acme Door,,,SIP\n\",Cisco 7841,,,SIP\n"
              "SEP000000000003,A,Cisco 7841,,,SIP\n",
       "5 SEP000000000003 A 7841 \"\" mode 1 speaks 2 enabled\n"
       "2: control characters in the device pool \"A?ATA000000000002,A,Acme Door,,,SIP\" (bad)\n"
       "2 rows: 1 0 0 1, bent\n");
}

/* A field of a line that is looked at ahead; behind the line's end there is none. */
static void peeked(void **state)
{
    (void)state;
    struct csv c = csv_of(view_str("a, b \nc,d\r,e"));
    static const struct {
        size_t at;
        uint32_t k;
        const char *field;
    } rows[] = { { 0, 0, "a" }, { 0, 1, "b" }, { 0, 2, "" },  { 6, 0, "c" },
                 { 6, 1, "d" }, { 6, 2, "" },  { 10, 0, "" }, { 10, 1, "e" },
                 { 10, 2, "" }, { 2, 0, "b" }, { 12, 0, "" } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct view v_is = csv_peek(&c, rows[i].at, rows[i].k);
        if (!view_eq(v_is, view_str(rows[i].field)))
            fail_msg("%zu, %u: not %s", rows[i].at, rows[i].k, rows[i].field);
    }
    struct csv quotes = csv_of(view_str("\"a\",\"b\nc\",\"\"\n\"\n"));
    assert_false(csv_pairs(&quotes, 0));
    assert_true(csv_pairs(&quotes, 2));
    assert_false(csv_pairs(&quotes, 7));
    assert_true(csv_pairs(&quotes, 9));
    assert_false(csv_pairs(&quotes, 13));
}

/* Headers that a file of pools may have, and cells that a spreadsheet pads with. */
static void headers_of_pools(void **state)
{
    (void)state;
    static const char *const heads[] = { "", "pool,first\n", "DEVICE POOL,node,node\n",
                                         "(expression)\n============\n", "===\n" };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char text[300];
        struct inventory_pools p;
        struct err e = { "" };
        snprintf(text, sizeof text, "%sA,pub,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,sub1\nB,sub2\n",
                 heads[i]);
        assert_true(inventory_read_pools(view_str(text), "p", &p, &e));
        assert_int_equal(p.count, 2);
        assert_string_equal(p.pools[0].name, "A");
        assert_int_equal(p.pools[0].count, 2);
        assert_string_equal(p.pools[0].members[0], "pub");
        assert_string_equal(p.pools[0].members[1], "sub1");
        assert_string_equal(p.pools[1].name, "B");
        assert_int_equal(p.pools[1].count, 1);
        assert_string_equal(p.pools[1].members[0], "sub2");
        inventory_free_pools(&p);
    }
}

/* ---- files ---- */

static void checksum(void **state)
{
    (void)state;
    char sha256[65];
    inventory_checksum(view_str("abc"), sha256);
    assert_string_equal(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void errors(const char *csv, const char *pools, const char *want)
{
    static const char plan[] =
        "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub' } } "
        "hq:phones { count = 1, model = '8845' }";
    struct run r = { 0 };
    char phones[64], groups[64];
    const char *files[] = { phones }, *more[] = { groups };
    put_file(phones, csv, strlen(csv));
    put_file(groups, pools, strlen(pools));
    put_file(r.path, plan, strlen(plan));
    struct session_options o = options_for(&r, r.path, 1);
    o.inventories = files;
    o.inventory_count = 1;
    o.pools = more;
    o.pools_count = 1;
    run_file(&r, &o);
    unlink(phones);
    unlink(groups);
    const char *says = strstr(r.e.text, "phones: ");
    assert_non_null(says);
    assert_non_null(strchr(says + 8, ':'));
    assert_string_equal(strchr(says + 8, ':'), want);
    done(&r);
}

/* As many pools as a line takes are named, in the order of the file. */
static void unknown_pools(void **state)
{
    (void)state;
    char csv[4000];
    struct wr w = wr_of(csv, sizeof csv - 1);
    wr_fmt(&w, HEADER);
    for (int i = 0; i < 12; i++)
        wr_fmt(&w, "SEP0000000000%02X,A-pool-with-a-long-name-%d,Cisco 7841,,,SIP\n", i + 1, i / 2);
    csv[w.n] = '\0';
    errors(csv, "Other,pub\n",
           ":2: device pools that stand in no --pools file and not in the scenario: "
           "\"A-pool-with-a-long-name-0\" (2 from line 2), \"A-pool-with-a-long-name-1\" (2 from "
           "line 4), \"A-pool-with-a-long-name-2\" (2 from line 6), "
           "\"A-pool-with-a-long-name-3\" (2 from line 8), \"A-pool-with-a-long-name-4\" (2 from "
           "line 10) and 1 more");
    errors(HEADER "SEP000000000001,A,Cisco 7841,,,SIP\n", "Other,pub\nA,pub,nobody\n",
           ":2: HQ: CallManager group \"A\" names no node \"nobody\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blanks),   cmocka_unit_test(settings_access),
        cmocka_unit_test(profiles), cmocka_unit_test(stray_quotes),
        cmocka_unit_test(peeked),   cmocka_unit_test(headers_of_pools),
        cmocka_unit_test(checksum), cmocka_unit_test(unknown_pools)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
