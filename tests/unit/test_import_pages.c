/* Phones' own pages, one of each dialect, as facts (sim/import/pages.c).  Words, tags and entities
 * are those of pages of real phones; names, addresses and hashes are made up. */
#include "tests/unit/import_read.h"

#define SHA   "0A 1B 2C 3D 4E 5F 60 71 82 93 A4 B5 C6 D7 E8 F9 00 11 22 33"
#define HEX   "0a1b2c3d4e5f60718293a4b5c6d7e8f900112233"
#define OTHER "FF 1B 2C 3D 4E 5F 60 71 82 93 A4 B5 C6 D7 E8 F9 00 11 22 33"

/* The frame of every page: logo and heading above, links at the left, rows at the right. */
#define PAGE(title, heading, rows)                                                                 \
    "<HTML><HEAD><META http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">"     \
    "<TITLE>Cisco Systems, Inc.</TITLE></HEAD><BODY><TABLE BORDER=\"1\"><TR><td><A HREF=\"x\">"    \
    "<IMG SRC=\"/FS/Logo.png\"></A></TD><td><p><B><font size=\"6\">" title "</FONT></B><p><B>"     \
    "<font size=\"4\">" heading "</FONT></FONT></B></TD></TR><TR><td><TABLE><TR><TD><a "           \
    "href=\"/CGI/Java/Serviceability?adapter=device.statistics.device\">Device information</A>"    \
    "</TD></TR></TABLE></TD>\n<td><DIV><TABLE>" rows                                               \
    "</TABLE></DIV></TD></TR></TABLE></BODY></HTML>"
#define ROW(name, value)                                                                           \
    "<TR><TD><B> " name "</B></TD><td width=20></TD><TD><B>" value "</B></TD></TR>\n"

static const char mixed_88xx[] = PAGE(
    "Network setup", "Cisco IP Phone CP&#x2D;8841 ( SEP0011215A1AE3 )",
    ROW("MAC address", "0011215A1AE3") ROW("Host name", "SEP0011215A1AE3")
        ROW("IP address", "10.9.1.7") ROW("TFTP server 1", "10.9.0.5") ROW("TFTP server 2", "") ROW(
            "CUCM server1", "sub1.corp.test  Active") ROW("CUCM server2", "pub.corp.test  Standby")
            ROW("CUCM server3", "sub2.corp.test") ROW("CUCM server4", "")
                ROW("Web access enabled", "Yes") ROW("CTL file", "Installed")
                    ROW("CTL signature", SHA) ROW("CAPF server", "CAPF&#x2D;1234abcd")
                        ROW("CUCM server &#x2F; TFTP server", "pub.corp.test")
                            ROW("ITL file", "Installed") ROW("ITL signature",
                                                             OTHER) ROW("TVS", "sub1.corp.test")
                                ROW("CAPF server", "CAPF&#x2D;1234abcd") ROW("TVS", "pub.corp.test")
                                    ROW("CUCM server / TFTP server", "pub&#x2D;EC.corp.test")
                                        ROW("Automatic port synchronization", "No")
                                            ROW("TVS", "not of a list"));

static void test_88xx_in_mixed_mode(void **state)
{
    (void)state;
    static const char phone[] = "SEP0011215A1AE3";
    read_text("any name", mixed_88xx);
    assert_string_equal(kind_of_path("any name"), "phone's page (HTML)");
    assert_said(FACT_PHONE_MODEL, phone, 0, "Cisco 8841");
    assert_said(FACT_PHONE_ADDRESS, phone, 0, "10.9.1.7");
    assert_said(FACT_PHONE_TFTP, phone, 0, "10.9.0.5");
    assert_null(fact_of(FACT_PHONE_TFTP, phone, 1));
    assert_said(FACT_PHONE_CM, phone, 0, "sub1.corp.test");
    assert_said(FACT_PHONE_CM, phone, 1, "pub.corp.test");
    assert_said(FACT_PHONE_CM, phone, 2, "sub2.corp.test");
    assert_null(fact_of(FACT_PHONE_CM, phone, 3));
    assert_said(FACT_PHONE_SERVER, phone, 0, "sub1.corp.test");
    assert_said(FACT_PHONE_WEB, phone, 0, "yes");
    assert_said(FACT_PHONE_CTL, phone, 0, HEX);
    assert_said(FACT_PHONE_CTL_RECORD, phone, 0, "CAPF CAPF-1234abcd");
    assert_said(FACT_PHONE_CTL_RECORD, phone, 1, "CCM+TFTP pub.corp.test");
    assert_said(FACT_PHONE_ITL, phone, 0, "ff1b2c3d4e5f60718293a4b5c6d7e8f900112233");
    assert_said(FACT_PHONE_ITL_RECORD, phone, 0, "TVS sub1.corp.test");
    assert_said(FACT_PHONE_ITL_RECORD, phone, 1, "CAPF CAPF-1234abcd");
    assert_said(FACT_PHONE_ITL_RECORD, phone, 2, "TVS pub.corp.test");
    assert_said(FACT_PHONE_ITL_RECORD, phone, 3, "CCM+TFTP pub-EC.corp.test");
    /* What stands behind the lists is in neither. */
    assert_int_equal(count_of(FACT_PHONE_ITL_RECORD), 4);
    assert_int_equal(facts.note_count, 0);
}

