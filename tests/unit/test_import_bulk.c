/* Exports of Bulk Administration and our own CSVs, as facts (sim/import/bulk.c).  Names of columns
 * are those of real exports and of Cisco's guide. */
#include "tests/unit/import_read.h"

#include "sim/import/kinds.h"

static const char all_details[] =
    "Device Name,Description,Device Pool,Device Type,Phone Load Name,Device Security Profile,"
    "Certificate Operation,Authentication String,Device Protocol,Secure Shell User,Secure Shell "
    "Password,XML\n"
    "SEP0011215A1AE3,\"Reception, \"\"front\"\"\",DP-A,Cisco 8845,sip8845.14-2-1,Cisco 8845 - "
    "Standard SIP Secure Profile,No Pending Operation,4711-secret,SIP,admin,hush-hush,"
    "<vendorConfig><settingsAccess>2</settingsAccess><webAccess>0</webAccess></vendorConfig>\n"
    "sep0011215a1ae4,,DP-B,Cisco 7945,,Profile,Install/Upgrade,,SCCP,,,"
    "<vendorConfig><webAccess>1</webAccess><settingsAccess>0</settingsAccess></vendorConfig>\n";

static void test_all_details(void **state)
{
    (void)state;
    read_text("x", all_details);
    assert_string_equal(kind_of_path("x"), "BAT export of phones");
    assert_said(FACT_PHONE_MODEL, "SEP0011215A1AE3", 0, "Cisco 8845");
    assert_said(FACT_PHONE_DESCRIPTION, "SEP0011215A1AE3", 0, "Reception, \"front\"");
    assert_said(FACT_PHONE_POOL, "SEP0011215A1AE3", 0, "DP-A");
    assert_said(FACT_PHONE_LOAD, "SEP0011215A1AE3", 0, "sip8845.14-2-1");
    assert_said(FACT_PHONE_PROFILE, "SEP0011215A1AE3", 0,
                "Cisco 8845 - Standard SIP Secure Profile");
    assert_said(FACT_PHONE_PROTOCOL, "SEP0011215A1AE3", 0, "SIP");
    assert_said(FACT_PHONE_WEB, "SEP0011215A1AE3", 0, "yes");
    assert_said(FACT_PHONE_SETTINGS, "SEP0011215A1AE3", 0, "restricted");
    /* A MAC address is in capitals, whoever wrote it. */
    assert_said(FACT_PHONE_WEB, "SEP0011215A1AE4", 0, "no");
    assert_said(FACT_PHONE_SETTINGS, "SEP0011215A1AE4", 0, "disabled");
    assert_said(FACT_PHONE_OPERATION, "SEP0011215A1AE4", 0, "Install/Upgrade");
    assert_null(fact_of(FACT_PHONE_LOAD, "SEP0011215A1AE4", 0));
    assert_int_equal(fact_of(FACT_PHONE_MODEL, "SEP0011215A1AE4", 0)->line, 3);
}

static void test_no_secret_is_kept(void **state)
{
    (void)state;
    read_text("x", all_details);
    assert_int_equal(facts.secrets_dropped, 2);
    for (uint32_t i = 0; i < facts.text_count; i++) {
        assert_null(strstr(facts_text(&facts, i), "4711-secret"));
        assert_null(strstr(facts_text(&facts, i), "hush"));
    }
    assert_int_equal(facts.note_count, 0);
}

/* Specific Details: columns that somebody chose, in the words of the guide. */
static void test_specific_details(void **state)
{
    (void)state;
    read_text("x",
              "Security Profile;Device Type;Device Name\r\nP-Enc;Cisco 8811;SEP0011215A1AE3\r\n");
    assert_string_equal(kind_of_path("x"), "BAT export of phones");
    assert_said(FACT_PHONE_PROFILE, "SEP0011215A1AE3", 0, "P-Enc");
    assert_said(FACT_PHONE_MODEL, "SEP0011215A1AE3", 0, "Cisco 8811");
    assert_int_equal(facts.count, 2);
}

