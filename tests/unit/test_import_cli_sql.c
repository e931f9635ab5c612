/* `run sql`: tables, cut and wrapped as terminals do it, and what rows say by the names of their
 * columns.  Shape: observed listings; names and values are our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/import_cli.h"

#include "sim/import/cli_query.h"
#include "sim/import/sql.h"

static const char members_query[] =
    "run sql select cmg.name as cmgname, pn.name as servername, cmgm.priority from "
    "callmanagergroup cmg join callmanagergroupmember cmgm on cmgm.fkcallmanagergroup = cmg.pkid "
    "join callmanager cm on cmgm.fkcallmanager = cm.pkid join processnode pn on cm.fkprocessnode = "
    "pn.pkid order by cmg.name, cmgm.priority";
static const char members[] = "cmgname servername         priority\n"
                              "======= ================== ========\n"
                              "CMG A   cm-pub.lab.example 1\n"
                              "CMG A   cm-sub.lab.example 2\n"
                              "CMG-B   cm-sub.lab.example 1       \n"
                              "\n";

static void check_members(void)
{
    assert_string_equal(value_of(FACT_GROUP_MEMBER, "CMG A", "", 1), "cm-pub.lab.example");
    assert_string_equal(value_of(FACT_GROUP_MEMBER, "CMG A", "", 2), "cm-sub.lab.example");
    assert_string_equal(value_of(FACT_GROUP_MEMBER, "CMG-B", "", 1), "cm-sub.lab.example");
    assert_int_equal(said_of(FACT_GROUP_MEMBER, NULL, NULL, NULL), 3);
    assert_int_equal(facts.note_count, 0);
}

static void test_groups(void **state)
{
    (void)state;
    read_output(members_query, members);
    check_members();
    /* They are servers: the query says so. */
    assert_int_equal(said_of(FACT_NODE_LISTED, "cm-pub.lab.example", "", "yes"), 1);
    assert_int_equal(line_of(FACT_GROUP_MEMBER, "cm-pub.lab.example"), 3);
    end_facts(NULL);
    begin_facts(NULL);
    read_output(NULL, members);
    assert_string_equal(piece_kinds[0], "run sql");
    check_members();
    assert_int_equal(said_of(FACT_NODE_LISTED, NULL, NULL, NULL), 0);
}

static void test_names_of_a_table(void **state)
{
    (void)state;
    /* One column, "name", is what the query says that it is. */
    read_output("run sql select name from processnode",
                "name\n==================\nEnterpriseWideData\ncm-pub.lab.example\n");
    assert_int_equal(said_of(FACT_NODE_LISTED, NULL, NULL, NULL), 1);
    assert_int_equal(said_of(FACT_NODE_LISTED, "cm-pub.lab.example", "", "yes"), 1);
    read_output("run sql select name from devicepool", "name\n=====\nDP-HQ\n");
    assert_int_equal(said_of(FACT_NODE_LISTED, NULL, NULL, NULL), 1);
    assert_int_equal(noted("nothing is taken of 1 rows with name", false), 1);
    read_output("run sql select cm.name, pn.name from callmanager as cm, processnode as pn where "
                "cm.fkprocessnode = pn.pkid",
                "name      name\n========= ======\nCM_cm-pub cm-pub\n");
    assert_string_equal(value_of(FACT_CALLMANAGER, "CM_cm-pub", "", 0), "cm-pub");
}

static void test_parameters(void **state)
{
    (void)state;
    read_output("run sql select paramname,paramvalue from processconfig",
                "paramname             paramvalue\n"
                "===================== ==========\n"
                "ClusterSecurityMode   1\n"
                "RollBackToPreGrayback F\n"
                "phonePassword         secret\n"
                "Nothing               NULL\n");
    assert_string_equal(value_of(FACT_PARAMETER, "ClusterSecurityMode", "", 0), "1");
    assert_string_equal(value_of(FACT_PARAMETER, "RollBackToPreGrayback", "", 0), "F");
    assert_int_equal(said_of(FACT_PARAMETER, "phonePassword", NULL, NULL), 0);
    assert_int_equal(facts.secrets_dropped, 1);
    read_output("run sql select pc.paramvalue, pc.paramname, pn.name from processconfig pc join "
                "processnode pn on pn.pkid = pc.fkprocessnode",
                "paramvalue paramname name\n========== ========= ======\n"
                "7          Depth     cm-pub\n");
    assert_string_equal(value_of(FACT_PARAMETER, "Depth", "cm-pub", 0), "7");
}