static void test_78xx_without_a_ctl(void **state)
{
    (void)state;
    static const char page[] = PAGE(
        "Network Setup", "Cisco Unified IP Phone CP-7811 ( SEP0011215A1AE3 )",
        ROW("MAC Address", "0011215A1AE3") ROW("Unified CM1", "pub.corp.test   Active")
            ROW("Security Mode", "Non Secure") ROW("Web Access Enabled", "No")
                ROW("CTL File", "Not Installed") ROW("ITL File", "Installed")
                    ROW("ITL Signature", SHA) ROW("TVS", "pub.corp.test")
                        ROW("TFTP Server", "pub.corp.test") ROW("TFTP Server", "pub-EC.corp.test")
                            ROW("Automatic Port Synchronization", "No"));
    read_text("x", page);
    assert_said(FACT_PHONE_CTL, "SEP0011215A1AE3", 0, "none");
    assert_said(FACT_PHONE_ITL, "SEP0011215A1AE3", 0, HEX);
    assert_said(FACT_PHONE_ITL_RECORD, "SEP0011215A1AE3", 1, "TFTP pub.corp.test");
    assert_said(FACT_PHONE_ITL_RECORD, "SEP0011215A1AE3", 2, "TFTP pub-EC.corp.test");
    assert_said(FACT_PHONE_WEB, "SEP0011215A1AE3", 0, "no");
    assert_said(FACT_PHONE_MODEL, "SEP0011215A1AE3", 0, "Cisco 7811");
    assert_said(FACT_PHONE_MODE, "SEP0011215A1AE3", 0, "non-secure");
    assert_int_equal(count_of(FACT_PHONE_TFTP), 0);
}

/* 89xx, saved by a browser: rows over several lines, small tags, other words. */
static void test_89xx_saved(void **state)
{
    (void)state;
#define SAVED(name, value)                                                                         \
    "<tr>\n<td><b>" name "</b></td>\n<td width=\"20\"></td>\n<td><b>" value "</b></td>\n</tr>\n"
    static const char page[] = PAGE(
        "Network Setup", "Cisco IP Phone CP-8945( SEP0011215A1AE3 )",
        SAVED("Host Name", "SEP0011215A1AE3") SAVED("CallManager 1", "pub.corp.test  Active")
            SAVED("CTL File", "Not Installed") SAVED("ITL File", "Installed")
                SAVED("ITL Signature", SHA) SAVED("CUCM Server/TFTP Server", "tftp.corp.test"));
    read_text("x", page);
    assert_said(FACT_PHONE_CM, "SEP0011215A1AE3", 0, "pub.corp.test");
    assert_said(FACT_PHONE_ITL_RECORD, "SEP0011215A1AE3", 0, "CCM+TFTP tftp.corp.test");
    assert_said(FACT_PHONE_MODEL, "SEP0011215A1AE3", 0, "Cisco 8945");
}