static void test_a_bad_row_costs_itself(void **state)
{
    (void)state;
    read_text("x", "Device Name,Device Pool\n"
                   "no name!,A\n"
                   "SEP0011215A1AE1,\"A\n"
                   "SEP0011215A1AE2,B\n"
                   "SEP0011215A1AE3\n");
    assert_null(fact_of(FACT_PHONE_POOL, "SEP0011215A1AE1", 0));
    assert_said(FACT_PHONE_POOL, "SEP0011215A1AE2", 0, "B");
    assert_int_equal(count_of(FACT_PHONE_POOL), 1);
    assert_int_equal(row_of("x")->bad, 2);
    assert_true(noted("\"no name!\" is no name of a device"));
    assert_int_equal(facts.notes[1].line, 3);
}

static void test_import_export_tables(void **state)
{
    (void)state;
    read_text("g", "CALL MANAGER GROUP NAME,TFTP,CALL MANAGER 1,CALL MANAGER 2,CALL MANAGER 3\n"
                   "CMG-1,f,CM_sub1,CM_pub,\n");
    read_text("p", "DEVICE POOL NAME,X,CISCO UNIFIED CALLMANAGER GROUP\nDP-A,,CMG-1\n");
    read_text("c", "CISCO UNIFIED CALLMANAGER NAME,DESCRIPTION,SERVER\nCM_sub1,,cucm-sub1\n");
    assert_said(FACT_GROUP_MEMBER, "CMG-1", 0, "CM_sub1");
    assert_said(FACT_GROUP_MEMBER, "CMG-1", 1, "CM_pub");
    assert_int_equal(count_of(FACT_GROUP_MEMBER), 2);
    assert_said(FACT_POOL_GROUP, "DP-A", 0, "CMG-1");
    assert_said(FACT_CALLMANAGER, "CM_sub1", 0, "cucm-sub1");
    assert_int_equal(facts.readings[1].sure, SURE_EXPORT);
}

static void test_itl_file_status(void **state)
{
    (void)state;
    read_text("x", "Name,Status,TFTP\nSEP0011215A1AE1,Match,tftp1\nSEP0011215A1AE2,Not "
                   "Installed,\nSEP0011215A1AE3,mismatch,\nSEP0011215A1AE4,maybe,\n");
    assert_string_equal(kind_of_path("x"), "ITL File Status (CSV)");
    assert_said(FACT_PHONE_ITL_STATUS, "SEP0011215A1AE1", 0, "match");
    assert_said(FACT_PHONE_ITL_STATUS, "SEP0011215A1AE2", 0, "not-installed");
    assert_said(FACT_PHONE_ITL_STATUS, "SEP0011215A1AE3", 0, "mismatch");
    assert_said(FACT_PHONE_TFTP, "SEP0011215A1AE1", 0, "tftp1");
    assert_int_equal(count_of(FACT_PHONE_ITL_STATUS), 3);
    assert_true(noted("\"maybe\" is no ITL File Status"));
}

/* Columns of another meaning are not taken for those of ours. */
static void test_other_tables_are_not_read(void **state)
{
    (void)state;
    read_text("a", "name,status,owner\nSEP0011215A1AE1,Match,x\n");
    read_text("b", "USER ID,PIN,PASSWORD\nu,1234,geheim\n");
    read_text("c", "Device Name\nSEP0011215A1AE1\n");
    assert_int_equal(got.as[RECOGNISED_UNKNOWN], 3);
    assert_int_equal(facts.count, 0);
}

static void test_pools_of_ours(void **state)
{
    (void)state;
    read_text("x", "pool,first,second\nDP-A,sub1,pub\nDP-B,pub\nDP-B,sub1\n");
    assert_string_equal(kind_of_path("x"), "pools (CSV)");
    assert_said(FACT_POOL_GROUP, "DP-B", 0, "DP-B");
    assert_said(FACT_GROUP_MEMBER, "DP-A", 0, "sub1");
    assert_said(FACT_GROUP_MEMBER, "DP-A", 1, "pub");
    assert_said(FACT_GROUP_MEMBER, "DP-B", 0, "pub");
    assert_said(FACT_GROUP_MEMBER, "DP-B", 1, "sub1");
}