static const char phones_query[] =
    "run sql select d.name, d.description, tm.name as type, dp.name as dpname, sp.name as secprof, "
    "rd.lastseen, rd.lastknownucm, d.authenticationstring from device d inner join typemodel tm on "
    "tm.enum=d.tkmodel inner join devicepool dp on d.fkdevicepool = dp.pkid join securityprofile "
    "sp on d.fksecurityprofile = sp.pkid left join registrationdynamic rd on rd.fkdevice = d.pkid";

static void test_phones(void **state)
{
    (void)state;
    read_output(
        phones_query,
        "name            description   type       dpname secprof    lastseen   "
        "lastknownucm authenticationstring\n"
        "=============== ============= ========== ====== ========== ========== "
        "============ ====================\n"
        "SEP0011215A0001 B\xc3\xbcro \xc3\xa9t\xc3\xa9  12  Cisco 8845 DP-HQ  8845 - Enc "
        "1767225600 "
        "cm-sub       4711\n"
        "SEP0011215A0002               Cisco 7841 DP-HQ  NULL       0          NULL         "
        "\n"
        "MTP_2           x             Cisco MTP  DP-HQ  NULL       NULL       NULL\n");
    const char *phone = "SEP0011215A0001";
    assert_string_equal(value_of(FACT_PHONE_MODEL, phone, "", 0), "Cisco 8845");
    assert_string_equal(value_of(FACT_PHONE_DESCRIPTION, phone, "", 0),
                        "B\xc3\xbcro \xc3\xa9t\xc3\xa9  12");
    assert_string_equal(value_of(FACT_PHONE_POOL, phone, "", 0), "DP-HQ");
    assert_string_equal(value_of(FACT_PHONE_PROFILE, phone, "", 0), "8845 - Enc");
    assert_string_equal(value_of(FACT_PHONE_SEEN, phone, "", 0), "2026-01-01T00:00:00Z");
    assert_string_equal(value_of(FACT_PHONE_SERVER, phone, "", 0), "cm-sub");
    phone = "SEP0011215A0002";
    assert_string_equal(value_of(FACT_PHONE_MODEL, phone, "", 0), "Cisco 7841");
    assert_int_equal(said_of(FACT_PHONE_SEEN, phone, NULL, NULL), 0);
    assert_int_equal(said_of(FACT_PHONE_PROFILE, phone, NULL, NULL), 0);
    assert_int_equal(said_of(FACT_PHONE_MODEL, "MTP_2", NULL, NULL), 0);
    /* Nowhere, in no form. */
    assert_int_equal(said_of(FACT_PHONE_DESCRIPTION, NULL, NULL, "4711"), 0);
    for (uint32_t i = 0; i < facts.text_count; i++)
        assert_null(strstr(facts_text(&facts, i), "4711"));
    assert_int_equal(facts.secrets_dropped, 1);
    assert_int_equal(facts.note_count, 0);
}

static void test_profiles(void **state)
{
    (void)state;
    read_output("run sql select sp.name, m.name as mode from securityprofile sp join "
                "typedevicesecuritymode m on m.enum = sp.tkdevicesecuritymode",
                "name       mode\n========== =============\n8845 - Enc Encrypted\n"
                "8845 - Std Non Secure\n8845 - X   Else\n");
    assert_string_equal(value_of(FACT_PROFILE_MODE, "8845 - Enc", "", 0), "encrypted");
    assert_string_equal(value_of(FACT_PROFILE_MODE, "8845 - Std", "", 0), "non-secure");
    assert_int_equal(said_of(FACT_PROFILE_MODE, "8845 - X", NULL, NULL), 0);
    assert_int_equal(noted("\"Else\" is not known", false), 1);
}

/* ---- certificates ---- */