/* 79xx: no lists on the page; a model with a letter; TFTP servers that stand apart. */
static void test_79xx_shows_no_lists(void **state)
{
    (void)state;
    static const char page[] =
        PAGE("Network Configuration", "Cisco Unified IP Phone CP-7945G ( SEP0011215A1AE3 )",
             ROW("Host Name", "SEP0011215A1AE3") ROW("TFTP Server 1", "10.9.0.5")
                 ROW("Unified CM 1", "pub.corp.test   Active") ROW("TFTP Server 2", "10.9.0.6")
                     ROW("Security Mode", "Authenticated") ROW("Web Access", "Enabled"));
    read_text("x", page);
    assert_said(FACT_PHONE_MODEL, "SEP0011215A1AE3", 0, "Cisco 7945");
    assert_said(FACT_PHONE_MODE, "SEP0011215A1AE3", 0, "authenticated");
    assert_said(FACT_PHONE_TFTP, "SEP0011215A1AE3", 1, "10.9.0.6");
    assert_said(FACT_PHONE_WEB, "SEP0011215A1AE3", 0, "yes");
    assert_null(fact_of(FACT_PHONE_ITL, "SEP0011215A1AE3", 0));
}

static void test_dx_has_its_lists_on_another_page(void **state)
{
    (void)state;
    static const char page[] = PAGE("Security Information", "Cisco CP-DX80 ( SEP0011215A1AE3 )",
                                    ROW("LSC", "Not Installed") ROW("CTL File", "Not Installed")
                                        ROW("ITL File", "Installed") ROW("ITL Signature", SHA)
                                            ROW("TVS", "pub.corp.test"));
    read_text("x", page);
    assert_said(FACT_PHONE_ITL, "SEP0011215A1AE3", 0, HEX);
    assert_said(FACT_PHONE_LSC, "SEP0011215A1AE3", 0, "no");
    assert_said(FACT_PHONE_MODEL, "SEP0011215A1AE3", 0, "Cisco DX80");
}

/* Lists and servers are known by the words that no language changes. */
static void test_in_other_languages(void **state)
{
    (void)state;
    static const char german[] = PAGE(
        "Netzwerkkonfiguration", "Cisco IP Phone CP-8841 ( SEP0011215A1AE3 )",
        ROW("MAC-Adresse", "0011215A1AE3") ROW("Dom&auml;nenname", "corp.test")
            ROW("TFTP-Server 1", "10.9.0.5") ROW("CUCM-Server1", "sub1.corp.test  Aktiv")
                ROW("CUCM-Server2", "pub.corp.test  Standby") ROW("CTL-Datei", "Nicht installiert")
                    ROW("ITL-Datei", "Installiert") ROW("ITL-Signatur", SHA)
                        ROW("TVS", "sub1.corp.test") ROW("CAPF-Server", "CAPF-1234abcd")
                            ROW("CUCM-Server/TFTP-Server", "pub.corp.test")
                                ROW("Automatische Portsynchronisierung", "Nein")
                                    ROW("TVS", "not of a list"));
    static const char french[] =
        PAGE("Configuration r&eacute;seau", "Cisco IP Phone CP-8841 ( SEP0011215A1AE4 )",
             ROW("Serveur TFTP 2", "10.9.0.6") ROW("Serveur CUCM1", "sub1.corp.test  Actif")
                 ROW("Fichier CTL", "Install\xc3\xa9") ROW("Signature CTL", OTHER)
                     ROW("Serveur CUCM / Serveur TFTP", "pub.corp.test")
                         ROW("Fichier ITL", "Install\xc3\xa9") ROW("Signature ITL", SHA)
                             ROW("Serveur TFTP", "pub.corp.test"));
    static const char phone[] = "SEP0011215A1AE3";
    read_text("german", german);
    assert_said(FACT_PHONE_ITL, phone, 0, HEX);
    assert_said(FACT_PHONE_ITL_RECORD, phone, 0, "TVS sub1.corp.test");
    assert_said(FACT_PHONE_ITL_RECORD, phone, 1, "CAPF CAPF-1234abcd");
    assert_said(FACT_PHONE_ITL_RECORD, phone, 2, "CCM+TFTP pub.corp.test");
    assert_int_equal(count_of(FACT_PHONE_ITL_RECORD), 3);
    assert_said(FACT_PHONE_TFTP, phone, 0, "10.9.0.5");
    assert_said(FACT_PHONE_CM, phone, 0, "sub1.corp.test");
    assert_said(FACT_PHONE_CM, phone, 1, "pub.corp.test");
    assert_null(fact_of(FACT_PHONE_SERVER, phone, 0)); /* which word is "Active" nobody says */
    assert_null(fact_of(FACT_PHONE_CTL, phone, 0));    /* nor whether there is none */
    assert_true(noted("a list that is \"Nicht installiert\""));
    assert_true(noted("not in English"));
    static const char other[] = "SEP0011215A1AE4";
    read_text("french", french);
    assert_said(FACT_PHONE_CTL, other, 0, "ff1b2c3d4e5f60718293a4b5c6d7e8f900112233");
    assert_said(FACT_PHONE_CTL_RECORD, other, 0, "CCM+TFTP pub.corp.test");
    assert_said(FACT_PHONE_ITL, other, 0, HEX);
    assert_said(FACT_PHONE_ITL_RECORD, other, 0, "TFTP pub.corp.test");
    assert_said(FACT_PHONE_TFTP, other, 1, "10.9.0.6");
}