/* What `run sql` prints for the query of INVENTORY.md, saved alone or in a log. */
static void test_pools_of_a_query(void **state)
{
    (void)state;
    static const char table[] = "(expression)\n============\nDP-A,sub1\nDP-A,pub\nDP-B,pub\n";
    char log[400];
    read_text("x", table);
    assert_string_equal(kind_of_path("x"), "pools (CSV)");
    assert_int_equal(count_of(FACT_GROUP_MEMBER), 3);
    assert_said(FACT_GROUP_MEMBER, "DP-A", 1, "pub");
    snprintf(log, sizeof log, "admin:run sql select dp.name||','||pn.name from x\n%sadmin:", table);
    read_text("log", log);
    assert_int_equal(count_of(FACT_GROUP_MEMBER), 6);
    assert_int_equal(facts.note_count, 0);
}

/* Such rows are in every export; they are no fault of it. */
static void test_devices_without_a_list(void **state)
{
    (void)state;
    read_text("x", "Device Name,Device Type\nRDP of Anna,Remote Destination Profile\n"
                   "SEP0011215A1AE3,Cisco 8845\n");
    assert_int_equal(row_of("x")->bad, 0);
    assert_true(noted("1 row of devices that hold no trust list"));
    assert_int_equal(facts.count, 1);
}

static void test_what_tftp_has_built(void **state)
{
    (void)state;
    read_text("x", "SEP0011215A1AE1.cnf.xml.sgn  2048\nsep0011215a1ae2.cnf.xml\t1\nCTLFile.tlv 3\n"
                   "RINGLIST.XML\nSEP0011215A1AE3.cnf.xml.enc.sgn\n");
    assert_string_equal(kind_of_path("x"), "ConfigFileCacheList.txt");
    assert_int_equal(count_of(FACT_PHONE_CONFIG_BUILT), 3);
    assert_said(FACT_PHONE_CONFIG_BUILT, "SEP0011215A1AE2", 0, "yes");
    /* Which node it is nobody says: the one of this file. */
    const struct fact_said *f = fact_of(FACT_PHONE_CONFIG_BUILT, "SEP0011215A1AE1", 0);
    assert_string_equal(facts_text(&facts, f->about2), "@1");
}

/* Rows of more fields than the header has, which need more room than it did. */
static void test_rows_longer_than_the_header(void **state)
{
    (void)state;
    char text[4000];
    int n = snprintf(text, sizeof text, "Device Name,Device Pool\n");
    for (int i = 0; i < 4; i++) {
        n += snprintf(text + n, sizeof text - (size_t)n, "SEP0011215A1AE%d,\"P\"\"%d\"", i, i);
        for (int k = 0; k < 100 * (i % 2) + 20; k++)
            n += snprintf(text + n, sizeof text - (size_t)n, ",\"\"\"\"");
        n += snprintf(text + n, sizeof text - (size_t)n, "\n");
    }
    read_text("x", text);
    assert_int_equal(facts.count, 4);
    assert_said(FACT_PHONE_POOL, "SEP0011215A1AE0", 0, "P\"0");
    assert_said(FACT_PHONE_POOL, "SEP0011215A1AE3", 0, "P\"3");
}

/* A value of a megabyte. */
static void test_large_values(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    size_t n = 1 << 20;
    char *text = arena_take(&a, n + 200);
    int at = snprintf(text, 200, "Device Name,Description\nSEP0011215A1AE1,");
    memset(text + at, 'x', n);
    recognise_bytes(&got, "x", view_of(text, (size_t)at + n));
    assert_int_equal(strlen(said(FACT_PHONE_DESCRIPTION, "SEP0011215A1AE1", 0)), FACTS_TEXT);
    assert_true(noted("cut to 1000 bytes"));
    arena_free(&a);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_all_details),
        TEST(test_no_secret_is_kept),
        TEST(test_specific_details),
        TEST(test_a_bad_row_costs_itself),
        TEST(test_import_export_tables),
        TEST(test_itl_file_status),
        TEST(test_other_tables_are_not_read),
        TEST(test_pools_of_ours),
        TEST(test_pools_of_a_query),
        TEST(test_devices_without_a_list),
        TEST(test_what_tftp_has_built),
        TEST(test_rows_longer_than_the_header),
        TEST(test_large_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
