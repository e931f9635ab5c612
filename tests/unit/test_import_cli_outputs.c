/* Outputs of single commands: what each says, whole, of other versions, and damaged.  Shapes:
 * observed and documented outputs (sim/import/cli.c says which); names are our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/import_cli.h"

#include "sim/import/cli_impl.h"
#include "sim/wire/tl.h"

/* ---- dates ---- */

static void test_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text, *is;
        uint8_t zone;
    } cases[] = {
        { "Fri Jul 07 13:05:18 BST 2023", "2023-07-07T12:05:18Z", CLI_ZONE_KNOWN },
        { "modified on Wed Jul 27 10:16:24 EDT 2011", "2011-07-27T14:16:24Z", CLI_ZONE_KNOWN },
        { "Fri Mar  6 19:45:13 CET 2015", "2015-03-06T18:45:13Z", CLI_ZONE_KNOWN },
        { "Thu Dec 31 23:30:00 PST 2015", "2016-01-01T07:30:00Z", CLI_ZONE_KNOWN },
        { "Tue Aug  1 15:10:52 GMT+05:30 2023", "2023-08-01T09:40:52Z", CLI_ZONE_KNOWN },
        { "Tue Aug  1 15:10:52 +0530 2023", "2023-08-01T09:40:52Z", CLI_ZONE_KNOWN },
        { "Tue Aug  1 15:10:52 UTC 2023", "2023-08-01T15:10:52Z", CLI_ZONE_KNOWN },
        { "Tue Aug  1 15:10:52 IST 2023", "2023-08-01T15:10:52", CLI_ZONE_UNKNOWN },
        { "Tue Aug  1 15:10:52 CST 2023", "2023-08-01T15:10:52", CLI_ZONE_UNKNOWN },
        { "since Thu Oct 28 11:24:16 2021", "2021-10-28T11:24:16", CLI_ZONE_NONE },
        { "Mon Mar 2, 2026 00:36:32", "2026-03-02T00:36:32", CLI_ZONE_NONE },
        { "ended at: 2023-07-17-16-47", "2023-07-17T16:47:00", CLI_ZONE_NONE },
        { "2026-10-01-02-00-07.tar", "2026-10-01T02:00:07", CLI_ZONE_NONE },
        { "2026-02-27 02:15:30 SUCCESS", "2026-02-27T02:15:30", CLI_ZONE_NONE },
        { "2026-02-27T02:15:30Z", "2026-02-27T02:15:30Z", CLI_ZONE_KNOWN },
        { "a.tar 02/27/2026 02:00:00  SUCCESS", "2026-02-27T02:00:00", CLI_ZONE_NONE },
        { "Fri Feb 30 13:05:18 CET 2023", NULL, 0 },
        { "Fri Jul 07 25:05:18 CET 2023", NULL, 0 },
        { "Fri Jul 07 13:05:18 CET", NULL, 0 },
        { "99999999999999999999-01-01 00:00", NULL, 0 },
        { "May we", NULL, 0 },
        { "", NULL, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cli_date d;
        bool found = cli_date_find(view_str(cases[i].text), &d, NULL);
        assert_int_equal(found, cases[i].is != NULL);
        if (!found)
            continue;
        assert_string_equal(d.text, cases[i].is);
        assert_int_equal(d.zone, cases[i].zone);
    }
}

/* ---- services ---- */