static void test_status_messages(void **state)
{
    (void)state;
#define MESSAGE(text) "<TR><td width=20></TD><TD><B>" text "</B></TD></TR>"
    static const char page[] =
        PAGE("Status messages", "Cisco IP Phone CP-8841 ( SEP0011215A1AE3 )",
             MESSAGE("[8:52:30am 10&#x2F;01&#x2F;19] No Trust List installed")
                 MESSAGE("9:54:34p TFTP Timeout : SEP0011215A1AE3.cnf.xml")
                     MESSAGE("no time, no message"));
    read_text("x", page);
    assert_said(FACT_PHONE_MESSAGE, "SEP0011215A1AE3", 0,
                "[8:52:30am 10/01/19] No Trust List installed");
    assert_said(FACT_PHONE_MESSAGE, "SEP0011215A1AE3", 1,
                "9:54:34p TFTP Timeout : SEP0011215A1AE3.cnf.xml");
    assert_int_equal(count_of(FACT_PHONE_MESSAGE), 2);
}

static void test_device_information(void **state)
{
    (void)state;
    static const char page[] =
        PAGE("Device information", "Cisco IP Phone CP-8841 ( SEP0011215A1AE3 )",
             ROW("Host name", "SEP0011215A1AE3") ROW("App load ID", "rootfs88xx.14-2-1")
                 ROW("Version", "sip88xx.14-2-1-0101-44") ROW("Model number", "CP-8841"));
    read_text("x", page);
    assert_said(FACT_PHONE_LOAD, "SEP0011215A1AE3", 0, "sip88xx.14-2-1-0101-44");
    assert_said(FACT_PHONE_MODEL, "SEP0011215A1AE3", 0, "Cisco 8841");
}

/* The page says whose it is; the name of the file says nothing. */
static void test_the_name_of_the_file_says_nothing(void **state)
{
    (void)state;
    read_text("SEP001121000000.html", mixed_88xx);
    for (uint32_t i = 0; i < facts.count; i++)
        assert_string_equal(facts_text(&facts, facts.list[i].about), "SEP0011215A1AE3");
    static const char nobody[] =
        PAGE("Network setup", "Cisco IP Phone",
             ROW("TVS", "x") ROW("ITL file", "Installed") ROW("Web access", "Yes"));
    uint32_t count = facts.count;
    read_text("SEP001121000001.html", nobody);
    assert_int_equal(facts.count, count);
    assert_true(noted("no host name, MAC address or heading says whose page it is"));
}

static void test_a_signature_of_other_length(void **state)
{
    (void)state;
    static const char page[] = PAGE("Network setup", "Cisco IP Phone CP-8841 ( SEP0011215A1AE3 )",
                                    ROW("CTL file", "Installed") ROW("CTL signature", "XX XX")
                                        ROW("ITL file", "Installed") ROW("TVS", "pub"));
    read_text("x", page);
    assert_said(FACT_PHONE_CTL, "SEP0011215A1AE3", 0, "installed");
    assert_said(FACT_PHONE_ITL, "SEP0011215A1AE3", 0, "installed");
    assert_said(FACT_PHONE_ITL_RECORD, "SEP0011215A1AE3", 0, "TVS pub");
    assert_int_equal(row_of("x")->bad, 1);
}