static void test_certificates(void **state)
{
    (void)state;
    struct view own = made_cert("CN=cm-pub"), trusted = made_cert("CN=CAPF-12345678");
    const char *query =
        "run sql select c.servername, tcs.name, dist.moniker, c.ipv4address, c.certificate from "
        "certificate as c inner join certificateservicecertificatemap as cscm on c.pkid = "
        "cscm.fkcertificate inner join typecertificateservice as tcs on "
        "cscm.tkcertificateservice = tcs.enum inner join typecertificatedistribution as dist on "
        "c.tkcertificatedistribution = dist.enum";
    const char *head = "servername name              moniker ipv4address certificate\n"
                       "========== ================= ======= =========== ============\n";
    const char *text = join(head, "cm-pub     CallManager       own     10.9.1.11   ", pem_of(own));
    text = join(text, "cm-pub     CallManager-trust trust   10.9.1.11   ", pem_of(trusted));
    text = join(text,
                "cm-sub     TVS               own     10.9.1.12   -----BEGIN CERTIFICATE"
                "-----\nMIIB\n",
                "");
    const char *own_hash = hex_of(DIGEST_SHA256, own), *hash = hex_of(DIGEST_SHA256, trusted);
    read_output(query, text);
    assert_string_equal(value_of(FACT_OWN, "cm-pub", "CallManager", 0), own_hash);
    assert_string_equal(value_of(FACT_TRUSTED, "", "CallManager-trust", 0), hash);
    assert_string_equal(value_of(FACT_IN_DATABASE, "cm-pub", "CallManager", 0), own_hash);
    assert_string_equal(value_of(FACT_IN_DATABASE, "cm-pub", "CallManager-trust", 0), hash);
    assert_int_equal(noted("breaks off", true), 1);
    assert_int_equal(facts.note_count, 1);
    /* Without the query, and with columns behind the certificate. */
    end_facts(NULL);
    begin_facts(NULL);
    own = made_cert("CN=cm-pub");
    char *pem = arena_text(&arena, view_str(pem_of(own)));
    pem[strlen(pem) - 1] = 0;
    read_output(NULL, join("name certificate servername\n==== =========== ==========\nTVS  ", pem,
                           "      cm-sub\n"));
    assert_string_equal(value_of(FACT_OWN, "cm-sub", "TVS", 0), hex_of(DIGEST_SHA256, own));
}

static void test_tvs(void **state)
{
    (void)state;
    read_output("run sql select c.subjectname, c.issuername, c.serialnumber, r.name as rolename, "
                "c.timetolive from certificate c join certificatetrustrolemap m on "
                "m.fkcertificate = c.pkid join typetrustrole r on r.enum = m.tktrustrole",
                "subjectname issuername serialnumber rolename timetolive\n"
                "=========== ========== ============ ======== ==========\n"
                "CN=cm-pub   CN=cm-pub  2b6e11       SAST     86400\n"
                "CN=cm-pub   CN=cm-pub  2b6e11       TFTP     86400\n");
    assert_int_equal(said_of(FACT_TVS_ROLE, "CN=cm-pub", "2b6e11", "SAST"), 1);
    assert_int_equal(said_of(FACT_TVS_ROLE, "CN=cm-pub", "2b6e11", "TFTP"), 1);
    assert_int_equal(said_of(FACT_TVS_TTL, "CN=cm-pub", "2b6e11", "86400"), 2);
    assert_int_equal(said_of(FACT_TVS_SUBJECT, "CN=cm-pub", "2b6e11", "CN=cm-pub"), 2);
}

/* ---- terminals ---- */

/* Each line cut after `width` characters, as a terminal that is copied from. */
static const char *wrapped(const char *text, size_t width, bool trimmed)
{
    struct sys_text t;
    FILE *out = sys_text_open(&t);
    struct view left = view_str(text), line;
    while (text_line(&left, &line)) {
        do {
            size_t n = line.n < width ? line.n : width, shown = n;
            while (trimmed && shown > 0 && line.p[shown - 1] == ' ')
                shown--;
            fprintf(out, "%.*s\n", (int)shown, (const char *)line.p);
            line = view_sub(line, n, line.n - n);
        } while (line.n > 0);
    }
    fclose(out);
    char *copy = arena_text(&arena, view_of(t.p, t.n));
    sys_text_free(&t);
    return copy;
}

static void test_wrapped(void **state)
{
    (void)state;
    /* Columns of 30, 25 and 60: two lines of a terminal of 80. */
    char text[4000] = "";
    size_t n = 0;
    static const char *const rows[][3] = {
        { "cmgname", "servername", "priority" },
        { "CMG A", "cm-pub.lab.example", "1" },
        { "CMG A", "cm-sub.lab.example", "2" },
        { "CMG-B", "cm-sub.lab.example", "1" },
    };
    for (size_t i = 0; i < 4; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%-30s %-25s %-60s\n", rows[i][0],
                              rows[i][1], rows[i][2]);
        if (i == 0)
            n += (size_t)snprintf(text + n, sizeof text - n, "%.30s %.25s %.60s\n",
                                  "==============================", "=========================",
                                  "==========================================================="
                                  "=");
    }
    for (int trimmed = 0; trimmed < 2; trimmed++) {
        end_facts(NULL);
        begin_facts(NULL);
        read_output(members_query, wrapped(text, 80, trimmed != 0));
        check_members();
    }
    /* The query ran over the edge as well. */
    end_facts(NULL);
    begin_facts(NULL);
    const char *log =
        wrapped(join(join("admin:", members_query, "\n"), text, "admin:exit\n"), 80, true);
    read_log(log, 1);
    check_members();
    assert_int_equal(said_of(FACT_NODE_LISTED, "cm-pub.lab.example", "", "yes"), 1);
    /* A screen of any width, on which the table has room and the query has none. */
    for (size_t width = 60; width <= 130; width++) {
        for (int trimmed = 0; trimmed < 2; trimmed++) {
            end_facts(NULL);
            begin_facts(NULL);
            log = join(join("admin:", members_query, "\n"), members, "admin:exit\n");
            read_log(wrapped(log, width, trimmed != 0), 1);
            check_members();
        }
    }
}