static void test_services(void **state)
{
    (void)state;
    read_output("utils service list", "Requesting service status, please wait...\n"
                                      "System SSH [STARTED]\n"
                                      "Name Service Cache [STOPPED] Service Not Activated\n"
                                      "Service Manager is running\n"
                                      "Getting list of all services\n"
                                      ">> Return code = 0\n"
                                      "Cisco AMC Service[STARTED]\n"
                                      "Cisco HCS Admin UI[ STOPPED ] Component is not running\n"
                                      "Cisco DRF Master[STOPPED]  Commanded Out of Service\n"
                                      "Cisco Tftp[STOPPED]  Service Not Activated\n"
                                      "Cisco A[STARTED] Cisco B[STOPPED]  Service Not Activated "
                                      "Cisco C[STARTED]\n"
                                      "Cisco D[STARTING]\n"
                                      "Primary Node =true\n");
    static const char *const rows[][2] = {
        { "System SSH", "started" },        { "Name Service Cache", "not-activated" },
        { "Cisco AMC Service", "started" }, { "Cisco HCS Admin UI", "stopped" },
        { "Cisco Tftp", "not-activated" },  { "Cisco DRF Master", "out-of-service" },
        { "Cisco A", "started" },           { "Cisco B", "not-activated" },
        { "Cisco C", "started" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(value_of(FACT_SERVICE, "@1", rows[i][0], 0), rows[i][1]);
    assert_int_equal(said_of(FACT_SERVICE, NULL, NULL, NULL), 9);
    assert_int_equal(noted("Cisco D: neither started nor stopped", false), 1);
    assert_string_equal(value_of(FACT_NODE_ROLE, "@1", "", 0), "publisher");
    read_output("utils service list", "Cisco Tftp[START");
    assert_int_equal(noted("Cisco Tftp: neither", true), 1);
    assert_int_equal(noted("no service is in it", true), 1);
}

/* ---- replication ---- */

static const char replication[] =
    "\nServer Time: Tue Aug  1 15:10:52 IST 2023\n\n"
    "Cluster Replication State: BROADCAST SYNC ended at: 2023-07-17-16-47\n"
    "     Sync Result: SYNC COMPLETED on 753 tables out of 753\n\n"
    "Cluster Detailed View from cm-pub (3 Servers):\n\n"
    "                                           PING      DB/RPC/   REPL.    Replication    "
    "REPLICATION SETUP\n"
    "SERVER-NAME              IP ADDRESS        (msec)    DbMon?    QUEUE    Group ID       "
    "(RTMT) & Details\n"
    "-----------              ----------        ------    -------   -----    -----------    "
    "------------------\n"
    "cm-sub                   10.9.1.12         0.163     Y/Y/Y     0        (g_3)          "
    "(2) Setup Completed\n"
    "cm-pub                   10.9.1.11         0.016     Y/Y/Y     391,694  (g_2)          "
    "(3) DB Active-Failed\n"
    "cm-tftp                  10.9.1.13         -         N/N/N     -        (-)            \n"
    "(-) \n";

static void test_replication(void **state)
{
    (void)state;
    read_output("utils dbreplication runtimestate", replication);
    assert_string_equal(value_of(FACT_HERE, "@1", "", 0), "cm-pub");
    assert_string_equal(value_of(FACT_NODE_REPLICATION, "cm-sub", "", 0), "2");
    assert_string_equal(value_of(FACT_NODE_REPLICATION, "cm-pub", "", 0), "3");
    assert_string_equal(value_of(FACT_NODE_REPLICATION, "cm-tftp", "", 0), "-");
    assert_string_equal(value_of(FACT_NODE_ADDRESS, "cm-tftp", "", 0), "10.9.1.13");
    assert_int_equal(facts.readings[1].made_s, 1690902652); /* as its clock showed it */
    assert_int_equal(noted("time zone IST", false), 1);
    assert_int_equal(facts.note_count, 1);
    /* Of 8.x and 9.x; and cut off before the rows. */
    read_output("utils dbreplication runtimestate",
                "SERVER-NAME     IP ADDRESS      (msec)  RPC?    STATUS\n"
                "-----------     ------------    ------  ----    ------\n"
                "cm-old          10.9.1.15       0.053   Yes     Connected  0  match  Yes (2) PUB "
                "Setup Completed\n");
    assert_string_equal(value_of(FACT_NODE_REPLICATION, "cm-old", "", 0), "2");
    read_output("utils dbreplication runtimestate", "\nServer Time: Tue Aug");
    assert_int_equal(noted("no row with a replication setup", true), 1);
}

/* ---- backups ---- */

static void test_backups(void **state)
{
    (void)state;
    read_output(NULL,
                "Tar Filename: Backup Device: Completed On: Result: Backup Type: Features\n"
                "2026-09-24-02-00-00.tar NETWORK Thu Sep 24 02:14:03 CEST 2026 SUCCESS "
                "SCHEDULED UCM,CDR_CAR,PLM\n"
                "2026-10-01-02-00-00.tar NETWORK Thu Oct 01 02:14:03 CEST 2026 SUCCESS MANUAL\n"
                "2026-10-08-02-00-00.tar NETWORK Thu Oct 08 02:01:00 CEST 2026 ERROR SCHEDULED\n"
                "2026-10-15-02-00.tar  02/27/2026 02:00:00  FAILED SFTP\n"
                "2026-10-22-02-00-00.tar NETWORK\n");
    assert_string_equal(piece_kinds[0], "utils disaster_recovery history backup");
    assert_int_equal(said_of(FACT_BACKUP, "", "", "2026-09-24T00:14:03Z"), 1);
    assert_int_equal(said_of(FACT_BACKUP, "", "", "2026-10-01T00:14:03Z"), 1);
    assert_int_equal(said_of(FACT_BACKUP, NULL, NULL, NULL), 2);
    assert_int_equal(said_of(FACT_BACKUP_FAILED, "", "", "2026-10-08T00:01:00Z"), 1);
    assert_int_equal(said_of(FACT_BACKUP_FAILED, "", "", "2026-02-27T02:00:00"), 1);
    assert_int_equal(noted("a backup without a result", true), 1);
    read_output("utils disaster_recovery history Backup", "No backup history available\n");
    assert_int_equal(noted("no backup is in it", false), 1);
    end_facts(NULL);
    begin_facts(NULL);
    read_output("utils disaster_recovery status backup",
                "Status: SUCCESS :Backup Completed...\n"
                "Tar Filename: 2026-10-01-02-00-00.tar\n"
                "Storage Location: NETWORK\nOperation: backup\nPercentage Complete: 100\n");
    assert_int_equal(said_of(FACT_BACKUP, "", "", "2026-10-01T02:00:00"), 1);
    read_output("utils disaster_recovery status backup", "No backup status available\n");
    assert_int_equal(noted("no backup that came to an end", false), 1);
    assert_int_equal(facts.count, 1);
}

/* ---- one node ---- */

static void test_status(void **state)
{
    (void)state;
    read_output(NULL, "\nHost Name          : cm-pub\n"
                      "Date               : Mon Mar 2, 2026 00:36:32\n"
                      "Time Zone          : Central European Time (Europe/Paris)\n"
                      "Locale             : en_US.UTF-8\n"
                      "Product Ver        : 12.5.1.12900-115\n"
                      "Unified OS Version : 7.0.0.0-4\n\n"
                      "Uptime:\n 00:36:33 up 79 days, 12:45,  1 user,  load average: 1.76\n");
    assert_string_equal(piece_kinds[0], "show status");
    assert_string_equal(value_of(FACT_HERE, "@1", "", 0), "cm-pub");
    assert_string_equal(value_of(FACT_VERSION, "@1", "", 0), "12.5.1.12900-115");
    assert_string_equal(value_of(FACT_NODE_ZONE, "@1", "", 0), "Europe/Paris");
    assert_int_equal(facts.readings[1].made_s, 1772411792);
    read_output("show status", "garbage\n");
    assert_int_equal(noted("neither \"Host Name\"", true), 1);
}

static void test_one_node(void **state)
{
    (void)state;
    read_output(NULL, "Ethernet 0\n"
                      "DHCP           : disabled           Status     : up\n"
                      "IP Address     : 10.9.1.11          IP Mask    : 255.255.255.000\n"
                      "Link Detected  : yes                Mode       : Auto enabled, Full\n"
                      "DNS\nPrimary        : 10.9.1.1           Secondary  : Not Configured\n"
                      "Domain         : lab.example\nGateway        : 10.9.1.1 on Ethernet 0\n");
    assert_string_equal(piece_kinds[0], "show network eth0");
    assert_string_equal(value_of(FACT_NODE_ADDRESS, "@1", "", 0), "10.9.1.11");
    assert_string_equal(value_of(FACT_NODE_DOMAIN, "@1", "", 0), "lab.example");
    read_output(NULL, "Active Master Version: 15.0.1.11900-40\n"
                      "Active Version Installed Software Options:\n"
                      "No Installed Software Options Found.\n");
    assert_string_equal(value_of(FACT_VERSION, "@1", "", 0), "15.0.1.11900-40");
    read_output(NULL, "Inactive Master Version: 14.0.1.13900-155\n");
    assert_string_equal(value_of(FACT_VERSION_INACTIVE, "@1", "", 0), "14.0.1.13900-155");
    read_output(NULL, "Configured TLS minimum version: 1.2\n");
    assert_string_equal(value_of(FACT_NODE_TLS, "@1", "", 0), "1.2");
    assert_int_equal(facts.note_count, 0);
    read_output("show tls min-version", "Configured TLS minimum version: 9\n");
    assert_int_equal(noted("minimum TLS version", true), 1);
}

static void test_fips_and_mode(void **state)
{
    (void)state;
    static const struct {
        const char *says, *is;
    } cases[] = {
        { "The system is operating in FIPS mode. Self test status:\n", "yes" },
        { "The system is NOT operating in FIPS mode.\n", "no" },
        { "The system is operating in NON-FIPS mode.\n", "no" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        end_facts(NULL);
        begin_facts(NULL);
        read_output("utils fips status", cases[i].says);
        assert_string_equal(value_of(FACT_NODE_FIPS, "@1", "", 0), cases[i].is);
    }
    read_output("utils ctl set-cluster mixed-mode",
                "This operation will set the cluster to Mixed mode.\n"
                "Do you want to continue? (y/n):y\nMoving Cluster to Mixed Mode\n"
                "Cluster set to Mixed Mode\n");
    assert_string_equal(value_of(FACT_PARAMETER, "ClusterSecurityMode", "", 0), "1");
    read_output("utils ctl set-cluster non-secure-mode", "Cluster set to Non Secure Mode\n");
    assert_int_equal(said_of(FACT_PARAMETER, "ClusterSecurityMode", "", "0"), 1);
    /* Refused: it says nothing. */
    read_output("utils ctl set-cluster mixed-mode", "Command cannot be executed because\n");
    assert_int_equal(said_of(FACT_PARAMETER, NULL, NULL, NULL), 2);
}

static void test_cluster(void **state)
{
    (void)state;
    /* Without DNS there is no full name; IM and Presence calls its own publisher a subscriber. */
    read_output("show network cluster",
                "10.9.1.13 imp Subscriber cups DBPub authenticated using TCP since Fri Oct 15 "
                "10:22:20 2021\n"
                "10.9.1.11 cm-pub Publisher callmanager DBPub authenticated\n"
                "2001:db8::7 cm-six.lab.example cm-six Subscriber callmanager DBSub authenticated "
                "using TCP since Fri Oct 15 10:22:20 2021\n"
                "Dynamic Cluster Configuration is enabled for 23 Hours 59 Minutes.\n");
    assert_string_equal(value_of(FACT_NODE_PRODUCT, "imp", "", 0), "cups");
    assert_int_equal(said_of(FACT_NODE_FQDN, NULL, NULL, NULL), 1);
    assert_string_equal(value_of(FACT_NODE_ADDRESS, "cm-six", "", 0), "2001:db8::7");
    assert_string_equal(value_of(FACT_HERE, "@1", "", 0), "cm-pub");
    assert_int_equal(facts.note_count, 0);
    /* Two lines that may be its own: nobody says which. */
    end_facts(NULL);
    begin_facts(NULL);
    read_output("show network cluster", "10.9.1.11 a Publisher callmanager DBPub authenticated\n"
                                        "10.9.1.12 b Subscriber callmanager DBSub offline\n");
    assert_int_equal(said_of(FACT_HERE, NULL, NULL, NULL), 0);
    read_output("show network cluster", "Cluster is not\n");
    assert_int_equal(noted("no line of a node", true), 1);
}

/* ---- certificates ---- */

static void test_cert_lists(void **state)
{
    (void)state;
    read_output(NULL, "tomcat/tomcat.pem: Self-signed certificate generated by system\n"
                      "CallManager/CallManager.pem: Certificate Signed by Lab-CA\n"
                      "TVS/TVS.pem: Self-signed certificate generated by system\n");
    assert_string_equal(piece_kinds[0], "show cert list own");
    assert_string_equal(value_of(FACT_OWN_LISTED, "@1", "CallManager", 0),
                        "Certificate Signed by Lab-CA");
    assert_int_equal(said_of(FACT_OWN_LISTED, "@1", NULL, NULL), 3);
    read_output(NULL, "tomcat-trust/cm-pub.pem: CA-signed certificate\n"
                      "CallManager-trust/CAPF-12345678.pem: Self-signed\n"
                      "CallManager-trust/cm-sub.lab.example.pem: Self-signed\n");
    assert_string_equal(piece_kinds[0], "show cert list trust");
    assert_int_equal(said_of(FACT_TRUSTED_LISTED, "@1", "CallManager-trust", "CAPF-12345678.pem"),
                     1);
    assert_int_equal(said_of(FACT_TRUSTED_LISTED, "@1", "CallManager-trust", NULL), 2);
    read_output("show cert list own", "Executed command unsuccessfully\n");
    assert_int_equal(noted("no line \"UNIT/NAME.pem", true), 1);
}

static const char cert_head[] = "[\n  Version: V3\n  Serial Number: 2B6E11\n"
                                "  SignatureAlgorithm: SHA256withECDSA\n  Issuer Name: CN=x\n]";

static void test_certs(void **state)
{
    (void)state;
    struct view der = made_cert("CN=cm-pub");
    const char *text = join(cert_head, pem_of(der), ""), *hash = hex_of(DIGEST_SHA256, der);
    static const struct {
        const char *command;
        enum fact_kind kind;
        const char *unit;
    } cases[] = {
        { "show cert own CallManager/CallManager.pem", FACT_OWN, "CallManager" },
        { "show cert own CallManager-ECDSA", FACT_OWN, "CallManager-ECDSA" },
        { "SHOW  Cert  own TVS/TVS.pem ", FACT_OWN, "TVS" },
        { "show cert trust CallManager-trust/cm-sub.pem", FACT_TRUSTED, "CallManager-trust" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_output(cases[i].command, text);
        assert_string_equal(piece_kinds[0], "show cert own, show cert trust");
        assert_int_equal(said_of(cases[i].kind, "@1", cases[i].unit, hash), 1);
    }
    assert_int_equal(facts.note_count, 0);
    /* Nobody says whose it is. */
    uint32_t before = facts.count;
    read_output(NULL, text);
    assert_int_equal(facts.count, before);
    assert_int_equal(noted("whose it is stands in the command alone", false), 1);
    /* Its subject does. */
    der = made_cert("CN=ITLRECOVERY_cm-pub;O=Example");
    read_output(NULL, join(cert_head, pem_of(der), ""));
    assert_int_equal(said_of(FACT_OWN, "@1", "ITLRecovery", hex_of(DIGEST_SHA256, der)), 1);
    assert_int_equal(noted("own ITLRecovery certificate, by its subject", false), 1);
}

/* Two outputs behind each other, and no line that asked. */
static void test_certs_without_commands(void **state)
{
    (void)state;
    const char *one = join(cert_head, pem_of(made_cert("CN=cm-pub")), "");
    read_output(NULL, join(one, cert_head, pem_of(made_cert("CN=cm-sub"))));
    assert_int_equal(facts.cert_count, 2);
    assert_int_equal(noted("whose it is stands in the command alone", false), 2);
}

static void test_bad_certs(void **state)
{
    (void)state;
    const char *pem = pem_of(made_cert("CN=cm-pub"));
    static const char command[] = "show cert own TVS/TVS.pem";
    read_output(command, join(cert_head, "\n", ""));
    assert_int_equal(noted("no certificate in PEM", true), 1);
    char *cut = arena_text(&arena, view_of(pem, strlen(pem) / 2));
    read_output(command, join(cert_head, cut, ""));
    assert_int_equal(noted("the certificate breaks off", true), 1);
    char *bad = arena_text(&arena, view_str(pem));
    bad[40] = '%';
    read_output(command, join(cert_head, bad, ""));
    assert_int_equal(noted("no base64", true), 1);
    bad[40] = bad[41];
    bad[50] = bad[50] == 'A' ? 'B' : 'A';
    bad[33] = 'Q';
    read_output(command, join(cert_head, bad, ""));
    assert_int_equal(noted("certificate: ", true), 1);
    assert_int_equal(facts.count, 0);
}

/* ---- lists ---- */

static void test_no_ctl(void **state)
{
    (void)state;
    read_output(NULL, "Length of CTL file: 0\n"
                      "CTL File not found . Please run CTLClient plugin or run the CLI - utils "
                      "ctl.. to generate the CTL file.\nError parsing the CTL File.\n");
    assert_string_equal(piece_kinds[0], "show ctl");
    assert_string_equal(value_of(FACT_LIST_LENGTH, "@1", "CTLFile.tlv", 0), "0");
    assert_int_equal(facts.count, 1);
    assert_int_equal(facts.note_count, 0);
}

static const char *file_of(const char *name)
{
    char path[200];
    struct view v = { NULL, 0 };
    struct err e = { "" };
    (void)snprintf(path, sizeof path, "tests/vectors/listings/%s", name);
    assert_true(sys_read_file(path, 1 << 20, &arena, &v, &e));
    return arena_text(&arena, v);
}

static const char *plain(struct view v)
{
    while (v.n > 0 && (v.p[v.n - 1] == 0 || v.p[v.n - 1] == 0x20))
        v.n--;
    return arena_text(&arena, v);
}

/* Each field of a listing is that of the file it was made of. */
static void same_as_file(const char *listing, const char *name, const char *file)
{
    struct arena a = arena_of(&sys_mem);
    struct view bytes = { NULL, 0 };
    struct tl t;
    struct err e = { "" };
    char path[200];
    (void)snprintf(path, sizeof path, "tests/vectors/listings/%s", name);
    assert_true(sys_read_file(path, 1 << 20, &a, &bytes, &e));
    assert_true(tl_decode(bytes, false, &a, &t, &e));
    read_output(NULL, file_of(listing));
    assert_int_equal(facts.note_count, 0);
    assert_int_equal(said_of(FACT_RECORD_ROLE, "@1", file, NULL), t.count);
    assert_string_equal(value_of(FACT_LIST_SIGNER, "@1", file, 0), plain(t.header.signer_name));
    for (uint32_t i = 0; i < t.count; i++) {
        const struct tl_record *r = &t.records[i];
        const char *role = r->role == TL_SAST ? "SAST" : tl_role_name(r->role);
        assert_string_equal(value_of(FACT_RECORD_ROLE, "@1", file, i), role);
        assert_string_equal(value_of(FACT_RECORD_DNS, "@1", file, i), plain(r->dns));
        assert_string_equal(value_of(FACT_RECORD_SUBJECT, "@1", file, i),
                            r->subject.p == NULL ? "" : plain(r->subject));
        assert_string_equal(value_of(FACT_RECORD_ISSUER, "@1", file, i),
                            r->issuer.p == NULL ? "" : plain(r->issuer));
        char serial[80] = "";
        for (size_t k = 0; k < r->serial.n; k++)
            (void)snprintf(serial + 2 * k, 3, "%02X", r->serial.p[k]);
        assert_string_equal(value_of(FACT_RECORD_SERIAL, "@1", file, i), serial);
        if (r->certificate.n > 0)
            assert_string_equal(value_of(FACT_RECORD_SHA1, "@1", file, i),
                                hex_of(DIGEST_SHA1, r->certificate));
    }
    arena_free(&a);
}

static void test_listings(void **state)
{
    (void)state;
    same_as_file("show-ctl-10.0.1.txt", "CTLFile-10.0.1.tlv", "CTLFile.tlv");
    end_facts(NULL);
    begin_facts(NULL);
    same_as_file("show-itl-8.x.txt", "ITLFile-8.x.tlv", "ITLFile.tlv");
}

static void test_damaged_lists(void **state)
{
    (void)state;
    const char *whole = file_of("show-ctl-10.0.1.txt");
    char *cut = arena_text(&arena, view_str(whole));
    *strstr(cut, "CTL Record #:3") = 0;
    read_output("show ctl", cut);
    assert_int_equal(said_of(FACT_RECORD_ROLE, NULL, NULL, NULL), 2);
    assert_int_equal(noted("some are missing", true), 1);
    end_facts(NULL);
    begin_facts(NULL);
    whole = file_of("show-ctl-10.0.1.txt");
    cut = arena_text(&arena, view_str(whole));
    *strstr(cut, "The CTL file was verified") = 0;
    read_output("show ctl", cut);
    assert_int_equal(noted("the output breaks off", true), 1);
    read_output("show itl", "Executed command unsuccessfully\n");
    assert_int_equal(noted("no length, no list", true), 1);
    end_facts(NULL);
    begin_facts(NULL);
    read_output("show itl", "Length of ITL file: 33\nHeaderLength:   0 (BYTES)\nITL Record #:1\n"
                            "1       RECORDLENGTH    2       33\n"
                            "4       FUNCTION        2       CCM+TFTP\n"
                            "9       CERTIFICATE     955     5C AF 7D (SHA1 Hash HEX)\n"
                            "Verification of the ITL file failed.\nError parsing the ITL file!!\n");
    assert_string_equal(value_of(FACT_LIST_VERIFIES, "@1", "ITLFile.tlv", 0), "no");
    assert_string_equal(value_of(FACT_RECORD_ROLE, "@1", "ITLFile.tlv", 0), "CCM+TFTP");
    assert_int_equal(said_of(FACT_RECORD_SHA1, NULL, NULL, NULL), 0);
    assert_int_equal(noted("hash of its certificate breaks off", true), 1);
}

/* ---- 80 columns, and others ---- */

/* Three nodes, cut after so many characters, with or without the blanks at the ends of lines. */
static void test_wrapped_nodes(int width, bool trimmed)
{
    static const char *const rows[] = {
        "10.9.1.12 cm-sub.branch.lab.example cm-sub Subscriber callmanager DBSub authenticated "
        "using TCP since Thu Oct 28 11:24:16 2021",
        "10.9.1.11 cm-pub.branch.lab.example cm-pub Publisher callmanager DBPub authenticated",
        "10.9.1.13 cm-imp.branch.lab.example cm-imp Subscriber cups DBPub authenticated using TCP "
        "since Thu Oct 28 11:24:16 2021",
    };
    char text[1000];
    size_t n = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (const char *p = rows[i]; *p != '\0';) {
            size_t left = strlen(p), cut = left < (size_t)width ? left : (size_t)width, end = cut;
            while (trimmed && end > 0 && p[end - 1] == ' ')
                end--;
            n += (size_t)snprintf(text + n, sizeof text - n, "%.*s\n", (int)end, p);
            p += cut;
        }
    }
    (void)snprintf(text + n, sizeof text - n, "\nServer Table (processnode) Entries\n");
    end_facts(NULL);
    begin_facts(NULL);
    read_output("show network cluster", text);
    assert_string_equal(value_of(FACT_HERE, "@1", "", 0), "cm-pub");
    assert_int_equal(said_of(FACT_NODE_ADDRESS, NULL, NULL, NULL), 3);
    assert_string_equal(value_of(FACT_NODE_FQDN, "cm-sub", "", 0), "cm-sub.branch.lab.example");
    assert_string_equal(value_of(FACT_NODE_PRODUCT, "cm-sub", "", 0), "callmanager");
    assert_string_equal(value_of(FACT_NODE_PRODUCT, "cm-pub", "", 0), "callmanager");
    assert_string_equal(value_of(FACT_NODE_PRODUCT, "cm-imp", "", 0), "cups");
    assert_string_equal(value_of(FACT_NODE_ROLE, "cm-pub", "", 0), "publisher");
    assert_int_equal(facts.note_count, 0);
}

static void test_wrapped(void **state)
{
    (void)state;
    read_output("show network cluster",
                "10.9.1.12 cm-sub.branch.lab.example cm-sub Subscriber callmanager DBSub authenti\n"
                "cated using TCP since Thu Oct 28 11:24:16 2021\n"
                "10.9.1.11 cm-pub.branch.lab.example cm-pub Publisher callmanager DBPub authentic\n"
                "ated\n");
    assert_string_equal(value_of(FACT_HERE, "@1", "", 0), "cm-pub");
    assert_int_equal(said_of(FACT_NODE_ADDRESS, NULL, NULL, NULL), 2);
    for (int width = 40; width <= 130; width++) {
        test_wrapped_nodes(width, false);
        test_wrapped_nodes(width, true);
    }
    end_facts(NULL);
    begin_facts(NULL);
    read_output("show cert list trust",
                "CallManager-trust/Certificate-Authority-of-the-Laboratory-of-the-Example-Company\n"
                "-2.pem: CA-signed certificate\n"
                "CallManager-trust/cm-pub.pem: Self-signed\n");
    assert_int_equal(said_of(FACT_TRUSTED_LISTED, "@1", "CallManager-trust", NULL), 2);
    assert_int_equal(
        said_of(FACT_TRUSTED_LISTED, "@1", "CallManager-trust",
                "Certificate-Authority-of-the-Laboratory-of-the-Example-Company-2.pem"),
        1);
    read_output("utils disaster_recovery history backup",
                "2026-09-24-02-00-00.tar    NETWORK    Thu Sep 24 02:14:03 CEST 2026\n"
                "SUCCESS    SCHEDULED\n"
                "2026-10-01-02-00-00.tar          NETWORK                         Thu Oct 01 02:1\n"
                "4:03 CEST 2026    ERROR    SCHEDULED\n");
    assert_int_equal(said_of(FACT_BACKUP, "", "", "2026-09-24T00:14:03Z"), 1);
    assert_int_equal(said_of(FACT_BACKUP_FAILED, "", "", "2026-10-01T00:14:03Z"), 1);
    assert_int_equal(facts.note_count, 0);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, begin_facts, end_facts)
    const struct CMUnitTest tests[] = {
        ROW(test_dates),
        ROW(test_services),
        ROW(test_replication),
        ROW(test_backups),
        ROW(test_status),
        ROW(test_one_node),
        ROW(test_fips_and_mode),
        ROW(test_cluster),
        ROW(test_cert_lists),
        ROW(test_certs),
        ROW(test_bad_certs),
        ROW(test_no_ctl),
        ROW(test_certs_without_commands),
        ROW(test_listings),
        ROW(test_damaged_lists),
        ROW(test_wrapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