static void test_saved_as_text(void **state)
{
    (void)state;
    read_text("x", "Network setup\r\n Cisco IP Phone CP-8841 ( SEP0011215A1AE3 )\r\n\r\n"
                   " Host name\t\tSEP0011215A1AE3\r\n"
                   " CUCM server1   pub.corp.test  Active\r\n"
                   " CTL file | Not installed\r\n"
                   " ITL file Installed\r\n"
                   " ITL signature " SHA "\r\n"
                   " TVS pub.corp.test\r\n"
                   " TFTP server pub.corp.test\r\n"
                   " Automatic port synchronization No\r\n"
                   " TVS none.of.them\r\n");
    assert_string_equal(kind_of_path("x"), "phone's page (text)");
    assert_said(FACT_PHONE_CM, "SEP0011215A1AE3", 0, "pub.corp.test");
    assert_said(FACT_PHONE_CTL, "SEP0011215A1AE3", 0, "none");
    assert_said(FACT_PHONE_ITL, "SEP0011215A1AE3", 0, HEX);
    assert_said(FACT_PHONE_ITL_RECORD, "SEP0011215A1AE3", 0, "TVS pub.corp.test");
    assert_said(FACT_PHONE_ITL_RECORD, "SEP0011215A1AE3", 1, "TFTP pub.corp.test");
    assert_int_equal(count_of(FACT_PHONE_ITL_RECORD), 2);
    assert_int_equal(fact_of(FACT_PHONE_ITL, "SEP0011215A1AE3", 0)->line, 8);
}

static void test_status_messages_as_text(void **state)
{
    (void)state;
    read_text("x", "Status Messages\nCisco IP Phone CP-8841 ( SEP0011215A1AE3 )\n"
                   "9:52:58p No Trust List Installed\n");
    assert_said(FACT_PHONE_MESSAGE, "SEP0011215A1AE3", 0, "9:52:58p No Trust List Installed");
}

/* A prose text, and HTML of somebody else. */
static void test_what_is_no_page(void **state)
{
    (void)state;
    read_text("a", "Our servers\n\nserver 1 is old ( see below )\nTVS of pub has ended\n");
    read_text("b", "<html><body><table><tr><td>TVS</td><td>x</td></tr></table></body></html>");
    assert_int_equal(got.as[RECOGNISED_UNKNOWN], 2);
    assert_int_equal(facts.count, 0);
}

/* Tags in tags without end, a cell without end, a row of a thousand cells: within bounds. */
static void test_hostile_pages(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct view parts[] = { view_str("<html>adapter=device. <table><tr><td>Host name<td>"
                                     "SEP0011215A1AE3</tr>"),
                            view_str("<b>"), view_str("<tr><td>ITL file<td>Not installed</tr>") };
    uint8_t *text = arena_take(&a, 600000);
    size_t n = 0;
    memcpy(text, parts[0].p, parts[0].n);
    n = parts[0].n;
    for (int i = 0; i < 100000; i++, n += 3)
        memcpy(text + n, "<b>", 3);
    memcpy(text + n, parts[2].p, parts[2].n);
    recognise_bytes(&got, "deep", view_of(text, n + parts[2].n));
    assert_true(noted("tags in tags"));
    n = parts[0].n;
    for (int i = 0; i < 100000; i++, n += 5)
        memcpy(text + n, "<td>x", 5);
    recognise_bytes(&got, "wide", view_of(text, n));
    recognise_bytes(&got, "cut", view_of(mixed_88xx, sizeof mixed_88xx / 2));
    assert_string_equal(kind_of_path("cut"), "phone's page (HTML)");
    arena_free(&a);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_88xx_in_mixed_mode),
        TEST(test_78xx_without_a_ctl),
        TEST(test_89xx_saved),
        TEST(test_79xx_shows_no_lists),
        TEST(test_dx_has_its_lists_on_another_page),
        TEST(test_in_other_languages),
        TEST(test_status_messages),
        TEST(test_device_information),
        TEST(test_the_name_of_the_file_says_nothing),
        TEST(test_a_signature_of_other_length),
        TEST(test_saved_as_text),
        TEST(test_status_messages_as_text),
        TEST(test_what_is_no_page),
        TEST(test_hostile_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