static void test_damaged(void **state)
{
    (void)state;
    read_output("run sql select 1", "Executed command unsuccessfully\n");
    assert_int_equal(noted("no table is in it", true), 1);
    read_output("run sql select name from processnode", "name\n====\n\n");
    assert_int_equal(facts.count, 0);
    assert_int_equal(facts.note_count, 1);
    /* Blanks were lost: words will do, where there are as many as columns. */
    read_output(members_query, "cmgname servername         priority\n"
                               "======= ================== ========\n"
                               "CMG-A cm-pub.lab.example 1\n"
                               "CMG A cm-sub.lab.example 2\n");
    assert_string_equal(value_of(FACT_GROUP_MEMBER, "CMG-A", "", 1), "cm-pub.lab.example");
    assert_int_equal(said_of(FACT_GROUP_MEMBER, NULL, NULL, NULL), 1);
    assert_int_equal(noted("does not stand below its columns", true), 1);
    assert_int_equal(facts.notes[facts.note_count - 1].line, 4);
    /* Cut off in the middle of a row: what is there is used. */
    read_output(members_query, "cmgname servername         priority\n"
                               "======= ================== ========\n"
                               "CMG-C   cm-pub.lab.example 1\nCMG-C   cm-s");
    assert_int_equal(said_of(FACT_GROUP_MEMBER, "CMG-C", "", "cm-pub.lab.example"), 1);
    assert_int_equal(noted("without its priority", false), 1);
}

static void test_no_table(void **state)
{
    (void)state;
    static const char *const texts[] = { "Title\n=====\ntext\n", "=====\nname\n", "a b\n",
                                         "\n====\n", "two words\n===== =====\n1 2\n" };
    static const bool is[] = { false, false, false, false, true };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        read_output(NULL, texts[i]);
        assert_int_equal(strcmp(piece_kinds[0], "run sql") == 0, is[i]);
    }
}

/* ---- queries ---- */

static void test_queries(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        uint32_t at, count;
        const char *called, *is;
    } cases[] = {
        { "select name from processnode", 0, 1, "name", "processnode.name" },
        { "run sql SELECT Name FROM ProcessNode WHERE 1=1", 0, 1, "name", "ProcessNode.Name" },
        { "select first 10 d.name, dp.name dpname from device d, devicepool dp", 0, 2, "name",
          "device.name" },
        { "select first 10 d.name, dp.name dpname from device d, devicepool dp", 1, 2, "dpname",
          "devicepool.name" },
        { "select * from device", 1, 3, "name", "device.name" },
        { "select d.*, tm.name as model from device as d inner join typemodel as tm on a=b", 7, 9,
          "model", "typemodel.name" },
        { "select d.*, tm.name as model from device as d inner join typemodel as tm on a=b", 1, 9,
          "name", "name" },
        { "select count(d.name) as phones from device d", 0, 1, "phones", "phones" },
        { "select dbinfo('utc_to_datetime', rd.lastseen) as seen from registrationdynamic rd", 0, 1,
          "seen", "registrationdynamic.lastseen" },
        { "select distinct x.name from informix.processnode x", 0, 1, "name", "processnode.name" },
        { "select a.name, b.name from (processnode a join outer devicepool b on a.x=b.x)", 1, 2,
          "name", "devicepool.name" },
        { "select name from a, b", 0, 1, "name", "name" },
        { "delete from device", 0, 1, "name", "name" },
        { "select", 0, 1, "name", "name" },
        { "", 0, 1, "name", "name" },
    };
    struct query *q = arena_take(&arena, sizeof *q);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        query_of(view_str(cases[i].query), q);
        struct view is =
            query_column(q, cases[i].at, cases[i].count, view_str(cases[i].called), &arena);
        assert_string_equal(arena_text(&arena, is), cases[i].is);
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, begin_facts, end_facts)
    const struct CMUnitTest tests[] = {
        ROW(test_groups),   ROW(test_names_of_a_table), ROW(test_parameters), ROW(test_phones),
        ROW(test_profiles), ROW(test_certificates),     ROW(test_tvs),        ROW(test_wrapped),
        ROW(test_damaged),  ROW(test_no_table),         ROW(test_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
